"""Typeset: a row into lines of letters and pictures. Tk thread, for the pictures; puts nothing into a widget."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import assert_never

from lanchat.core.model import MemberKey
from lanchat.core.shown import as_sentence
from lanchat.core.times import clock, moment
from lanchat.core.words import _, ngettext
from lanchat.desktop.emoji.pattern import UNDRAWN
from lanchat.desktop.look.look import Look
from lanchat.desktop.state import words
from lanchat.desktop.state.room import Room
from lanchat.desktop.transcript.markup import Run, address, breaks_anywhere, folded, only_emoji, runs, split_emoji
from lanchat.desktop.transcript.pictures import Pictures
from lanchat.desktop.transcript.rows import Above, Beginning, Happened, Muted, Row, Said, Silent, Unknown
from lanchat.desktop.transcript.sheet import Block, Drawn, Letters, Line, Piece
from lanchat.desktop.transcript.styles import FENCE_PAD, INDENT
from lanchat.engine.events import EntryState

_SHORT_WORD = 15  # characters, for which there is room in any pane
_USUAL_PANE = 590  # design pixels, while there is no window yet


class Typesetter:
    def __init__(
        self, look: Look, room: Callable[[], Room], my_nick: Callable[[], str], coloured: Callable[[str], str]
    ) -> None:
        """`coloured`: the tag of letters in a colour."""
        self.pictures = Pictures(look)
        self.today = today()
        self._look = look
        self._room = room
        self._my_nick = my_nick
        self._coloured = coloured

    def set(self, row: Row, *, whole: bool = False) -> Block:
        """`whole`: a long text is not folded."""
        self.pictures.late = False
        block = self._block(row, whole)
        block.late = self.pictures.late
        block.pictures = sum(isinstance(piece, Drawn) for line in block.lines for piece in line.pieces)
        return block

    def _block(self, row: Row, whole: bool) -> Block:
        match row:
            case Said():
                return self._said(row, whole)
            case Unknown():
                told = _("{nick} did something that this lanchat is too old to show.")
                return self._about(row, told.format(nick=self._called(row.author)))
            case Silent():
                return Block(row, self._above(row.above))
            case Muted():
                count = row.last - row.seq + 1
                told = ngettext("{n} message of {nick}, muted.", "{n} messages of {nick}, muted.", count)
                told = told.format(n=count, nick=self._called(row.author))
                return self._about(row, told, Letters("  "), Letters(_("Show"), ("unmute",)))
            case Happened():
                return Block(row, [Line(("happened",), self._letters(row.words))])
            case Beginning():
                return Block(row, [Line(("beginning",), [Letters(row.words)])] if row.words else [])
            case _:
                assert_never(row)

    def tick(self, row: Said) -> Drawn:
        state = row.unsent.state if row.unsent else self._room().state_of(row.entry_id)
        return Drawn(self.pictures.tick(state), gap=self._look.px(6))

    # --- what was said -----------------------------------------------------------------------------------------------
    def _said(self, row: Said, whole: bool) -> Block:
        called = self._called(row.author)
        mine = row.author == self._room().people.me
        lines = self._above(row.above)
        head = len(lines)
        beside: Drawn | None = None
        if row.above.head:
            upper, lower = self.pictures.avatar(row.author, called)
            beside = Drawn(lower, align="top")
            lines.append(self._head(row, called, Drawn(upper, align="top")))
        text_runs = runs(row.text, "" if mine else self._my_nick())
        short = None if whole else folded(text_runs)
        body, links = self._body(short or text_runs, beside, only_emoji(row.text))
        start = len(lines) + (len(body) > 1 and body[0].tags == ("first",) and len(body[0].pieces) == 1)
        lines += body
        end = len(lines)
        if mine:
            lines[-1].pieces.append(self.tick(row))
        if short is not None:
            lines.append(Line(("below",), [Letters(_("Show more"), ("more",))]))
        if row.unsent is not None and row.unsent.state is EntryState.NOT_SENT:
            lines.append(self._not_sent(row.unsent.problem))
        before = 2 if lines[start].tags[0] == "first" else 0
        return Block(row, lines, (start, end), head, before, int(mine), tuple(links), short is not None, called)

    def _head(self, row: Said, called: str, avatar: Drawn) -> Line:
        colour = self._coloured(self._look.colour_of(row.author))
        nick = self._letters(called, ("who", colour))
        at = Letters(clock(moment(row.at)), ("time",))
        return Line(("head",), [avatar, Letters("\t"), *nick, Letters("   "), at])

    def _body(self, text_runs: list[Run], beside: Drawn | None, big: bool) -> tuple[list[Line], list[str]]:
        """The lines of a text, and the addresses in it. `beside`: the lower part of the avatar."""
        lines: list[tuple[bool, list[Piece]]] = [(False, [])]
        links = []
        for run in text_runs:
            fence = run.kind == "fence"
            tags = () if run.kind in ("plain", "fence") else (run.kind,)
            shown = f" {run.shown} " if run.kind == "code" else run.shown
            if run.kind == "link":
                links.append(address(run.source))
            for number, part in enumerate(shown.split("\n")):
                if number:
                    lines.append((fence, []))
                if fence:
                    lines[-1] = (True, [Drawn(self.pictures.space(FENCE_PAD))])
                lines[-1][1].extend(self._letters(part, tags, big=big))
        ground = ("mentions",) if any(run.kind == "mention" for run in text_runs) else ()
        if breaks_anywhere("".join(run.shown for run in text_runs)):
            ground = (*ground, "loose")
        done = [Line(("fence", "loose") if fence else ("body", *ground), pieces) for fence, pieces in lines]
        if beside is None:
            return done, links
        if done[0].tags[0] == "fence":
            return [Line(("first",), [beside]), *done], links
        if self._too_wide(done[0].pieces):
            ground = (*ground, "loose")
        done[0] = Line(("first", *ground), [beside, Letters("\t"), *done[0].pieces])
        return done, links

    def _too_wide(self, pieces: list[Piece]) -> bool:
        """The first word is wider than the pane: Tk would leave the avatar alone on its line."""
        first = pieces[0] if pieces else None
        word = first.text.split(None, 1)[:1] if isinstance(first, Letters) else []
        room = (self.pictures.pane or self._look.px(_USUAL_PANE)) - self._look.px(INDENT)
        return bool(word) and len(word[0]) > _SHORT_WORD and self._look.fonts.measure("body", word[0]) > room * 0.95

    def _not_sent(self, problem: str) -> Line:
        between = Letters("  ·  ")
        told = self._letters(_("Not sent. {problem}").format(problem=as_sentence(problem)).strip(), ("failed",))
        retry, discard = Letters(_("Retry"), ("retry",)), Letters(_("Discard"), ("discard",))
        return Line(("below",), [*told, between, retry, between, discard])

    # --- what stands around it ---------------------------------------------------------------------------------------
    def _above(self, above: Above) -> list[Line]:
        lines = []
        if above.day is not None:
            lines.append(self._rule(words.day(above.day, self.today), "day", self._look.palette.line))
        if above.unread:
            lines.append(self._rule(_("New messages"), "unread", self._look.palette.alert_ink))
        return lines

    def _rule(self, told: str, tag: str, colour: str) -> Line:
        """A line from edge to edge, with words in its middle."""
        told = f"  {told}  "
        rule = Drawn(self.pictures.rule(self._look.fonts.measure("small_bold", told), colour))
        return Line(("rule",), [rule, Letters(told, (tag,)), rule])

    def _about(self, row: Unknown | Muted, told: str, *deeds: Letters) -> Block:
        lines = self._above(row.above)
        lines.append(Line(("happened",), [*self._letters(told), *deeds]))
        return Block(row, lines, called=self._called(row.author))

    def _called(self, author: MemberKey) -> str:
        return self._room().people.called(author)

    def _letters(self, text: str, tags: tuple[str, ...] = (), *, big: bool = False) -> list[Piece]:
        """With a picture for each emoji: letters of that kind are never given to Tk."""
        if text.isascii():
            return [Letters(text, tags)] if text else []
        pieces: list[Piece] = []
        for piece, emoji in split_emoji(text):
            image = self.pictures.emoji(piece, big) if emoji else None
            if image is not None:
                pieces.append(Drawn(image, piece, gap=1))
            else:
                pieces.append(Letters(UNDRAWN if emoji else piece, tags))
        return pieces


def today() -> date:
    """On this computer's calendar."""
    return datetime.now().astimezone().date()
