"""Rooms in which files were offered, on a disk, with what this computer has of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace
from PIL import Image, ImageDraw

from lanchat.core.content import encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.message import Message
from lanchat.core.model import EntryId
from lanchat.engine.events import FileChanged, FilesKnown, FileState
from lanchat.storage.reader import Reader
from tests.desktop.model.telling import KITCHEN
from tests.desktop.pages.archive import Archive
from tests.desktop.timeline.talk import Person

COLOURS = ("#f1d9b1", "#eef2ea", "#b9d3d6", "#d4e2ef", "#e8cfd9")


def picture(colour: str = "#f1d9b1", size: tuple[int, int] = (1600, 900)) -> Image.Image:
    """A table with a bowl."""
    image = Image.new("RGB", size, colour)
    pen, (wide, high) = ImageDraw.Draw(image), size
    pen.rectangle((0, high * 0.63, wide, high), fill="#8a5a3a")
    pen.ellipse((wide * 0.4, high * 0.45, wide * 0.8, high * 0.9), fill="#d6483c")
    pen.ellipse((wide * 0.42, high * 0.45, wide * 0.78, high * 0.6), fill="#f0b860")
    return image


def tiny(image: Image.Image) -> bytes:
    small = image.copy()
    small.thumbnail((32, 32))
    kept = io.BytesIO()
    small.save(kept, "JPEG", quality=40)
    return kept.getvalue()


def an_offer(name: str, size: int, media: str = "", *, count: int = 1, caption: str = "", **more: object) -> FileOffer:
    root = (name.encode() * 32)[:32]
    offer = FileOffer(name, size, count, root, 100, media, caption=caption)
    return replace(offer, **more)


class FileArchive(Archive):
    """An Archive whose kitchen has files; `states` is what the Engine knows of them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.states: list[FileChanged] = []

    def offers(
        self, person: Person, offer: FileOffer, state: FileState = FileState.OFFERED, *, done: int = 0, rate: int = 0,
        path: str = "",
    ) -> EntryId:  # fmt: skip
        """A minute after what was offered last."""
        self.now += 60_000
        entry = replace(person.writes("", self.now), kind=offer.kind, body=encode(offer).body)
        self.store.log(KITCHEN).append([entry], self.now)
        message_id = EntryId(entry.entry_id)
        if state is not FileState.OFFERED:
            self.states.append(FileChanged(KITCHEN, message_id, state, done, offer.size, rate, path=path))
        return message_id

    def offers_picture(self, person: Person, name: str, colour: str = COLOURS[0], *, here: bool = True) -> EntryId:
        image = picture(colour)
        path = self.folder / name
        image.save(path)
        offer = an_offer(name, path.stat().st_size, "image/png", width=image.width, height=image.height,
                         preview=tiny(image), caption=f"About {name}")  # fmt: skip
        state = FileState.HERE if here else FileState.OFFERED
        return self.offers(person, offer, state, path=str(path) if here else "")

    def known(self) -> FilesKnown:
        return FilesKnown(KITCHEN, tuple(self.states))

    def message(self, message_id: EntryId) -> Message:
        reader = Reader.open(self.folder)
        try:
            found = reader.message(KITCHEN, message_id)
            assert found is not None
            return found
        finally:
            reader.close()


@contextmanager
def file_archive(folder: Path) -> Iterator[FileArchive]:
    archive = FileArchive(folder)
    try:
        yield archive
    finally:
        archive.store.close()


def office(archive: FileArchive, ana: Person, li: Person) -> None:
    """Something of every kind and state."""
    path = archive.folder / "release-2.0-linux.zip"
    path.write_bytes(b"zip")
    for number, colour in enumerate(COLOURS):
        archive.offers_picture(ana if number % 2 else li, f"soup-{number}.png", colour, here=number != 2)
    archive.offers(li, an_offer("stand-up.ogg", 640_000, "audio/ogg"), FileState.UNAVAILABLE)
    archive.offers(ana, an_offer("minutes-board.odt", 84_000))
    archive.offers(li, an_offer("invoices-2026.csv", 1_200_000), FileState.PAUSED, done=768_000)
    archive.now += 86_400_000
    archive.offers(li, an_offer("menu-december.pdf", 310_000, "application/pdf"), FileState.HERE, path=str(path))
    archive.offers(ana, an_offer("release-2.0-linux.zip", 48_200_000), FileState.HERE, path=str(path))
    archive.offers(ana, an_offer("Design drafts", 14_000_000, count=23, caption="All of them"), FileState.FAILED)
    archive.offers(ana, an_offer("office-tour.mp4", 61_000_000, "video/mp4"), FileState.COMING, done=18_300_000,
                   rate=6_200_000)  # fmt: skip
