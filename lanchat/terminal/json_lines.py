"""JsonLines: what happens, as one JSON object a line, for scripts and bots. Main thread. UTF-8.

Every object has a `type`; within a room it has the `room`'s id. Fields may be added, and never change their meaning;
a program ignores types and fields it does not know. Keys of people and ids of entries are hexadecimal. Times are
milliseconds since 1970, by the clock of whoever wrote them. Texts hold no control characters but the line break.

    type        fields                                                      when
    hosting     room title port code link badge                             `host`: the room is open
    looking     wanted                                                      `join`: the room is looked for
    connection  room title state host badge problem                         state: connected, reconnecting, hosting
    entry       room seq id from nick kind text sent_at mine live           an entry came; it is on our disk
    written     room id text sent_at                                        what I said is on my disk
    sent        room id state problem                                       state: taken, delivered, not sent
    joined      room from nick live                                         somebody came
    left        room from nick                                              somebody went
    renamed     room from nick before                                       somebody is called something else now
    problem     text                                                        something is wrong; words for a person
    room        room title host people passphrase known here address port   `rooms`: a room
    finding     name health says advice                                     `doctor`: health: good, odd, bad

`kind` is "text", else something a newer lanchat wrote, with an empty `text`; with a "+" before it it only changes
what another entry looks like. `live` is false for what was so, or was said, before we came.
"""

from __future__ import annotations

import msgspec

from lanchat.core.content import Shown, shown_of
from lanchat.core.model import LogEntry, MemberKey, RoomId
from lanchat.core.people import Moves
from lanchat.core.shown import shown_nick, shown_problem, shown_title
from lanchat.core.text import shown_text
from lanchat.engine.events import (
    Connection,
    ConnectionChanged,
    EntriesAdded,
    EntryState,
    EntryStateChanged,
    EntryWritten,
    Event,
    Hosting,
    NotWritten,
    Problem,
)
from lanchat.terminal.people import People
from lanchat.terminal.screen import Screen

_TOLD = (Connection.CONNECTED, Connection.RECONNECTING, Connection.HOSTING)


def json_line(kind: str, /, **fields: object) -> str:
    return msgspec.json.encode({"type": kind, **fields}).decode()


class JsonLines:
    def __init__(self, screen: Screen, people: People) -> None:
        self._screen = screen
        self._people = people

    def tell(self, event: Event) -> None:
        lines = self._lines(event)
        if lines:
            self._screen.print("\n".join(lines))

    def moved(self, room_id: RoomId, moves: Moves) -> None:
        lines = [json_line("joined", room=room_id, **self._who(key), live=not moves.first) for key in moves.joined]
        lines += [json_line("left", room=room_id, **self._who(key)) for key in moves.left]
        lines += [json_line("renamed", room=room_id, **self._who(key), before=old) for key, old in moves.renamed]
        if lines:
            self._screen.print("\n".join(lines))

    def _who(self, key: MemberKey) -> dict[str, object]:
        return {"from": key.hex(), "nick": self._people.called(key)}

    def _lines(self, event: Event) -> list[str]:
        match event:
            case EntriesAdded(room_id, entries, older=False, backlog=backlog):
                return [self._entry(room_id, item, not backlog) for item in entries]
            case EntryWritten(room_id, entry_id, text, sent_at):
                return [json_line("written", room=room_id, id=entry_id.hex(), text=text, sent_at=sent_at)]
            case EntryStateChanged(room_id, entry_ids, state, problem) if state is not EntryState.WAITING:
                how = {"room": room_id, "state": state.value, "problem": shown_problem(problem)}
                return [json_line("sent", id=entry_id.hex(), **how) for entry_id in entry_ids]
            case ConnectionChanged() if event.state in _TOLD:
                host = shown_nick(event.host.nick) if event.host else ""
                return [
                    json_line(
                        "connection", room=event.room_id, title=shown_title(event.title), state=event.state.value,
                        host=host, badge=event.badge, problem=shown_problem(event.problem),
                    )
                ]  # fmt: skip
            case Hosting(room_id, title, port, code, link, _, badge):
                return [json_line("hosting", room=room_id, title=title, port=port, code=code, link=link, badge=badge)]
            case NotWritten(problem=what) | Problem(what):
                return [json_line("problem", text=what)]
            case _:
                return []

    def _entry(self, room_id: RoomId, item: LogEntry, live: bool) -> str:
        entry = item.entry
        author = MemberKey(entry.author)
        text = shown_text(entry.body) if shown_of(entry) is Shown.TEXT else ""
        return json_line(
            "entry", room=room_id, seq=item.seq, id=entry.entry_id.hex(), **self._who(author), kind=entry.kind,
            text=text, sent_at=entry.sent_at, mine=author == self._people.me, live=live,
        )  # fmt: skip
