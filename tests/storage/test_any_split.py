"""Whatever was said on both sides of a split, in the end the room is as if all had been said in one place."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from copies import Copy, Shown, copy_of, fresh, seals
from hypothesis import given, settings
from hypothesis import strategies as st
from people import KITCHEN, Person

from lanchat.core.content import ANNOTATION, KEY_BYTES
from lanchat.core.message import Message
from lanchat.core.model import Entry, EntryId

KINDS = ("text", "text", "answer", "+edit", "+delete", "+react", "+unreact", "+pin", "+unpin", "+topic", "+ban",
         "+unban", "+sealed", "+later", "later")  # fmt: skip


class Does(NamedTuple):
    """What one of them does; `about`: one of all entries so far, counted from the newest."""

    kind: str
    who: int
    about: int
    word: int


class Split(NamedTuple):
    """Ben goes on alone, and then gives way to Ana. When `brought` entries of his are in her Log, he gives way again:
    to Cleo, who has nothing that was said after the beginning, but what she was told herself. `read`: up to where Ben
    has read each time.
    """

    together: list[Does]
    his: list[Does]
    hers: list[Does]
    cleos: list[Does]
    read: tuple[int, int]
    brought: int


_does = st.builds(Does, st.sampled_from(KINDS), st.integers(0, 1), st.integers(0, 11), st.integers(0, 2))
_some = st.lists(_does, max_size=12)
_splits = st.builds(
    Split, st.lists(_does, min_size=1, max_size=8), _some, _some, _some,
    st.tuples(st.integers(0, 30), st.integers(0, 40)), st.integers(0, 12),
)  # fmt: skip


class People:
    """Ana owns the room; Ben's copy is the one that gives way."""

    def __init__(self) -> None:
        self.ana, self.ben, self.cleo = Person(), Person(), Person()
        self.read: set[bytes] = set()  #: what Ben has read
        self.said: set[bytes] = set()  #: the messages that were taken anywhere

    def do(self, copy: Copy, does: list[Does]) -> None:
        for one in does:
            here = [item.entry for item in copy.everything()]
            about = here[-1 - one.about % len(here)] if here else None
            taken = copy.take([self._entry(one, EntryId(about.entry_id) if about is not None else None)])
            self.said |= {entry.entry_id for entry in taken if not entry.kind.startswith(ANNOTATION)}

    def reads(self, copy: Copy, until: int) -> None:
        until = min(until, copy.log.end().last)
        copy.store.mark_read(KITCHEN, until)
        self.read |= {message.message_id for message in copy.reader.before(KITCHEN, until + 1, 1_000)}

    def _entry(self, one: Does, target: EntryId | None) -> Entry:
        who, other = (self.ana, self.ben) if one.who == 0 else (self.ben, self.ana)
        match one.kind:
            case "+sealed":
                return seals(who, other, f"psst {one.word}")
            case "+ban" | "+unban":
                return who.writes(chr(one.word) * KEY_BYTES, kind=one.kind)[0]
            case "text" | "+topic":
                return who.writes(f"{one.kind} soup {one.word}", kind=one.kind)[0]
            case "answer":
                return who.writes(f"bread {one.word}", target=target)[0]
            case "+edit":
                return who.writes(f"edited {one.word}", kind=one.kind, target=target)[0]
            case "+react" | "+unreact":
                return who.writes("👍🎂🍜"[one.word], kind=one.kind, target=target)[0]
            case _:
                return who.writes("", kind=one.kind, target=target)[0]


@pytest.mark.parametrize(
    "examples", [pytest.param(30, id="some"), pytest.param(500, id="many", marks=pytest.mark.long)]
)
def test_after_any_split_the_room_is_as_if_all_was_said_in_one_place(examples: int) -> None:
    settings(max_examples=examples)(given(_splits)(_comes_together))()


def _comes_together(split: Split) -> None:
    people = People()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hers, his, cleos = (
            stack.enter_context(copy_of(folder / name, people.ana, who))
            for name, who in (("ana", people.ana), ("ben", people.ben), ("cleo", people.cleo))
        )
        people.do(hers, split.together)
        for copy in (his, cleos):
            copy.follow(hers)
        people.do(his, split.his)
        people.do(hers, split.hers)
        people.reads(his, split.read[0])
        his.follow(hers)
        assert _but_for_what_is_erased(his.shown()) == _but_for_what_is_erased(hers.shown(), his.shown())
        brought = his.log.carried.waiting()[: split.brought]
        hers.take(brought, carried=brought)
        his.follow(hers)
        people.do(cleos, split.cleos)
        people.reads(his, split.read[1])
        his.follow(cleos)
        here = {item.entry.entry_id for item in his.everything()}
        assert not here & {entry.entry_id for entry in his.log.carried.waiting()}, "nothing is in both"
        his.bring_back(cleos)
        assert not his.log.carried.waiting()
        shown = his.shown()
        assert shown == cleos.shown()._replace(threads=shown.threads)
        assert shown == fresh(folder / "new", people.ana, people.ben, cleos.everything())
        assert his.store.banned(KITCHEN) == cleos.store.banned(KITCHEN)
        assert {message.message_id for message in shown.messages} == people.said, "nothing is lost"
        unread = {one.message_id for one in shown.messages if one.author != people.ben.identity.key} - people.read
        assert his.unread() == len(unread)
        his.store.mark_read(KITCHEN, his.log.end().last)
        assert his.unread() == 0
        while not his.store.settle():
            pass


def _but_for_what_is_erased(shown: Shown, as_in: Shown | None = None) -> Shown:
    """Without what is deleted in `as_in`, and answers to that: a text that was erased does not come back."""
    gone = {message.message_id for message in (as_in or shown).messages if message.deleted}

    def left(found: list[Message]) -> list[Message]:
        return [one for one in found if not {one.message_id, one.reply_to} & gone]

    found = {word: left(messages) for word, messages in shown.found.items()}
    return Shown(left(shown.messages), shown.topic, left(shown.pinned), found, {})
