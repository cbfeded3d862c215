"""People as a terminal shows them: one under the other, in a column of nicks. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from wcwidth import width

from lanchat.core.model import MemberKey
from lanchat.core.nicks import Nicks, People

_COLUMN_LEAST, _COLUMN_MOST = 4, 16


class PeopleColumn(People):
    """Who is in a room, and how wide the column of their nicks is."""

    def __init__(self, me: MemberKey, nicks: Mapping[MemberKey, str]) -> None:
        super().__init__(me, Nicks(nicks))
        self.column = _COLUMN_LEAST  #: cells that the nicks shown so far need; never shrinks, so that columns stay

    def called(self, key: MemberKey) -> str:
        nick = super().called(key)
        self.column = min(max(self.column, width(nick)), _COLUMN_MOST)
        return nick
