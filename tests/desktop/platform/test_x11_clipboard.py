"""The clipboard of another program, read through Xlib."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="X11")

#: Another program with a window that copies a text and waits. Tk hands it out in pieces (INCR) where it is large.
_COPIES = """
import sys, tkinter
root = tkinter.Tk()
root.withdraw()
root.clipboard_clear()
root.clipboard_append("ä" * int(sys.argv[1]) + "end")
root.update()
print("copied", flush=True)
root.createfilehandler(sys.stdin, tkinter.READABLE, lambda *_: root.quit())
root.mainloop()
"""


@pytest.fixture
def copied_elsewhere(display: str, request: pytest.FixtureRequest) -> Iterator[None]:
    argv = [sys.executable, "-c", _COPIES, str(request.param)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == b"copied\n"
        yield
        other.stdin.close()


@pytest.mark.usefixtures("copied_elsewhere")
@pytest.mark.parametrize(("copied_elsewhere", "size"), [(3, 3), (600_000, 600_000)], indirect=["copied_elsewhere"])
def test_it_is_read_whole_also_in_pieces(size: int) -> None:
    from lanchat.desktop.platform.x11_clipboard import copied

    assert copied("UTF8_STRING").decode() == "ä" * size + "end"
    assert copied("image/png") == b""


def test_an_empty_clipboard_is_empty(display: str) -> None:
    from lanchat.desktop.platform.x11_clipboard import copied

    assert copied("x-lanchat/nothing") == b""
