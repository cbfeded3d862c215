"""Findings of the doctor: what is well here and what is not, for people and for scripts. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Health(enum.Enum):
    GOOD = "good"
    ODD = "odd"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor. `advice` is one sentence, "" when there is nothing to do."""

    name: str  #: a stable word for scripts: network, router, multicast, neighbours, port, firewall, clock, data…
    health: Health
    says: str
    advice: str = ""
