"""Makers for tests of any module: rules that stand, actions from inside, accounts to post between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

from django.db import transaction

from rochdale.ledger import actions as ledger
from rochdale.ledger import catalogue, invariants
from rochdale.ledger.rules import Leg
from rochdale.shared import action as acting
from rochdale.shared import actor
from rochdale.shared.module import AccountPlan, PostingKind

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BOOKS = actor.job("test")

PLANS = (
    AccountPlan(code="assets.test.bank", title="Bank", kind="asset"),
    AccountPlan(code="assets.bank.test", title="Client bank", kind="asset"),
    AccountPlan(code="assets.test.float", title="Float", kind="asset", guarded=True, floor=0),
    AccountPlan(
        code="liabilities.test.wallet", title="Wallet", kind="liability", per="party", guarded=True, floor=0, client_money=True
    ),
    AccountPlan(code="liabilities.test.credit", title="Credit line", kind="liability", per="party", guarded=True, floor=-100),
    AccountPlan(code="liabilities.test.payable", title="Payable", kind="liability", per="party", client_money=True),
    AccountPlan(code="liabilities.test.tax", title="Tax", kind="liability"),
    AccountPlan(code="equity.test.shares", title="Shares", kind="equity"),
    AccountPlan(code="income.test.sales", title="Sales", kind="income"),
    AccountPlan(code="expenses.test.rent", title="Rent", kind="expense"),
)
KINDS = (
    PostingKind(code="test.top_up", title="Top-up", explanation="Money came in."),
    PostingKind(code="test.sale", title="Sale", explanation="Something was sold.", patronage=True),
    PostingKind(code="test.rent", title="Rent", explanation="The rent was paid."),
)


@contextmanager
def declared() -> Iterator[None]:
    """Declare the test accounts and kinds above, and let bylaws version 1 stand."""
    earlier = ledger.rules_in_force
    catalogue.extra_plans.update({plan.code: plan for plan in PLANS})
    catalogue.extra_kinds.update({kind.code: kind for kind in KINDS})
    ledger.rules_in_force = lambda moment: 1
    try:
        yield
    finally:
        ledger.rules_in_force = earlier
        catalogue.extra_plans.clear()
        catalogue.extra_kinds.clear()


@contextmanager
def inside() -> Iterator[None]:
    """Run the block as if inside an action that was allowed, in a transaction (a savepoint)."""
    token = acting._running.set("test.inside")
    try:
        with transaction.atomic():
            yield
    finally:
        acting._running.reset(token)


_numbers = count(1)


def fresh_key(prefix: str = "test") -> str:
    """Return a key that no other call has returned."""
    return f"{prefix}:{next(_numbers)}"


def opened(code: str, *, party: UUID | None = None, currency: str = "EUR", now: datetime = NOW) -> int:
    """Open (or find) a declared account."""
    with inside():
        return int(ledger.open_account(actor=BOOKS, now=now, key=fresh_key(), code=code, currency=currency, party=party))


def posted(
    *legs: Leg | tuple[int, int, int],
    kind: str = "test.sale",
    key: str = "",
    now: datetime = NOW,
    happened_at: datetime | None = None,
    party: UUID | None = None,
    standing: str = "",
    source: str = "",
    tax: str = "",
) -> int:
    """Post legs, given as `Leg` or as (debit, credit, amount), and return the posting's id."""
    transfers: Sequence[Leg] = [leg if isinstance(leg, Leg) else Leg(*leg) for leg in legs]
    with inside():
        return int(
            ledger.post(
                actor=BOOKS,
                now=now,
                key=key or fresh_key(),
                kind=kind,
                transfers=transfers,
                happened_at=happened_at or now,
                party=party,
                standing=standing,
                source=source,
                tax=tax,
            )
        )


def assert_books_good() -> None:
    """Fail with the offending rows when a truth about the books is broken."""
    broken = invariants.check_all()
    assert not broken, broken
