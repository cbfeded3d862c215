"""A puller written from the page alone gets files of the real server."""

from __future__ import annotations

import pytest
from network.file_peers import KITCHEN, OfferedBytes, Shelf, serving

from tests.blackbox.client import Refused
from tests.blackbox.file_client import FilePull


def test_it_gets_all_of_a_file() -> None:
    offered, ben = OfferedBytes(chunks=70), FilePull("Ben")
    with serving(Shelf(offered)) as server:
        ben.connect_to(server.port, server.identity.key)
        assert ben.room_id == KITCHEN
        manifest = ben.manifest(offered.root, len(offered.manifest))
        assert b"".join(ben.chunks(offered.root, manifest).values()) == offered.data
        ben.cut()


def test_what_the_holder_has_not_is_missing() -> None:
    offered, ben = OfferedBytes(chunks=5, without=frozenset({1, 4})), FilePull("Ben")
    with serving(Shelf(offered)) as server:
        ben.connect_to(server.port, server.identity.key)
        assert sorted(ben.chunks(offered.root, ben.manifest(offered.root, len(offered.manifest)))) == [0, 2, 3]
        ben.cut()


def test_a_stranger_is_told_so() -> None:
    shelf, ben = Shelf(), FilePull("Ben")
    shelf.strangers.add(ben.me)  # type: ignore[arg-type]
    with serving(shelf) as server:
        with pytest.raises(Refused, match="stranger"):
            ben.connect_to(server.port, server.identity.key)
        ben.cut()
