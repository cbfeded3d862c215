"""The commands that can be typed in a conversation: /who, /earlier, /search and so on. Main thread."""

from __future__ import annotations

from collections.abc import Callable

from lanchat.core.model import RoomId
from lanchat.core.translate import _, ngettext
from lanchat.engine.commands import ChangeNick, FetchEarlier, Remove, Retry
from lanchat.terminal.console import Console
from lanchat.terminal.output import PeopleColumn
from lanchat.terminal.own_messages import OutgoingMessages
from lanchat.terminal.standard_streams import Interrupted
from lanchat.terminal.transcript import EARLIER, TextTranscript

_HITS = 10
_ALONE = ("/who", "/earlier", "/retry", "/help", "/quit")  # commands without an argument


class SlashCommands:
    def __init__(
        self,
        console: Console,
        room_id: RoomId,
        people: PeopleColumn,
        outgoing: OutgoingMessages,
        transcript: TextTranscript,
        *,
        hosting: bool,
    ) -> None:
        self._console = console
        self._room_id = room_id
        self._people = people
        self._outgoing = outgoing
        self._transcript = transcript
        self._commands: dict[str, tuple[Callable[[str], None], str]] = {
            "/who": (self._who, _("who is here")),
            "/earlier": (self._earlier, _("what was said before")),
            "/search": (self._search, _("WORDS: find what was said")),
            "/nick": (self._nick, _("NAME: your name from now on")),
            "/retry": (self._retry, _("send again what was not sent")),
            "/help": (self._help, _("these words")),
            "/quit": (self._quit, _("leave; so do Ctrl+C and Ctrl+D")),
        }
        if hosting:
            self._commands["/remove"] = (self._remove, _("NAME: send somebody away"))

    @property
    def words(self) -> list[str]:
        return list(self._commands)

    def run(self, text: str) -> bool:
        """Run the command in `text`; False when it is a message. Raises Interrupted for /quit."""
        if not text.startswith("/") or "\n" in text:
            return False
        word, _blank, rest = text.partition(" ")
        if word not in self._commands:
            if "/" in word[1:]:  # a path, most likely
                return False
            self._transcript.notice(_("There is no {word}. /help tells what there is.").format(word=word))
            return True
        if rest.strip() and word in _ALONE:  # "/who is coming?" is a message
            return False
        command, _about = self._commands[word]
        command(rest.strip())
        return True

    def _who(self, rest: str) -> None:
        here = [self._people.called(key) for key in self._people.here()]
        self._transcript.notice(ngettext("{n} here: {names} (you).", "{n} here: {names} (you).", len(here))
                                .format(n=len(here), names=", ".join(here)))  # fmt: skip

    def _earlier(self, rest: str) -> None:
        first = self._transcript.first_shown
        page = self._console.reader.before(self._room_id, first, EARLIER) if first else []
        if page:
            self._transcript.earlier(page)
        else:
            self._console.do(FetchEarlier(self._room_id))

    def _search(self, rest: str) -> None:
        hits = self._console.reader.search(rest, self._room_id, _HITS)
        if hits:
            self._transcript.look_back([hit.message for hit in reversed(hits)])
        else:
            self._transcript.notice(_("Nothing found."))

    def _nick(self, rest: str) -> None:
        if rest:
            self._console.do(ChangeNick(rest))
        else:
            self._transcript.notice(_("Say which: /nick NAME"))

    def _retry(self, rest: str) -> None:
        before = [refused.message_id for refused in self._console.reader.refused(self._room_id)]
        failed = dict.fromkeys([*before, *self._outgoing.not_sent])
        for entry_id in failed:
            self._console.do(Retry(self._room_id, entry_id))
        if not failed:
            self._transcript.notice(_("Everything was sent."))

    def _remove(self, rest: str) -> None:
        others = [key for key in self._people.here_called(rest) if key != self._people.me]
        if len(others) == 1:
            self._console.do(Remove(self._room_id, others[0]))
        elif others:
            names = ", ".join(self._people.called(key) for key in others)
            self._transcript.notice(_("Which one: {names}?").format(names=names))
        else:
            self._transcript.notice(_("Nobody of that name is here."))

    def _help(self, rest: str) -> None:
        width = max(len(word) for word in self._commands)
        for word, (_command, about) in self._commands.items():
            self._transcript.say(f"  {word.ljust(width)}  {about}")
        self._transcript.say(_("  Tab completes @names. Alt+Enter begins a new line. Everything else is said."))

    def _quit(self, rest: str) -> None:
        raise Interrupted
