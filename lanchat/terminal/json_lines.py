"""What happens in a conversation, as one JSON object a line, for scripts and bots. Main thread. UTF-8.

Every object has a `type`; an object about a room has the `room`'s id. Fields may be added, and never change their
meaning; a program must ignore types and fields that it does not know. Keys of people and ids of entries are
hexadecimal. Times are milliseconds since 1970, by the clock of their author. Texts of others hold no control characters
but line breaks.

Input is one message a line: the plain text, or an object, which every line beginning with { must be, such as
{"text": "Two\\nlines", "ref": "anything"}. `ref` is the program's own name for the message, at most 200 characters,
which every object about that message repeats until lanchat ends. Each message is answered by `written`, then by `sent`,
perhaps several times; or by one `sent`, `not sent`, with the text as it was given. Empty lines are ignored.

    type        fields                                                      when
    hosting     room title port code link badge                             `host`: the room is open
    ways_in     room code link                                              `host`: new, since our addresses changed
    looking     wanted                                                      `join`: the room is searched for
    connection  room title state host badge problem                         state: connected, reconnecting, hosting
    entry       room seq id ref from nick kind text sent_at mine live       a message came, and is stored here
    written     room id ref text sent_at                                    a message is stored here, and waits
    sent        room id ref state problem text                              the message's state: see below
    joined      room from nick live                                         somebody joined
    left        room from nick                                              somebody left
    renamed     room from nick before                                       somebody has another nick
    problem     room text                                                   a problem, in words for a person
    room        room title host people passphrase known here address port   `rooms`: a room
    finding     name health says advice                                     `doctor`: health: good, odd, bad

`sent`: `state` is "taken" (stored by the host), "delivered" (stored by another member too, or seen by the host), "not
sent" (final; `problem` says why, `text` is the message, `id` is "" where it never had one), or at the end "waiting"
(stored here, and sent with the next join or send; `problem` says why the host took nothing, where it is known).

`kind` is "text", else one of a newer lanchat, with an empty `text`. Numbers (`seq`) may be missing: those of entries
that only change how another looks. `live` is false for what happened before this program joined.
"""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.nicks import Moves
from lanchat.core.text import shown_problem, shown_text, shown_title
from lanchat.core.translate import _
from lanchat.engine.events import (
    ConnectionChanged,
    ConnectionState,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Event,
    Hosting,
    MessagesAdded,
    NotWritten,
    Problem,
    WaysIn,
)
from lanchat.terminal.output import PeopleColumn, Screen
from lanchat.terminal.own_messages import OutgoingMessages
from lanchat.terminal.standard_streams import escaped
from lanchat.terminal.stdin_reader import MessageInput

_TOLD = (ConnectionState.CONNECTED, ConnectionState.RECONNECTING, ConnectionState.HOSTING)
_REF_CHARACTERS = 200
_REFS = 10_000  # of entries whose delivery may still be reported; older ones are forgotten


def json_line(kind: str, /, **fields: object) -> str:
    return escaped(msgspec.json.encode({"type": kind, **fields}).decode())


def parse_input(line: str) -> MessageInput:
    """A line of a program's input: plain text, or an object."""
    if not line.lstrip().startswith("{"):
        return MessageInput(line)
    try:
        asked = msgspec.json.decode(line)
    except (ValueError, RecursionError):  # msgspec's own errors are ValueErrors
        return MessageInput(line, problem=_("A line that begins with a brace is one JSON object, and this is none."))
    text, ref = asked.get("text"), asked.get("ref", "")
    if not isinstance(ref, str) or len(ref) > _REF_CHARACTERS:
        words = _("The “ref” of a line is a string of at most {n} characters.").format(n=_REF_CHARACTERS)
        return MessageInput(text if isinstance(text, str) else line, problem=words)
    if not isinstance(text, str):
        return MessageInput(line, ref, _("The “text” of a line is missing, or is no string."))
    return MessageInput(text, ref, "" if text.strip() else _("There is nothing to send."))


class JsonLines:
    def __init__(self, screen: Screen, people: PeopleColumn, outgoing: OutgoingMessages) -> None:
        self._screen = screen
        self._people = people
        self._outgoing = outgoing
        self._refs: OrderedDict[EntryId, str] = OrderedDict()

    def write_event(self, event: Event) -> None:
        lines = self._lines(event)
        if lines:
            self._screen.print("\n".join(lines))

    def write_moves(self, room_id: RoomId, moves: Moves) -> None:
        lines = [json_line("joined", room=room_id, **self._who(key), live=not moves.first) for key in moves.joined]
        lines += [json_line("left", room=room_id, **self._who(key)) for key in moves.left]
        lines += [json_line("renamed", room=room_id, **self._who(key), before=old) for key, old in moves.renamed]
        if lines:
            self._screen.print("\n".join(lines))

    def _who(self, key: MemberKey) -> dict[str, object]:
        return {"from": key.hex(), "nick": self._people.called(key)}

    def _lines(self, event: Event) -> list[str]:
        match event:
            case MessagesAdded(room_id, messages, older=False, backlog=backlog):
                return [self._message(room_id, message, not backlog) for message in messages]
            case EntryWritten(room_id, entry_id, text, sent_at, ref=ref):
                self._keep_ref(entry_id, ref)
                return [json_line("written", room=room_id, id=entry_id.hex(), ref=ref, text=text, sent_at=sent_at)]
            case EntryStateChanged(room_id, entry_ids, state, problem):
                return [self._sent(room_id, entry_id, state, problem) for entry_id in entry_ids]
            case NotWritten(room_id, text, problem, ref):
                return [
                    json_line(
                        "sent", room=room_id, id="", ref=ref, state=EntryState.NOT_SENT.value, problem=problem,
                        text=text,
                    )
                ]  # fmt: skip
            case ConnectionChanged() if event.state in _TOLD:
                host = self._people.nicks.introduced(event.host) if event.host else ""
                return [
                    json_line(
                        "connection", room=event.room_id, title=shown_title(event.title), state=event.state.value,
                        host=host, badge=event.badge, problem=shown_problem(event.problem),
                    )
                ]  # fmt: skip
            case Hosting(room_id, title, port, code, link, _, badge):
                return [json_line("hosting", room=room_id, title=title, port=port, code=code, link=link, badge=badge)]
            case WaysIn(room_id, code, link):
                return [json_line("ways_in", room=room_id, code=code, link=link)]
            case Problem(what, room_id):
                return [json_line("problem", room=room_id or "", text=what)]
            case _:
                return []

    def _keep_ref(self, entry_id: EntryId, ref: str) -> None:
        if ref:
            self._refs[entry_id] = ref
            if len(self._refs) > _REFS:
                self._refs.popitem(last=False)

    def _sent(self, room_id: RoomId, entry_id: EntryId, state: EntryState, problem: str) -> str:
        given_back = {"text": self._outgoing.text_of(entry_id)} if state is EntryState.NOT_SENT else {}
        line = json_line(
            "sent", room=room_id, id=entry_id.hex(), ref=self._refs.get(entry_id, ""), state=state.value,
            problem=shown_problem(problem), **given_back,
        )  # fmt: skip
        if state in (EntryState.DELIVERED, EntryState.NOT_SENT):  # its last report
            self._refs.pop(entry_id, None)
        return line

    def _message(self, room_id: RoomId, message: Message, live: bool) -> str:
        author = message.author
        return json_line(
            "entry", room=room_id, seq=message.seq, id=message.message_id.hex(),
            ref=self._refs.get(message.message_id, ""), **self._who(author), kind=message.content.kind,
            text=shown_text(message.text), sent_at=message.sent_at, mine=author == self._people.me, live=live,
        )  # fmt: skip
