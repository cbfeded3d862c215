"""Somebody listens on the switch while a phone is in the room: what they see, and what they do not."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from engine.people import Person
from lan.lanlab import Lab

from tests.web.browser import Tab
from tests.web.page_steps import PHONE, enters, invites, says
from tests.web.wire_tap import WireTap, unmasked

pytestmark = pytest.mark.long  # a browser of its own and a lab of network namespaces

SAID_BY_ANA, SAID_BY_MIA, MIA = "The key is under the mat", "I water the plants on Thursday", "Mia Gonzalez"


def test_who_listens_learns_no_word_no_name_and_no_code(network: Lab, ana: Person, tab: Tab) -> None:
    tap = WireTap(network, PHONE)
    link = invites(ana)
    enters(tab, link, MIA)
    ana.says(SAID_BY_ANA)
    tab.sees(SAID_BY_ANA, "#log")
    says(tab, SAID_BY_MIA)
    ana.sees(SAID_BY_MIA)
    tab.taps(".message:not(.mine) .bubble", SAID_BY_ANA)
    tab.taps("button", "React with 🎉")
    tab.sees("🎉 1", ".reactions")
    tab.reloads()
    tab.sees("Connected")
    frames, streams = tap.heard()
    tap.close()
    sockets = [stream for stream in streams if stream.startswith(b"GET /ws ")]
    assert len(sockets) == 3, "before there is a name, before the reload and after it"
    assert sum(stream.startswith(b"GET /style.css ") for stream in streams), "what is not secret is seen"
    sent = [unmasked(stream) for stream in sockets]
    assert sum(len(stream) > 200 for stream in sent) == 2, "and so are sealed messages"
    fragment = link.partition("#")[2]
    code = base64.urlsafe_b64decode(fragment + "=")[:16]
    secrets = [code, code.hex().encode(), fragment.encode(), fragment[:21].encode(), base64.b64encode(code)[:21]]
    said = (SAID_BY_ANA, SAID_BY_MIA, MIA, "🎉", "Lunch at half past")
    secrets += [text.encode(encoding) for text in said for encoding in ("utf-8", "utf-16-le")]
    secrets += [quote(text).encode() for text in said]
    for heard in (frames, *streams, *sent):
        assert not [secret for secret in secrets if secret in heard]
