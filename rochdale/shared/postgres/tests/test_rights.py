"""What each role is refused: on append-only tables everything but reading and adding."""

from __future__ import annotations

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from rochdale.shared.postgres import rights, roles

MAKE = (
    "CREATE TABLE {schema}.diary (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, line text, mood text)",
    "SELECT public.append_only('{schema}.diary')",
)
TRICKS = {
    "update": "UPDATE coop_alpha.diary SET line = 'never'",
    "update of one column": "UPDATE coop_alpha.diary SET mood = 'never'",
    "delete": "DELETE FROM coop_alpha.diary",
    "truncate": "TRUNCATE coop_alpha.diary",
    "alter": "ALTER TABLE coop_alpha.diary ADD COLUMN more text",
    "disable a trigger": "ALTER TABLE coop_alpha.diary DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER append_only_rows ON coop_alpha.diary",
    "drop": "DROP TABLE coop_alpha.diary",
    "replace the trigger's function": "CREATE OR REPLACE FUNCTION public.forbid_change() RETURNS trigger LANGUAGE plpgsql "
    "AS $$ BEGIN RETURN NEW; END $$",
    "session_replication_role": "SET session_replication_role = replica",
    "make a table": "CREATE TABLE coop_alpha.mine ()",
    "make a table in public": "CREATE TABLE public.mine ()",
    "make a role": "CREATE ROLE mine",
    "rewrite history": "UPDATE coop_alpha.django_migrations SET name = 'x'",
}
REFUSED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)


@pytest.fixture
def diary(own_database):
    """An append-only table with one row, in the co-op of a database of our own."""
    with own_database.connect(roles.OWNER) as owner:
        for line in MAKE:
            owner.execute(line.format(schema="coop_alpha"))
        owner.execute("INSERT INTO coop_alpha.diary (line) VALUES ('first')")
    return own_database


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("who", ["rochdale_app", "coop_alpha", "rochdale_auditor", "coop_beta"])
def test_the_books_are_refused_to(who, trick, diary):
    login = who if who.startswith("rochdale_") else roles.APP
    with diary.connect(login) as connected:
        if who != login:
            connected.execute(f"SET ROLE {who}")
        with pytest.raises(REFUSED):
            connected.execute(TRICKS[trick])
    assert lines(diary) == ["first"]


@pytest.mark.parametrize("trick", ["update", "update of one column", "delete", "truncate"])
def test_the_triggers_hold_against_the_owners_own_slips(trick, diary):
    with diary.connect(roles.OWNER) as owner, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        owner.execute(TRICKS[trick])
    assert lines(diary) == ["first"]


def test_the_owner_cannot_switch_triggers_off_for_a_session(diary):
    with diary.connect(roles.OWNER) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("SET session_replication_role = replica")


def test_the_co_op_reads_and_adds(diary):
    with diary.connect(roles.APP) as app, app.transaction():
        app.execute("SELECT set_config('role', 'coop_alpha', true)")
        app.execute("INSERT INTO coop_alpha.diary (line) VALUES ('second')")
    assert lines(diary) == ["first", "second"]


def test_the_auditor_reads_everything_and_adds_nothing(diary):
    with diary.connect(roles.AUDITOR) as auditor:
        assert auditor.execute("SELECT line FROM coop_alpha.diary").fetchall() == [("first",)]
        assert auditor.execute("SELECT count(*) FROM public.cooperatives_coop").fetchone() == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            auditor.execute("INSERT INTO coop_alpha.diary (line) VALUES ('no')")


@pytest.mark.parametrize(
    "what",
    [
        "session_key FROM public.django_session",
        "value FROM public.rochdale_cache",
        "data FROM public.mfa_authenticator",
        "password FROM public.cooperatives_person",
    ],
)
def test_the_auditor_reads_nothing_with_which_to_be_somebody_else(what, own_database):
    with own_database.connect(roles.AUDITOR) as auditor:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            auditor.execute(f"SELECT {what}")  # the names are ours
        auditor.execute("SELECT id, email FROM public.cooperatives_person")


@pytest.mark.parametrize(
    "words",
    [
        "SELECT session_key FROM public.django_session",
        "INSERT INTO public.django_session VALUES ('x', 'x', now())",
        "UPDATE public.mfa_authenticator SET data = '{}'",
        "SELECT data FROM public.mfa_authenticator",
        "SELECT password FROM public.cooperatives_person",
        "SELECT value FROM public.rochdale_cache",
    ],
)
def test_a_statement_that_slipped_into_a_co_ops_page_becomes_nobody_else(words, own_database):
    with own_database.connect(roles.APP) as app:
        app.execute("SET ROLE coop_alpha")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(words)


def test_nobody_can_give_rights_on(diary):
    with diary.connect(roles.APP) as app:
        app.execute("SET ROLE coop_alpha")
        app.execute("GRANT UPDATE ON coop_alpha.diary TO rochdale_app")  # PostgreSQL only warns …
        app.execute("RESET ROLE")
    with diary.connect("postgres") as root:  # … and gives nothing
        assert root.execute("SELECT has_table_privilege('rochdale_app', 'coop_alpha.diary', 'UPDATE')").fetchone() == (False,)


def test_the_trigger_refuses_by_a_named_constraint(diary):
    with diary.connect(roles.OWNER) as owner, pytest.raises(psycopg.errors.RestrictViolation) as refused:
        owner.execute(TRICKS["delete"])
    assert refused.value.diag.constraint_name == "append_only"


def test_no_table_of_ones_own_can_shadow_the_books(coop):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("CREATE TEMPORARY TABLE django_migrations (id bigint)")


def test_no_table_may_be_truncated_or_owned_by_the_app(own_database):
    with own_database.connect("postgres") as root:
        found = root.execute(
            "SELECT n.nspname, c.relname, r.rolname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_roles r "
            "WHERE c.relkind = 'r' AND (n.nspname = 'public' OR n.nspname LIKE 'coop%') AND NOT r.rolsuper "
            "AND (r.rolname IN ('rochdale_app', 'rochdale_auditor', 'rochdale_coops') OR r.rolname LIKE 'coop%') "
            "AND (has_table_privilege(r.oid, c.oid, 'TRUNCATE') OR has_table_privilege(r.oid, c.oid, 'TRIGGER') "
            "     OR pg_has_role(r.oid, c.relowner, 'USAGE'))"
        ).fetchall()
    assert found == []


def test_what_may_change_is_exactly_what_is_declared(own_database):
    declared = {change.table: change for change in rights.declared()}
    with own_database.connect("postgres") as root:
        rows = root.execute(
            "SELECT c.relname, array_agg(DISTINCT a.attname::text), bool_or(has_table_privilege('coop_alpha', c.oid, 'DELETE')) "
            "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
            "WHERE c.relnamespace = 'coop_alpha'::regnamespace AND c.relkind = 'r' "
            "AND (has_column_privilege('coop_alpha', c.oid, a.attnum, 'UPDATE') "
            "     OR has_table_privilege('coop_alpha', c.oid, 'DELETE')) "
            "GROUP BY c.relname"
        ).fetchall()
    for table, columns, may_delete in rows:
        change = declared[table]
        assert may_delete == change.delete, table
        if not may_delete and change.columns != ("*",):
            assert set(columns) == set(change.columns), table


def lines(database):
    with database.connect(roles.OWNER) as owner:
        return [row[0] for row in owner.execute("SELECT line FROM coop_alpha.diary ORDER BY id")]


def test_what_may_not_change_is_append_only_by_trigger_too(own_database):
    """T10, on every table of a co-op: neither the app nor, by a slip, the owner changes a row."""
    declared = {change.table for change in rights.declared()} | {"django_migrations"}
    with own_database.connect("postgres") as root:
        tables = [
            row[0]
            for row in root.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'coop_alpha'::regnamespace AND relkind = 'r' ORDER BY 1"
            )
            if row[0] not in declared
        ]
    assert tables
    for table in tables:
        for line in (f"DELETE FROM coop_alpha.{table}", f"TRUNCATE coop_alpha.{table} CASCADE"):
            with own_database.connect(roles.APP) as app:
                app.execute("SET ROLE coop_alpha")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    app.execute(line)
        with own_database.connect(roles.OWNER) as owner:
            found = owner.execute(
                "SELECT array_agg(tgtype::int) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
                "WHERE t.tgrelid = %s::regclass AND p.proname = 'forbid_change' AND t.tgenabled = 'O'",
                [f"coop_alpha.{table}"],
            ).fetchone()
        assert found is not None
        covered = {bit for kind in found[0] or () for bit in (8, 16, 32) if kind & bit}  # delete, update, truncate
        assert covered == {8, 16, 32}, f"{table} is neither declared to change nor append-only"
