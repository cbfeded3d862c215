"""Standing: who is banned from a room, and whom its owner gave a role, as the entries of the Log say. Pure.

`+ban`, `+unban` and `+role` are folded in the order of the Log by `take`; `fault` says which of them count. Nothing
else decides that: hosts refuse what does not count, `storage.projection` folds it, and `highest_rank` judges passes.
"""

from __future__ import annotations

from collections.abc import Mapping

from lanchat.core.codes import RejectCode
from lanchat.core.content import BanChange
from lanchat.core.keeping import Pass, Rank, Role, RoleChange
from lanchat.core.model import MemberKey
from lanchat.core.translate import _


class Standing:
    def __init__(
        self,
        owner: bytes | None,
        bans: Mapping[MemberKey, Rank] | None = None,
        roles: Mapping[MemberKey, RoleChange] | None = None,
    ) -> None:
        """`owner`: None: not known yet. `bans`: by what rank each was banned. `roles`: the newest of each member."""
        self.owner = owner
        self.bans = dict(bans or {})
        self.roles = dict(roles or {})

    def of(self, owner: bytes | None) -> Standing:
        """The same in the room of this owner."""
        return Standing(owner, self.bans, self.roles)

    def rank(self, key: bytes) -> Rank:
        """What this member may do, by what the owner says. Who is banned may do nothing more than others."""
        if key == self.owner:
            return Rank.OWNER
        role = self.roles.get(MemberKey(key))
        return Rank.MEMBER if role is None or key in self.bans else Rank(role.rank)

    def role(self, key: bytes) -> Role:
        """The role that the owner gave this member."""
        change = self.roles.get(MemberKey(key))
        return "member" if change is None else change.role

    def role_pass(self, key: bytes) -> Pass | None:
        """The pass in the member's role."""
        change = self.roles.get(MemberKey(key))
        return change.given if change is not None else None

    def highest_rank(self, key: MemberKey) -> Rank | None:
        """The most that passes make of this member; None: nothing. Whom the owner gave no role has passes that speak
        for themselves."""
        change = self.roles.get(key)
        if key in self.bans or (change is not None and change.given is None):
            return None
        return Rank(change.rank) if change is not None else Rank.CO_OWNER

    def fault(self, change: BanChange | RoleChange, author: bytes) -> RejectCode | None:
        """Why a change by `author` that comes now has no effect; None when it has one."""
        mine, member = self.rank(author), MemberKey(change.member)
        match change:
            case RoleChange():
                allowed = mine is Rank.OWNER and member != self.owner
            case BanChange(on=True):
                allowed = mine is not Rank.MEMBER and mine > self.rank(member)
            case BanChange():
                allowed = mine is not Rank.MEMBER and mine >= self.bans.get(member, mine) and member != self.owner
        return None if allowed else RejectCode.RIGHT

    def take(self, change: BanChange | RoleChange, author: bytes) -> None:
        """Let a change by `author` have its effect, if it has one."""
        if self.fault(change, author) is not None:
            return
        member = MemberKey(change.member)
        match change:
            case RoleChange():
                self.roles[member] = change
            case BanChange(on=True):
                self.bans[member] = max(self.rank(author), self.bans.get(member, Rank.MEMBER))
            case BanChange():
                self.bans.pop(member, None)


def role_words(role: Role, name: str, by: str) -> str:
    """That `by`, whose room it is, gave somebody a role."""
    match role:
        case "coowner":
            words = _("{by} made {name} a co-owner of this room")
        case "keeper":
            words = _("{by} lets {name} keep this room open")
        case _:
            words = _("{by} made {name} a member like all others")
    return words.format(by=by, name=name)
