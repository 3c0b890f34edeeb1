"""Other people's real books, brought in through the command: every balance comes out as it was published.

The files lie beside the checkout (`../shared/data/finances`) and are not part of it: without them the tests are
skipped, except in CI, where they must run.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rochdale.bylaws import testing as bylaws
from rochdale.ledger import export
from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as books
from rochdale.project import cli
from rochdale.shared import clock, coops

DATA = Path(__file__).parents[4] / "shared" / "data" / "finances"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SLUG, SCHEMA = "alpha", "coop_alpha"
BEAN_CHECK = Path(sys.executable).with_name("bean-check")
HLEDGER = shutil.which("hledger")
BY_MONTH = ("Income:", "Expenses:")


@pytest.fixture(scope="module", autouse=True)
def files_are_there() -> None:
    if DATA.is_dir():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"the real books must be at {DATA.name} in CI")
    pytest.skip("the real books are not beside this checkout")


@pytest.fixture(autouse=True)
def _a_coop(monkeypatch: pytest.MonkeyPatch, public_db: Any, tmp_path: Path) -> Any:
    monkeypatch.setattr(cli, "database", lambda **options: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    with coops.inside(SCHEMA):
        bylaws.adopt(NOW)
    with clock.at(NOW):
        yield
    with coops.inside(SCHEMA):
        books.assert_books_good()


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(["books", "import", "--coop", SLUG, *words])
    return int(end.value.code or 0)


def expected() -> dict[str, Decimal]:
    with (DATA / "association_ledger_expected_balances.csv").open() as file:
        return {row["account"]: Decimal(row["balance_usd"]) for row in csv.DictReader(file)}


def in_the_books(names: list[str]) -> dict[str, Decimal]:
    """Return what each old account stands at, asked account by account."""
    with coops.inside(SCHEMA):
        known = ledger.imported_accounts(names)
        ids = ledger.account_ids({(each.code, each.party, "USD") for each in known.values()})
        totals = ledger.totals(accounts=list(ids.values()))
    found = {}
    for name in names:
        total = totals.get(ids[known[name].code, known[name].party, "USD"])
        found[name] = Decimal(total.debits - total.credits) / 10**6 if total else Decimal(0)
    return found


@pytest.mark.parametrize("name", ["association_ledger.journal.gz", "association_ledger_postings.csv.gz"])
def test_the_association_ledger_comes_out_to_the_cent(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(DATA / name), "--expect", str(DATA / "association_ledger_expected_balances.csv")) == 0
    said = capsys.readouterr().out
    assert "1,359 transactions booked" in said  # of 1,360 one moves nothing
    assert "Move nothing, left aside │ 1 " in said
    assert "Every balance is as association_ledger_expected_balances.csv says." in said
    assert in_the_books(list(expected())) == expected()


def test_the_journal_and_the_csv_are_the_same_transactions(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(DATA / "association_ledger.journal.gz")) == 0
    assert run(str(DATA / "association_ledger_postings.csv.gz")) == 0
    assert "0 transactions booked, 1,359 were there already" in capsys.readouterr().out
    assert in_the_books(list(expected())) == expected()


def test_its_balances_come_in_as_opening_balances() -> None:
    file = str(DATA / "association_ledger_expected_balances.csv")
    assert run(file, "--format", "opening", "--date", "2017-12-26") == 0
    moved = {name: balance for name, balance in expected().items() if balance}
    assert in_the_books(list(moved)) == moved


def test_no_person_of_the_association_stands_in_the_books_in_clear() -> None:
    assert run(str(DATA / "association_ledger.journal.gz")) == 0
    with coops.inside(SCHEMA):
        for form in export.FORMATS:
            out = io.StringIO()
            export.write(form, out)
            assert "Person" not in out.getvalue()
            assert "Lyft" not in out.getvalue()


def test_out_and_in_again_keeps_every_balance(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(DATA / "association_ledger.journal.gz")) == 0
    with coops.inside(SCHEMA):
        before = {place: micro for place, micro in export.balances_by_name().items() if micro}
        for form, ending in (("beancount", "beancount"), ("hledger", "journal"), ("csv", "csv")):
            with (tmp_path / f"out.{ending}").open("w") as file:
                export.write(form, file)  # type: ignore[arg-type]  # the three of them
    done = subprocess.run([BEAN_CHECK, "out.beancount"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    if HLEDGER:
        subprocess.run([HLEDGER, "-f", "out.journal", "check", "accounts", "commodities"], check=True, capture_output=True)
    capsys.readouterr()
    for times, ending in enumerate(("beancount", "journal", "csv"), 1):
        more = ("--profile", "rochdale") if ending == "csv" else ()
        assert run(f"out.{ending}", "--apart", ending, *more) == 0
        assert "1,359 transactions booked" in capsys.readouterr().out
        back = in_the_books([name for name, _currency in before])
        assert back == {name: times * Decimal(micro) / 10**6 for (name, _currency), micro in before.items()}, ending


def test_the_collective_comes_out_as_it_published(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(DATA / "collective_transactions.csv.gz")) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "its balance column ends at 5,689.42 USD for hledger, but its rows come to 5,688.29 USD, a difference of 1.13" in said
    assert "1,916 transactions booked" in said
    with (DATA / "collective_published_yearly.csv").open() as file:
        published = {row["year"]: row for row in csv.DictReader(file)}
    years = list(published)
    with coops.inside(SCHEMA):
        for year in years:
            start, end = datetime(int(year), 1, 1, tzinfo=UTC), datetime(int(year) + 1, 1, 1, tzinfo=UTC)
            assets = sum(line.balance for line in ledger.trial_balance(until=end) if line.code.startswith("assets.imported."))
            assert Decimal(assets) / 10**6 == Decimal(published[year]["assets_at_year_end"]), year
            result = ledger.income_statement(currency="USD", since=start, until=end)
            fees = sum(line.balance for line in result.expenses if ".fees." in line.code) - sum(
                line.balance for line in result.income if "fees" in line.code
            )
            assert Decimal(-fees) / 10**6 == Decimal(published[year]["expenses_fees"]), year
            revenue, misc, bounties, paid = (
                Decimal(published[year][name])
                for name in ("revenues_sponsors", "expenses_misc", "expenses_bounties", "expenses_fees")
            )
            assert Decimal(result.result) / 10**6 == revenue + misc + bounties + paid, year


def test_the_collective_by_a_plain_count_and_twice_is_once(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(DATA / "collective_transactions.csv.gz")
    assert run(file) == 0
    assert run(file) == 0
    assert "0 transactions booked, 1,916 were there already" in capsys.readouterr().out
    by_kind: defaultdict[str, Decimal] = defaultdict(Decimal)
    with gzip.open(file, "rt") as text:
        for row in csv.DictReader(text):
            by_kind[f"{row['kind']} {row['type']} {row['isRefund']}"] += Decimal(row["amount"])
    income = sum(amount for kind, amount in by_kind.items() if kind in ("CONTRIBUTION CREDIT ", "CONTRIBUTION DEBIT REFUND"))
    assert in_the_books(["Income:Contributions"]) == {"Income:Contributions": -income}
    assert in_the_books(["Assets:Open Collective:hledger"]) == {"Assets:Open Collective:hledger": Decimal("5688.29")}
