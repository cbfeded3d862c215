"""Files that people offer in the room of a Talk, and what becomes of them."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

from msgspec.structs import replace
from PIL import Image, ImageDraw

from lanchat.core.content import encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import Entry, EntryId
from lanchat.desktop.model.files import FileAction
from lanchat.desktop.timeline.file_painter import CardSpot
from lanchat.engine.events import FileChanged, FileState, MessagesAdded
from tests.desktop.timeline.talk import KITCHEN, Person, Talk

MEGABYTE = 1_000_000


def a_file(
    name: str = "release-2.0-linux.zip", size: int = 48 * MEGABYTE, caption: str = "", **more: object
) -> FileOffer:
    root = hashlib.sha256(name.encode()).digest()
    return FileOffer(name, size, count=1, root=root, manifest_size=100, caption=caption, **more)  # type: ignore[arg-type]


def a_picture(
    width: int, height: int, name: str = "soup.png", caption: str = "", preview: bytes = b"", media: str = "image/png"
) -> FileOffer:  # fmt: skip
    """As its author says it is."""
    return a_file(name, 2 * MEGABYTE, caption, media=media, width=width, height=height, preview=preview or a_preview())


def a_preview(colour: str = "#30a050") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(kept, "JPEG")
    return kept.getvalue()


def drawn_file(path: Path, width: int, height: int, colour: str = "#c03020", ink: str = "") -> Path:
    """A picture of one colour, or with a bar of another at its top."""
    image = Image.new("RGB", (width, height), colour)
    if ink:
        ImageDraw.Draw(image).rectangle((0, 0, width, height // 4), fill=ink)
    image.save(path)
    return path


def entry_of(person: Person, offer: FileOffer, at: int) -> Entry:
    return replace(person.writes("", at, FileOffer.kind), body=encode(offer).body)


def offers(talk: Talk, person: Person, offer: FileOffer) -> EntryId:
    """Somebody offers files, now, and we hear of it."""
    talk.now += 1_000
    entry = entry_of(person, offer, talk.now)
    talk.hear(MessagesAdded.of(KITCHEN, talk.past(entry)))
    talk.settle()
    return EntryId(entry.entry_id)


def becomes(talk: Talk, message_id: EntryId, state: FileState, **more: object) -> None:
    """The Engine tells what became of it."""
    talk.hear(FileChanged(KITCHEN, message_id, state, **more))  # type: ignore[arg-type]
    talk.settle()


def spot(talk: Talk, message_id: EntryId, action: FileAction) -> tuple[CardSpot, int, int]:
    """Where this can be pressed, in pixels of the Text."""
    assert talk.timeline is not None
    found = next(one for one in talk.timeline.files.spots_of(message_id) if one.action is action)
    left, top = place_of(talk, message_id)[:2]
    return found, left + (found.box[0] + found.box[2]) // 2, top + (found.box[1] + found.box[3]) // 2


def place_of(talk: Talk, message_id: EntryId) -> tuple[int, int, int, int]:
    """Left, top, width and height of its card, in pixels of the Text."""
    assert talk.timeline is not None
    view = talk.timeline.view
    row = view.rows[view.find(message_id) or 0]
    box = view.text.bbox(view.place_of_file(row))
    assert box is not None
    return box


def picture_of(talk: Talk, message_id: object) -> Image.Image:
    """What is shown of it."""
    assert talk.timeline is not None
    view = talk.timeline.view
    row = view.rows[view.find(message_id) or 0]  # type: ignore[arg-type]
    name = str(view.text.image_cget(view.place_of_file(row), "image"))
    data = view.text.tk.call(name, "data", "-format", "ppm")
    return Image.open(io.BytesIO(data if isinstance(data, bytes) else str(data).encode("latin-1")))


def press(talk: Talk, x: int, y: int) -> None:
    for event in ("<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>"):
        talk.text.event_generate(event, x=x, y=y)
    talk.settle()
