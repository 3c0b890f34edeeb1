"""Where the database is, from the environment."""

from __future__ import annotations

import pytest

from rochdale.shared.postgres import addresses, roles, testing

OWNER_URL = "postgresql://boss:se%20cret@db.example:6432/house?sslmode=verify-full"


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
    return tmp_path


def test_without_an_address_it_is_the_embedded_server(root):
    assert addresses.is_embedded()
    assert addresses.arguments("app") == {
        "host": str(root / "postgres" / "run"),
        "user": roles.APP,
        "dbname": "rochdale",
        "passfile": str(root / "postgres" / "rochdale_app.pass"),
        "application_name": f"rochdale {addresses.program_mark()}",
    }


def test_the_apps_address_is_derived_from_the_owners(root, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", OWNER_URL)
    assert not addresses.is_embedded()
    assert addresses.arguments("owner")["password"] == "se cret"
    found = addresses.arguments("app")
    assert (found["user"], found["passfile"]) == (roles.APP, str(root / "postgres" / "rochdale_app.pass"))
    assert (found["host"], found["port"], found["dbname"], found["sslmode"]) == ("db.example", "6432", "house", "verify-full")
    assert "password" not in found


def test_the_worker_goes_round_the_pooler(monkeypatch):
    monkeypatch.setenv("DATABASE_APP_URL", "postgresql://rochdale_app:x@pooler:6432/house")
    assert addresses.arguments("worker")["host"] == "pooler"
    monkeypatch.setenv("DATABASE_WORKER_URL", "postgresql://rochdale_app:x@db:5432/house")
    assert (addresses.arguments("worker")["host"], addresses.arguments("app")["host"]) == ("db", "pooler")
    with pytest.raises(LookupError, match="set DATABASE_URL"):
        addresses.arguments("owner")


def test_only_the_app_has_a_pool_and_switches_roles():
    app, owner = addresses.django_settings("app"), addresses.django_settings("owner")
    assert (app["OPTIONS"]["pool"]["max_size"], app["COOP_ROLES"], app["ATOMIC_REQUESTS"]) == (12, True, True)
    assert ("pool" in owner["OPTIONS"], owner["COOP_ROLES"]) == (False, False)


def test_citus_settings_are_taken_by_plain_postgresql_too(own_database, monkeypatch):
    monkeypatch.setenv(
        "ROCHDALE_DATABASE_OPTIONS", "-c citus.enable_schema_based_sharding=on -c citus.multi_shard_modify_mode=sequential"
    )
    options = addresses.arguments("app")["options"]
    with testing.server.connect(roles.APP, own_database.name, options=options) as app:
        assert app.execute("SELECT current_setting('citus.enable_schema_based_sharding')").fetchone() == ("on",)
