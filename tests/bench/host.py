"""A real lanchat host in a process of its own, its limits on members lifted, and what its main thread does meanwhile.

    python -m tests.bench.host FOLDER idle|busy|drawing [--lan] [--offer FILE] [--guests SAID]

It prints one line of JSON when its room is open, and leaves politely when its input ends. Without --lan it says nothing
on the network: a bench is no business of others there. With --guests phones may come in, as many and as fast as
they want; so much was said in the room before.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from lanchat.core import limits
from lanchat.core.model import RoomId
from lanchat.engine import commands, events
from lanchat.engine.engine import Engine, share_the_interpreter
from lanchat.network import guest_server
from lanchat.network.discovery.lan import LanDiscovery
from lanchat.storage.reader import Reader
from tests.bench.generator import Target
from tests.bench.process import environment
from tests.fake_lan import FakeLan
from tests.lan.lanlab import Lab

_LIFTED = 10**6
_SAID_AT_ONCE = 500  # an Outbox holds so many and more
_SHOWN_LINES = 500  # that the transcript keeps
_DRAW_MS = 15


@contextmanager
def running(
    folder: Path, main: str = "idle", *, lan: bool = False, offer: Path | None = None, guests: int | None = None
) -> Iterator[Target]:
    """A host with a new, open room. `main`: what its main thread does. `offer`: a file that is there for all.
    `guests`: phones may come in, and find so many messages."""
    with _started(_words(folder, main, lan, offer, guests), subprocess.Popen) as (_process, target):
        yield target


@contextmanager
def on_a_computer(lab: Lab, host: str, folder: Path, guests: int) -> Iterator[tuple[Target, Callable[[int], None]]]:
    """A host for phones on a computer of the lab, and what has it say so many messages more."""
    with _started(_words(folder, "idle", False, None, guests), partial(lab.popen, host)) as (process, target):
        assert process.stdin is not None
        told, said = process.stdin, guests

        def say(count: int) -> None:
            nonlocal said
            with closing(Reader.open(folder)) as reader:
                for part in (min(_SAID_AT_ONCE, count - start) for start in range(0, count, _SAID_AT_ONCE)):
                    told.write(f"{part}\n".encode())
                    told.flush()
                    said += part
                    while not any(m.text == text_of(said - 1) for m in reader.newest(target.room_id, 5)):
                        time.sleep(0.02)

        yield target, say


def _words(folder: Path, main: str, lan: bool, offer: Path | None, guests: int | None) -> list[str]:
    words = [sys.executable, "-m", __name__, str(folder), main, *(["--lan"] if lan else [])]
    words += ["--offer", str(offer)] if offer is not None else []
    return words + (["--guests", str(guests)] if guests is not None else [])


@contextmanager
def _started(
    words: list[str], popen: Callable[..., subprocess.Popen[bytes]]
) -> Iterator[tuple[subprocess.Popen[bytes], Target]]:
    env = {**environment(), "PYTHONPATH": str(Path(__file__).parents[2])}
    with popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the host did not start; its last words are above")
            told = json.loads(line)
            yield process, Target("lanchat", "lanchat", told["port"], process.pid, told["link"], told["room_id"])
        finally:
            process.stdin.close()


# --- the process itself ----------------------------------------------------------------------------------------------
def _serve(folder: Path, main: str, lan: bool, offer: str, guests: int | None) -> None:
    share_the_interpreter()
    if guests is not None:
        _lift_the_limits_of_guests()
    engine = Engine(folder, nick="Bench", discovery=LanDiscovery if lan else FakeLan().node)
    engine.start()
    engine.do(
        commands.OpenRoom(
            "Bench",
            port=0,
            posts_per_second=_LIFTED,
            burst=_LIFTED,
            members=limits.MEMBERS,
            connections_per_address=_LIFTED,
        )
    )
    for event in iter(engine.events.get, None):
        match event:
            case events.Hosting(port=port, room_id=room_id):
                opened = {"port": port, "room_id": room_id, "link": ""}
                for number in range(guests or 0):
                    engine.do(commands.Say(room_id, text_of(number)))
                if guests is not None:
                    engine.do(commands.InviteGuests(room_id, commands.InvitationTime.UNTIL_WITHDRAWN))
                elif offer:
                    engine.do(commands.SendFiles(room_id, (offer,)))
                else:
                    break
            case events.EntryStateChanged(state=events.EntryState.TAKEN) if offer:
                break
            case events.GuestsInvited(link=link):
                opened["link"] = link
                break
            case events.NotHosting(problem=problem) | events.Stopped(problem=problem):
                sys.exit(str(problem))
    print(json.dumps(opened), flush=True)
    threading.Thread(target=_listen, args=(engine, room_id, guests or 0), daemon=True).start()
    {"idle": _idle, "busy": _busy, "drawing": _drawing}[main](engine)
    engine.join()


def text_of(number: int) -> str:
    """What is said in a room with guests."""
    return f"Line {number}" + " of what was said in the kitchen before." * 2


def _lift_the_limits_of_guests() -> None:
    limits.GUESTS = limits.GUESTS_PER_ADDRESS = limits.GUEST_KEYS = _LIFTED
    limits.GUEST_POSTS = limits.GUEST_CHUNKS_GIVEN = limits.GUEST_CHUNKS_LONG = (float(_LIFTED), _LIFTED)
    guest_server.CONNECTIONS_A_MINUTE = _LIFTED


def _listen(engine: Engine, room_id: RoomId, said: int) -> None:
    """Each line of the input is how many messages to say more; its end is the end."""
    for line in sys.stdin:
        for number in range(said, said + int(line)):
            engine.do(commands.Say(room_id, text_of(number)))
        said += int(line)
    engine.do(commands.Quit())


def _idle(engine: Engine) -> None:
    while not isinstance(engine.events.get(), events.Stopped):
        pass


def _busy(engine: Engine) -> None:
    """Pure Python without a pause; what happened is looked at now and then."""
    while True:
        for _ in range(100_000):
            pass
        if _take_all(engine)[1]:
            return


def _take_all(engine: Engine) -> tuple[list[events.MessagesAdded], bool]:
    """What came into the Log since the last time, and whether the Engine has stopped."""
    grown: list[events.MessagesAdded] = []
    while True:
        try:
            event = engine.events.get_nowait()
        except queue.Empty:
            return grown, False
        if isinstance(event, events.Stopped):
            return grown, True
        if isinstance(event, events.MessagesAdded):
            grown.append(event)


def _drawing(engine: Engine) -> None:
    """Every entry becomes a line in a Tk Text, as a chat window does it: one insert for all that came."""
    import tkinter

    window = tkinter.Tk()
    transcript = tkinter.Text(window, wrap="word")
    transcript.pack(fill="both", expand=True)

    def draw() -> None:
        grown, stopped = _take_all(engine)
        if stopped:
            window.destroy()
            return
        lines = [f"{message.author.hex()[:8]}  {message.text}\n" for event in grown for message in event.messages]
        if lines:
            transcript.insert("end", "".join(lines[-_SHOWN_LINES:]))
            too_many = int(transcript.index("end").split(".")[0]) - _SHOWN_LINES
            if too_many > 0:
                transcript.delete("1.0", f"{too_many}.0")
            transcript.see("end")
        window.after(_DRAW_MS, draw)

    draw()
    window.mainloop()


if __name__ == "__main__":
    _, _folder, _main, *_more = sys.argv
    _offer = _more[_more.index("--offer") + 1] if "--offer" in _more else ""
    _guests = int(_more[_more.index("--guests") + 1]) if "--guests" in _more else None
    _serve(Path(_folder), _main, "--lan" in _more, _offer, _guests)
