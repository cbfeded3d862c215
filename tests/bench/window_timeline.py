"""What the timeline takes: opening a long history, paging in it, and messages that come in faster than anyone reads.

`python -m tests.bench.window_timeline [ENTRIES]`; needs a screen, or Xvfb.
"""

from __future__ import annotations

import gc
import queue
import sys
import tempfile
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from lanchat.core.content import Text
from lanchat.core.log import Outcome
from lanchat.core.model import DeviceId, Entry, EntryId, LogEntry, MemberKey, RoomId
from lanchat.desktop.engine_bridge import Pump
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.palette import LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.timeline import Timeline
from lanchat.engine.commands import MarkRead
from lanchat.engine.events import EntryWritten, Event, MessagesAdded, Started
from lanchat.storage.reader import Reader
from lanchat.storage.store import Store
from tests.bench import million
from tests.desktop.recording_context import RecordingContext
from tests.screen import screen

ME = MemberKey(b"m" * 32)
_SOON_MS = 30
_BEAT_MS = 5


class WindowContext(RecordingContext):
    """It draws as the window does: once within _SOON_MS."""

    def __init__(self, root: tk.Tk, theme: Theme, state: State, folder: Path, reader: Reader) -> None:
        super().__init__(root, theme, state, folder, reader)
        self.to_draw: dict[tuple[str, str], str] = {}

    def draw_soon(self, view: tk.Misc, draw: Callable[[], None]) -> None:
        def drawn() -> None:
            del self.to_draw[asked]
            if view.winfo_exists():
                draw()

        asked = (str(view), draw.__qualname__)
        if asked not in self.to_draw:
            self.to_draw[asked] = self.root.after(_SOON_MS, drawn)


class Shown:
    """A timeline in a window of its own, as the real window has it."""

    def __init__(self, folder: Path, room_id: RoomId, make_context: type[WindowContext] | None = None) -> None:
        self.root = tk.Tk()
        self.root.geometry("630x600+10+10")
        self.state = State()
        self.state.apply(Started(ME, "Me", False))
        self.reader = Reader.open(folder)
        self.state.begin(self.reader)
        self.state.note(MarkRead(room_id, self.state.rooms[room_id].last_seq))
        self.room_id = room_id
        make = make_context or WindowContext
        self.context = make(self.root, Theme(self.root, LIGHT, 1.0), self.state, folder, self.reader)
        self.root.update()
        self.timeline: Timeline | None = None

    def open(self) -> float:
        """Seconds until the room is drawn."""
        began = time.perf_counter()
        self.timeline = Timeline(self.root, self.context, self.room_id)
        self.timeline.pack(fill="both", expand=True)
        self.root.update()
        return time.perf_counter() - began

    def heard(self, event: Event) -> None:
        self.state.apply(event)
        assert self.timeline is not None
        self.timeline.heard(event)

    def close(self) -> None:
        for waits in self.context.to_draw.values():
            self.root.after_cancel(waits)
        self.root.destroy()
        self.reader.close()
        del self.context, self.timeline, self.root
        gc.collect()  # on this thread: Tk's things must not be dropped on another


@contextmanager
def shown(folder: Path, room_id: RoomId) -> Iterator[Shown]:
    window = Shown(folder, room_id)
    try:
        yield window
    finally:
        window.close()


def opening(folder: Path, room_id: RoomId) -> list[float]:
    """Seconds, several times: the first has its pictures still to draw."""
    took = []
    with shown(folder, room_id) as window:
        for _ in range(6):
            if window.timeline is not None:
                window.timeline.destroy()
            window.context.at_seq.clear()
            took.append(window.open())
    return took


def paging(folder: Path, room_id: RoomId, steps: int = 1_500) -> list[float]:
    """Seconds of every step of the wheel upwards in which a page was read."""
    took = []
    with shown(folder, room_id) as window:
        window.open()
        assert window.timeline is not None
        loaded, text = window.timeline.loaded, window.timeline.view.text
        for _ in range(steps):
            before, began = loaded.first, time.perf_counter()
            text.event_generate("<Button-4>")
            window.root.update()
            if loaded.first != before:
                took.append(time.perf_counter() - began)
    return took


def own_line(folder: Path, room_id: RoomId, times: int = 50) -> list[float]:
    """Seconds from hearing that my entry is written to its being drawn."""
    took = []
    with shown(folder, room_id) as window:
        window.open()
        for number in range(times):
            began = time.perf_counter()
            window.heard(EntryWritten(room_id, EntryId(number.to_bytes(16, "big")), "On my way, one minute!", 10**12))
            window.root.update()
            took.append(time.perf_counter() - began)
    return took


def flood(folder: Path, room_id: RoomId, per_second: int, seconds: float = 6.0) -> tuple[list[float], int]:
    """(how late each heartbeat of the Tk thread was, in seconds; messages that came)."""
    late: list[float] = []
    with shown(folder, room_id) as window:
        window.open()
        pump = Pump[Event](window.root, window.heard, queue.SimpleQueue())
        writer = threading.Thread(target=_write, args=(folder, room_id, per_second, seconds, pump.put))
        last = [time.perf_counter()]

        def beat() -> None:
            now = time.perf_counter()
            late.append(now - last[0] - _BEAT_MS / 1000)
            last[0] = now
            window.root.after(_BEAT_MS, beat)

        first = window.state.rooms[room_id].last_seq
        beat()
        late.clear()
        writer.start()
        window.root.after(int(seconds * 1000), window.root.quit)
        window.root.mainloop()
        writer.join()
        came = window.state.rooms[room_id].last_seq - first
        pump.close()
    return late, came


def _write(folder: Path, room_id: RoomId, per_second: int, seconds: float, put: Callable[[Event], None]) -> None:
    """Another thread: everything is on disk before it is told."""
    store = Store.open(folder)
    log = store.log(room_id)
    texts = million.texts()
    authors = [MemberKey(bytes([number]) * 32) for number in range(20)]
    counter = log.end().last
    began, written = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < seconds:
        due = min(int(passed * per_second) - written, 2_000)
        if due > 0:
            now = time.time_ns() // 1_000_000
            entries = [
                Entry(EntryId((counter + n).to_bytes(16, "big")), authors[n // 3 % 20], DeviceId(b"flooding"),
                      counter + n, Text.kind, None, text.encode(), now, bytes(64))
                for n, text in enumerate(islice(texts, due), 1)
            ]  # fmt: skip
            counter += due
            written += due
            put(MessagesAdded.of(room_id, _taken(log.append(entries, now))))
        time.sleep(0.01)
    store.close()


def _taken(outcomes: list[Outcome]) -> list[LogEntry]:
    return [outcome for outcome in outcomes if isinstance(outcome, LogEntry)]


def told(seconds: list[float]) -> str:
    """As p50, p95, p99 and the most, in ms."""
    ordered = sorted(seconds)
    at = {share: ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.5, 0.95, 0.99)}
    shares = " · ".join(f"p{share * 100:.0f} {ms:.1f}" for share, ms in at.items())
    return f"{shares} · max {ordered[-1] * 1000:.1f} ms"


def main() -> None:
    sys.setswitchinterval(0.00005)  # as the program has it
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder, screen():
        room_id = million.build(Path(folder), entries)
        print(f"open a room of {entries:,}: {told(opening(Path(folder), room_id))}")
        print(f"a page while scrolling: {told(paging(Path(folder), room_id))}")
        print(f"own line drawn: {told(own_line(Path(folder), room_id))}")
        for per_second in (5_000, 20_000):
            late, came = flood(Path(folder), room_id, per_second)
            print(f"{per_second:,} messages/s ({came:,} came), heartbeat late: {told(late)}")


if __name__ == "__main__":
    main()
