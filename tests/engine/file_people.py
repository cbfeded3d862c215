"""What people in tests do with files."""

from __future__ import annotations

from pathlib import Path

from engine.people import People, Person
from lanchat.engine import commands, events
from lanchat.engine.events import FileState
from lanchat.storage.settings import FileSettings


def sharer(people: People, nick: str, **chosen: object) -> Person:
    """Somebody whose files come into a folder of the test."""
    person = people.person(nick)
    settle(person, **chosen)
    return person


def member(people: People, nick: str) -> Person:
    """The same, in the kitchen."""
    person = sharer(people, nick)
    person.joins("Kitchen")
    return person


def settle(person: Person, **chosen: object) -> None:
    chosen = {"folder": str(person.folder / "got"), **chosen}
    person.do(commands.SetFiles(FileSettings(**chosen)))  # type: ignore[arg-type]
    person.hears(events.FileSettingsChanged)


def some_file(person: Person, name: str = "notes.txt", content: bytes = b"hello\n" * 1_000) -> Path:
    path = person.folder / "originals" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def offers(person: Person, *paths: Path, **options: object) -> events.EntryWritten:
    assert person.room_id is not None
    person.do(commands.SendFiles(person.room_id, tuple(map(str, paths)), **options))  # type: ignore[arg-type]
    answer = person.hears(events.EntryWritten, events.FilesRefused)
    assert isinstance(answer, events.EntryWritten), answer
    return answer


def in_state(person: Person, offer: events.EntryWritten, *states: FileState) -> events.FileChanged:
    """What they are told of it, once it is so."""
    while True:
        told = person.hears(events.FileChanged, message_id=offer.entry_id)
        if told.state in states:
            return told


def kept_by_host(person: Person, offer: events.EntryWritten) -> None:
    """The host has a copy of what they offered."""
    while not in_state(person, offer, FileState.MINE).host_has:
        pass


def asks_for(person: Person, offer: events.EntryWritten) -> None:
    assert person.room_id is not None
    person.until(lambda: any(one.message_id == offer.entry_id for one in person.room.messages))
    person.do(commands.GetFile(person.room_id, offer.entry_id))


def gets(person: Person, offer: events.EntryWritten) -> Path:
    asks_for(person, offer)
    told = in_state(person, offer, FileState.HERE, FileState.FAILED)
    assert told.state is FileState.HERE, told
    return Path(told.path)


def stored_by(person: Person) -> list[Path]:
    """What they keep for others, as the host."""
    return list((person.folder / "files" / "store").glob("*"))
