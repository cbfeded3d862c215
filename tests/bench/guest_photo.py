"""A photo of 10 MB from a phone into the room, and from there to another phone, in the browser of `guest_page`.

The rate is of the photo's bytes from its offer, which others see at once, to the moment when the host has all of it;
beside it stands the rate from the tap on Send, with the picture looked at, its preview made and its bytes hashed.

Chromium slows down the page alone, not its Workers, in which photos are hashed and sealed: they take 0.3 s for one at
either speed, of which a phone's other processor takes six times as much, beside the page. So the same is measured
without a Worker, where the page does everything, and at full speed.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from lanchat.core import limits
from tests.bench.table import Row
from tests.web.browser import Tab

_MUST = 8.0  # MB/s

#: Milliseconds from the tap on Send to the offer in the talk, and from there until the host has the file. It looks only
#: when the page draws something, since looking costs a slow phone its time.
_SENDS = """new Promise((is) => {
  const log = document.getElementById('log');
  const before = log.querySelectorAll('.mine .file').length;
  const from = performance.now();
  let offered = 0;
  const watch = new MutationObserver(() => {
    const files = log.querySelectorAll('.mine .file');
    if (files.length === before) return;
    offered ||= performance.now();
    const last = [...files].at(-1);
    if (last.querySelector('progress') || !last.closest('.mine').querySelector('.ticks')) return;
    watch.disconnect();
    is([offered - from, performance.now() - offered]);
  });
  watch.observe(log, { childList: true, subtree: true });
  document.getElementById('composer').requestSubmit();
})"""

#: Milliseconds from the tap on a picture to its last byte.
_GETS = """new Promise((is) => {
  const log = document.getElementById('log');
  const from = performance.now();
  const watch = new MutationObserver(() => {
    if (!log.querySelector('a[download]')) return;
    watch.disconnect();
    is(performance.now() - from);
  });
  watch.observe(log, { childList: true, subtree: true });
  [...log.querySelectorAll('[data-deed=file-get]')].at(-1).click();
})"""


def names(slower: int) -> tuple[str, str]:
    """Of the rows."""
    photo = f"page for phones, {slower} times slower: a 10 MB photo"
    return f"{photo} into the room", f"{photo} out of it"


def measure(
    tab: Tab, other: Callable[[], Tab], again: Callable[[], None], folder: Path, slower: int, times: int
) -> Iterator[Row]:
    """`other`: a second phone, which is in; `again`: opens the page anew."""
    into, out = names(slower)
    photo = _Photo(folder)
    found = {}
    for how, rate in (("slow", slower), ("alone", slower), ("fast", 1)):
        again()
        if how == "alone":
            tab.js("Worker = undefined")
        tab.call("Emulation.setCPUThrottlingRate", rate=rate)
        found[how] = [_sends(tab, photo) for _time in range(times)]
    sent = {how: statistics.median(one for _whole, one in rates) for how, rates in found.items()}
    whole = statistics.median(one for one, _sent in found["slow"])
    shown = (
        f"{sent['slow']:.1f} MB/s, {whole:.1f} from the tap on; without a Worker {sent['alone']:.1f}, "
        f"at full speed {sent['fast']:.1f}"
    )
    numbers = {f"{how} MB/s": one for how, one in {**sent, "whole": whole}.items()}
    yield Row(into, f"≥ {_MUST:.0f} MB/s", "", shown, ok=sent["slow"] >= _MUST, numbers=numbers)
    getting = other()
    getting.call("Emulation.setCPUThrottlingRate", rate=slower)
    got = photo.size / 1_000 / float(getting.js(_GETS))
    yield Row(out, "", "", f"{got:.1f} MB/s", numbers={"MB/s": got})


class _Photo:
    """As large as a phone may send; another one each time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "IMG_0001.jpg"
        noise = Image.frombytes("RGB", (2_000, 1_500), os.urandom(2_000 * 1_500 * 3)).resize((4_000, 3_000))
        for quality in range(95, 50, -1):
            noise.save(self._path, "JPEG", quality=quality)
            if self._path.stat().st_size <= limits.GUEST_FILE_BYTES - 100:
                break
        self.size = self._path.stat().st_size

    def next(self) -> Path:
        with self._path.open("ab") as file:
            file.write(b"\0")  # after the end of the picture
        return self._path


def _sends(tab: Tab, photo: _Photo) -> tuple[float, float]:
    """MB/s from the tap on, and from the offer on."""
    tab.until("document.getElementById('attach').checkVisibility()")
    tab.chooses("#file-input", path := photo.next())
    tab.sees(path.name, "#attached")
    tab.js("document.getElementById('smaller').checked && document.getElementById('smaller').click()")
    before, sent = tab.js(_SENDS)
    return photo.size / 1_000 / (before + sent), photo.size / 1_000 / sent
