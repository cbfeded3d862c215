"""Typeset: a row into lines of letters and pictures. Tk thread, for the pictures; puts nothing into a widget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Literal, NamedTuple, assert_never

from lanchat.core.dates import clock, moment
from lanchat.core.model import MemberKey
from lanchat.core.text import as_sentence
from lanchat.core.translate import _, ngettext
from lanchat.desktop.emoji.pattern import UNDRAWN
from lanchat.desktop.model import phrases
from lanchat.desktop.model.room import Room
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import has_right_to_left
from lanchat.desktop.text_layout.paragraphs import Fragment
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.timeline.markup import Run, address, breaks_anywhere, folded, only_emoji, runs, split_emoji
from lanchat.desktop.timeline.rows import (
    BeginningRow,
    HiddenRow,
    MembershipRow,
    MessageRow,
    MutedRow,
    RowHeading,
    TimelineRow,
    UnknownRow,
)
from lanchat.desktop.timeline.text_view import (
    EDGE,
    FENCE_PAD,
    INDENT,
    ImagePiece,
    LaidOutRow,
    Piece,
    RowLine,
    TextPiece,
)
from lanchat.engine.events import EntryState

_SHORT_WORD = 15  # characters, for which there is room in any pane
_TICK_ROOM = 34  # design pixels beside the last word
_TAB = "    "
_PAD = "\N{NO-BREAK SPACE}"  # on both sides of code: at a space Tk would end the line, and colour the rest of it
_ENDLESS = 1 << 30
_USUAL_PANE = 590  # design pixels, while there is no window yet


class _Span(NamedTuple):
    """Words that look the same, and do the same when they are clicked."""

    text: str
    tags: tuple[str, ...]
    font: FontName
    colour: str
    link: str = ""
    own: Literal["", "name", "code"] = ""  #: in an order of its own: as a name, or from left to right
    means: str | None = None  #: what it stands for when it is copied; None: itself


class RowLayout:
    def __init__(
        self, theme: Theme, room: Callable[[], Room], my_nick: Callable[[], str], coloured: Callable[[str], str]
    ) -> None:
        """`coloured`: the tag of letters in a colour."""
        self.pictures = InlineImages(theme)
        self.today = today()
        self._theme = theme
        self._room = room
        self._my_nick = my_nick
        self._coloured = coloured

    def set(self, row: TimelineRow, *, whole: bool = False) -> LaidOutRow:
        """`whole`: a long text is not folded."""
        self.pictures.late = False
        block = self._block(row, whole)
        block.late = self.pictures.late
        block.pictures = sum(isinstance(piece, ImagePiece) for line in block.lines for piece in line.pieces)
        return block

    def _block(self, row: TimelineRow, whole: bool) -> LaidOutRow:
        match row:
            case MessageRow():
                return self._said(row, whole)
            case UnknownRow():
                told = _("{nick} did something that this lanchat is too old to show.")
                return self._about(row, told.format(nick=self._called(row.author)))
            case HiddenRow():
                return LaidOutRow(row, self._above(row.above))
            case MutedRow():
                count = row.last - row.seq + 1
                told = ngettext("{n} message of {nick}, muted.", "{n} messages of {nick}, muted.", count)
                told = told.format(n=count, nick=self._called(row.author))
                return self._about(row, told, TextPiece("  "), TextPiece(_("Show"), ("unmute",)))
            case MembershipRow():
                return LaidOutRow(
                    row, [RowLine(("happened",), self._letters(row.words, (), "small", self._theme.palette.mute))]
                )
            case BeginningRow():
                return LaidOutRow(row, [RowLine(("beginning",), [TextPiece(row.words)])] if row.words else [])
            case _:
                assert_never(row)

    def tick(self, row: MessageRow) -> ImagePiece:
        state = row.unsent.state if row.unsent else self._room().state_of(row.entry_id)
        return ImagePiece(self.pictures.tick(state), gap=self._theme.px(6))

    # --- what was said -----------------------------------------------------------------------------------------------
    def _said(self, row: MessageRow, whole: bool) -> LaidOutRow:
        called = self._called(row.author)
        mine = row.author == self._room().people.me
        lines = self._above(row.above)
        head = len(lines)
        beside: ImagePiece | None = None
        if row.above.head:
            name = self._name(row.author, called)
            high = max((piece.image.height() for piece in name if isinstance(piece, ImagePiece)), default=0)
            upper, lower = self.pictures.avatar(row.author, called, high)
            beside = ImagePiece(lower, align="top")
            at = TextPiece(clock(moment(row.at)), ("time",))
            lines.append(
                RowLine(("head",), [ImagePiece(upper, align="top"), TextPiece("\t"), *name, TextPiece("   "), at])
            )
        text_runs = runs(row.text, "" if mine else self._my_nick())
        short = None if whole else folded(text_runs)
        body, links = self._body(short or text_runs, beside, only_emoji(row.text), mine)
        start = len(lines) + (len(body) > 1 and body[0].tags == ("first",) and len(body[0].pieces) == 1)
        lines += body
        end = len(lines)
        tick = None
        if mine:
            tick = end - 1, _put_last(lines[-1], self.tick(row))
        if short is not None:
            lines.append(RowLine(("below",), [TextPiece(_("Show more"), ("more",))]))
        if row.unsent is not None and row.unsent.state is EntryState.NOT_SENT:
            lines.append(self._not_sent(row.unsent.problem))
        pane = self.pictures.pane if any("broken" in line.tags for line in body) else 0
        return LaidOutRow(row, lines, (start, end), head, tick, tuple(links), short is not None, called, pane=pane)

    def _name(self, author: MemberKey, called: str) -> list[Piece]:
        colour = self._theme.colour_of(author)
        return self._letters(called, ("who", self._coloured(colour)), "bold", colour)

    def _body(
        self, text_runs: list[Run], beside: ImagePiece | None, big: bool, mine: bool
    ) -> tuple[list[RowLine], list[str]]:  # fmt: skip
        """The lines of a text, and the addresses in it. `beside`: the lower part of the avatar."""
        split: list[tuple[bool, list[_Span]]] = [(False, [])]
        links = []
        for run in text_runs:
            fence = run.kind == "fence"
            link = address(run.source) if run.kind == "link" else ""
            if link:
                links.append(link)
            for number, part in enumerate(run.shown.split("\n")):
                if number:
                    split.append((fence, []))
                elif fence:
                    split[-1] = (True, split[-1][1])
                if part:
                    span = self._span(part, run.kind, link)
                    pad = [span._replace(text=_PAD, means="")] if run.kind == "code" else []
                    split[-1][1].extend([*pad, span, *pad])
        ground = ("mentions",) if any(run.kind == "mention" for run in text_runs) else ()
        if breaks_anywhere("".join(run.shown for run in text_runs)):
            ground = (*ground, "loose")
        room = self._room_of_line() - (self._theme.px(_TICK_ROOM) if mine else 0)
        done = []
        for fence, spans in split:
            usual = ("fence", "loose") if fence else ("body", *ground)
            if fence:
                broken = self._laid(spans, room - 2 * self._theme.px(FENCE_PAD + EDGE), 0)
                broken = [[ImagePiece(self.pictures.space(FENCE_PAD)), *line] for line in broken]
                done += [RowLine(usual, pieces, goes_on=number > 0) for number, pieces in enumerate(broken)]
                continue
            text = "".join(span.text for span in spans)
            base = paragraphs.base_of(text)
            if has_right_to_left(text):
                usual = (*usual, "broken", *(("right",) if base else ()))
            broken = self._laid(spans, room, base, big=big)
            done += [RowLine(usual, pieces, goes_on=number > 0) for number, pieces in enumerate(broken)]
        if beside is None:
            return done, links
        if done[0].tags[0] == "fence":
            return [RowLine(("first",), [beside]), *done], links
        _body, *others = done[0].tags
        if self._too_wide(done[0].pieces):
            others.append("loose")
        if "right" in others:
            others[others.index("right")] = "first right"
        done[0] = RowLine(("first", *others), [beside, TextPiece("\t", means=""), *done[0].pieces])
        return done, links

    def _span(self, text: str, kind: str, link: str = "") -> _Span:
        palette = self._theme.palette
        match kind:
            case "mention":
                return _Span(text, ("mention",), "bold", palette.at, own="name")
            case "link":
                return _Span(text, ("link",), "body", palette.link, link, own="code")
            case "code":
                return _Span(text, ("code",), "code", palette.text, own="code")
            case "fence":
                return _Span(text, (), "code", palette.text)
            case _:
                return _Span(text, (), "body", palette.text)

    def _room_of_line(self) -> int:
        """Pixels for words, beside the avatars."""
        return (self.pictures.pane or self._theme.px(_USUAL_PANE)) - self._theme.px(INDENT)

    def _too_wide(self, pieces: list[Piece]) -> bool:
        """The first word is wider than the pane: Tk would leave the avatar alone on its line."""
        first = pieces[0] if pieces else None
        word = first.text.split(None, 1)[:1] if isinstance(first, TextPiece) else []
        if not word or len(word[0]) <= _SHORT_WORD:
            return False
        return self._theme.fonts.measure("body", word[0]) > self._room_of_line() * 0.95

    def _not_sent(self, problem: str) -> RowLine:
        between = TextPiece("  ·  ")
        words_ = _("Not sent. {problem}").format(problem=as_sentence(problem)).strip()
        told = self._letters(words_, ("failed",), "small", self._theme.palette.alert_ink)
        retry, discard = TextPiece(_("Retry"), ("retry",)), TextPiece(_("Discard"), ("discard",))
        return RowLine(("below",), [*told, between, retry, between, discard])

    # --- what stands around it ---------------------------------------------------------------------------------------
    def _above(self, above: RowHeading) -> list[RowLine]:
        lines = []
        if above.day is not None:
            lines.append(self._rule(phrases.day(above.day, self.today), "day", self._theme.palette.line))
        if above.unread:
            lines.append(self._rule(_("New messages"), "unread", self._theme.palette.alert_ink))
        return lines

    def _rule(self, told: str, tag: str, colour: str) -> RowLine:
        """A line from edge to edge, with words in its middle."""
        told = f"  {told}  "
        rule = ImagePiece(self.pictures.rule(self._theme.fonts.measure("small_bold", told), colour))
        return RowLine(("rule",), [rule, TextPiece(told, (tag,)), rule])

    def _about(self, row: UnknownRow | MutedRow, told: str, *deeds: TextPiece) -> LaidOutRow:
        lines = self._above(row.above)
        lines.append(RowLine(("happened",), [*self._letters(told, (), "small", self._theme.palette.mute), *deeds]))
        return LaidOutRow(row, lines, called=self._called(row.author))

    def _called(self, author: MemberKey) -> str:
        return self._room().people.called(author)

    def _letters(self, text: str, tags: tuple[str, ...], font: FontName, colour: str) -> list[Piece]:
        """Words of ours with names in them, or one name, on a line that Tk breaks."""
        span = _Span(text, tags, font, colour)
        return self._laid([span], None, paragraphs.base_of(text) if "who" in tags else 0)[0]

    def _laid(self, spans: list[_Span], room: int | None, base: int, *, big: bool = False) -> list[list[Piece]]:
        """A paragraph on lines, of pieces as they stand from left to right. `base`: its level; see `bidi`.

        One line where Tk can break it: what is read later stands further right there. `room`: pixels of a line.
        """
        text = "".join(span.text for span in spans)
        shaper = self._theme.shaper
        ordered = has_right_to_left(text)
        if not ordered and not shaper.draws(text):
            return [[piece for span in spans for piece in self._plain(span, big)]]
        if room is None or not ordered:
            room = _ENDLESS
        apart = {
            number: paragraphs.base_of(span.text) if span.own == "name" else 0
            for number, span in enumerate(spans)
            if span.own
        }
        found = paragraphs.fragments([span.text for span in spans], base, shaper.draws, apart)
        broken = paragraphs.lines(found, lambda part: self._width(part, spans[part.run]), room)
        if shaper.draws(text):
            broken = (paragraphs.as_seen(line, base) for line in broken)
        return [[self._piece(part, spans[part.run]) for part in line] for line in broken]

    def _width(self, part: Fragment, span: _Span) -> int:
        if part.kind == "emoji":
            return self.pictures.emoji_width + 2
        if part.kind == "shaped":
            wide = self._theme.shaper.width(part.text, span.font, part.right_to_left)
            if wide is not None:
                return wide
        return self._theme.fonts.measure(span.font, part.text.replace("\t", _TAB))

    def _piece(self, part: Fragment, span: _Span) -> Piece:
        if part.kind == "emoji":
            return self._emoji(part.text, span, False)._replace(order=part.at)
        if part.kind == "shaped":
            image = self._theme.shaper.picture(part.text, span.font, span.colour, part.right_to_left)
            if image is not None:
                return ImagePiece(image, part.text, tags=span.tags, link=span.link, order=part.at)
        letters = self._drawable(part.text, span)._replace(order=part.at)
        if "\t" in part.text:  # in a line whose end is at a tab stop
            return letters._replace(text=letters.text.replace("\t", _TAB), means=part.text)
        return letters

    def _plain(self, span: _Span, big: bool) -> list[Piece]:
        """With a picture for each emoji: letters of that kind are never given to Tk."""
        if span.text.isascii():
            return [TextPiece(span.text, span.tags, span.link)]
        return [
            self._emoji(piece, span, big) if emoji else self._drawable(piece, span)
            for piece, emoji in split_emoji(span.text)
        ]

    def _drawable(self, text: str, span: _Span) -> TextPiece:
        shown = self._theme.fonts.drawable(span.font, text)
        means = text if span.means is None and shown != text else span.means
        return TextPiece(shown, span.tags, span.link, means=means)

    def _emoji(self, sequence: str, span: _Span, big: bool) -> Piece:
        image = self.pictures.emoji(sequence, big)
        if image is None:
            return TextPiece(UNDRAWN, span.tags, span.link)
        return ImagePiece(image, sequence, gap=1, tags=span.tags, link=span.link)


def _put_last(line: RowLine, tick: ImagePiece) -> int:
    """Where one has read to the end. Gives the place among the pieces."""
    at = len(line.pieces)
    if "right" in line.tags:
        at = 0
    elif "first right" in line.tags:
        at = 2
    line.pieces.insert(at, tick)
    return at


def today() -> date:
    """On this computer's calendar."""
    return datetime.now().astimezone().date()
