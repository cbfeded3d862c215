"""HostedRoom: a Room this Engine hosts: its Listener, its Host, its Advert, and the host's own person in it.

Lives on the Engine's loop.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from lanchat.core import limits
from lanchat.core.address import room_code, room_link
from lanchat.core.codes import CloseCode, rejection_words
from lanchat.core.encoded_log import Block, encode_blocks
from lanchat.core.host import READ_ENTRIES, Host
from lanchat.core.host_actions import Diverged, LogGrew, OwnDelivered, OwnKnown, OwnRejected, Recovered
from lanchat.core.listing import key_fingerprint
from lanchat.core.model import Card, DeviceId, Entry, EntryId, LogEnd, MemberKey, RoomId
from lanchat.core.roster import RosterChanged
from lanchat.core.text import shown_nick
from lanchat.core.translate import _, ngettext
from lanchat.engine import commands, events
from lanchat.engine.disk import Disk
from lanchat.engine.events import EntryState
from lanchat.engine.host_driver import Fact, HostDriver
from lanchat.engine.person import Person
from lanchat.engine.ticks import Ticks
from lanchat.engine.way import Way
from lanchat.network.connection import Connection
from lanchat.network.connection_limits import ConnectionLimiter, ConnectionLimits
from lanchat.network.dialer import Address, Unreachable, never
from lanchat.network.discovery.interface import Advert, Discovery
from lanchat.network.listener import Listener
from lanchat.storage.room import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.handshake import Expected, HostPolicy, Pin
from lanchat.trust.identity import badge, certificate_fingerprint
from lanchat.trust.join_errors import NotIn, Refusal, RefusedByHost
from lanchat.trust.tls import host_context

_LOOKS = 16  # for a twin, each time the room is open: anybody may say on the network that there is one
_WARNINGS = 5  # about members whose Log goes on otherwise, each time the room is open

@dataclass(frozen=True, slots=True)
class _Kept:
    """What the disk holds of a room that is about to open."""

    end: LogEnd
    missing: bool  #: entries before that were lost
    recent: list[Block]
    outbox: list[Entry]
    admitted: set[MemberKey]
    banned: set[MemberKey]
    met: set[MemberKey]
    read_seq: int

    @classmethod
    def read(cls, store: Store, room_id: RoomId) -> _Kept:
        log = store.log(room_id)
        end = log.end()
        recent = encode_blocks(log.after(max(end.base, end.last - READ_ENTRIES), READ_ENTRIES))
        room = store.room(room_id)
        read_seq = room.read_seq if room else 0
        admitted, banned = store.admitted(room_id), store.banned(room_id)
        return cls(end, log.missing, recent, store.outbox(room_id), admitted, banned, store.carded(), read_seq)


class HostedRoom:
    """Made by `open`, ended by `close`."""

    unwelcome = ""  #: nobody sends the host away

    def __init__(
        self,
        record: RoomRecord,
        person: Person,
        disk: Disk,
        discovery: Discovery,
        tell: Callable[[events.Event], None],
        group: asyncio.TaskGroup,
        kept: _Kept,
        context: ssl.SSLContext,
        command: commands.OpenRoom,
    ) -> None:
        self.room_id = record.room_id
        self.title = record.title
        self.visited = False  #: somebody came in from another machine, so the way here is open
        self._record = record
        self._person = person
        self._disk = disk
        self._discovery = discovery
        self._tell = tell
        self._admitted = kept.admitted
        self._met = kept.met
        self._banned = kept.banned
        self._ticks = Ticks(person.key)
        self._ways: events.WaysIn | None = None  # as told
        self._problem = ""  # the last one told, until the Log grows again
        self._run = secrets.token_bytes(8)
        self._twin_told = False
        self._looks = 0  # for a twin
        self._diverged: set[MemberKey] = set()  # members whose Log goes on otherwise than ours, as told
        self._limits = _limits(command)
        lifted = command.connections_per_address
        self._listener = Listener(
            self,
            HostPolicy(
                record.room_id,
                record.title,
                certificate_fingerprint(person.identity.certificate),
                record.secret,
                self._admitted.__contains__,
                self._banned.__contains__,
                person.key,
                self._run,
            ),
            context,
            ConnectionLimiter(ConnectionLimits.lifted(lifted) if lifted else ConnectionLimits()),
        )
        self._driver = HostDriver(
            Host(record.room_id, kept.end, person.card, self._limits, kept.recent, kept.missing),
            record.secret is not None,
            disk,
            self._fact,
            self._trouble,
            group,
        )
        self.read(kept.read_seq)
        for entry in kept.outbox:
            self.posted(entry)

    @classmethod
    async def open(
        cls,
        record: RoomRecord,
        person: Person,
        disk: Disk,
        discovery: Discovery,
        tell: Callable[[events.Event], None],
        group: asyncio.TaskGroup,
        command: commands.OpenRoom,
    ) -> HostedRoom:
        """Open the door and say so on the network. Raises PortTaken, OSError and StorageProblem."""
        kept = await disk.run(lambda store: _Kept.read(store, record.room_id))
        context = await asyncio.to_thread(host_context, person.identity)  # it reads the key's file
        room = cls(record, person, disk, discovery, tell, group, kept, context, command)
        try:
            room._listener.open([command.port] if command.port is not None else [*limits.PORTS, 0])
        except BaseException:
            await room._driver.close()
            raise
        room._advertise(1)
        return room

    async def close(self) -> None:
        """Say goodbye to everybody, on the network too."""
        self._discovery.withdraw(self.room_id)
        await self._listener.close()
        await self._driver.close()

    def say_state(self, where: str = "") -> None:
        """Tell that we host; `where`: the Join that this answers."""
        hosting = events.ConnectionState.HOSTING
        self._tell(events.ConnectionChanged(self.room_id, self.title, hosting, self._person.card, where=where))

    def hosting(self, passphrase: str | None) -> events.Hosting:
        """How others get in, for the host's own person to tell."""
        ways = self._ways = self._ways_in()
        return events.Hosting(
            self.room_id, self.title, self._listener.port, ways.code, ways.link, passphrase, badge(self._person.key)
        )

    def network_changed(self) -> None:
        """The code and the link that were told hold our addresses."""
        if self._ways is not None and self._ways != (ways := self._ways_in()):
            self._ways = ways
            self._tell(ways)

    def _ways_in(self) -> events.WaysIn:
        fingerprint = key_fingerprint(self._person.key)
        addresses = self._discovery.addresses()
        ipv4 = next((address for address in addresses if ":" not in address), "")
        return events.WaysIn(
            self.room_id,
            room_code(ipv4, fingerprint) if ipv4 else "",
            room_link(addresses, self._listener.port, self.room_id, fingerprint) if addresses else "",
        )

    @property
    def port(self) -> int:
        return self._listener.port

    # --- the host's own person ---------------------------------------------------------------------------------------
    def posted(self, entry: Entry) -> None:
        """The person wrote this; it is in the Outbox."""
        self._driver.ask(lambda host, now: host.post(entry, now))

    def read(self, seq: int) -> None:
        """The person had what was said up to `seq` on the screen."""
        self._driver.ask(lambda host, now: host.own_read(seq, now))

    def renamed(self, card: Card) -> None:
        self._driver.ask(lambda host, now: host.own_renamed(card, now))

    def remove(self, member: MemberKey) -> None:
        self._driver.ask(lambda host, now: host.remove(member))

    def ban(self, member: MemberKey) -> None:
        """It is on disk already."""
        self._banned.add(member)
        self._driver.ask(lambda host, now: host.remove(member, CloseCode.BANNED))

    def unban(self, member: MemberKey) -> None:
        self._banned.discard(member)

    # --- from the Listener -------------------------------------------------------------------------------------------
    def refusal(self) -> Refusal | None:
        """Before anything is said. Who comes at the same moment is counted by the Host itself."""
        return Refusal(CloseCode.FULL) if self._driver.sessions >= self._limits.members else None

    def knows(self, key: MemberKey) -> bool:
        return key in self._met and key not in self._banned

    def entered(self, connection: Connection, card: Card, device_id: DeviceId) -> None:
        self.visited = self.visited or connection.peer_address not in self._discovery.addresses()
        key = MemberKey(card.key)
        if key in self._banned:  # since it proved who it is, a moment ago
            connection.refuse(CloseCode.BANNED)
            return
        self._met.add(key)
        if self._record.secret is not None:
            self._admitted.add(key)
        self._driver.entered(connection, card, device_id)

    def alarm(self) -> None:
        self._tell(events.Problem(_("Somebody keeps trying wrong passphrases."), self.room_id))

    def twin(self, address: str) -> None:
        """Another host of this room, with our key, is at this address. It said so, and proved to have the key."""
        if self._twin_told:
            return
        self._twin_told = True
        words = _(
            "This room is open twice, with the same key: here, and on the computer at {address}. lanchat's data folder "
            "was copied. Some people come in here and some there, and they do not hear each other. Nothing that was "
            "written is lost. Close the room on one of the two computers, and open it on one only from now on."
        )
        self._tell(events.Problem(words.format(address=address), self.room_id))

    async def look_for_twin(self, context: ssl.SSLContext, addresses: list[Address]) -> None:
        """Knock there as the host of this room. Who has our key, too, and is not ourselves is told, and answers so."""
        if self._twin_told or self._looks == _LOOKS:
            return
        self._looks += 1
        me = self._person.key
        way = Way(
            self._person, context, Expected(self.room_id, key_fingerprint(me)), lambda: addresses, never,
            lambda _room_id: Pin(me, self._record.passphrase), hosting=self._run,
        )  # fmt: skip
        try:
            entered = await way.enter()
        except RefusedByHost as refused:
            if refused.code == CloseCode.TWIN:
                self.twin(addresses[0][0])
        except (NotIn, Unreachable):
            pass
        else:  # a lanchat that does not know of twins
            entered.connection.close("it is a twin")
            self.twin(entered.address[0])

    # --- what the Host tells -----------------------------------------------------------------------------------------
    def _fact(self, fact: Fact) -> None:
        match fact:
            case LogGrew(run):
                self._problem = ""
                self._tell(events.EntriesAdded(self.room_id, run))
                self._states(self._ticks.taken(run), EntryState.TAKEN)
            case Recovered(run):
                self._tell(events.Recovered(self.room_id, run))
            case OwnKnown(entry_id):
                self._states((entry_id,), EntryState.TAKEN)
            case OwnRejected(entry_id, code):
                words = rejection_words(code)
                self._tell(events.EntryStateChanged(self.room_id, (entry_id,), EntryState.NOT_SENT, words))
            case OwnDelivered(seq, base):
                self._states(self._ticks.delivered(base, seq), EntryState.DELIVERED)
            case Diverged(card, missing):
                self._warn_of_lost_entries(card, missing)
            case RosterChanged(joined, left, here, whole):
                self._advertise(here)
                self._tell(events.RosterChanged(self.room_id, joined, left, here, whole))
            case _:
                assert_never(fact)

    def _warn_of_lost_entries(self, card: Card, missing: int) -> None:
        """Once for each member, and not for ever more of them: nobody can check what they say to have."""
        key = MemberKey(card.key)
        if key in self._diverged or len(self._diverged) == _WARNINGS:
            return
        self._diverged.add(key)
        words = (
            ngettext(
                "{nick} has {n} message of this room that this computer lacks.",
                "{nick} has {n} messages of this room that this computer lacks.",
                missing,
            ).format(nick=shown_nick(card.nick), n=missing)
            if missing
            else _("{nick} has other messages of this room than this computer.").format(nick=shown_nick(card.nick))
        )
        advice = _(
            "Perhaps this computer was put back to an older state, as from a backup. Nothing is lost: {nick} keeps "
            "them, and what {nick} writes, but cannot come in. If there is a newer copy of lanchat's data folder, "
            "close this room here and open it from that copy."
        ).format(nick=shown_nick(card.nick))
        self._tell(events.Problem(f"{words} {advice}", self.room_id))

    def _states(self, entry_ids: tuple[EntryId, ...], state: EntryState) -> None:
        if entry_ids:
            self._tell(events.EntryStateChanged(self.room_id, entry_ids, state))

    def _trouble(self, problem: str) -> None:
        """The disk fails. It is tried again and again; the person hears of it once."""
        if problem != self._problem:
            self._problem = problem
            self._tell(events.Problem(problem, self.room_id))

    def _advertise(self, people: int) -> None:
        self._discovery.advertise(
            Advert(
                self.room_id,
                self.title,
                key_fingerprint(self._person.key),
                self._record.secret is not None,
                self._listener.port,
                people,
                self._person.card.nick,
            )
        )


def _limits(command: commands.OpenRoom) -> limits.Limits:
    usual = limits.Limits()
    return limits.Limits(
        posts_per_second=command.posts_per_second or usual.posts_per_second,
        burst=command.burst or usual.burst,
        members=command.members or usual.members,
    )
