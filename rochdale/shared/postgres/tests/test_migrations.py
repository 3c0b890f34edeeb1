"""Migrating many co-ops: one transaction each, resumed where it stopped."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from rochdale.shared import coops
from rochdale.shared.postgres import migrations, roles, setup, testing


@pytest.fixture(autouse=True)
def one_state(own_database, monkeypatch):
    """Hold the fingerprint: someone may be editing migrations while these tests run."""
    with as_owner(own_database):
        held = migrations.reached()["coop_alpha"]
    monkeypatch.setattr(migrations, "fingerprint", lambda: held)


@contextmanager
def as_owner(database):
    with setup.connected_as(testing.settings_for(database.name, roles.OWNER)):
        yield


def lag(*schemas):
    """Make schemas look as if they had been brought to an older state."""
    with transaction.atomic(), connection.cursor() as cursor:
        for schema in schemas:
            cursor.execute(f"COMMENT ON SCHEMA {schema} IS 'rochdale older'")


def test_nothing_to_do_is_one_look(own_database):
    with as_owner(own_database):
        assert migrations.migrate() == []


def test_a_schema_that_lags_is_migrated_and_the_others_are_left_alone(own_database):
    with as_owner(own_database):
        lag("coop_beta")
        assert migrations.migrate() == ["coop_beta"]
        assert migrations.migrate() == []


def test_a_stop_in_the_middle_is_resumed_with_the_rest(own_database):
    with as_owner(own_database):
        lag("coop_alpha", "coop_beta")

        def stop_at_beta(schema, place, of):
            if schema == "coop_beta":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            migrations.migrate(stop_at_beta)
        assert migrations.migrate() == ["coop_beta"]


def test_a_migration_a_co_op_lacks_is_made_up_for(own_database):
    with as_owner(own_database):
        with coops.inside("coop_beta"), connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations WHERE app = 'ledger'")
            if not cursor.fetchall():
                pytest.skip("the ledger has no migration yet")
            cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'coop_beta'::regnamespace AND relkind = 'r'")
            tables = [row[0] for row in cursor.fetchall() if row[0].startswith("ledger_")]
            for table in tables:
                cursor.execute(f"DROP TABLE {table} CASCADE")
            cursor.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'coop_beta'::regnamespace")
            for (function,) in cursor.fetchall():
                if "ledger" in function:
                    cursor.execute(f"DROP FUNCTION {function} CASCADE")
            cursor.execute("DELETE FROM django_migrations WHERE app = 'ledger'")
        assert "ledger.0001_initial" in migrations.pending("coop_beta")
        lag("coop_beta")
        migrations.migrate()
        assert migrations.pending("coop_beta") == []


def test_the_app_cannot_migrate(own_database):
    with own_database.connect(roles.APP) as app, pytest.raises(Exception, match=r"permission denied|must be owner"):
        app.execute("COMMENT ON SCHEMA coop_alpha IS 'mine'")
