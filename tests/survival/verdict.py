"""The promises of the protocol, read from what is on the disks and what was seen on the screens when all is over.

I1 acknowledged is in the Log. I2 all is signed by its author. I3 nothing twice. I4 all logs are one. I5 no gap.
I6 each device's entries in its order. I7 one number for one entry, always. I8 never both in Outbox and Log.
I9 Outboxes empty, everything written is there. I10 nothing shown ever vanishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from lanchat.core.keeping import keeping_in
from lanchat.core.model import START, LogEntry, RoomId, next_head
from lanchat.trust.signing import verify_entries
from survival.nodes import Node


def check_log(room_id: RoomId, log: Sequence[LogEntry]) -> None:
    """One whole Log by itself."""
    assert [item.seq for item in log] == list(range(1, len(log) + 1)), "I5: a gap"
    assert verify_entries([item.entry for item in log], room_id) is None, "I2: what its author did not sign"
    identities = [(item.entry.author, item.entry.entry_id) for item in log]
    assert len(set(identities)) == len(identities), "I3: an entry is there twice"
    devices: dict[tuple[bytes, bytes], list[int]] = {}
    head = START
    for item in log:
        if keeping_in(item.entry) is None:  # those have no counter
            devices.setdefault((item.entry.author, item.entry.device_id), []).append(item.entry.counter)
        head = next_head(head, room_id, item.epoch, item.seq, item.received_at, item.entry)
        assert item.head == head, "I4: the chain is broken"
    for counters in devices.values():
        assert all(earlier < later for earlier, later in pairwise(counters)), "I6: a device's entries out of order"


def check_same(log: Sequence[LogEntry], replicas: Sequence[Sequence[LogEntry]]) -> None:
    """Every replica is the Log, from where it begins to the end."""
    for replica in replicas:
        assert replica, "a replica holds nothing"
        assert list(replica) == list(log[replica[0].seq - 1 :]), "I4, I9: a replica is not the Log"


def check_nodes(room_id: RoomId, host: Node, people: Sequence[Node]) -> int:
    """Everything, of nodes that have settled; how many entries there are."""
    log = host.log()
    check_log(room_id, log)
    check_same(log, [node.log() for node in people])
    numbers = {item.entry.entry_id.hex(): item.seq for item in log}
    for node in [host, *people]:
        assert not node.outbox(), "I8, I9: something waits in an Outbox"
        for _, entry_id in node.journal("TAKEN", "DELIVERED"):
            assert entry_id in numbers, "I1: acknowledged, and lost"
        for _, entry_id in node.journal("written"):
            assert entry_id in numbers, "I9: written, and lost"
        for _, seq, entry_id in node.journal("shown"):
            assert numbers.get(entry_id) == int(seq), "I7, I10: what was shown is elsewhere or nowhere"
        assert not node.journal("NOT_SENT", "problem")
    return len(log)
