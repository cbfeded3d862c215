"""GuestInvitations: the codes with which phones come into a room that is open here, and the page they come in by.

The page's port is open only while somebody may come in, or come back with a code: see `guest_codes`. Engine's loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias

from lanchat.core import limits
from lanchat.core.codes import CloseCode
from lanchat.core.model import MemberKey, RoomId
from lanchat.core.nicks import skeletons
from lanchat.core.translate import _
from lanchat.engine import commands, events
from lanchat.engine.guest_codes import GuestCodes
from lanchat.engine.guest_reach import GuestReach
from lanchat.engine.host_driver import HostDriver
from lanchat.engine.tasks import Spawn
from lanchat.network.guest_files import GuestFiles
from lanchat.network.guest_link import GuestLink
from lanchat.network.guest_page import page_files
from lanchat.network.guest_server import GuestServer
from lanchat.network.link import Link
from lanchat.storage.records import now_ms
from lanchat.trust.guest_channel import Admission, GuestCode
from lanchat.trust.identity import Identity
from lanchat.trust.join_errors import Refusal

_RETRY_SECONDS = 10.0  # for a phone from an address that has many here already

Timer: TypeAlias = asyncio.TimerHandle


class GuestInvitations:
    def __init__(
        self, room_id: RoomId, title: str, identity: Identity, codes: GuestCodes, driver: HostDriver,
        is_banned: Callable[[MemberKey], bool], refusal: Callable[[], Refusal | None],
        addresses: Callable[[], Sequence[str]], tell: events.Tell, spawn: Spawn,
    ) -> None:  # fmt: skip
        """`refusal`: why nobody may come in at the moment. `addresses`: this computer's, the best first."""
        self._room_id = room_id
        self._title = title
        self._identity = identity
        self._codes = codes
        self._driver = driver
        self._is_banned = is_banned
        self._refusal = refusal
        self._reach = GuestReach(addresses, self._look, spawn)
        self._tell = tell
        self._spawn = spawn
        self._loop = asyncio.get_running_loop()
        self.files: GuestFiles | None = None  #: of the room; None: guests get none
        self._server: GuestServer | None = None
        self._opening = asyncio.Lock()
        self._here: dict[Link, MemberKey] = {}
        self._ending: Timer | None = None  # of the newest code
        self._shutting: Timer | None = None  # of the port, once nobody needs it
        self._told: events.GuestsInvited | None = None
        self._told_guests = events.GuestsCame(room_id, ())
        self._closed = False

    # --- what the person asks
    async def do(self, command: commands.GuestCommand) -> None:
        async with self._opening:
            match command:
                case commands.InviteGuests(lasts=lasts, renew=renew) if not self._closed:
                    await self._invite(lasts, renew)
                case commands.SetInvitationTime(lasts=lasts):
                    self._codes.set_time(lasts)
                    self._end_in_time()
                    self._look()
                case commands.ChooseGuestNetwork(address=address):
                    self._choose_network(address)
                case commands.CheckGuestAccess() if self._server is not None:
                    self._reach.examine(self._server.port)
                case commands.WithdrawGuests():
                    await self._withdraw()

    async def open(self) -> None:
        """Let those back in who came in before lanchat was started again, or at whoever kept the room open before."""
        async with self._opening:
            if not self._closed and self._codes and await self._serve():
                self._end_in_time()
                self._look()

    async def _invite(self, lasts: commands.InvitationTime, renew: bool) -> None:
        if not await self._serve():
            return
        newest = self._codes.newest
        if renew or newest is None or newest.is_over():
            self._codes.add(lasts)
            self._end_in_time()
        self._told = None
        self._look()

    async def _serve(self) -> bool:
        """Have the page's port open: the one where it was last, so that a page that is open on a phone finds it. False:
        that is not possible, and an Event said why."""
        if self._server is None:
            before = [self._codes.port] if self._codes.port else []
            try:
                server = GuestServer(self, self._identity, self._room_id, self._title, page_files())
                await server.open([*before, *limits.GUEST_PORTS, 0])
            except OSError as error:
                words = _("Phones cannot come in: this computer lets lanchat open no port for them ({why}).")
                self._tell(events.Problem(words.format(why=error.strerror or error), self._room_id))
                return False
            self._server = server
            self._codes.served_at(server.port)
            await self._reach.look_around()
            self._reach.examine(server.port)
        return True

    def _choose_network(self, address: str) -> None:
        if address in [network.address for network in self._reach.networks]:
            self._reach.choose(address)
            self._look()
        else:
            words = _("Phones do not come in at {address}: this computer has no such address for them.")
            self._tell(events.Problem(words.format(address=address), self._room_id))

    def _end_in_time(self) -> None:
        """Of the newest code, when its time is over."""
        self._ending = _cancelled(self._ending)
        newest = self._codes.newest
        if newest is not None and newest.ends_at is not None:
            seconds = max(0.0, (newest.ends_at - now_ms()) / 1000)
            self._ending = self._loop.call_later(seconds, self._end_newest)

    def _end_newest(self) -> None:
        """Let nobody new in with the newest code any more."""
        self._ending = _cancelled(self._ending)
        if self._codes.end_newest():
            self._told = None
            self._tell(events.GuestInvitationEnded(self._room_id, withdrawn=False))
        self._look()

    async def _withdraw(self) -> None:
        self._ending = _cancelled(self._ending)
        self._told = None
        kept = asyncio.ensure_future(self._codes.withdraw())
        for link in list(self._here):
            link.refuse(CloseCode.ENDED)
        await self._shut()
        await kept
        self._tell(events.GuestInvitationEnded(self._room_id, withdrawn=True))
        self._tell_guests()

    def remove(self, member: MemberKey) -> None:
        """Somebody was sent away: a guest comes back only with a code that is made later. The newest one lets nobody
        new in any more: in another browser they are somebody new."""
        if self._codes.remove(member):
            self._end_newest()

    def banned(self, member: MemberKey) -> None:
        """As `remove`: also a member may know the newest code, as an heir, and have other keys."""
        self._codes.remove(member)
        self._end_newest()

    async def close(self) -> None:
        """The room is not open here any more; its guests were told."""
        self._closed = True
        async with self._opening:
            self._ending, self._shutting = _cancelled(self._ending), _cancelled(self._shutting)
            await self._shut()
            await self._codes.close()
        if self.files is not None:
            self.files.close()

    def addresses_changed(self) -> None:
        """The link is another."""
        if self._server is not None:
            self._reach.examine(self._server.port)

    # --- the newest code, and the port
    def _look(self) -> None:
        """Tell what has changed, and whether the port is needed."""
        newest = self._codes.newest
        if newest is not None and self._server is not None:
            reach = self._reach
            fragment = newest.code.fragment(MemberKey(self._identity.key))
            link = f"http://{reach.address}:{self._server.port}/#{fragment}" if reach.address else ""
            told = events.GuestsInvited(
                self._room_id, link, newest.ends_at, len(self._here), limits.GUESTS, newest.made_at, newest.lasts,
                reach.networks, reach.obstacles,
            )  # fmt: skip
            if told != self._told:
                self._told = told
                self._tell(told)
        self._tell_guests()
        needed = bool(self._codes)  # who came in with one that has ended may come back
        if needed and self._shutting is not None:
            self._shutting = _cancelled(self._shutting)
        elif not needed and self._shutting is None and self._server is not None and not self._closed:
            self._shutting = self._loop.call_later(limits.GUEST_PORT_SECONDS, self._shut_soon)

    def _tell_guests(self) -> None:
        guests = events.GuestsCame(self._room_id, self._codes.arrivals(frozenset(self._here.values())))
        if guests != self._told_guests:
            self._told_guests = guests
            self._tell(guests)

    def _shut_soon(self) -> None:
        self._shutting = None
        self._spawn(self._shut_unneeded())

    async def _shut_unneeded(self) -> None:
        async with self._opening:
            if not self._codes:
                await self._shut()

    async def _shut(self) -> None:
        if self._server is not None:
            server, self._server = self._server, None
            await self._reach.close()
            await server.close()

    # --- from the server
    def find_code(self, code_id: bytes) -> GuestCode | None:
        invitation = self._codes.find(code_id)
        return None if invitation is None else invitation.code

    def guest_refusal(self, admission: Admission, address: str) -> Refusal | None:
        key = MemberKey(admission.card.key)
        invitation = self._codes.find(admission.code.code_id)
        is_new = invitation is None or key not in invitation.keys
        others = [link for link, other in self._here.items() if other != key]
        if (nobody := self._refusal()) is not None:
            return nobody
        if invitation is None or (is_new and invitation.is_over()):
            return Refusal(CloseCode.ENDED)
        if self._is_banned(key):
            return Refusal(CloseCode.BANNED)
        if not is_new and invitation.keys[key] is None:
            return Refusal(CloseCode.REMOVED)
        if len(others) >= limits.GUESTS or (is_new and len(invitation.keys) >= limits.GUEST_KEYS):
            return Refusal(CloseCode.FULL)
        if sum(link.peer_address == address for link in others) >= limits.GUESTS_PER_ADDRESS:
            return Refusal(CloseCode.CROWD, _RETRY_SECONDS)
        wanted = skeletons(admission.card.nick)
        if any(one != key and not wanted.isdisjoint(skeletons(nick)) for one, nick in self._driver.nicks_here):
            return Refusal(CloseCode.NICK)
        return None

    def guest_entered(self, link: GuestLink, admission: Admission) -> None:
        key = MemberKey(admission.card.key)
        invitation = self._codes.find(admission.code.code_id)
        assert invitation is not None, "guest_refusal has just found it"
        self._codes.came(invitation, key)
        self._here[link] = key
        self._reach.came_from(link.peer_address)
        self._driver.keep(admission.card)  # for its name beside what it wrote
        if self.files is not None:
            self.files.entered(link, key)
        self._driver.entered(link, admission.card, admission.device_id, guest=True)
        self._look()

    def guest_left(self, link: Link) -> None:
        self._here.pop(link, None)
        self._look()


def _cancelled(timer: Timer | None) -> Timer | None:
    """What is left of a timer that is not to go off: none."""
    if timer is not None:
        timer.cancel()
    return None
