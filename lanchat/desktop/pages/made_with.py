"""What lanchat is made with: names, licences and where to find each. Pure.

Written down here, since a packaged lanchat does not have its libraries' own description; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    licence: str  #: as SPDX writes it, where it can
    address: str


#: By the names they are installed under.
LIBRARIES: Final = (
    Part("cryptography", "Apache-2.0 OR BSD-3-Clause", "https://github.com/pyca/cryptography"),
    Part("emoji", "BSD-3-Clause", "https://github.com/carpedm20/emoji"),
    Part("ifaddr", "MIT", "https://github.com/ifaddr/ifaddr"),
    Part("jeepney", "MIT", "https://gitlab.com/takluyver/jeepney"),
    Part("msgspec", "BSD-3-Clause", "https://msgspec.dev"),
    Part("Pillow", "MIT-CMU", "https://python-pillow.github.io"),
    Part("platformdirs", "MIT", "https://github.com/tox-dev/platformdirs"),
    Part("prompt_toolkit", "BSD-3-Clause", "https://github.com/prompt-toolkit/python-prompt-toolkit"),
    Part("spake2", "MIT", "https://github.com/warner/python-spake2"),
    Part("wcwidth", "MIT", "https://github.com/jquast/wcwidth"),
    Part("zeroconf", "LGPL-2.1-or-later", "https://github.com/python-zeroconf/python-zeroconf"),
)

#: What these and lanchat stand on.
BELOW: Final = (
    Part("Python", "PSF-2.0", "https://www.python.org"),
    Part("Tcl/Tk", "TCL", "https://www.tcl.tk"),
    Part("SQLite", "Public domain", "https://sqlite.org"),
    Part("OpenSSL", "Apache-2.0", "https://www.openssl.org"),
    Part("Noto Emoji", "OFL-1.1", "https://github.com/googlefonts/noto-emoji"),
)
