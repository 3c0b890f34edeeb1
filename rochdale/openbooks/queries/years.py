"""The financial years of a co-op, as its bylaws cut them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rochdale.bylaws import queries as bylaws
from rochdale.openbooks import rules

from .sight import NoSuchFigure

FIRST_MONTH = "bylaws.year_start_month"


@dataclass(frozen=True, slots=True)
class Year:
    """A financial year: from `start` until before `end`; named by the calendar year in which it begins."""

    number: int
    start: datetime
    end: datetime
    current: bool
    zone: str

    @property
    def title(self) -> str:
        return str(self.number) if self.start.month == 1 else f"{self.number}/{(self.number + 1) % 100:02d}"


def year_at(now: datetime, zone: str) -> Year:
    """Return the financial year of a moment."""
    return _year(rules.year_of(now, zone, _first_month(now)), now, zone)


def year_numbered(number: int, *, now: datetime, zone: str) -> Year:
    """Return a financial year by its number. Refuses years before the first bylaws and after now."""
    found = next((year for year in years(now, zone) if year.number == number), None)
    if found is None:
        raise NoSuchFigure()
    return found


def years(now: datetime, zone: str) -> list[Year]:
    """Return the years in which there can be books, newest first: no money moves before the first bylaws stand."""
    month = _first_month(now)
    this = rules.year_of(now, zone, month)
    editions = bylaws.editions()
    oldest = min(this, rules.year_of(editions[-1].valid_from, zone, month)) if editions else this
    return [_year(number, now, zone) for number in range(this, oldest - 1, -1)]


def _year(number: int, now: datetime, zone: str) -> Year:
    start, end = rules.bounds(number, zone, _first_month(now))
    return Year(number, start, end, start <= now < end, zone)


def _first_month(now: datetime) -> int:
    return int(bylaws.value(FIRST_MONTH, at=now)) if bylaws.version_at(now) is not None else 1
