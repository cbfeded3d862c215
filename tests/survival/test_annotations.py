"""Answers, edits, deletions and reactions in masses, by members who are not honest, and at the worst moments."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanchat.core import frames
from lanchat.core.codes import RejectCode
from lanchat.core.frames import Post
from lanchat.core.message import Message
from lanchat.core.model import Entry
from survival.nodes import Node, Town, town, wait_until
from survival.raw import Raw, member

_POSTED_AT_ONCE = 500


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A host and one more."""
    with town(tmp_path_factory.mktemp("room"), people=1) as made:
        yield made


def newest(node: Node) -> Message | None:
    """The newest message on this disk."""
    with node.reader() as reader:
        found = reader.newest(node.room_id, 1)
        return found[0] if found else None


def everybody_has(here: Town, **fields: object) -> None:
    """The newest message is so on all disks, and the same."""

    def so() -> bool:
        found = [newest(node) for node in here.everybody]
        wanted = all(getattr(found[0], name, None) == value for name, value in fields.items())
        return wanted and all(one == found[0] for one in found)

    wait_until(so, f"everybody has {fields}")


async def posted(raw: Raw, *entries: Entry) -> None:
    """All of these are in the Log."""
    for start in range(0, len(entries), _POSTED_AT_ONCE):
        some = entries[start : start + _POSTED_AT_ONCE]
        raw.send(*(Post([entry], again=not start) for entry in some))
        await raw.entries(some, seconds=60)


async def answers(raw: Raw, *entries: Entry) -> list[str]:
    """Why the host does not take these."""
    raw.send(Post(list(entries)))
    return [(await raw.until(frames.Rejected)).code for _ in entries]


def test_the_id_of_another_entry_is_refused(here: Town) -> None:
    async def lying() -> None:
        async with member(here.port, nick="Ana") as ana, member(here.port, nick="Mallory") as mallory:
            mine = ana.entry("mine")
            await posted(ana, mine)
            copy = mallory.altered(mallory.entry("and mine, too"), entry_id=mine.entry_id)
            assert await answers(mallory, copy) == [RejectCode.ID]

    asyncio.run(lying())
    everybody_has(here, text="mine")


def test_who_comes_after_a_deletion_is_not_given_the_text_which_the_host_had_in_memory(here: Town) -> None:
    async def erasing() -> None:
        async with member(here.port, nick="Ana") as ana:
            secret, other = ana.entry("my secret is 4711"), ana.entry("hello")
            edit = ana.entry("my secret is 0815", kind="+edit", about=secret)
            await posted(ana, secret, other, edit, ana.entry("", kind="+delete", about=secret))
            again = ana.entry("the key is 1234")
            await posted(ana, again, ana.entry("", kind="+delete", about=again))  # perhaps in one transaction
        async with member(here.port, nick="Ben") as ben:
            rows = [row for row in await everything(ben) if row.kind in ("text", "+edit")]
            bodies = {row.entry_id: row.body for row in rows}
            assert [bodies[entry.entry_id] for entry in (secret, other, edit, again)] == [b"", b"hello", b"", b""]

    asyncio.run(erasing())
    everybody_has(here, text="I came")
    with here.host.reader() as reader:
        assert not reader.search("secret") + reader.search("1234")


async def everything(raw: Raw) -> list[frames.Row]:
    """What a newcomer is given, up to what it says itself."""
    last = raw.entry("I came")
    raw.send(Post([last], again=True))
    rows: list[frames.Row] = []
    while not any(row.entry_id == last.entry_id for row in rows):
        rows += (await raw.until(frames.Entries)).rows
    return rows


def test_a_text_that_is_deleted_while_everybody_talks_is_gone_from_the_disk_some_seconds_later(tmp_path: Path) -> None:
    """The disk thread is never idle, nobody quits, and the write-ahead log had it, too."""
    with town(tmp_path, people=1, every=0.4, talking=True) as here:
        here.talk_goes_on()

        async def erasing() -> None:
            async with member(here.port, nick="Ana") as ana:
                secret = ana.entry("the password is swordfish")
                await posted(ana, secret)
                wait_until(lambda: all(on_disk(node, b"swordfish") for node in here.everybody), "it is on the disks")
                await posted(ana, ana.entry("", kind="+delete", about=secret))

        asyncio.run(erasing())
        wait_until(lambda: not any(on_disk(node, b"swordfish") for node in here.everybody), "it is gone", 15)
        here.talk_goes_on()


def on_disk(node: Node, word: bytes) -> bool:
    return any(word in path.read_bytes() for path in node.folder.glob("lanchat.db*"))


def test_an_edit_war_of_a_thousand_is_quick(here: Town) -> None:
    async def war() -> None:
        async with member(here.port, nick="Ana") as ana:
            field = ana.entry("0")
            edits = [ana.entry(str(number), kind="+edit", about=field) for number in range(1, 1_001)]
            began = time.monotonic()
            await posted(ana, field, *edits)
            everybody_has(here, text="1000")
            assert time.monotonic() - began < 20

    asyncio.run(war())


def test_ten_thousand_reactions_on_one_message_are_quick(here: Town) -> None:
    emojis = [chr(0x1F600 + number) for number in range(20)]

    async def react() -> None:
        async with member(here.port, nick="Ana") as ana, member(here.port, nick="Ben") as ben:
            cake = ana.entry("cake!")
            await posted(ana, cake)
            began = time.monotonic()
            for number in range(10_000 // _POSTED_AT_ONCE):
                who, kind = (ana, ben)[number % 2], ("+react", "+react", "+unreact")[number % 3]
                await posted(who, *(who.entry(emoji, kind=kind, about=cake) for emoji in emojis * 25))
            everybody_has(here, text="cake!")
            assert time.monotonic() - began < 60
            assert {one.emoji for one in getattr(newest(here.host), "reactions", ())} == set(emojis)
            assert await answers(ana, ana.entry("🎂", kind="+react", about=cake)) == [RejectCode.MANY]

    asyncio.run(react())


def test_answers_that_answer_each_other_in_a_circle_end(here: Town) -> None:
    """Whoever signs chooses the ids, so a text can answer one that comes after it, or itself."""

    async def circle() -> None:
        async with member(here.port, nick="Mallory") as mallory:
            one, two = mallory.entry("one"), mallory.entry("two")
            one, two = mallory.altered(one, target=two.entry_id), mallory.altered(two, target=one.entry_id)
            itself = mallory.entry("itself")
            itself = mallory.altered(itself, target=itself.entry_id)
            await posted(mallory, one, two, itself)

    asyncio.run(circle())
    everybody_has(here, text="itself", quote=None)


def test_a_page_that_is_read_while_its_message_is_deleted(here: Town) -> None:
    """It comes before the deletion, so that whoever keeps the page erases it; or without the text."""

    async def erasing() -> None:
        async with member(here.port, nick="Ana") as ana, member(here.port, nick="Ben") as ben:
            secret = ana.entry("the page has 4711")
            await posted(ana, secret)
            ben.send(frames.Earlier(here.host.last() + 1))
            ana.send(Post([ana.entry("", kind="+delete", about=secret)]))
            deleted, page = False, None
            while not deleted or page is None:
                match await ben.next():
                    case frames.Page() as page:
                        body = next(row.body for row in page.entries.rows if row.entry_id == secret.entry_id)
                        assert body == b"" or not deleted
                    case frames.Entries(rows=rows):
                        deleted = deleted or any(row.kind == "+delete" for row in rows)
            ben.send(frames.Earlier(here.host.last() + 1))
            assert all(b"4711" not in row.body for row in (await ben.until(frames.Page)).entries.rows)

    asyncio.run(erasing())
