"""The export, read by the real programs: no complaint, and equal balances."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import export
from rochdale.ledger.rules import Leg
from rochdale.ledger.testing import BOOKS, NOW, fresh_key, inside, opened, posted

ADA, BRUNO = uuid4(), uuid4()
DAY = timedelta(days=1)
BEAN_CHECK = Path(sys.executable).with_name("bean-check")
HLEDGER = shutil.which("hledger")
ODD_CENT = 10_001
pytestmark = pytest.mark.usefixtures("books")


@pytest.fixture
def story():
    """Sub-cent plays, a split, a reversal, a back-dated rent, two currencies, texts that mean harm."""
    bank, wallet = opened("assets.test.bank"), opened("liabilities.test.wallet", party=ADA)
    artist, sales, tax = (
        opened("liabilities.test.payable", party=BRUNO),
        opened("income.test.sales"),
        opened("liabilities.test.tax"),
    )
    posted((bank, wallet, 50_000_000), kind="test.top_up", party=ADA)
    for number in range(9):
        legs = (
            Leg(wallet, artist, 1400 * 2**number, "price"),
            Leg(wallet, sales, 600 * 2**number, "price"),
            Leg(wallet, tax, 7, "tax"),
        )
        last = posted(*legs, party=ADA, now=NOW + number * DAY, source=f"music.play:{number}")
    with inside():
        ledger.reverse(actor=BOOKS, now=NOW + 9 * DAY, key=fresh_key(), posting=last, reason_code="test.x")
    posted((opened("expenses.test.rent"), bank, ODD_CENT), kind="test.rent", now=NOW + 10 * DAY, happened_at=NOW - 40 * DAY)
    rupees = opened("assets.test.bank", currency="INR")
    posted(
        (rupees, opened("income.test.sales", currency="INR"), 123_456_789), source='=cmd|"x"; \\ evil\n2020-01-01 open Assets:Bad'
    )


def written(form, **more):
    out = io.StringIO()
    count = export.write(form, out, **more)
    return out.getvalue(), count


def test_bean_check_has_no_complaint(story, tmp_path):
    text, count = written("beancount")
    assert count == 1 + 27 + 3 + 1 + 1
    file = tmp_path / "books.beancount"
    file.write_text(text)
    done = subprocess.run([BEAN_CHECK, file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_bean_check_finds_one_micro_unit_too_much(story, tmp_path):
    text, _ = written("beancount")
    head, mark, tail = text.rpartition(" ~ 0 ")
    file = tmp_path / "books.beancount"
    file.write_text(f"{head[:-1]}{(int(head[-1]) + 1) % 10}{mark}{tail}")
    done = subprocess.run([BEAN_CHECK, file], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Balance failed" in done.stdout + done.stderr


@pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed here")
def test_hledger_has_no_complaint_and_the_same_balances(story, tmp_path):
    text, _ = written("hledger")
    file = tmp_path / "books.journal"
    file.write_text(text)
    checks = ["check", "accounts", "commodities", "ordereddates"]
    done = subprocess.run([str(HLEDGER), "-f", file, *checks], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert balances_in_hledger(file) == {place: micro for place, micro in export.balances_by_name().items() if micro}


def balances_in_hledger(file):
    shown = subprocess.run(
        [str(HLEDGER), "-f", file, "balance", "--flat", "-O", "csv", "-N", "--layout=bare"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {}
    for account, currency, amount in list(csv.reader(io.StringIO(shown.stdout)))[1:]:
        found[account, currency] = int(Decimal(amount.replace(",", "")) * 10**6)
    return {place: micro for place, micro in found.items() if micro}


def test_the_odd_cent_is_in_every_export(story):
    for form in export.FORMATS:
        assert "0.010001" in written(form)[0]


def test_names_are_pseudonyms(story):
    for form in export.FORMATS:
        text, _ = written(form)
        assert str(ADA) not in text
        assert str(BRUNO) not in text
    names = {name for name, _ in export.balances_by_name()}
    assert {"Assets:Test:Bank", "Expenses:Test:Rent", "Income:Test:Sales"} <= names
    assert any(name.startswith("Liabilities:Test:Wallet:A") for name in names)


def test_the_csv_has_a_row_per_transfer_and_no_formula(story):
    text, count = written("csv")
    read = list(csv.DictReader(io.StringIO(text)))
    assert len(read) == count
    assert sum(Decimal(row["amount"]) for row in read if row["currency"] == "INR") == Decimal("123.456789")
    assert not any(value.startswith(("=", "+", "@")) for row in read for value in row.values())
    assert any(row["source"].startswith("'=cmd") for row in read)


def test_a_closed_set_is_exported_the_same_for_ever(story):
    with inside():
        closed = ledger.make_checkpoint(actor=BOOKS, now=NOW, key="c", whole=True)
    before = [written(form, checkpoint=closed) for form in export.FORMATS]
    posted((opened("assets.test.bank"), opened("equity.test.shares"), 5), happened_at=NOW - 100 * DAY, now=NOW)
    assert [written(form, checkpoint=closed) for form in export.FORMATS] == before


def test_empty_books_export_to_nothing_much(books, tmp_path):
    for form in export.FORMATS:
        assert written(form)[1] == 0
    file = tmp_path / "books.beancount"
    file.write_text(written("beancount")[0])
    assert subprocess.run([BEAN_CHECK, file], check=False).returncode == 0
