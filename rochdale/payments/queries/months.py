"""Months: which comes next, its checklist from every module, those closed, and what was adjusted later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from rochdale.ledger import queries as ledger
from rochdale.shared import keys, module

from ..models import Adjustment, AdjustmentEnd, MonthDecision, MonthProposal
from . import days

BEFORE_ALL = datetime(1844, 12, 21, tzinfo=UTC)
"""The day the Pioneers opened their shop: no books here are older."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month of the co-op: from `starts_at` until before `ends_at`."""

    starts_on: date
    starts_at: datetime
    ends_at: datetime

    @property
    def code(self) -> str:
        """Return it as an address has it: 2026-05."""
        return f"{self.starts_on:%Y-%m}"

    @property
    def last_on(self) -> date:
        return date.fromordinal(days.month_after(self.starts_on).toordinal() - 1)


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the checklist, looked at."""

    code: str
    title: Any
    done: bool
    says: Any
    url: str
    blocks: bool

    @property
    def stops(self) -> bool:
        return self.blocks and not self.done


@dataclass(frozen=True, slots=True)
class Proposed:
    """A month that waits for its second person."""

    id: int
    month: Month
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed month: who proposed, who closed, when, and the ledger's period with its set of postings."""

    month: Month
    proposed_by: UUID
    proposed_at: datetime
    closed_by: UUID
    closed_at: datetime
    period: int
    checkpoint: int
    checklist: Sequence[dict[str, Any]]


def month(starts_on: date) -> Month:
    """Return the month a day lies in."""
    first, zone = starts_on.replace(day=1), days.zone()
    return Month(first, days.start_of(first, zone), days.start_of(days.month_after(first), zone))


def month_of_code(code: str) -> Month | None:
    """Return the month of an address such as 2026-05, or None."""
    try:
        return month(date.fromisoformat(f"{code}-01"))
    except ValueError:
        return None


def next_month() -> Month | None:
    """Return the month to close next: the one after the last closed time, else that of the first posting; None in empty books."""
    periods = ledger.closed_periods()
    if periods:
        return month(days.day_of(max(period.ends_at for period in periods)))
    first = ledger.first_moment()
    return month(days.day_of(first)) if first is not None else None


def closing_start(of: Month) -> datetime:
    """Return from when a month's closing closes the books: from where the last closed time ends.

    The first closing closes all before it too: else something could be dated to before the co-op's first month.
    """
    periods = ledger.closed_periods()
    return max(period.ends_at for period in periods) if periods else BEFORE_ALL


def checklist(of: Month, now: datetime) -> list[Point]:
    """Look at every module's points for a month, in their order."""
    checks = sorted((check for plug in module.installed() for check in plug.closing_checks()), key=lambda each: each.order)
    points: list[Point] = []
    for check in checks:
        found = check.look(of.starts_at, of.ends_at, now)
        points.append(Point(check.code, check.title, found.done, found.says, found.url, found.blocks))
    return points


def month_waiting() -> Proposed | None:
    """Return the month that waits for its second person, or None."""
    row = MonthProposal.objects.filter(decision__isnull=True).order_by("-id").first()
    return Proposed(row.id, month(row.starts_on), row.proposed_by, row.proposed_at) if row else None


def closed_months() -> list[Closed]:
    """Return the closed months, newest first."""
    checkpoints = {period.id: period.checkpoint for period in ledger.closed_periods()}
    rows = MonthDecision.objects.filter(closed=True).select_related("proposal").order_by("-proposal__starts_on")
    return [
        Closed(
            month(row.proposal.starts_on), row.proposal.proposed_by, row.proposal.proposed_at, row.by, row.at, row.period,
            checkpoints[row.period], row.proposal.checklist,
        )
        for row in rows
        if row.period is not None
    ]  # fmt: skip


def closed_month(of: Month) -> Closed | None:
    """Return a month as it was closed, or None."""
    return next((each for each in closed_months() if each.month == of), None)


@dataclass(frozen=True, slots=True)
class Adjusting:
    """An adjusting entry: proposed, and perhaps posted."""

    id: int
    month: str
    period: int
    currency: str
    legs: tuple[dict[str, Any], ...]
    reason_code: str
    reason: str
    by: UUID
    at: datetime
    approved_by: tuple[UUID, ...]
    posting: int | None
    rejected: str

    @property
    def waits(self) -> bool:
        return self.posting is None and not self.rejected

    @property
    def amount(self) -> int:
        return sum(int(leg["amount"]) for leg in self.legs)


def adjustments(*, period: int | None = None, waiting: bool = False) -> list[Adjusting]:
    """Return adjusting entries, oldest first: of one closed period, or those that wait."""
    rows = Adjustment.objects.order_by("id").prefetch_related("approvals").select_related("end")
    if period is not None:
        rows = rows.filter(period=period)
    if waiting:
        rows = rows.filter(end__isnull=True)
    months = {row.period: row.proposal.starts_on for row in MonthDecision.objects.filter(closed=True).select_related("proposal")}
    found = []
    for row in rows:
        end: AdjustmentEnd | None = getattr(row, "end", None)
        found.append(
            Adjusting(
                row.id, f"{months[row.period]:%Y-%m}" if row.period in months else "", row.period, row.currency, tuple(row.legs),
                row.reason_code, keys.decrypt_text(bytes(row.reason_sealed), about="payments.adjustment"), row.proposed_by,
                row.proposed_at, tuple(each.by for each in row.approvals.all()), end.posting if end else None,
                end.reason_code if end else "",
            )
        )  # fmt: skip
    return found


def adjusting_entries_without_two() -> Sequence[dict[str, Any]]:
    """Return adjusting entries in the books that two people besides their maker did not approve."""
    good = {
        each.posting: each for each in adjustments() if each.posting is not None and len(set(each.approved_by) - {each.by}) == 2
    }
    rows = ledger.postings_of(kinds=["ledger.adjustment"], limit=100_000)
    return [{"posting": row.id} for row in rows if row.id not in good and row.reverses is None]
