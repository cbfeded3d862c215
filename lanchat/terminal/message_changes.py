"""What became of messages that a terminal has shown already, in words; and what stands around a message. Main thread.

A terminal cannot change what it has written: what changed is told in a line of its own. Only of the messages shown last
is remembered how they were shown; what happens to older ones is in /earlier, /search and `lanchat history`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence

from lanchat.core.dates import clock, moment
from lanchat.core.file_words import shown_file_name
from lanchat.core.formatting import shown_lines
from lanchat.core.message import Message, Quote
from lanchat.core.model import EntryId, MemberKey
from lanchat.core.slash_table import action_of
from lanchat.core.text import shown_text
from lanchat.core.translate import _, ngettext
from lanchat.terminal.own_messages import first_line

_REMEMBERED = 1_000
_NAMED = 4  # who reacted; of more only how many

Called = Callable[[MemberKey], str]


class ShownMessages:
    """The messages shown last, as they were then; some of them with numbers by which the person can name them."""

    def __init__(self) -> None:
        self._shown: OrderedDict[EntryId, Message] = OrderedDict()
        self._numbered: list[EntryId] = []

    def add(self, messages: Iterable[Message]) -> None:
        for one in messages:
            self._shown[one.message_id] = one
            self._shown.move_to_end(one.message_id)
        while len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)

    def changed(self, now: Message) -> Message | None:
        """How this message was shown; None: not lately. From now on it counts as shown as it is now."""
        before = self._shown.get(now.message_id)
        if before is not None:
            self._shown[now.message_id] = now
        return before

    def newest(self, wanted: Callable[[Message], bool]) -> Message | None:
        """The newest message shown that is wanted and still there."""
        found = [one for one in self._shown.values() if not one.deleted and one.is_known and wanted(one)]
        return max(found, key=lambda one: one.seq, default=None)

    def give_numbers(self, most: int) -> list[tuple[int, Message]]:
        """Number the newest messages, the newest with 1. They keep these numbers until the next call."""
        found = sorted((one for one in self._shown.values() if not one.deleted), key=lambda one: -one.seq)[:most]
        self._numbered = [one.message_id for one in found]
        return list(enumerate(found, 1))

    def numbered(self, number: int) -> Message | None:
        known = 1 <= number <= len(self._numbered)
        return self._shown.get(self._numbered[number - 1]) if known else None


def quote_line(quote: Quote | None, called: Called) -> str:
    """What stands over an answer: who wrote what."""
    if quote is None:
        return _("┌ an answer to a message that is not here")
    if quote.deleted:
        return _("┌ {nick}: a deleted message").format(nick=called(quote.author))
    return f"┌ {called(quote.author)}: {beginning(quote.text)}"


def deleted_words(message: Message, called: Called) -> str:
    if message.deleted_by is None:
        return _("deleted")
    return _("deleted by {nick}").format(nick=called(message.deleted_by))


def marks(message: Message) -> str:
    """What stands behind a message."""
    words = [*([_("edited")] if message.edited_at else []), *([_("pinned")] if message.pinned else [])]
    return f"({', '.join(words)})" if words else ""


def reactions_line(message: Message) -> str:
    return "  ".join(f"{reaction.emoji} {len(reaction.members)}" for reaction in message.reactions)


def beginning_of(message: Message) -> str:
    """The beginning of a message, or which file it offers, in one line."""
    return beginning(shown_file_name(message.offer) if message.offer is not None else message.text)


def beginning(text: str) -> str:
    """The beginning of a message of somebody, in one line, without its format."""
    text = shown_text(text)
    return first_line(shown_lines(action_of(text) or text))


def changes(before: Message, now: Message, called: Called, me: MemberKey) -> Iterator[str]:
    """What happened to a message, in sentences."""
    if now.deleted:
        if not before.deleted:
            mine = now.author == me and now.deleted_by in (None, me)
            yield _("You deleted a message.") if mine else _deletion(now, called)
        return
    author = called(now.author)
    if now.text != before.text:
        yield _("{nick} edited “{before}”: {now}").format(
            nick=author, before=beginning_of(before), now=shown_text(now.text)
        )
    if now.pinned != before.pinned:
        words = _("Pinned: “{text}” by {nick}") if now.pinned else _("Not pinned any more: “{text}” by {nick}")
        yield words.format(text=beginning_of(now), nick=author)
    was = {reaction.emoji: reaction.members for reaction in before.reactions}
    is_now = {reaction.emoji: reaction.members for reaction in now.reactions}
    for emoji in dict.fromkeys([*was, *is_now]):
        came = [key for key in is_now.get(emoji, ()) if key not in was.get(emoji, ())]
        went = [key for key in was.get(emoji, ()) if key not in is_now.get(emoji, ())]
        for keys, words in ((came, _("{names} reacted {emoji} to “{text}”")),
                            (went, _("{names} took back {emoji} from “{text}”"))):  # fmt: skip
            if keys:
                yield words.format(names=_named(keys, called), emoji=emoji, text=beginning_of(now))


def _deletion(now: Message, called: Called) -> str:
    author, at = called(now.author), clock(moment(now.written_at))
    if now.deleted_by is None or now.deleted_by == now.author:
        return _("{nick} deleted a message of {clock}.").format(nick=author, clock=at)
    words = _("{nick} deleted a message of {author} of {clock}.")
    return words.format(nick=called(now.deleted_by), author=author, clock=at)


def _named(keys: Sequence[MemberKey], called: Called) -> str:
    if len(keys) > _NAMED:
        return ngettext("{n} person", "{n} people", len(keys)).format(n=len(keys))
    return ", ".join(map(called, keys))
