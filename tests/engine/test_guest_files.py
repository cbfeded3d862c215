"""Files of people with phones in a room that is open here: what they get, what they give, and what they cannot do."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from network.phones import Phone
from websockets.exceptions import ConnectionClosed

from engine.file_people import kept_by_host, member, offers, settle, some_file, stored_by
from engine.people import People, Person
from lanchat.core import frames, limits
from lanchat.core.content import encode
from lanchat.core.file_frames import Missing
from lanchat.core.file_manifest import CHUNK, Manifest, ManifestFile
from lanchat.core.file_offer import FileOffer
from lanchat.core.guest_file_frames import PIECE, GetChunk, GiveFile, Piece, decode_file_frame
from lanchat.core.model import START, EntryId, RoomId
from lanchat.engine import commands, events
from lanchat.engine.events import FileState
from lanchat.trust.identity import Identity
from lanchat.trust.signing import make_entry
from tests.identities import new_identity

T = TypeVar("T")
PHOTO = bytes(range(256)) * 4_000  # four chunks


@pytest.fixture(autouse=True)
def _any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests beside this one have rooms of their own."""
    monkeypatch.setattr(limits, "GUEST_PORTS", ())


def invites(host: Person) -> str:
    host.do(commands.InviteGuests(host.room_id))
    return f"http://127.0.0.1:{host.hears(events.GuestsInvited, here=0).link.split(':')[2]}"


def on_a_phone(scene: Callable[[], Awaitable[T]]) -> T:
    async def run() -> T:
        async with asyncio.timeout(30):
            return await scene()

    return asyncio.run(run())


class FilePhone:
    """A phone without a browser that is in the room, and what it does with files."""

    def __init__(self, phone: Phone, me: Identity, room_id: RoomId) -> None:
        self.phone, self.me, self.room_id = phone, me, room_id
        self._counter = 0

    @classmethod
    async def enters(
        cls, host: Person, link: str, me: Identity | None = None, nick: str = "Mia", address: str = "127.0.0.1"
    ) -> FilePhone:
        me = me or new_identity()
        phone = await Phone.enter(link, me, nick, address)
        await phone.send(frames.Resume(0, 0, START))
        assert host.room_id is not None
        return cls(phone, me, host.room_id)

    async def hears(self, *kinds: type) -> object:
        while True:
            body = await self.phone.next_body()
            said = decode_file_frame(body) or frames.decode_from_host(body)
            if isinstance(said, kinds):
                return said

    async def chunk(self, root: bytes, index: int) -> bytes | None:
        """None: the host has not got it."""
        await self.phone.send(GetChunk(root, index))
        data = b""
        while True:
            said = await self.hears(Piece, Missing)
            if isinstance(said, Missing):
                return None
            assert isinstance(said, Piece)
            assert (said.root, said.index, said.at) == (root, index, len(data))
            data += said.data
            if len(said.data) < PIECE:
                return data

    async def gets(self, offer: FileOffer) -> bytes:
        await self.phone.send(frames.FindSources(offer.root))
        while True:
            said = await self.hears(frames.Sources)
            assert isinstance(said, frames.Sources)
            assert not said.sources, "a browser reaches nobody else"
            if said.host == "has":
                break
        chunks = [await self.chunk(offer.root, index) for index in range(-(-offer.size // CHUNK))]
        return b"".join(chunk or b"" for chunk in chunks)

    async def offers(self, name: str, manifest: Manifest, size: int | None = None) -> FileOffer:
        """Says so in the talk, and that it has it."""
        size = manifest.size if size is None else size
        offer = FileOffer(name, size, 1, manifest.root, len(manifest.content), "image/png")
        self._counter += 1
        entry = make_entry(self.me, self.room_id, self._counter, encode(offer), 0)
        await self.phone.send(frames.Post([entry], again=True))
        await self.phone.send(frames.Holding(0, [offer.root]))
        self.entry_id = EntryId(entry.entry_id)
        return offer

    async def gives(self, offer: FileOffer, manifest: bytes, content: bytes) -> bool:
        """Until the host has it (True), or does not take it now. `content`: what it gives out for the file."""
        await self.phone.send(frames.FindSources(offer.root))
        while True:
            match await self.hears(frames.Wanted, frames.Sources, GetChunk, Missing):
                case frames.Wanted(roots=roots) if offer.root in roots:
                    await self.phone.send(GiveFile(offer.root, manifest))
                case frames.Sources(host="has"):
                    return True
                case Missing(root=root):
                    assert root == offer.root
                    return False
                case GetChunk(index=index):
                    await self.gives_chunk(offer, content, index)

    async def stalls(self, content: bytes) -> FileOffer:
        """Offers this, and says no more once it is asked for the first chunk."""
        manifest = manifest_of(content)
        offer = await self.offers("photo.png", manifest)
        while not isinstance(await self.is_asked(offer, manifest), GetChunk):
            pass
        return offer

    async def is_asked(self, offer: FileOffer, manifest: Manifest) -> object:
        """What the host says when it wants this file once more, and is told that it can have it."""
        await self.hears(frames.Wanted)
        await self.phone.send(GiveFile(offer.root, manifest.content))
        return await self.hears(GetChunk, Missing)

    async def gives_chunk(self, offer: FileOffer, content: bytes, index: int) -> None:
        chunk = content[index * CHUNK : (index + 1) * CHUNK]
        for at in range(0, len(chunk), PIECE):
            await self.phone.send(Piece(offer.root, index, at, chunk[at : at + PIECE]))

    async def is_sent_away(self) -> None:
        with pytest.raises(ConnectionClosed):
            await self.hears()


def manifest_of(content: bytes, name: str = "photo.png") -> Manifest:
    chunks = [content[at : at + CHUNK] for at in range(0, len(content), CHUNK)]
    return Manifest([ManifestFile(name, len(content))], b"".join(hashlib.sha256(one).digest() for one in chunks))


def offer_seen(person: Person, name: str) -> FileOffer:
    person.until(lambda: any(one.offer and one.offer.name == name for one in person.room.messages))
    return next(one.offer for one in person.room.messages if one.offer and one.offer.name == name)


def got_by_a_phone(host: Person, link: str, offer: FileOffer) -> bytes:
    async def scene() -> bytes:
        phone = await FilePhone.enters(host, link)
        content = await phone.gets(offer)
        await phone.phone.leave()
        return content

    return on_a_phone(scene)


# --- what a phone gets -----------------------------------------------------------------------------------------------
def test_a_phone_gets_what_the_host_offers(ana: Person) -> None:
    offers(ana, some_file(ana, "photo.png", PHOTO))
    link, offer = invites(ana), offer_seen(ana, "photo.png")
    assert got_by_a_phone(ana, link, offer) == PHOTO


def test_a_phone_gets_what_a_member_offers_by_way_of_the_host(ana: Person, ben: Person) -> None:
    offers(ben, some_file(ben, "photo.png", PHOTO))
    link, offer = invites(ana), offer_seen(ana, "photo.png")
    assert got_by_a_phone(ana, link, offer) == PHOTO


def test_the_host_brings_back_what_had_to_go_for_a_phone_that_asks(ana: Person, ben: Person) -> None:
    settle(ana, store_bytes=0)
    offers(ben, some_file(ben, "photo.png", PHOTO))
    link, offer = invites(ana), offer_seen(ana, "photo.png")
    settle(ana)

    assert got_by_a_phone(ana, link, offer) == PHOTO


def test_a_phone_is_not_given_what_a_browser_cannot_hold_nor_several_files(
    ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GUEST_FILE_BYTES", len(PHOTO) - 1)
    offers(ana, some_file(ana, "photo.png", PHOTO))
    offers(ana, some_file(ana, "one.txt"), some_file(ana, "two.txt"))
    ana.until(lambda: len(ana.room.messages) == 2)
    large, two = [one.offer.root for one in ana.room.messages if one.offer]
    link = invites(ana)

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        for root in (large, two, bytes(32)):
            assert await phone.chunk(root, 0) is None
        await phone.phone.leave()

    on_a_phone(scene)


def test_a_phone_is_not_given_what_was_deleted(ana: Person) -> None:
    offer = offers(ana, some_file(ana, "photo.png", PHOTO))
    link, offered = invites(ana), offer_seen(ana, "photo.png")

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        assert await phone.chunk(offered.root, 0) == PHOTO[:CHUNK]
        ana.do(commands.Delete(ana.room_id, offer.entry_id))
        while await phone.chunk(offered.root, 1) is not None:
            pass
        await phone.phone.leave()

    on_a_phone(scene)


def test_who_asks_for_chunks_without_taking_any_is_sent_away(ana: Person) -> None:
    offers(ana, some_file(ana, "photo.png", PHOTO))
    link, offer = invites(ana), offer_seen(ana, "photo.png")

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        for _ in range(50):
            await phone.phone.send(GetChunk(offer.root, 0))
        await phone.is_sent_away()

    on_a_phone(scene)


# --- what a phone gives ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1, CHUNK, CHUNK + 1, len(PHOTO)])
def test_what_a_phone_sends_is_for_everybody(people: People, ana: Person, ben: Person, size: int) -> None:
    link, content = invites(ana), PHOTO[:size]
    manifest = manifest_of(content)

    async def scene() -> EntryId:
        phone = await FilePhone.enters(ana, link)
        await phone.gives(await phone.offers("photo.png", manifest), manifest.content, content)
        await phone.phone.leave()
        return phone.entry_id

    entry_id = on_a_phone(scene)
    for person in (ana, ben, member(people, "Cem")):
        offer_seen(person, "photo.png")
        person.do(commands.GetFile(person.room_id, entry_id))
        while (told := person.hears(events.FileChanged, message_id=entry_id)).state is not FileState.HERE:
            pass
        with open(told.path, "rb") as got:
            assert got.read() == content


def test_a_phone_that_was_cut_off_goes_on_where_it_was(ana: Person) -> None:
    link, me = invites(ana), new_identity()
    manifest = manifest_of(PHOTO)
    asked: list[int] = []

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link, me)
        offer = await phone.offers("photo.png", manifest)
        await phone.hears(frames.Wanted)
        await phone.phone.send(GiveFile(offer.root, manifest.content))
        for _ in range(2):
            said = await phone.hears(GetChunk)
            assert isinstance(said, GetChunk)
            await phone.gives_chunk(offer, PHOTO, said.index)
        for _ in range(2):  # the first is on the disk by then
            await phone.hears(GetChunk)
        await phone.phone.leave()
        again = await FilePhone.enters(ana, link, me)
        await again.phone.send(frames.Holding(0, [offer.root]))
        await again.phone.send(frames.FindSources(offer.root))
        while True:
            match await again.hears(frames.Wanted, frames.Sources, GetChunk):
                case frames.Wanted():
                    await again.phone.send(GiveFile(offer.root, manifest.content))
                case frames.Sources(host="has"):
                    break
                case GetChunk(index=index):
                    asked.append(index)
                    await again.gives_chunk(offer, PHOTO, index)
        await again.phone.leave()

    on_a_phone(scene)
    assert asked
    assert 0 not in asked
    assert [path.read_bytes() for path in stored_by(ana)] == [PHOTO]


def test_what_is_not_what_was_offered_is_not_kept(ana: Person) -> None:
    link, manifest = invites(ana), manifest_of(PHOTO)

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        offer = await phone.offers("photo.png", manifest)
        await phone.gives(offer, manifest.content, PHOTO[:CHUNK] + PHOTO[CHUNK:][::-1])
        await phone.phone.leave()

    on_a_phone(scene)
    assert not [path for path in stored_by(ana) if path.suffix != ".part"]
    ana.says("and the talk goes on")


@pytest.mark.parametrize("lie", ["manifest", "longer", "root"])
def test_a_manifest_that_does_not_fit_its_offer_is_refused(ana: Person, lie: str) -> None:
    link, manifest = invites(ana), manifest_of(PHOTO)
    other = manifest_of(PHOTO[1:])

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        offer = await phone.offers("photo.png", manifest, 1 if lie == "longer" else None)
        given = {"manifest": other.content, "longer": manifest.content, "root": b"\x92\x90\xc4\x00"}[lie]
        await phone.gives(offer, given, PHOTO)
        await phone.phone.leave()

    on_a_phone(scene)
    assert not stored_by(ana)


@pytest.mark.parametrize("name", ["../../x.html", "/etc/passwd", "C:\\x", "\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe", "con"])
def test_a_name_leads_nowhere(ana: Person, name: str) -> None:
    link, content = invites(ana), b"<script>alert(1)</script>"
    manifest = manifest_of(content, name)

    async def scene() -> EntryId:
        phone = await FilePhone.enters(ana, link)
        await phone.gives(await phone.offers(name, manifest), manifest.content, content)
        await phone.phone.leave()
        return phone.entry_id

    entry_id = on_a_phone(scene)
    ana.do(commands.GetFile(ana.room_id, entry_id))
    while (told := ana.hears(events.FileChanged, message_id=entry_id)).state is not FileState.HERE:
        pass
    assert os.path.dirname(told.path) == str(ana.folder / "got" / "Kitchen")


@pytest.mark.parametrize("what", ["not asked", "other place", "too long"])
def test_pieces_that_were_not_asked_for_end_it(ana: Person, what: str) -> None:
    link, manifest = invites(ana), manifest_of(PHOTO)

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        offer = await phone.offers("photo.png", manifest)
        if what != "not asked":
            await phone.hears(frames.Wanted)
            await phone.phone.send(GiveFile(offer.root, manifest.content))
            await phone.hears(GetChunk)
        at, size = (PIECE, PIECE) if what == "other place" else (0, PIECE - 1)
        await phone.phone.send(Piece(offer.root, 0, at, bytes(size)))
        await phone.is_sent_away()

    on_a_phone(scene)


def test_a_phone_holds_few_files_and_listens_at_no_port(ana: Person) -> None:
    link = invites(ana)

    async def scene() -> None:
        for holding in (frames.Holding(1234, []), frames.Holding(0, [bytes([n]) * 32 for n in range(100)])):
            phone = await FilePhone.enters(ana, link)
            await phone.phone.send(holding)
            await phone.is_sent_away()

    on_a_phone(scene)


def test_who_offers_a_thousand_files_is_slowed_down_and_is_in_nobodys_way(ana: Person, ben: Person) -> None:
    link = invites(ana)

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        made = [FileOffer("x", 9, 1, n.to_bytes(32, "big"), 99) for n in range(1_000)]
        posts = [make_entry(phone.me, phone.room_id, n + 1, encode(one), 0) for n, one in enumerate(made)]
        await phone.phone.send(frames.Post(posts[:100], again=True))
        await phone.hears(frames.SlowDown)
        await asyncio.to_thread(lambda: kept_by_host(ben, offers(ben, some_file(ben, "notes.txt"))))
        await phone.phone.leave()

    on_a_phone(scene)
    assert sum(one.offer is not None for one in ana.room.messages) <= limits.GUEST_POSTS[1] + 3


def test_how_much_a_phone_sends_is_bounded_and_talk_goes_on_meanwhile(
    ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GUEST_CHUNKS_GIVEN", (0.001, 2))
    link, manifest = invites(ana), manifest_of(PHOTO)

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        offer = await phone.offers("photo.png", manifest)
        giving = asyncio.create_task(phone.gives(offer, manifest.content, PHOTO))
        await asyncio.to_thread(ana.says, "Is it coming?")
        await asyncio.to_thread(ana.until, lambda: len(stored_by(ana)) == 1)
        assert not giving.done()
        giving.cancel()
        await asyncio.wait([giving])
        await phone.phone.leave()

    on_a_phone(scene)
    assert PHOTO not in [path.read_bytes() for path in stored_by(ana)]


# --- phones that stall -----------------------------------------------------------------------------------------------
def test_phones_that_stall_leave_members_their_places(
    ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GUEST_STALLED_SECONDS", 600.0)
    link = invites(ana)

    async def scene() -> None:
        phones = [
            await FilePhone.enters(ana, link, nick=f"Mia{number}{number}", address=f"127.0.0.{number + 2}")
            for number in range(6)
        ]
        asked = [asyncio.create_task(phone.stalls(PHOTO[number:])) for number, phone in enumerate(phones)]
        while sum(one.done() for one in asked) < 3:
            await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED, timeout=0.1)
        await asyncio.to_thread(lambda: kept_by_host(ben, offers(ben, some_file(ben, "notes.txt"))))
        assert sum(one.done() for one in asked) == 3
        for one in asked:
            one.cancel()
        await asyncio.wait(asked)
        for phone in phones:
            await phone.phone.leave()

    on_a_phone(scene)


def test_a_phone_that_stalls_makes_place_for_others_and_goes_on_later(
    ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It owes what it was asked for, before it is asked for more."""
    monkeypatch.setattr(limits, "GUEST_STALLED_SECONDS", 0.3)
    monkeypatch.setattr(limits, "GUEST_REST_SECONDS", 0.0)
    link, other = invites(ana), PHOTO[::-1]

    async def scene() -> None:
        phones = [await FilePhone.enters(ana, link, nick=f"Mia{number}{number}") for number in range(4)]
        stalled = [await phone.stalls(PHOTO[number:]) for number, phone in enumerate(phones[:3])]
        last, manifest = phones[3], manifest_of(other)
        offer = await last.offers("photo.png", manifest)
        while not await last.gives(offer, manifest.content, other):
            pass
        first, offer = phones[0], stalled[0]
        await first.hears(Missing)
        for _ in range(2):
            assert isinstance(await first.is_asked(offer, manifest_of(PHOTO)), Missing)
        for index in range(3):
            await first.gives_chunk(offer, PHOTO, index)
        monkeypatch.setattr(limits, "GUEST_STALLED_SECONDS", 30.0)
        assert await first.gives(offer, manifest_of(PHOTO).content, PHOTO)
        for phone in phones:
            await phone.phone.leave()

    on_a_phone(scene)
    assert {PHOTO, other} <= {path.read_bytes() for path in stored_by(ana)}


def test_a_phone_that_stalled_rests_also_when_it_comes_in_anew(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GUEST_STALLED_SECONDS", 0.3)
    monkeypatch.setattr(limits, "GUEST_REST_SECONDS", 600.0)
    link, me = invites(ana), new_identity()

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link, me)
        offer = await phone.stalls(PHOTO)
        await phone.hears(Missing)
        await phone.phone.leave()
        again = await FilePhone.enters(ana, link, me)
        await again.phone.send(frames.Holding(0, [offer.root]))
        assert isinstance(await again.is_asked(offer, manifest_of(PHOTO)), Missing)
        await again.phone.leave()

    on_a_phone(scene)


def test_others_have_their_turn_before_a_phone_goes_on_with_a_file(
    ana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "GUEST_TURN_SECONDS", 0.0)
    monkeypatch.setattr(limits, "GUEST_REST_SECONDS", 0.0)
    link, manifest = invites(ana), manifest_of(PHOTO)

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        offer = await phone.offers("photo.png", manifest)
        assert isinstance(await phone.is_asked(offer, manifest), Missing)
        monkeypatch.setattr(limits, "GUEST_TURN_SECONDS", 60.0)
        assert await phone.gives(offer, manifest.content, PHOTO)
        await phone.phone.leave()

    on_a_phone(scene)
    assert [path.read_bytes() for path in stored_by(ana)] == [PHOTO]


@pytest.mark.parametrize("comes_anew", [False, True])
def test_phones_that_used_up_their_turns_rest_and_the_file_of_another_comes(
    ana: Person, monkeypatch: pytest.MonkeyPatch, comes_anew: bool
) -> None:
    """Else three keys of one person hold the three places: a piece now and then is enough."""
    monkeypatch.setattr(limits, "GUEST_STALLED_SECONDS", 600.0)
    monkeypatch.setattr(limits, "GUEST_REST_SECONDS", 600.0)
    link, other = invites(ana), PHOTO[::-1]

    async def scene() -> None:
        phones = [await FilePhone.enters(ana, link, nick=f"Mia{number}{number}") for number in range(4)]
        contents = [PHOTO[number:] for number in range(3)]
        slow = [(phone, await phone.stalls(content), content) for phone, content in zip(phones, contents, strict=False)]
        last, manifest = phones[3], manifest_of(other)
        offer = await last.offers("photo.png", manifest)
        assert not await last.gives(offer, manifest.content, other), "there is no place"
        monkeypatch.setattr(limits, "GUEST_TURN_SECONDS", 0.0)
        for phone, slow_offer, content in slow:
            for index in range(3):
                await phone.gives_chunk(slow_offer, content, index)
            await phone.hears(Missing)
        monkeypatch.setattr(limits, "GUEST_TURN_SECONDS", 60.0)
        for phone, slow_offer, content in slow:
            if comes_anew:
                await phone.phone.leave()
                phone = await FilePhone.enters(ana, link, phone.me, "Mia")
            await phone.phone.send(GiveFile(slow_offer.root, manifest_of(content).content))
            assert isinstance(await phone.hears(GetChunk, Missing), Missing)
            if comes_anew:
                await phone.phone.leave()
        while not await last.gives(offer, manifest.content, other):
            pass
        for phone in [last] if comes_anew else phones:
            await phone.phone.leave()

    on_a_phone(scene)
    assert [path.read_bytes() for path in stored_by(ana)].count(other) == 1


def test_a_turn_is_of_all_files_that_follow_each_other(ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GUEST_REST_SECONDS", 600.0)
    link = invites(ana)

    async def scene() -> None:
        phone = await FilePhone.enters(ana, link)
        for content, comes in ((PHOTO, True), (PHOTO[1:], False), (PHOTO[2:], False)):
            manifest = manifest_of(content)
            offer = await phone.offers("photo.png", manifest)
            assert await phone.gives(offer, manifest.content, content) == comes
            monkeypatch.setattr(limits, "GUEST_TURN_SECONDS", 60.0 if content == PHOTO[1:] else 0.0)
        await phone.phone.leave()

    on_a_phone(scene)
    assert [path.read_bytes() for path in stored_by(ana)] == [PHOTO]
