"""A screen for the smoke test, which can be looked at: Xvfb keeps its picture in a file. Standard library only."""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smoke_people import PATIENCE_SECONDS, Failed

Enough = Callable[[memoryview, memoryview], bool]  #: whether the picture before and the one now are what is waited for

_WIDTH, _HEIGHT = 1200, 800
_COLOURS = 60  #: text has smooth edges: a window with words in it has more colours than this, an empty one has few
_FILLED = 0.3  #: of the screen, at least
_CALM_SECONDS = 0.7
_CALM, _OTHER = 0.005, 0.1  #: parts of all pixels: a caret and a clock; another window
_CARD = 0.01


class Screen:
    def __init__(self, name: str, file: Path | None) -> None:
        """`name`: as DISPLAY has it; `file`: where its picture is, None when nobody can look at it."""
        self.name = name
        self.seen = file is not None
        self._file = file
        self.hand = shutil.which("xdotool") if file else None

    def picture(self) -> memoryview:
        """Every pixel, as 0xRRGGBB and a byte more."""
        if self._file is None:
            return memoryview(b"")
        content = self._file.read_bytes()
        header = struct.unpack(">25I", content[:100])
        start = header[0] + 12 * header[19]  # X11/XWDFile.h: header_size, and ncolors of 12 bytes each
        return memoryview(content)[start : start + 4 * _WIDTH * _HEIGHT].cast("I")

    def drawn(self) -> bool:
        """Whether a window with words in it is there; where nobody can look, it is believed."""
        picture = self.picture()
        filled = sum(1 for pixel in picture[::101] if pixel & 0xFFFFFF)
        return not self.seen or (filled > _FILLED * len(picture) / 101 and len(set(picture)) > _COLOURS)

    def settles(self) -> memoryview:
        """Waits until nothing much changes any more. Raises Failed."""
        return self._waits(lambda before, now: _differ(before, now) < _CALM, "the window never came to rest")

    def shows_other_than(self, before: memoryview) -> memoryview:
        """Waits for another picture than `before`. Raises Failed."""
        return self._waits(lambda _, now: _differ(before, now) > _OTHER, "the screen stays as it was")

    def shows_again(self, before: memoryview) -> memoryview:
        """Waits for what `before` showed. Raises Failed."""
        return self._waits(lambda _, now: _differ(before, now) < _OTHER, "the window was not raised")

    def shows_colour(self, colour: int) -> memoryview:
        """Waits for something as large as a card that is filled with 0xRRGGBB. Raises Failed."""
        return self._waits(lambda _, now: _part_in(colour, now) > _CARD, f"nothing in {colour:06x} was to be seen")

    def points_away(self) -> None:
        """Moves the pointer into a corner, so that what it lies on has not another colour."""
        self._hand("mousemove", "0", "0")

    def presses(self, key: str) -> None:
        self._hand("key", key)

    def types(self, words: str) -> None:
        self._hand("type", "--delay", "10", words)

    def closes(self) -> None:
        """The window that has the keyboard, as a person closes it."""
        time.sleep(_CALM_SECONDS)
        self.presses("shift")  # a Windows program under Wine takes notice of the keyboard with the first key only
        time.sleep(_CALM_SECONDS)
        self.presses("alt+F4")

    def takes_keys(self) -> None:
        """What is pressed goes to the window: there is no window manager which would see to that."""
        self._hand("search", "--sync", "--onlyvisible", "--class", "Lanchat", "windowfocus")

    def keep(self, path: Path) -> None:
        """The picture, as PNG."""
        rows = bytearray()
        pixels = self.picture()
        for at in range(0, len(pixels), _WIDTH):
            rows += b"\0" + b"".join((pixel & 0xFFFFFF).to_bytes(3, "big") for pixel in pixels[at : at + _WIDTH])
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join([
            _chunk(b"IHDR", struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)),
            _chunk(b"IDAT", zlib.compress(rows)),
            _chunk(b"IEND", b""),
        ]))  # fmt: skip

    def _waits(self, enough: Enough, problem: str) -> memoryview:
        until = time.monotonic() + PATIENCE_SECONDS
        before = self.picture()
        while self.seen:
            time.sleep(_CALM_SECONDS)
            now = self.picture()
            if enough(before, now):
                return now
            if time.monotonic() > until:
                raise Failed(problem)
            before = now
        return before

    def _hand(self, *words: str) -> None:
        assert self.hand
        subprocess.run([self.hand, *words], env={**os.environ, "DISPLAY": self.name}, check=True,
                       stdout=subprocess.DEVNULL, timeout=PATIENCE_SECONDS)  # fmt: skip


@contextmanager
def screen() -> Iterator[Screen | None]:
    """One of our own where there is Xvfb; the person's on Windows and macOS, which is not looked at; else None."""
    if sys.platform in ("win32", "darwin"):
        yield Screen("", None)
        return
    if shutil.which("Xvfb") is None:
        yield None
        return
    read, write = os.pipe()
    with tempfile.TemporaryDirectory(prefix="lanchat-screen-") as folder:
        # Xvfb looks for a free number in its own network namespace, and takes the socket file of a screen in another.
        name = f":{random.randrange(1_000, 50_000)}"
        words = ["Xvfb", name, "-displayfd", str(write), "-screen", "0", f"{_WIDTH}x{_HEIGHT}x24", "-fbdir", folder,
                 "-nolisten", "tcp", "-noreset"]  # fmt: skip
        server = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
        os.close(write)
        try:
            with os.fdopen(read) as told:
                if not told.readline():
                    raise Failed("Xvfb did not start")
            yield Screen(name, Path(folder) / "Xvfb_screen0")
        finally:
            server.terminate()
            server.wait()


def _differ(one: memoryview, other: memoryview) -> float:
    """The part of all pixels that are not the same in both; one in 7 is looked at."""
    pairs = list(zip(one[::7], other[::7], strict=True))
    return sum(a != b for a, b in pairs) / max(1, len(pairs))


def _part_in(colour: int, picture: memoryview) -> float:
    return sum(1 for pixel in picture[::7] if pixel & 0xFFFFFF == colour) * 7 / len(picture)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
