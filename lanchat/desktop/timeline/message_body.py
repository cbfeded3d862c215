"""MessageBody: the blocks of a formatted text as lines of a Text: paragraphs, items of lists, quotes, code. Tk thread.

paragraph   spans → words of one look → pieces; Tk breaks it
item        the same, with its marker in front, and indented
quote       broken here, so that its bar stands before each line
code        a surface with round corners, of as many lines as it takes: its upper edge; the language and Copy; a
            rule; the code, broken here; its lower edge
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lanchat.core.formatting import BOLD, CODE, ITALIC, STRIKE, TextBlock, TextSpan
from lanchat.core.nicks import Nicks
from lanchat.core.translate import _
from lanchat.desktop.model.code_colours import CodeKind, code_tokens
from lanchat.desktop.model.markup import MEMBER, MENTION, breaks_anywhere
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import has_right_to_left
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.actions import CopyText, OpenLink, ShowProfile
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.timeline.laid_out_row import ImagePiece, Piece, RowLine, TextPiece
from lanchat.desktop.timeline.text_styles import ITEM_INDENT, MOST_INDENTED, Styles
from lanchat.desktop.timeline.typesetter import StyledWords, Typesetter

_SHORT_WORD = 15  # characters, for which there is room in any pane
_PAD = "\N{NO-BREAK SPACE}"  # on both sides of code: at a space Tk would end the line, and colour the rest of it
_TAB_COLUMNS = 4
_WIDEST_CODE = 520  # design pixels
_CODE_STEP = 16  # of its width, in design pixels, so that there are few widths
_NARROWEST_CODE = 120
_QUOTE_GAP = 10  # design pixels between its bar and its words
_BAR = 3

_FONTS: dict[int, FontName] = {BOLD: "bold", ITALIC: "italic", BOLD | ITALIC: "bold_italic"}
_CODE_LOOKS: dict[CodeKind, tuple[str, ...]] = {
    "": ("card",), "keyword": ("card", "code keyword"), "string": ("card", "code string"),
    "comment": ("card", "code comment"),
}  # fmt: skip
#: What languages are called that are written otherwise.
_LANGUAGES = {
    "py": "Python", "js": "JavaScript", "ts": "TypeScript", "sh": "Shell", "cpp": "C++", "cs": "C#", "rs": "Rust",
    "rb": "Ruby", "kt": "Kotlin", "md": "Markdown", "yml": "YAML", "ps1": "PowerShell", "javascript": "JavaScript",
    "typescript": "TypeScript", "php": "PHP", "powershell": "PowerShell", "golang": "Go", "tex": "TeX",
    "sql": "SQL", "json": "JSON", "html": "HTML", "css": "CSS", "xml": "XML", "yaml": "YAML", "toml": "TOML",
    "ini": "INI",
}  # fmt: skip


class MessageBody:
    def __init__(
        self, theme: Theme, images: InlineImages, typesetter: Typesetter, styles: Styles, nicks: Nicks
    ) -> None:  # fmt: skip
        self._theme = theme
        self._images = images
        self._typesetter = typesetter
        self._styles = styles
        self._nicks = nicks

    def lay_out(
        self, blocks: Sequence[TextBlock], beside: ImagePiece | None, room: int, *, big: bool = False
    ) -> list[RowLine]:
        """`beside`: the lower half of the avatar, before the first line; `room`: pixels of a line beside the avatars;
        `big`: the text is of emoji only."""
        loose = ("loose",) if breaks_anywhere("".join([block.text for block in blocks])) else ()
        lines: list[RowLine] = []
        for block in blocks:
            if block.kind == "code":
                lines += self._code(block, room)
            elif block.quote:
                lines += self._quote(block, room)
            else:
                lines += self._text(block, room, loose, big)
        return lines if beside is None else [self._beside_avatar(lines[0], beside, room), *lines[1:]]

    def _beside_avatar(self, line: RowLine, avatar: ImagePiece, room: int) -> RowLine:
        layout, *others = line.tags
        pieces = line.pieces
        if layout.startswith("item"):
            layout = f"first {layout}"
        else:
            if layout == "body" and self._too_wide(pieces, room):
                others.append("loose")
            if layout == "code edge":  # its line is as high as the avatar, and the code follows without a gap
                pieces = [one._replace(align="bottom") if isinstance(one, ImagePiece) else one for one in pieces]
                others = [tag for tag in others if tag != "code top"]
            if "right" in others:
                others[others.index("right")] = "first right"
            layout = "first"
        return RowLine((layout, *others), [avatar, TextPiece("\t", means=""), *pieces])

    def _too_wide(self, pieces: list[Piece], room: int) -> bool:
        """Whether the first word is wider than the pane: Tk would leave the avatar alone on its line."""
        first = pieces[0] if pieces else None
        word = first.text.split(None, 1)[:1] if isinstance(first, TextPiece) else []
        if not word or len(word[0]) <= _SHORT_WORD:
            return False
        return self._theme.fonts.measure("body", word[0]) > room * 0.95

    # --- paragraphs, items, quotes -----------------------------------------------------------------------------------
    def _text(self, block: TextBlock, room: int, loose: tuple[str, ...], big: bool) -> Iterator[RowLine]:
        depth = min(block.depth, MOST_INDENTED)
        for number, words in enumerate(self._paragraphs(block.spans)):
            text, base = "".join([one.text for one in words]), 0
            tags: tuple[str, ...] = (f"item{depth}" if depth else "body", *loose)
            marker = block.marker if number == 0 else ""
            start = self._start(marker)
            if not text.isascii() and has_right_to_left(text):
                base = paragraphs.base_of(text)
                tags = (*tags, "broken")
                if base:
                    tags, start = ("body", *tags[1:], "right"), []
                    words = [self._marker(marker), *words] if marker else words
            here = room - depth * self._theme.px(ITEM_INDENT)
            for at, pieces in enumerate(self._typesetter.set_paragraph(words, here, base, big=big)):
                more = start if at == 0 else self._start("")
                yield RowLine(tags, [*more, *pieces] if depth else pieces, at > 0)

    def _start(self, marker: str) -> list[TextPiece]:
        """What stands before an item of a list, up to the tab stop at which its lines begin."""
        fits = self._theme.fonts.measure("body", f"{marker} ") < self._theme.px(ITEM_INDENT)
        return [TextPiece(marker, means=f"{marker} " if marker else ""), TextPiece("\t" if fits else _PAD, means="")]

    def _quote(self, block: TextBlock, room: int) -> Iterator[RowLine]:
        high = self._theme.fonts.height("body") + self._theme.px(3)
        start, wide = self._prefix(block, high)
        for number, words in enumerate(self._paragraphs(block.spans)):
            if number == 0 and block.marker:
                words = [self._marker(block.marker), *words]
            base = paragraphs.base_of("".join([one.text for one in words]))
            for at, pieces in enumerate(self._typesetter.set_paragraph(words, room - wide, base, breaks=True)):
                yield RowLine(("quote", "flush", "broken"), [*start, *pieces], at > 0)

    def _prefix(self, block: TextBlock, high: int) -> tuple[list[Piece], int]:
        """What stands before each line of a quote, or of code in one or in a list; and how wide that is."""
        theme = self._theme
        bar, gap = theme.px(_BAR), theme.px(_QUOTE_GAP)
        pieces: list[Piece] = [ImagePiece(self._images.bar(bar, bar + gap, high))] * min(block.quote, MOST_INDENTED)
        wide = (bar + gap) * len(pieces)
        if depth := min(block.depth, MOST_INDENTED) * ITEM_INDENT:
            pieces.append(ImagePiece(self._images.space(depth)))
            wide += theme.px(depth)
        return pieces, wide

    def _marker(self, marker: str) -> StyledWords:
        return StyledWords(f"{marker} ", (), "body", self._theme.palette.text)

    def _paragraphs(self, spans: Sequence[TextSpan]) -> list[list[StyledWords]]:
        """The words of each line that the author wrote."""
        found: list[list[StyledWords]] = [[]]
        for span in spans:
            for number, part in enumerate(span.text.split("\n")):
                if number:
                    found.append([])
                if part:
                    words = self._words(span, part)
                    pad = [words._replace(text=_PAD, means="")] if span.style & CODE else []
                    found[-1].extend([*pad, words, *pad])
        return found

    def _words(self, span: TextSpan, text: str) -> StyledWords:
        palette = self._theme.palette
        action = OpenLink(span.address) if span.address else None
        tags: tuple[str, ...] = ("strike",) if span.style & STRIKE else ()
        if action:
            tags = (*tags, "link")
        colour = palette.link if action else palette.text
        if span.style & CODE:
            return StyledWords(text, (*tags, "code"), "code", colour, action, own="code")
        if span.style & MENTION:
            return StyledWords(text, (*tags, "mention"), "bold", palette.at, own="name")
        if span.style & MEMBER:
            member = self._nicks.member_named(text[1:])
            profile = ShowProfile(member) if member is not None else None
            return StyledWords(text, (*tags, "member"), "bold", palette.at, profile, own="name")
        font = _FONTS.get(span.style & (BOLD | ITALIC), "body")
        if font != "body":
            tags = (*tags, self._styles.letters(font))
        return StyledWords(text, tags, font, colour, action, own="code" if text == span.address else "")

    # --- code --------------------------------------------------------------------------------------------------------
    def _code(self, block: TextBlock, room: int) -> list[RowLine]:
        theme, images = self._theme, self._images
        code = block.text
        high = theme.fonts.height("code") + theme.px(2)
        step = theme.px(_CODE_STEP)
        start, indented = self._prefix(block, high)
        room = max(theme.px(_NARROWEST_CODE), min(room - indented, theme.px(_WIDEST_CODE)))
        wide = max(step, room // step * step)
        left, right = (ImagePiece(images.code_side(side, high), tags=("card",)) for side in ("left", "right"))
        tags = (self._styles.code_line(indented + wide), "flush", "broken")
        columns = self._columns(wide - left.image.width() - right.image.width())
        end: list[Piece] = [TextPiece("\t", ("card",), means=""), right]

        def edge(part: str, goes_on: bool = True) -> RowLine:
            apart = (f"code {part}",) if part != "rule" and not block.quote else ()  # a bar has no gaps
            thin, _wide = self._prefix(block, images.code_strip_height(part))
            image = ImagePiece(images.code_strip(part, wide), align="top")
            return RowLine(("code edge", "flush", "thin", "broken", *apart), [*thin, image], goes_on)

        lines = []
        if block.marker:
            lines.append(RowLine((f"item{min(block.depth, MOST_INDENTED)}",), [TextPiece(block.marker)]))
        lines += [edge("top", goes_on=False), self._code_head(block, code, [*start, left], right, tags), edge("rule")]
        for number, written in enumerate(code.split("\n")):
            for at, pieces in enumerate(self._code_line(written, block.language, columns)):
                lines.append(RowLine(tags, [*start, left, *pieces, *end], number == 0 or at > 0))
        return [*lines, edge("bottom")]

    def _code_head(
        self, block: TextBlock, code: str, start: list[Piece], right: ImagePiece, tags: tuple[str, ...]
    ) -> RowLine:
        theme = self._theme
        written = block.language
        language = _LANGUAGES.get(written.lower()) or written[:1].upper() + written[1:] or _("Code")
        looks = ("card", "code head")
        copy = CopyText(code, told=True)
        icon = ImagePiece(theme.icon("copy", 14, theme.palette.text), tags=looks, action=copy)
        told = StyledWords(language, looks, "small", theme.palette.mute, means="")
        word = StyledWords(f" {_('Copy')}", (*looks, "code copy"), "small", theme.palette.text, copy, means="")
        (name,), (words,) = (self._typesetter.set_paragraph([one], None, 0) for one in (told, word))
        pieces: list[Piece] = [*name, TextPiece("\t", looks, means=""), icon, *words, right]
        silent: list[Piece] = [piece._replace(means="") for piece in pieces]
        return RowLine(tags, [*start, *silent], goes_on=True)

    def _columns(self, room: int) -> int:
        """How many letters of code fit into a line; a multiple of the distance of tab stops."""
        fit = room // max(1, self._theme.fonts.measure("code", "0"))
        return max(_TAB_COLUMNS, fit // _TAB_COLUMNS * _TAB_COLUMNS)

    def _code_line(self, written: str, language: str, columns: int) -> list[list[Piece]]:
        """A line of code, broken after so many columns; tabs lead to every fourth."""
        tokens = [(token.text, _CODE_LOOKS[token.kind]) for token in code_tokens(written, language)]
        if not written.isascii():
            colour, room = self._theme.palette.text, columns * self._theme.fonts.measure("code", "0")
            words = [StyledWords(text, looks, "code", colour, own="code") for text, looks in tokens]
            return self._typesetter.set_paragraph(words, room, 0, breaks=True)
        lines: list[list[Piece]] = [[]]
        column = 0
        for text, looks in tokens:
            for number, part in enumerate(text.split("\t")):
                if number:
                    wide = _TAB_COLUMNS - column % _TAB_COLUMNS
                    lines[-1].append(TextPiece(" " * wide, looks, means="\t"))
                    column += wide
                while part:
                    if column >= columns:
                        lines.append([])
                        column = 0
                    fits = part[: columns - column]
                    if len(fits) < len(part) and (space := fits.rfind(" ", len(fits) // 2) + 1):
                        fits = fits[:space]
                    lines[-1].append(TextPiece(fits, looks))
                    part = part[len(fits) :]
                    column = columns if part else column + len(fits)
        return lines
