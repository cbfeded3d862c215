"""The JavaScript of the guests' page, called from Python: one Node process, which imports the modules as they are."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import lanchat

PAGE = Path(lanchat.__file__).parent / "guest_page"
NODE = shutil.which("node")


class Big(int):
    """A bigint on the other side."""


class PageError(Exception):
    """What a function of the page threw."""


class PageObject:
    """An object that lives in the Node process."""

    def __init__(self, modules: PageModules, number: int) -> None:
        self._modules, self.number = modules, number

    def call(self, name: str, *args: object) -> Any:
        return self._modules.answer(object=self.number, name=name, args=args)


class PageModules:
    """Bytes are Uint8Array on the other side."""

    def __init__(self, folder: Path) -> None:
        """`folder`: an empty one. Node takes files named .js for modules only beside a package.json that says so."""
        assert NODE is not None
        for file in (*PAGE.glob("*.js"), *Path(__file__).parent.glob("*.js")):
            shutil.copy(file, folder)
        (folder / "package.json").write_text('{"type": "module"}', "utf-8")
        self._node = subprocess.Popen(
            [NODE, "modules.js"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def close(self) -> None:
        with self._node as node:
            assert node.stdin is not None
            node.stdin.close()
            node.wait(10)

    def call(self, module: str, name: str, *args: object) -> Any:
        """What the function, or the constructor, of the module returns. Raises PageError."""
        return self.answer(module=module, name=name, args=args)

    def answer(self, *, args: tuple[object, ...], **what: object) -> Any:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({**what, "args": [_to_page(one) for one in args]}) + "\n")
        self._node.stdin.flush()
        said = json.loads(self._node.stdout.readline())
        if "error" in said:
            raise PageError(said["error"])
        return self._from_page(said["value"])

    def _from_page(self, value: Any) -> Any:
        match value:
            case {"bytes": str(digits)}:
                return bytes.fromhex(digits)
            case {"object": int(number)}:
                return PageObject(self, number)
            case dict():
                return {name: self._from_page(one) for name, one in value.items()}
            case list():
                return [self._from_page(one) for one in value]
        return value


def _to_page(value: object) -> object:
    match value:
        case bytes():
            return {"bytes": value.hex()}
        case PageObject():
            return {"object": value.number}
        case Big():
            return {"big": str(value)}
        case dict():
            return {name: _to_page(one) for name, one in value.items()}
        case list() | tuple():
            return [_to_page(one) for one in value]
    return value
