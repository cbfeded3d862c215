"""A room's history as a file to keep."""

from __future__ import annotations

import json
import os
import stat
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from people import GARDEN, KITCHEN, Person, says

from lanchat.core.content import encode
from lanchat.core.file_offer import FileOffer
from lanchat.core.model import Card, EntryId
from lanchat.core.profile import Profile, encode_profile
from lanchat.storage.errors import FileNotWritten, FileThere
from lanchat.storage.export import FORMS, export
from lanchat.storage.languages import speak
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store
from lanchat.trust.signing import make_entry
from tests.systems import needs_modes

HOSTILE = '<script>alert("&amp;")</script> \u202ereversed\0 \x1b[31m\n<img src=x onerror=1>'


@pytest.fixture
def history(store: Store, ana: Person, ben: Person) -> None:
    store.put_room(RoomRecord(KITCHEN, "Kitchen & <Co>", hosted=True))
    store.put_cards([Card(ana.identity.key, "Ana <b>", 1, b"s" * 64), Card(ben.identity.key, "Ben", 1, b"s" * 64)])
    says(store.log(KITCHEN), ana, "first", HOSTILE)
    says(store.log(KITCHEN), ben, "two\nlines", "明日は会議です 🎉")
    store.log(KITCHEN).append(ben.writes("?", kind="reaction"), 90_000_000_000)


@pytest.mark.usefixtures("history")
def test_as_text(reader: Reader, tmp_path: Path) -> None:
    assert export(reader, KITCHEN, tmp_path / "kitchen.txt", "txt") == 5
    lines = (tmp_path / "kitchen.txt").read_text("utf-8").splitlines()
    assert lines[0] == "Kitchen & <Co>"
    assert sum(line.endswith("1970") or line.endswith("1972") for line in lines) == 2, "a line for each day"
    assert lines[3].endswith(" Ana <b>: first")
    assert lines[6].endswith(" Ben: two")
    assert lines[7] == "      lines"
    assert lines[8].endswith(" Ben: 明日は会議です 🎉")
    assert not {"\0", "\x1b", "\u202e"} & set("".join(lines))


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize("form", ["txt", "html"])
def test_its_days_are_in_the_language_that_is_spoken(reader: Reader, tmp_path: Path, form: str) -> None:
    speak("id")
    try:
        export(reader, KITCHEN, tmp_path / "dapur", form)
    finally:
        speak("en")
    assert "November 1972" in (text := (tmp_path / "dapur").read_text("utf-8"))
    assert any(day in text for day in ("Kamis, ", "Rabu, "))


@pytest.mark.usefixtures("history")
def test_as_json_lines(reader: Reader, tmp_path: Path, ana: Person) -> None:
    assert export(reader, KITCHEN, tmp_path / "kitchen.json", "json") == 5
    told = [json.loads(line) for line in (tmp_path / "kitchen.json").read_text("utf-8").splitlines()]
    assert [line["seq"] for line in told] == [1, 2, 3, 4, 5]
    assert told[0] == {
        "room": "Kitchen & <Co>", "seq": 1, "id": reader.newest(KITCHEN, 5)[0].message_id.hex(),
        "from": ana.identity.key.hex(), "nick": "Ana <b>", "kind": "text", "text": "first", "sent_at": 1_000_001,
        "received_at": 1_000_000, "edited_at": 0, "pinned": False, "reply_to": "", "deleted": False, "deleted_by": "",
        "reactions": {},
    }  # fmt: skip


@pytest.mark.usefixtures("history")
def test_as_a_page_in_which_nothing_that_was_said_is_markup(reader: Reader, tmp_path: Path) -> None:
    assert export(reader, KITCHEN, tmp_path / "kitchen.html", "html") == 5
    page = (tmp_path / "kitchen.html").read_text("utf-8")

    tags: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.add(tag)  # type: ignore[method-assign]
    parser.feed(page)
    assert tags == {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "time", "b", "bdi", "i"}
    body = ET.fromstring(page[page.index("<body>") : page.index("</html>")])
    said = ["".join(line.findall("bdi")[0].itertext()) for line in body.findall("p")]
    assert said[0] == "first"
    assert said[1].startswith('<script>alert("&amp;")</script>')
    assert said[3] == "明日は会議です 🎉"


def test_a_page_is_formatted_and_the_other_forms_are_as_it_was_written(
    store: Store, reader: Reader, tmp_path: Path, ana: Person
) -> None:
    written = "see **<b>**, *it* and `c` at https://a.lan/?a=1&b=\n> quoted\n- item\n```py\nx < 1\n```\nend [m](https://b.lan)"
    says(store.log(KITCHEN), ana, written, '[x](javascript:alert) "><script>alert(1)</script> **<img src=x>**')
    for form in FORMS:
        export(reader, KITCHEN, tmp_path / form, form)
    page = (tmp_path / "html").read_text("utf-8")
    body = ET.fromstring(page[page.index("<body>") : page.index("</html>")])
    for element, words in (
        (".//strong", ["<b>", "<img src=x>"]), (".//i", ["it"]), (".//code", ["c", "x < 1"]), (".//pre/small", ["py"]),
        (".//blockquote/div", ["quoted"]), ("div", ["• item"]),
    ):  # fmt: skip
        assert ["".join(one.itertext()).strip() for one in body.findall(element)] == words
    assert [one.get("href") for one in body.findall(".//a")] == ["https://a.lan/?a=1&b=", "https://b.lan"]
    assert not body.findall(".//script")
    assert not body.findall(".//img")
    assert written.replace("\n", "\n      ") in (tmp_path / "txt").read_text("utf-8")
    assert json.loads((tmp_path / "json").read_text("utf-8").splitlines()[0])["text"] == written


@pytest.mark.parametrize("form", FORMS)
def test_a_long_history_is_whole(store: Store, reader: Reader, tmp_path: Path, ana: Person, form: str) -> None:
    says(store.log(KITCHEN), ana, *(f"line{number}." for number in range(2_345)))
    assert export(reader, KITCHEN, tmp_path / "out", form) == 2_345
    text = (tmp_path / "out").read_text("utf-8")
    places = [text.index(f"line{number}.") for number in range(2_345)]
    assert places == sorted(places)


def test_two_members_with_one_nick_are_told_apart(
    store: Store, reader: Reader, tmp_path: Path, ana: Person, ben: Person
) -> None:
    store.put_cards([Card(who.identity.key, nick, 1, b"s" * 64) for who, nick in ((ana, "Sam"), (ben, "SAM"))])
    says(store.log(KITCHEN), ana, "hi")
    says(store.log(KITCHEN), ben, "hi")
    says(store.log(KITCHEN), Person(), "hi")
    export(reader, KITCHEN, tmp_path / "out", "json")
    nicks = [json.loads(line)["nick"] for line in (tmp_path / "out").read_text("utf-8").splitlines()]
    assert nicks[0].startswith("Sam (")
    assert nicks[1].startswith("SAM (")
    assert len(set(nicks)) == 3
    assert all(nicks)


def test_guests_are_marked_and_nobody_else_by_a_nick(
    store: Store, reader: Reader, tmp_path: Path, ana: Person, ben: Person
) -> None:
    guest = encode_profile(Profile(guest=True))
    store.put_cards([
        Card(ana.identity.key, "Mia", 1, b"s" * 64, guest), Card(ben.identity.key, "Jo (guest)", 1, b"s" * 64)
    ])  # fmt: skip
    says(store.log(KITCHEN), ana, "hi", "/me waves")
    says(store.log(KITCHEN), ben, "hello")
    for form in FORMS:
        export(reader, KITCHEN, tmp_path / form, form)
    plain, page = ((tmp_path / form).read_text("utf-8") for form in ("txt", "html"))
    assert [plain.count(words) for words in ("Mia (guest): hi", "* Mia (guest) waves")] == [1, 1]
    assert "Jo (guest): hello" not in plain
    assert page.count("<bdi>Mia (guest)</bdi>") == 1
    told = [json.loads(line) for line in (tmp_path / "json").read_text("utf-8").splitlines()]
    assert [(one["nick"], one.get("guest")) for one in told[:2]] == [("Mia", True)] * 2
    assert told[2]["nick"].startswith("Jo (guest) (")
    assert "guest" not in told[2]


@pytest.mark.parametrize("form", ["txt", "html"])
def test_no_nick_makes_a_message_look_like_an_action_of_another(
    store: Store, reader: Reader, tmp_path: Path, ana: Person, ben: Person, form: str
) -> None:
    store.put_cards([Card(who.identity.key, nick, 1, b"s" * 64) for who, nick in ((ana, "Ana"), (ben, "* Anna"))])
    says(store.log(KITCHEN), ana, "/me waves")
    says(store.log(KITCHEN), ben, "waves")
    says(store.log(KITCHEN), ben, "/me waves")
    export(reader, KITCHEN, tmp_path / "out", form)
    said = (tmp_path / "out").read_text("utf-8")
    assert (said.count("* Ana"), said.count("* Anna"), said.count("* *")) == (1, 1, 0)


@pytest.mark.usefixtures("history")
def test_a_file_that_is_there_is_never_touched(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("precious", "utf-8")
    with pytest.raises(FileThere, match="not touched"):
        export(reader, KITCHEN, path, "txt")
    assert path.read_text("utf-8") == "precious"


@pytest.mark.usefixtures("history")
@needs_modes
def test_nobody_else_may_read_it(reader: Reader, tmp_path: Path) -> None:
    export(reader, KITCHEN, tmp_path / "out", "txt")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


@pytest.mark.usefixtures("history")
def test_a_place_where_nothing_can_be_written(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten, match="history is safe"):
        export(reader, KITCHEN, tmp_path / "missing" / "out", "txt")


@pytest.mark.usefixtures("history")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_half_a_history_is_not_left(reader: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out"
    path_open = os.open

    def open_on_a_full_disk(name: object, *how: int) -> int:
        os.close(path_open(path, *how))
        return path_open("/dev/full", os.O_WRONLY)

    monkeypatch.setattr(os, "open", open_on_a_full_disk)
    with pytest.raises(FileNotWritten):
        export(reader, KITCHEN, path, "txt")
    assert not path.exists()


def test_a_room_that_is_not_kept(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        export(reader, GARDEN, tmp_path / "out", "txt")
    assert not (tmp_path / "out").exists()


@pytest.fixture
def changed(store: Store, ana: Person, ben: Person) -> list[str]:
    """A message that was edited, one that answers it, one that was deleted, and one of which a reaction is left."""
    store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key, hosted=True))
    store.put_cards([Card(ana.identity.key, "Ana", 1, b"s" * 64), Card(ben.identity.key, "<i>Ben", 1, b"s" * 64)])
    log = store.log(KITCHEN)
    tea, secret = (says(log, ben, text)[0].entry for text in ("te?", "my secret"))
    tea_id, secret_id = EntryId(tea.entry_id), EntryId(secret.entry_id)
    log.append(ben.writes("tea & cake?", kind="+edit", target=tea_id), 90_000)
    log.append(ana.writes("yes", target=tea_id), 90_000)
    for who in (ana, ben):
        log.append(who.writes("👍", kind="+react", target=tea_id), 90_000)
    log.append(ana.writes("", kind="+delete", target=secret_id), 90_000)
    return [tea_id.hex(), secret_id.hex()]


@pytest.mark.usefixtures("changed")
def test_what_people_made_of_messages_is_in_the_text_and_on_the_page(reader: Reader, tmp_path: Path) -> None:
    for form in ("txt", "html"):
        assert export(reader, KITCHEN, tmp_path / form, form) == 3
    lines = [line.strip() for line in (tmp_path / "txt").read_text("utf-8").splitlines()]
    assert lines[3].endswith(" <i>Ben: tea & cake? (edited)")
    assert lines[4] == "👍 Ana, <i>Ben"
    assert lines[5].endswith("A message of <i>Ben was deleted by Ana.")
    assert lines[6].endswith(" Ana: yes")
    assert lines[7] == "> <i>Ben: tea & cake?"
    page = (tmp_path / "html").read_text("utf-8")
    assert "<bdi>tea &amp; cake?</bdi> <small>(edited)</small>" in page
    assert '<p class="item"><small>👍 Ana, &lt;i&gt;Ben</small></p>' in page
    assert "<i>A message of &lt;i&gt;Ben was deleted by Ana.</i>" in page
    assert "<blockquote><small>&lt;i&gt;Ben: tea &amp; cake?</small></blockquote>" in page
    assert "secret" not in page + "".join(lines)


def test_what_people_made_of_messages_is_in_the_json(
    reader: Reader, tmp_path: Path, ana: Person, ben: Person, changed: list[str]
) -> None:
    export(reader, KITCHEN, tmp_path / "json", "json")
    tea, secret, yes = map(json.loads, (tmp_path / "json").read_text("utf-8").splitlines())
    assert (tea["text"], tea["edited_at"]) == ("tea & cake?", 90_000)
    assert tea["reactions"] == {"👍": [ana.identity.key.hex(), ben.identity.key.hex()]}
    assert (secret["text"], secret["deleted"], secret["deleted_by"]) == ("", True, ana.identity.key.hex())
    assert (yes["text"], yes["reply_to"]) == ("yes", changed[0])


def test_files_are_named_in_every_form(store: Store, reader: Reader, tmp_path: Path, ana: Person) -> None:
    offer = FileOffer("<plan> \u202e.pdf", 2_345_000, 1, b"r" * 32, 9, "application/pdf", caption="**page 3** & <4>")
    store.put_room(RoomRecord(KITCHEN, "Kitchen", hosted=True))
    store.put_cards([Card(ana.identity.key, "Ana", 1, b"s" * 64)])
    ana.counter += 1
    store.log(KITCHEN).append([make_entry(ana.identity, KITCHEN, ana.counter, encode(offer), 1_000_000)], 90_000)
    for form in FORMS:
        assert export(reader, KITCHEN, tmp_path / form, form) == 1
    assert " Ana sent <plan> .pdf, 2.3 MB: **page 3** & <4>" in (tmp_path / "txt").read_text("utf-8")
    told = json.loads((tmp_path / "json").read_text("utf-8"))
    assert (told["kind"], told["text"], told["file"]["name"]) == ("file", "**page 3** & <4>", "<plan> .pdf")
    assert (told["file"]["size"], told["file"]["root"]) == (2_345_000, (b"r" * 32).hex())
    page = (tmp_path / "html").read_text("utf-8")
    assert "<i>sent &lt;plan&gt; .pdf, 2.3 MB</i>" in page
    assert "<strong>page 3</strong> &amp; &lt;4&gt;" in page
