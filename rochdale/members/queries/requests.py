"""Shares that move or wait: what is free, transfers, inheritances, the buy-back queue, instalments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.db.models import QuerySet, Sum

from rochdale.bylaws import queries as bylaws
from rochdale.ledger import queries as ledger
from rochdale.shared import money

from .. import rules
from ..models import BuyBackRound, RefundCut, ShareClass, ShareMovement, ShareRequest
from .members import member
from .shares import Subscription, holdings, lots, lots_of, minimum_owed, of_party, shares_total

BANK = "assets.bank.own"


@dataclass(frozen=True, slots=True)
class RequestView:
    """A wish about shares. `left` is how many of a buy-back are not paid yet; `state` is "waits" until it is settled."""

    id: int
    kind: str
    party: UUID
    receiver: UUID | None
    share_class: str
    shares: int
    left: int
    asked_at: datetime
    due_at: datetime | None
    state: str
    reason_code: str
    agreed: bool = False
    """Of a transfer: whether its receiver said yes."""


@dataclass(frozen=True, slots=True)
class Missing:
    """An instalment that is due and not wholly paid. Micro-units."""

    subscription: int
    party: UUID
    due_at: datetime
    missing: int
    currency: str


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a subscription: what is due when, and what of it is still missing. Micro-units."""

    due_at: datetime
    amount: int
    missing: int
    currency: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class RoundView:
    """A buy-back round. `state` is "waits" until it is released or dropped; amounts in micro-units."""

    number: int
    currency: str
    budget: int
    prepared_at: datetime
    prepared_by: UUID | None
    state: str
    paid: int


def transfer_rule(at: datetime) -> str:
    """Return who agrees to a transfer of shares: board_approves, between_members, not_allowed."""
    return str(bylaws.rules_at(at).value("members.share_transfers"))


def free_shares(
    party: UUID,
    share_class: str,
    at: datetime,
    *,
    paid_only: bool = True,
    keep_minimum: bool = True,
    besides: int | None = None,
) -> int:
    """Return how many shares of a class a party may part with: paid, above the minimum, not promised elsewhere.

    `besides` is a wish of theirs that is being carried out now and does not count as promised.
    """
    own = lots_of(party, share_class)
    can_go = sum(each.shares for each in own if not paid_only or not each.owed)
    waiting = _open().filter(party=party, share_class=share_class).exclude(pk=besides or 0)
    promised = sum(each.left for each in _views(waiting))
    if not keep_minimum or not paid_only or member(party) is None:
        return max(0, can_go - promised)
    everything = sum(each.shares for each in holdings([party], at).get(party, []))
    minimum, _amount = minimum_owed(party, at)
    promised_all = sum(each.left for each in _views(_open().filter(party=party).exclude(pk=besides or 0)))
    return max(0, min(can_go - promised, everything - promised_all - minimum))


def pick_lots(party: UUID, share_class: str, count: int, *, paid_only: bool = True) -> list[tuple[Subscription, int, int]]:
    """Return from which lots so many shares go, the oldest first: (lot, shares, what of them is paid in micro-units)."""
    picked: list[tuple[Subscription, int, int]] = []
    for each in lots_of(party, share_class):
        if count == 0:
            break
        if paid_only and each.owed:
            continue
        shares = min(count, each.shares)
        carried = each.paid if shares == each.shares else money.allocate(each.paid, [shares, each.shares - shares])[0]
        picked.append((each, shares, carried))
        count -= shares
    return picked


def share_requests(
    kind: str, *, party: UUID | None = None, receiver: UUID | None = None, waiting_only: bool = True
) -> list[RequestView]:
    """Return wishes of a kind in the order of asking, of one party, for one receiver, or of all."""
    rows = _open() if waiting_only else ShareRequest.objects.all()
    rows = rows if receiver is None else rows.filter(receiver=receiver)
    rows = rows.filter(kind=kind) if party is None else rows.filter(kind=kind, party=party)
    return _views(rows)


def share_request(number: int) -> RequestView | None:
    """Return a wish about shares, or None."""
    return next(iter(_views(ShareRequest.objects.filter(pk=number))), None)


def heirs_term(died_at: datetime, at: datetime) -> datetime:
    """Return by when heirs become members or are paid: the bylaw's months, or the law's years where those are shorter."""
    months = int(bylaws.value("members.heirs_months", at=at))
    law = bylaws.law("exit.refund.heirs_years", at=at)
    return rules.months_after(died_at, min(months, int(law.number * 12)) if law is not None else months)


def buy_back_due(at: datetime) -> datetime | None:
    """Return by when shares asked back now must be paid; None where neither bylaws nor law set a day.

    The bylaw's months, or the law's where shorter: `exit.refund.years` (Spain art. 51: five),
    `exit.refund.months` (Germany §73: six).
    """
    standing = bylaws.rules_at(at)
    limits = [int(standing.value("members.buy_back_months"))]
    for key, each in (("exit.refund.years", 12), ("exit.refund.months", 1)):
        law = standing.law(key)
        limits.append(int(law.number * each) if law is not None and law.kind == "max" else 0)
    months = min((limit for limit in limits if limit), default=0)
    return rules.months_after(at, months) if months else None


def due_by_now(request: RequestView, now: datetime) -> int:
    """Return how many shares of a buy-back should have been paid by now.

    All of them at its day; before it, where the law wants a part each year (`exit.refund.min_part_a_year`,
    Spain art. 51: a fifth), so many parts as whole years have passed.
    """
    if request.due_at is not None and now >= request.due_at:
        return request.shares
    law = bylaws.law("exit.refund.min_part_a_year", at=request.asked_at)
    years = max(0, (now - request.asked_at).days // 365)
    return min(request.shares, -int(-request.shares * years * Fraction(str(law.value)) // 1)) if law is not None else 0


def buy_back_queue() -> list[RequestView]:
    """Return who waits for shares to be bought back, in the order of asking."""
    return share_requests("buy_back")


def buy_back_lots(currency: str) -> list[rules.BuyBackLot]:
    """Return the shares of the queue lot by lot, in its order: of each asker the oldest paid lots first."""
    found: list[rules.BuyBackLot] = []
    used: dict[int, int] = {}
    queue = buy_back_queue()
    own: dict[UUID, list[Subscription]] = {}
    for lot in lots(ShareMovement.objects.filter(party__in=[each.party for each in queue])):
        own.setdefault(lot.party, []).append(lot)
    for each in queue:
        want = each.left
        for lot in own.get(each.party, ()):
            free = 0 if lot.owed else lot.shares - used.get(lot.id, 0)
            if lot.share_class != each.share_class or lot.currency != currency or free <= 0 or not want:
                continue
            take = min(want, free)
            used[lot.id] = used.get(lot.id, 0) + take
            want -= take
            found.append(rules.BuyBackLot(each.id, each.party, lot.id, take, lot.par_value))
    return found


def buy_back_room(currency: str, at: datetime) -> int:
    """Return what may be paid back now in micro-units: bank balance above what is kept, capital above its minimum.

    It can be below zero. The minimum capital is the bylaw's or the law's (`capital.min`), whichever is higher.
    """
    standing = bylaws.rules_at(at)
    account = ledger.account(BANK, currency)
    cash = (ledger.balance(account) or 0) if account is not None else 0
    law = standing.law("capital.min")
    least = int(standing.value("members.minimum_capital"))
    if law is not None and law.currency == currency:
        least = max(least, law.amount)
    return min(cash - int(standing.value("members.buy_back_cash_kept")), shares_total(at)["paid"] - least)


def buy_back_plan(currency: str, budget: int, at: datetime) -> list[rules.BuyBack]:
    """Return what a round of this budget would pay now, in the queue's order."""
    return rules.buy_back_plan(buy_back_lots(currency), min(budget, buy_back_room(currency, at)))


def kept_of_refund(request: int, amount: int, currency: str) -> int:
    """Return what is kept of an amount at par that a buy-back pays: nothing without a decision (`members.cut_refund`).

    What the currency cannot pay is not kept, so that what is paid and what is kept make the amount exactly.
    """
    percent = RefundCut.objects.filter(pk=request).values_list("percent_hundredths", flat=True).first() or 0
    return rules.kept_part(amount, percent, currency)


def left_of_buy_back(request: int) -> int:
    """Return how many shares of a buy-back are not paid yet."""
    row = ShareRequest.objects.annotate(gone=Sum("parts__shares", default=0)).get(pk=request)
    return int(row.shares - row.gone)


def buy_back_rounds(limit: int = 50) -> list[RoundView]:
    """Return rounds, the newest first."""
    rows = BuyBackRound.objects.select_related("end").order_by("-number")[:limit]
    return [
        RoundView(
            number=row.number,
            currency=row.currency,
            budget=row.budget,
            prepared_at=row.prepared_at,
            prepared_by=row.prepared_by,
            state=row.end.state if hasattr(row, "end") else "waits",
            paid=row.end.paid if hasattr(row, "end") else 0,
        )
        for row in rows
    ]


def share_currencies() -> list[str]:
    """Return the currencies of this co-op's shares."""
    return list(ShareClass.objects.order_by("currency").values_list("currency", flat=True).distinct())


def instalments_of(lot: Subscription, at: datetime) -> list[Instalment]:
    """Return what of a lot is due when, by the bylaws of the day it was taken, and what is still missing."""
    plan = _plan(lot)
    paid, found = lot.paid, []
    for due, amount in plan:
        covered = min(paid, amount)
        paid -= covered
        found.append(Instalment(due, amount, amount - covered, lot.currency, overdue=covered < amount and due < at))
    return found


def overdue_instalments(at: datetime, party: UUID | None = None) -> list[Missing]:
    """Return instalments that are due and not paid, of one party or of all, the oldest first."""
    found = [
        Missing(lot.id, lot.party, due, missing, lot.currency)
        for lot in lots(of_party(party), unpaid=True)
        for due, missing in rules.missing_of(_plan(lot), lot.paid, at)
    ]
    return sorted(found, key=lambda each: (each.due_at, each.subscription))


def _plan(lot: Subscription) -> list[tuple[datetime, int]]:
    standing = bylaws.rules_at(lot.subscribed_at)
    percent, months = standing.value("members.entry_paid_pct"), standing.value("members.instalment_months")
    step = 10 ** (money.SCALE - money.digits(lot.currency))
    return rules.instalments(lot.amount, percent=int(percent), months=int(months), since=lot.subscribed_at, smallest=step)


def _open() -> QuerySet[ShareRequest]:
    return ShareRequest.objects.filter(end__isnull=True)


def _views(rows: QuerySet[ShareRequest]) -> list[RequestView]:
    gone = rows.annotate(gone=Sum("parts__shares", default=0)).select_related("end", "agreement").order_by("asked_at", "id")
    return [
        RequestView(
            id=row.id,
            kind=row.kind,
            party=row.party_id,
            receiver=row.receiver_id,
            share_class=row.share_class_id,
            shares=row.shares,
            left=int(row.shares - row.gone),
            asked_at=row.asked_at,
            due_at=row.due_at,
            state=row.end.state if hasattr(row, "end") else "waits",
            reason_code=row.end.reason_code if hasattr(row, "end") else "",
            agreed=hasattr(row, "agreement"),
        )
        for row in gone
    ]
