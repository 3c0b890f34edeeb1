"""Truths about members and shares; each returns the rows that break it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Max, Q, Sum

from rochdale.audit import queries as audit
from rochdale.ledger import queries as ledger

from ..models import ClassMembership, Counter, Member, ShareClass, ShareMovement, ShareRequest
from .imports import highest_of_old_registers
from .shares import broken_lots, change_of, holdings, maximum_holding

Offending = Sequence[dict[str, Any]]


def admissions_without_act() -> Offending:
    """Return members whose admission left no record of the act that allowed it; an old register has its import's."""
    here = Member.objects.filter(imported__isnull=True)
    numbers = {str(number): number for number in here.values_list("number", flat=True)}
    recorded = audit.acts_about("number", list(numbers), action="members.admitted")
    return [{"number": numbers[number]} for number in sorted(set(numbers) - recorded, key=int)]


def numbers_with_gaps() -> Offending:
    """Return member numbers that were skipped, and a counter that is not at the last number.

    Up to the highest number of an old register gaps are its own: people left before it came here.
    """
    given = set(Member.objects.values_list("number", flat=True))
    of_old = highest_of_old_registers()
    last = max([of_old, *given])
    counted = Counter.objects.filter(pk="member").values_list("last", flat=True).first() or 0
    broken: list[dict[str, Any]] = [{"missing_number": number} for number in sorted(set(range(of_old + 1, last + 1)) - given)]
    return broken + ([{"counter": counted, "last_number": last}] if counted != last else [])


def register_differs_from_ledger() -> Offending:
    """Return currencies in which the shares paid in differ from the ledger's share capital."""
    sums = ShareMovement.objects.values_list("currency").annotate(total=Sum(change_of("paid"), default=0))
    paid = {currency: int(total) for currency, total in sums.order_by()}
    for currency in ShareClass.objects.values_list("currency", flat=True).distinct():
        paid.setdefault(currency, 0)
    broken: list[dict[str, Any]] = []
    for currency, total in sorted(paid.items()):
        account = ledger.account("equity.share_capital", currency)
        booked = (ledger.balance(account) or 0) if account is not None else 0
        if booked != total:
            broken.append({"currency": currency, "register": total, "ledger": booked})
    return broken


def holdings_above_maximum() -> Offending:
    """Return members who hold more than the bylaws and the law allowed when they last took shares.

    Shares that came with an old register were taken under other rules: only what was taken here is held to these.
    """
    broken: list[dict[str, Any]] = []
    taken = ShareMovement.objects.filter(kind__in=("subscribed", "transfer_in"), corrects__isnull=True)
    taken = taken.exclude(act__startswith="import:")
    latest = taken.filter(corrected_by__isnull=True).values("party").annotate(last=Max("effective_at"))
    classes = {row.code: row for row in ShareClass.objects.all()}
    for row in latest:
        held = holdings([row["party"]], row["last"]).get(row["party"], [])
        total = sum(each.subscribed for each in held)
        withdrawable = any(classes[each.share_class].withdrawable for each in held)
        most, _source = maximum_holding(withdrawable, row["last"])
        if total > most:
            broken.append({"party": str(row["party"]), "held": total, "maximum": most})
    return broken


def overpaid_subscriptions() -> Offending:
    """Return lots that at some moment held less than nothing, or were paid beyond their price."""
    return [{"subscription": lot, "from": at.isoformat()} for lot, at in broken_lots()]


def halves_without_their_other() -> Offending:
    """Return shares that went out to nobody or came in from nowhere, or that changed in number or value on the way."""
    rows = ShareMovement.objects.filter(corrects__isnull=True)
    lost = rows.filter(kind__in=ShareMovement.LEAVING, led_to__isnull=True)
    other = Q(came_from__shares=F("shares"), came_from__amount=F("amount"), came_from__carried=F("carried"))
    changed = rows.filter(came_from__isnull=False).exclude(other)
    return [{"movement": number} for number in [*lost.values_list("id", flat=True), *changed.values_list("id", flat=True)]]


def bought_back_beyond_the_request() -> Offending:
    """Return buy-back requests of which more was paid than was asked for."""
    paid = Sum("parts__shares", default=0)
    rows = ShareRequest.objects.filter(kind="buy_back").annotate(paid=paid).filter(paid__gt=F("shares"))
    return [{"request": row.id, "asked": row.shares, "paid": row.paid} for row in rows]


def classes_without_start() -> Offending:
    """Return members who are in no class at all and never were: an admission that was half written."""
    rows = Member.objects.exclude(pk__in=ClassMembership.objects.values("member"))
    return [{"number": number} for number in rows.values_list("number", flat=True)]
