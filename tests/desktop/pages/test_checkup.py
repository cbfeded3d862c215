"""Why can we not see each other?"""

from __future__ import annotations

import pytest

from lanchat.core.listing import Finding, Health
from lanchat.desktop.pages.checkup_page import CheckupPage, about, summary
from lanchat.desktop.view_context import Checkup, JoinBy
from lanchat.engine.commands import Browse, CheckUp
from lanchat.engine.events import CheckedUp
from tests.desktop.pages.page_user import PageUser

Ana = PageUser[CheckupPage]

NETWORK = Finding("network", Health.GOOD, "192.168.1.42 (wlan0)")
FIREWALL = Finding("firewall", Health.ODD, "A firewall is on: ufw.", "To host, open it.")
CLOCK = Finding("clock", Health.BAD, "This computer believes that it is 1970.", "Set its clock.")


def checkup(ana: Ana) -> Ana:
    ana.at(lambda master, context: CheckupPage(master, context, Checkup()))
    return ana


@pytest.fixture
def ana(user: Ana) -> Ana:
    return checkup(user)


def test_coming_here_is_asking(ana: Ana) -> None:
    assert ana.asked == [CheckUp()]
    assert "Checking…" in ana.buttons()
    assert "This takes a few seconds." in ana.text
    ana.key("Return")
    assert ana.asked == [CheckUp()], "it runs already"


def test_what_is_worst_comes_first_with_what_to_do(ana: Ana) -> None:
    ana.hears(CheckedUp((NETWORK, FIREWALL, CLOCK)))
    text = ana.text
    assert "2 things may keep people apart" in text
    assert text.index(CLOCK.says) < text.index(FIREWALL.says) < text.index(NETWORK.says)
    assert text.index(CLOCK.says) < text.index("Set its clock.") < text.index(FIREWALL.says)


def test_checking_again_keeps_what_is_known_until_it_is_better_known(ana: Ana) -> None:
    ana.hears(CheckedUp((NETWORK, CLOCK)))
    ana.click("Check again")
    assert ana.asked == [CheckUp(), CheckUp()]
    assert CLOCK.says in ana.text
    ana.hears(CheckedUp((NETWORK,)))
    assert CLOCK.says not in ana.text
    assert "All is well" in ana.text


def test_a_check_that_runs_is_not_begun_once_more(user: Ana) -> None:
    user.context.do(CheckUp())
    checkup(user)
    assert user.asked == [CheckUp()]


def test_other_ways_out(ana: Ana) -> None:
    ana.click("Look for rooms again")
    assert ana.asked[-1] == Browse(again=True)
    ana.click("Type a code or address")
    ana.click("Done")
    assert ana.went == [JoinBy(), "back"]


def test_the_keyboard_is_where_it_can_be_checked_again(ana: Ana) -> None:
    ana.hears(CheckedUp((NETWORK,)))
    ana.key("Return")
    assert ana.asked == [CheckUp(), CheckUp()]


def test_one_thing_and_no_thing_in_words() -> None:
    assert summary([NETWORK]).startswith("All is well")
    assert summary([NETWORK, CLOCK]) == "One thing may keep people apart."


def test_a_finding_of_another_day_keeps_its_own_name() -> None:
    assert about(NETWORK) == "Network"
    assert about(Finding("battery", Health.ODD, "It is empty.")) == "battery"
