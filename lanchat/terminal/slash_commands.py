"""The commands that can be typed in a conversation: /who, /earlier, /search and so on. Main thread.

The table is `core.slash_table`; here is what only a terminal shows, and the question before an unknown one is sent.
"""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core import slash_table
from lanchat.core.model import Availability, MemberKey, RoomId
from lanchat.core.rights import Rights
from lanchat.core.slash_table import IncompleteSlash, SlashCall, SlashCommand, TypedMessage, UnknownSlash
from lanchat.core.translate import _, ngettext
from lanchat.engine.commands import (
    BringBack,
    ChooseGuestNetwork,
    Delete,
    Edit,
    FetchEarlier,
    GetFile,
    InviteGuests,
    PinMessage,
    React,
    Retry,
    Say,
    SendFiles,
    SetTopic,
)
from lanchat.engine.slash_actions import SlashRoom, outcome_of
from lanchat.storage.reader import Hit
from lanchat.storage.search_filters import SearchFault
from lanchat.terminal.console import Console
from lanchat.terminal.file_list import offer_anywhere, offer_table
from lanchat.terminal.file_progress import is_here
from lanchat.terminal.message_changes import beginning_of
from lanchat.terminal.standard_streams import Interrupted
from lanchat.terminal.transcript import EARLIER, TextTranscript

_HITS = 10
_NUMBERED = 12  # messages


class SlashCommands:
    def __init__(self, console: Console, room_id: RoomId, transcript: TextTranscript) -> None:
        self._console = console
        self._people = transcript.people
        self._transcript = transcript
        self._room_id = room_id
        self._unknown = ""  # the line that was typed last, if it looked like a command and was none
        self._own: dict[str, Callable[[str], None]] = {
            "who": self._who, "earlier": self._earlier, "search": self._search, "retry": self._retry,
            "numbers": self._numbers, "files": self._files, "get": self._get, "help": self._help, "quit": self._quit,
            "aside": self._aside, "bringback": self._bring_back,
        }  # fmt: skip

    @property
    def words(self) -> list[str]:
        """What can be typed here, for completion."""
        return [command.word for command in self._offered()]

    def _offered(self) -> tuple[SlashCommand, ...]:
        return slash_table.offered(window=False, rights=self._rights)

    @property
    def _rights(self) -> Rights:
        return self._transcript.room.rights(self._console.reader.standing(self._room_id))

    def run(self, text: str) -> str:
        """Run the command in `text`; "" when that is done. Otherwise the message that `text` is.

        Raises Interrupted for /quit.
        """
        asked, self._unknown = self._unknown, ""
        match slash_table.parse(text, window=False):
            case TypedMessage(said):
                return said
            case UnknownSlash() if text == asked:
                return text
            case UnknownSlash() as unknown:
                self._unknown = text
                ask = _("The same line once more sends it as a message; /help lists the commands.")
                self._transcript.notice(f"{unknown.problem} {ask}")
            case IncompleteSlash() as incomplete:
                self._transcript.notice(incomplete.problem)
            case SlashCall() as call:
                self._do(call)
        return ""

    def _do(self, call: SlashCall) -> None:
        shown, topic = self._transcript.shown, self._console.reader.topic(self._room_id)
        room = SlashRoom(self._room_id, self._people, self._rights, topic, shown.newest, shown.numbered)
        outcome = outcome_of(call, room)
        if outcome is None:
            self._own[call.command.name](call.argument)
            return
        for command in outcome.commands:
            if isinstance(command, InviteGuests | ChooseGuestNetwork):
                self._transcript.guest_code.asked()
            if isinstance(command, Say | SendFiles | Edit | Delete | React | PinMessage | SetTopic):
                self._transcript.outgoing.submitted()
            self._console.do(command)
        if words := outcome.problem or outcome.words:
            self._transcript.notice(words)

    def _numbers(self, rest: str) -> None:
        """The newest message stands last, as everywhere."""
        for number, one in reversed(self._transcript.shown.give_numbers(_NUMBERED)):
            self._transcript.screen.print(f"  #{number:<3}{self._people.called(one.author)}: {beginning_of(one)}")

    def _files(self, rest: str) -> None:
        """The newest stands last, as everywhere."""
        offers = self._console.reader.offers(self._room_id, limit=_NUMBERED)[::-1]
        called, states = self._people.marked, self._transcript.files.states
        for line in offer_table(offers, called, states):
            self._transcript.screen.print(line)
        if not offers:
            self._transcript.notice(_("No files were sent here yet."))

    def _get(self, number: str) -> None:
        reader, files = self._console.reader, self._transcript.files
        digits = number.removeprefix("#")
        if digits:
            found = offer_anywhere(reader, self._room_id, int(digits)) if digits.isdecimal() else None
        else:
            newest = reader.offers(self._room_id, limit=_NUMBERED)
            missing = (Hit(self._room_id, one) for one in newest if not is_here(files.states.get(one.message_id)))
            found = next(missing, None)
        if found is None:
            words = _("There is no file with the number {number}; /files shows them.").format(number=digits)
            self._transcript.notice(words if digits else _("All of the last files are here."))
            return
        files.asked(found.message)
        self._console.do(GetFile(found.room_id, found.message.message_id))

    def _who(self, rest: str) -> None:
        is_guest = self._people.nicks.is_guest
        here = [self._described(key) for key in self._people.here() if not is_guest(key)]
        guests = [self._people.called(key) for key in self._people.here() if is_guest(key)]
        self._transcript.notice(ngettext("{n} here: {names} (you).", "{n} here: {names} (you).", len(here))
                                .format(n=len(here), names=", ".join(here)))  # fmt: skip
        if guests:
            words = ngettext("{n} guest, with a browser: {names}.", "{n} guests, with a browser: {names}.", len(guests))
            self._transcript.notice(words.format(n=len(guests), names=", ".join(guests)))
        if words := self._transcript.room.when_i_leave():
            self._transcript.notice(words)

    def _described(self, key: MemberKey) -> str:
        """A name, whether they are away or busy, what they say of themselves, and whether they have the room open."""
        people = self._people
        words = {Availability.HERE: "", Availability.AWAY: _("away"), Availability.BUSY: _("busy")}
        role = self._transcript.room.role_of(key)
        about = ", ".join(filter(None, (words[people.availability(key)], people.nicks.profile(key).status, role)))
        return f"{people.called(key)} ({about})" if about else people.called(key)

    def _earlier(self, rest: str) -> None:
        first = self._transcript.first_shown
        page = self._console.reader.before(self._room_id, first, EARLIER) if first else []
        if page:
            self._transcript.earlier(page)
        else:
            self._console.do(FetchEarlier(self._room_id))

    def _search(self, rest: str) -> None:
        try:
            reader, me = self._console.reader, self._people.me
            hits = reader.search(rest, self._room_id, _HITS, me)
            hits += reader.private_matches(rest, self._room_id, _HITS, me)
        except SearchFault as fault:
            self._transcript.notice(str(fault))
            return
        if hits:
            self._transcript.look_back(sorted(hits, key=lambda hit: hit.message.seq)[-_HITS:])
        else:
            self._transcript.notice(_("Nothing found."))

    def _retry(self, rest: str) -> None:
        reader = self._console.reader
        threads = [thread.thread_id for thread in reader.threads() if thread.room_id == self._room_id]
        before = [refused.message_id for one in (self._room_id, *threads) for refused in reader.refused(one)]
        failed = dict.fromkeys([*before, *self._transcript.outgoing.not_sent])
        for entry_id in failed:
            self._console.do(Retry(self._room_id, entry_id))
        if not failed:
            self._transcript.notice(_("Everything was sent."))

    def _aside(self, rest: str) -> None:
        """What the keeper of the room did not take, to be read and copied."""
        self._transcript.set_aside(self._room_id, self._console.reader.all_set_aside(self._room_id))

    def _bring_back(self, rest: str) -> None:
        self._console.do(BringBack(self._room_id, True))

    def _help(self, rest: str) -> None:
        commands = self._offered()
        width = max(len(command.usage) for command in commands)
        for command in commands:
            self._transcript.screen.say(f"  {command.usage.ljust(width)}  {command.about}")
        self._transcript.screen.say(_("  Tab completes @names. Alt+Enter begins a new line. // begins a message with a "
                                      "slash. Everything else is said."))  # fmt: skip

    def _quit(self, rest: str) -> None:
        raise Interrupted
