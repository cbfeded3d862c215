"""Finding what was said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import GARDEN, KITCHEN, Person, says, seen, texts

from lanchat.core.content import Payload
from lanchat.core.model import Entry, EntryId, MemberKey
from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.search_filters import SearchFault
from lanchat.storage.store import Store
from lanchat.trust.signing import make_card, make_entry

SAID = [
    "The meeting is at ten",
    "meet me in the café",
    "ÜBER-important: naïve señor",
    "明日は会議です",
    "今日の会議室はどこ",
    "我们明天开会",
    "ラーメンを食べる",
    "Kita rapat besok, ya",
    "party 🎉 tonight 👍🏽",
    'he said "hello, world" twice',
    "x OR y AND NOT z*",
    "see lanchat_settings.json at 10:30",
    "สวัสดีครับ",
    "회의는 내일입니다",
    "Привет, как дела",
    "I love C++ and ❤️",
    "\uff26\uff35\uff2c\uff2c width",
    "we write C# for .NET",
    "the net is torn",
    "NOT a/b",
    "NOT a b",
    "오늘회의늦어요",
    "İstanbul'da \u0131\u015f\u0131k var",
    "Straße 5",
    "Łódź, smørrebrød",
]

FOUND = {
    "meeting": [0],
    "MEETING": [0],
    "meet": [1, 0],
    "me": [1, 0],
    "ten meeting": [0],
    "cafe": [1],
    "CAFÉ": [1],
    "cafe\u0301": [1],
    "uber": [2],
    "über-imp": [2],
    "naive senor": [2],
    "会議": [4, 3],
    "明日": [3],
    "日は会": [3],
    "会": [5, 4, 3],
    "会議室 今日": [4],
    "議会": [],
    "ラーメン": [6],
    "ーメ": [6],
    "rapat": [7],
    "🎉": [8],
    "👍": [8],
    "party 🎉": [8],
    "❤": [15],
    '"hello': [9],
    "hello,": [9],
    "said hello": [9],
    "OR": [10],
    "x AND": [10],
    "z*": [10],
    "settings.json": [11],
    "lanchat_settings": [11],
    "10:30": [11],
    "สวัสดี": [12],
    "привет": [14],
    "ДЕЛ": [14],
    "full": [16],  # written in full-width letters
    "c#": [17],
    "C++": [15],
    "#": [],
    ".net": [17],
    "net": [18, 17],
    "C# .NET": [17],
    "a/b": [19],
    "b/a": [],
    "a b": [20, 19],
    "늦어": [21],
    "회의": [21, 13],
    "내일입": [13],
    "isik": [22],
    "ISIK": [22],
    "\u0131\u015f\u0131k": [22],
    "istanbul": [22],
    "strasse": [23],
    "STRASSE": [23],
    "straße": [23],
    "lodz": [24],
    "łódź": [24],
    "smorrebrod": [24],
    "nothing of the kind": [],
    "eeting": [],
    "": [],
    "   ": [],
    "!?": [],
    "*": [],
    '"': [],
    "_": [],
}


@pytest.fixture
def kitchen(store: Store, ana: Person) -> None:
    says(store.log(KITCHEN), ana, *SAID)


@pytest.mark.usefixtures("kitchen")
@pytest.mark.parametrize("query", FOUND)
def test_finds(reader: Reader, query: str) -> None:
    assert texts([hit.message for hit in reader.search(query)]) == [SAID[number] for number in FOUND[query]]


@pytest.mark.usefixtures("kitchen")
@pytest.mark.parametrize(
    "query",
    ["NEAR(meeting ten, 2)", "body:meeting", "^meeting", "{body}: x", "meeting) OR (x", "- meeting", "a\0b", "\ud800",
     "' OR 1=1 --", "meeting NOT ten", '"' * 1001, "(" * 500, "me " * 5000, "\u0660", "²", "\u0301", "\u200d",
     "\U0010ffff"],
)  # fmt: skip
def test_what_is_typed_is_never_syntax(reader: Reader, query: str) -> None:
    hits = reader.search(query)
    assert all("NOT" in hit.message.text or "meet" in hit.message.text.lower() for hit in hits), "no operators"


@pytest.mark.usefixtures("kitchen")
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(query=st.text(st.characters() | st.sampled_from('"*()^:+- \0\ud800会🎉'), max_size=30))
def test_any_text_may_be_typed(reader: Reader, query: str) -> None:
    reader.search(query)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_any_text_may_be_said_and_forgotten(store: Store, reader: Reader, text: str) -> None:
    says(store.log(KITCHEN), Person(), "landmark " + text)
    assert len(reader.search("landmark")) == 1
    store.forget_room(KITCHEN)
    store.put_room(RoomRecord(KITCHEN, "Kitchen"))
    assert reader.search("landmark") == []


def test_the_newest_come_first_and_no_more_than_asked(store: Store, reader: Reader, ana: Person) -> None:
    says(store.log(KITCHEN), ana, *(f"soup {number}" for number in range(100)))
    assert texts([hit.message for hit in reader.search("soup", KITCHEN, 3)]) == ["soup 99", "soup 98", "soup 97"]
    assert len(reader.search("soup")) == 50


def test_in_one_room_or_in_all(store: Store, reader: Reader, ana: Person) -> None:
    store.put_room(RoomRecord(GARDEN, "Garden", hosted=True))
    for number in range(4):
        room_id = (KITCHEN, GARDEN)[number % 2]
        store.log(room_id).append(ana.writes(f"soup {number}"), 1_000 + number)
    assert texts([hit.message for hit in reader.search("soup", KITCHEN)]) == ["soup 2", "soup 0"]
    everywhere = reader.search("soup")
    assert texts([hit.message for hit in everywhere]) == ["soup 3", "soup 2", "soup 1", "soup 0"]
    assert [hit.room_id for hit in everywhere] == [GARDEN, KITCHEN] * 2
    assert [hit.message.seq for hit in reader.search("soup", limit=2)] == [2, 2]


def test_any_number_is_found_a_page_at_a_time(store: Store, reader: Reader, ana: Person) -> None:
    kept = says(store.log(KITCHEN), ana, *(f"tea {number}" if number % 2 else "coffee" for number in range(2_400)))
    wanted = [item for item in seen(kept) if item.text.startswith("tea")]
    for limit, expected in ((0, wanted), (1, wanted[-1:]), (700, wanted[-700:]), (5_000, wanted)):
        pages = list(reader.matches("tea", KITCHEN, limit))
        assert [item for page in pages for item in page] == expected
        assert max(map(len, pages)) <= 500
    assert list(reader.matches("wine", KITCHEN, 0)) == []


# --- filters ---------------------------------------------------------------------------------------------------------
DAY = 86_400_000


def at(year: int, month: int, day: int, hour: int = 12) -> int:
    return round(datetime(year, month, day, hour).astimezone().timestamp() * 1000)


def written(person: Person, text: str, when: int, **more: Any) -> Entry:
    """By a clock that is right."""
    person.counter += 1
    target = more.get("target")
    payload = Payload(more.get("kind", "text"), None if target is None else EntryId(target.entry_id), text.encode())
    return make_entry(person.identity, more.get("room_id", KITCHEN), person.counter, payload, when)


@pytest.fixture
def talk(store: Store, ana: Person, ben: Person) -> list[Entry]:
    """Ana hosts the kitchen, where she and Ben talked for three days; Ben said something in the garden, too."""
    store.put_room(RoomRecord(KITCHEN, "Kitchen", ana.identity.key, hosted=True))
    store.put_room(RoomRecord(GARDEN, "The Garden", ana.identity.key, hosted=True))
    store.put_cards([make_card(ana.identity, "Ana Maria", 1), make_card(ben.identity, "I\u015f\u0131k", 1)])
    found = []
    for person, text, when in (
        (ana, "soup today", at(2026, 11, 1)),
        (ben, "no soup, see https://soup.example/1", at(2026, 11, 2, 0)),
        (ana, "bread at www.bread.example", at(2026, 11, 2, 23)),
        (ben, "the http of soup", at(2026, 11, 3)),
        (ana, "soup at last", at(2026, 11, 3)),
    ):
        found.append(written(person, text, when))
        store.log(KITCHEN).append(found[-1:], when)
    store.log(GARDEN).append([written(ben, "soup in the garden", at(2026, 11, 4), room_id=GARDEN)], at(2026, 11, 4))
    return found


def asks(reader: Reader, query: str, me: Person | None = None) -> list[str]:
    return texts([hit.message for hit in reader.search(query, me=MemberKey(me.identity.key) if me else None)])


@pytest.mark.usefixtures("talk")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("from:ana soup", ["soup at last", "soup today"]),
        ("from:maria bread", ["bread at www.bread.example"]),
        ('from:"ana maria" in:kitchen last', ["soup at last"]),
        ("from:isik in:kitchen", ["the http of soup", "no soup, see https://soup.example/1"]),
        ("from:nobody", []),
        ("from:nobody soup", []),
        ("in:garden soup", ["soup in the garden"]),
        ("in:gar from:ana soup", []),
        ("has:link", ["bread at www.bread.example", "no soup, see https://soup.example/1"]),
        ("has:link soup", ["no soup, see https://soup.example/1"]),
        ("has:link from:ana", ["bread at www.bread.example"]),
        ("has:file", []),
        ("has:pin", []),
        ("before:2026-11-02", ["soup today"]),
        ("after:2026-11-03 in:kitchen", ["soup at last", "the http of soup"]),
        ("after:2026-11-02 before:2026-11-03", ["bread at www.bread.example", "no soup, see https://soup.example/1"]),
        ("after:2026-11-02 before:2026-11-03 soup", ["no soup, see https://soup.example/1"]),
        ("before:2026 soup", []),
        ("after:2026 from:isik soup before:2026-11-03", ["no soup, see https://soup.example/1"]),
        ("in:kitchen", []),
    ],
)
def test_filters_say_who_where_what_and_when(reader: Reader, query: str, found: list[str]) -> None:
    assert asks(reader, query) == found


@pytest.mark.usefixtures("talk")
def test_from_me_is_whoever_asks(reader: Reader, ana: Person, ben: Person) -> None:
    assert asks(reader, "from:me last", ana) == ["soup at last"]
    assert asks(reader, "from:me in:kitchen of", ben) == ["the http of soup"]
    assert asks(reader, "from:me") == [], "nobody is called so"


def test_what_was_edited_deleted_or_pinned_is_found_as_it_is_now(
    store: Store, reader: Reader, ana: Person, ben: Person, talk: list[Entry]
) -> None:
    when = at(2026, 11, 5)
    store.log(KITCHEN).append([
        written(ana, "tea today", when, kind="+edit", target=talk[0]),
        written(ben, "", when, kind="+delete", target=talk[1]),
        written(ana, "", when, kind="+pin", target=talk[4]),
        written(ben, "no link any more", when, kind="+edit", target=talk[3]),
        written(ana, "see https://garden.example", when, kind="+edit", target=talk[2]),
    ], when)  # fmt: skip
    assert asks(reader, "has:link") == ["see https://garden.example"]
    assert asks(reader, "has:pin") == asks(reader, "has:pin soup") == ["soup at last"]
    assert asks(reader, "has:pin tea") == []
    assert asks(reader, "from:isik in:kitchen") == ["no link any more"]
    assert asks(reader, "before:2026-11-03 from:ana") == ["see https://garden.example", "tea today"]


def test_a_wrong_clock_does_not_hide_a_message(store: Store, reader: Reader, ana: Person) -> None:
    """The host's clock was set back by half a day, and one author's is years ahead."""
    log = store.log(KITCHEN)
    noon = at(2026, 11, 20)
    hour = DAY // 24
    times = [noon - 2 * DAY, noon - DAY, noon + 6 * hour, noon - 16 * hour, noon, noon + DAY]
    for number, got in enumerate(times):
        log.append([written(ana, f"soup {number}", got)], got)
    log.append([written(ana, "soup of the future", noon + 3_000 * DAY)], noon + 2 * DAY)
    wanted = ["soup of the future", "soup 5", "soup 2", "soup 4"]
    assert asks(reader, "after:2026-11-20") == asks(reader, "soup after:2026-11-20") == wanted
    assert asks(reader, "future before:2026-12") == ["soup of the future"]
    assert asks(reader, "before:2026-11-20") == ["soup 3", "soup 1", "soup 0"]


def test_what_cannot_be_understood_is_refused_in_words(reader: Reader) -> None:
    with pytest.raises(SearchFault, match="After before: stands a date"):
        reader.search("soup before:soon")


def test_pages_of_matches_pass_the_filters_too(store: Store, reader: Reader, ana: Person, ben: Person) -> None:
    store.put_cards([make_card(ben.identity, "Ben", 1)])
    for number in range(40):
        says(store.log(KITCHEN), (ana, ben)[number % 2], *(f"tea {number}.{part}" for part in range(50)))
    pages = list(reader.matches("tea from:ben", KITCHEN, 600))
    assert [text for page in pages for text in texts(page)] == [
        f"tea {number}.{part}" for number in range(17, 40, 2) for part in range(50)
    ]
    assert list(reader.matches("tea in:garden", KITCHEN, 0)) == []
