"""The page for phones in a real Chromium, its processor slowed down six times, as a cheap phone's is.

The host is on one computer of a lab, the browser on another: a browser takes pages from loopback for safe, and treats
them otherwise.
"""

from __future__ import annotations

import json
import re
import statistics
from collections.abc import Callable, Iterator

from tests.bench import guest_photo, host
from tests.bench.setting import Setting
from tests.bench.table import Row, ms, skipped
from tests.lan.lanlab import Lab, LabUnavailable
from tests.web.browser import CHROMIUM, Browser, Tab

_SLOWER = 6
_SAID = 60  # of which a guest gets about the last 50
_OPENING = f"page for phones, {_SLOWER} times slower: opened, to the last 50 messages"
_SIZE = "page for phones: bytes on the wire"
_TICK = f"page for phones, {_SLOWER} times slower: an own message to its tick"
_FLOOD = f"page for phones, {_SLOWER} times slower: {{count:,}} messages arrive at once"

#: In the page, before its scripts: when the talk was drawn, when the last connection began, and from `bench.awaits` on
#: the longest frame until the text was drawn. Nothing here has the page laid out.
_WATCH = """
window.bench = { drawnAt: 0, from: 0, cameAt: 0, longest: 0 };
(() => {
  let before = 0, awaited = '';
  const messages = () => [...document.querySelectorAll('#log .message')];
  const look = () => {
    const now = performance.now(); // the time that a frame is given may be that of one before it, which was left out
    if (before && bench.from) bench.longest = Math.max(bench.longest, now - before);
    before = now;
    if (!bench.drawnAt && messages().length >= 50) bench.drawnAt = now;
    const isHere = awaited && messages().slice(-5).some(({ textContent }) => textContent.includes(awaited));
    if (isHere) bench.cameAt = now;
    if (!bench.drawnAt || (awaited && !bench.cameAt)) requestAnimationFrame(look);
  };
  bench.awaits = (text) => {
    Object.assign(bench, { from: 0, cameAt: 0, longest: 0 });
    [before, awaited] = [0, text];
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.WebSocket = class extends WebSocket {
    constructor(...how) {
      super(...how);
      this.addEventListener('message', () => (bench.from ||= performance.now()), { once: true });
    }
  };
})();
"""

#: Milliseconds from pressing Enter to the tick on the screen.
_SAYS = """new Promise((is) => {
  const text = document.getElementById('text');
  text.value = `Own message ${Math.random()}`;
  const from = performance.now();
  const look = () => {
    const mine = [...document.querySelectorAll('#log .mine')].at(-1);
    const isIn = mine?.textContent.includes(said) && mine.querySelector('.ticks');
    if (isIn) is(performance.now() - from);
    else requestAnimationFrame(look);
  };
  const said = text.value;
  document.getElementById('composer').requestSubmit();
  look();
})"""


def measure(setting: Setting) -> Iterator[Row]:
    flood = 1_000 if setting.short else 5_000
    what = (_OPENING, _SIZE, _TICK, _FLOOD.format(count=flood), *guest_photo.names(_SLOWER))
    lab = Lab(hosts=2)
    try:
        if CHROMIUM is None:
            raise LabUnavailable("Chromium is not installed")
        lab.up()
    except LabUnavailable as error:
        yield from (skipped(one, str(error)) for one in what)
        return
    browser = Browser(lab, "h2", setting.new_folder())
    try:
        with host.on_a_computer(lab, "h1", setting.new_folder(), guests=_SAID) as (target, say):
            tab = browser.tab(browser.phone())
            link = re.sub(r"//[^:]*", f"//{lab.address('h1')}", target.link)
            _enters(tab, link, "Mia")
            yield _size(tab)
            tab.call("Emulation.setCPUThrottlingRate", rate=_SLOWER)
            yield _opening(tab, link, 3 if setting.short else 9)
            yield _tick(tab, 5 if setting.short else 20)
            yield _flood(lab, tab, link, say, flood)

            def other() -> Tab:
                made = browser.tab(browser.phone())
                _enters(made, link, "Noa")
                return made

            photos = setting.new_folder()
            yield from guest_photo.measure(
                tab, other, lambda: _opens(tab, link), photos, _SLOWER, 1 if setting.short else 3
            )
            assert not tab.faults()
    finally:
        browser.close()
        lab.down()


def _enters(tab: Tab, link: str, nick: str) -> None:
    tab.before_its_scripts(_WATCH)
    tab.opens(link)
    tab.sees("Your name")
    tab.taps("#name")
    tab.types(nick)
    tab.taps("button", "Enter the room")
    tab.until("bench.drawnAt")


def _opens(tab: Tab, link: str) -> None:
    tab.opens("about:blank")
    tab.opens(link)
    tab.until("window.bench?.drawnAt")


def _size(tab: Tab) -> Row:
    """Until the talk is there; what sends files is loaded later."""
    total = "performance.getEntries(){}.reduce((sum, {{ transferSize }}) => sum + (transferSize ?? 0), 0)"
    first = tab.js(total.format(".filter(({ responseEnd }) => responseEnd <= bench.drawnAt)"))
    tab.until("document.getElementById('attach').checkVisibility()")
    size = tab.js(total.format(""))
    shown = f"{first / 1000:.1f} kB, {size / 1000:.1f} with what is loaded later"
    return Row(_SIZE, "≤ 60 kB", "", shown, ok=first <= 60_000, numbers={"bytes": first, "in all": size})


def _opening(tab: Tab, link: str, times: int) -> Row:
    """By somebody who said their name before, and whose browser has kept nothing of the room."""
    found = []
    for _time in range(times):
        tab.js("Object.keys(localStorage).filter((name) => / room | outbox /.test(name))"
               ".forEach((name) => localStorage.removeItem(name))")  # fmt: skip
        _opens(tab, link)
        found.append(float(tab.js("bench.drawnAt")))
    return _row(_OPENING, 1_000, found)


def _tick(tab: Tab, times: int) -> Row:
    return _row(_TICK, 60, [float(tab.js(_SAYS)) for _time in range(times)])


def _flood(lab: Lab, tab: Tab, link: str, say: Callable[[int], None], count: int) -> Row:
    """They were said while the phone was away. The time begins with the new connection."""
    port = link.split(":")[2].partition("/")[0]
    lab.firewall("h1", f"tcp dport {port}", verdict="reject with tcp reset")
    tab.js("document.querySelector('#text').value = 'cut', composer.requestSubmit()")  # what finds the cable cut
    tab.sees("Looking for the room again", "#banner")
    say(count)
    last = host.text_of(_SAID + count - 1).split(" of ")[0] + " "
    tab.js(f"bench.awaits({json.dumps(last)})")
    lab.no_firewall("h1")
    tab.until("bench.cameAt")
    took, longest = tab.js("[bench.cameAt - bench.from, bench.longest]")
    shown = f"{ms(took)}, longest frame {ms(longest)}"
    ok = took <= 2_000 and longest <= 100
    return Row(_FLOOD.format(count=count), "≤ 2 s, no frame longer than 100 ms", "", shown, ok=ok,
               numbers={"ms": took, "longest frame ms": longest})  # fmt: skip


def _row(what: str, most: float, found: list[float]) -> Row:
    median, worst = statistics.median(found), max(found)
    shown = f"{ms(median)}, worst {ms(worst)}"
    return Row(what, f"≤ {most:,} ms", "", shown, ok=median <= most, numbers={"median ms": median, "worst ms": worst})
