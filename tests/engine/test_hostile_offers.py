"""Members that offer what nobody has, what is too much, or what is somebody else's: others' files come all the same."""

from __future__ import annotations

import secrets
import time

import pytest
from PIL import Image

from engine.file_people import (
    asks_for,
    gets,
    in_state,
    kept_by_host,
    member,
    offers,
    settle,
    sharer,
    some_file,
    stored_by,
)
from engine.people import People, Person
from lanchat.core.file_offer import FileOffer
from lanchat.engine import automatic_pictures, commands, events, host_copies, offering
from lanchat.engine.events import FileState


@pytest.mark.parametrize("most", [10, 1_000])
def test_offers_that_nobody_gives_are_in_the_way_of_no_other(
    people: People, ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(host_copies, "AWAITED_MOST", most)
    real = offering._offer_of
    with monkeypatch.context() as lying:
        lying.setattr(offering, "_offer_of", lambda *what: _bogus(real(*what)))
        for number in range(12):
            offers(ben, some_file(ben, f"{number}.bin", secrets.token_bytes(100)))
    ana.until(lambda: len(ana.room.messages) == 12)
    cem = member(people, "Cem")
    kept_by_host(cem, offers(cem, some_file(cem)))


def test_who_offers_much_does_not_push_out_what_others_offered(people: People, ana: Person, ben: Person) -> None:
    settle(ana, store_bytes=2_500_000)
    mine = [secrets.token_bytes(300_000) for _ in range(3)]
    for number, content in enumerate(mine):
        kept_by_host(ben, offers(ben, some_file(ben, f"{number}.bin", content)))
    mallory = member(people, "Mallory")
    for number in range(12):
        kept_by_host(mallory, offers(mallory, some_file(mallory, f"{number}.bin", secrets.token_bytes(300_000))))
    large = offers(mallory, some_file(mallory, "large.bin", secrets.token_bytes(2_400_000)))
    while "keeps no copy" not in in_state(mallory, large, FileState.MINE).problem:
        pass
    kept = [path.read_bytes() for path in stored_by(ana)]
    assert all(content in kept for content in mine)
    assert sum(map(len, kept)) > 2_000_000, "and nothing stays unused for it"
    cem = member(people, "Cem")
    kept_by_host(cem, offers(cem, some_file(cem, "small.bin", mine[0][::-1])))


def _bogus(offer: FileOffer, media: str = "") -> FileOffer:
    root = secrets.token_bytes(32)
    return FileOffer(offer.name, offer.size, offer.count, root, offer.manifest_size, media, 9, 9)


def test_who_offers_what_is_mine_does_not_make_me_give_it(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another message that says the same neither keeps a deleted offer alive nor tells that the files are here."""
    ana, ben, mallory = (sharer(people, nick, store_bytes=0) for nick in ("Ana", "Ben", "Mallory"))
    ben.hosts("Kitchen")
    made = []
    real = offering._offer_of
    with monkeypatch.context() as seen:
        seen.setattr(offering, "_offer_of", lambda *what: made.append(real(*what)) or made[0])
        for person in (ana, mallory):
            person.joins("Kitchen")
        mine = offers(ana, some_file(ana, "mine.txt"))
        theirs = offers(mallory, some_file(mallory, "theirs.txt", b"nothing"))
    ana.until(lambda: len(ana.room.messages) == 2)
    ana.do(commands.Delete(ana.room_id, mine.entry_id))
    ben.until(lambda: any(message.deleted for message in ben.room.messages))
    asks_for(ben, theirs)
    in_state(ben, theirs, FileState.UNAVAILABLE)
    time.sleep(3)  # it asked all who say that they have it
    assert not list((ben.folder / "got").rglob("*.txt"))


def test_a_room_s_title_makes_no_hidden_folder(people: People) -> None:
    ana, ben = sharer(people, "Ana"), sharer(people, "Ben")
    ana.hosts(".ssh")
    assert ana.hosting is not None
    ben.joins(ana.hosting.room_id)
    assert gets(ben, offers(ana, some_file(ana))).parent.name == "ssh"


def test_a_copy_that_was_tampered_with_is_had_from_others(ana: Person, ben: Person) -> None:
    content = bytes(range(250)) * 4_000
    offer = offers(ben, some_file(ben, content=content))
    kept_by_host(ben, offer)
    (copy,) = stored_by(ana)
    copy.write_bytes(content[::-1])
    assert gets(ana, offer).read_bytes() == content


def test_pictures_that_nobody_gives_do_not_pile_up(
    people: People, ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automatic_pictures, "COMING_MOST", 3)
    ben.says("hello")
    real = offering._offer_of
    with monkeypatch.context() as lying:
        lying.setattr(offering, "_offer_of", lambda *what: _bogus(real(*what), "image/png"))
        for number in range(8):
            offers(ana, some_file(ana, f"{number}.png", secrets.token_bytes(100)))
    while ben.hears(events.FileChanged).state is not FileState.OFFERED:  # not of those that are asked for just then
        pass
    picture = some_file(ana, "real.png", b"")
    Image.new("RGB", (9, 9)).save(picture)
    in_state(ben, offers(ana, picture), FileState.HERE)
