"""One cell into one value: times, durations, names. What cannot be right is refused with its reason."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from rochdale.sectors.music.rules import LONGEST_NAME, is_readable

LONGEST_ID = 200
LONGEST_PLAY_MS = 24 * 60 * 60 * 1000
CLOCK_SKEW = timedelta(minutes=5)
FIRST_DAY_THAT_CAN_BE = datetime(1970, 1, 2, tzinfo=UTC)
"""Exporters write 0 where they do not know the time."""

_NUMBER = re.compile(r"\d{1,17}(\.\d+)?")
_SPOKEN = ("%d %b %Y, %H:%M", "%d %b %Y %H:%M", "%d %B %Y, %H:%M", "%b %d %Y %H:%M")
_ZONE_NAMES = (" utc", " gmt", " z")


class BadLine(Exception):
    """One line that cannot be taken; the message is the reason that stands in the rejects file."""


def shown(text: str) -> str:
    """Return a cell as a reason may quote it: short, and without what no screen or file can show."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:40])


def moment(text: str, now: datetime) -> datetime:
    """Read a time: ISO 8601 with or without a zone (none means UTC), or Unix seconds, milli- or microseconds.

    Refuses a date without a time of day, a time before 2 January 1970 and one in the future.
    """
    found = _from_number(text) if _NUMBER.fullmatch(text) else _from_words(text)
    if found < FIRST_DAY_THAT_CAN_BE:
        raise BadLine(_("the time “{text}” is not a real one").format(text=shown(text)))
    if found > now + CLOCK_SKEW:
        raise BadLine(_("the time “{text}” lies in the future").format(text=shown(text)))
    return found


def _from_number(text: str) -> datetime:
    whole = text.partition(".")[0]
    divisor = 1 if len(whole) <= 11 else 1_000 if len(whole) <= 14 else 1_000_000
    seconds, rest = divmod(int(whole), divisor)
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise BadLine(_("“{text}” is not a time").format(text=shown(text))) from None
    return found + timedelta(microseconds=rest * (1_000_000 // divisor))


def _from_words(text: str) -> datetime:
    if not text:
        raise BadLine(_("no time"))
    lowered = text.lower()
    ending = next((zone for zone in _ZONE_NAMES if lowered.endswith(zone)), "")
    bare = text[: len(text) - len(ending)] if ending else text
    found = _iso(bare) or _spoken(bare)
    if found is None:
        raise BadLine(_("“{text}” is not a time we can read (ISO 8601 or Unix seconds)").format(text=shown(text)))
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        raise BadLine(_("“{text}” is not a time").format(text=shown(text))) from None


def _iso(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= len("2019-06-03"):
        raise BadLine(_("“{text}” has no time of day").format(text=shown(text)))
    return found


def _spoken(text: str) -> datetime | None:
    for pattern in _SPOKEN:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007  # the caller adds the zone
        except ValueError:
            continue
    return None


def has_no_zone(text: str) -> bool:
    """Tell whether a readable time says nothing of its zone (then it is taken as UTC, and the reader is told)."""
    if _NUMBER.fullmatch(text) or text.lower().endswith(("z", *_ZONE_NAMES)):
        return False
    return re.search(r"[+-]\d\d(:?\d\d)?(:\d\d)?$", text[len("2019-06-03") :]) is None


def milliseconds(text: str, *, per: int = 1) -> int:
    """Read how long a play was, in milliseconds; `per` is 1000 where the file counts seconds.

    Refuses what is no number, negative, or longer than a day.
    """
    try:
        found = int(text) * per if text.isdecimal() else round(float(text) * per)
    except (ValueError, OverflowError):
        raise BadLine(_("“{text}” is not how long a play can be").format(text=shown(text))) from None
    if not text:
        raise BadLine(_("no play time"))
    if not 0 <= found <= LONGEST_PLAY_MS:
        raise BadLine(_("“{text}” is not how long a play can be").format(text=shown(text)))
    return found


def name(text: str, what: Any) -> str:
    """Tidy a name: one form of each letter, single spaces. Refuses an empty, an endless or a broken one."""
    if text.isascii() and text.isprintable():
        tidy = " ".join(text.split()) if "  " in text or text != text.strip() else text
    else:
        tidy = " ".join(unicodedata.normalize("NFC", text).split())
        if tidy and not is_readable(tidy):
            raise BadLine(_("the {what} holds bytes that are not text").format(what=what))
    if not tidy:
        raise BadLine(_("no {what}").format(what=what))
    if len(tidy) > LONGEST_NAME:
        raise BadLine(_("the {what} is longer than {most} letters").format(what=what, most=LONGEST_NAME))
    return tidy
