"""Nicks: what members are called and say of themselves, who is in a room, and which names could be confused. Pure.

Names are compared by their skeletons (UTS 39 of Unicode): two names with the same skeleton look the same, or nearly so,
whatever their script and case.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Generic, TypeVar

from msgspec import Struct

from lanchat.core.confusables import LOOK_LIKE
from lanchat.core.listing import Listing, key_fingerprint
from lanchat.core.model import Availability, Card, MemberKey
from lanchat.core.profile import Profile, decode_profile
from lanchat.core.text import INVISIBLE, JOINERS, TAGS, shown_nick
from lanchat.core.translate import _

_Key = TypeVar("_Key", bound=Hashable)

#: Invisible characters, and the blank Braille pattern.
_IGNORED = re.compile(f"[{INVISIBLE}{JOINERS}{TAGS}\u2800]")

_TAG_AT_END = re.compile(r"\(\w{4}\W*$")  # a name that pretends to have a tag already
_WORD = re.compile(r"\w+")
_TAGGED = re.compile(r"(.*\S)\s*\((\w{4})\)", re.DOTALL)  # a nick and a tag


class Lookalikes(Generic[_Key]):
    """A set of names by key, which tells whose name looks like another's."""

    def __init__(self) -> None:
        self._skeletons: dict[_Key, frozenset[str]] = {}
        self._often: Counter[str] = Counter()  # how many have a name of this skeleton

    def call(self, key: _Key, name: str) -> None:
        """`key` has this name from now on."""
        self.drop(key)
        self._skeletons[key] = found = skeletons(name)
        self._often.update(found)

    def drop(self, key: _Key) -> None:
        for skeleton in self._skeletons.pop(key, ()):
            self._often[skeleton] -= 1
            if not self._often[skeleton]:
                del self._often[skeleton]

    def apart(self, key: _Key, name: str, tag: str) -> str:
        """The name as it is shown: with `tag` if it could be taken for another, or seems to have a tag already."""
        return f"{name} ({tag})" if key in self or _TAG_AT_END.search(name) else name

    def like(self, name: str) -> bool:
        """Whether a name that is not in the set could be taken for one that is."""
        return bool(_TAG_AT_END.search(name)) or any(self._often[skeleton] for skeleton in skeletons(name))

    def looking_like(self, name: str) -> list[_Key]:
        """Whose names could be taken for this one."""
        wanted = skeletons(name)
        return [key for key, found in self._skeletons.items() if not found.isdisjoint(wanted)]

    def __contains__(self, key: _Key) -> bool:
        """Whether the name of `key` could be taken for another's."""
        return any(self._often[skeleton] > 1 for skeleton in self._skeletons.get(key, ()))


@lru_cache(maxsize=4_096)
def skeletons(name: str) -> frozenset[str]:
    """The skeletons of a name as written and in lower case: "AIex" is like "Alex", and "IVAN" is like "ivan"."""
    return frozenset((_skeleton(name), _skeleton(name.casefold())))


def _skeleton(name: str) -> str:
    plain = unicodedata.normalize("NFKD", _IGNORED.sub("", name))
    alike = unicodedata.normalize("NFD", plain.translate(_table())).casefold()
    return " ".join(alike.split())


@cache
def _table() -> dict[int, str]:
    ones, others = LOOK_LIKE.split("\t")[::2], LOOK_LIKE.split("\t")[1::2]
    return {ord(other): one for one, alike in zip(ones, others, strict=False) for other in alike}


class Nicks:
    """The cleaned nicks of members by key, and their profiles. Where two nicks look alike, a tag of the key is
    added."""

    def __init__(self, nicks: Mapping[MemberKey, str]) -> None:
        self._nicks: dict[MemberKey, str] = {}
        self._profiles: dict[MemberKey, bytes] = {}  # as in their cards, where there is one
        self._alike: Lookalikes[MemberKey] = Lookalikes()
        self._keys: dict[bytes, MemberKey] = {}  # by fingerprint; filled when it is needed
        self._named: dict[str, MemberKey] = {}  # by the nick, case folded; some have another nick by now
        for key, nick in nicks.items():
            self.call(key, nick)

    def call(self, key: MemberKey, nick: str) -> None:
        """The member has this nick from now on."""
        nick = shown_nick(nick)
        if nick != self._nicks.get(key):
            self._nicks[key] = nick
            self._named[nick.casefold()] = key
            self._alike.call(key, nick)

    def learn(self, cards: Iterable[Card]) -> None:
        for card in cards:
            self.call(MemberKey(card.key), card.nick)
            self.describe(MemberKey(card.key), card.profile)

    def describe(self, key: MemberKey, profile: bytes) -> None:
        """The member's card has this profile from now on."""
        if profile:
            self._profiles[key] = profile
        else:
            self._profiles.pop(key, None)

    def profile(self, key: MemberKey) -> Profile:
        """What the member's card says; an empty profile while unknown."""
        return decode_profile(self._profiles.get(key, b""))

    def knows(self, key: MemberKey) -> bool:
        return key in self._nicks

    def all(self) -> Iterable[str]:
        """Everybody's, as they gave them, cleaned."""
        return self._nicks.values()

    def member_named(self, nick: str) -> MemberKey | None:
        """A member with this nick, in whatever case: of several, who was heard of last."""
        folded = nick.casefold()
        key = self._named.get(folded)
        return key if key is not None and self._nicks[key].casefold() == folded else None

    def nick(self, key: MemberKey) -> str:
        """As the member gave it, cleaned; "" while unknown."""
        return self._nicks.get(key, "")

    def is_guest(self, key: MemberKey) -> bool:
        """Whether the member is here with a browser, as their card says; False while unknown."""
        return self.profile(key).guest

    def called(self, key: MemberKey) -> str:
        """As it is shown: with a tag of the key where the nick alone would not tell who it is."""
        nick = self._nicks.get(key)
        if nick is None:
            return _("someone {tag}").format(tag=tag(key))
        if seems_marked(nick):
            return f"{nick} ({tag(key)})"
        return self._alike.apart(key, nick, tag(key))

    def mark(self, key: MemberKey) -> str:
        """What stands behind the name of a guest in plain text, where nothing else tells them from members; else ""."""
        return _("(guest)") if self.is_guest(key) else ""

    def marked(self, key: MemberKey) -> str:
        """As it is shown, with that mark."""
        return f"{self.called(key)} {self.mark(key)}".rstrip()

    def introduced(self, card: Card | None) -> str:
        """The nick to show for the owner of this card, which is learned; "someone" without a card."""
        if card is None:
            return shown_nick("")
        self.learn([card])
        return self.called(MemberKey(card.key))

    def told_apart(self, key: MemberKey) -> str:
        """The nick with a tag of the key, whether or not it is shown so."""
        return f"{self.nick(key)} ({tag(key)})" if self.knows(key) else self.called(key)

    def looking_like(self, nick: str) -> list[MemberKey]:
        """Everybody ever met whose nick could be taken for this one."""
        return self._alike.looking_like(nick)

    def told_apart_as(self, name: str) -> list[MemberKey]:
        """Everybody ever met who is meant by this name, which ends in a tag of the key."""
        if not (tagged := _TAGGED.fullmatch(name.strip())):
            return []
        nick, mark = tagged.groups()
        return [key for key in self.looking_like(nick) if tag(key) == mark.lower()]

    def host_of(self, listing: Listing) -> str:
        """The nick of the host that a listing claims, as it is shown: with a tag of the key where it could be taken for
        the nick of somebody else whom we know. "" while unknown."""
        nick = shown_nick(listing.host) if listing.host else ""
        if not nick or not self._alike.like(nick):
            return nick
        if len(self._keys) < len(self._nicks):
            self._keys = {key_fingerprint(key): key for key in self._nicks}
        key = self._keys.get(listing.fingerprint)
        return f"{nick} ({_mark(listing.fingerprint)})" if key is None else self.called(key)


class Moves(Struct, frozen=True):
    """What a change of the roster means for the person who watches it."""

    first: bool = False  #: those who joined were here before us
    joined: tuple[MemberKey, ...] = ()
    left: tuple[MemberKey, ...] = ()
    renamed: tuple[tuple[MemberKey, str], ...] = ()  #: with the name before


class People:
    """The members who are in a room. Several rooms may share one Nicks."""

    def __init__(self, me: MemberKey, nicks: Nicks) -> None:
        self.me = me
        self.nicks = nicks
        self._here: dict[MemberKey, str] = {}  # with the nick they had when the room last heard of them
        self._states: dict[MemberKey, Availability] = {}  # of those who are here and not HERE
        self._met = False

    def changed(
        self, joined: Iterable[Card], left: Iterable[Card], *, whole: bool,
        states: Iterable[tuple[MemberKey, Availability]] = (),
    ) -> Moves:  # fmt: skip
        """Apply a change of the roster and return what is news in it.

        After a lost connection a `whole` roster comes again, of which only the differences are news.
        """
        cards = {MemberKey(card.key): card for card in joined}
        gone = self._here.keys() - cards.keys() if whole else {MemberKey(card.key) for card in left}
        before = {key: self._here[key] for key in cards if key in self._here}
        went = tuple(key for key in self._here if key in gone and key != self.me)
        first, self._met = whole and not self._met, True
        for key in gone:
            self._here.pop(key, None)
        kept = {} if whole else {key: state for key, state in self._states.items() if key not in gone}
        self._states = {**kept, **dict(states)}
        shown = {key: self.called(key) if self.nicks.nick(key) == old else old for key, old in before.items()}
        self.nicks.learn(cards.values())
        self._here.update((key, self.nicks.nick(key)) for key in cards)
        return Moves(
            first,
            tuple(key for key in cards if key not in before and key != self.me),
            went,
            tuple((key, shown[key]) for key, old in before.items() if self.nicks.nick(key) != old),
        )

    def called(self, key: MemberKey) -> str:
        return self.nicks.called(key)

    def marked(self, key: MemberKey) -> str:
        return self.nicks.marked(key)

    def availability(self, key: MemberKey) -> Availability:
        """Of somebody who is in the room."""
        return self._states.get(key, Availability.HERE)

    def here(self) -> list[MemberKey]:
        """Who is in the room, sorted by name; I am last."""
        everyone = self._here.keys() | {self.me}
        return sorted(everyone, key=lambda key: (key == self.me, self.called(key).casefold()))

    def is_here(self, key: MemberKey) -> bool:
        return key in self._here

    def here_called(self, nick: str) -> list[MemberKey]:
        """The members in the room with this nick, as they gave it or as it is shown."""
        wanted = nick.removeprefix("@")
        return [key for key in self.here() if _same(wanted, self.nicks.nick(key)) or _same(wanted, self.called(key))]

    def addressed(self, name: str) -> list[MemberKey]:
        """Others who may be meant by this name, here or ever met: those told apart by it, or else all whose nicks could
        be taken for it. Of several the person says which one, lest an impostor gets what was meant for another."""
        return self.told_apart_as(name) or self._others(self.nicks.looking_like, name)

    def told_apart_as(self, name: str) -> list[MemberKey]:
        """Others who are meant by this name with a tag."""
        return self._others(self.nicks.told_apart_as, name)

    def _others(self, found: Callable[[str], list[MemberKey]], name: str) -> list[MemberKey]:
        names = dict.fromkeys((name, name.removeprefix("@")))
        return list(dict.fromkeys(key for one in names for key in found(one) if key != self.me))


def tag(key: MemberKey) -> str:
    """Four characters of a key, to tell people apart on screen; too few to prove who somebody is."""
    return _mark(key_fingerprint(key))


def _mark(fingerprint: bytes) -> str:
    return base64.b32encode(fingerprint[:5]).decode().lower()[:4]


def seems_marked(nick: str) -> bool:
    """Whether a nick of several words ends in what looks like the word that marks guests."""
    return _ends_in(nick, _("(guest)"))


@lru_cache(maxsize=4_096)
def _ends_in(nick: str, mark: str) -> bool:
    words, marks = _WORD.findall(nick), _WORD.findall(mark)
    return len(words) > 1 and not skeletons(words[-1]).isdisjoint(skeletons(marks[-1]))


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()
