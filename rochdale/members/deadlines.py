"""Pure rules of time: when a period ends, the last day of a membership, when shares come back.

A period begins with something that happened at a moment; which day that was is told by the co-op's
time zone, and a period always ends at a midnight there. So a change of the clocks, or a reader in another zone,
moves no deadline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from rochdale.bylaws.rules import financial_year, months_after
from rochdale.shared import money

LeaveAt = Literal["any_day", "end_of_month", "end_of_financial_year"]


def local_day(moment: datetime, zone: str) -> date:
    """Return the day on the co-op's calendar."""
    return moment.astimezone(ZoneInfo(zone)).date()


def after_day(day: date, zone: str) -> datetime:
    """Return the first moment after a day: the next midnight in the zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))


def period_end(began: datetime, *, days: int = 0, months: int = 0, zone: str, counting: str = "") -> datetime:
    """Return the first moment after a period of days or months.

    By the usual counting the day on which it began does not count and the last day counts whole. With
    `includes_both_end_days` the first day counts too; with `excludes_both_end_days` neither does, so that the
    period reaches one day further (law-privacy-security.md T35).
    """
    day = local_day(began, zone)
    last = months_after(day, months) + timedelta(days=days)
    moved = {"includes_both_end_days": -1, "excludes_both_end_days": 1}.get(counting, 0)
    return after_day(last + timedelta(days=moved), zone)


def last_day(given_on: date, *, days: int, months: int, leave_at: LeaveAt, year_start_month: int) -> date:
    """Return the earliest last day of a membership whose end was announced on a day.

    The notice period is the longer of `days` and `months`; `leave_at` moves the day to the end of its month or
    of its financial year (Genossenschaftsgesetz §65: three months to the end of the year).
    """
    earliest = max(given_on + timedelta(days=days), months_after(given_on, months))
    if leave_at == "end_of_month":
        return months_after(earliest.replace(day=1), 1) - timedelta(days=1)
    if leave_at == "end_of_financial_year":
        return financial_year(earliest, year_start_month)[1]
    return earliest


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of what is paid back: by which day, how much in micro-units."""

    due_on: date
    amount: int


def refund_schedule(amount: int, *, currency: str, last_on: date, months: int, yearly: bool) -> Sequence[Instalment]:
    """Return by when how much of a leaver's shares comes back; nothing is lost by rounding.

    `months` is how long the co-op may take: one payment at its end. Where the law wants a part each year
    (`yearly`), equal parts at the end of each year (Ley 27/1999 art. 51: at most five years, at least a fifth each).
    """
    if amount <= 0:
        return ()
    years = max(1, -(-months // 12)) if yearly else 1
    payable = money.payable(amount, currency)
    parts = money.allocate(payable, [1] * years)
    days = [months_after(last_on, min(12 * (place + 1), months) if yearly else months) for place in range(years)]
    return tuple(Instalment(day, part) for day, part in zip(days, _whole(parts, currency), strict=True))


def _whole(parts: Sequence[int], currency: str) -> Sequence[int]:
    """Move what is below the currency's own digits from each part to the last one."""
    cut = [money.payable(part, currency) for part in parts]
    return [*cut[:-1], cut[-1] + sum(parts) - sum(cut)]


def cut_of(amount: int, percent_hundredths: int) -> int:
    """Return the most that may be kept of an unjustified leaver's shares; `percent_hundredths` is the percentage times 100."""
    return amount * percent_hundredths // 10_000
