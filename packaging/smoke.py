"""Try a built lanchat as people use it: `python packaging/smoke.py PROGRAM`. Says ok, or what failed.

Takes the built program and nothing else: any Python runs this, and the program gets a PATH with nothing in it. Two
people, each with a data folder, host, find, join, talk, search and send files, survive `kill -9`, and open the window.
On Linux as root they sit in two networks of their own with a cable between, else on this machine's loopback.

With `--against OTHER` one of them runs another build. On Debian PROGRAM may be lanchat-cli.exe: it runs under Wine.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from smoke_people import Failed, Person, Place
from smoke_screen import Screen, screen

_SAID = ("Is the kettle on?", "It is.", "Are you there?", "Hello from the window.")
_FILE_BYTES = 1_000_000
CHOSEN = 0xF8F8FD  #: the ground of the card that Enter acts on, in the light
_RAISED_SECONDS = 20.0
_DRAWN_SECONDS = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description="Try a built lanchat as people use it.")
    parser.add_argument("program", type=Path, help="the built program")
    parser.add_argument("--against", type=Path, help="another build, which hosts for this one and joins it")
    parser.add_argument("--root", type=Path, default=Path("/"), help="the root folder it is to run in (chroot)")
    parser.add_argument("--picture", type=Path, help="where to keep the last picture of the screen, as PNG")
    options = parser.parse_args()
    inside = options.root / "tmp" if options.root != Path("/") else None
    folder = Path(tempfile.mkdtemp(prefix="lanchat-smoke-", dir=inside))
    try:
        with (
            screen() as shown,
            Place(
                options.against or options.program, options.root, folder, options.program, shown.name if shown else ""
            ) as place,
        ):
            if options.against:
                try_hosting(place)
            try_everything(place, shown, options.picture)
    except Failed as failure:
        print(f"FAILED: {failure}", flush=True)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("ok", flush=True)
    return 0


def try_hosting(place: Place) -> None:
    """As below, but with the host on the other side."""
    dua, eko = place.person("Dua", 2), place.person("Eko", 1)
    step("starts", lambda: version(dua))
    step("hosts for another build", lambda: finds(dua, eko))
    step("talks with it", lambda: talks(dua, eko))
    step("goes on after kill -9", lambda: survives(dua, eko))
    for person in (dua, eko):
        person.is_killed()


def try_everything(place: Place, shown: Screen | None, picture: Path | None) -> None:
    ana, ben = place.person("Ana", 1), place.person("Ben", 2)
    cem = place.person("Cem", 2)
    step("starts", lambda: version(ana))
    step("hosts, and is found", lambda: finds(ana, ben))
    step("talks", lambda: talks(ana, ben))
    step("goes on after kill -9", lambda: survives(ana, ben))
    step("searches", lambda: searches(ben))
    step("sends files, both ways", lambda: shares_files(place, ben))
    if shown is None:
        print("   no window: there is neither Xvfb nor another screen", flush=True)
        return
    place.screen(shown.name)
    try:
        step("opens the window", lambda: opens(cem, shown))
        if shown.hand:
            step("joins and talks in the window", lambda: joins_by_hand(ana, shown))
        step("a second start raises the first", lambda: raises(cem, ben, shown))
    except Failed as failure:
        raise Failed(f"{failure}\n{cem.complaints()}".strip()) from failure
    finally:
        if picture and shown.seen:
            shown.keep(picture)
    step("ends politely", lambda: ends(cem, shown, place.is_wine(2)))


def step(name: str, do: Callable[[], str]) -> None:
    began = time.monotonic()
    try:
        found = do()
    except Failed as failure:
        raise Failed(f"{name}: {failure}") from failure
    print(f"✓  {name.ljust(34)}{found or f'{time.monotonic() - began:.1f} s'}", flush=True)


def version(one: Person) -> str:
    """How long the shortest way takes, at best of five."""
    took = []
    for _ in range(5):
        began = time.monotonic()
        said = one.runs("--version")
        took.append(time.monotonic() - began)
        if not said.startswith("lanchat "):
            raise Failed(f"--version said {said!r}")
    return f"{said.strip()}, {1000 * min(took):.0f} ms"


def finds(ana: Person, ben: Person) -> str:
    ana.starts("host", "Kitchen", "--nick", "Ana")
    ana.expects("Kitchen is open")
    found = ben.runs("rooms")
    if "Kitchen" not in found:
        raise Failed(f"the room was not found; there was: {found!r}")
    return ""


def talks(ana: Person, ben: Person) -> str:
    ben.starts("join", "Kitchen", "--nick", "Ben")
    ben.expects("Encrypted")
    ben.types(_SAID[0])
    ana.expects(_SAID[0])
    ana.types(_SAID[1])
    ben.expects(_SAID[1])
    return ""


def survives(ana: Person, ben: Person) -> str:
    ana.is_killed()
    ben.expects("Reconnecting")
    ben.types(_SAID[2])
    ana.starts("host", "Kitchen")
    ana.expects(_SAID[2])
    return ""


def searches(ben: Person) -> str:
    ben.has_no_more_to_say()
    for words, expected in (("kettle", _SAID[0]), ("there", _SAID[2])):
        if (found := ben.runs("history", "Kitchen", "--search", words)).count(expected) != 1:
            raise Failed(f"searching {words!r} found {found!r}")
    return ""


def shares_files(place: Place, ben: Person) -> str:
    """Each gets what the other one sent, who has left meanwhile: the host has kept it."""
    dora = place.person("Dora", 1)
    for giver, taker in ((dora, ben), (ben, dora)):
        original = giver.folder / f"From the {giver.side}. computer.bin"
        original.write_bytes(random.randbytes(_FILE_BYTES))
        giver.runs("send", "Kitchen", "--file", place.inside(original, giver.side))
        taker.runs("files", "Kitchen", "--get", "all", "--to", place.inside(taker.folder, taker.side))
        came = taker.folder / original.name
        if not came.exists() or came.read_bytes() != original.read_bytes():
            raise Failed(f"what side {giver.side} sent did not come whole to side {taker.side}")
    return ""


def opens(cem: Person, shown: Screen) -> str:
    began = time.monotonic()
    cem.starts()
    while not shown.drawn():
        if time.monotonic() > began + _DRAWN_SECONDS or not cem.runs_still():
            raise Failed(f"nothing was drawn; it said: {cem.said()!r}")
        time.sleep(0.01)
    took = time.monotonic() - began
    return f"drawn after {1000 * took:.0f} ms" if shown.seen else "no way to look at it here"


def joins_by_hand(ana: Person, shown: Screen) -> str:
    """The first room is chosen already: Enter joins, and what is typed goes into it."""
    shown.points_away()
    alone = shown.shows_colour(CHOSEN)
    shown.takes_keys()
    shown.presses("Return")
    ana.expects("Cem joined")
    shown.shows_other_than(alone)
    shown.settles()
    shown.types(_SAID[3])
    shown.presses("Return")
    ana.expects(_SAID[3])
    return ""


def raises(cem: Person, ben: Person, shown: Screen) -> str:
    """Another window lies over it; after the second start it does not."""
    alone = shown.settles()
    ben.prefers(theme="dark")
    ben.starts()
    shown.shows_other_than(alone)
    shown.settles()
    try:
        cem.runs(seconds=_RAISED_SECONDS)
    except subprocess.TimeoutExpired:
        raise Failed("the second start did not end") from None
    shown.shows_again(alone)
    if not cem.runs_still():
        raise Failed("the first one ended")
    ben.is_killed()
    return ""


def ends(cem: Person, shown: Screen, wine: bool) -> str:
    if wine:  # which cannot ask a program to end
        shown.takes_keys()
        shown.closes()
        cem.has_been_closed()
    else:
        cem.leaves()
    if cem.complaints():
        raise Failed(f"its log says {cem.complaints()!r}")
    return ""


if __name__ == "__main__":
    sys.exit(main())
