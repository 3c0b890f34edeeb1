"""Wallets, the desk's state, approvals that wait, receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.ledger import queries as ledger
from rochdale.members import queries as members
from rochdale.privacy import queries as privacy

from .. import rules
from ..models import Approval, Counter, DeskDay, DeskMovement

WALLET = "liabilities.wallet"
CLIENT_BANK = "assets.bank.client"
OWN_BANK = "assets.bank.own"
CASH_DESK = "assets.cash.desk"
DIFFERENCES = "expenses.desk_differences"


@dataclass(frozen=True, slots=True)
class Wallet:
    """A party's wallet; amounts in micro-units. `account` is None until money first came in."""

    party: UUID
    currency: str
    account: int | None
    balance: int
    available: int


LAW_WORDS = {
    "wallet.kind": _("what a wallet is"),
    "wallet.cap": _("how much it may hold"),
    "wallet.refund": _("how it is paid back"),
    "escrow.holder": _("who keeps the money"),
}
"""The rows of law a wallet rests on, in words."""


@dataclass(frozen=True, slots=True)
class WalletTerms:
    """What a wallet may be here, from the packs. `missing` names rows of law that are silent: then none is offered."""

    kinds: tuple[str, ...]
    cap: int
    refunds: tuple[str, ...]
    holders: tuple[str, ...]
    sources: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def provided_for(self) -> bool:
        return not self.missing

    @property
    def missing_words(self) -> tuple[str, ...]:
        """Return in words what the law packs leave open."""
        return tuple(str(LAW_WORDS[key]) for key in self.missing)


@dataclass(frozen=True, slots=True)
class Movement:
    """A desk movement with what a receipt shows."""

    receipt: int
    kind: str
    party: UUID
    name: str
    number: int | None
    amount: int
    currency: str
    rail: str
    maker: UUID
    checker: UUID | None
    posting: int
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A movement that waits for a second person."""

    approval: int
    kind: str
    party: UUID
    name: str
    number: int | None
    amount: int
    currency: str
    rail: str
    maker: UUID
    maker_name: str
    proposed_at: datetime
    why: str
    bank_line: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """An open desk day: what was counted at the start, what the till should hold now."""

    id: int
    currency: str
    opened_at: datetime
    opened_by: UUID
    counted: int
    expected_now: int


def wallet(party: UUID, currency: str) -> Wallet:
    """Return a party's wallet; an empty one where no money ever came in."""
    account = ledger.account(WALLET, currency, party)
    if account is None:
        return Wallet(party, currency, None, 0, 0)
    return Wallet(party, currency, account, ledger.balance(account) or 0, ledger.available(account) or 0)


def wallet_terms(at: datetime) -> WalletTerms:
    """Return what the packs and bylaws let a wallet be: kinds, the cap (the lower of law and bylaw), refunds, holders.

    A row that is silent, forbids, or binds without anybody having confirmed or accepted it, is in `missing`.
    """
    standing = bylaws.rules_at(at)
    rows = {key: standing.law(key) for key in ("wallet.kind", "wallet.cap", "wallet.refund", "escrow.holder")}
    missing = tuple(key for key, row in rows.items() if row is None or row.kind == "forbidden" or not row.accepted)
    cap_row = rows["wallet.cap"]
    caps = [int(standing.value("payments.wallet_cap"))]
    if cap_row is not None and cap_row.amount is not None:
        caps.append(cap_row.amount)
    return WalletTerms(
        kinds=_listed(rows["wallet.kind"]),
        cap=min(caps),
        refunds=_listed(rows["wallet.refund"]),
        holders=_listed(rows["escrow.holder"]),
        sources=tuple(dict.fromkeys(row.source for row in rows.values() if row is not None)),
        missing=missing,
    )


def _listed(row: Any) -> tuple[str, ...]:
    if row is None or row.value is None:
        return ()
    return tuple(str(each) for each in row.value) if isinstance(row.value, list | tuple) else (str(row.value),)


def open_day(currency: str) -> Day | None:
    """Return the open desk day of a currency, or None."""
    row = DeskDay.objects.filter(currency=currency, closed_at__isnull=True).first()
    if row is None:
        return None
    return Day(row.id, currency, row.opened_at, row.opened_by, row.counted, in_till(currency))


def in_till(currency: str) -> int:
    """Return what the till should hold by the books, in micro-units."""
    account = ledger.account(CASH_DESK, currency)
    return (ledger.balance(account) or 0) if account is not None else 0


def moved_lately(party: UUID, kind: str, currency: str, at: datetime) -> int:
    """Return what the same human moved at the desk in the last 24 hours, under whatever party, in micro-units."""
    parties = members.parties_of_same_human(party, at)
    rows = DeskMovement.objects.filter(
        party__in=parties, kind=kind, currency=currency, happened_at__gt=at - rules.ROLLING, happened_at__lte=at
    )
    return int(rows.aggregate(total=Sum("amount", default=0))["total"])


def waiting() -> list[Waiting]:
    """Return movements that wait for a second person, the oldest first."""
    return _waiting(Approval.objects.filter(decision__isnull=True).order_by("id"))


def waiting_one(approval: int) -> Waiting | None:
    """Return one movement that waits, or None when there is none or it was decided."""
    return next(iter(_waiting(Approval.objects.filter(pk=approval, decision__isnull=True))), None)


def waiting_for(party: UUID) -> int:
    """Return how many movements for this party wait for a second person."""
    return Approval.objects.filter(party=party, decision__isnull=True).count()


def _waiting(rows: QuerySet[Approval]) -> list[Waiting]:
    found = list(rows)
    names = privacy.names({row.party for row in found} | {row.maker for row in found})
    return [
        Waiting(
            approval=row.id,
            kind=row.kind,
            party=row.party,
            name=names.get(row.party, ""),
            number=members.number_of(row.party),
            amount=row.amount,
            currency=row.currency,
            rail=row.rail,
            maker=row.maker,
            maker_name=names.get(row.maker, ""),
            proposed_at=row.proposed_at,
            why=row.why,
            bank_line=row.bank_line,
        )
        for row in found
    ]


def movement(receipt: int) -> Movement | None:
    """Return the movement of a receipt, or None."""
    return next(iter(_movements(DeskMovement.objects.filter(pk=receipt))), None)


def movements(*, party: UUID | None = None, limit: int = 20) -> list[Movement]:
    """Return the latest desk movements, of one party or of all, newest first."""
    rows = DeskMovement.objects.all() if party is None else DeskMovement.objects.filter(party=party)
    return _movements(rows.order_by("-receipt")[:limit])


def _movements(rows: QuerySet[DeskMovement]) -> list[Movement]:
    found = list(rows.select_related("approval__decision"))
    names = privacy.names({row.party for row in found})
    return [
        Movement(
            receipt=row.receipt,
            kind=row.kind,
            party=row.party,
            name=names.get(row.party, ""),
            number=members.number_of(row.party),
            amount=row.amount,
            currency=row.currency,
            rail=row.rail,
            maker=row.maker,
            checker=row.approval.decision.checker if row.approval is not None else None,
            posting=row.posting,
            happened_at=row.happened_at,
        )
        for row in found
    ]


def large_movements_without_approval() -> Sequence[dict[str, Any]]:
    """Return movements above the limit of their moment that no second person approved, or that one human did alone."""
    broken: list[dict[str, Any]] = []
    for row in DeskMovement.objects.filter(kind__in=("top_up", "refund")).select_related("approval__decision").iterator():
        limit = int(bylaws.value("payments.two_people_above", at=row.happened_at))
        decision = getattr(row.approval, "decision", None) if row.approval is not None else None
        if row.approval is None and row.amount <= limit:
            continue
        if decision is None or not decision.approved or decision.checker in (row.maker, row.party):
            broken.append({"receipt": row.receipt, "kind": row.kind, "amount": row.amount})
    return broken


def receipts_with_gaps() -> Sequence[dict[str, Any]]:
    """Return receipt numbers that were skipped."""
    given = set(DeskMovement.objects.values_list("receipt", flat=True))
    missing = [{"missing_receipt": number} for number in sorted(set(range(1, max(given, default=0) + 1)) - given)]
    counted = Counter.objects.filter(name="receipt").values_list("last", flat=True).first() or 0
    return missing + ([{"receipts_counted": counted}] if counted != max(given, default=0) else [])


def desk_days_unlike_their_count() -> Sequence[dict[str, Any]]:
    """Return desk days that are closed without a count, or at another moment than it, or open although they were counted."""
    unlike = Q(closed_at__isnull=True, count__isnull=False) | Q(closed_at__isnull=False, count__isnull=True)
    rows = DeskDay.objects.filter(unlike | (Q(count__isnull=False) & ~Q(closed_at=F("count__at"))))
    return [{"desk_day": number} for number in rows.order_by("pk").values_list("pk", flat=True)]


def currencies() -> list[str]:
    """Return the currencies this co-op has shares in or moved at the desk, in order."""
    moved = DeskMovement.objects.order_by().values_list("currency", flat=True).distinct()
    return sorted({row.currency for row in members.share_classes()} | set(moved))


def desk_days(since: datetime, until: datetime, currency: str | None = None) -> list[DeskDay]:
    """Return the desk days that were open at some time of a stretch, oldest first, with their counts."""
    rows = DeskDay.objects.filter(opened_at__lt=until).exclude(closed_at__lt=since)
    if currency is not None:
        rows = rows.filter(currency=currency)
    return list(rows.select_related("count", "confirmed").order_by("opened_at"))


def desk_day(number: int) -> DeskDay | None:
    """Return one desk day with its count, or None."""
    return DeskDay.objects.filter(pk=number).select_related("count", "confirmed").first()


def counts_to_confirm(limit: int = 5) -> list[DeskDay]:
    """Return the latest closed desk days whose count no second person has confirmed, newest first."""
    rows = DeskDay.objects.filter(closed_at__isnull=False, confirmed__isnull=True).select_related("count")
    return list(rows.order_by("-closed_at")[:limit])
