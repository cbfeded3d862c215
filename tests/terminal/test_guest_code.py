"""The code for phones in a terminal: shown once, with how long it lasts and how it ends."""

from __future__ import annotations

import re
import time

import pytest
import segno
from msgspec.structs import replace

from lanchat.core.listing import Finding, Health
from lanchat.core.model import RoomId
from lanchat.engine.commands import ChooseGuestNetwork, InvitationTime, InviteGuests, WithdrawGuests
from lanchat.engine.events import GuestInvitationEnded, GuestNetwork, GuestsInvited, KeeperChanged
from lanchat.terminal.console import Typed
from lanchat.terminal.guest_code import qr_lines
from terminal.stand_in import ANA, BEN, ROOM, here
from terminal.test_conversation import AtTerminal
from terminal.test_conversation import at_terminal as at_terminal

LINK = "http://192.168.1.5:29750/#" + "A" * 43
_BLOCKS = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}


def invited(came: int = 0, ends_at: int | None = None) -> GuestsInvited:
    return GuestsInvited(RoomId(ROOM), LINK, ends_at, came, 16)


def modules(lines: list[str]) -> list[list[int]]:
    """What a camera sees: rows of light (1) and dark (0) modules."""
    return [[_BLOCKS[block][half] for block in line] for line in lines for half in (0, 1)]


def test_a_camera_reads_the_link() -> None:
    matrix = [list(row) for row in segno.make(LINK, error="m", micro=False).matrix_iter(border=2)]
    seen = modules(qr_lines(LINK))[: len(matrix)]
    assert seen == [[0 if module else 1 for module in row] for row in matrix]


def test_who_keeps_the_room_open_invites_phones(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), Typed("/invite"), invited(), invited(came=1), hosting=True)
    assert InviteGuests(ROOM) in at_terminal.submitted
    assert lines.count(LINK) == 1
    assert any("Nothing is installed" in line or "nothing is installed" in line for line in lines)


def test_how_long_it_lasts_is_said(at_terminal: AtTerminal) -> None:
    soon = time.time_ns() // 1_000_000 + 60_000
    lines = at_terminal(here(ANA, BEN), invited(ends_at=soon), hosting=True)
    assert any(re.search(r"until \d\d:\d\d", line) for line in lines)


def test_what_may_keep_phones_out_is_said_once_with_what_to_do(at_terminal: AtTerminal) -> None:
    wall = Finding("firewall", Health.ODD, "The firewall ufw is on; it may keep phones out.", "To let phones in: x")
    told = replace(invited(), obstacles=(wall,))
    lines = at_terminal(here(ANA, BEN), invited(), told, replace(told, here=1), hosting=True)
    assert lines.count(f"{wall.says} {wall.advice}") == 1
    assert lines.count(LINK) == 1


def test_the_code_is_shown_for_another_network_when_asked_for(at_terminal: AtTerminal) -> None:
    networks = (GuestNetwork("192.168.1.5", "wlan0", "wifi"), GuestNetwork("10.1.1.1"))
    first = replace(invited(), networks=networks)
    other = replace(first, link=LINK.replace("192.168.1.5", "10.1.1.1"))
    lines = at_terminal(here(ANA, BEN), first, Typed("/invite 10.1.1.1"), other, hosting=True)
    assert ChooseGuestNetwork(ROOM, "10.1.1.1") in at_terminal.submitted
    assert "For phones in another network of this computer: /invite 10.1.1.1." in lines
    assert other.link in lines


def test_on_no_network_it_is_said_until_there_is_one(at_terminal: AtTerminal) -> None:
    nowhere = replace(invited(), link="")
    lines = at_terminal(here(ANA, BEN), nowhere, replace(nowhere, here=1), invited(), hosting=True)
    assert len([line for line in lines if line.startswith("No phone can come in")]) == 1
    assert LINK in lines


def test_it_ends(at_terminal: AtTerminal) -> None:
    ended = GuestInvitationEnded(RoomId(ROOM), withdrawn=True)
    lines = at_terminal(here(ANA, BEN), invited(), Typed("/invite off"), ended, hosting=True)
    assert WithdrawGuests(ROOM) in at_terminal.submitted
    assert any("withdrawn" in line for line in lines)


@pytest.mark.parametrize("how", ["/invite", "/invite off"])
def test_nobody_else_invites_phones(at_terminal: AtTerminal, how: str) -> None:
    lines = at_terminal(here(ANA, BEN), Typed(how))
    assert lines[-1].endswith("Only the one on whose computer this room is open can do that.")


def test_what_else_is_said_after_it_is_no_command_of_it(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), Typed("/invite everybody"), hosting=True)
    assert lines[-1].endswith("/invite shows a code for phones, and /invite off ends it.")


def test_who_takes_the_room_over_is_told_in_one_line_and_shown_the_code_when_asked(at_terminal: AtTerminal) -> None:
    mine = KeeperChanged(RoomId(ROOM), BEN, True)
    taken = [here(ANA, BEN), mine, invited(), invited(came=1)]
    lines = at_terminal(*taken)
    assert lines.count("Phones go on here; /invite shows the code.") == 1
    assert LINK not in lines
    lines = at_terminal(*taken, Typed("/invite"), invited(came=2), invited(came=3))
    assert lines.count(LINK) == 1


def test_the_code_is_shown_again_when_asked_for_again(at_terminal: AtTerminal) -> None:
    lines = at_terminal(here(ANA, BEN), invited(), Typed("/invite"), invited(), hosting=True)
    assert lines.count(LINK) == 2


def test_phones_that_were_to_come_in_do_when_the_room_is_open_here_again(at_terminal: AtTerminal) -> None:
    """Once: after /invite off they do not come in because the room changes hands."""
    invites, mine = InviteGuests(ROOM, InvitationTime.UNTIL_WITHDRAWN, renew=False), KeeperChanged(ROOM, BEN, True)
    at_terminal(here(ANA, BEN), KeeperChanged(ROOM, ANA, False), invites=invites)
    assert invites not in at_terminal.submitted
    at_terminal(here(ANA, BEN), mine, KeeperChanged(ROOM, ANA, False), mine, invites=invites)
    assert at_terminal.submitted.count(invites) == 1
