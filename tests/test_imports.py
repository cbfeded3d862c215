"""The walls of the house: who may import whom, and which room an outside library lives in."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import lanchat

HOUSE = Path(lanchat.__file__).parent
ORDER = ["core", "trust", "storage", "network", "engine", "desktop", "terminal"]
FACES = ("desktop", "terminal")
LIVES_IN = {
    "msgspec": set(ORDER),
    "markdown_it": {"core"},
    "cryptography": {"trust"},
    "spake2": {"trust"},
    "sqlite3": {"storage"},
    "platformdirs": {"storage"},
    "zeroconf": {"network"},
    "ifaddr": {"network"},
    "asyncio": {"network", "engine"},
    "socket": {"network", "engine"},
    "threading": {"storage", "network", "engine", "desktop", "terminal"},
    "tkinter": {"desktop"},
    "PIL": {"desktop", "storage"},
    "tkinterdnd2": {"desktop"},
    "emoji": {"desktop"},
    "enchant": {"desktop"},
    "jeepney": {"desktop"},
    "sounddevice": {"desktop"},
    "prompt_toolkit": {"terminal"},
    "wcwidth": {"terminal"},
    "websockets": {"network"},
    "segno": {"desktop", "terminal"},
}
#: A face knows Commands, Events and values, and of what is kept only these.
FACE_MAY_KNOW = {"core", "engine", "storage"}
FACE_MAY_READ = {"reader", "records", "export", "data_folder", "errors", "settings", "languages", "log_files",
                 "system_programs", "wave_files", "search_filters", "search_text", "picture_files",
                 "offers", "from_network"}  # fmt: skip


def imports() -> Iterator[tuple[Path, str]]:
    """Every (file, dotted module) imported anywhere in the package, deferred imports included."""
    for path in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield path, alias.name
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: relative import"
                assert node.module
                yield path, node.module
                for alias in node.names:
                    yield path, f"{node.module}.{alias.name}"


def room_of(path: Path) -> str | None:
    parts = path.relative_to(HOUSE).parts
    return parts[0] if len(parts) > 1 else None


def test_rooms_import_only_leftwards() -> None:
    for path, module in imports():
        here, parts = room_of(path), module.split(".")
        if here and parts[0] == "lanchat" and len(parts) > 1 and parts[1] in ORDER:
            assert ORDER.index(parts[1]) <= ORDER.index(here), f"{path.relative_to(HOUSE)} imports {module}"


def test_outside_libraries_live_in_their_rooms() -> None:
    for path, module in imports():
        here, top = room_of(path), module.split(".")[0]
        if top in LIVES_IN:
            assert here in LIVES_IN[top], f"{path.relative_to(HOUSE)} imports {module}"
        elif top != "lanchat":
            assert top in sys.stdlib_module_names, f"{path.relative_to(HOUSE)} imports {module}, which has no room"


def test_a_face_knows_only_the_engine_and_values() -> None:
    for path, module in imports():
        parts = module.split(".")
        here = room_of(path)
        if here in FACES and parts[0] == "lanchat" and len(parts) > 1:
            if parts[1] in ORDER:
                assert parts[1] in FACE_MAY_KNOW | {here}, f"{path.relative_to(HOUSE)} imports {module}"
            if parts[1] == "storage" and len(parts) > 2:
                assert parts[2] in FACE_MAY_READ, f"{path.relative_to(HOUSE)} imports {module}"


def test_core_is_pure() -> None:
    impure = {"asyncio", "socket", "threading", "time", "os", "pathlib", "ssl", "random", "secrets", "sqlite3"}
    for path, module in imports():
        if room_of(path) == "core":
            assert module.split(".")[0] not in impure, f"{path.relative_to(HOUSE)} imports {module}"


def test_what_the_window_knows_needs_no_screen() -> None:
    """The window's pure parts can be tried, and reasoned about, without Tk."""
    for path, module in imports():
        pure = path.relative_to(HOUSE).parts[:2] == ("desktop", "model")
        assert not (pure and module.split(".")[0] in {"tkinter", "PIL"}), f"{path.relative_to(HOUSE)} imports {module}"


def test_the_window_is_drawn_before_the_slow_libraries_are_loaded() -> None:
    """The engine's thread loads them meanwhile, and the parser of formats the first text that has one."""
    assert not loaded_with("app") & {"cryptography", "ssl", "asyncio", "zeroconf", "markdown_it"}


def test_a_start_loads_what_it_shows() -> None:
    """Whoever has no room waits for no conversation, and whoever has one waits for nothing that a press opens."""
    assert "lanchat.desktop.conversation_view" not in loaded_with("app")
    pressed_for = {"capture.screenshot", "voice.record_bar", "pages.message_list"}
    assert not loaded_with("conversation_view") & {f"lanchat.desktop.{module}" for module in pressed_for}


def loaded_with(module: str) -> set[str]:
    """The modules that a process has when it has imported this one of the desktop."""
    program = f"import sys, lanchat.desktop.{module}; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, encoding="utf-8")
    return set(told.stdout.split())
