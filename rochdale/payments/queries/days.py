"""Days and months in the co-op's own time zone: the bank writes days, the books write moments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rochdale.cooperatives import queries as cooperatives


def zone() -> ZoneInfo:
    """Return the time zone of the co-op of the moment."""
    return ZoneInfo(cooperatives.time_zone())


def day_of(moment: datetime, its_zone: ZoneInfo | None = None) -> date:
    """Return the day on which a moment lies here."""
    return moment.astimezone(its_zone or zone()).date()


def start_of(day: date, its_zone: ZoneInfo | None = None) -> datetime:
    """Return the moment a day begins here."""
    return datetime.combine(day, time(), tzinfo=its_zone or zone())


def end_of(day: date, its_zone: ZoneInfo | None = None) -> datetime:
    """Return the moment the day after begins: what happened on the day was before it."""
    return start_of(day + timedelta(days=1), its_zone)


def month_after(first: date) -> date:
    """Return the first day of the month after the one a day lies in."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
