"""Guests: what a Host allows who is in the room with a browser. Pure.

A guest is a member with less: it reads the newest entries, writes texts and small files, changes what it wrote, and
reacts. It keeps no Log on a disk, so nothing is recovered from it, and nobody can be told that it has something: the
files that it offers go to the host alone (`core.guest_file_frames`).
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from lanchat.core import frames, limits
from lanchat.core.codes import RejectCode
from lanchat.core.content import Correction, Deletion, ReactionChange, Text, decode, fault_of
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import Entry

_KINDS: Final = frozenset(
    (Text.kind, FileOffer.kind, Correction.kind, Deletion.kind, ReactionChange.kind, ReactionChange.kind_off)
)
_FRAMES: Final = (
    frames.Resume, frames.Post, frames.Who, frames.Available, frames.Typing, frames.Read, frames.Ping, frames.Pong,
    frames.Bye, frames.Holding, frames.FindSources,
)  # fmt: skip


def guest_pace(pace: limits.Limits) -> limits.Limits:
    """What a guest is told in `welcome`, in a room with this pace."""
    posts_per_second, burst = limits.GUEST_POSTS
    return replace(
        pace,
        posts_per_second=min(pace.posts_per_second, posts_per_second),
        burst=min(pace.burst, burst),
        text_characters=min(pace.text_characters, limits.GUEST_CHARACTERS),
        newcomer_entries=min(pace.newcomer_entries, limits.GUEST_ENTRIES),
    )


def is_guest_frame(frame: frames.FromClient) -> bool:
    """Whether a guest's program sends such frames. It carries nothing here from another Log."""
    if isinstance(frame, frames.Holding):  # it names no port: nobody can connect to a browser
        return frame.port == 0 and len(frame.roots) <= limits.GUEST_FILES_HELD
    return isinstance(frame, _FRAMES) and not (isinstance(frame, frames.Post) and frame.carried)


def guest_fault_of(entry: Entry, pace: limits.Limits) -> RejectCode | None:
    """As `content.fault_of`, of an entry that a guest wrote. `pace`: the guest's."""
    if entry.kind not in _KINDS:
        return RejectCode.RIGHT
    fault = fault_of(entry, pace)
    if fault is None and entry.kind == FileOffer.kind:
        offer = decode(entry.kind, entry.body)
        if isinstance(offer, FileOffer) and offer.size > limits.GUEST_FILE_BYTES:
            return RejectCode.LONG
    return fault
