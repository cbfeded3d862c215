"""Epoch: a number for one opening of a room. It lasts until the room is opened again.

An epoch is `reign * 2**40 + turn * 2**20 + 20 random bits`, so that epochs are compared as numbers. Whoever opens a
room takes the next turn. Only the room's owner begins a new reign: it is above all turns of the reign before, and each
opening in it shows the owner's signature of its number (`trust.passes`). Of the turns of a reign, too, the upper half
is the owner's alone. So members can use up the turns of one reign, but nobody can leave the owner without an epoch
above theirs. `may_begin` is this rule. It depends on nothing but the opening itself, hence it is the same for
newcomers, for who was away, and at any time. The random bits tell two openings apart that nobody saw both of. Pure.
"""

from __future__ import annotations

from typing import Final

RANDOM_BITS: Final = 20
SHARED_TURNS: Final = 1 << 19  #: of each reign: members may take these, and the owner

_TURN: Final = 1 << RANDOM_BITS
_REIGN: Final = 1 << 40
_END: Final = 1 << 53  # no epoch is so high: it would not fit what carries it (`model.Count`)
_REIGNS_MOST = 64  # by which an epoch is ahead that is worth a visit


class NoEpochLeft(Exception):
    """There is no higher epoch that is ours to begin."""


def reign(epoch: int) -> int:
    """How often the owner took the room back before this opening, or in it."""
    return epoch // _REIGN


def turn(epoch: int) -> int:
    """How often the room was opened in this reign before."""
    return epoch % _REIGN // _TURN


def may_begin(epoch: int, *, owner: bool, reign_signed: bool) -> bool:
    """Whether this epoch may be begun by the room's owner, or by a member. `reign_signed`: the owner signed the number
    of its reign."""
    if owner:
        return epoch < _END
    return epoch < _END and turn(epoch) < SHARED_TURNS and (reign(epoch) == 0 or reign_signed)


def next_epoch(above: int, bits: int, *, owner: bool = False, new_reign: bool = False) -> int:
    """The epoch of an opening that is above all epochs up to `above`. `bits`: RANDOM_BITS random bits. `new_reign`:
    which is begun by an owner only, if there is one left. A reign whose turns are used up is followed by a new one.

    Raises NoEpochLeft.
    """
    begins = owner and (new_reign or turn(above) == _REIGN // _TURN - 1) and (reign(above) + 1) * _REIGN < _END
    following = (reign(above) + 1) * _REIGN if begins else above // _TURN * _TURN + _TURN
    if not may_begin(following, owner=owner, reign_signed=True) or (reign(following) > reign(above) and not begins):
        raise NoEpochLeft
    return following + bits


def has_next(above: int, *, owner: bool) -> bool:
    """Whether there is a higher epoch for the owner, or for a member."""
    try:
        return bool(next_epoch(above, 0, owner=owner))
    except NoEpochLeft:
        return False


def is_plausible(announced: int, held: int) -> bool:
    """Whether who holds the epoch `held` visits a host that only announces another one, which proves nothing."""
    return reign(announced) - reign(held) <= _REIGNS_MOST
