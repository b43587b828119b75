"""Reads when something was handed in, as platforms write it.

A time without a zone is this machine's: platforms show times where they run or where you are.
"""

from datetime import UTC, datetime, timedelta, timezone

from dateutil import parser, tz

# Hours from UTC of the zones that platforms abbreviate.
ZONES = {
    "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "KST": 9, "AWST": 8, "AEST": 10, "AEDT": 11,
    "NZST": 12, "NZDT": 13, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
}  # fmt: skip
_TZINFOS = {name: timezone(timedelta(hours=hours)) for name, hours in ZONES.items()}


def moment(text: str) -> datetime | None:
    """Return the moment that a text tells of, with a zone; None where it tells of none."""
    try:
        when = parser.parse(text, tzinfos=_TZINFOS)
    except (ValueError, OverflowError):
        return None
    return with_zone(when)


def stamped(stamp: str) -> datetime | None:
    """Return the moment of a stamp in a file's name: 2026-03-02-14-05-33."""
    try:
        return with_zone(datetime.strptime(stamp, "%Y-%m-%d-%H-%M-%S"))
    except ValueError:
        return None


def with_zone(when: datetime) -> datetime:
    """Return a moment with its zone; this machine's where it has none."""
    return when if when.tzinfo else when.replace(tzinfo=tz.tzlocal())


def for_nbgrader(when: datetime) -> str:
    """Return a moment as nbgrader keeps it in `timestamp.txt`."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def shown(when: datetime) -> str:
    """Return a moment for people, with its zone."""
    return when.strftime("%Y-%m-%d %H:%M:%S %Z").strip()
