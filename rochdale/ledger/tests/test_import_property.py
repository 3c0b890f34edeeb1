"""Random journals come in, and every account holds what an independent sum says; twice is once; cut in two is whole."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rochdale.ledger import importing, invariants, queries, reader
from rochdale.shared import clock
from rochdale.shared.actor import operator

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTOR = operator("books import")
ACCOUNTS = (
    "Assets:Bank",
    "Assets:Cash",
    "Liabilities:Members:Ana",
    "Liabilities:Members:Bo",
    "Income:Sales",
    "Expenses:Rent:Hall",
)
pytestmark = pytest.mark.usefixtures("books")

amounts = st.integers(min_value=-(10**12), max_value=10**12)
transactions = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=3000),
        st.lists(st.tuples(st.sampled_from(ACCOUNTS), amounts), min_size=1, max_size=6),
        st.sampled_from(ACCOUNTS),
        st.sampled_from(("EUR", "USD")),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)
Drawn = list[tuple[int, list[tuple[str, int]], str, str, bool]]


def written(micro: int) -> str:
    sign, rest = ("-" if micro < 0 else ""), abs(micro)
    return f"{sign}{rest // 10**6}.{rest % 10**6:06d}"


def journal(drawn: Drawn) -> str:
    out = []
    for days, lines, last, currency, leave_out in drawn:
        out.append(f"\n{date(2015, 1, 1) + timedelta(days=days)} * somebody")
        out += [f"    {account}  {written(amount)} {currency}" for account, amount in lines]
        rest = -sum(amount for _account, amount in lines)
        out.append(f"    {last}" if leave_out else f"    {last}  {written(rest)} {currency}")
    return "\n".join(out) + "\n"


def expected(drawn: Drawn) -> dict[tuple[str, str], int]:
    sums: dict[tuple[str, str], int] = {}
    for _days, lines, last, currency, _left_out in drawn:
        for account, amount in [*lines, (last, -sum(amount for _account, amount in lines))]:
            sums[account, currency] = sums.get((account, currency), 0) + amount
    return {place: total for place, total in sums.items() if total}


def imported(file: Path, schema: str) -> importing.Outcome | None:
    source = reader.inspect(file)
    with clock.at(NOW):
        seen = importing.preview(schema, source, reader.Options(form="hledger"), importing.Wish())
        if not seen.survey.transactions:
            return None
        return importing.book(seen, actor=ACTOR)


def held() -> dict[tuple[str, str], int]:
    """Return what the books hold, account by account, added up here from the transfers themselves."""
    known = queries.imported_accounts(ACCOUNTS)
    sums: dict[tuple[str, str], int] = {}
    numbers = {number: place for place, number in queries.account_ids({(a.code, a.party, "") for a in known.values()}).items()}
    names = {(account.code, account.party): name for name, account in known.items()}
    for row in queries.postings_of(limit=10_000):
        detail = queries.posting(row.id)
        assert detail is not None
        for leg in detail.legs:
            for number, amount in ((leg.debit, leg.amount), (leg.credit, -leg.amount)):
                code, party, currency = numbers[number]
                name = names[code, party]
                sums[name, currency] = sums.get((name, currency), 0) + amount
    return {place: total for place, total in sums.items() if total}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=transactions)
def test_the_books_hold_what_an_independent_sum_says(books: Any, drawn: Drawn) -> None:
    with TemporaryDirectory() as folder, transaction.atomic():
        file = Path(folder) / "x.journal"
        file.write_text(journal(drawn))
        first = imported(file, books.schema_name)
        assert held() == expected(drawn)
        again = imported(file, books.schema_name)
        if first is not None and again is not None:
            assert (again.posted, again.there) == (0, first.posted)
        assert held() == expected(drawn)
        assert not invariants.check_all()
        transaction.set_rollback(True)
