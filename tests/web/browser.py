"""A phone in a lab: Chromium without a window, and the tabs in it, driven by the protocol of its developer tools.

The protocol runs through a pipe (`--remote-debugging-pipe`): no port is taken, and no packet is sent for it. What a
test does in a tab is what a finger or a keyboard does; what it asks is what the page shows.
See https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.web.tab import PATIENCE_SECONDS, WATCH, BrowserError, PageTab

if TYPE_CHECKING:
    from lan.lanlab import Lab

CHROMIUM = shutil.which("chromium")

_ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--remote-debugging-pipe",
)  # fmt: skip


class Browser:
    def __init__(self, lab: Lab, host: str, folder: Path) -> None:
        """Started at `host`; its profile is in `folder`."""
        assert CHROMIUM is not None
        low_read, self._to = os.pipe()
        self._from, low_write = os.pipe()
        # The browser reads its descriptor 3 and writes to 4, which may be taken here, also by these.
        to_read, to_write = (fcntl.fcntl(low, fcntl.F_DUPFD, 10) for low in (low_read, low_write))
        at_3_and_4 = f'exec "$0" "$@" 3<&{to_read} 4>&{to_write} {to_read}<&- {to_write}>&-'
        words = ["bash", "-c", at_3_and_4, CHROMIUM, *_ARGUMENTS, f"--user-data-dir={folder}"]
        with open(folder / "chromium.log", "wb") as log:
            self._process = lab.popen(host, words, pass_fds=[to_read, to_write], stdout=log, stderr=log)
        for given in (low_read, low_write, to_read, to_write):
            os.close(given)
        self._rest = b""
        self._number = 0
        self._tabs: dict[str, Tab] = {}

    def close(self) -> None:
        self.call("Browser.close")
        self._process.wait(PATIENCE_SECONDS)
        os.close(self._to)
        os.close(self._from)

    def phone(self) -> str:
        """A profile with nothing in it yet: what is kept in one is not to be seen in another."""
        return str(self.call("Target.createBrowserContext")["browserContextId"])

    def forget(self, phone: str) -> None:
        """Close its tabs, and forget what they kept."""
        self.call("Target.disposeBrowserContext", browserContextId=phone)

    def tab(self, phone: str) -> Tab:
        target = self.call("Target.createTarget", url="about:blank", browserContextId=phone)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = self._tabs[session] = Tab(self, phone, session)
        return tab

    def call(self, method: str, session: str = "", **params: object) -> dict[str, Any]:
        """The result of a method. Raises BrowserError."""
        self._number += 1
        number = self._number
        asked = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (said := self._next(deadline)).get("id") != number:
            if tab := self._tabs.get(said.get("sessionId", "")):
                tab.told(said["method"], said["params"])
        if "error" in said:
            raise BrowserError(f"{method}: {said['error']['message']}")
        return dict(said["result"])

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._from], [], [], max(0.0, deadline - time.monotonic()))[0]:
                raise AssertionError("the browser does not answer")
            data = os.read(self._from, 1 << 20)
            assert data, "the browser has ended"
            self._rest += data
        said, _zero, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(said))


class Tab(PageTab):
    def __init__(self, browser: Browser, phone: str, session: str) -> None:
        self._browser, self._phone, self._session = browser, phone, session
        self._errors: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.before_its_scripts(WATCH)
        self.screen(390, 844)

    def call(self, method: str, **params: object) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def told(self, method: str, params: dict[str, Any]) -> None:
        """An event of the browser's."""
        match method, params:
            case "Runtime.exceptionThrown", {"exceptionDetails": details}:
                self._errors.append(str(details.get("exception", details).get("description", details)))
            case "Log.entryAdded", {"entry": {"source": source, "text": text}} if source != "network":
                self._errors.append(f"{source}: {text}")

    # --- what a person does
    def opens(self, address: str) -> None:
        self.call("Page.navigate", url=address)

    def reload(self) -> None:
        self.call("Page.reload")

    def closes(self) -> None:
        """And what the phone kept is forgotten."""
        self._browser.forget(self._phone)

    def screen(self, width: int, height: int, scale: float = 1) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": scale}
        self.call("Emulation.setDeviceMetricsOverride", mobile=width < 700, **size)

    def prefers(self, **features: str) -> None:
        """Of the media queries: `color_scheme="dark"`."""
        named = [{"name": f"prefers-{name.replace('_', '-')}", "value": value} for name, value in features.items()]
        self.call("Emulation.setEmulatedMedia", features=named)

    def speaks(self, *languages: str) -> None:
        """The languages of the phone, the best first, for pages that it opens from now on."""
        agent = self.js("navigator.userAgent")
        self.call("Network.setUserAgentOverride", userAgent=agent, acceptLanguage=",".join(languages))

    def before_its_scripts(self, code: str) -> None:
        """Run in each page that it opens from now on."""
        self.call("Page.addScriptToEvaluateOnNewDocument", source=code)

    def tap_at(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def types(self, text: str) -> None:
        """Into what has the focus."""
        self.call("Input.insertText", **{"text": text})

    def chooses(self, selector: str, *paths: Path) -> None:
        """Files, in the system's dialog, which a browser without a window does not show."""
        found = self.call("Runtime.evaluate", expression=f"document.querySelector({json.dumps(selector)})")
        self.call("DOM.setFileInputFiles", files=list(map(str, paths)), objectId=found["result"]["objectId"])

    def saves_to(self, folder: Path) -> None:
        """What it saves from now on."""
        self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def presses(self, key: str, code: int, text: str = "", shift: bool = False) -> None:
        """`code`: of the key, as Windows numbers it. `text`: what it writes."""
        for kind in ("keyDown", "keyUp"):
            words = {"text": text} if kind == "keyDown" and text else {}
            modifiers = 8 if shift else 0
            pressed = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
            self.call("Input.dispatchKeyEvent", type=kind, **pressed, **words)

    # --- what is to be seen
    def js(self, code: str) -> Any:
        """The value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise AssertionError(result["exceptionDetails"])
        return result["result"].get("value")

    def errors(self) -> list[str]:
        return self._errors

    def picture(self, path: Path) -> None:
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))
