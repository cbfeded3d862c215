"""What happens in a conversation, as one JSON object a line, for scripts and bots. Main thread. UTF-8.

Every object has a `type`; an object about a room has the `room`'s id. Fields may be added, and never change their
meaning; a program must ignore types and fields that it does not know. Keys of people and ids of entries are
hexadecimal. Times are milliseconds since 1970, by the clock of their author. Texts of others hold no control characters
but line breaks.

Input is one message a line: the plain text, or an object, which every line beginning with { must be, such as
{"text": "Two\\nlines", "ref": "anything"}. `ref` is the program's own name for the message, at most 200 characters,
which every object about that message repeats until lanchat ends. Each message is answered by `written`, then by `sent`,
perhaps several times; or by one `sent`, `not sent`, with the text as it was given. Empty lines are ignored. With
"reply_to": "ID" it answers the message with this `id`. Nothing is a command here: a slash is a slash.

Other objects change something, and are answered in the same way (`id` is that of the change); `on` may be left out:

    {"edit": "ID", "text": "…"}   {"delete": "ID"}   {"react": "ID", "emoji": "👍", "on": false}
    {"pin": "ID", "on": true}   {"topic": "…"}   (these two by the host only)

Who keeps a room open is changed by these, which are answered by `keeper`, or by `problem`:

    {"hand_over": "Ben"}   (a nick or a key; "": to the first of `heirs`)   {"take_back": true}   (a room of our own)

{"aside": true} is answered by `aside`.

Files are offered by {"files": ["plan.pdf", "photos"], "text": "what is said beside them"}, answered as a message, with
`preparing` before `written`. {"get": "ID"} gets those of a message, with a "folder" into that one; {"pause": "ID"}
stops it, {"cancel": "ID"} also removes what came. What becomes of files is told as `file`.

    type        fields                                                      when
    hosting     room title port code link badge                             `host`: the room is open
    ways_in     room code link                                              `host`: new, since our addresses changed
    looking     wanted                                                      `join`: the room is searched for
    connection  room title state host badge problem                         state: connected, reconnecting, hosting
    entry       room seq id ref from nick kind text sent_at mine live       a message came, and is stored here
                mentions_me reply_to edited_at deleted
                deleted_by pinned reactions
    private     room with with_nick, and those of an entry                  a private message came or went
    changed     as entry, without live                                      a message was edited, deleted, reacted to
                                                                            or pinned: it is like this now
    preparing   room ref name done size                                     files to be offered are read: bytes
    file        room id state done size rate problem path shared given      what is known of the files of a message
                host_has
    topic       room text                                                   what the room is about; "" for nothing
    written     room id ref text sent_at                                    a message is stored here, and waits; of a
                                                                            change without text and sent_at
    sent        room id ref state problem text                              the message's state: see below
    joined      room from nick live                                         somebody joined
    left        room from nick                                              somebody left
    renamed     room from nick before                                       somebody has another nick
    presence    room from nick state status                                 state: here, away, busy; or a new status
    typing      room who more                                               all who are writing now, and whether others
    seen        room from nick seq                                          somebody has read up to there
    keeper      room from nick mine                                         somebody else keeps the room open from now
                                                                            on; mine: this program does
    heirs       room who                                                    while this program keeps it: who can when it
                                                                            ends, the first first
    bringing_back room from nick count                                      as this one keeps the room, it lacks very
                                                                            many entries that are here, or old ones
    rebased     room after count                                            the keeper's copy of the room became ours:
                                                                            see below
    moved       room id seq                                                 a message that was told has another number
    brought_back room left set_aside                                        how many of those still wait, and how many
                                                                            the keeper does not take
    guests      room open until here most withdrawn                         while this program keeps it: whether phones
                                                                            may come in with a code, until when (0:
                                                                            until it is withdrawn), how many are here
                                                                            of at most how many; not open: whether who
                                                                            was here was sent away. Only the file of
                                                                            --guests-file has the code
    aside       room messages                                               what it did not take: see below
    problem     room text                                                   a problem, in words for a person
    room        room title host people passphrase known here address port   `rooms`: a room; `host`: who keeps it open;
                owner epoch                                                 `owner`: as in a link; `epoch`: higher each
                                                                            time that it is opened, 0: not said
    offered     room seq id from nick text sent_at file state done path     `files`: files that were offered
    listed      id name size                                                `files --list`: a file in what was offered
    finding     name health says advice                                     `doctor`: health: good, odd, bad

A private message is written by {"type": "say_privately", "to": "Ben", "text": "..."}, with a `ref` as above; `to` is a
nick or a key. `written` and `sent` have `with` then, too. A `kind` of "+sealed" says that it cannot be opened here; of
one person it is said once.

`sent`: `state` is "taken" (stored by the host), "delivered" (stored by another member too, or seen by the host), "not
sent" (final; `problem` says why, `text` is the message, `id` is "" where it never had one), or at the end "waiting"
(stored here, and sent with the next join or send; `problem` says why the host took nothing, where it is known).

`reply_to` is the id of the message that it answers, or "". `edited_at` is when it was edited last, by the host's clock,
or 0. Of a message that was `deleted` nothing of the text is left; `deleted_by` is the key of whoever did it, where that
is known. `reactions` is an object: for each emoji the keys of those who reacted with it.

An `entry` that offers files has the `kind` "file", and a `file`: an object with the `name`, the `size` in bytes, the
`count` of files, the `media` type of a single one, for pictures `width` and `height`, the `seconds` of a voice message,
and `root`, the SHA-256 that proves all of it. In a line of the type `file`, `state` is "offered", "waiting", "coming",
"paused", "here", "mine" (the originals are here), "failed" or "unavailable" (nobody here has it); `done` of
`size` bytes came, `rate` a second; `path` is where it is; `shared` is how many took it from here, and `given` how many
bytes whoever got most of it; `host_has` says of what is mine that others get it also when we are gone, and `problem`
why they do not.

After `rebased`, the entries after the number `after` are others than before. What was told and comes again is `moved`,
never a second `entry`; `count` of them only this computer had, and they are brought into the room again by themselves.
A person is asked first where they are more than 1,000, or the oldest is more than a day old. Here that is only told, as
`bringing_back`, and they are brought back, since nothing is lost by that; no input is needed.

The `messages` of `aside` are objects with `id`, `from`, `nick`, `kind`, `text`, `sent_at`, perhaps a `file`, and why it
was not taken as `problem`. A `kind` that begins with + is a change of another message, and `text` says in words what it
was to do.

`kind` is else "text", or one of a newer lanchat, with an empty `text`. Numbers (`seq`) may be missing: those of entries
that only change how another looks. `mentions_me`: it names whoever runs the program, or is the host's @everyone.
`live` is false for what happened before this program joined. `who` is a list of objects with `from` and `nick`; it is
empty when nobody writes any more, and a lost connection ends it without a line. `status` is what somebody says of
themselves, "" for nothing. Beside the `nick` of a guest, who is here with a browser, stands `guest`, which is true.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import msgspec

from lanchat.core.codes import rejection_words
from lanchat.core.file_words import offer_facts
from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, PrivateThread, RoomId
from lanchat.core.nicks import People
from lanchat.core.text import shown_problem, shown_text, shown_title
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.engine.events import ConnectionState, EntryState
from lanchat.storage.reader import SetAsideMessage
from lanchat.terminal.standard_streams import escaped
from lanchat.terminal.transcript import ConversationWriter

_TOLD = (ConnectionState.CONNECTED, ConnectionState.RECONNECTING, ConnectionState.HOSTING)
_NOTHING_SAID = {"state": "here", "status": ""}
_REFS = 10_000  # of entries whose delivery may still be reported; older ones are forgotten


def json_line(kind: str, /, **fields: object) -> str:
    return escaped(msgspec.json.encode({"type": kind, **fields}).decode())


@dataclass(eq=False)
class JsonLines(ConversationWriter):
    _refs: OrderedDict[EntryId, str] = field(default_factory=OrderedDict, init=False)

    def write_event(self, event: events.Event) -> None:
        self.room.note(event)
        self.files.handle(event)
        if lines := self._lines(event):
            self.screen.print("\n".join(lines))

    def _keep_ref(self, entry_id: EntryId, ref: str) -> None:
        if ref:
            self._refs[entry_id] = ref
        if len(self._refs) > _REFS:
            self._refs.popitem(last=False)

    def _who(self, key: MemberKey) -> dict[str, object]:
        return who_fields(self.people, key)

    def _presence(self, key: MemberKey) -> dict[str, object]:
        return {"state": self.people.availability(key).value, "status": self.people.nicks.profile(key).status}

    def _lines(self, event: events.Event) -> list[str]:
        match event:
            case events.MessagesAdded(room_id, messages, older=False, backlog=backlog, again=again):
                return [self._came(room_id, message, backlog, again) for message in messages]
            case events.EntryWritten(room_id, entry_id, text, sent_at, ref=ref, offer=offer):
                self._keep_ref(entry_id, ref)
                said: dict[str, object] = {"text": text}
                if offer is not None:
                    said = {"text": offer.caption, "file": offer_facts(offer)}
                return [json_line("written", **_place(room_id), id=entry_id.hex(), ref=ref, **said, sent_at=sent_at)]
            case events.FilePreparing(room_id, ref, name, done, size):
                return [json_line("preparing", **_place(room_id), ref=ref, name=name, done=done, size=size)]
            case events.FilesRefused(room_id, ref, problem):
                final, why = EntryState.NOT_SENT.value, problem or _("cancelled")
                return [json_line("sent", **_place(room_id), id="", ref=ref, state=final, problem=why, text="")]
            case events.FileChanged():
                return [file_line(event)]
            case events.FilesKnown(files=files):
                return list(map(file_line, files))
            case events.ChangeWritten(room_id, entry_id, ref):
                self._keep_ref(entry_id, ref)
                return [json_line("written", room=room_id, id=entry_id.hex(), ref=ref)]
            case events.MessagesChanged(room_id, messages):
                return [self._message(room_id, message, "changed") for message in messages]
            case events.TopicChanged(room_id, topic):
                return [json_line("topic", room=room_id, text=topic)]
            case events.EntryStateChanged(room_id, entry_ids, state, problem):
                return [self._sent(room_id, entry_id, state, problem) for entry_id in entry_ids]
            case events.RosterChanged(room_id):
                before = {key: self._presence(key) for key in self.people.here()}
                moves = self.people.changed(event.joined, event.left, whole=event.first, states=event.states)
                live = not moves.first
                shown = [key for key in self.people.here() if self._presence(key) != before.get(key, _NOTHING_SAID)]
                return [
                    *(json_line("joined", room=room_id, **self._who(key), live=live) for key in moves.joined),
                    *(json_line("left", room=room_id, **self._who(key)) for key in moves.left),
                    *(json_line("renamed", room=room_id, **self._who(key), before=old) for key, old in moves.renamed),
                    *(json_line("presence", room=room_id, **self._who(key), **self._presence(key)) for key in shown),
                ]
            case events.TypingChanged(room_id, members, more):
                return [json_line("typing", room=room_id, who=[self._who(key) for key in members], more=more)]
            case events.SeenChanged(room_id, seen):
                return [json_line("seen", room=room_id, **self._who(key), seq=seq) for key, seq in seen]
            case events.NotWritten(room_id, text, problem, ref):
                final = EntryState.NOT_SENT.value
                return [json_line("sent", **_place(room_id), id="", ref=ref, state=final, problem=problem, text=text)]
            case events.ChangeNotWritten(room_id, problem, ref):
                final = EntryState.NOT_SENT.value
                return [json_line("sent", room=room_id, id="", ref=ref, state=final, problem=problem, text="")]
            case events.ConnectionChanged() if event.state in _TOLD:
                host = self.people.nicks.introduced(event.host) if event.host else ""
                return [json_line(
                    "connection", room=event.room_id, title=shown_title(event.title), state=event.state.value,
                    host=host, badge=event.badge, problem=shown_problem(event.problem),
                )]  # fmt: skip
            case events.Hosting(room_id, title, port, code, link, _, badge):
                return [json_line("hosting", room=room_id, title=title, port=port, code=code, link=link, badge=badge)]
            case events.WaysIn(room_id, code, link):
                return [json_line("ways_in", room=room_id, code=code, link=link)]
            case events.KeeperChanged(room_id, keeper, mine):
                return [json_line("keeper", room=room_id, **self._who(keeper), mine=mine)]
            case events.KeptElsewhere(room_id, keeper):
                return [json_line("keeper", room=room_id, **self._who(keeper), mine=False)]
            case events.HeirsChanged(room_id, heirs):
                return [json_line("heirs", room=room_id, who=[self._who(key) for key in heirs])]
            case events.RoleGiven(room_id, member, role, by):
                return [json_line("role", room=room_id, **self._who(member), role=role, by=by.hex())]
            case events.RebaseAsked(room_id, keeper, count):
                return [json_line("bringing_back", room=room_id, **self._who(keeper), count=count)]
            case events.Rebased(room_id, count, base):
                return [json_line("rebased", room=room_id, after=base, count=count)]
            case events.BroughtBack(room_id, left, set_aside):
                return [json_line("brought_back", room=room_id, left=left, set_aside=set_aside)]
            case events.GuestsInvited(room_id, _, ends_at, here, most):
                return [json_line("guests", room=room_id, open=True, until=ends_at or 0, here=here, most=most)]
            case events.GuestInvitationEnded(room_id, withdrawn):
                return [json_line("guests", room=room_id, open=False, withdrawn=withdrawn)]
            case events.Problem(what, room_id):
                return [json_line("problem", room=room_id or "", text=what)]
            case _:
                return []

    def set_aside(self, room_id: RoomId, found: Sequence[SetAsideMessage]) -> None:
        messages = [
            {
                "id": one.message.message_id.hex(), **self._who(one.message.author),
                "kind": one.kind or one.message.content.kind, "text": shown_text(one.message.text),
                **_file(one.message), "sent_at": one.message.sent_at, "problem": rejection_words(one.rejection),
            }
            for one in found
        ]  # fmt: skip
        self.screen.print(json_line("aside", room=room_id, messages=messages))

    def _came(self, room_id: RoomId, message: Message, backlog: bool, again: Collection[EntryId]) -> str:
        if message.message_id in again:  # it was told of before, and has another number now
            return json_line("moved", **_place(room_id), id=message.message_id.hex(), seq=message.seq)
        return self._message(room_id, message, live=not backlog)

    def _sent(self, room_id: RoomId, entry_id: EntryId, state: EntryState, problem: str) -> str:
        given_back = {"text": self.outgoing.text_of(entry_id)} if state is EntryState.NOT_SENT else {}
        line = json_line(
            "sent", **_place(room_id), id=entry_id.hex(), ref=self._refs.get(entry_id, ""), state=state.value,
            problem=shown_problem(problem), **given_back,
        )  # fmt: skip
        if state in (EntryState.DELIVERED, EntryState.NOT_SENT):  # its last report
            self._refs.pop(entry_id, None)
        return line

    def _message(self, room_id: RoomId, message: Message, kind: str = "entry", **more: object) -> str:
        thread = PrivateThread.of(room_id)
        author = message.author
        peer = {} if thread is None else {"with_nick": self.people.called(thread.peer)}
        return json_line(
            "private" if thread else kind, **_place(room_id), **peer, seq=message.seq, id=message.message_id.hex(),
            ref=self._refs.get(message.message_id, ""), **self._who(author), kind=message.content.kind,
            text=shown_text(message.text), **_file(message), sent_at=message.sent_at, mine=author == self.people.me,
            **more,
            mentions_me=self.names_me(message), reply_to=message.reply_to.hex() if message.reply_to else "",
            edited_at=message.edited_at, deleted=message.deleted,
            deleted_by=message.deleted_by.hex() if message.deleted_by else "", pinned=message.pinned,
            reactions={one.emoji: [key.hex() for key in one.members] for one in message.reactions},
        )  # fmt: skip


def who_fields(people: People, key: MemberKey) -> dict[str, object]:
    """The fields that say who somebody is."""
    guest = {"guest": True} if people.nicks.is_guest(key) else {}
    return {"from": key.hex(), "nick": people.called(key), **guest}


def file_line(now: events.FileChanged) -> str:
    """What is known of the files of a message."""
    return json_line(
        "file", **_place(now.room_id), id=now.message_id.hex(), state=now.state.value, done=now.done, size=now.size,
        rate=now.rate, problem=shown_problem(now.problem), path=now.path, shared=now.shared, given=now.given,
        host_has=now.host_has,
    )  # fmt: skip


def _file(message: Message) -> dict[str, object]:
    return {} if message.offer is None else {"file": offer_facts(message.offer)}


def _place(room_id: RoomId) -> dict[str, str]:
    """The fields that say where something was written."""
    thread = PrivateThread.of(room_id)
    return {"room": room_id} if thread is None else {"room": thread.room_id, "with": thread.peer.hex()}
