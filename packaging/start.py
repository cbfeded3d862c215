"""Where the packaged program starts. Without a console (Windows), what would be said there is shown in a box."""

from __future__ import annotations

import io
import sys

from lanchat.__main__ import main, program


def without_console() -> int:
    """Nothing can be read, and what is written is kept, for a program without streams could not end in words."""
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), io.StringIO(), io.StringIO()
    code = main()
    if code and sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, sys.stderr.getvalue(), "lanchat", 0x30)
    return code


if sys.platform == "win32" and sys.stdout is None:
    sys.exit(without_console())
program()
