"""MemberCards: what a Host does with the cards of its Members: new ones of those who are here, and those asked for."""

from __future__ import annotations

from collections.abc import Sequence

from lanchat.core import frames, limits
from lanchat.core.frames import Misbehaved, encode
from lanchat.core.host_actions import Action, CheckCard, ReadCards, SendTo
from lanchat.core.member_news import Presence
from lanchat.core.model import Card, MemberKey
from lanchat.core.profile import decode_profile
from lanchat.core.sessions import Member, Session
from lanchat.core.text import clean_line


class MemberCards:
    def __init__(self, host: Card, presence: Presence) -> None:
        """`host`: the card of the host's own person. `presence`: hears of new cards of those who are here."""
        self.host = host
        self._presence = presence

    def renames(self, session: Session, card: Card) -> list[Action]:
        """A Session sent a new card. One is checked at a time; of those that arrive meanwhile only the last is kept.
        Raises Misbehaved."""
        if card.key != session.member.key:
            raise Misbehaved("a card of somebody else")
        if not clean_line(card.nick, limits.NICK_CHARACTERS):
            raise Misbehaved("a card without a name")
        if decode_profile(card.profile).guest != session.member.guest:
            raise Misbehaved("a card of another kind")
        if session.checking:
            session.unchecked = card
            return []
        session.checking = True
        return [CheckCard(session.id, card)]

    def renamed(self, session: Session, card: Card) -> list[Action]:
        """The answer to CheckCard: its Member signed it."""
        self.take(session.member, card)
        session.checking = False
        later, session.unchecked = session.unchecked, None
        return [] if later is None else self.renames(session, later)

    def take(self, member: Member, card: Card) -> None:
        """A card of a Member, which they signed: it counts if it is newer."""
        if card.revision > member.card.revision:
            member.card = card
            if card.key == self.host.key:
                self.host = card
            if member.here:
                self._presence.came(card)

    def asked(self, session: Session, keys: Sequence[bytes]) -> list[Action]:
        """A Session wants the cards of these. Raises Misbehaved."""
        if session.asking or not 1 <= len(keys) <= limits.ASKED_AT_ONCE:
            raise Misbehaved("too many cards at once")
        session.asking = True
        return [ReadCards(session.id, tuple(map(MemberKey, keys)))]

    def found(self, session: Session, cards: Sequence[Card]) -> list[Action]:
        """The answer to ReadCards."""
        session.asking = False
        return [SendTo(session.id, encode(frames.Cards(list(cards))))]
