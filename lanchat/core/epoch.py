"""Epoch: a number for one opening of a room. It lasts until the room is opened again.

An epoch is `reign * 2**40 + turn * 2**20 + 20 random bits`, so that epochs are compared as numbers. Whoever opens a
room takes the next turn. Only the room's owner, or somebody the owner made an equal, begins a new reign: it is above
all turns of the reign before. The random bits tell two openings apart that nobody saw both of. Pure.
"""

from __future__ import annotations

from typing import Final

RANDOM_BITS: Final = 20

_TURN: Final = 1 << RANDOM_BITS
_REIGN: Final = 1 << 40
_REIGNS_MOST = 64  # the most by which a believable epoch is ahead of the one that somebody who was away holds
_TURNS_MOST = 65_536  # the same within one reign: ten years of a room that changes its keeper eighteen times a day


def reign(epoch: int) -> int:
    """How often an owner took the room back before this opening, or in it."""
    return epoch // _REIGN


def turn(epoch: int) -> int:
    """How often the room was opened in this reign before."""
    return epoch % _REIGN // _TURN


def next_epoch(above: int, bits: int, *, new_reign: bool = False) -> int:
    """The epoch of an opening that is above all epochs up to `above`. `bits`: RANDOM_BITS random bits.

    A reign whose turns are used up is followed by a new one.
    """
    if new_reign or turn(above) == _REIGN // _TURN - 1:
        return (reign(above) + 1) * _REIGN + bits
    return reign(above) * _REIGN + (turn(above) + 1) * _TURN + bits


def is_plausible(claimed: int, held: int) -> bool:
    """Whether somebody who holds the epoch `held` may believe that the room has come to `claimed`. More is nonsense
    that would leave no room above it."""
    if reign(claimed) == reign(held):
        return turn(claimed) - turn(held) <= _TURNS_MOST
    return reign(claimed) - reign(held) <= _REIGNS_MOST and turn(claimed) <= _TURNS_MOST
