"""Amounts of bytes, rates and the time that is left, as words for people; and sizes that people type. Pure.

Units are those of SI (1 MB is 1,000,000 bytes), as macOS, GNOME and the makers of disks count.
"""

from __future__ import annotations

import re
from typing import Final

from lanchat.core.translate import _, ngettext

_UNITS: Final = ("kB", "MB", "GB", "TB", "PB", "EB")
#: A size as it is typed: 5GB, 1.5 GiB, 500 m, 2000000.
_TYPED = re.compile(r"\s*(\d{1,19}(?:[.,]\d{1,9})?)\s*(?:([kmgt])(i?)b?|b|bytes?)?\s*", re.IGNORECASE | re.ASCII)
_LARGEST: Final = 2**63 - 1  #: what SQLite and MessagePack can hold
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def size_words(size: int) -> str:
    """340 bytes, 12 kB, 2.3 MB, 734 MB, 1.2 GB"""
    if size < 1_000:
        size = max(0, size)
        return ngettext("{n} byte", "{n} bytes", size).format(n=size)
    number, unit = _in_units(size)
    return _with_unit(number, unit)


def progress_words(done: int, size: int) -> str:
    """1.2 of 9.3 MB; 640 kB of 9.3 MB"""
    of, unit = _in_units(size)
    number, done_unit = _in_units(done)
    if done_unit == unit and done >= 1_000:
        return _("{done} of {size}").format(done=number, size=_with_unit(of, unit))
    return _("{done} of {size}").format(done=size_words(done), size=size_words(size))


def rate_words(bytes_per_second: int) -> str:
    """3.1 MB/s"""
    return _("{size}/s").format(size=size_words(bytes_per_second) if bytes_per_second >= 1_000 else
                                _with_unit(_number(max(0, bytes_per_second) // 100), "kB"))  # fmt: skip


def time_left_words(left: int, bytes_per_second: int) -> str:
    """How long `left` more bytes take at this rate: "20 s left", "3 min left"; "" where that is not known."""
    if left <= 0 or bytes_per_second <= 0:
        return ""
    seconds = -(-left // bytes_per_second)
    if seconds < _MINUTE:
        return _("{n} s left").format(n=seconds)
    if seconds < _HOUR:
        return _("{n} min left").format(n=-(-seconds // _MINUTE))
    if seconds < _DAY:
        return _("{n} h left").format(n=-(-seconds // _HOUR))
    return _("more than a day left")


def duration_words(seconds: int) -> str:
    """How long something plays: 0:07, 12:34, 1:02:03"""
    seconds = max(0, seconds)
    hours, minutes = seconds // _HOUR, seconds // _MINUTE % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def size_of_words(text: str) -> int | None:
    """The number of bytes that a typed size stands for, such as 5GB, 1.5 GiB or 2000000; None: it is no size."""
    found = _TYPED.fullmatch(text)
    if found is None:
        return None
    number, unit, binary = found.groups()
    base = 1_024 if binary else 1_000
    factor = base ** (" kmgt".index(unit.lower()) if unit else 0)
    whole, _point, decimals = number.replace(",", ".").partition(".")
    size = int(whole) * factor + (int(decimals) * factor // 10 ** len(decimals) if decimals else 0)
    return size if size <= _LARGEST else None


def _in_units(size: int) -> tuple[str, str]:
    """A number of at most three digits before the point, and its unit."""
    tenths, unit = max(0, size) // 100, 0  # rounded down: 999,999 bytes are not yet 1 MB, and nothing is done too early
    while tenths >= 10_000 and unit < len(_UNITS) - 1:
        tenths //= 1_000
        unit += 1
    return _number(tenths - tenths % 10 if unit == 0 or tenths >= 1_000 else tenths), _UNITS[unit]


def _number(tenths: int) -> str:
    whole, tenth = divmod(tenths, 10)
    return _("{whole}.{tenth}").format(whole=whole, tenth=tenth) if tenth else str(whole)


def _with_unit(number: str, unit: str) -> str:
    return _("{number} {unit}").format(number=number, unit=unit)
