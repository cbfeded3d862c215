"""Codes: why a Host closes a connection, rejects an entry or takes none for now; and the words for each.

Only codes are sent: each program words them in the language of its user. A program that does not know a code acts on
the frame alone.
"""

from __future__ import annotations

import enum
from typing import Annotated, TypeAlias

import msgspec

from lanchat.core.translate import _, ngettext

#: As decoded: a code that this program does not know is passed on. Its form leaves no room for free text.
Code: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"\A[a-z_]{1,16}\Z")]


class CloseCode(enum.StrEnum):
    """`refused`: why this connection is closed."""

    # getting in
    ORDER = "order"  #: a frame that has no place there
    SIGNATURE = "signature"  #: the proof of being this member is not right
    CARD = "card"  #: it is not signed by its member, or has no nick
    BANNED = "banned"  #: also said to a member that is in
    STRANGER = "stranger"  #: files are for members
    PASSPHRASE = "passphrase"  #: one is needed
    WRONG = "wrong"  #: the passphrase is not this one
    BUSY = "busy"  #: too many passphrases were tried; again after `retry_ms`
    CROWD = "crowd"  #: too many strangers came from this address; again after `retry_ms`
    FULL = "full"  #: no more members
    DEVICES = "devices"  #: no more devices of this member
    SELF = "self"  #: said to a host of this room that looks for others: it found itself
    STANDBY = "standby"  #: the room is open elsewhere, and will be here when that ends; try again soon
    # at any time
    FRAME = "frame"  #: a frame that no honest program sends
    SLOW = "slow"  #: the next frame, or the rest of one, took too long
    # to a member that is in
    REMOVED = "removed"  #: the host sent it away
    REPLACED = "replaced"  #: its device came in anew
    FORGED = "forged"  #: a signature is wrong
    ENDED = "ended"  #: of a guest: the code that it came with has ended, or was withdrawn
    NICK = "nick"  #: of a guest: somebody here is called so, or nearly so
    GONE = "gone"  #: nothing was heard of it
    DISK = "disk"  #: the host cannot read its disk


class RejectCode(enum.StrEnum):
    """`rejected`: why this entry will never be taken."""

    KIND = "kind"  #: the name of its kind is not one
    LONG = "long"  #: more characters than the room's limits allow
    LINES = "lines"  #: more lines than they allow
    EMPTY = "empty"  #: a text of which nothing would be seen
    ENCODING = "encoding"  #: a text that is not UTF-8
    COUNTER = "counter"  #: its device has written something later already
    ID = "id"  #: another author's entry has this id
    CONTENT = "content"  #: an annotation whose body is not as its kind says
    TARGET = "target"  #: the message that it is about is not here
    RIGHT = "right"  #: its author may not do that
    DELETED = "deleted"  #: the message that it is about was deleted
    MANY = "many"  #: its message has as many different reactions as fit


class HoldCode(enum.StrEnum):
    """`slow_down`: why nothing is taken for now. There is none for a member that only posts too fast."""

    DISK_FULL = "disk_full"
    DISK = "disk"


def close_words(code: str, wait: float = 0.0) -> str:
    """Why a host closed a connection, for the person whose it was; "" for a code that is not known here.

    `wait`: for how many seconds it makes no sense to try again, as the host said.
    """
    match code:
        case CloseCode.BANNED:
            return _("The host of this room does not want you in it.")
        case CloseCode.BUSY:
            return _("Too many passphrases were tried lately. Wait a little, then try again.")
        case CloseCode.CROWD:
            seconds = max(1, round(wait))
            words = ngettext(
                "Too many people whom the host does not know came from your network address lately. "
                "Try again in {n} second.",
                "Too many people whom the host does not know came from your network address lately. "
                "Try again in {n} seconds.",
                seconds,
            )
            return words.format(n=seconds)
        case CloseCode.FULL:
            return _("The room is full.")
        case CloseCode.DEVICES:
            return _("You are in this room from too many devices already.")
        case CloseCode.REMOVED:
            return _("the host sent you away")
        case CloseCode.REPLACED:
            return _("you joined again from this device")
        case CloseCode.SLOW | CloseCode.GONE:
            return _("the host heard nothing from here for too long")
        case CloseCode.DISK:
            return _("the host cannot read its disk at the moment")
        case CloseCode.ORDER | CloseCode.FRAME | CloseCode.SIGNATURE | CloseCode.CARD | CloseCode.FORGED:
            return _("the host did not understand what this lanchat sent")
        case _:
            return ""


def rejection_words(code: str) -> str:
    """Why an entry was not sent, for its author."""
    match code:
        case RejectCode.LONG:
            return _("It is longer than this room allows.")
        case RejectCode.LINES:
            return _("It has more lines than this room allows.")
        case RejectCode.EMPTY:
            return _("There is nothing in it.")
        case RejectCode.COUNTER:
            return _("This device has written something newer already.")
        case RejectCode.TARGET:
            return _("That message is not in the room.")
        case RejectCode.RIGHT:
            return _("Only who wrote it, or who founded this room, can do that.")
        case RejectCode.DELETED:
            return _("That message was deleted.")
        case RejectCode.MANY:
            return _("That message has as many different reactions as fit.")
        case CloseCode.REMOVED:
            return _("The host sent you away before it had confirmed this.")
        case CloseCode.BANNED:
            return close_words(code)
        case _:
            return _("The host does not take it.")


def hold_words(code: str) -> str:
    """Why a host takes nothing for now."""
    return _("its disk is full") if code == HoldCode.DISK_FULL else _("its disk cannot be written at the moment")
