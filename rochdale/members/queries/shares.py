"""Shares: what they cost, who holds how many, what is still to pay."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, Expression, F, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import Coalesce

from rochdale.bylaws import queries as bylaws
from rochdale.ledger import queries as ledger

from .. import rules
from ..models import ClassMembership, Member, ShareClass, ShareMovement
from .members import lasting


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
    """A lot of shares and what is left of it: subscribed, or come by transfer, inheritance or conversion.

    `shares`, `amount` (nominal) and `paid` are what is left in the lot now; `given_back` counts
    the shares that left it in any way. Amounts in micro-units.
    """

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
    kind: str = "subscribed"

    @property
    def owed(self) -> int:
        return self.amount - self.paid


def share_classes() -> list[ShareClass]:
    """Return the classes of shares this co-op has, by code."""
    return list(ShareClass.objects.order_by("code"))


def share_terms(share_class: str, at: datetime, party: UUID | None = None) -> ShareTerms:
    """Return the terms of a class of shares at a moment, from the bylaws and the law's bounds; for a party, its own limit."""
    row = ShareClass.objects.get(pk=share_class)
    maximum, law = maximum_holding(row.withdrawable, at, party)
    return ShareTerms(int(bylaws.value("members.share_par_value", at=at)), row.currency, maximum, law)


def withdrawable(share_class: str, at: datetime) -> tuple[bool, str]:
    """Say whether shares of a class can be given back for cash, and the article where the law forbids it."""
    law = bylaws.law("share.withdrawable", at=at)
    forbidden = law is not None and law.kind == "forbidden"
    return ShareClass.objects.get(pk=share_class).withdrawable and not forbidden, law.source if law and forbidden else ""


def maximum_holding(withdrawable: bool, at: datetime, party: UUID | None = None) -> tuple[int, str]:
    """Return the most one member may hold in micro-units, and the article of law where that is the tighter bound.

    Where the packs give a part of the assets as well (`share.max_per_member.assets_pct`), the
    greater of the two holds (Irish Act of 1893 s.4(a)). A part of the capital (`share.max_per_member.capital_part`: Spain
    art. 45.6, Kenya s.15) depends on what all others hold and is only said for a `party`.
    """
    standing = bylaws.rules_at(at)
    lowest, source = int(standing.value("members.maximum_holding")), ""
    keys = ("share.max_per_member", "share.withdrawable.max_per_member") if withdrawable else ("share.max_per_member",)
    for key in keys:
        law = standing.law(key)
        if law is None or law.kind != "max" or not law.currency:
            continue
        part = standing.law("share.max_per_member.assets_pct") if key == "share.max_per_member" else None
        most = law.amount
        if part is not None and most < lowest:
            most = max(most, int(part.number * _assets(law.currency, at) / 100))
        if most < lowest:
            lowest, source = most, law.source
    capital_part = standing.law("share.max_per_member.capital_part")
    if capital_part is not None and party is not None:
        bound = _part_of_capital(Fraction(str(capital_part.value)), party, at)
        if bound is not None and bound < lowest:
            lowest, source = bound, capital_part.source
    return lowest, source


def _part_of_capital(part: Fraction, party: UUID, at: datetime) -> int | None:
    """Return what a party may hold so that it is at most this part of all shares, its own included.

    A third of the capital cannot be kept by fewer than three holders, and by three only when all
    hold the same: with so few nobody is bound.
    """
    others = ShareMovement.objects.filter(effective_at__lte=at).exclude(party=party)
    held = [int(total) for _party, total in others.values_list("party").annotate(sum=Sum(change_of("subscribed"))).order_by()]
    if sum(1 for each in held if each > 0) * part < 1:
        return None
    return int(sum(held) * part / (1 - part))


def _assets(currency: str, at: datetime) -> int:
    return sum(line.balance for line in ledger.balance_sheet(currency=currency, at=at).assets)


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
    sums = rows.values_list("party", "share_class", "currency").annotate(**changes())
    found: dict[UUID, list[Holding]] = {}
    for party, share_class, currency, shares, subscribed, paid in sums.order_by("party", "share_class", "currency"):
        if shares or paid:
            found.setdefault(party, []).append(Holding(share_class, currency, int(shares), int(subscribed), int(paid)))
    return found


def share_movements(party: UUID) -> list[Any]:
    """Return every share movement of a party, oldest first, with what it changes: `shares_change`, `paid_change`."""
    rows = ShareMovement.objects.filter(party=party).order_by("effective_at", "id")
    return list(rows.annotate(shares_change=change_of("shares"), paid_change=change_of("paid")))


def subscription(number: int) -> Subscription | None:
    """Return a lot with what is left of it and still to pay, or None."""
    return next(iter(lots(ShareMovement.objects.filter(Q(pk=number) | Q(subscription=number)))), None)


def subscriptions_to_pay(party: UUID | None = None) -> list[Subscription]:
    """Return lots that are not wholly paid, of one party or of all, the oldest first."""
    return [each for each in lots(of_party(party), unpaid=True) if each.owed > 0]


def lots_of(party: UUID, share_class: str | None = None) -> list[Subscription]:
    """Return the lots in which a party holds shares now, the oldest first."""
    rows = of_party(party) if share_class is None else of_party(party).filter(share_class=share_class)
    return [each for each in lots(rows) if each.shares]


def of_party(party: UUID | None) -> QuerySet[ShareMovement]:
    """Return the movements of one party, or of all."""
    return ShareMovement.objects.all() if party is None else ShareMovement.objects.filter(party=party)


def shares_total(at: datetime, known_at: datetime | None = None) -> dict[str, int]:
    """Return how many shares and how much capital there is: shares, subscribed, paid (micro-units)."""
    sums = _movements(at, known_at).aggregate(**changes())
    return {name.removesuffix("_sum"): int(total or 0) for name, total in sums.items()}


def minimum_owed(party: UUID, at: datetime) -> tuple[int, int]:
    """Return how many shares the bylaws ask of a member for the classes they are in, and what those cost in micro-units.

    Of somebody who has left they ask none.
    """
    member = Member.objects.filter(lasting(None), party=party).first()
    if member is None and Member.objects.filter(party=party).exists():
        return 0, 0
    held = ClassMembership.objects.filter(member=member, until_at__isnull=True).values_list("class_code_id", flat=True)
    standing = bylaws.rules_at(at)
    count = rules.minimum_shares(standing.value("members.minimum_shares"), list(held))
    return count, count * int(standing.value("members.share_par_value"))


def _movements(at: datetime, known_at: datetime | None) -> QuerySet[ShareMovement]:
    rows = ShareMovement.objects.filter(effective_at__lte=at)
    return rows if known_at is None else rows.filter(recorded_at__lte=known_at)


def change_of(what: str, prefix: str = "") -> Expression:
    """Return what a row changes: its `shares`, what is `subscribed` or what is `paid` (micro-units).

    A counter-entry, which names what it corrects, counts the other way. `prefix` leads to the
    movements from another table.
    """

    def of(*kinds: str, then: Any) -> When:
        return When(**{f"{prefix}kind__in": kinds}, then=then)

    opening, leaving = ShareMovement.OPENING, ShareMovement.LEAVING
    count, amount, carried = (F(f"{prefix}{column}") for column in ("shares", "amount", "carried"))
    nothing = Value(0)
    sizes: dict[str, list[When]] = {
        "shares": [of(*opening, then=count), of("paid", then=nothing)],
        "subscribed": [of(*opening, then=amount), of("paid", then=nothing)],
        "paid": [
            of("paid", then=amount),
            of("subscribed", then=nothing),
            of(*opening, then=carried),
            of(*leaving, then=-carried),
        ],
    }
    size = Case(*sizes[what], default=-count if what == "shares" else -amount, output_field=BigIntegerField())
    return Case(When(**{f"{prefix}corrects__isnull": True}, then=size), default=-size, output_field=BigIntegerField())


def changes() -> dict[str, Sum]:
    """Return the sums of what rows change, by name."""
    return {f"{what}_sum": Sum(change_of(what), default=0) for what in ("shares", "subscribed", "paid")}


def broken_lots(lots: Collection[int] | None = None) -> list[tuple[int, datetime]]:
    """Return lots, and from when, that at some moment hold less than nothing or are paid beyond their price."""
    rows = ShareMovement.objects.annotate(lot=_LOT)
    if lots is not None:
        rows = rows.filter(lot__in=lots)
    order: dict[str, Any] = {"partition_by": [F("lot")], "order_by": F("effective_at").asc()}
    running = {f"run_{what}": Window(Sum(change_of(what)), **order) for what in ("shares", "subscribed", "paid")}
    wrong = Q(run_shares__lt=0) | Q(run_paid__lt=0) | Q(run_paid__gt=F("run_subscribed"))
    found: dict[int, datetime] = {}
    for lot, moment in rows.annotate(**running).filter(wrong).order_by("effective_at", "id").values_list("lot", "effective_at"):
        found.setdefault(lot, moment)
    return list(found.items())


_LOT = Coalesce(F("subscription_id"), F("id"))


def lots(rows: QuerySet[ShareMovement], *, unpaid: bool = False) -> list[Subscription]:
    """Return the lots that these movements belong to, the oldest first, with what is left of each."""
    sums = rows.annotate(lot=_LOT).values_list("lot").annotate(**changes())
    if unpaid:
        sums = sums.filter(subscribed_sum__gt=F("paid_sum"))  # type: ignore[misc]  # the stubs do not see the sums
    left = {lot: (int(shares), int(amount), int(paid)) for lot, shares, amount, paid in sums.order_by()}
    opened = ShareMovement.objects.filter(pk__in=left).order_by("effective_at", "id")
    return [
        Subscription(
            id=row.id,
            party=row.party_id,
            share_class=row.share_class_id,
            shares=left[row.id][0],
            par_value=row.par_value,
            amount=left[row.id][1],
            paid=left[row.id][2],
            given_back=row.shares - left[row.id][0],
            currency=row.currency,
            subscribed_at=row.effective_at,
            kind=row.kind,
        )
        for row in opened
    ]
