"""Links: what of a text is an address, which of them are opened, and that a link hides none."""

from __future__ import annotations

import pytest

from lanchat.core.links import address, links_in, may_stand_for
from tests.cpu_time import cpu_seconds

ROOM = "lanchat://192.168.1.42:29747/abcdefghijklmnop#AAAAAAAAAAAAAAAAAAAAAA"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://files.lan/a.txt.", ["https://files.lan/a.txt"]),
        ("(https://files.lan/a)", ["https://files.lan/a"]),
        ("https://en.lan/wiki/Tea_(drink), yes", ["https://en.lan/wiki/Tea_(drink)"]),
        ("HTTP://FILES.LAN/A?b=1&c=2#d!", ["HTTP://FILES.LAN/A?b=1&c=2#d"]),
        ("<https://a.lan> and \"http://b.lan:8080/\"", ["https://a.lan", "http://b.lan:8080/"]),
        ("見てhttps://a.lan/x。", ["https://a.lan/x"]),
        ("javascript:alert(1) file:///etc/passwd ftp://a.lan lanchat://join/x", []),
        ("xhttps://a.lan", []),
        ("https://", []),
        ("https://...", []),
        ("http://[::1", []),
        ("https://a.lan/?q='q'", ["https://a.lan/?q='q'"]),
        ("'https://a.lan/q' and *https://b.lan*", ["https://a.lan/q", "https://b.lan"]),
        ("~~https://a.lan/x~~, **see https://b.lan/y**, _https://c.lan/z_",
         ["https://a.lan/x", "https://b.lan/y", "https://c.lan/z"]),
        ("'https://a.lan/it's'", ["https://a.lan/it's"]),
        ("see www.a.lan/x, WWW.b.lan. and www.", ["www.a.lan/x", "WWW.b.lan"]),
        ("https://www.a.lan", ["https://www.a.lan"]),
        ("write to ana.b+c@mail.example.org.", ["ana.b+c@mail.example.org"]),
        ("ana@here, @ana, a@@b.lan, -x@a.lan", []),
        (f"come: <{ROOM}>.", [ROOM]),
    ],
    ids=range(20),
)  # fmt: skip
def test_links(text: str, links: list[str]) -> None:
    assert [text[link.start : link.end] for link in links_in(text)] == links


@pytest.mark.parametrize(
    ("link", "opens"),
    [("www.a.lan/x", "http://www.a.lan/x"), ("ana@a.lan", "mailto:ana@a.lan"), ("https://a.lan", "https://a.lan"),
     ("mailto:ana@a.lan", "mailto:ana@a.lan"), (ROOM, ROOM)],
)  # fmt: skip
def test_what_a_link_opens(link: str, opens: str) -> None:
    assert address(link) == opens


@pytest.mark.parametrize(
    "label",
    ["bank.example", "https://bank.example", "see www.bank.example", "ana@bank.example", "bank\u2024example",
     "bank\u3002example", "//bank", "https:\uff0f\uff0fbank"],
)  # fmt: skip
def test_words_that_look_like_another_address_are_no_link(label: str) -> None:
    assert not may_stand_for(label, "https://evil.lan")


@pytest.mark.parametrize("label", ["the menu", "Menu. And more", "v2.0", "3.5 kg", "日本", "https://evil.lan"])
def test_other_words_may_be(label: str) -> None:
    assert may_stand_for(label, "https://evil.lan")


@pytest.mark.parametrize(
    "text",
    ["https://" * 500, "https://a.lan/" + "(" * 3_900, "https://a.lan/" + ")" * 3_900, "a@b.cc " * 570, "www." * 1_000,
     "https://a.lan/" + "*" * 3_900, "@" * 4_000],
    ids=range(7),
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    assert cpu_seconds(lambda: links_in(text)) < 0.05
