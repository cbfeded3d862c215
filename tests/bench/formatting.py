"""What formatting takes: messages as people write them, all of them formatted, and texts made to take long.

`python -m tests.bench.formatting`; pure, and no screen is needed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from lanchat.core.formatting import formatted
from tests.bench.setting import Setting
from tests.bench.table import Row, ms

_MESSAGES = 1_000
_MOST_MS, _HOSTILE_MS = 60, 20
_CHARACTERS = 4_000

PLAIN = (
    "Has anybody seen the blue folder? I had it in the meeting room yesterday.",
    "On the shelf by the window, I think.",
    "And here is the manual: https://printer.example/manual?page=2",
    "Lunch at half past twelve? @Ben @Li",
)
FORMATTED = (
    "The menu **moved** to https://menu.example/friday, read it with `lunch.py`",
    "I put some in. If it says `PC LOAD LETTER`, *just* press the green button.",
    "> Lunch at half past twelve?\nYes! The place at the corner has soup on Fridays.",
    "```py\nfor day in week:\n    print(day.soup)\n```",
    "- bread\n- **butter**\n- salt",
    "See [the list](https://list.example), ~~all of it~~ the first page.",
)
HOSTILE = (
    "`" * _CHARACTERS, "*" * _CHARACTERS, "*_" * 2_000, "**a" * 1_333, "[a](" * 1_000, ">" * _CHARACTERS,
    ("> - " * 8 + "a\n") * 110, "- ```x\n" * 199, "a@b.cc " * 570, "https://a.lan/" + "*" * 3_900,
)  # fmt: skip


def seconds(texts: Sequence[str]) -> float:
    """Of CPU, the best of five; no text is known from before."""
    took = []
    for _ in range(5):
        formatted.cache_clear()
        began = time.thread_time()
        for text in texts:
            formatted(text)
        took.append(time.thread_time() - began)
    return min(took)


def measure(_setting: Setting) -> Iterator[Row]:
    usual = [*islice(cycle((*PLAIN * 3, *FORMATTED)), _MESSAGES)]
    for what, texts in (("a third formatted", usual), ("all formatted", [*islice(cycle(FORMATTED), _MESSAGES)])):
        apart = [f"{text} {number}" for number, text in enumerate(texts)]  # none is remembered
        took = seconds(apart) * 1000
        yield Row(f"formatting {_MESSAGES:,} messages, {what}", "", f"<= {_MOST_MS} ms", ms(took), ok=took <= _MOST_MS,
                  numbers={"ms": took})  # fmt: skip
    longest = max(seconds([text]) for text in HOSTILE) * 1000
    yield Row("formatting the worst text of 4,000 characters", "", f"<= {_HOSTILE_MS} ms", ms(longest),
              ok=longest <= _HOSTILE_MS, numbers={"ms": longest})  # fmt: skip


def main() -> None:
    usual = [f"{text} {number}" for number, text in enumerate(islice(cycle((*PLAIN * 3, *FORMATTED)), _MESSAGES))]
    whole = [f"{text} {number}" for number, text in enumerate(islice(cycle(FORMATTED), _MESSAGES))]
    print(f"a third formatted: {ms(seconds(usual) * 1000)}; all formatted: {ms(seconds(whole) * 1000)}")
    for text in HOSTILE:
        print(f"{text[:12]!r}…: {ms(seconds([text]) * 1000)}")


if __name__ == "__main__":
    main()
