"""What keeps the house in order: one name for one thing, files of a size, no circles; see `tests.house`."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

import pytest

from tests.house import ROOT, House
from tests.mutate import BUGS, misfits, read_bugs

#: Modules that may be shorter than 40 lines, each with its reason.
SMALL = {
    "core/translate.py": "the one door to the words of a language, which everything imports",
}
#: What a docstring or comment calls a module by, from its package on; perhaps with a name in it.
REFERENCE = re.compile(r"`(?:lanchat\.)?((?:core|trust|storage|network|engine|desktop|terminal)(?:\.\w+)+)[`(]")
PACKAGES = sorted(
    path.parent.relative_to(ROOT / "lanchat").as_posix() for path in ROOT.glob("lanchat/*/**/__init__.py")
)
#: The description of the whole, in lines: read in a minute.
MAP_LINES = 40
#: What people read first, where a line has as many characters at most as in the code.
PAGES = ("README.md", "CHANGELOG.md", ".github/SECURITY.md")
LINE_CHARACTERS = 120


@cache
def house() -> House:
    return House()


def test_a_class_name_stands_for_one_thing() -> None:
    assert not house().doubled_classes()


def test_a_module_name_stands_for_one_thing() -> None:
    """But a module of the window beside one of the terminal, of the same thing."""
    assert not house().doubled_modules()


def test_a_file_is_large_enough_to_be_a_thing() -> None:
    sizes = {house().name(path): lines for path, lines in house().lines.items() if path.name != "__init__.py"}
    assert {name for name, lines in sizes.items() if lines < 40} <= SMALL.keys()
    assert not {name for name in SMALL if sizes.get(name, 40) >= 40}, "no reason is needed any more"


def test_a_file_is_small_enough_to_be_one_thing() -> None:
    sizes = {house().name(path): lines for path, lines in house().lines.items()}
    assert not {name for name, lines in sizes.items() if lines > 400}


def test_what_begins_with_an_underscore_is_used_in_its_own_module_only() -> None:
    for path, tree in house().trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("lanchat."):
                private = [alias.name for alias in node.names if alias.name.startswith("_") and alias.name != "_"]
                assert not private, f"{house().name(path)} imports {private} from {node.module}"


def test_no_module_imports_itself_over_others() -> None:
    """The order of imports within a package leads one way, as between packages."""
    circles = house().circles()
    assert not circles, circles


def test_the_map_is_short_and_names_every_package() -> None:
    text = ast.get_docstring(house().trees[house().package / "__init__.py"]) or ""
    assert text.count("\n") < MAP_LINES
    packages = {
        path.parent.name
        for path in house().trees
        if path.name == "__init__.py" and path.parent.parent == house().package
    }
    assert {name for name in packages if name not in text} == set()


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_package_says_what_belongs_in_it(folder: str) -> None:
    text = ast.get_docstring(house().trees[house().package / folder / "__init__.py"])
    assert len((text or "").split()) >= 12, "what belongs in it, and what does not"


def test_tests_of_the_window_act_as_people_do() -> None:
    """They press, type and read; few need to know how a widget keeps what it shows."""
    touched = house().privates_touched("desktop")
    assert len(touched) <= 10, touched


def test_what_a_text_refers_to_exists() -> None:
    """`package.module` in a docstring or comment is a module of today, so a reader can go there."""
    known = {
        house().name(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in house().trees
    }
    for path in house().trees:
        for named in REFERENCE.findall(path.read_text("utf-8")):
            parts = named.split(".")
            steps = {".".join(parts[:count]) for count in range(2, len(parts) + 1)}
            assert steps & known, f"{house().name(path)} speaks of `{named}`"


def test_every_planted_bug_fits_the_code() -> None:
    """A line that `mutations.txt` quotes changes there, too; `tests.mutate NAME` says whether a test still sees it."""
    assert not misfits(read_bugs(BUGS.read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES)
def test_the_lines_of_a_page_fit(page: str) -> None:
    """But those of tables."""
    lines = (ROOT / page).read_text("utf-8").splitlines()
    assert not [line for line in lines if len(line) > LINE_CHARACTERS and not line.startswith("|")]


def test_test_files_outside_of_packages_have_names_of_their_own() -> None:
    """pytest imports them by name alone, and the second of a name breaks the run of both folders together."""
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if not (path.parent / "__init__.py").exists()]
    names = Counter(path.name for path in files)
    assert [name for name, count in names.items() if count > 1] == []
