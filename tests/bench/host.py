"""A real lanchat host in a process of its own, its limits on members lifted, and what its main thread does meanwhile.

    python -m tests.bench.host FOLDER idle|busy|drawing [--lan] [--offer FILE]

It prints one line of JSON when its room is open, and leaves politely when its input ends. Without --lan it says nothing
on the network: a bench is no business of others there.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lanchat.core import limits
from lanchat.engine import commands, events
from lanchat.engine.engine import Engine, share_the_interpreter
from lanchat.network.discovery.lan import LanDiscovery
from tests.bench.generator import Target
from tests.fake_lan import FakeLan

_LIFTED = 10**6
_SHOWN_LINES = 500  # that the transcript keeps
_DRAW_MS = 15


@contextmanager
def running(folder: Path, main: str = "idle", *, lan: bool = False, offer: Path | None = None) -> Iterator[Target]:
    """A host with a new, open room. `main`: what its main thread does. `offer`: a file that is there for all."""
    words = [sys.executable, "-m", __name__, str(folder), main, *(["--lan"] if lan else [])]
    words += ["--offer", str(offer)] if offer is not None else []
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the host did not start; its last words are above")
            yield Target("lanchat", "lanchat", json.loads(line)["port"], process.pid)
        finally:
            process.stdin.close()


# --- the process itself ----------------------------------------------------------------------------------------------
def _serve(folder: Path, main: str, lan: bool, offer: str) -> None:
    share_the_interpreter()
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
    threading.Thread(target=_quit_at_end_of_input, args=(engine,), daemon=True).start()
    for event in iter(engine.events.get, None):
        match event:
            case events.Hosting(port=port, room_id=room_id):
                opened = json.dumps({"port": port, "room_id": room_id})
                if not offer:
                    break
                engine.do(commands.SendFiles(room_id, (offer,)))
            case events.EntryStateChanged(state=events.EntryState.TAKEN):  # of the offer
                break
            case events.NotHosting(problem=problem) | events.Stopped(problem=problem):
                sys.exit(str(problem))
    print(opened, flush=True)
    {"idle": _idle, "busy": _busy, "drawing": _drawing}[main](engine)
    engine.join()


def _quit_at_end_of_input(engine: Engine) -> None:
    sys.stdin.read()
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
    _serve(Path(_folder), _main, "--lan" in _more, _offer)
