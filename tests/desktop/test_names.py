"""No widget of ours hides what tkinter keeps for itself: `destroy` reads `_name`, `bind` calls `_bind`, and so on."""

from __future__ import annotations

import ast
import tkinter as tk
from pathlib import Path

import lanchat.desktop

OURS = Path(lanchat.desktop.__file__).parent
#: What belongs to tkinter, whether it is set on the class or on every widget.
THEIRS = {name for name in dir(tk.Canvas) if name.startswith("_") and not name.startswith("__")}
THEIRS |= {"_name", "_w", "_tclCommands", "_last_child_ids"}


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
