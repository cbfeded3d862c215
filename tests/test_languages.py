"""Every word passes through the catalogues, and the catalogues fit the code."""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import re
import string
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import lanchat
from lanchat.core.translate import _, ngettext
from lanchat.storage import languages, system_programs
from lanchat.storage.languages import CATALOGUES, LANGUAGES, speak

HOUSE = Path(lanchat.__file__).parent
PROJECT = Path(__file__).parent.parent
POS = sorted(CATALOGUES.glob("*.po"))
SAYS = {"_", "ngettext"}
PAGE = HOUSE / "guest_page"  #: for phones
PAGE_CALLS = re.compile(r"\b(words|counted)\(")

each_catalogue = pytest.mark.parametrize("po", POS, ids=lambda po: po.stem)


def tool() -> ModuleType:
    """packaging/catalogues.py, which is no part of the package."""
    spec = importlib.util.spec_from_file_location("catalogues", PROJECT / "packaging" / "catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read(po: Path) -> Catalog:
    with po.open("rb") as file:
        return read_po(file, locale=po.stem)


def messages(po: Path) -> list[Message]:
    return [message for message in read(po) if message.id]


# --- the catalogues --------------------------------------------------------------------------------------------------
def test_there_is_one_for_every_language_but_english() -> None:
    assert {po.stem for po in POS} == set(LANGUAGES) - {"en"}


@each_catalogue
def test_it_has_what_the_code_says_and_nothing_else(po: Path) -> None:
    catalogues = tool()
    said = {message.id for message in catalogues.collected() if message.id}
    known = {message.id for message in messages(po)}
    assert known == said, "run: python packaging/catalogues.py"
    assert po.read_bytes() == catalogues.as_po(catalogues.updated(po)), "run: python packaging/catalogues.py"


@each_catalogue
def test_nothing_in_it_is_a_guess_or_left_over(po: Path) -> None:
    catalogue = read(po)
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert list(catalogue.obsolete) == []


@each_catalogue
def test_all_of_it_is_translated(po: Path) -> None:
    assert [message.id for message in messages(po) if not all(_forms(message.string))] == []


@each_catalogue
def test_what_is_read_is_what_was_written(po: Path) -> None:
    with po.with_suffix(".mo").open("rb") as file:
        compiled = [(message.id, message.string) for message in read_mo(file) if message.id]
    fresh = io.BytesIO(tool().as_mo(read(po)))
    written = [(message.id, message.string) for message in read_mo(fresh) if message.id]
    assert compiled == written, "run: python packaging/catalogues.py"


@each_catalogue
def test_the_page_for_phones_reads_what_was_written(po: Path) -> None:
    catalogues = tool()
    written = catalogues.as_words(catalogues.updated(po))
    assert (PAGE / f"words-{po.stem}.json").read_bytes() == written, "run: python packaging/catalogues.py"


def test_the_page_tells_the_forms_of_a_count_apart_as_browsers_do() -> None:
    catalogue = Catalog(locale="pl")
    forms = ("{n} pokój", "{n} pokoje", "{n} pokojów")
    catalogue.add(("{n} room", "{n} rooms"), forms, locations=[("guest_page/room_view.js", 0)])
    catalogue.add("Reply", "Odpowiedz", locations=[("desktop/actions.py", 0), ("guest_page/room_view.js", 0)])
    catalogue.add("Quit", "Zakończ", locations=[("desktop/app.py", 0)])
    catalogue.add("Later", "", locations=[("guest_page/room_view.js", 0)])
    rooms = {"one": forms[0], "few": forms[1], "many": forms[2]}
    assert json.loads(tool().as_words(catalogue)) == {"{n} room": rooms, "Reply": "Odpowiedz"}


@each_catalogue
def test_what_is_filled_in_has_the_same_names(po: Path) -> None:
    for message in messages(po):
        ids = _forms(message.id)
        every, needed = {field for one in ids for field in _fields(one)}, _fields(ids[-1])
        for form in filter(None, _forms(message.string)):
            assert needed <= _fields(form) <= every, f"{message.id}: {form}"


def _forms(words: str | tuple[str, ...] | list[str]) -> list[str]:
    """Singular and plurals, or what there is one of."""
    return [words] if isinstance(words, str) else list(words)


def _fields(words: str) -> set[str]:
    return {name for _text, name, _form, _conversion in string.Formatter().parse(words) if name is not None}


# --- the code --------------------------------------------------------------------------------------------------------
def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(HOUSE.rglob("*.py")):
        yield path.relative_to(HOUSE).as_posix(), ast.parse(path.read_text("utf-8"))


def said(node: ast.AST, late: bool = False) -> Iterator[tuple[ast.Call, bool]]:
    """Every call of `_` and `ngettext` in it, and whether it waits until somebody speaks, in a function's body."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
        yield node, late
    body: set[ast.AST] = set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        body = set(node.body)
    elif isinstance(node, ast.Lambda):
        body = {node.body}
    for child in ast.iter_child_nodes(node):
        yield from said(child, late or child in body)


def test_nothing_is_said_before_it_is_known_in_which_language() -> None:
    """At the level of a module or a class, and as a default, words would stay in the first language for good."""
    early = [f"{path}:{call.lineno}" for path, module in modules() for call, late in said(module) if not late]
    assert early == []


def test_what_is_said_stands_there_as_it_is() -> None:
    """A catalogue can only hold what is written down: no f-string, no variable."""
    for path, module in modules():
        if path == "core/translate.py":
            continue
        for call, _late in said(module):
            words = call.args[: 2 if getattr(call.func, "id", "") == "ngettext" else 1]
            assert all(isinstance(one, ast.Constant) for one in words), f"{path}:{call.lineno}"


def test_what_the_page_for_phones_says_stands_there_as_it_is() -> None:
    for path in PAGE.glob("*.js"):
        text = path.read_text("utf-8")
        if path.name not in ("words.js", "vendor.js"):
            said = {call.start() for call in tool().PAGE_CALL.finditer(text)}
            odd = [text[at.start() :].partition("\n")[0] for at in PAGE_CALLS.finditer(text) if at.start() not in said]
            assert not odd, path.name


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("words('Send')", ["Send"]),
        ("`${words('Reply to {name}', { name })}: ${words('you')}`", ["Reply to {name}", "you"]),
        ("counted(room.size, '1 here', '{n} here')", [("1 here", "{n} here")]),
        (r"words('Ana\'s room'); keywords('no')", ["Ana's room"]),
        ("words(isIn ? 'Message' : 'Later'); words(`Send`); words('a' + 'b')", []),
    ],
)
def test_examples_of_what_the_page_says(script: str, said: list[object], tmp_path: Path) -> None:
    catalogues = tool()
    catalogues.PACKAGE = tmp_path
    (tmp_path / "page.js").write_text(script, "utf-8")
    assert [message.id for message in catalogues.collected() if message.id] == said


def test_the_name_of_translating_is_for_nothing_else() -> None:
    for path, module in modules():
        names = {node.id for node in ast.walk(module) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        if any(call for call, _late in said(module)) and path != "core/translate.py":
            assert not names & SAYS, path


def test_examples_of_what_is_found_and_what_is_not() -> None:
    early = 'WORDS = _("a")\nclass A:\n    words = _("b")\ndef f(words=_("c")): ...\n@g(_("d"))\ndef h(): ...\n'
    late = 'def f():\n    return _("a")\nhear = lambda: _("b")\nclass A:\n    def f(self):\n        return [_("c")]\n'
    assert [is_late for _call, is_late in said(ast.parse(early))] == [False] * 4
    assert [is_late for _call, is_late in said(ast.parse(late))] == [True] * 3


# --- speaking --------------------------------------------------------------------------------------------------------
_HEAD = 'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=1; plural=0;\\n"\n'


@pytest.fixture
def indonesian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A small catalogue, and a computer that wants no language yet."""
    catalogue = read_po(io.StringIO(_HEAD), locale="id")
    catalogue.add("Cancel", "Batal")
    catalogue.add(("{n} room", "{n} rooms"), ("{n} ruang",))
    with (tmp_path / "id.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(languages, "CATALOGUES", tmp_path)
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    yield
    speak("en")


@pytest.mark.usefixtures("indonesian")
def test_a_language_is_spoken_from_then_on() -> None:
    speak("id")
    assert _("Cancel") == "Batal"
    assert ngettext("{n} room", "{n} rooms", 2) == "{n} ruang"
    assert _("not in the catalogue") == "not in the catalogue"
    speak("en")
    assert _("Cancel") == "Cancel"
    assert ngettext("{n} room", "{n} rooms", 1) == "{n} room"


@pytest.mark.parametrize(
    ("wanted", "heard"),
    [
        ({"LANG": "id_ID.UTF-8"}, "Batal"),
        ({"LANG": "id"}, "Batal"),
        ({"LANG": "ID-id"}, "Batal"),
        ({"LANG": "de_DE.UTF-8"}, "Cancel"),
        ({"LANG": "C.UTF-8"}, "Cancel"),
        ({"LANG": "id_ID.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "Cancel"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "id_ID"}, "Batal"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "id"}, "Batal"),
        ({"LANG": "id_ID.UTF-8", "LANGUAGE": "de:en:id"}, "Cancel"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "de:id:en"}, "Batal"),
        ({"LANG": "", "LC_ALL": "", "LANGUAGE": "id"}, "Batal"),
    ],
    ids=lambda value: " ".join(f"{name}={said}" for name, said in value.items()) if isinstance(value, dict) else value,
)
@pytest.mark.usefixtures("indonesian")
def test_the_language_of_the_system_is_the_first_one_we_speak(
    wanted: dict[str, str], heard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    speak("")
    assert _("Cancel") == heard


@pytest.mark.parametrize(("answer", "heard"), [("id_ID\n", "Batal"), ("de_DE\n", "Cancel"), (None, "Cancel")])
@pytest.mark.usefixtures("indonesian")
def test_macos_is_asked_for_its_language(answer: str | None, heard: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(system_programs, "run", lambda argv, seconds: answer)
    speak("")
    assert _("Cancel") == heard


@pytest.mark.usefixtures("indonesian")
def test_what_a_person_chose_goes_before_what_the_system_wants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "id_ID.UTF-8")
    speak("en")
    assert _("Cancel") == "Cancel"


@pytest.mark.usefixtures("indonesian")
def test_a_catalogue_that_is_missing_means_english(tmp_path: Path) -> None:
    (tmp_path / "id.mo").unlink()
    speak("id")
    assert _("Cancel") == "Cancel"


# --- the package -----------------------------------------------------------------------------------------------------
def test_the_wheel_has_the_catalogues(tmp_path: Path) -> None:
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(PROJECT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        for po in POS:
            packed = archive.read(f"lanchat/languages/{po.stem}.mo")
            assert packed == po.with_suffix(".mo").read_bytes()
            assert read_po(io.BytesIO(archive.read(f"lanchat/languages/{po.stem}.po"))).locale is not None
