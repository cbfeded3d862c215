"""Dates and times as text for people, in this computer's time zone. Pure.

`strftime` is not used: it names days and months in the system's language, not in the one chosen for lanchat.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from lanchat.core.translate import _

_LATEST = 32_503_680_000_000  # the year 3000: a peer may claim any time, and Windows supports no later one


def moment(milliseconds: int) -> datetime:
    """A time from the network (ms since 1970) in this computer's time zone, limited to the years 1970 to 3000."""
    return datetime.fromtimestamp(min(max(milliseconds, 0), _LATEST) / 1000, UTC).astimezone()


def clock(when: datetime) -> str:
    """20:14"""
    return _("{hour}:{minute}").format(hour=f"{when.hour:02}", minute=f"{when.minute:02}")


def weekday(day: date) -> str:
    names = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
    return names[day.weekday()]


def month(day: date) -> str:
    names = (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"),
        _("July"), _("August"), _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip
    return names[day.month - 1]


def full_date(day: date) -> str:
    """Friday, 20 November 2026"""
    return _("{weekday}, {date}").format(weekday=weekday(day), date=short_date(day))


def short_date(day: date) -> str:
    """20 November 2026"""
    return _("{day} {month} {year}").format(day=day.day, month=month(day), year=day.year)
