"""Books to seal: a wallet, twenty sales in closed sets, and a superuser's connection that no trigger stops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction

from rochdale.audit import actions as audit
from rochdale.ledger import actions as ledger
from rochdale.ledger.testing import BOOKS, NOW, declared, fresh_key, inside, opened, posted
from rochdale.shared import coops
from rochdale.shared.postgres import setup
from rochdale.shared.postgres import testing as server


@dataclass
class Books:
    """A co-op with books, sealed when told to. `wallet` and `sales` are accounts; `party` owns the wallet."""

    schema: str
    slug: str
    database: str
    party: UUID
    wallet: int = 0
    sales: int = 0
    now: datetime = NOW

    def sell(self, many: int = 10) -> list[int]:
        """Sell so many times from the wallet, and return the postings."""
        with declared(), coops.inside(self.schema):
            return [posted((self.wallet, self.sales, 7 + each), party=self.party, key=fresh_key("sale")) for each in range(many)]

    def seal(self) -> int | None:
        """Close the set of all postings so far and seal everything."""
        self.now += timedelta(hours=1)
        with declared(), coops.inside(self.schema):
            with inside():
                ledger.make_checkpoint(actor=BOOKS, now=self.now, key=fresh_key(), whole=True, at_least=1)
            number = audit.make_seal(actor=BOOKS, now=self.now, key=fresh_key())
        return int(number) if number is not None else None

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection[Any]]:
        """Connect with all rights there are, inside the co-op, with the triggers switched off."""
        with server.server.connect(database=self.database) as root:
            root.execute(f"SET search_path TO {self.schema}, public")
            root.execute("SET session_replication_role = replica")
            yield root

    @contextmanager
    def tampered(self, sql: str) -> Iterator[None]:
        """Be a superuser in Django's own connection, do something no trigger stops, and take it back at the end."""
        root = {**server.settings_for(self.database, "postgres"), "COOP_ROLES": False}
        with setup.connected_as(root), coops.inside(self.schema):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute(sql)
                assert cursor.rowcount > 0 or sql.startswith(("ALTER", "DROP")), "something was touched"
            yield
            transaction.set_rollback(True)


@pytest.fixture
def books(own_database: Any) -> Books:
    """Two seals over twenty sales, in a database of its own."""
    made = books_in(own_database.coop.schema_name, own_database.coop.slug, own_database.name)
    for _each in range(2):
        made.sell()
        made.seal()
    return made


def books_in(schema: str, slug: str, database: str) -> Books:
    """Open accounts in a co-op and put money into a wallet."""
    made = Books(schema, slug, database, uuid4())
    with declared(), coops.inside(schema):
        bank = opened("assets.test.bank")
        made.wallet, made.sales = opened("liabilities.test.wallet", party=made.party), opened("income.test.sales")
        posted((bank, made.wallet, 1_000_000), kind="test.top_up")
    return made
