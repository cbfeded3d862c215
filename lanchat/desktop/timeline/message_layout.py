"""MessageLayout: a row of the timeline as lines of text and images. Tk thread, for the images; it changes no widget.

    RowHeading    a rule with the day, a rule with "New messages"
    head          avatar, name, time; what it answers (`quotes`)
    body          the message: formatted text → blocks → lines; see `message_body`
    below         "Show more"; reactions (`reaction_chips`); who has seen it; why it was not sent, Retry, Discard
"""

from __future__ import annotations

import tkinter as tk
from datetime import date, datetime
from typing import assert_never

from lanchat.core.dates import clock, moment
from lanchat.core.message import closed_words, deletion_words, too_new_words
from lanchat.core.model import EntryId, MemberKey, PrivateThread, RoomId
from lanchat.core.slash_table import action_of
from lanchat.core.text import as_sentence
from lanchat.core.translate import _, ngettext
from lanchat.desktop.model import phrases
from lanchat.desktop.model.markup import MENTION, folded, led_by, marked_up, only_emoji
from lanchat.desktop.model.room_model import RoomModel
from lanchat.desktop.model.state import State
from lanchat.desktop.model.thread_model import ThreadModel
from lanchat.desktop.text_layout import paragraphs
from lanchat.desktop.theme.fonts import FontName
from lanchat.desktop.theme.theme import Theme
from lanchat.desktop.timeline import actions, rows
from lanchat.desktop.timeline.file_layout import FileLayout
from lanchat.desktop.timeline.inline_images import InlineImages
from lanchat.desktop.timeline.laid_out_row import ImagePiece, LaidOutRow, Piece, RowLine, TextPiece
from lanchat.desktop.timeline.message_body import MessageBody
from lanchat.desktop.timeline.message_marks import marks_after, marks_in_head, seen_line
from lanchat.desktop.timeline.quotes import quote_pieces
from lanchat.desktop.timeline.reaction_chips import chip_tip, chips_line
from lanchat.desktop.timeline.rows import MessageRow
from lanchat.desktop.timeline.text_styles import INDENT, Styles
from lanchat.desktop.timeline.typesetter import StyledWords, Typesetter
from lanchat.engine.commands import Discard, Retry
from lanchat.engine.events import EntryState

_TICK_ROOM = 34  # design pixels beside the last word
_USUAL_PANE = 590  # design pixels, while there is no window yet
_GUESSED = -1  # the pane of a row that was laid out then


class MessageLayout:
    def __init__(self, theme: Theme, state: State, room_id: RoomId, text: tk.Text) -> None:
        """`text`: whose tags the pieces get."""
        self.images = InlineImages(theme)
        self.today = today()
        self.seen: tuple[EntryId, tuple[MemberKey, ...]] | None = None  #: under which message stands who has seen it
        self._theme = theme
        self._state = state
        self.room_id = room_id
        self._styles = Styles(text, theme)
        self._typesetter = Typesetter(theme, self.images)
        self._files = FileLayout(theme, self.images)
        self._body = MessageBody(theme, self.images, self._typesetter, self._styles, state.nicks)

    def lay_out(self, row: rows.TimelineRow, *, whole: bool = False) -> LaidOutRow:
        """`whole`: a long text is not folded."""
        self.images.late = False
        laid_out = self._lay_out(row, whole)
        laid_out.late = self.images.late
        laid_out.pictures = sum([isinstance(piece, ImagePiece) for line in laid_out.lines for piece in line.pieces])
        return laid_out

    def _lay_out(self, row: rows.TimelineRow, whole: bool) -> LaidOutRow:
        match row:
            case MessageRow():
                return self._message(row, whole)
            case rows.DeletedRow():
                if row.author == row.deleted_by == self._state.me:
                    return self._notice(row, _("You deleted a message."))
                return self._notice(row, deletion_words(row.author, row.deleted_by, self.called))
            case rows.UnknownRow(author=author, closed=True):
                thread = PrivateThread.of(self.room_id)
                nick = self.called(thread.peer if thread else author)
                return self._notice(row, closed_words(nick, mine=author == self._state.me))
            case rows.UnknownRow():
                return self._notice(row, too_new_words(self.called(row.author)))
            case rows.MutedRow():
                told = ngettext("{n} message of {nick}, muted.", "{n} messages of {nick}, muted.", row.count)
                told = told.format(n=row.count, nick=self.called(row.author))
                return self._notice(row, told, TextPiece("  "), _button(_("Show"), actions.ShowMuted(row.author)))
            case rows.MembershipRow():
                return LaidOutRow(row, [RowLine(("notice",), self._words(row.words, "small"))])
            case rows.BeginningRow():
                return LaidOutRow(row, [RowLine(("beginning",), [TextPiece(row.words)])] if row.words else [])
            case _:
                assert_never(row)

    def tick(self, row: MessageRow) -> ImagePiece:
        return ImagePiece(self.images.tick(self.state_of(row)), gap=self._theme.px(6))

    def state_of(self, row: MessageRow) -> EntryState:
        """The delivery state of a message of mine."""
        return row.unsent.state if row.unsent else self.room.state_of(row.message_id, row.seq)

    def tick_words(self, row: MessageRow) -> str:
        """What its tick means."""
        peer = self.called(room.thread.peer) if isinstance(room := self.room, ThreadModel) else ""
        return phrases.tick(self.state_of(row), peer)

    @property
    def room(self) -> RoomModel:
        return self._state.room(self.room_id)

    def chip_tip(self, row: MessageRow, emoji: str) -> str:
        """Who reacted to a message so."""
        return chip_tip(row, emoji, self.called, self._state.me)

    # --- a message ---------------------------------------------------------------------------------------------------
    def _message(self, row: MessageRow, whole: bool) -> LaidOutRow:
        called = self.called(row.author)
        mine = row.author == self._state.me
        lines = self._heading(row.heading)
        head = len(lines)
        beside: ImagePiece | None = None
        if row.heading.author:
            colour = self._theme.colour_of(row.author)
            name = self._words(called, "bold", colour, self._styles.coloured(colour), actions.ShowProfile(row.author))
            high = max([piece.image.height() for piece in name if isinstance(piece, ImagePiece)], default=0)
            upper, lower = self.images.avatar(row.author, called, high)
            beside = ImagePiece(lower, align="top")
            time = TextPiece(clock(moment(row.at)), ("time",))
            avatar = ImagePiece(upper, align="top")
            marks = marks_in_head(self._theme, row)
            name += [TextPiece(f"  · {_('guest')}", ("time",))] if self._state.nicks.is_guest(row.author) else []
            lines.append(RowLine(("head",), [avatar, TextPiece("\t"), *name, TextPiece("   "), time, *marks]))
        action, everybody = action_of(row.text), not mine and row.author == self._owner
        blocks = marked_up(
            action or row.text, "" if mine else self._state.nick, everybody=everybody, others=self._state.nicks
        )
        if action:
            blocks = led_by(f"* {called} ", blocks)
        if row.answers:
            lines.append(self._answered(row, beside))
            beside = None
        short = None if whole else folded(blocks)
        start = len(lines)
        names_me = any([span.style & MENTION for block in blocks for span in block.spans])
        if row.text or row.offer is None:
            lines += self._body.lay_out(short or blocks, beside, self._room_of_line(mine), big=only_emoji(row.text))
            beside = None
        body = lines[start:]
        file = None
        if row.offer is not None:
            ground = self._theme.palette.mention if names_me else self._theme.palette.chat
            line, file = self._files.line(row.offer, len(lines), beside, self._room_of_line(mine), ground)
            lines.append(line)
        end = len(lines)
        marks = marks_after(self._theme, row)
        if marks and not {"thin", "file line"}.isdisjoint(lines[-1].tags):  # the edge of a block of code
            lines.append(RowLine(("below",), marks))
        elif marks:
            _append(lines[-1], [TextPiece("  ", means=""), *marks])
        mark = self.tick(row) if file is None else self.tick(row)._replace(align="bottom")
        tick = (end - 1, _append(lines[end - 1], [mark])) if mine else None
        if short is not None:
            lines.append(RowLine(("below",), [_button(_("Show more"), actions.ShowMore(row.message_id))]))
        if row.reactions:
            lines.append(chips_line(self._theme, self.images, row, self.room_id, self._state.me))
        if self.seen is not None and self.seen[0] == row.message_id:
            pieces, names = seen_line(self._theme, self.seen[1], self.called)
            lines.append(RowLine(("below",), [*pieces, *self._words(names, "small")]))
        if row.unsent is not None and row.unsent.state is EntryState.NOT_SENT:
            lines.append(self._not_sent(row.message_id, row.unsent.problem))
        spans = [span for block in short or blocks for span in block.spans]
        links = tuple(dict.fromkeys([span.address for span in spans if span.address]))
        broken = row.answers or file is not None or any(["broken" in line.tags for line in body])
        pane = (self.images.pane or _GUESSED) if broken else 0
        if names_me:
            lines[head:] = [_on_ground_of_mention(line) for line in lines[head:]]
        laid_out = LaidOutRow(row, lines, (start, end), head, tick, links, short is not None, called, pane)
        laid_out.mentions_me, laid_out.file = names_me, file
        laid_out.wish = self._theme.wish_of(row.author)
        return laid_out

    def _answered(self, row: MessageRow, beside: ImagePiece | None) -> RowLine:
        """The line of the message that this one answers. `beside`: as for `MessageBody`."""
        room, tag_of = self._room_of_line(mine=False), self._styles.coloured
        pieces = quote_pieces(self._theme, self.images, row.quote, self.called, room, tag_of)
        if beside is None:
            return RowLine(("body", "answered"), pieces)
        return RowLine(("first", "answered"), [beside, TextPiece("\t", means=""), *pieces])

    def _room_of_line(self, mine: bool) -> int:
        """Pixels for text beside the avatars."""
        px = self._theme.px
        return (self.images.pane or px(_USUAL_PANE)) - px(INDENT) - (px(_TICK_ROOM) if mine else 0)

    def _not_sent(self, message_id: EntryId, problem: str) -> RowLine:
        between = TextPiece("  ·  ")
        told = _("Not sent. {problem}").format(problem=as_sentence(problem)).strip()
        words = self._words(told, "small", self._theme.palette.alert_ink, "failed")
        retry = _button(_("Retry"), Retry(self.room_id, message_id))
        discard = _button(_("Discard"), Discard(self.room_id, message_id))
        return RowLine(("below",), [*words, between, retry, between, discard])

    @property
    def _owner(self) -> MemberKey | None:
        return self._state.room(self.room_id).founder

    # --- what stands around it ---------------------------------------------------------------------------------------
    def _heading(self, heading: rows.RowHeading) -> list[RowLine]:
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

    def _notice(
        self, row: rows.UnknownRow | rows.DeletedRow | rows.MutedRow, words: str, *more: TextPiece
    ) -> LaidOutRow:  # fmt: skip
        lines = self._heading(row.heading)
        lines.append(RowLine(("notice",), [*self._words(words, "small"), *more]))
        return LaidOutRow(row, lines, called=self.called(row.author))

    def called(self, author: MemberKey) -> str:
        return self._state.room(self.room_id).people.called(author)

    def _words(
        self, text: str, font: FontName, colour: str = "", tag: str = "", action: actions.ShowProfile | None = None
    ) -> list[Piece]:
        """Words of ours with names in them, or one name with its `action`, on a line that Tk breaks."""
        words = StyledWords(text, (tag,) if tag else (), font, colour or self._theme.palette.mute, action)
        return self._typesetter.set_paragraph([words], None, paragraphs.base_of(text) if action is not None else 0)[0]


def _button(words: str, action: actions.Action) -> TextPiece:
    """Words that can be clicked."""
    return TextPiece(words, ("link",), action)


def _on_ground_of_mention(line: RowLine) -> RowLine:
    return line._replace(tags=(*line.tags, "mentions"))


def _append(line: RowLine, marks: list[Piece]) -> int:
    """Put these where the reading of a line ends. Gives the place of the first of them among the pieces."""
    at = len(line.pieces)
    if "right" in line.tags:
        at = 0
    elif "first right" in line.tags:
        at = 2
    line.pieces[at:at] = marks
    return at


def today() -> date:
    """The date on this computer's calendar."""
    return datetime.now().astimezone().date()
