"""The code by which phones come in, as a terminal shows it: a QR code of half blocks, the link, and how long it lasts.

The blocks are the light parts of the QR code, as is right on a dark terminal; on a light one the code is inverted,
which the cameras of phones read as well. Either way they need its edge.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import segno

from lanchat.core import dates
from lanchat.core.listing import Finding
from lanchat.core.translate import _
from lanchat.engine import events
from lanchat.terminal.standard_streams import print_diagnostic


def qr_lines(link: str) -> list[str]:
    """The QR code of a link, two rows of it in each line."""
    out = io.StringIO()
    segno.make(link, error="m", micro=False).terminal(out, border=2, compact=True)
    return out.getvalue().splitlines()


class GuestCodeFile:
    """The file with the link for phones, where the person wants one: while a code lets newcomers in here, and for the
    eyes of its owner only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written = ""

    def note(self, event: events.GuestsInvited | events.GuestInvitationEnded) -> None:
        """Write the link, or remove it."""
        self._hold(event.link if isinstance(event, events.GuestsInvited) else "")

    def close(self) -> None:
        """The room is not open here any more."""
        self._hold("")

    def _hold(self, link: str) -> None:
        if link == self._written:
            return
        self._written = link
        try:
            self._path.unlink(missing_ok=True)
            if link:  # a new file, which nobody else has open or may read
                with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(f"{link}\n")
        except OSError as error:
            words = _("The link for phones could not be written into {file}: {why}.")
            print_diagnostic(words.format(file=self._path, why=error.strerror))


class GuestCodeLines:
    """What is said about the code for phones; each code is shown once."""

    def __init__(self) -> None:
        self.on_terminal = True  #: else the code itself is not shown: it would get into a log
        self._shown: str | None = None  # the link
        self._unasked = False  # the code comes with the room, from whoever kept it open before
        self._obstacles: tuple[Finding, ...] = ()

    def inherits(self) -> None:
        """Somebody else keeps the room open: the code that comes when it is open here is not one to show unasked."""
        self._shown, self._unasked = None, True

    def asked(self) -> None:
        """The person wants to see it, now or once more."""
        self._shown, self._unasked = None, False

    def lines(self, event: events.GuestsInvited | events.GuestInvitationEnded) -> list[str]:
        """Not to be wrapped."""
        if isinstance(event, events.GuestInvitationEnded):
            self._shown = None
            if event.withdrawn:
                return [_("The code for phones is withdrawn, and who came with it was sent away.")]
            return [_("The code for phones has ended. Who is here with one stays.")]
        said: list[str] = []
        if event.link != self._shown:
            self._shown, self._obstacles = event.link, ()
            nowhere = _(
                "No phone can come in: this computer is on no network that one could be in. Join a Wi-Fi or plug in a "
                "cable; the code then comes here by itself."
            )
            goes_on = self._unasked and self.on_terminal
            code = [_("Phones go on here; /invite shows the code.")] if goes_on else self._code(event)
            said = code if event.link else [nowhere]
        if event.obstacles != self._obstacles:
            self._obstacles = event.obstacles
            said += [f"{finding.says} {finding.advice}" for finding in event.obstacles]
        return said

    def _code(self, event: events.GuestsInvited) -> list[str]:
        if not self.on_terminal:
            return [_("Phones may come in now, with a code.")]
        others = [one.address for one in event.networks if not event.link.startswith(f"http://{one.address}:")]
        more = _("For phones in another network of this computer: {commands}.")
        return [
            *qr_lines(event.link),
            event.link,
            _("Point a phone at this. It talks in its browser; nothing is installed."),
            self._until(event.ends_at),
            _("On a network that you do not trust, use lanchat itself instead."),
            *([more.format(commands=", ".join(f"/invite {address}" for address in others))] if others else []),
        ]

    @staticmethod
    def _until(ends_at: int | None) -> str:
        if ends_at is None:
            return _("It lets phones in until /invite off.")
        return _("It lets phones in until {time}; /invite off ends it, for those who are in, too.").format(
            time=dates.clock(dates.moment(ends_at))
        )
