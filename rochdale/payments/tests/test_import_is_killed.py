"""The database connection of an import dies at seeded moments: all of the file is kept, or nothing; run again it is whole."""

from __future__ import annotations

import random
import threading
import time
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from rochdale.members import testing as people
from rochdale.members.testing import NOW, fresh_key
from rochdale.payments import actions
from rochdale.payments.models import BankLine
from rochdale.payments.testing import statement
from rochdale.shared import coops
from rochdale.shared.money import ONE
from rochdale.shared.postgres import testing as server

LINES, KILLS = 1500, 6


def test_a_killed_import_leaves_all_or_nothing_and_is_run_again(own_database: Any) -> None:
    schema, rng = str(own_database.coop.schema_name), random.Random(1844)
    with coops.inside(schema):
        finn = people.officer("finn")
    first = NOW.date() - timedelta(days=30)
    what = statement(*((first + timedelta(days=n % 30), ONE * (n + 1)) for n in range(LINES)))
    outcomes: list[str] = []

    def bring() -> None:
        try:
            with coops.inside(schema):
                actions.import_statement(actor=finn, now=NOW, key=fresh_key(), place="client", currency="EUR", statement=what)
            outcomes.append("kept")
        except (DatabaseError, InterfaceError):
            outcomes.append("died")
        finally:
            connection.close()

    for _ in range(KILLS):
        worker = threading.Thread(target=bring)
        worker.start()
        time.sleep(rng.uniform(0.01, 0.25))
        with server.server.connect(database=own_database.name) as root:
            root.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%payments_%'"
            )
        worker.join()
        with server.server.connect(database=own_database.name) as root:
            kept = root.execute(f"SELECT count(*) FROM {schema}.payments_bankline").fetchone()
        assert kept in ((0,), (LINES,))
    connection.close()
    with coops.inside(schema):
        actions.import_statement(actor=finn, now=NOW, key=fresh_key(), place="client", currency="EUR", statement=what)
        assert BankLine.objects.count() == LINES
    assert "died" in outcomes, outcomes
