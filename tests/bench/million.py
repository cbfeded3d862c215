"""Makes a database with a long history, for benches: `python -m tests.bench.million FOLDER [ENTRIES]`.

The texts are like a chat's: a few words very often, most rarely, one in eight Japanese or Chinese, some emoji, some
links. The members are called Member 1 to Member 50. Chain
heads are real; signatures are not.
"""

from __future__ import annotations

import itertools
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lanchat.core.content import Correction, ReactionChange, Text, encode
from lanchat.core.model import Card, DeviceId, Entry, EntryId, MemberKey, RoomId
from lanchat.storage.records import RoomRecord
from lanchat.storage.store import Store

ROOM = RoomId("millionmillionab")
MEMBERS = 50
START = 1_600_000_000_000  # ms: when the first entry was written
_RUN = 5_000
_CHANGED = _RUN * 15 // 100
_OFTEN = str.split(
    "the to and a of you is in it that for on we this have be are not with at so but me do can was if just will up out "
    "what there get time now about all one when good think know see here like no yes ok thanks meeting today tomorrow "
    "lunch coffee build test release server print kitchen report please morning later room call deploy ticket café "
    "naïve über señor"
)
_SYLLABLES = str.split("ba ce di fo gu ha jen kim lor mus nat pel qui ros sta tin ul ven wick yor zan ber cal dor")
_CJK_OFTEN = str.split(
    "今日 明日 会議 時間 場所 確認 お願いします ありがとう 昼ご飯 資料 印刷 台所 です ます から 東京 大阪 "
    "我们 你好 今天 明天 会议 时间 谢谢 没问题 午饭 文件 打印 厨房 一起 可以 现在 下午 北京 上海"
)
_EMOJI = ("👍", "🎉", "😂", "❤️", "🙏", "🔥", "☕", "🍕")


def texts(seed: int = 1) -> Iterator[str]:
    """Endless texts, the same for the same seed."""
    chance = random.Random(seed)
    rare = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(30_000)]
    vocabulary = _OFTEN + rare
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    ideographs = _CJK_OFTEN + ["".join(chr(chance.randrange(0x4E00, 0x9000)) for _ in range(2)) for _ in range(3_000)]
    cjk_weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(ideographs))))
    while True:
        if chance.random() < 0.125:
            text = "".join(chance.choices(ideographs, cum_weights=cjk_weights, k=chance.randint(2, 10)))
        else:
            text = " ".join(chance.choices(vocabulary, cum_weights=weights, k=int(2 + chance.expovariate(0.09)) % 60))
        if chance.random() < 0.03:
            text += f" https://example.com/{chance.choice(vocabulary)}"
        yield f"{text} {chance.choice(_EMOJI)}" if chance.random() < 0.05 else text


def build(folder: Path, entries: int = 1_000_000, room_id: RoomId = ROOM, changes: bool = False) -> RoomId:
    """A hosted room of `entries` messages in the Store in `folder`; its room_id. `changes`: with reactions to 10 % of
    them, and edits of 5 %."""
    chance = random.Random(2)
    authors = [MemberKey(chance.randbytes(32)) for _ in range(MEMBERS)]
    device, signature = DeviceId(b"million!"), bytes(64)
    store = Store.open(folder)
    store.put_room(RoomRecord(room_id, "A long history", hosted=True))
    store.put_cards([Card(key, f"Member {number}", 1, bytes(64)) for number, key in enumerate(authors, 1)])
    log = store.log(room_id)
    written = zip(range(1, entries + 1), texts(), strict=False)
    while some := list(itertools.islice(written, _RUN)):
        run = [
            Entry(EntryId(chance.randbytes(16)), chance.choice(authors), device, number, Text.kind, None,
                  text.encode(), START + number * 20_000, signature)
            for number, text in some
        ]  # fmt: skip
        log.append(run, run[-1].sent_at)
        if changes:
            log.append([_change(chance, authors, entry, at) for at, entry in enumerate(chance.sample(run, _CHANGED))],
                       run[-1].sent_at)  # fmt: skip
    store.close()
    return room_id


def _change(chance: random.Random, authors: list[MemberKey], entry: Entry, at: int) -> Entry:
    """An edit, for a third, or a reaction to this entry."""
    if at % 3:
        payload = encode(ReactionChange(chance.choice(_EMOJI)), EntryId(entry.entry_id))
        author = chance.choice(authors)
    else:
        payload = encode(Correction(f"{entry.body.decode()}, edited"), EntryId(entry.entry_id))
        author = MemberKey(entry.author)
    entry_id, counter = EntryId(chance.randbytes(16)), entry.counter * 10 + at % 10
    return Entry(entry_id, author, DeviceId(b"changes!"), counter, *payload, entry.sent_at, bytes(64))


if __name__ == "__main__":
    began = time.perf_counter()
    build(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
    print(f"{time.perf_counter() - began:.1f} s")
