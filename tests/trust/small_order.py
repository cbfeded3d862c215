"""The points of small order of Curve25519, as X25519 reads them: with each the shared secret would be zero.

RFC 7748, section 6.1, asks to check for the zero; cr.yp.to/ecdh.html lists the points.
"""

from __future__ import annotations

from typing import Final

_FIELD: Final = 2**255 - 19
_ORDER_8: Final = (
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
)

_COORDINATES: Final = (0, 1, *_ORDER_8, _FIELD - 1, _FIELD, _FIELD + 1)

#: In both encodings: the highest bit is not read.
SMALL_ORDER_X25519: Final = tuple(
    (point | high).to_bytes(32, "little") for point in _COORDINATES for high in (0, 1 << 255)
)
