"""What some tests need and not every system has, each with the reason why they are skipped there.

Programs of a test's own (`tests/terminal/programs.py`), the mouse (`tests/desktop/hand.py`), small disks
(`tests/small_disk.py`) and the lab (`tests/lan/lanlab.py`) skip by themselves where they cannot be had.
"""

from __future__ import annotations

import os
import sys

import pytest

needs_modes = pytest.mark.skipif(os.name != "posix", reason="files have POSIX modes on POSIX systems only")
needs_links = pytest.mark.skipif(os.name != "posix", reason="making a symbolic link needs a privilege on Windows")
needs_scripts = pytest.mark.skipif(
    sys.platform == "win32", reason="a stand-in for a program is a script, which Windows does not start by its name"
)
needs_x11 = pytest.mark.skipif(
    sys.platform in ("win32", "darwin"), reason="keys, mouse and clipboard as X11 and its programs have them"
)
needs_xdg = pytest.mark.skipif(
    sys.platform == "win32", reason="XDG separates paths by colons, which paths of Windows have in them"
)
needs_files_to_go_while_open = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows removes and replaces no file that a program has open"
)
