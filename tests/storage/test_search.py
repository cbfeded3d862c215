"""Finding what was said."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from people import GARDEN, KITCHEN, Person, says, seen, texts

from lanchat.storage.reader import Reader
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store

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
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters() | st.sampled_from('"*()^:+- \0\ud800会🎉'), max_size=30))
def test_any_text_may_be_typed(reader: Reader, query: str) -> None:
    reader.search(query)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
