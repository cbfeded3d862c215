"""The files that were sent in a room, as a table for people. Main thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from lanchat.core.dates import clock, moment, short_date
from lanchat.core.file_words import count_words, shown_file_name
from lanchat.core.message import Message
from lanchat.core.model import EntryId, MemberKey, RoomId
from lanchat.core.sizes import duration_words, size_words
from lanchat.core.translate import _
from lanchat.engine.events import FileChanged, FileState
from lanchat.storage.reader import Hit, Reader
from lanchat.terminal.output import GAP, fitted

_NUMBERS = 2**40  # more entries no room has
_NICK_CELLS, _WHEN_CELLS, _SIZE_CELLS, _STATE_CELLS = 16, 23, 9, 12


def offer_table(
    offers: Iterable[Message], called: Callable[[MemberKey], str], states: Mapping[EntryId, FileChanged]
) -> list[str]:
    """A line for each: number, who, when, size, state, name. The number is that of the message: it stays."""
    rows = [(one, one.offer) for one in offers if one.offer is not None]
    digits = max((len(str(one.seq)) for one, _offer in rows), default=1)
    lines = []
    for one, offer in rows:
        at = moment(one.written_at)
        name = shown_file_name(offer)
        if offer.is_voice:
            name = _("voice message, {duration}").format(duration=duration_words(offer.seconds))
        elif files := count_words(offer):
            name = _("{name}, {files}").format(name=name, files=files)
        lines.append(GAP.join([
            str(one.seq).rjust(digits), fitted(called(one.author), _NICK_CELLS),
            f"{short_date(at.date())} {clock(at)}".rjust(_WHEN_CELLS), size_words(offer.size).rjust(_SIZE_CELLS),
            fitted(state_words(states.get(one.message_id)), _STATE_CELLS), name,
        ]))  # fmt: skip
    return lines


def state_words(now: FileChanged | None) -> str:
    """Where it stands on this computer, in a word or two."""
    if now is None:
        return ""
    share = f"{100 * now.done // max(1, now.size)} %"
    return {
        FileState.OFFERED: "", FileState.WAITING: _("waiting"), FileState.COMING: share,
        FileState.PAUSED: _("paused {share}").format(share=share), FileState.HERE: _("here"),
        FileState.MINE: _("yours"), FileState.FAILED: _("failed"), FileState.UNAVAILABLE: _("unavailable"),
    }[now.state]  # fmt: skip


def offer_anywhere(reader: Reader, room_id: RoomId, number: int) -> Hit | None:
    """The message with this number, if it offers files: in the room, or in a private thread in it."""
    threads = [thread.thread_id for thread in reader.threads() if thread.room_id == room_id]
    for conversation in (room_id, *threads):
        if (found := offer_numbered(reader, conversation, number)) is not None:
            return Hit(conversation, found)
    return None


def offer_numbered(reader: Reader, room_id: RoomId, number: int) -> Message | None:
    """The message with this number, if it offers files."""
    found = reader.after(room_id, number - 1, 1) if 0 < number < _NUMBERS else []
    return found[0] if found and found[0].seq == number and found[0].offer is not None else None
