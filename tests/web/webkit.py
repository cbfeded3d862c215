"""WebKit, as iPhones have it, on a computer of a lab: WebKitGTK's MiniBrowser, driven by WebDriver.

See https://www.w3.org/TR/webdriver2/. The driver listens on a port of that computer's loopback. Each tab is a session
of its own, in which nothing is kept yet.
"""

from __future__ import annotations

import base64
import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.web.tab import PATIENCE_SECONDS, WATCH, BrowserError, PageTab

if TYPE_CHECKING:
    from lan.lanlab import Lab

WEBKIT_DRIVER = shutil.which("WebKitWebDriver")
_MINI_BROWSER = next(Path("/usr/lib").glob("*/webkit*gtk-*/MiniBrowser"), None)
_PORT = 4444

#: What other browsers tell of by themselves; here the page notes it, from the moment on when it is there.
_ERRORS = "addEventListener('error', ({ message }) => faults.push(message));"


class WebKit:
    def __init__(self, lab: Lab, host: str, environment: Mapping[str, str]) -> None:
        """The driver is started at `host`. `environment`: with a DISPLAY; WebKitGTK needs one."""
        assert WEBKIT_DRIVER is not None
        self._lab, self._host = lab, host
        words = [WEBKIT_DRIVER, f"--port={_PORT}", "--host=127.0.0.1"]
        quiet = subprocess.DEVNULL
        self._process = lab.popen(host, words, env=dict(environment), stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self.call("GET", "/status")
                break
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, "the driver does not answer"
                time.sleep(0.05)  # it does not say that it listens

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)

    def tab(self) -> WebKitTab:
        options = {"binary": str(_MINI_BROWSER), "args": ["--automation"]}
        asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        return WebKitTab(self, self.call("POST", "/session", asked)["sessionId"])

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The value of the answer. Raises BrowserError."""
        place = ("127.0.0.1", _PORT)
        line = http.client.HTTPConnection(*place)
        line.sock = self._lab.call(self._host, lambda: socket.create_connection(place, PATIENCE_SECONDS))
        try:
            line.request(method, path, None if body is None else json.dumps(body).encode())
            answer = line.getresponse()
            value = json.loads(answer.read())["value"]
        finally:
            line.close()
        if answer.status != http.HTTPStatus.OK:
            raise BrowserError(f"{method} {path}: {value}")
        return value


class WebKitTab(PageTab):
    def __init__(self, browser: WebKit, session: str) -> None:
        self._browser, self._session = browser, f"/session/{session}"
        self._post("timeouts", script=PATIENCE_SECONDS * 1000)
        self._post("window/rect", width=390, height=844)

    def _post(self, command: str, **body: object) -> Any:
        return self._browser.call("POST", f"{self._session}/{command}", body)

    def closes(self) -> None:
        """And what it kept is forgotten."""
        self._browser.call("DELETE", self._session)

    def opens(self, address: str) -> None:
        self._post("url", url=address)
        self._post("execute/sync", script=WATCH + _ERRORS, args=[])

    def reload(self) -> None:
        self._post("refresh")
        self._post("execute/sync", script=WATCH + _ERRORS, args=[])

    def tap_at(self, x: float, y: float) -> None:
        place = {"type": "pointerMove", "x": round(x), "y": round(y)}
        deeds = [place, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._post("actions", actions=[{"type": "pointer", "id": "mouse", "actions": deeds}])

    def types(self, text: str) -> None:
        (element,) = self._browser.call("GET", f"{self._session}/element/active").values()
        self._post(f"element/{element}/value", text=text)

    def js(self, code: str) -> Any:
        value = f"(async () => JSON.stringify([await ({code})]))()"
        script = f"const is = arguments[0]; {value}.then(is, (error) => is('!' + error));"
        answer = self._post("execute/async", script=script, args=[])
        if answer.startswith("!"):
            raise AssertionError(answer)
        return json.loads(answer)[0]

    def errors(self) -> list[str]:
        return []  # WebDriver does not tell: see _ERRORS

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._browser.call("GET", f"{self._session}/screenshot")))
