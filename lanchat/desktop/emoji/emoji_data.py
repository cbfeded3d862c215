"""Data about emoji: how they are found in a text, their categories and names, and a search by name. Any thread.

A regular expression finds them: a table of all sequences would be a hundred times slower, and out of date with the next
version of Unicode. Categories are in the order of Unicode. They list first code points only; a sequence, also with
a skin tone, comes after the emoji of its first code point.

A search covers names in the language of the user interface and in English, which people know from other chats. The
first use of the names loads them, which takes some 100 ms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from lanchat.core.translate import _

#: The most code points in a match: each takes time and space to draw, and peers choose them.
LONGEST = 11

_JOINER = "\u200d"
_AS_PICTURE = "\ufe0f"
_KEYCAP = "\u20e3"
_TONE = "[\U0001f3fb-\U0001f3ff]"
_TAG, _LAST_TAG = "[\U000e0030-\U000e0039\U000e0061-\U000e007a]", "\U000e007f"
_FLAG_LETTER = "[\U0001f1e6-\U0001f1ff]"

#: Code points that are emoji by themselves. Above the Basic Multilingual Plane whole blocks are given, with the places
#: that are reserved for future emoji.
_PICTURE = (
    "["
    "\u231a\u231b\u2328\u23cf\u23e9-\u23f3\u23f8-\u23fa"  # technical
    "\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe"  # enclosed letters, geometric shapes
    "\u2600-\u2604\u260e\u2611\u2614\u2615\u2618\u261d\u2620\u2622\u2623\u2626\u262a\u262e\u262f"  # symbols
    "\u2638-\u263a\u2640\u2642\u2648-\u2653\u265f\u2660\u2663\u2665\u2666\u2668\u267b\u267e\u267f"
    "\u2692-\u2697\u2699\u269b\u269c\u26a0\u26a1\u26a7\u26aa\u26ab\u26b0\u26b1\u26bd\u26be\u26c4\u26c5\u26c8\u26ce\u26cf"
    "\u26d1\u26d3\u26d4\u26e9\u26ea\u26f0-\u26f5\u26f7-\u26fa\u26fd"
    # dingbats
    "\u2702\u2705\u2708-\u270d\u270f\u2712\u2714\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e"
    "\u2753-\u2755\u2757\u2763\u2764\u2795-\u2797\u27a1\u27b0\u27bf"
    "\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299"  # arrows, stars, Japanese signs
    "\U0001f004\U0001f0cf\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a"
    "\U0001f201\U0001f202\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f250\U0001f251"
    "\U0001f300-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f7f0\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff"
    "]"
)

#: Characters that are text unless a variation selector asks for the picture: ©, ™, arrows and others.
_SIGN = "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa]" + _AS_PICTURE

_FLAG = _FLAG_LETTER + _FLAG_LETTER
_FLAG_OF_REGION = "\U0001f3f4" + _TAG + "{2,6}" + _LAST_TAG  # Scotland
_KEY = f"[0-9#*]{_AS_PICTURE}?{_KEYCAP}"
_ONE = f"(?:{_PICTURE}(?:{_TONE}|{_AS_PICTURE})?|{_SIGN})"
_JOINED = f"{_ONE}(?:{_JOINER}{_ONE}){{0,3}}"  # a family has four

#: One match is one sequence, which people see as one emoji.
EMOJI = re.compile("|".join((_FLAG, _FLAG_OF_REGION, _KEY, _JOINED)))

_LANGUAGES = ("en", "id")  # of the names
_NAME_TONE = re.compile(_TONE)
_FAR = 1_000  # more characters than any code has
_APART = re.compile(r"[\W_]+")

#: Shown for an emoji where there can be no picture.
UNDRAWN = "\N{WHITE SQUARE}"

SMILEYS = (
    "😀😃😄😁😆😅🤣😂🙂🙃🫠😉😊😇🥰😍🤩😘😗☺😚😙🥲😋😛😜🤪😝🤑🤗🤭🫢🫣🤫🤔🫡🤐🤨😐😑😶🫥😏😒🙄😬🤥🫨🫫"
    "😌😔😪🤤😴🫩😷🤒🤕🤢🤮🤧🥵🥶🥴😵🤯🤠🥳🥸😎🤓🧐😕🫤😟🙁☹😮😯😲😳🫪🥺🥹😦😧😨😰😥😢😭😱😖😣😞😓😩😫🥱"
    "😤😡😠🤬😈👿💀☠💩🤡👹👺👻👽👾🤖😺😸😹😻😼😽🙀😿😾🙈🙉🙊"
    "💌💘💝💖💗💓💞💕💟❣💔❤🩷🧡💛💚💙🩵💜🤎🖤🩶🤍💋💯💢🫯💥💫💦💨🕳💬🗨🗯💭💤"
)
PEOPLE = (
    "👋🤚🖐✋🖖🫱🫲🫳🫴🫷🫸👌🤌🤏✌🤞🫰🤟🤘🤙👈👉👆🖕👇☝🫵👍👎🫹🫺✊👊🤛🤜👏🙌🫶👐🤲🤝🙏✍💅🤳💪🦾🦿🦵🦶👂🦻👃🧠🫀🫁"
    "🦷🦴👀👁👅👄🫦👶🧒👦👧🧑👱👨🧔👩🧓👴👵🙍🙎🙅🙆💁🙋🧏🙇🤦🤷👮🕵💂🥷👷🫅🤴👸👳👲🧕🤵👰🤰🫃🫄🤱👼🎅🤶🦸🦹"
    "🧙🧚🧛🧜🧝🧞🧟🧌🫈💆💇🚶🧍🧎🏃💃🕺🕴👯🧖🧗🤺🏇⛷🏂🏌🏄🚣🏊⛹🏋🚴🚵🤸🤼🤽🤾🤹🧘🛀🛌👭👫👬💏💑🗣👤👥🫂👪👣🫆"
)
NATURE = (
    "🐵🐒🦍🦧🐶🐕🦮🐩🐺🦊🦝🐱🐈🦁🐯🐅🐆🐴🫎🫏🐎🦄🦓🦌🦬🐮🐂🐃🐄🐷🐖🐗🐽🐏🐑🐐🐪🐫🦙🦒🐘🦣🦏🦛🐭🐁🐀🐹🐰🐇🐿🦫🦔🦇"
    "🐻🐨🐼🦥🦦🦨🦘🦡🐾🦃🐔🐓🐣🐤🐥🐦🐧🕊🦅🦆🦢🦉🦤🪶🦩🦚🦜🪽🪿🐸🐊🐢🦎🐍🐲🐉🦕🦖🐳🐋🐬🫍🦭🐟🐠🐡🦈🐙🐚🪸🪼🦀🦞🦐🦑"
    "🦪🐌🦋🫌🐛🐜🐝🪲🐞🦗🪳🕷🕸🦂🦟🪰🪱🦠💐🌸💮🪷🏵🌹🥀🌺🌻🌼🌷🪻🌱🪴🌲🌳🌴🌵🌾🌿☘🍀🍁🍂🍃🪹🪺🍄🪾"
)
FOOD = (
    "🍇🍈🍉🍊🍋🍌🍍🥭🍎🍏🍐🍑🍒🍓🫐🥝🍅🫒🥥🥑🍆🥔🥕🌽🌶🫑🥒🥬🥦🧄🧅🥜🫘🌰🫚🫛🫜🫝🍞🥐🥖🫓🥨🥯🥞🧇🧀🍖🍗🥩🥓🍔🍟🍕🌭🥪"
    "🌮🌯🫔🥙🧆🥚🍳🥘🍲🫕🥣🥗🍿🧈🧂🥫🍱🍘🍙🍚🍛🍜🍝🍠🍢🍣🍤🍥🥮🍡🥟🥠🥡🍦🍧🍨🍩🍪🎂🍰🧁🥧🍫🍬🍭🍮🍯🍼🥛☕🫖🍵🍶"
    "🍾🍷🍸🍹🍺🍻🥂🥃🫗🥤🧋🧃🧉🧊🥢🍽🍴🥄🔪🫙🏺"
)
TRAVEL = (
    "🌍🌎🌏🌐🗺🗾🧭🏔⛰🛘🌋🗻🏕🏖🏜🏝🏞🏟🏛🏗🧱🪨🪵🛖🏘🏚🏠🏡🏢🏣🏤🏥🏦🏨🏩🏪🏫🏬🏭🏯🏰💒🗼🗽🛙⛪🕌🛕🕍⛩🕋⛲⛺🌁🌃🏙🌄🌅"
    "🌆🌇🌉♨🎠🛝🎡🎢💈🎪🚂🚃🚄🚅🚆🚇🚈🚉🚊🚝🚞🚋🚌🚍🚎🚐🚑🚒🚓🚔🚕🚖🚗🚘🚙🛻🚚🚛🚜🏎🏍🛵🦽🦼🛺🚲🛴🛹🛼🚏🛣🛤🛢⛽🛞"
    "🚨🚥🚦🛑🚧⚓🛟⛵🛶🚤🛳⛴🛥🚢✈🛩🛫🛬🪂💺🚁🚟🚠🚡🛰🚀🛸🛎🧳⌛⏳⌚⏰⏱⏲🕰🕛🕧🕐🕜🕑🕝🕒🕞🕓🕟🕔🕠🕕🕡🕖🕢🕗🕣🕘🕤"
    "🕙🕥🕚🕦🌑🌒🌓🌔🌕🌖🌗🌘🌙🌚🌛🌜🌡☀🌝🌞🪐⭐🌟🌠🌌☁⛅⛈🌤🌥🌦🌧🌨🌩🌪🌫🌬🌀🌈🌂☂☔⛱⚡❄☃⛄☄🪋🔥💧🌊"
)
ACTIVITIES = (
    "🎃🎄🎆🎇🧨✨🎈🎉🎊🎋🎍🎎🎏🎐🎑🧧🎀🎁🎗🎟🎫🎖🏆🏅🥇🥈🥉⚽⚾🥎🏀🏐🏈🏉🎾🥏🎳🏏🏑🏒🥍🏓🏸🥊🥋🥅⛳⛸🎣🪍🤿🎽🎿🛷🥌🎯🪀"
    "🪁🔫🎱🔮🪄🎮🕹🎰🎲🧩🧸🪅🪩🪆♠♥♦♣♟🃏🀄🎴🎭🖼🎨🧵🪡🧶🪢"
)
OBJECTS = (
    "👓🕶🥽🥼🦺👔👕👖🧣🧤🧥🧦👗👘🥻🩱🩲🩳👙👚🪭👛👜👝🛍🎒🩴👞👟🥾🥿👠👡🩰👢🪮👑👒🎩🎓🧢🪖⛑📿💄💍💎🔇🔈🔉🔊📢📣📯🔔🔕"
    "🎼🎵🎶🎙🎚🎛🎤🎧📻🎷🪊🪗🎸🎹🎺🎻🪕🥁🪘🪇🪈🪉📱📲☎📞📟📠🔋🪫🔌💻🖥🖨⌨🖱🖲💽💾💿📀🧮🎥🎞📽🎬📺📷📸📹📼🔍🔎🕯💡🔦"
    "🏮🪔📔📕📖📗📘📙📚📓📒📃📜📄📰🗞📑🔖🏷🪎💰🪙💴💵💶💷💸💳🧾💹✉📧📨📩📤📥📦📫📪📬📭📮🗳✏✒🖋🖊🖌🖍🪌📝💼📁📂🗂📅📆🗒🗓"
    "📇📈📉📊📋📌📍📎🖇📏📐✂🗃🗄🗑🔒🔓🔏🔐🔑🗝🔨🪓⛏⚒🛠🗡⚔💣🪃🏹🛡🪚🔧🪛🔩⚙🗜⚖🦯🔗⛓🪝🧰🧲🪜🪏⚗🧪🧫🧬🔬🔭📡💉🩸💊"
    "🩹🩼🩺🩻🚪🛗🪞🪟🛏🛋🪑🚽🪠🚿🛁🪤🪒🧴🧷🧹🧺🧻🪣🧼🫧🪥🧽🧯🛒🚬⚰🪦⚱🧿🪬🗿🪧🪪"
)
SYMBOLS = (
    "🏧🚮🚰♿🚹🚺🚻🚼🚾🛂🛃🛄🛅⚠🚸⛔🚫🚳🚭🚯🚱🚷📵🔞☢☣⬆↗➡↘⬇↙⬅↖↕↔↩↪⤴⤵🔃🔄🔙🔚🔛🔜🔝🛐⚛🕉✡☸☯✝☦☪☮🕎🔯🪯"
    "♈♉♊♋♌♍♎♏♐♑♒♓⛎🔀🔁🔂▶⏩⏭⏯◀⏪⏮🔼⏫🔽⏬⏸⏹⏺⏏🎦🔅🔆📶🛜📳📴♀♂⚧✖➕➖➗🟰♾‼⁉❓❔❕❗〰💱💲⚕♻⚜🔱📛"  # noqa: RUF001
    "🔰⭕✅☑✔❌❎➰➿〽✳✴❇©®🫟™#*0123456789🔟🔠🔡🔢🔣🔤🅰🆎🅱🆑🆒🆓ℹ🆔Ⓜ🆕🆖🅾🆗🅿🆘🆙🆚🈁🈂🈷🈶🈯🉐🈹🈚🈲🉑🈸🈴🈳"  # noqa: RUF001
    "㊗㊙🈺🈵🔴🟠🟡🟢🔵🟣🟤⚫⚪🟥🟧🟨🟩🟦🟪🟫⬛⬜◼◻◾◽▪▫🔶🔷🔸🔹🔺🔻💠🔘🔳🔲"
)
FLAGS = "🏁🚩🎌🏴🏳" + "".join(map(chr, range(0x1F1E6, 0x1F200)))

ALL = (SMILEYS, PEOPLE, NATURE, FOOD, TRAVEL, ACTIVITIES, OBJECTS, SYMBOLS, FLAGS)


def split_emoji(text: str) -> Iterator[tuple[str, bool]]:
    """(piece, whether it is one emoji), in order; pieces are not empty."""
    at = 0
    for match in EMOJI.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], False
        yield match.group(), True
        at = match.end()
    if at < len(text):
        yield text[at:], False


def without_emoji(text: str) -> str:
    """`text` with a square for each emoji, for places that cannot show pictures."""
    return EMOJI.sub(UNDRAWN, text)


def titles() -> tuple[str, ...]:
    """The names of the categories in ALL."""
    return (
        _("Smileys"),
        _("People"),
        _("Animals and plants"),
        _("Food and drink"),
        _("Travel and places"),
        _("Activities"),
        _("Objects"),
        _("Signs"),
        _("Flags"),
    )


class EmojiName(Struct, frozen=True):
    """A fully qualified emoji with its names."""

    sequence: str
    names: tuple[str, str]  #: in each of _LANGUAGES
    codes: tuple[str, ...]  #: shortcodes without colons, in lower case; the usual one first
    words: str  #: all names and codes for searching: lower case, a space before each word
    since: float  #: the Emoji version that introduced it
    toned: bool  #: it has a skin tone
    group: int  #: index in ALL


def name_of(sequence: str, language: str = "en") -> str:
    """The name ("party popper"); "" when there is none."""
    named = _by_sequence().get(_bare(sequence))
    return named.names[language == "id"] if named else ""


def code_of(sequence: str) -> str:
    """The usual shortcode without colons ("tada"); "" when there is none."""
    named = _by_sequence().get(_bare(sequence))
    return named.codes[0] if named else ""


def emoji_of_code(code: str) -> str:
    """The emoji of a shortcode; "" when there is none."""
    return _by_code().get(code.casefold(), "")


def search(words: str, most: int, recent: Sequence[str] = ()) -> list[EmojiName]:
    """At most `most` emoji with, for each of `words`, a word in their names that begins with it.

    Exact codes come first, then `recent` ones, then the shortest codes; variants with a skin tone come last.
    """
    wanted = _APART.sub(" ", words.casefold()).split()
    if not wanted:
        return []
    found = [named for named in all_emoji() if all(f" {word}" in named.words for word in wanted)]
    code = words.strip().casefold().replace(" ", "_")
    lately = {sequence: at for at, sequence in enumerate(recent)}
    found.sort(key=lambda named: (
        named.toned, code not in named.codes, lately.get(named.sequence, len(lately)),
        min((len(one) for one in named.codes if one.startswith(code)), default=_FAR),
    ))  # fmt: skip
    return found[:most]


def group(at: int) -> list[EmojiName]:
    """The emoji of a category, by its index in ALL, without skin tones, in the order of Unicode."""
    return [named for named in all_emoji() if named.group == at and not named.toned]


@lru_cache(maxsize=1)
def all_emoji() -> tuple[EmojiName, ...]:
    """All emoji, in the order of Unicode."""
    import emoji

    emoji.config.load_language("id")
    order = {first: (at, place) for at, members in enumerate(ALL) for place, first in enumerate(members)}
    data = emoji.EMOJI_DATA
    full = [
        sequence
        for sequence, about in data.items()
        if about["status"] == emoji.STATUS["fully_qualified"] and EMOJI.fullmatch(sequence) and sequence[0] in order
    ]
    full.sort(key=lambda sequence: (*order[sequence[0]], len(sequence), sequence))
    return tuple(_named(sequence, data[sequence], order[sequence[0]][0]) for sequence in full)


def _named(sequence: str, about: dict[str, str | list[str]], group: int) -> EmojiName:
    written = [str(about.get(language) or about["en"]).strip(":") for language in _LANGUAGES]
    english = written[0].casefold()
    codes = tuple(dict.fromkeys([*(alias.strip(":").casefold() for alias in about.get("alias", ())), english]))
    names = [name.replace("_", " ") for name in written]
    words = dict.fromkeys(_parts([*written, *codes]))
    return EmojiName(
        sequence,
        (names[0], names[1]),
        codes,
        "".join(f" {word}" for word in words),
        float(str(about["E"])),
        bool(_NAME_TONE.search(sequence)),
        group,
    )


def _parts(written: Iterable[str]) -> Iterable[str]:
    for one in written:
        yield from _APART.sub(" ", one.casefold()).split()
        yield one.casefold()


@lru_cache(maxsize=1)
def _by_sequence() -> dict[str, EmojiName]:
    return {_bare(named.sequence): named for named in all_emoji()}


@lru_cache(maxsize=1)
def _by_code() -> dict[str, str]:
    return {code: named.sequence for named in all_emoji() for code in named.codes}


def _bare(sequence: str) -> str:
    """Without variation selectors, which some programs leave out."""
    return sequence.replace("\ufe0f", "")
