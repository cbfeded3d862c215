"""No widget of ours hides what tkinter keeps for itself (`destroy` reads `_name`, `bind` calls `_bind`, and so on), and
none is of a kind that does not belong in this window."""

from __future__ import annotations

import ast
import tkinter as tk
from collections.abc import Iterator
from pathlib import Path

import lanchat.desktop

OURS = Path(lanchat.desktop.__file__).parent
#: What belongs to tkinter, whether it is set on the class or on every widget.
THEIRS = {name for name in dir(tk.Canvas) if name.startswith("_") and not name.startswith("__")}
THEIRS |= {"_name", "_w", "_tclCommands", "_last_child_ids"}


#: Tk crashes where an emoji in one of the first is edited; there is one window, and it asks within itself.
NEVER = {
    "Entry", "Combobox", "Spinbox", "LabeledScale", "Toplevel", "simpledialog", "messagebox", "colorchooser", "dialog",
    "commondialog", "tix", "scrolledtext", "filedialog",
}  # fmt: skip
#: The first is never shown: it only receives messages of Windows. The second has no fields, and lies over all screens.
#: The third asks the desktop first, and Tk where its dialogs are the system's or there is nothing else.
EXCEPT = {
    "platform/windows_desktop.py": {"Toplevel"}, "capture/region_overlay.py": {"Toplevel"},
    "platform/file_chooser.py": {"filedialog"},
}  # fmt: skip


def of_tkinter(tree: ast.Module) -> Iterator[str]:
    """What a module takes from tkinter, by its name there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tkinter":
            yield from (node.module or "").split(".")
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (part for alias in node.names for part in alias.name.split(".") if "tkinter" in alias.name)
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in ("tk", "ttk", "tkinter"):
            yield node.attr


def test_nothing_is_used_that_crashes_on_emoji_or_opens_another_window() -> None:
    for path in OURS.rglob("*.py"):
        used = set(of_tkinter(ast.parse(path.read_text("utf-8")))) & NEVER
        used -= EXCEPT.get(path.relative_to(OURS).as_posix(), set())
        assert not used, f"{path.relative_to(OURS)} uses {sorted(used)}"


def is_widget(node: ast.ClassDef) -> bool:
    names = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in node.bases}
    return any(name in vars(tk) or name in ("Pressable", "Page", "Popover") for name in names)


def test_no_widget_hides_a_name_of_tkinter() -> None:
    for path in OURS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and is_widget(node):
                methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
                attributes = {
                    target.attr
                    for target in ast.walk(node)
                    if isinstance(target, ast.Attribute)
                    and isinstance(target.ctx, ast.Store)
                    and getattr(target.value, "id", "") == "self"
                }
                hidden = (methods | attributes) & THEIRS
                assert not hidden, f"{path.relative_to(OURS)}: {node.name} hides {sorted(hidden)}"
