"""What payments looks at before a month is closed. Each point says what it found, and leads to where it is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.shared import module, money
from rochdale.shared.links import here_url

from ..models import Approval, MonthDecision
from . import bank, cover, days, desk, worklists

PLACE_WORDS = {"client": gettext_lazy("the clients' account"), "own": gettext_lazy("the co-op's own account")}


def checks() -> tuple[module.ClosingCheck, ...]:
    """Return payments' points, in order."""
    return (
        module.ClosingCheck("payments.statements", gettext_lazy("The bank's statements reach the last day"), _statements, 10),
        module.ClosingCheck("payments.reconciled", gettext_lazy("Bank and books say the same"), _reconciled, 11),
        module.ClosingCheck("payments.suspense", gettext_lazy("Nothing lies in suspense"), _suspense, 12),
        module.ClosingCheck("payments.desk_days", gettext_lazy("The desk's days are closed and counted"), _desk_days, 20),
        module.ClosingCheck(
            "payments.counted_by_two", gettext_lazy("Two people counted the till at the end"), _counted_by_two, 21
        ),
        module.ClosingCheck("payments.approvals", gettext_lazy("Nothing waits for a second person"), _approvals, 22),
        module.ClosingCheck("payments.cover", gettext_lazy("Members' money was covered each day"), _cover, 30),
    )


def _moved(place: str, currency: str, ends_at: datetime) -> bool:
    """Say whether money moved on an account before a moment, or its statements have begun."""
    found = bank.reconciliation(place, currency, days.day_of(ends_at) - timedelta(days=1))
    return bool(found.books or found.entries or found.lines or found.said)


def _statements(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    last = days.day_of(ends_at) - timedelta(days=1)
    short: list[str] = []
    for place, currency in bank.places_in_use():
        until = bank.covered_until(place, currency)
        if (until is None or until < last) and _moved(place, currency, ends_at):
            reach = _("until {day}").format(day=until.isoformat()) if until else _("none yet")
            short.append(f"{PLACE_WORDS[place]} ({currency}): {reach}")
    url = here_url("payments:statements")
    if short:
        return module.ClosingFinding(False, _("Missing: {accounts}").format(accounts="; ".join(short)), url)
    return module.ClosingFinding(
        True, _("Every bank account that moved has statements until {day}.").format(day=last.isoformat()), url
    )


def _reconciled(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    last = days.day_of(ends_at) - timedelta(days=1)
    said: list[str] = []
    for place, currency in bank.places_in_use():
        if not _moved(place, currency, ends_at):
            continue
        found = bank.reconciliation(place, currency, last)
        where = str(PLACE_WORDS[place])
        if found.missing is None:
            said.append(_("{where}: the bank's balance on the last day is not known").format(where=where))
        elif found.missing:
            gap = money.formatted(found.missing, currency)
            said.append(_("{where}: lines of {gap} are missing from the statements").format(where=where, gap=gap))
        if found.lines:
            said.append(_("{where}: {n} bank lines are not matched").format(where=where, n=len(found.lines)))
        if found.overdue:
            said.append(_("{where}: {n} entries never came to the bank").format(where=where, n=len(found.overdue)))
    url = here_url("payments:bank")
    if said:
        return module.ClosingFinding(False, "; ".join(said), url)
    return module.ClosingFinding(True, _("Every line and every entry until the last day is matched, or was on its way."), url)


def _suspense(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    aside = [each for each in worklists.suspended() if days.start_of(each.line.booked_on) < ends_at]
    url = here_url("payments:bank")
    if not aside:
        return module.ClosingFinding(True, _("Nothing lies in suspense."), url)
    return module.ClosingFinding(
        False, _("{n} lines lie in suspense, each with its reason.").format(n=len(aside)), url, blocks=False
    )


def _desk_days(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    still_open = [each for each in desk.desk_days(starts_at, ends_at) if each.closed_at is None and each.opened_at < ends_at]
    if still_open:
        return module.ClosingFinding(False, _("The desk is open since that month: count and close it."), here_url("payments:day"))
    return module.ClosingFinding(True, _("Every desk day of the month is closed and counted."), here_url("payments:desk"))


def _counted_by_two(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    closed = [each for each in desk.desk_days(starts_at, ends_at) if each.closed_at is not None and each.closed_at < ends_at]
    if not closed:
        return module.ClosingFinding(True, _("The desk was not open in this month."))
    last = max(closed, key=lambda each: each.closed_at or starts_at)
    if hasattr(last, "confirmed"):
        return module.ClosingFinding(True, _("A second person confirmed the month's last count."), here_url("payments:desk"))
    return module.ClosingFinding(False, _("Nobody confirmed the month's last count yet."), here_url("payments:count", last.id))


def _approvals(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    waiting = Approval.objects.filter(decision__isnull=True, proposed_at__lt=ends_at).count()
    url = here_url("payments:approvals")
    if waiting:
        return module.ClosingFinding(False, _("{n} movements wait for a second person.").format(n=waiting), url)
    return module.ClosingFinding(True, _("Nothing of the month waits."), url)


def _cover(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    failed, missed = cover.days_without_cover(starts_at, ends_at)
    url = here_url("payments:cover")
    if failed:
        listed = ", ".join(day.isoformat() for day in failed[:5])
        return module.ClosingFinding(False, _("Not covered on {days}.").format(days=listed), url, blocks=False)
    if missed:
        return module.ClosingFinding(False, _("On {n} days no check was made.").format(n=len(missed)), url, blocks=False)
    return module.ClosingFinding(True, _("Checked and covered on every day."), url)


def months_closed_alone() -> list[dict[str, object]]:
    """Return months that one person both proposed and closed."""
    rows = MonthDecision.objects.filter(closed=True).select_related("proposal")
    return [{"month": row.proposal.starts_on.isoformat()} for row in rows if row.by == row.proposal.proposed_by]
