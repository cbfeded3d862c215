"""A room of 1,000 pictures: opening it, a page of scrolling, and the memory of the process that shows it.

`python -m tests.bench.window_pictures [PICTURES]`; needs a screen, or Xvfb. The pictures are files of 2 to 12
megapixels, most of them JPEGs as cameras make them, each with a preview in its offer; the room has some text between
them. They are decoded as in the program: on two worker threads. The process is one of its own, so its memory is told.
"""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import tkinter as tk
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from msgspec.structs import replace
from PIL import Image, ImageDraw

from lanchat.core.content import Text, encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import DeviceId, Entry, EntryId, MemberKey, RoomId
from lanchat.desktop.engine_bridge import Pump
from lanchat.desktop.model.state import State
from lanchat.desktop.theme.theme import Theme
from lanchat.engine.events import FileChanged, FilesKnown, FileState
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from tests.bench import process
from tests.bench.table import Row, as_text, skipped
from tests.bench.window_timeline import Shown, WindowContext, told
from tests.screen import NoScreen, screen

ROOM = RoomId("picturespictures")
PICTURES = 1_000
_OPENINGS = 20
_PAGES, _PAGES_SHORT = 700, 120  # at most; 1,000 pictures are about 360
_FILES = 60  # of which the others are copies: decoding is the same
_SIZES = ((4000, 3000), (3000, 4000), (2560, 1440), (1920, 1080), (2048, 1536), (1200, 1600))
T = TypeVar("T")


class _Threads(WindowContext):
    """Work is done aside, and told on the Tk thread, as in the program."""

    def __init__(self, root: tk.Tk, theme: Theme, state: State, folder: Path, reader: Reader) -> None:
        super().__init__(root, theme, state, folder, reader)
        self.workers = ThreadPoolExecutor(2)
        self.pump = Pump[Callable[[], None]](root, lambda call: call(), SimpleQueue())

    def run_in_background(self, work: Callable[[], T], then: Callable[[T], None]) -> None:
        def done(future: Future[T]) -> None:
            self.pump.put(lambda: then(future.result()))

        self.workers.submit(work).add_done_callback(done)


class _Window(Shown):
    context: _Threads

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, ROOM, _Threads)
        self.root.geometry("672x900+10+10")
        self.root.update()
        offers = [(one.message_id, one.offer) for one in self.reader.after(ROOM, 0, 100_000) if one.offer is not None]
        self.state.apply(FilesKnown(ROOM, tuple([
            FileChanged(ROOM, message_id, FileState.HERE, offer.size, offer.size, path=str(folder / offer.name))
            for message_id, offer in offers
        ])))  # fmt: skip

    def settle(self, most: float = 20.0) -> float:
        """Seconds until all pictures in view are there."""
        began = time.perf_counter()
        while time.perf_counter() < began + most:
            self.root.update()
            assert self.timeline is not None
            if self.timeline.files.is_settled:
                break
            time.sleep(0.001)
        return time.perf_counter() - began

    def reopen(self) -> float:
        """Seconds until the room is drawn again."""
        if self.timeline is not None:
            self.timeline.destroy()
        self.context.at_seq.clear()
        return self.open()

    def close(self) -> None:
        self.context.workers.shutdown()
        self.context.pump.close()
        super().close()


def build(folder: Path, pictures: int) -> None:
    """The room and its pictures on the disk."""
    chance = random.Random(11)
    files = [_file(folder / f"picture{number}", _SIZES[number % len(_SIZES)], chance) for number in range(_FILES)]
    store = Store.open(folder)
    store.put_room(RoomRecord(ROOM, "Holiday", hosted=True))
    log = store.log(ROOM)
    authors = [MemberKey(bytes([number]) * 32) for number in range(5)]
    entries = []
    for number in range(pictures):
        at, author = 1_700_000_000_000 + number * 120_000, authors[number // 3 % 5]
        offer = files[number % _FILES]
        entry_id = EntryId(number.to_bytes(16, "big"))
        offer = replace(offer, caption="This was on the second day." if number % 4 == 0 else "")
        entry = Entry(entry_id, author, DeviceId(b"pictures"), 2 * number + 1, FileOffer.kind, None, encode(offer).body,
                      at, bytes(64))  # fmt: skip
        entries.append(entry)
        if number % 5 == 0:
            text = replace(entry, entry_id=(1 << 64 | number).to_bytes(16, "big"), counter=2 * number + 2,
                           kind=Text.kind, body=b"What a view! Where exactly is that?")  # fmt: skip
            entries.append(text)
    log.append(entries, 1_700_000_000_000 + pictures * 120_000)
    store.close()


def _file(path: Path, size: tuple[int, int], chance: random.Random) -> FileOffer:
    image = Image.effect_noise((size[0] // 8, size[1] // 8), 40).convert("RGB").resize(size)
    pen = ImageDraw.Draw(image)
    for _shape in range(30):
        x, y = chance.randrange(size[0]), chance.randrange(size[1])
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        pen.ellipse((x - 200, y - 150, x + 200, y + 150), fill=colour)
    tiny, kept = image.resize((32, 24)), io.BytesIO()
    tiny.save(kept, "JPEG", quality=40)
    form = "PNG" if size == _SIZES[3] else "JPEG"
    image.save(path, form, quality=85)
    media = f"image/{form.lower()}"
    return FileOffer(path.name, path.stat().st_size, 1, bytes(32), 100, media, *size, kept.getvalue())


class Times:
    """Of one action, often: until it is drawn, of that the thread's own, and until the real pictures in view are."""

    def __init__(self) -> None:
        self.drawn: list[float] = []
        self.busy: list[float] = []
        self.real: list[float] = []

    def take(self, window: _Window, action: Callable[[], object]) -> None:
        began, busy = time.perf_counter(), time.thread_time()
        action()
        self.drawn.append(time.perf_counter() - began)
        self.busy.append(time.thread_time() - busy)
        window.settle()
        self.real.append(time.perf_counter() - began)


def opening(folder: Path) -> Times:
    window, times = _Window(folder), Times()
    for _ in range(_OPENINGS):
        times.take(window, window.reopen)
    window.close()
    return times


def scrolling(folder: Path, pages: int) -> Times:
    """Upwards, from the end to the beginning."""
    window, times = _Window(folder), Times()
    window.open()
    window.settle()
    assert window.timeline is not None
    text = window.timeline.view.text
    text.focus_force()

    def page_up() -> None:
        text.event_generate("<Prior>")
        window.root.update()

    for _ in range(pages):
        until = time.perf_counter() + 0.25  # a person looks at a page
        while time.perf_counter() < until:
            window.root.update()
            time.sleep(0.002)
        times.take(window, page_up)
        if window.timeline.loaded.at_beginning and text.yview()[0] == 0.0:
            break
    window.close()
    return times


def in_this_process(folder: Path, pages: int) -> dict[str, list[float]]:
    """It MUST do nothing else, for its memory is what is told."""
    sys.setswitchinterval(0.00005)  # as the program has it
    before = process.memory_kib(os.getpid())
    opened, paged = opening(folder), scrolling(folder, pages)
    most = [line for line in Path("/proc/self/status").read_text("utf-8").splitlines() if line.startswith("VmHWM")]
    memory = [before, process.memory_kib(os.getpid()), int(most[0].split()[1]) if most else 0]
    return {"memory": memory} | {
        f"{name} {what}": getattr(times, what)
        for name, times in (("open", opened), ("page", paged))
        for what in ("drawn", "busy", "real")
    }


def measure(folder: Path, pictures: int = PICTURES, *, short: bool = False) -> Iterator[Row]:
    try:
        yield from _measured(folder, pictures, _PAGES_SHORT if short else _PAGES)
    except NoScreen as reason:
        yield skipped("a room of pictures", str(reason))


def _measured(folder: Path, pictures: int, pages: int) -> Iterator[Row]:
    build(folder, pictures)
    words = [sys.executable, "-m", "tests.bench.window_pictures", "--in", str(folder), str(pages)]
    with screen():
        found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, env=process.environment()).stdout)
    for what, name, must in (("open", "open", 60), ("scroll a page", "page", 12)):
        drawn, busy, real = (found[f"{name} {what}"] for what in ("drawn", "busy", "real"))
        yield Row(
            f"a room of {pictures:,} pictures: {what}", f"p95 <= {must} ms", "", f"{told(drawn)} ({len(drawn)} times)",
            f"of it the thread's own time: {told(busy)}; until the real pictures are there: {told(real)}",
            share(drawn, 0.95) * 1000 <= must,
            {"p95_ms": share(drawn, 0.95) * 1000, "p95_busy_ms": share(busy, 0.95) * 1000},
        )  # fmt: skip
    before, after, most = (kib / 1024 for kib in found["memory"])
    words_ = f"{after:.0f} MiB after all of it, {most:.0f} MiB at most ({before:.0f} before there was a window)"
    yield Row(f"a room of {pictures:,} pictures: memory", "RSS <= 160 MB", "", words_, "", after * 1.048576 <= 160,
              {"mib": after, "most_mib": most})  # fmt: skip


def share(seconds: list[float], part: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def main() -> None:
    if sys.argv[1:2] == ["--in"]:
        print(json.dumps(in_this_process(Path(sys.argv[2]), int(sys.argv[3]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        print(as_text(list(measure(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else PICTURES))))


if __name__ == "__main__":
    main()
