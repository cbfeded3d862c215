"""A room goes on without its host: the real program on three machines of a real network, and how soon people can talk
again. Each test prints the seconds that it measured."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from terminal.programs import Piped

from lan.lanlab import Lab
from lan.test_two_machines import run

__all__ = ["run"]

Run = Callable[..., Piped]


class Kitchen:
    """Ana hosts it at h1; Ben at h2 and Cem at h3 are in it, and may keep it open."""

    def __init__(self, lab: Lab, run: Run, words: Path) -> None:
        words.write_text("apple-banjo-comet-dune\n", "utf-8")
        self.lab = lab
        self._run = run
        self._words = words
        self._number = 0
        self.ana = self.hosts()
        self.ben, self.cem = (
            run(host, "join", "Kitchen", "--nick", nick, "--passphrase-file", str(words), "--json")
            for host, nick in (("h2", "Ben"), ("h3", "Cem"))
        )
        self.expects_heirs()

    def hosts(self) -> Piped:
        """Ana opens it, or finds that somebody else keeps it open."""
        return self._run("h1", "host", "Kitchen", "--nick", "Ana", "--passphrase-file", str(self._words), "--json")

    def comes_back(self) -> Piped:
        """The same without the passphrase, which her computer keeps."""
        return self._run("h1", "host", "Kitchen", "--json")

    def expects_heirs(self) -> None:
        """Ben and Cem may keep it open after Ana."""
        while not all(f'"nick":"{heir}"' in heirs for heirs in [self._heirs()] for heir in ("Ben", "Cem")):
            pass

    def _heirs(self) -> str:
        """As Ana is told the next time."""
        self.ana.expects('"type":"heirs"')
        return self.ana.expects("\n")

    def talk(self, *people: Piped) -> float:
        """Seconds until all of them have heard something new of each."""
        began = time.monotonic()
        said = {}
        for one in people:
            self._number += 1
            said[one] = f"line {self._number}."
            one.types(said[one])
        for one in people:
            for other in people:
                hears(one, said[other])
        return time.monotonic() - began


def hears(one: Piped, text: str) -> None:
    """Wherever among what it is told."""
    if text not in one.seen():
        one.expects(text)


def keeps_it(one: Piped) -> None:
    """From now on. What it says itself is marked as its own, too."""
    one.expects('"type":"keeper"')
    while '"mine":true' not in one.expects("\n"):
        one.expects('"type":"keeper"')


def took(what: str, began: float) -> float:
    seconds = time.monotonic() - began
    print(f"{what}: {seconds:.2f} s")
    return seconds


@pytest.fixture
def kitchen(lab: Lab, run: Run, tmp_path: Path) -> Kitchen:
    return Kitchen(lab, run, tmp_path / "words")


def test_the_host_leaves_politely_and_the_others_go_on_at_once(kitchen: Kitchen) -> None:
    began = time.monotonic()
    kitchen.ana.signal(signal.SIGTERM)
    kitchen.talk(kitchen.ben, kitchen.cem)
    assert took("polite leave", began) <= 1.5


def test_the_hosts_program_is_killed_and_the_others_go_on(kitchen: Kitchen) -> None:
    began = time.monotonic()
    kitchen.ana.process.kill()
    kitchen.talk(kitchen.ben, kitchen.cem)
    assert took("killed", began) <= 8


def test_the_hosts_cable_is_pulled_and_all_have_all_of_it_when_it_is_back(kitchen: Kitchen) -> None:
    began = time.monotonic()
    kitchen.lab.cut("h1", noticed=False)
    kitchen.ana.types("Who hears me?")
    kitchen.talk(kitchen.ben, kitchen.cem)
    assert took("cable pulled", began) <= 25
    kitchen.lab.heal("h1")
    began = time.monotonic()
    for one in (kitchen.ben, kitchen.cem):
        hears(one, "Who hears me?")
    kitchen.talk(kitchen.ana, kitchen.ben, kitchen.cem)
    assert took("plugged in again", began) <= 10


def test_who_comes_back_takes_part_and_may_take_the_room_back(kitchen: Kitchen) -> None:
    kitchen.ana.process.kill()
    kitchen.talk(kitchen.ben, kitchen.cem)
    ana = kitchen.comes_back()
    ana.expects('"state":"connected"')
    kitchen.talk(ana, kitchen.ben, kitchen.cem)
    ana.types('{"take_back":true}')
    began = time.monotonic()
    keeps_it(ana)
    assert took("taken back", began) <= 10, "by asking, not by force"
    kitchen.talk(ana, kitchen.ben, kitchen.cem)


def test_who_gave_the_room_back_may_have_it_again_at_once(lab: Lab, run: Run, tmp_path: Path) -> None:
    """On a usual network: IPv4 by a router, and IPv6 that ends at this link."""
    lab.without_ipv6_prefix()
    kitchen = Kitchen(lab, run, tmp_path / "words")
    ana, ben = kitchen.ana, kitchen.ben
    for _turn in range(3):
        ana.types('{"hand_over":"Ben"}')
        keeps_it(ben)
        kitchen.talk(ana, ben, kitchen.cem)
        ana.types('{"take_back":true}')
        keeps_it(ana)
        kitchen.expects_heirs()
    ana.process.kill()
    began = time.monotonic()
    kitchen.talk(ben, kitchen.cem)
    assert took("killed after it was taken back", began) <= 8


def test_a_network_that_is_split_for_a_minute_is_one_room_again(kitchen: Kitchen) -> None:
    lab = kitchen.lab
    lab.split("h3")
    until = time.monotonic() + 60
    people = {"Ana": kitchen.ana, "Ben": kitchen.ben, "Cem": kitchen.cem}
    number = 0
    while time.monotonic() < until:
        number += 1
        for nick, one in people.items():
            one.types(f"{nick} {number}.")
        for nick, one in people.items():
            hears(one, f"{nick} {number}.")  # which also reads what it prints: a full pipe would stop it
        time.sleep(0.5)
    lab.join("h3")
    began = time.monotonic()
    for one in people.values():
        for nick in people:
            hears(one, f"{nick} {number}.")
    assert took("healed", began) <= 10
    kitchen.talk(*people.values())


def test_a_wifi_that_comes_and_goes_makes_few_keepers(kitchen: Kitchen) -> None:
    for _ in range(10):
        kitchen.lab.cut("h1", noticed=False)
        time.sleep(3)
        kitchen.lab.heal("h1")
        time.sleep(3)
    kitchen.talk(kitchen.ana, kitchen.ben, kitchen.cem)
    assert kitchen.ben.seen().count('"type":"keeper"') <= 3
