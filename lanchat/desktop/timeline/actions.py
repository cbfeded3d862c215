"""Actions: what a click in the timeline can do, as values that its text carries; and the menu of a row. Pure.

`TextPiece` and `ImagePiece` have an action or none. `Pointer` finds the piece under the mouse, `Timeline.perform` does
what its action says. A new kind of link or button is a new class here, a case in `perform`, and a piece that has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TypeAlias

from lanchat.core.model import EntryId, MemberKey
from lanchat.core.translate import _
from lanchat.desktop.theme.icons import IconName
from lanchat.desktop.timeline.rows import MessageRow, MutedRow, TimelineRow
from lanchat.desktop.widgets.menus import SEPARATOR, MenuEntry, MenuItem
from lanchat.engine.events import EntryState

_LINKS = 3  # in the menu of one message


@dataclass(frozen=True, slots=True)
class OpenLink:
    address: str  #: of the web, of a room, or `mailto:`


@dataclass(frozen=True, slots=True)
class ShowProfile:
    member: MemberKey


@dataclass(frozen=True, slots=True)
class ShowMore:
    """Show all of a long message."""

    message_id: EntryId


@dataclass(frozen=True, slots=True)
class ShowMuted:
    """Show what a muted member wrote, until the room is left."""

    member: MemberKey


@dataclass(frozen=True, slots=True)
class RetryMessage:
    message_id: EntryId


@dataclass(frozen=True, slots=True)
class DiscardMessage:
    message_id: EntryId


@dataclass(frozen=True, slots=True)
class CopyText:
    text: str


Action: TypeAlias = OpenLink | ShowProfile | ShowMore | ShowMuted | RetryMessage | DiscardMessage | CopyText


def menu_of(
    row: TimelineRow, folded: bool, links: Iterable[str], selected: str, perform: Callable[[Action], None]
) -> list[MenuEntry]:
    """The items for a row. `folded`: there is more of it; `links`: addresses that are meant; `selected`: text."""

    def item(words: str, action: Action, icon: IconName, danger: bool = False) -> MenuItem:
        return MenuItem(words, partial(perform, action), icon, danger)

    items: list[MenuEntry] = []
    if selected:
        items.append(item(_("Copy"), CopyText(selected), "copy"))
    for address in islice(links, _LINKS):
        items.append(item(_("Open link"), OpenLink(address), "export"))
        items.append(item(_("Copy link"), CopyText(address.removeprefix("mailto:")), "copy"))
    match row:
        case MessageRow(message_id=message_id):
            items.append(item(_("Copy message"), CopyText(row.text), "copy"))
            if folded:
                items.append(item(_("Show more"), ShowMore(message_id), "down"))
            items.append(item(_("Who is this?"), ShowProfile(row.author), "people"))
            if row.unsent is not None and row.unsent.state is EntryState.NOT_SENT:
                items.append(SEPARATOR)
                items.append(item(_("Retry"), RetryMessage(message_id), "retry"))
                items.append(item(_("Discard"), DiscardMessage(message_id), "close", danger=True))
        case MutedRow(author=author):
            items.append(item(_("Show"), ShowMuted(author), "down"))
            items.append(item(_("Who is this?"), ShowProfile(author), "people"))
        case _:
            pass
    return items
