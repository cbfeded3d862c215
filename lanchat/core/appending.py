"""Appending: posts on their way into a Host's Log, gathered for group commit."""

from __future__ import annotations

from lanchat.core.host_actions import OWN, Append, SessionId
from lanchat.core.limits import KIND_CHARACTERS, Limits
from lanchat.core.model import Entry

APPEND_ENTRIES = 4_096  # of one Append: 40 ms at 100,000 a second, so that nobody waits long behind a flood


class Appending:
    """One Append is under way at a time; what comes meanwhile gathers for the next."""

    def __init__(self) -> None:
        self._gathered: list[tuple[SessionId, Entry]] = []
        self._under_way: list[tuple[SessionId, Entry]] = []
        self._not_before = 0.0

    def add(self, session: SessionId, entry: Entry) -> None:
        self._gathered.append((session, entry))

    def start(self, now: float) -> Append | None:
        """The next Append, when it is time for one."""
        if self._under_way or not self._gathered or now < self._not_before:
            return None
        self._under_way = self._gathered[:APPEND_ENTRIES]
        del self._gathered[:APPEND_ENTRIES]
        return Append(self._under_way)

    def finish(self) -> list[tuple[SessionId, Entry]]:
        """The Append is done: what it was about."""
        done, self._under_way = self._under_way, []
        return done

    def put_off(self, until: float) -> set[SessionId]:
        """The Append failed. Own posts are kept and tried again; those of Sessions, in their Outboxes anyway, are not.

        Returns the Sessions whose posts were dropped.
        """
        posts = self._under_way + self._gathered
        self._under_way = []
        self._gathered = [post for post in posts if post[0] == OWN]
        self._not_before = until
        return {session for session, _ in posts} - {OWN}


def unfit(entry: Entry, limits: Limits) -> str:
    """Why an entry cannot be taken, in words for its author; "" when it can."""
    if not (entry.kind.isascii() and entry.kind.isalpha() and entry.kind.islower()):
        return "that kind of entry has no proper name"
    if len(entry.kind) > KIND_CHARACTERS:
        return "that kind of entry has too long a name"
    if len(entry.body) > limits.text_characters:
        return f"longer than {limits.text_characters:,} characters"
    if entry.body.count("\n") >= limits.text_lines:
        return f"more than {limits.text_lines:,} lines"
    if not entry.body.strip():
        return "there is nothing in it"
    return ""
