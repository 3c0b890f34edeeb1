"""T10: what the database refuses from everybody, by right and by trigger, whatever the program does."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from rochdale.ledger import actions as ledger
from rochdale.ledger.testing import BOOKS, NOW, assert_books_good, inside, opened, posted
from rochdale.shared import coops

TABLES = (
    "account", "posting", "transfer", "hold", "holdresolution", "epoch", "checkpoint", "checkpointbalance", "closedperiod",
    "guardedbalance",
)  # fmt: skip


@pytest.fixture
def books(own_database):
    """Some books on a database of their own: a bank, a wallet and a sale."""
    with coops.inside(own_database.coop.schema_name):
        bank, wallet, sales = (
            opened("assets.test.bank"),
            opened("liabilities.test.wallet", party=uuid4()),
            opened("income.test.sales"),
        )
        posted((bank, wallet, 100), kind="test.top_up")
        posted((wallet, sales, 40))
    return own_database, bank, wallet, sales


def connected(database, role):
    connection = database.connect(role)
    connection.execute(f"SET search_path TO {database.coop.schema_name}, public")
    if role == "rochdale_app":
        connection.execute(f"SET ROLE {database.coop.schema_name}")
    return connection


COLUMN = {
    "epoch": "number", "checkpoint": "epoch", "checkpointbalance": "epoch", "transfer": "place", "holdresolution": "hold_id",
    "guardedbalance": "balance",
}  # fmt: skip


@pytest.mark.parametrize("role", ["rochdale_app", "rochdale_auditor", "rochdale_owner"])
def test_no_role_changes_or_removes_what_is_written(books, role):
    database, _, wallet, _ = books
    fill(database, wallet)
    with connected(database, role) as connection:
        for table in TABLES:
            assert connection.execute(f"SELECT count(*) > 0 FROM ledger_{table}").fetchone() == (True,), table
            for words in ("UPDATE ledger_{0} SET {1} = {1}", "DELETE FROM ledger_{0}", "TRUNCATE ledger_{0}"):
                with pytest.raises((errors.InsufficientPrivilege, errors.RestrictViolation)):
                    connection.execute(words.format(table, COLUMN.get(table, "id")))


def fill(database, wallet):
    """Put a row into every table, so that row triggers have one to refuse."""
    with coops.inside(database.coop.schema_name), inside():
        until = NOW + timedelta(days=1)
        hold = ledger.hold(actor=BOOKS, now=NOW, key="h", account=wallet, amount=1, kind="test.sale", expires_at=until)
        ledger.release(actor=BOOKS, now=NOW, key="r", hold=hold)
        ledger.make_checkpoint(actor=BOOKS, now=NOW, key="c", whole=True, at_least=1)
        ledger.close_period(actor=BOOKS, now=NOW, key="p", starts_at=NOW - timedelta(days=9), ends_at=NOW - timedelta(days=1))


AWAY = (
    "ALTER TABLE ledger_transfer DISABLE TRIGGER ALL",
    "ALTER TABLE ledger_guardedbalance DISABLE TRIGGER USER",
    "ALTER TABLE ledger_posting DROP COLUMN body",
    "ALTER TABLE ledger_guardedbalance DROP CONSTRAINT ledger_guarded_floor",
    "DROP TABLE ledger_transfer",
    "DROP TRIGGER ledger_transfer_check ON ledger_transfer",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION ledger_check_transfers() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
)


@pytest.mark.parametrize("role", ["rochdale_app", "rochdale_auditor"])
def test_the_guards_cannot_be_taken_away(books, role):
    database, *_ = books
    with connected(database, role) as connection:
        for words in AWAY:
            with pytest.raises((errors.InsufficientPrivilege, errors.InvalidSchemaName)):
                connection.execute(words)


class TestRawInserts:
    """The app's role may insert; the triggers keep the books right all the same."""

    @pytest.fixture
    def app(self, books):
        database, self.bank, self.wallet, self.sales = books
        with connected(database, "rochdale_app") as connection:
            yield connection
        with coops.inside(database.coop.schema_name):
            assert_books_good()

    def posting(self, app, *, legs=1, reverses=None):
        return app.execute(
            "INSERT INTO ledger_posting (key, body, kind, happened_at, recorded_at, source, actor, via, standing, tax,"
            " bylaws_version, reverses, legs, epoch)"
            " VALUES (%s, '', 'raw', %s, %s, '', 'raw', 'raw', '', '', 1, %s, %s, 0) RETURNING id",
            [str(uuid4()), NOW, NOW, reverses, legs],
        ).fetchone()[0]

    def transfer(self, app, posting, debit, credit, amount, *, place=1, epoch=0):
        app.execute(
            "INSERT INTO ledger_transfer (posting_id, debit_id, credit_id, amount, epoch, place, role)"
            " VALUES (%s, %s, %s, %s, %s, %s, '')",
            [posting, debit, credit, amount, epoch, place],
        )

    def test_a_transfer_with_one_side_only(self, app):
        with pytest.raises(errors.NotNullViolation), app.transaction():
            self.transfer(app, self.posting(app), self.bank, None, 5)

    def test_a_transfer_by_hand_moves_the_guarded_balance_with_it(self, app):
        with app.transaction():
            self.transfer(app, self.posting(app), self.wallet, self.sales, 5)
        assert app.execute("SELECT balance FROM ledger_guardedbalance WHERE account_id = %s", [self.wallet]).fetchone() == (55,)

    def test_a_transfer_by_hand_below_the_floor(self, app):
        with pytest.raises(errors.CheckViolation, match="ledger_guarded_floor"), app.transaction():
            self.transfer(app, self.posting(app), self.wallet, self.sales, 61)

    def test_a_transfer_without_a_posting(self, app):
        with pytest.raises(errors.RaiseException, match="stray_transfer"):
            self.transfer(app, 10**9, self.bank, self.sales, 5)

    @pytest.mark.parametrize("place", [0, 2, 3])
    def test_a_transfer_added_to_an_old_posting(self, app, place):
        old = app.execute("SELECT max(id) FROM ledger_posting").fetchone()[0]
        with pytest.raises(errors.RaiseException, match="stray_transfer"):
            self.transfer(app, old, self.bank, self.sales, 5, place=place)
        with pytest.raises(errors.UniqueViolation):
            self.transfer(app, old, self.bank, self.sales, 5)

    def test_a_transfer_stamped_into_another_set(self, app):
        with pytest.raises(errors.RaiseException, match="stray_transfer"), app.transaction():
            self.transfer(app, self.posting(app), self.bank, self.sales, 5, epoch=7)

    def test_a_transfer_into_a_closed_set(self, books, app):
        with coops.inside(books[0].coop.schema_name), inside():
            ledger.make_checkpoint(actor=BOOKS, now=NOW, key="c", whole=True)
        with pytest.raises(errors.SerializationFailure, match="set_closed"), app.transaction():
            self.transfer(app, self.posting(app), self.bank, self.sales, 5)

    def test_a_stored_balance_by_hand(self, app):
        for words in (
            "UPDATE ledger_guardedbalance SET balance = 10000",
            "UPDATE ledger_guardedbalance SET held = 0, balance = balance",
            f"INSERT INTO ledger_guardedbalance VALUES ({self.bank}, -1, 0, 5, 0)",
        ):
            with pytest.raises(errors.RestrictViolation, match="only_by_posting"):
                app.execute(words)
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute("UPDATE ledger_guardedbalance SET floor = -1000")

    def test_the_database_knows_its_own_bounds(self, app):
        for words, named in (
            ("INSERT INTO ledger_account (code, party, currency, kind, scale, client_money, opened_at)"
             " SELECT code, party, currency, kind, scale, client_money, opened_at FROM ledger_account", "ledger_account_once"),
            ("INSERT INTO ledger_account (code, currency, kind, scale, floor, client_money, opened_at)"
             " VALUES ('x', 'EUR', 'asset', 6, 5, false, now())", "ledger_guarded_floor"),
            ("INSERT INTO ledger_holdresolution (hold_id, key, body, outcome, captured, resolved_at, actor)"
             " VALUES (99, 'k', '', 'released', 0, now(), 'x')", "no_such_hold"),
        ):  # fmt: skip
            with pytest.raises(psycopg.Error, match=named):
                app.execute(words)
