"""RoomAtTerminal: whose a room is and who keeps it open, for a conversation in the terminal, and the lines about that.

Main thread.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec.structs import replace

from lanchat.core.model import Card, MemberKey
from lanchat.core.nicks import Moves
from lanchat.core.rights import Rights
from lanchat.core.standing import Standing, role_words
from lanchat.core.translate import _, ngettext
from lanchat.engine import events
from lanchat.engine.events import ConnectionState

_RECONNECTED_SECONDS, _APART_SECONDS = 60.0, 2.0
_LINES_AT_ONCE, _AT_ONCE_SECONDS = 3, 120.0  # a poor Wi-Fi that comes and goes does not fill the screen


@dataclass(eq=False)
class RoomAtTerminal:
    me: MemberKey
    called: Callable[[MemberKey], str]
    owner: MemberKey | None = None  #: None: not known yet
    keeper: MemberKey | None = None  #: who has it open; None: not known yet
    asks: bool = False  #: a person types here
    heirs: tuple[MemberKey, ...] = ()  #: while I have it open: who can keep it open when I leave
    _changed_at: float = field(default=float("-inf"), init=False)  # when it got another keeper
    _apart: dict[MemberKey, float] = field(default_factory=dict, init=False)  # who lost the connection by that
    _told: deque[float] = field(default_factory=lambda: deque(maxlen=_LINES_AT_ONCE), init=False)
    _said_keeper: MemberKey | None = field(default=None, init=False)
    _aside: int = field(default=0, init=False)  # how many messages could not be brought back, as told

    @property
    def is_mine(self) -> bool:
        return self.owner == self.me

    @property
    def is_kept_here(self) -> bool:
        return self.keeper == self.me

    def rights(self, standing: Standing) -> Rights:
        """What I may do. `standing`: as the disk says."""
        return Rights(self.me, standing.of(self.owner), self.keeper)

    def note(self, event: events.Event) -> None:
        """Learn from an event."""
        match event:
            case events.Hosting():
                self.keeper, self.owner = self.me, self.owner or self.me
            case events.ConnectionChanged(state=ConnectionState.HOSTING):
                self.keeper, self.owner = self.me, event.owner or self.me
            case events.ConnectionChanged(host=Card(key)):
                self.keeper, self.owner, self.heirs = MemberKey(key), event.owner or MemberKey(key), ()
            case events.KeeperChanged(keeper=keeper) | events.KeptElsewhere(keeper=keeper):
                self.keeper, self._changed_at = keeper, time.monotonic()
            case events.HeirsChanged(heirs=heirs):
                self.heirs = heirs
            case _:
                pass

    def without_reconnections(self, moves: Moves) -> Moves:
        """Without those who only lose their connection, and are soon back, because somebody else keeps the room open
        from now on."""
        now, left = time.monotonic(), moves.left
        if left and now - self._changed_at < _APART_SECONDS:
            self._apart.update(dict.fromkeys(left, now))
            left = ()
        since = now - _RECONNECTED_SECONDS
        joined = tuple(key for key in moves.joined if self._apart.pop(key, float("-inf")) < since)
        return replace(moves, joined=joined, left=left)

    def words(self, event: events.Event) -> str:
        """What a person is told of an event, which was noted; "": nothing."""
        match event:
            case events.KeeperChanged(keeper=keeper):
                return self._keeper_changed(keeper)
            case events.RoleGiven(member=member, role=role, by=by):
                return role_words(role, self.called(member), self.called(by)) + "."
            case events.KeptElsewhere(keeper=keeper):
                self._said_keeper = keeper
                words = _("{name} keeps this room of yours open. /takeback lets it be open here again.")
                return words.format(name=self.called(keeper))
            case events.RebaseAsked(keeper=keeper, count=count) if self.asks:
                words = ngettext(
                    "The room as {name} keeps it lacks {n:,} message that you have: /bringback brings it there.",
                    "The room as {name} keeps it lacks {n:,} messages that you have: /bringback brings them there.",
                    count,
                )
                return words.format(n=count, name=self.called(keeper))
            case events.Rebased(count=count) if count:
                words = ngettext("{n} message is being brought back.", "{n} messages are being brought back.", count)
                return words.format(n=count)
            case events.BroughtBack(set_aside=set_aside):
                before, self._aside = self._aside, set_aside
                if set_aside <= before:
                    return ""
                words = ngettext("{n} message could not be brought back; /aside shows it.",
                                 "{n} messages could not be brought back; /aside shows them.", set_aside)  # fmt: skip
                return words.format(n=set_aside)
            case _:
                return ""

    def _keeper_changed(self, keeper: MemberKey) -> str:
        now = time.monotonic()
        full = len(self._told) == _LINES_AT_ONCE and self._told[0] > now - _AT_ONCE_SECONDS
        if full or keeper == self._said_keeper:
            return ""
        self._told.append(now)
        self._said_keeper = keeper
        if keeper == self.me:
            return _("You keep the room open now.")
        return _("{name} keeps the room open now.").format(name=self.called(keeper))

    def role_of(self, member: MemberKey) -> str:
        """Of who has the room open, in a few words; "": of others, and of me."""
        if member != self.keeper or member == self.me:
            return ""
        return _("hosts this room") if member == self.owner else _("keeps the room open")

    def when_i_leave(self) -> str:
        """Who keeps it open then; "": it is not open here."""
        if not self.is_kept_here:
            return ""
        if self.heirs:
            return _("When you leave, {name} keeps the room open.").format(name=self.called(self.heirs[0]))
        return _("When you leave, the room closes: nobody here can keep it open.")
