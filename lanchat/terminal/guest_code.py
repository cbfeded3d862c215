"""The code by which phones come in, as a terminal shows it: a QR code of half blocks, the link, and how long it lasts.

The blocks are the light parts of the QR code, as is right on a dark terminal; on a light one the code is inverted,
which the cameras of phones read as well. Either way they need its edge.
"""

from __future__ import annotations

import datetime
import io

import segno

from lanchat.core.translate import _
from lanchat.engine import events


def qr_lines(link: str) -> list[str]:
    """The QR code of a link, two rows of it in each line."""
    out = io.StringIO()
    segno.make(link, error="m", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue().splitlines()


class GuestCodeLines:
    """What is said about the code for phones; each code is shown once."""

    def __init__(self) -> None:
        self._shown = ""

    def lines(self, event: events.GuestsInvited | events.GuestInvitationEnded) -> list[str]:
        """Not to be wrapped."""
        if isinstance(event, events.GuestInvitationEnded):
            self._shown = ""
            if event.withdrawn:
                return [_("The code for phones is withdrawn, and who came with it was sent away.")]
            return [_("The code for phones has ended. Who is here with one stays.")]
        if event.link == self._shown:
            return []
        self._shown = event.link
        return [
            *qr_lines(event.link),
            event.link,
            _("Point a phone at this. It talks in its browser; nothing is installed."),
            self._until(event.ends_at),
            _("On a network where somebody might meddle, use the app instead."),
        ]

    @staticmethod
    def _until(ends_at: int | None) -> str:
        if ends_at is None:
            return _("It lets phones in until /invite off.")
        moment = datetime.datetime.fromtimestamp(ends_at / 1000).astimezone()
        return _("It lets phones in until {time}; /invite off ends it, for those who are in, too.").format(
            time=moment.strftime("%H:%M")
        )
