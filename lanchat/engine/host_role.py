"""HostRole: our part in a room that is ours: its Listener, its Host, its advert, and the host's own person in it.

Lives on the Engine's loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import ssl
from collections.abc import Collection

from msgspec import Struct

from lanchat.core import limits
from lanchat.core.address import room_code, room_link
from lanchat.core.client import Client
from lanchat.core.client_actions import HeirsNamed, HostMoved, PassesCame
from lanchat.core.codes import CloseCode
from lanchat.core.encoded_log import Block, encode_blocks
from lanchat.core.epoch import RANDOM_BITS, next_epoch
from lanchat.core.frames import Heir
from lanchat.core.host import READ_ENTRIES, Host
from lanchat.core.keeping import Keeping, Passes, Rank
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.message import messages_of
from lanchat.core.model import Card, DeviceId, Entry, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.disk import Disk, DiskLog, OwnReplica
from lanchat.engine.entering import RoomDialer
from lanchat.engine.host_driver import HostDriver
from lanchat.engine.own_entries import Person
from lanchat.network.connection import Connection
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.dialer import Address, Unreachable, never
from lanchat.network.discovery.interface import Discovery, RoomDescription
from lanchat.network.file_server import FileServer
from lanchat.network.link import MemoryLink
from lanchat.network.listener import Listener
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.handshake import Expected, HostPolicy, Pin
from lanchat.trust.identity import badge, certificate_fingerprint, host_context
from lanchat.trust.join_errors import JoinError, Refusal, RefusedByHost
from lanchat.trust.passes import check_keeping, make_keeping, rank_of

_LOOKS = 16  # for a twin, each time the room is open: anybody may announce one


class _KeptRoom(Struct, frozen=True):
    """What the disk holds of a room that is about to open."""

    end: LogEnd
    missing: bool  #: entries before that were lost
    recent: list[Block]
    admitted: set[MemberKey]
    banned: set[MemberKey]
    met: set[MemberKey]
    read_seq: int
    keeps: Entry | None

    @classmethod
    def read(cls, store: Store, room_id: RoomId) -> _KeptRoom:
        log = store.log(room_id)
        end = log.end()
        recent = encode_blocks(log.after(max(end.base, end.last - READ_ENTRIES), READ_ENTRIES))
        room = store.room(room_id)
        read_seq = room.read_seq if room else 0
        admitted, banned = store.admitted(room_id), store.banned(room_id)
        return cls(end, log.missing, recent, admitted, banned, store.carded(), read_seq, room.keeps if room else None)


class HostRole:
    """Our part in a room that is ours. `open` makes it, `close` ends it."""

    hosting = True

    def __init__(
        self,
        room: ActiveRoom,
        record: RoomRecord,
        person: Person,
        disk: Disk,
        discovery: Discovery,
        group: asyncio.TaskGroup,
        kept: _KeptRoom,
        context: ssl.SSLContext,
        command: commands.OpenRoom,
    ) -> None:
        self.room = room
        room.role = self
        self.visited = False  #: somebody came in from another machine, so the way here is open
        self._record = record
        self._owner = record.owner or person.key
        self._keeps = kept.keeps
        self._person = person
        self._discovery = discovery
        self._admitted = kept.admitted
        self._met = kept.met
        self._banned = kept.banned
        self._ways: events.WaysIn | None = None  # as told
        self._run = secrets.token_bytes(8)
        self._twin_told = False
        self._looks = 0  # for a twin
        self._people = 1  # who are here
        self._limits = _limits(command)
        lifted = command.connections_per_address
        policy = HostPolicy(
            record.room_id, record.title, certificate_fingerprint(person.identity.certificate), record.secret,
            self._admitted.__contains__, self._banned.__contains__, person.key, self._run,
            self._owner, lambda: self._keeps, self._is_entitled,
        )  # fmt: skip
        self._listener = Listener(
            self,
            policy,
            context,
            ConnectionLimiter.lifted(lifted) if lifted else ConnectionLimiter(),
        )
        self._driver = HostDriver(
            Host(record.room_id, kept.end, person.card, self._limits, kept.recent, kept.missing),
            DiskLog(disk, record.room_id, record.secret is not None),
            self,
            group,
        )
        self._replica = OwnReplica(disk, record.room_id, person.key)
        self._own: asyncio.Task[None] | None = None
        self._files: FileServer | None = None
        self._closing = asyncio.Event()
        room.read(kept.read_seq)

    @classmethod
    async def open(
        cls,
        record: RoomRecord,
        person: Person,
        disk: Disk,
        discovery: Discovery,
        tell: events.Tell,
        group: asyncio.TaskGroup,
        command: commands.OpenRoom,
    ) -> HostRole:
        """Let members in, and say so on the network. Raises PortTaken, OSError and StorageProblem."""
        kept = await disk.run(_KeptRoom.read, record.room_id)
        context = await asyncio.to_thread(host_context, person.identity)  # it reads the key's file
        room = ActiveRoom(record.room_id, record.title, person, tell)
        role = cls(room, record, person, disk, discovery, group, kept, context, command)
        try:
            client = await role._replica.client()
            role._listener.open([command.port] if command.port is not None else [*limits.PORTS, 0])
        except BaseException:
            await role._driver.close()
            raise
        role._own = group.create_task(role._stay(client))
        role._advertise(1)
        return role

    async def _stay(self, client: Client | None) -> None:
        """The person who hosts is a member like everybody, over a Link within this process. When the disk fails, that
        Link ends, too, and a new one begins after a while."""
        while not self._closing.is_set():
            ours, theirs = MemoryLink.pair()
            self._driver.entered(theirs, self._person.card, self._person.identity.device_id)
            ended = await self.room.talk(ours, self._replica, client)
            client = None
            if not self._closing.is_set():  # the next Client knows of nobody who writes
                self.room.tell(events.TypingChanged(self.room.room_id, (), False))
            if ended.problem:
                self.trouble(ended.problem)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), limits.DISK_RETRY_MS / 1000)

    async def close(self) -> None:
        """Say goodbye to everybody, on the network too."""
        self._discovery.withdraw(self.room.room_id)
        self._closing.set()
        await self._listener.close()
        await self._driver.close()
        if self._own is not None:
            await asyncio.wait([self._own])

    def say_state(self, where: str = "") -> None:
        """Tell that we host."""
        hosting = events.ConnectionState.HOSTING
        self.room.tell(
            events.ConnectionChanged(
                self.room.room_id, self.room.title, hosting, self._person.card, where=where, owner=self._owner
            )
        )

    def seen(self, listing: Listing) -> None:
        """Another key has this room open, too."""

    def hosting_event(self, passphrase: str | None) -> events.Hosting:
        """How others get in, for the host's own person to tell."""
        ways = self._ways = self._ways_in()
        room, own_badge = self.room, badge(self._person.key)
        return events.Hosting(room.room_id, room.title, self.port, ways.code, ways.link, passphrase, own_badge)

    def network_changed(self) -> None:
        """Tell the code and the link again, which contain our addresses."""
        if self._ways is not None and self._ways != (ways := self._ways_in()):
            self._ways = ways
            self.room.tell(ways)

    def _ways_in(self) -> events.WaysIn:
        fingerprint = key_fingerprint(self._owner)
        addresses = self._discovery.addresses()
        ipv4 = next((address for address in addresses if ":" not in address), "")
        return events.WaysIn(
            self.room.room_id,
            room_code(ipv4, fingerprint) if ipv4 else "",
            room_link(addresses, self._listener.port, self.room.room_id, fingerprint) if addresses else "",
        )

    @property
    def port(self) -> int:
        return self._listener.port

    # --- guests ------------------------------------------------------------------------------------------------------
    def remove(self, member: MemberKey) -> None:
        """Send a member away. It may come back."""
        self._driver.remove(member)
        self._end_transfers(member)

    def ban_changed(self, member: MemberKey, on: bool) -> None:
        """Who was banned goes at once. That is on disk already."""
        if not on:
            self._banned.discard(member)
        elif member not in self._banned:
            self._banned.add(member)
            self._driver.remove(member, CloseCode.BANNED)
            self._end_transfers(member)

    # --- files -------------------------------------------------------------------------------------------------------
    def serve_files(self, server: FileServer) -> None:
        """Connections for files go there."""
        self._files = self._listener.files = server

    def want_files(self, roots: Collection[bytes]) -> None:
        """This computer wants these, and no others: ask those who have them."""
        self._driver.want_files(roots)

    def keeps_file(self, root: bytes, copy: str) -> None:
        """Whether this computer has it, for those who look for it."""
        self._driver.keeps_file(root, copy)

    def may_have_files(self, key: MemberKey) -> bool:
        """Whether this key is a member's: somebody who was let in, and not banned. Any thread."""
        let_in = self._met if self._record.secret is None else self._admitted
        return (key in let_in or key == self._person.key) and key not in self._banned

    def _end_transfers(self, member: MemberKey) -> None:
        if self._files is not None:
            self._files.drop(member)

    # --- from the Listener -------------------------------------------------------------------------------------------
    def refusal(self) -> Refusal | None:
        """FULL is said before anything else. The Host itself counts those who come at the same moment."""
        guests = self._driver.sessions - 1
        return Refusal(CloseCode.FULL) if guests >= self._limits.members else None

    def knows(self, key: MemberKey) -> bool:
        return key in self._met and key not in self._banned

    def _is_entitled(self, key: MemberKey, passes: Passes) -> bool:
        """Whether this member, with these passes, may keep the room open, too."""
        known = self._record.room_id, passes, self._record.generation, self._banned.__contains__
        return rank_of(key, self._owner, *known) is not None

    def entered(self, connection: Connection, card: Card, device_id: DeviceId) -> None:
        self.visited = self.visited or connection.peer_address not in self._discovery.addresses()
        key = MemberKey(card.key)
        if key in self._banned:  # since it proved who it is, a moment ago
            connection.refuse(CloseCode.BANNED)
            return
        self._met.add(key)
        if self._record.secret is not None:
            self._admitted.add(key)
        self._driver.keep(card)
        self._driver.entered(connection, card, device_id)

    def alarm(self) -> None:
        self.room.tell(events.Problem(_("Somebody keeps trying wrong passphrases."), self.room.room_id))

    def duplicate_host(self, address: str) -> None:
        """Another host of this room, with our key, is at this address. It said so, and proved to have the key."""
        if self._twin_told:
            return
        self._twin_told = True
        words = _(
            "This room is open twice, with the same key: here, and on the computer at {address}. lanchat's data folder "
            "was copied. Some people come in here and some there, and they do not hear each other. Nothing that was "
            "written is lost. Close the room on one of the two computers, and open it on one only from now on."
        )
        self.room.tell(events.Problem(words.format(address=address), self.room.room_id))

    async def look_for_twin(self, context: ssl.SSLContext, addresses: list[Address], epoch: int) -> None:
        """Connect there as the host of this room. A host with our key answers that it is a twin, unless it is this
        one. `epoch`: of the room there, as it is announced."""
        if self._twin_told or self._looks == _LOOKS:
            return
        self._looks += 1
        me = self._person.key
        dialer = RoomDialer(
            self._person, context, Expected(self.room.room_id, key_fingerprint(me)), lambda: addresses, never,
            lambda _room_id: Pin(self._owner, self._record.passphrase), hosting=self._run,
        )  # fmt: skip
        try:
            entered = await dialer.enter()
        except RefusedByHost as refused:
            if refused.code == CloseCode.TWIN:
                self.duplicate_host(addresses[0][0])
        except (JoinError, Unreachable):
            pass
        else:  # a lanchat that does not know of twins
            entered.connection.close("it is a twin")
            self.duplicate_host(entered.address[0])

    # --- what the Client tells, of the person who hosts
    def welcomed(self, host: Card, missed: int) -> None:
        """HOSTING was told already."""

    def people_here(self, count: int) -> None:
        self._people = count
        self._advertise(count)

    def held(self, code: str) -> None:
        """`trouble` tells it, with the reason."""

    def told_who_keeps(self, told: PassesCame | HeirsNamed | HostMoved) -> None:
        """The Host here says that to its guests only."""

    # --- what the Host tells
    def passes_for(self, key: MemberKey) -> tuple[Passes, Rank] | None:
        return None

    async def reach(self, key: MemberKey, address: str, port: int) -> bool:
        return False

    def asked_back(self, heir: Heir) -> None:
        pass

    def recovered(self, run: tuple[LogEntry, ...]) -> None:
        self.room.tell(events.Recovered(self.room.room_id, messages_of(run)))

    def trouble(self, problem: str) -> None:
        self.room.warn(problem)

    def file_sought(self, root: bytes) -> None:
        if self.room.files is not None:
            self.room.files.sought(root)

    def entitled(self, keeps: Entry) -> bool:
        """Also of somebody who may not any more: others followed them meanwhile, and come back when we are above."""
        return check_keeping(keeps, self._record.room_id, self._owner, self._driver.epoch) is not None

    def keeps_above(self, epoch: int, end: LogEnd) -> Entry:
        return _keeps_above(self._person, self._record, epoch, end)

    def epoch_began(self, keeps: Entry) -> None:
        self._keeps = keeps
        self._advertise(self._people)

    def _advertise(self, people: int) -> None:
        self._discovery.advertise(
            RoomDescription(
                room_id=self.room.room_id,
                title=self.room.title,
                fingerprint=key_fingerprint(self._person.key),
                owner=key_fingerprint(self._owner),
                epoch=self._driver.epoch,
                port=self._listener.port,
                passphrase=self._record.secret is not None,
                people=people,
                host=self._person.card.nick,
            )
        )


def _keeps_above(person: Person, record: RoomRecord, epoch: int, end: LogEnd) -> Entry:
    """That we keep the room open, in an epoch above this one."""
    began = next_epoch(max(epoch, end.epoch), secrets.randbits(RANDOM_BITS))
    return make_keeping(person.identity, record.room_id, Keeping(began, end.last, end.head, record.passes))


def _limits(command: commands.OpenRoom) -> limits.Limits:
    usual = limits.Limits()
    return limits.Limits(
        posts_per_second=command.posts_per_second or usual.posts_per_second,
        burst=command.burst or usual.burst,
        members=command.members or usual.members,
    )
