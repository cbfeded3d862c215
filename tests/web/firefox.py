"""Firefox without a window, on a computer of a lab, driven by WebDriver BiDi (https://w3c.github.io/webdriver-bidi/).

Firefox itself speaks it on a port of that computer's loopback; the test's end of it is made inside that network.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

from tests.web.tab import PATIENCE_SECONDS, WATCH, BrowserError, PageTab

if TYPE_CHECKING:
    from lan.lanlab import Lab

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
_PORT = 9222


class Firefox:
    def __init__(self, lab: Lab, host: str, folder: Path) -> None:
        """Started at `host`; its profile is in `folder`."""
        assert FIREFOX is not None
        words = [FIREFOX, "--headless", "--no-remote", "--profile", str(folder), f"--remote-debugging-port={_PORT}"]
        told = folder / "firefox.log"
        with told.open("wb") as log:
            self._process = lab.popen(host, words, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "WebDriver BiDi listening" not in told.read_text("utf-8", "replace"):
            assert time.monotonic() < deadline, "Firefox did not start"
            time.sleep(0.05)
        sock = lab.call(host, lambda: socket.create_connection(("127.0.0.1", _PORT), PATIENCE_SECONDS))
        self._line = ExitStack()
        line = connect(f"ws://127.0.0.1:{_PORT}/session", sock=sock, max_size=None, compression=None)
        self._socket = self._line.enter_context(line)
        self._number = 0
        self._errors: dict[str, list[str]] = {}
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])

    def close(self) -> None:
        self.call("browser.close")
        self._line.close()
        self._process.wait(PATIENCE_SECONDS)

    def tab(self) -> FirefoxTab:
        """On a phone that has kept nothing yet."""
        phone = self.call("browser.createUserContext")["userContext"]
        context = self.call("browsingContext.create", type="tab", userContext=phone)["context"]
        return FirefoxTab(self, phone, context, self._errors.setdefault(context, []))

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """The result of a command. Raises BrowserError."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while (said := json.loads(self._socket.recv(PATIENCE_SECONDS))).get("id") != self._number:
            match said:
                case {"method": "log.entryAdded", "params": {"level": "error", "text": str(text), "source": source}}:
                    if "ws://" not in text:  # that a connection was cut is no fault of the page's
                        self._errors.setdefault(source.get("context", ""), []).append(text)
        if said["type"] == "error":
            raise BrowserError(f"{method}: {said['error']}: {said['message']}")
        return dict(said["result"])


class FirefoxTab(PageTab):
    def __init__(self, browser: Firefox, phone: str, context: str, errors: list[str]) -> None:
        self._browser, self._phone, self._context, self._errors = browser, phone, context, errors
        self._call("script.addPreloadScript", functionDeclaration=f"() => {{ {WATCH} }}", contexts=[context])
        self._call("browsingContext.setViewport", context=context, viewport={"width": 390, "height": 844})

    def _call(self, method: str, **params: object) -> dict[str, Any]:
        return self._browser.call(method, **params)

    def closes(self) -> None:
        """And what it kept is forgotten."""
        self._call("browser.removeUserContext", userContext=self._phone)

    def opens(self, address: str) -> None:
        self._call("browsingContext.navigate", context=self._context, url=address, wait="interactive")

    def reload(self) -> None:
        self._call("browsingContext.reload", context=self._context, wait="none")

    def tap_at(self, x: float, y: float) -> None:
        place = {"type": "pointerMove", "x": round(x), "y": round(y)}
        deeds = [place, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        finger = {"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": deeds}
        self._call("input.performActions", context=self._context, actions=[finger])

    def types(self, text: str) -> None:
        deeds = [{"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]
        keys = {"type": "key", "id": "keys", "actions": deeds}
        self._call("input.performActions", context=self._context, actions=[keys])

    def js(self, code: str) -> Any:
        asked = f"(async () => JSON.stringify([await ({code})]))()"
        answer = self._call("script.evaluate", expression=asked, target={"context": self._context}, awaitPromise=True)
        if answer["type"] == "exception":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])[0]

    def errors(self) -> list[str]:
        return self._errors

    def picture(self, path: Path) -> None:
        data = self._call("browsingContext.captureScreenshot", context=self._context)["data"]
        path.write_bytes(base64.b64decode(data))
