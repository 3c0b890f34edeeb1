"""Migrating is refused before anything changes where it could harm: newer tables, older programs, a full disk."""

from __future__ import annotations

import time

import pytest
from django.db import connection, migrations, models, transaction

from rochdale.shared import coops
from rochdale.shared.postgres import addresses, roles, setup, testing, unsafe
from rochdale.shared.postgres import migrations as migrating


@pytest.fixture
def owner(own_database, monkeypatch):
    """Connected as the owner; the fingerprint is held, someone may be editing migrations."""
    with setup.connected_as(testing.settings_for(own_database.name, roles.OWNER)):
        held = migrating.reached()["coop_alpha"]
        monkeypatch.setattr(migrating, "fingerprint", lambda: held)
        monkeypatch.setattr(unsafe, "_planned", lambda: iter([]))
        yield own_database


def lag(schema):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA {schema} IS 'rochdale older'")


def test_nothing_stands_in_the_way(owner):
    assert unsafe.found() == []


def test_tables_of_a_newer_rochdale_are_left_alone(owner):
    with coops.public(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('members', '9999_from_tomorrow', now())")
    lag("coop_beta")
    with pytest.raises(unsafe.Unsafe, match=r"newer Rochdale \(members.9999_from_tomorrow\).*Nothing was changed"):
        migrating.migrate()
    assert migrating.reached()["coop_beta"] == "older"


def test_an_older_program_that_serves_is_in_the_way_of_what_it_would_notice(owner, monkeypatch):
    dropped = [("members.0009_drop", [migrations.RemoveField("member", "act")])]
    monkeypatch.setattr(unsafe, "_planned", lambda: iter(dropped))
    with owner.connect(roles.APP) as older:
        assert unsafe.found() == []  # no program of ours: it does not call itself rochdale
        older.execute("SET application_name = 'rochdale 00000000'")
        lag("coop_beta")
        with pytest.raises(unsafe.Unsafe, match=r"another version, which members.0009_drop could break: stop them first"):
            migrating.migrate()
    assert unsafe.found() == []


def test_a_program_of_this_version_is_in_nobodys_way(owner, monkeypatch):
    monkeypatch.setattr(unsafe, "_planned", lambda: iter([("members.0009_drop", [migrations.DeleteModel("Member")])]))
    with owner.connect(roles.APP) as same:
        same.execute(f"SET application_name = '{addresses.PROGRAM} {addresses.program_mark()}'")
        assert unsafe.found() == []


@pytest.mark.parametrize(
    ("operation", "unnoticed"),
    [
        (migrations.CreateModel("New", [("id", models.BigAutoField(primary_key=True))]), True),
        (migrations.AddField("member", "note", models.TextField(null=True)), True),
        (migrations.AddField("member", "turn", models.IntegerField(db_default=0)), True),
        (migrations.AddField("member", "must", models.IntegerField()), False),
        (migrations.RemoveField("member", "act"), False),
        (migrations.AlterField("member", "act", models.TextField()), False),
        (migrations.RenameField("member", "act", "deed"), False),
        (migrations.DeleteModel("Member"), False),
        (migrations.RunSQL(["-- why\nCREATE FUNCTION f() …", "SELECT public.append_only('members_new')"]), True),
        (migrations.RunSQL("DROP TABLE members_member"), False),
        (migrations.RunSQL(["CREATE INDEX i ON t (c)", "UPDATE t SET c = 1"]), False),
        (migrations.RunPython(migrations.RunPython.noop), False),
    ],
)
def test_what_an_older_program_would_notice(operation, unnoticed):
    assert unsafe.goes_unnoticed(operation) is unnoticed


def test_a_full_disk_is_said_before_anything_changes(owner, monkeypatch):
    monkeypatch.setattr(addresses, "is_embedded", lambda: True)
    monkeypatch.setattr(unsafe, "FREE_BYTES", 1 << 60)
    assert "make room first" in unsafe.found()[0]


def test_a_table_that_somebody_holds_is_waited_for_and_tried_again(owner, monkeypatch):
    monkeypatch.setattr(migrating, "LOCK_WAIT", "100ms")
    tries = []

    def locked_at_first(schema, wanted):
        tries.append(schema)
        with coops.inside(schema), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', '50ms', true)")
            cursor.execute("LOCK TABLE members_member")

    monkeypatch.setattr(migrating, "_migrate_one", locked_at_first)
    lag("coop_beta")
    with owner.connect(roles.OWNER) as holder:
        holder.autocommit = False
        holder.execute("LOCK TABLE coop_beta.members_member")
        original = time.sleep
        monkeypatch.setattr(time, "sleep", lambda seconds: (holder.rollback(), original(0.01)))
        assert migrating.migrate() == ["coop_beta"]
    assert tries == ["coop_beta", "coop_beta"]
