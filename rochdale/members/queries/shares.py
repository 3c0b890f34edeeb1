"""Shares: what they cost, who holds how many, what is still to pay."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from rochdale.bylaws import queries as bylaws

from .. import rules
from ..models import ClassMembership, Member, ShareClass, ShareMovement


@dataclass(frozen=True, slots=True)
class ShareTerms:
    """What a share costs and how much one member may hold, at a moment. Amounts in micro-units.

    `law` is the bound that is tighter than the bylaw, with its article, or the empty string.
    """

    par_value: int
    currency: str
    maximum: int
    law: str


@dataclass(frozen=True, slots=True)
class Holding:
    """What a party holds of a class of shares: subscribed, and paid of that. Amounts in micro-units."""

    share_class: str
    currency: str
    shares: int
    subscribed: int
    paid: int

    @property
    def owed(self) -> int:
        return self.subscribed - self.paid


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription with what is paid of it, and how many of its shares were given back."""

    id: int
    party: UUID
    share_class: str
    shares: int
    par_value: int
    amount: int
    paid: int
    given_back: int
    currency: str
    subscribed_at: datetime

    @property
    def owed(self) -> int:
        return self.amount - self.paid


def share_classes() -> list[ShareClass]:
    """Return the classes of shares this co-op has, by code."""
    return list(ShareClass.objects.order_by("code"))


def share_terms(share_class: str, at: datetime) -> ShareTerms:
    """Return the terms of a class of shares at a moment, from the bylaws and the law's bounds."""
    row = ShareClass.objects.get(pk=share_class)
    maximum, law = maximum_holding(row.withdrawable, at)
    return ShareTerms(int(bylaws.value("members.share_par_value", at=at)), row.currency, maximum, law)


def withdrawable(share_class: str, at: datetime) -> tuple[bool, str]:
    """Say whether shares of a class can be given back for cash, and the article where the law forbids it."""
    law = bylaws.law("share.withdrawable", at=at)
    forbidden = law is not None and law.kind == "forbidden"
    return ShareClass.objects.get(pk=share_class).withdrawable and not forbidden, law.source if law and forbidden else ""


def maximum_holding(withdrawable: bool, at: datetime) -> tuple[int, str]:
    """Return the most one member may hold in micro-units, and the article of law where that is the tighter bound."""
    standing = bylaws.rules_at(at)
    lowest, source = int(standing.value("members.maximum_holding")), ""
    keys = ("share.max_per_member", "share.withdrawable.max_per_member") if withdrawable else ("share.max_per_member",)
    for key in keys:
        law = standing.law(key)
        if law is not None and law.amount is not None and law.amount < lowest:
            lowest, source = law.amount, law.source
    return lowest, source


def holding(party: UUID, share_class: str, at: datetime) -> Holding:
    """Return what a party holds of a class of shares at a moment."""
    row = ShareClass.objects.get(pk=share_class)
    empty = Holding(share_class, row.currency, 0, 0, 0)
    return next((each for each in holdings([party], at).get(party, []) if each.share_class == share_class), empty)


def holdings(parties: Collection[UUID] | None, at: datetime, known_at: datetime | None = None) -> dict[UUID, list[Holding]]:
    """Return what parties hold (None: everyone) as of `at`, as it was known at `known_at`."""
    rows = _movements(at, known_at)
    if parties is not None:
        rows = rows.filter(party__in=parties)
    sums = rows.values("party", "share_class", "currency").annotate(**_sums())
    found: dict[UUID, list[Holding]] = {}
    row: dict[str, Any]
    for row in sums.order_by("party", "share_class"):  # type: ignore[assignment]  # the stubs do not see the sums
        found.setdefault(row["party"], []).append(
            Holding(
                row["share_class"],
                row["currency"],
                int(row["held"]) - int(row["given_back"]),
                int(row["subscribed"]) - int(row["paid_back"]),
                int(row["paid"]) - int(row["paid_back"]),
            )
        )
    return found


def share_movements(party: UUID) -> list[ShareMovement]:
    """Return every share movement of a party, oldest first."""
    return list(ShareMovement.objects.filter(party=party).order_by("effective_at", "id"))


def subscription(number: int) -> Subscription | None:
    """Return a subscription with what is still to pay, or None."""
    return next(iter(_subscriptions(ShareMovement.objects.filter(pk=number))), None)


def subscriptions_to_pay(party: UUID | None = None) -> list[Subscription]:
    """Return subscriptions that are not wholly paid, of one party or of all, the oldest first."""
    rows = ShareMovement.objects.all() if party is None else ShareMovement.objects.filter(party=party)
    return [each for each in _subscriptions(rows) if each.owed > 0]


def shares_total(at: datetime) -> dict[str, int]:
    """Return how many shares and how much capital there is: shares, subscribed, paid (micro-units)."""
    sums = {name: int(total) for name, total in _movements(at, None).aggregate(**_sums()).items()}
    return {
        "shares": sums["held"] - sums["given_back"],
        "subscribed": sums["subscribed"] - sums["paid_back"],
        "paid": sums["paid"] - sums["paid_back"],
    }


def minimum_owed(party: UUID, at: datetime) -> tuple[int, int]:
    """Return how many shares the bylaws ask of a member for the classes they are in, and what those cost in micro-units."""
    member = Member.objects.filter(party=party).first()
    held = ClassMembership.objects.filter(member=member, until_at__isnull=True).values_list("class_code_id", flat=True)
    standing = bylaws.rules_at(at)
    count = rules.minimum_shares(standing.value("members.minimum_shares"), list(held))
    return count, count * int(standing.value("members.share_par_value"))


def _movements(at: datetime, known_at: datetime | None) -> QuerySet[ShareMovement]:
    rows = ShareMovement.objects.filter(effective_at__lte=at)
    return rows if known_at is None else rows.filter(recorded_at__lte=known_at)


def _sums() -> dict[str, Sum]:
    return {
        "held": Sum("shares", filter=Q(kind="subscribed"), default=0),
        "given_back": Sum("shares", filter=Q(kind="withdrawn"), default=0),
        "subscribed": Sum("amount", filter=Q(kind="subscribed"), default=0),
        "paid_back": Sum("amount", filter=Q(kind="withdrawn"), default=0),
        "paid": Sum("amount", filter=Q(kind="paid"), default=0),
    }


def _subscriptions(rows: QuerySet[ShareMovement]) -> list[Subscription]:
    paid = Sum("followed_by__amount", filter=Q(followed_by__kind="paid"), default=0)
    back = Sum("followed_by__shares", filter=Q(followed_by__kind="withdrawn"), default=0)
    subscribed = rows.filter(kind="subscribed").annotate(paid=paid, back=back).order_by("effective_at", "id")
    return [
        Subscription(
            id=row.id,
            party=row.party_id,
            share_class=row.share_class_id,
            shares=row.shares,
            par_value=row.par_value,
            amount=row.amount,
            paid=int(row.paid),
            given_back=int(row.back),
            currency=row.currency,
            subscribed_at=row.effective_at,
        )
        for row in subscribed
    ]
