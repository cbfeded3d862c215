"""Scribe: what writes a conversation down on stdout; for people (`Transcript`) or for programs (`JsonLines`)."""

from __future__ import annotations

from typing import Protocol

from lanchat.core.model import RoomId
from lanchat.core.nicks import Moves
from lanchat.engine.events import Event


class Scribe(Protocol):
    def tell(self, event: Event) -> None:
        """Write down what is of interest in it; of everything but the roster."""

    def moved(self, room_id: RoomId, moves: Moves) -> None:
        """Write down who came and went."""
