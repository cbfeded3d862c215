"""As much of MessagePack as the protocol uses. Imports nothing of lanchat."""

from __future__ import annotations

import struct
from typing import Any


def pack(value: Any) -> bytes:
    match value:
        case None:
            return b"\xc0"
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int():
            return _pack_int(value)
        case float():
            return b"\xcb" + struct.pack(">d", value)
        case bytes():
            return b"\xc6" + struct.pack(">I", len(value)) + value
        case str():
            return b"\xdb" + struct.pack(">I", len(data := value.encode())) + data
        case list():
            return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(pack, value))
        case dict():
            return b"\xdf" + struct.pack(">I", len(value)) + b"".join(pack(k) + pack(v) for k, v in value.items())
    raise TypeError(type(value).__name__)


def _pack_int(value: int) -> bytes:
    if 0 <= value < 128:
        return bytes([value])
    return b"\xcf" + struct.pack(">Q", value) if value >= 0 else b"\xd3" + struct.pack(">q", value)


#: Of a type's first byte: how its number, or its length, is written.
_NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
            0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}  # fmt: skip
_LENGTHS = {0xC4: ">B", 0xC5: ">H", 0xC6: ">I", 0xD9: ">B", 0xDA: ">H", 0xDB: ">I",
            0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I"}  # fmt: skip
_BYTES, _TEXT, _LIST, _MAP = (0xC4, 0xC5, 0xC6), (0xD9, 0xDA, 0xDB), (0xDC, 0xDD), (0xDE, 0xDF)


def unpack(data: bytes) -> Any:
    value, end = _unpack(data, 0)
    if end != len(data):
        raise ValueError("more after the end")
    return value


def _unpack(data: bytes, at: int) -> tuple[Any, int]:
    kind = data[at]
    at += 1
    if kind < 0x80 or kind >= 0xE0:
        return kind if kind < 0x80 else kind - 256, at
    if kind in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[kind], at
    if form := _NUMBERS.get(kind):
        return struct.unpack_from(form, data, at)[0], at + struct.calcsize(form)
    if kind < 0xC0:
        length, kind = (kind & 31, 0xD9) if kind >= 0xA0 else (kind & 15, 0xDE if kind < 0x90 else 0xDC)
    else:
        form = _LENGTHS[kind]
        (length,) = struct.unpack_from(form, data, at)
        at += struct.calcsize(form)
    if kind in _BYTES or kind in _TEXT:
        part = data[at : at + length]
        if len(part) != length:
            raise ValueError("cut short")
        return part if kind in _BYTES else part.decode(), at + length
    items = []
    for _ in range(length * (2 if kind in _MAP else 1)):
        item, at = _unpack(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2], strict=True)) if kind in _MAP else items), at
