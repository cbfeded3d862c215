"""Opening what a peer wrote, or a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanchat.desktop.platform.external_programs import is_web_address, open_folder, open_url
from tests.desktop.platform.programs import Programs


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://192.168.1.42:8080/a?b=c&d=$(id)#e",
        "https://en.wikipedia.org/wiki/Käse_(`ls`)",
        "HTTPS://EXAMPLE.ORG/",
    ],
)
def test_a_web_address_goes_to_the_browser_as_it_is(programs: Programs, url: str) -> None:
    programs.install("xdg-open")
    assert open_url(url) == ""
    assert programs.next()["argv"][1:] == [url]


@pytest.mark.parametrize(
    "url",
    [
        "", "-u", "--help", "file:///etc/passwd", "javascript:alert(1)", "ssh://-oProxyCommand=id/", "https://",
        "https:///path", "https://a b", "https://a\nb", "https://a\x00", "https://[", "example.org", " https://a.org",
        "https://a.org/\u202egpj.exe",
    ],
)  # fmt: skip
def test_nothing_else_is_opened(programs: Programs, url: str) -> None:
    programs.install("xdg-open")
    assert not is_web_address(url)
    assert "http://" in open_url(url)
    assert programs.nothing_more()


def test_where_there_is_no_xdg_open(programs: Programs) -> None:
    programs.install("gio")
    assert open_url("https://example.org") == ""
    assert programs.next()["argv"][1:] == ["open", "https://example.org"]


def test_where_nothing_opens_links_it_is_said_so(programs: Programs) -> None:
    assert "Copy the link" in open_url("https://example.org")


def test_a_folder_is_shown(programs: Programs, tmp_path: Path) -> None:
    programs.install("xdg-open")
    folder = tmp_path / "-u $(id) 🙂"
    folder.mkdir()
    assert open_folder(folder) == ""
    assert programs.next()["argv"][1:] == [str(folder)]


def test_a_folder_that_cannot_be_shown_is_named(programs: Programs, tmp_path: Path) -> None:
    assert str(tmp_path) in open_folder(tmp_path)
    assert "missing" in open_folder(tmp_path / "missing")
