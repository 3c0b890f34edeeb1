"""Every truth about the books is broken once, by hand and with the guards away, and found by its number."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from rochdale.ledger import actions as ledger
from rochdale.ledger import invariants, jobs, queries
from rochdale.ledger.testing import BOOKS, NOW, inside, opened, posted
from rochdale.shared import clock, coops, module

BREAKS = {
    "L1": "UPDATE ledger_account SET currency = 'INR' WHERE code = 'assets.test.bank'",
    "L2": "UPDATE ledger_guardedbalance SET balance = balance + 1",
    "L3": "ALTER TABLE ledger_guardedbalance DROP CONSTRAINT ledger_guarded_floor; UPDATE ledger_guardedbalance SET floor = 1000",
    "L4": "UPDATE ledger_guardedbalance SET held = held + 1",
    "L5": "DELETE FROM ledger_transfer WHERE place = 2",
    "L6": "UPDATE ledger_transfer SET credit_id = 999999 WHERE place = 2",
    "L7": "UPDATE ledger_checkpointbalance SET debits = debits + 1",
    "L8": "UPDATE ledger_posting SET bylaws_version = 0",
    "L9": "UPDATE ledger_transfer SET amount = amount + 1 WHERE posting_id = (SELECT max(id) FROM ledger_posting)",
    "L10": "UPDATE ledger_posting SET happened_at = '2025-06-01', epoch = 99 WHERE key = 'late'",
    "L11": "DELETE FROM ledger_guardedbalance",
    "L12": "UPDATE ledger_posting SET key = 'other' WHERE key LIKE 'ledger.capture:%'",
    "L13": "UPDATE ledger_checkpoint SET postings = postings + 1",
    "L14": "UPDATE ledger_posting SET epoch = 999 WHERE key = 'late'; UPDATE ledger_transfer SET epoch = 999 WHERE place = 1",
}


def story():
    """Fill every table with good rows."""
    bank, wallet, sales = (
        opened("assets.test.bank"),
        opened("liabilities.test.wallet", party=uuid4()),
        opened("income.test.sales"),
    )
    posted((bank, wallet, 100), kind="test.top_up")
    sale = posted((wallet, sales, 20), (wallet, opened("liabilities.test.tax"), 5))
    until = NOW + timedelta(days=1)
    with inside():
        holds = [
            ledger.hold(actor=BOOKS, now=NOW, key=f"h{n}", account=wallet, amount=10, kind="test.sale", expires_at=until)
            for n in range(2)
        ]
        ledger.capture(actor=BOOKS, now=NOW, key="c", hold=holds[0], transfers=[ledger.Leg(wallet, sales, 8)])
        ledger.make_checkpoint(actor=BOOKS, now=NOW, key="cp", whole=True, at_least=1)
        start = NOW - timedelta(days=300)
        ledger.close_period(actor=BOOKS, now=NOW, key="p", starts_at=start, ends_at=start + timedelta(days=200))
    posted((bank, wallet, 3), kind="test.top_up", key="late")
    with inside():
        ledger.reverse(actor=BOOKS, now=NOW, key="r", posting=sale, reason_code="test.x")


def test_good_books_break_nothing(coop):
    assert invariants.check_all() == {}
    story()
    assert invariants.check_all() == {}


@pytest.mark.parametrize("number", invariants.SENTENCES)
def test_each_truth_is_found_broken(own_database, number):
    with coops.inside(own_database.coop.schema_name):
        story()
    with own_database.connect("postgres") as root:
        root.execute(f"SET search_path TO {own_database.coop.schema_name}, public")
        root.execute("SET session_replication_role = replica")
        for words in BREAKS[number].split("; "):
            root.execute(words)
    with coops.inside(own_database.coop.schema_name):
        assert number in invariants.check_all()
        assert all(isinstance(row, dict) for row in invariants.offending(number))


def test_the_house_knows_them_by_number_and_sentence(coop):
    (plug,) = [plug for plug in module.installed() if plug.label == "ledger"]
    assert {check.number for check in plug.invariants()} == set(BREAKS)
    assert all(check.sentence.endswith(".") and check.offending() == [] for check in plug.invariants())


class TestJobs:
    def test_checkpoints_expiry_and_the_nightly_check_run_as_jobs(self, coop):
        story()
        with clock.at(NOW + timedelta(days=2)):
            assert jobs.expire_holds() == 1
            assert [jobs.make_checkpoint() is not None for _ in range(2)] == [False, True]
            jobs.check_books()
        assert queries.last_checkpoint() is not None

    def test_a_broken_truth_fails_the_nightly_check(self, coop, monkeypatch):
        monkeypatch.setitem(invariants.SENTENCES, "L1", ("Never.", "SELECT 1 AS odd"))
        with clock.at(NOW), pytest.raises(AssertionError, match="L1: 1 rows"):
            jobs.check_books()

    def test_they_have_a_rhythm(self, coop):
        assert {job.name for job in jobs.JOBS} == {"ledger.make_checkpoint", "ledger.expire_holds", "ledger.check_books"}
        assert all(job.per_coop and len(job.cron.split()) == 5 for job in jobs.JOBS)
