"""HostRole: our part in a room that we keep open: its Listener, its Host, its advert, and the host's own person in it.

Lives on the Engine's loop.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import Callable, Collection
from functools import partial
from typing import Protocol

from msgspec import Struct

from lanchat.core import limits
from lanchat.core.client import Client
from lanchat.core.client_actions import GuestCodesCame, HeirsNamed, HostMoved, PassesCame, RosterChanged
from lanchat.core.codes import CloseCode
from lanchat.core.epoch import NoEpochLeft, has_next
from lanchat.core.frames import Heir
from lanchat.core.host import Host
from lanchat.core.keeping import Rank
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.message import messages_of
from lanchat.core.model import Card, DeviceId, Entry, LogEnd, LogEntry, MemberKey, RoomId
from lanchat.core.standing import Standing
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.active_room import ActiveRoom
from lanchat.engine.disk import Disk
from lanchat.engine.entering import IsWanted, RoomDialer
from lanchat.engine.guest_codes import GuestCodes
from lanchat.engine.guest_invitations import GuestInvitations
from lanchat.engine.host_driver import HostDriver
from lanchat.engine.host_succession import HostSuccession
from lanchat.engine.kept_room import KeptRoom, OpeningPlan, make_opening, no_epoch_left
from lanchat.engine.known_rooms import KnownRooms
from lanchat.engine.other_keepers import OtherKeepers
from lanchat.engine.own_entries import Person
from lanchat.engine.room_advert import RoomAdvert
from lanchat.engine.room_disk import DiskLog, OwnReplica
from lanchat.engine.standby import Standby
from lanchat.engine.tasks import POLITE_SECONDS, end, set_within
from lanchat.network.connection import Connection
from lanchat.network.connection_limiter import ConnectionLimiter
from lanchat.network.dialer import Address, JoinedConnection, never
from lanchat.network.discovery.interface import Discovery
from lanchat.network.file_server import FileServer
from lanchat.network.guest_files import GuestFiles
from lanchat.network.link import MemoryLink
from lanchat.network.listener import Listener
from lanchat.storage.records import RoomRecord
from lanchat.trust.handshake import Expected, HostPolicy
from lanchat.trust.identity import certificate_fingerprint
from lanchat.trust.join_errors import Refusal
from lanchat.trust.passes import check_keeping


class KeeperOwner(Protocol):
    """Who keeps the rooms that are open here."""

    def give_way(self, room: ActiveRoom, entered: JoinedConnection) -> None:
        """Go on as a member at this host, who has the room open in a higher epoch."""

    def give_back(self, room: ActiveRoom, heir: Heir) -> None:
        """Let this member have the room, which is theirs more than ours."""

    def give_up(self, room: ActiveRoom) -> None:
        """Let somebody else keep the room open: we may not any more."""


class HostServices(Struct, frozen=True):
    """What the host of a room needs of the Engine."""

    person: Person
    disk: Disk
    known: KnownRooms
    discovery: Discovery
    context: ssl.SSLContext  #: of a client
    tell: events.Tell
    group: asyncio.TaskGroup
    renew_role: Callable[[RoomId, MemberKey], None]  #: sign a role anew that we gave, where its pass does not count now


class HostRole:
    """Our part in a room that we keep open. `open` makes it, `close` ends it."""

    hosting = True

    def __init__(
        self,
        room: ActiveRoom,
        record: RoomRecord,
        services: HostServices,
        owner: KeeperOwner,
        kept: KeptRoom,
        listener: Listener,
        command: commands.OpenRoom,
    ) -> None:
        person = services.person
        self.room = room
        room.role = self
        self.visited = False  #: somebody came in from another machine, so the way here is open
        self._record = record
        self._owner = record.owner or person.key
        self._give_up = partial(owner.give_up, room)
        self._person = person
        self._services = services
        self._discovery = services.discovery
        self._admitted = kept.admitted
        self._met = kept.met
        self._run = secrets.token_bytes(8)
        self._goodbye: tuple[Heir | None, bool] | None = None  # who opens the room next, and whether nobody is to
        self._met_before = frozenset(kept.met)
        self._limits = _limits(command)
        host = Host(
            record.room_id, kept.end, person.card, self._limits, kept.recent, kept.missing, kept.rank, kept.keeps
        )
        self._succession = HostSuccession(
            host, room, record, person.identity, services.known, services.context, partial(owner.give_back, room),
            lambda key: services.renew_role(room.room_id, key), services.group.create_task,
        )  # fmt: skip
        lifted = command.connections_per_address
        policy = HostPolicy(
            record.room_id, record.title, certificate_fingerprint(person.identity.certificate), record.secret,
            self._admitted.__contains__, self._is_banned, person.key, self._run,
            self._owner, lambda: self._driver.opening, self._succession.is_entitled,
        )  # fmt: skip
        self._listener = listener
        protected = record.secret is not None
        self.advert = RoomAdvert(room, person, self._owner, listener.port, protected, self._discovery)
        limiter = ConnectionLimiter.lifted(lifted) if lifted else ConnectionLimiter()
        self._admit = partial(listener.change_hands, self, policy, limiter)
        log = DiskLog(services.disk, record.room_id, protected)
        self._driver = HostDriver(host, log, self, services.group, self._succession)
        self._others = OtherKeepers(
            self._way_elsewhere, lambda: self._driver.epoch, lambda entered: owner.give_way(room, entered),
            services.group.create_task, lambda: (self._owner, *self._met), lambda: None,
            partial(self._discovery.announce, room.room_id), self._driver.raise_above,
            believes=kept.rank is not Rank.OWNER,
        )  # fmt: skip
        self._replica = OwnReplica(services.disk, record.room_id, person.key, kept.before)
        self._own: asyncio.Task[None] | None = None
        self._files: FileServer | None = None
        codes = GuestCodes(
            record.room_id, kept.guest_codes, kept.guest_port, services.disk, self.trouble,
            host.heirs.codes_changed, services.group.create_task,
        )  # fmt: skip
        self.invitations = GuestInvitations(
            record.room_id, record.title, person.identity, codes, self._driver, self._is_banned, self.refusal,
            self._discovery.addresses, services.tell, services.group.create_task,
        )  # fmt: skip
        self._closing = asyncio.Event()
        room.read(kept.read_seq)

    @classmethod
    async def open(
        cls, record: RoomRecord, services: HostServices, owner: KeeperOwner, command: commands.OpenRoom,
        plan: OpeningPlan, listener: Listener | None = None,
    ) -> HostRole:  # fmt: skip
        """Begin an epoch, let members in, and say so on the network. `listener`: open already.

        Raises PortTaken, OSError, StorageProblem, NotEntitled, HasOnlyPart and NoEpochLeft.
        """
        person, disk = services.person, services.disk
        if listener is None:
            ports = [*limits.PORTS, 0] if command.port is None else [command.port]
            listener = await Standby.listen(person.identity, ports)
        try:
            passes = services.known.passes(record.room_id)
            kept = await disk.run(KeptRoom.begin, record, passes, person.identity, plan)
            room = ActiveRoom(record.room_id, record.title, person, services.tell)
            role = cls(room, record, services, owner, kept, listener, command)
        except BaseException:
            await listener.close()
            raise
        try:
            client = await role._replica.client()
        except BaseException:
            await listener.close()
            await role._driver.close()
            raise
        role._admit()
        role._own = services.group.create_task(role._stay(client))
        role.advert.advertise(role._driver.epoch)
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
            await set_within(self._closing, limits.DISK_RETRY_MS / 1000)

    async def close(self) -> None:
        """Say goodbye to everybody, on the network too."""
        heir, closed = self._goodbye or self._succession.usual_goodbye()
        self.advert.withdraw()
        self._closing.set()
        await self._others.close()
        await self._listener.close()
        await self._driver.close(heir, closed)
        await self.invitations.close()
        if self._own is not None:
            await end([self._own], POLITE_SECONDS)

    def say_state(self, where: str = "") -> None:
        """Tell that we host."""
        room, me, hosting = self.room, self._person.card, events.ConnectionState.HOSTING
        room.tell(events.ConnectionChanged(room.room_id, room.title, hosting, me, where=where, owner=self._owner))

    def let_guests_back(self) -> None:
        """Whoever came in with a code before, here or at another keeper's, may come back."""
        self._services.group.create_task(self.invitations.open())

    def seen(self, listing: Listing) -> None:
        """Another key has this room open, too."""
        if listing.owner == key_fingerprint(self._owner):
            self._others.seen(listing)

    def seen_twin(self, addresses: list[Address], epoch: int) -> None:
        """Our key seems to have this room open there, too."""
        self._others.seen_twin(epoch, addresses)

    def _way_elsewhere(self, addresses: Callable[[], list[Address]], is_wanted: IsWanted) -> RoomDialer:
        """The way to others who have this room open."""
        services, expected = self._services, Expected(self.room.room_id, is_wanted=is_wanted)
        return RoomDialer(
            services.person, services.context, expected, addresses, never, services.known.pin, hosting=self._run
        )

    def network_changed(self) -> None:
        self.advert.network_changed()
        self.invitations.addresses_changed()

    @property
    def port(self) -> int:
        return self._listener.port

    # --- who keeps it open next --------------------------------------------------------------------------------------
    def heir(self, member: MemberKey | None = None) -> Heir | None:
        """Who can keep the room open next: this member; None: whoever comes first."""
        return self._succession.heir(member)

    def keepers_changed(self, record: RoomRecord) -> None:
        """Who may keep the room open has changed."""
        self._succession.record = record
        self._succession.ask_again()

    def say_goodbye(self, heir: Heir | None, closed: bool = False) -> None:
        """What to say when this role ends: who opens the room, or that nobody is to."""
        self._goodbye = heir, closed

    def may_go_to(self, heir: Heir) -> bool:
        """Whether who was to have the room, a moment ago, may keep it open still."""
        return self._services.known.may_keep(self.room.room_id, heir.key, heir.passes)

    def outdo(self) -> None:
        """Visit who has the room open above us: where they may not keep it open, we begin a higher epoch."""
        self._others.visit_higher()

    # --- members ------------------------------------------------------------------------------------------------------
    def remove(self, member: MemberKey) -> None:
        """Send a member away. It may come back; a guest with another code."""
        self.invitations.remove(member)
        self._driver.remove(member)
        self._end_transfers(member)

    def standing_changed(self, standing: Standing) -> None:
        """Who is banned now goes at once, also we ourselves, and who has another role may be another heir."""
        known, room_id = self._services.known, self.room.room_id
        before = known.set_standing(room_id, standing)
        for member in standing.bans.keys() - before.bans.keys() - {self._person.key}:
            self._driver.remove(member, CloseCode.BANNED)
            self._end_transfers(member)
            self.invitations.banned(member)
        self._succession.standing_changed(before, standing)
        if known.rank(room_id) is None:
            self._give_up()

    def name_keeper(self, member: MemberKey) -> bool:
        """We, a co-owner, let this member keep the room open after us. False: we may not."""
        return self._succession.name(member)

    # --- files -------------------------------------------------------------------------------------------------------
    def serve_files(self, server: FileServer) -> None:
        """Connections for files go there."""
        self._files = self._listener.files = server
        self.invitations.files = GuestFiles(server.shelf, server.rate)

    def want_files(self, roots: Collection[bytes]) -> None:
        """This computer wants these, and no others: ask those who have them."""
        self._driver.want_files(roots)

    def keeps_file(self, root: bytes, copy: str) -> None:
        """Whether this computer has it, for those who look for it."""
        self._driver.keeps_file(root, copy)

    def may_have_files(self, key: MemberKey) -> bool:
        """Whether this key is a member's: somebody who was let in, and not banned. Any thread."""
        let_in = self._met if self._record.secret is None else self._admitted
        return (key in let_in or key == self._person.key) and not self._is_banned(key)

    def _is_banned(self, key: MemberKey) -> bool:
        """Any thread."""
        return key in self._services.known.standing(self.room.room_id).bans

    def _end_transfers(self, member: MemberKey) -> None:
        if self._files is not None:
            self._files.drop(member)

    # --- from the Listener -------------------------------------------------------------------------------------------
    def refusal(self) -> Refusal | None:
        """FULL is said before anything else. The Host itself counts those who come at the same moment."""
        if self._closing.is_set():
            return Refusal(CloseCode.STANDBY)
        return Refusal(CloseCode.FULL) if self._driver.sessions > self._limits.members else None  # we are one of them

    def knows(self, key: MemberKey) -> bool:
        return key in self._met and not self._is_banned(key)

    def entered(self, connection: Connection, card: Card, device_id: DeviceId) -> None:
        self.visited = self.visited or connection.peer_address not in self._discovery.addresses()
        key = MemberKey(card.key)
        if self._is_banned(key):  # since it proved who it is, a moment ago
            connection.refuse(CloseCode.BANNED)
            return
        self._met.add(key)
        if self._record.secret is not None:
            self._admitted.add(key)
        self._driver.keep(card)
        self._driver.entered(connection, card, device_id, self._record.secret is not None or key in self._met_before)

    def alarm(self) -> None:
        self.room.tell(events.Problem(_("Somebody keeps trying wrong passphrases."), self.room.room_id))

    # --- what the Client tells, of the person who hosts
    def welcomed(self, host: Card, missed: int) -> None:
        """HOSTING was told already."""

    def people_changed(self, change: RosterChanged) -> None:
        self.advert.advertise(self._driver.epoch, change.here)

    def held(self, code: str) -> None:
        """`trouble` tells it, with the reason."""

    def told_who_keeps(self, told: PassesCame | GuestCodesCame | HeirsNamed | HostMoved) -> None:
        """The Host here says that to its guests only."""

    # --- what the Host tells
    def recovered(self, run: tuple[LogEntry, ...], standing: Standing) -> None:
        self.room.tell(events.Recovered(self.room.room_id, messages_of(run)))
        self.standing_changed(standing)
        self.room.tell(events.StandingChanged(self.room.room_id, standing))

    def trouble(self, problem: str) -> None:
        self.room.warn(problem)

    def file_sought(self, root: bytes) -> None:
        if self.room.files is not None:
            self.room.files.sought(root)

    def entitled(self, keeps: Entry) -> bool:
        """Also of somebody who may not any more: others followed them meanwhile, and come back when we are above. Where
        we cannot be, they come back because we say that it does not count."""
        keeping = check_keeping(keeps, self._record.room_id, self._owner)
        if keeping is None or has_next(keeping.epoch, owner=self._person.key == self._owner):
            return keeping is not None
        self.trouble(no_epoch_left())
        return False

    def keeps_above(self, keeps: Entry, end: LogEnd) -> Entry | None:
        passes, above = self._services.known.passes(self.room.room_id), [keeps, self._driver.opening]
        try:
            return make_opening(self._person.identity, self._record, passes, end, above)
        except NoEpochLeft:
            self.trouble(no_epoch_left())
            return None

    def epoch_began(self) -> None:
        self.advert.advertise(self._driver.epoch)


def _limits(command: commands.OpenRoom) -> limits.Limits:
    usual = limits.Limits()
    return limits.Limits(
        posts_per_second=command.posts_per_second or usual.posts_per_second,
        burst=command.burst or usual.burst,
        members=command.members or usual.members,
    )
