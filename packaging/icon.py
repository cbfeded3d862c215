"""lanchat's icon in the forms that systems want, from the one that the window draws: `python packaging/icon.py FOLDER`.

Needs Pillow and tkinter, as the window does.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from lanchat.desktop.window_chrome import dock_icon, icon

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
_WINDOWS_LARGEST = 256
_OF_MACOS = (32, 64, 128, 256, 512, 1024)  # points once and twice, from 16 twice to 512 twice


def draw(folder: Path) -> None:
    """lanchat.ico, lanchat.icns, and for Linux one .png a size."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {size: icon(size) for size in SIZES}
    for size, picture in drawn.items():
        picture.save(folder / f"lanchat-{size}.png")
    small = [picture for size, picture in drawn.items() if size <= _WINDOWS_LARGEST]
    small[-1].save(folder / "lanchat.ico", sizes=[picture.size for picture in small], append_images=small[:-1])
    *smaller, largest = map(dock_icon, _OF_MACOS)
    largest.save(folder / "lanchat.icns", append_images=smaller)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
