"""RoomKeeping: who can keep a room open, when that changed, and what is being brought back. Pure; Tk thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from lanchat.core.keeping import Keepers, Role
from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.desktop.model.own_messages import UnsentMessage
from lanchat.engine import events
from lanchat.engine.commands import Leave
from lanchat.engine.events import EntryState

_LINES = 50  # to be shown again when the window is rebuilt
_LINES_AT_ONCE, _AT_ONCE_MS = 3, 120_000  # a poor Wi-Fi that comes and goes does not fill the conversation


class KeeperLine(Struct, frozen=True):
    """Somebody else keeps the room open from here on."""

    after: int  #: seq of the entry before it
    at: int  #: ms
    keeper: MemberKey


class RoleLine(Struct, frozen=True):
    """The owner gave a member a role here."""

    after: int  #: seq of the entry before it
    member: MemberKey
    role: Role
    by: MemberKey


#: What `RoomPreferences.heir` says when a room is to close.
NOBODY = "nobody"


def parting(room_id: RoomId, heirs: Iterable[MemberKey], wanted: str) -> Leave | None:
    """How to leave a room that is open here, so that who is `wanted` keeps it (`RoomPreferences.heir`); None: as any
    room, and whoever can keeps it open."""
    if wanted == NOBODY:
        return Leave(room_id, closed=True)
    heir = next((key for key in heirs if key.hex() == wanted), None)
    return Leave(room_id, heir) if heir is not None else None


class RoomKeeping:
    def __init__(self) -> None:
        self.heirs: tuple[MemberKey, ...] = ()  #: while it is open here: who can keep it open when I leave
        self.keepers: Keepers = "anyone"  #: of a room of mine
        self.asked: events.RebaseAsked | None = None
        self.taking_back = False  #: the person wants to have their room open here again
        self.left = 0  #: how many entries are being brought back
        self.set_aside = 0  #: how many could not be
        self.carried: dict[EntryId, UnsentMessage] = {}  #: messages that are being brought back, the newest of them
        self.told: set[EntryId] = set()  #: all that was ever carried here: nobody is notified of it again
        self.lines: list[KeeperLine] = []  #: the newest last
        self.role_lines: list[RoleLine] = []  #: the same

    def gave_role(self, line: RoleLine) -> None:
        self.role_lines = [*self.role_lines, line][-_LINES:]

    def changed(self, keeper: MemberKey, after: int, at: int) -> None:
        """Another member keeps the room open. What changes again before anything else is said is one line, and no more
        than three lines come in two minutes."""
        recent = [line.keeper for line in self.lines if line.at > at - _AT_ONCE_MS]
        if recent[-1:] == [keeper]:
            return
        kept = list(self.lines)
        if kept and (kept[-1].after == after or len(recent) >= _LINES_AT_ONCE):
            kept.pop()
        if recent[-2:-1] != [keeper] or len(kept) == len(self.lines):
            kept.append(KeeperLine(after, at, keeper))
        self.lines = kept[-_LINES:]

    def cut_back(self, last: int) -> None:
        """The log ends here now; what came after it is another."""
        self.lines = [replace(line, after=min(line.after, last)) for line in self.lines]
        self.role_lines = [replace(line, after=min(line.after, last)) for line in self.role_lines]
        self.asked = None

    def carries(
        self, waiting: Iterable[Message], me: MemberKey, state_of: Callable[[EntryId], EntryState]
    ) -> None:
        """These are being brought back. `state_of` a message of mine: as before."""
        self.carried = {}
        for one in waiting:
            self.told.add(one.message_id)
            state = state_of(one.message_id) if one.author == me else EntryState.TAKEN
            self.carried[one.message_id] = UnsentMessage(
                one.message_id, one.text, one.sent_at, state, "", one.reply_to, one.offer, one.author, True
            )
