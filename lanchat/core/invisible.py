"""Characters that are not drawn: a peer can deceive with them, or hide content in a text. Pure.

The table has a module of its own because every command of the terminal imports it: the import must cost nothing.
"""

from __future__ import annotations

#: For a class of a regular expression. Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, and the
#: controls of annotations, without JOINERS and TAGS.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
)
#: Scripts and emoji need them; the first five Mongolian. Listed one by one: it is also a set of characters.
JOINERS = "\u180b\u180c\u180d\u180e\u180f\u200c\u200d\ufe0e\ufe0f"
#: The plane of tags and of the selectors of ideographs. The flags of regions need some of them.
TAGS = "\U000e0000-\U000e0fff"
#: What no text needs: C0 but tab and line feed, DEL and C1.
CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f"
