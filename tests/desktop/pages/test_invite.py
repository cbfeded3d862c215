"""How others come into a room of mine."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lanchat.desktop.pages.invite_page import InvitePage
from lanchat.desktop.view_context import InRoom, Invite
from lanchat.desktop.widgets.text_field import CopyField
from lanchat.engine.events import ConnectionState, Left, LookedAround, WaysIn
from tests.desktop.model.telling import BEN, KITCHEN, LI, ME, hosting, roster, stands
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[InvitePage]


@pytest.fixture
def ana(user: Ana) -> Ana:
    user.hears(hosting(), stands(ConnectionState.HOSTING), roster(ME, first=True))
    return user


def invite(ana: Ana) -> InvitePage:
    return ana.at(lambda master, context: InvitePage(master, context, Invite(KITCHEN)))


def facts(ana: Ana) -> list[str]:
    return [field.words for field in ana.seen() if isinstance(field, CopyField)]


def test_it_shows_code_link_and_badge(ana: Ana) -> None:
    invite(ana)
    assert "People on this network see “Kitchen” by themselves." in ana.text
    assert facts(ana) == ["12345-67890-ABC", "lanchat://x", "my badge"]


def test_without_an_address_to_type_it_says_why_there_is_no_code_and_no_link(ana: Ana) -> None:
    """As on a network that gives link-local IPv6 addresses only."""
    ana.hears(replace(hosting(), code="", link=""), LookedAround(("eth0 (fe80::1)",)))
    invite(ana)
    assert facts(ana) == ["my badge"]
    assert "Whoever is on the same network sees the room in the list." in ana.text


def test_without_a_network_it_says_so(ana: Ana) -> None:
    ana.hears(replace(hosting(), code="", link=""), LookedAround(()))
    invite(ana)
    assert "This computer is on no network." in ana.text


def test_a_computer_that_moves_shows_its_new_code_and_link(ana: Ana) -> None:
    invite(ana)
    ana.hears(WaysIn(KITCHEN, "54321-67890-ABC", "lanchat://y"))
    assert facts(ana) == ["54321-67890-ABC", "lanchat://y", "my badge"]


def test_the_passphrase_comes_first(ana: Ana) -> None:
    ana.hears(replace(hosting(), passphrase="copper-lantern-river-moth"))
    invite(ana)
    assert facts(ana)[0] == "copper-lantern-river-moth"


def test_a_passphrase_that_is_only_in_the_host_s_head_is_mentioned(ana: Ana) -> None:
    ana.state.rooms[KITCHEN].protected = True
    invite(ana)
    assert "asked for your passphrase" in ana.text


def test_enter_copies_the_first(ana: Ana) -> None:
    invite(ana)
    ana.key("Return")
    assert ana.root.clipboard_get() == "12345-67890-ABC"


def test_without_an_address_there_is_neither_code_nor_link(ana: Ana) -> None:
    ana.hears(replace(hosting(), code="", link=""))
    invite(ana)
    assert facts(ana) == ["my badge"]


def test_it_says_live_who_is_here(ana: Ana) -> None:
    invite(ana)
    assert "Nobody else is here yet." in ana.text
    ana.hears(roster(BEN, LI, here=3))
    assert "Here now: Ben and Li." in ana.text


def test_a_room_that_closes_meanwhile_invites_nobody(ana: Ana) -> None:
    invite(ana)
    ana.hears(Left(KITCHEN))
    assert facts(ana) == []
    assert "This room is not open now" in ana.text
    ana.key("Return")
    assert ana.went == [InRoom(KITCHEN)]


def test_a_room_that_is_opened_again_has_its_new_code(ana: Ana) -> None:
    invite(ana)
    ana.hears(Left(KITCHEN), replace(hosting(), code="ABCDE-FGHJK-MNP"))
    assert facts(ana)[0] == "ABCDE-FGHJK-MNP"


def test_done_goes_into_the_room(ana: Ana) -> None:
    invite(ana)
    ana.click("Done")
    assert ana.went == [InRoom(KITCHEN)]


def test_a_room_nobody_knows_invites_nobody(user: Ana) -> None:
    invite(user)
    assert "This room is not open now" in user.text
