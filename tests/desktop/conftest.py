"""What every test of the window gets: a screen, a root, and a picture of both when the test fails."""

from __future__ import annotations

import gc
import os
import re
import tkinter as tk
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from tkinter import filedialog
from types import TracebackType

import pytest

from lanchat.desktop.platform import external_programs, file_chooser
from lanchat.desktop.theme.palette import DARK, LIGHT
from lanchat.desktop.theme.theme import Theme
from lanchat.engine import check_up
from tests.desktop.hand import AtMouse, Hand, needs
from tests.desktop.person import People, Person
from tests.desktop.surroundings import all_is_well
from tests.screen import NoScreen, opened, screen

PICTURES = Path(__file__).parent.parent / "output"


@pytest.fixture(scope="session")
def keeper() -> Iterator[tk.Tk]:
    """Tk's connection to the screen is one for all windows: this one keeps it open."""
    try:
        with screen():
            keeper = tk.Tk()
            keeper.withdraw()
            yield keeper
            keeper.destroy()
    except NoScreen as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def display(keeper: tk.Tk) -> str:
    return os.environ.get("DISPLAY", "")  # not where windows need no X11


class CallbackErrors(list[str]):
    """What went wrong inside of Tk's callbacks, where no test would see it."""

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.append("".join(traceback.format_exception(kind, error, trace)))


@pytest.fixture
def callback_errors() -> Iterator[CallbackErrors]:
    errors = CallbackErrors()
    yield errors
    assert not errors, "errors in Tk callbacks:\n" + "\n".join(errors)


@pytest.fixture
def root(keeper: tk.Tk, callback_errors: CallbackErrors, request: pytest.FixtureRequest) -> Iterator[tk.Tk]:
    """A window's root with the keyboard."""
    window = opened(lambda: tk.Tk(className="Lanchat"))
    window.report_callback_exception = callback_errors.report
    window.tk.createcommand("bgerror", callback_errors.append)  # Tk's own, as of what comes after its widget has gone
    window.geometry("1060x690+10+10")
    window.update()
    window.focus_force()
    yield window
    failed = getattr(request.node, "failed", False)
    if failed or callback_errors:
        take_picture(re.sub(r"\W+", "-", request.node.name))
    keeper.deiconify()
    keeper.update()
    keeper.focus_force()  # where a dead window has the keyboard, Tk dies with the next that takes it
    keeper.update()
    window.destroy()
    keeper.withdraw()


@pytest.fixture(params=["light", "dark"])
def theme(root: tk.Tk, request: pytest.FixtureRequest) -> Theme:
    return Theme(root, DARK if request.param == "dark" else LIGHT, 1.0)


@pytest.fixture
def people(
    display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[People]:
    """Everybody in a test, at windows of their own. At the end all leave, and must be able to.

    Nothing they press leads outside: no doctor looks at this machine's network, no program of its desktop is started.
    """
    monkeypatch.setattr(check_up, "check", all_is_well)
    monkeypatch.setattr(external_programs, "open_with_system", lambda _what: True)
    monkeypatch.setattr(file_chooser, "ask_desktop", lambda _parent, _question: None)
    monkeypatch.setattr(filedialog, "asksaveasfilename", lambda **_options: "")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    everybody = People(tmp_path, request.node.name)
    yield everybody
    everybody.leave()


@pytest.fixture
def hand(people: People) -> Iterator[Callable[[Person], AtMouse]]:
    """Somebody takes the mouse in their hand. At the end it lies where it disturbs nobody, with no button pressed."""
    needs("xdotool")
    yield AtMouse
    Hand(people.elsewhere).moves_away()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A dead window is freed here: freed by another thread's garbage collection, it aborts the process."""
    yield
    if "keeper" in getattr(item, "fixturenames", ()):
        gc.collect()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]


def take_picture(name: str) -> Path:
    """The whole screen, as PNG in tests/output."""
    from PIL import ImageGrab

    PICTURES.mkdir(exist_ok=True)
    path = PICTURES / f"{name}.png"
    ImageGrab.grab().save(path)
    return path
