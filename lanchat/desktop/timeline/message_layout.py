"""MessageLayout: a row of the timeline as lines of text and images. Tk thread, for the images; it changes no widget.

    RowHeading    a rule with the day, a rule with "New messages"
    head          avatar, name, time
    body          the message: markup → spans of one look → paragraphs in visual order → pieces
    below         "Show more"; why it was not sent, Retry, Discard
"""

from __future__ import annotations

import tkinter as tk
from datetime import date, datetime
from typing import Literal, NamedTuple, assert_never

from lanchat.core.dates import clock, moment
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.text import as_sentence
from lanchat.core.translate import _, ngettext
from lanchat.desktop.emoji.emoji_data import UNDRAWN
from lanchat.desktop.model import phrases
from lanchat.desktop.model.markup import Run, address, breaks_anywhere, folded, only_emoji, runs, split_emoji
from lanchat.desktop.model.state import State
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.text_layout.bidi import has_right_to_left
from lanchat.desktop.text_layout.paragraphs import Fragment
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline.actions import (
    Action,
    DiscardMessage,
    OpenLink,
    RetryMessage,
    ShowMore,
    ShowMuted,
    ShowProfile,
)
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.timeline.rows import (
    BeginningRow,
    MembershipRow,
    MessageRow,
    MutedRow,
    RowHeading,
    TimelineRow,
    UnknownRow,
)
from lanchat.desktop.timeline.text_styles import EDGE, FENCE_PAD, INDENT, coloured
from lanchat.desktop.timeline.text_view import ImagePiece, LaidOutRow, Piece, RowLine, TextPiece
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
    action: Action | None = None
    own: Literal["", "name", "code"] = ""  #: in an order of its own: as a name, or from left to right
    means: str | None = None  #: what it stands for when it is copied; None: itself


class MessageLayout:
    def __init__(self, theme: Theme, state: State, room_id: RoomId, text: tk.Text) -> None:
        """`text`: whose tags the pieces get."""
        self.images = InlineImages(theme)
        self.today = today()
        self._theme = theme
        self._state = state
        self._room_id = room_id
        self._text = text

    def lay_out(self, row: TimelineRow, *, whole: bool = False) -> LaidOutRow:
        """`whole`: a long text is not folded."""
        self.images.late = False
        laid_out = self._lay_out(row, whole)
        laid_out.late = self.images.late
        laid_out.pictures = sum([isinstance(piece, ImagePiece) for line in laid_out.lines for piece in line.pieces])
        return laid_out

    def _lay_out(self, row: TimelineRow, whole: bool) -> LaidOutRow:
        match row:
            case MessageRow():
                return self._message(row, whole)
            case UnknownRow():
                told = _("{nick} did something that this lanchat is too old to show.")
                return self._notice(row, told.format(nick=self._called(row.author)))
            case MutedRow():
                told = ngettext("{n} message of {nick}, muted.", "{n} messages of {nick}, muted.", row.count)
                told = told.format(n=row.count, nick=self._called(row.author))
                return self._notice(row, told, TextPiece("  "), _button(_("Show"), ShowMuted(row.author)))
            case MembershipRow():
                return LaidOutRow(row, [RowLine(("notice",), self._words(row.words, "small"))])
            case BeginningRow():
                return LaidOutRow(row, [RowLine(("beginning",), [TextPiece(row.words)])] if row.words else [])
            case _:
                assert_never(row)

    def tick(self, row: MessageRow) -> ImagePiece:
        state = row.unsent.state if row.unsent else self._state.room(self._room_id).state_of(row.message_id)
        return ImagePiece(self.images.tick(state), gap=self._theme.px(6))

    # --- a message ---------------------------------------------------------------------------------------------------
    def _message(self, row: MessageRow, whole: bool) -> LaidOutRow:
        called = self._called(row.author)
        mine = row.author == self._state.me
        lines = self._heading(row.heading)
        head = len(lines)
        beside: ImagePiece | None = None
        if row.heading.author:
            colour = self._theme.colour_of(row.author)
            name = self._words(called, "bold", colour, coloured(self._text, colour), ShowProfile(row.author))
            high = max([piece.image.height() for piece in name if isinstance(piece, ImagePiece)], default=0)
            upper, lower = self.images.avatar(row.author, called, high)
            beside = ImagePiece(lower, align="top")
            time = TextPiece(clock(moment(row.at)), ("time",))
            avatar = ImagePiece(upper, align="top")
            lines.append(RowLine(("head",), [avatar, TextPiece("\t"), *name, TextPiece("   "), time]))
        text_runs = runs(row.text, "" if mine else self._state.nick)
        short = None if whole else folded(text_runs)
        body = self._body(short or text_runs, beside, only_emoji(row.text), mine)
        start = len(lines) + (len(body) > 1 and body[0].tags == ("first",) and len(body[0].pieces) == 1)
        lines += body
        end = len(lines)
        tick = (end - 1, _append_tick(lines[-1], self.tick(row))) if mine else None
        if short is not None:
            lines.append(RowLine(("below",), [_button(_("Show more"), ShowMore(row.message_id))]))
        if row.unsent is not None and row.unsent.state is EntryState.NOT_SENT:
            lines.append(self._not_sent(row.message_id, row.unsent.problem))
        links = tuple([address(run.source) for run in short or text_runs if run.kind == "link"])
        pane = self.images.pane if any(["broken" in line.tags for line in body]) else 0
        return LaidOutRow(row, lines, (start, end), head, tick, links, short is not None, called, pane)

    def _body(self, text_runs: list[Run], beside: ImagePiece | None, big: bool, mine: bool) -> list[RowLine]:
        """The lines of a message. `beside`: the lower half of the avatar; `big`: it is of emoji only."""
        text = "".join([run.shown for run in text_runs])
        ground = ("mentions",) if any([run.kind == "mention" for run in text_runs]) else ()
        if breaks_anywhere(text):
            ground = (*ground, "loose")
        room = self._room_of_line() - (self._theme.px(_TICK_ROOM) if mine else 0)
        lines: list[RowLine] = []
        for fence, spans in self._paragraphs(text_runs):
            if fence:
                broken = self._broken(spans, room - 2 * self._theme.px(FENCE_PAD + EDGE), 0)
                pad = ImagePiece(self.images.space(FENCE_PAD))
                lines += [RowLine(("fence", "loose"), [pad, *line], at > 0) for at, line in enumerate(broken)]
                continue
            tags, text, base = ("body", *ground), "".join([span.text for span in spans]), 0
            if not text.isascii() and has_right_to_left(text):
                base = paragraphs.base_of(text)
                tags = (*tags, "broken", *(("right",) if base else ()))
            lines += [
                RowLine(tags, pieces, at > 0) for at, pieces in enumerate(self._broken(spans, room, base, big=big))
            ]
        return lines if beside is None else self._beside_avatar(lines, beside)

    def _paragraphs(self, text_runs: list[Run]) -> list[tuple[bool, list[_Span]]]:
        """(it is of a block of code, its spans) of each line that the author wrote."""
        found: list[tuple[bool, list[_Span]]] = [(False, [])]
        for run in text_runs:
            fence = run.kind == "fence"
            action = OpenLink(address(run.source)) if run.kind == "link" else None
            for number, part in enumerate(run.shown.split("\n")):
                if number:
                    found.append((fence, []))
                elif fence:
                    found[-1] = (True, found[-1][1])
                if part:
                    span = self._span(part, run.kind, action)
                    pad = [span._replace(text=_PAD, means="")] if run.kind == "code" else []
                    found[-1][1].extend([*pad, span, *pad])
        return found

    def _beside_avatar(self, lines: list[RowLine], avatar: ImagePiece) -> list[RowLine]:
        """Put the lower half of the avatar before the first line."""
        if lines[0].tags[0] == "fence":
            return [RowLine(("first",), [avatar]), *lines]
        others = list(lines[0].tags[1:])
        if self._too_wide(lines[0].pieces):
            others.append("loose")
        if "right" in others:
            others[others.index("right")] = "first right"
        first = RowLine(("first", *others), [avatar, TextPiece("\t", means=""), *lines[0].pieces])
        return [first, *lines[1:]]

    def _span(self, text: str, kind: str, action: Action | None) -> _Span:
        palette = self._theme.palette
        match kind:
            case "mention":
                return _Span(text, ("mention",), "bold", palette.at, own="name")
            case "link":
                return _Span(text, ("link",), "body", palette.link, action, own="code")
            case "code":
                return _Span(text, ("code",), "code", palette.text, own="code")
            case "fence":
                return _Span(text, (), "code", palette.text)
            case _:
                return _Span(text, (), "body", palette.text)

    def _room_of_line(self) -> int:
        """Pixels for text beside the avatars."""
        return (self.images.pane or self._theme.px(_USUAL_PANE)) - self._theme.px(INDENT)

    def _too_wide(self, pieces: list[Piece]) -> bool:
        """Whether the first word is wider than the pane: Tk would leave the avatar alone on its line."""
        first = pieces[0] if pieces else None
        word = first.text.split(None, 1)[:1] if isinstance(first, TextPiece) else []
        if not word or len(word[0]) <= _SHORT_WORD:
            return False
        return self._theme.fonts.measure("body", word[0]) > self._room_of_line() * 0.95

    def _not_sent(self, message_id: EntryId, problem: str) -> RowLine:
        between = TextPiece("  ·  ")
        told = _("Not sent. {problem}").format(problem=as_sentence(problem)).strip()
        words = self._words(told, "small", self._theme.palette.alert_ink, "failed")
        retry = _button(_("Retry"), RetryMessage(message_id))
        discard = _button(_("Discard"), DiscardMessage(message_id))
        return RowLine(("below",), [*words, between, retry, between, discard])

    # --- what stands around it ---------------------------------------------------------------------------------------
    def _heading(self, heading: RowHeading) -> list[RowLine]:
        lines = []
        if heading.day is not None:
            lines.append(self._rule(phrases.day(heading.day, self.today), "day", self._theme.palette.line))
        if heading.unread:
            lines.append(self._rule(_("New messages"), "unread", self._theme.palette.alert_ink))
        return lines

    def _rule(self, words: str, tag: str, colour: str) -> RowLine:
        """A line from edge to edge, with words in its middle."""
        words = f"  {words}  "
        rule = ImagePiece(self.images.rule(self._theme.fonts.measure("small_bold", words), colour))
        return RowLine(("rule",), [rule, TextPiece(words, (tag,)), rule])

    def _notice(self, row: UnknownRow | MutedRow, words: str, *more: TextPiece) -> LaidOutRow:
        lines = self._heading(row.heading)
        lines.append(RowLine(("notice",), [*self._words(words, "small"), *more]))
        return LaidOutRow(row, lines, called=self._called(row.author))

    def _called(self, author: MemberKey) -> str:
        return self._state.room(self._room_id).people.called(author)

    def _words(
        self, text: str, font: FontName, colour: str = "", tag: str = "", action: ShowProfile | None = None
    ) -> list[Piece]:
        """Words of ours with names in them, or one name with its `action`, on a line that Tk breaks."""
        span = _Span(text, (tag,) if tag else (), font, colour or self._theme.palette.mute, action)
        return self._broken([span], None, paragraphs.base_of(text) if action is not None else 0)[0]

    # --- spans into pieces -------------------------------------------------------------------------------------------
    def _broken(self, spans: list[_Span], room: int | None, base: int, *, big: bool = False) -> list[list[Piece]]:
        """A paragraph on lines, of pieces as they stand from left to right. `base`: its level; see `bidi`.

        One line where Tk can break it; where it is read from right to left Tk cannot, as it puts what comes later
        further right. `room`: pixels of a line.
        """
        text = "".join([span.text for span in spans])
        if text.isascii():
            return [[TextPiece(span.text, span.tags, span.action, means=span.means) for span in spans]]
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
            return self.images.emoji_width + 2
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
                return ImagePiece(image, part.text, tags=span.tags, action=span.action, order=part.at)
        letters = self._drawable(part.text, span)._replace(order=part.at)
        if "\t" in part.text:  # in a line whose end is at a tab stop
            return letters._replace(text=letters.text.replace("\t", _TAB), means=part.text)
        return letters

    def _plain(self, span: _Span, big: bool) -> list[Piece]:
        """With an image for each emoji: such characters are never given to Tk."""
        return [
            self._emoji(piece, span, big) if emoji else self._drawable(piece, span)
            for piece, emoji in split_emoji(span.text)
        ]

    def _drawable(self, text: str, span: _Span) -> TextPiece:
        shown = self._theme.fonts.drawable(span.font, text)
        means = text if span.means is None and shown != text else span.means
        return TextPiece(shown, span.tags, span.action, means=means)

    def _emoji(self, sequence: str, span: _Span, big: bool) -> Piece:
        image = self.images.emoji(sequence, big)
        if image is None:
            return TextPiece(UNDRAWN, span.tags, span.action)
        return ImagePiece(image, sequence, gap=1, tags=span.tags, action=span.action)


def _button(words: str, action: Action) -> TextPiece:
    """Words that can be clicked."""
    return TextPiece(words, ("link",), action)


def _append_tick(line: RowLine, tick: ImagePiece) -> int:
    """Put the tick where the reading of a line ends. Gives its place among the pieces."""
    at = len(line.pieces)
    if "right" in line.tags:
        at = 0
    elif "first right" in line.tags:
        at = 2
    line.pieces.insert(at, tick)
    return at


def today() -> date:
    """The date on this computer's calendar."""
    return datetime.now().astimezone().date()
