"""PageTab: a tab of a browser, whichever it is: what a person does in it, and what they see."""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

#: Longer than anything here takes on a busy machine; only a test that fails waits so long.
PATIENCE_SECONDS = 30.0

#: What must not happen in a page is noted, for `PageTab.faults`.
WATCH = """
window.faults = [];
addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  faults.push(`${violatedDirective} ${blockedURI}`));
addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)));
"""


class BrowserError(Exception):
    """The browser cannot do what it was asked."""


class PageTab(ABC):
    # --- what differs between browsers
    @abstractmethod
    def opens(self, address: str) -> None: ...

    @abstractmethod
    def reload(self) -> None: ...

    @abstractmethod
    def tap_at(self, x: float, y: float) -> None:
        """CSS pixels from the corner of what is shown of the page."""

    @abstractmethod
    def types(self, text: str) -> None:
        """Into what has the focus."""

    @abstractmethod
    def js(self, code: str) -> Any:
        """The value of an expression in the page. Raises BrowserError where the page gave way to another."""

    @abstractmethod
    def errors(self) -> list[str]:
        """Of the page's scripts, as far as the browser tells."""

    @abstractmethod
    def picture(self, path: Path) -> None:
        """What is shown, as PNG."""

    # --- what a person does
    def reloads(self) -> None:
        self.js("window.isOld = true")
        self.reload()
        self.until("!window.isOld && document.readyState === 'complete'")

    def taps(self, selector: str, text: str = "") -> None:
        """The last element that fits, is shown, and says `text`."""
        find = f"""[...document.querySelectorAll({json.dumps(selector)})].filter((one) =>
          one.checkVisibility() && (one.innerText + (one.ariaLabel ?? '')).includes({json.dumps(text)})).at(-1)"""
        self.until(f"!!{find}")
        self.tap_at(*self.js(f"""(() => {{
          const found = {find};
          found.scrollIntoView({{ block: 'nearest' }});
          const {{ x, y, width, height }} = found.getBoundingClientRect();
          return [x + width / 2, y + height / 2];
        }})()"""))

    # --- what is to be seen
    def text(self, selector: str = "body") -> str:
        """What is to be read there, without what is hidden."""
        return str(self.js(f"document.querySelector({json.dumps(selector)}).innerText"))

    def until(self, holds: str) -> None:
        """An expression becomes true; the page looks by itself, so that nothing is asked in between."""
        look = (
            f"new Promise((is) => {{ const look = () => (({holds}) ? is(true) : setTimeout(look, 10)); look(); "
            f"setTimeout(() => is(false), {PATIENCE_SECONDS * 800}); }})"
        )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                assert self.js(look), f"not in time: {holds}\n{self.text()}"
                return
            except BrowserError:
                pass  # the page it asked gave way to another
        raise AssertionError(f"one page gave way to another again and again: {holds}")

    def sees(self, text: str, selector: str = "body") -> None:
        """It is to be read in an element that fits."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})]"
        self.until(f"{found}.some((one) => one.innerText.includes({json.dumps(text)}))")

    def faults(self) -> list[str]:
        """What went wrong in it: errors of scripts, and what the page's policy forbade."""
        return [*self.errors(), *self.js("window.faults ?? []")]
