"""A co-op moves to another host: every figure is there, made by that host's own tables, and nothing else came along."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from psycopg import errors
from rich.console import Console

from rochdale.archives import actions, checking, commands
from rochdale.archives import refused as no
from rochdale.shared import actor as actors
from rochdale.shared import coops
from rochdale.shared.action import NotAllowed
from rochdale.shared.postgres import roles
from rochdale.shared.postgres import testing as server

from . import stage

CHANGED_BY_MOVING = {
    "members_party",  # whose log-in it was
    "archives_returning",  # who links theirs again
    "audit_record",  # one line more: that it was loaded
    "django_migrations",  # the new host's own
}
DEFINITIONS = """
SELECT 'constraint', t.relname, c.conname, pg_get_constraintdef(c.oid, true), c.convalidated::text
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid WHERE c.connamespace = %(place)s::regnamespace
UNION ALL SELECT 'index', t.relname, x.relname, pg_get_indexdef(x.oid, 0, true), i.indisvalid::text
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
WHERE x.relnamespace = %(place)s::regnamespace
UNION ALL SELECT 'trigger', t.relname, g.tgname, pg_get_triggerdef(g.oid, true), g.tgenabled::text
FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid WHERE t.relnamespace = %(place)s::regnamespace AND NOT g.tgisinternal
UNION ALL SELECT 'rights', relname, '', replace(relacl::text, %(place)s::text, 'coop_x'), ''
FROM pg_class WHERE relnamespace = %(place)s::regnamespace AND relkind = 'r'
ORDER BY 1, 2, 3"""


def founded_here(database: str) -> list[Any]:
    """Return the definitions of a co-op that was founded on this host, by copying its template."""
    with transaction.atomic():
        coops.found("coop_founded")
    return definitions(database, "coop_founded")


def definitions(database: str, schema: str) -> list[Any]:
    with server.server.connect(database=database) as root:
        root.execute("SELECT set_config('search_path', %s, false)", [schema])
        return root.execute(DEFINITIONS, {"place": schema}).fetchall()


def test_every_row_and_every_figure_is_the_same(source: stage.Source, second_host: str) -> None:
    before = source.digests
    assert before["ledger_posting"][0] > 10 and before["ledger_guardedbalance"][0] > 0
    assert len(source.figures["names"]) == 5 and all(source.figures["names"].values())
    done = stage.load(source.coop)
    after = stage.digests(second_host, "coop_alpha")
    assert stage.figures("coop_alpha") == source.figures
    assert done == {"schema": "coop_alpha", "logins": 4, "key": "fits", "erasures": 0}
    assert {name for name in before if before[name] != after[name]} <= CHANGED_BY_MOVING
    assert {name: count for name, (count, _digest) in after.items() if count != before[name][0]} == {
        "archives_returning": 4, "audit_record": before["audit_record"][0] + 1
    }  # fmt: skip


def test_its_tables_are_those_of_the_new_host_with_every_guard_in_place(source: stage.Source, second_host: str) -> None:
    stage.load(source.coop, slug="gamma")
    assert definitions(second_host, "coop_gamma") == founded_here(second_host)
    for words in ("UPDATE {}.ledger_posting SET kind = 'x'", "UPDATE {}.ledger_guardedbalance SET balance = 0"):
        with server.connect(roles.OWNER, second_host) as owner, pytest.raises(errors.RestrictViolation):
            owner.execute(words.format("coop_gamma"))


def test_life_goes_on_where_it_stopped(source: stage.Source, second_host: str) -> None:
    stage.load(source.coop, slug="gamma")
    with coops.inside("coop_gamma"):
        stage.play_once_more()
        assert checking.broken() == {}


def test_no_log_in_leaves_the_host(source: stage.Source) -> None:
    plain = stage.unpacked(source.coop)
    assert len(source.people) >= 4
    for number, email, password in source.people:
        assert email not in plain["everything"] and password not in plain["everything"]
        assert number not in plain["members_party"]
    assert "offices_access_token" not in plain


def test_a_slug_or_a_co_op_that_is_here_is_refused(source: stage.Source, second_host: str) -> None:
    stage.load(source.coop, slug="gamma")
    with pytest.raises(no.SlugHere):
        stage.load(source.coop, slug="gamma")
    with pytest.raises(no.CoopHere):
        stage.load(source.coop, slug="delta")
    assert stage.schemas(second_host) == ["coop_gamma"]


def test_only_the_operator_loads_and_only_as_owner(source: stage.Source, own_database: Any) -> None:
    with pytest.raises(no.OwnerOnly):
        stage.load(source.coop, slug="gamma")
    archive = stage.opened(source.coop)
    with pytest.raises(NotAllowed):
        actions.load_coop(actor=actors.job("x"), now=stage.NOW, key="x", archive=archive, slug="gamma")


def test_an_archive_of_a_whole_host_is_not_loaded_as_one_co_op(source: stage.Source, second_host: str) -> None:
    with pytest.raises(no.WrongKind):
        stage.load(source.host)


def test_a_co_op_that_is_nobodys_has_no_archive(own_database: Any) -> None:
    with pytest.raises(no.NoSuchCoopHere):
        stage.archive_of("nobody")


def test_an_older_archive_goes_into_its_own_tables_and_is_then_migrated(source: stage.Source, second_host: str) -> None:
    stage.load(stage.as_of_older(source.coop, app="archives"), slug="gamma")
    assert definitions(second_host, "coop_gamma") == founded_here(second_host)
    with coops.inside("coop_gamma"):
        assert checking.broken() == {}


def test_a_newer_archive_is_refused(source: stage.Source, second_host: str) -> None:
    def newer(said: dict[str, Any]) -> None:
        said["coops"][0]["migrations"]["ledger"].append("0099_of_next_year")

    with pytest.raises(no.OtherMigrations) as refused:
        stage.load(stage.edited(source.coop, newer))
    assert "ledger.0099_of_next_year" in str(refused.value)
    assert stage.schemas(second_host) == []


SEALS = ("audit_seal", "audit_sealedset", "audit_sealedchunk")


def test_an_archive_without_any_seal_is_loaded_with_a_warning(source: stage.Source, second_host: str, tmp_path: Path) -> None:
    def nothing_sealed(said: dict[str, Any]) -> None:
        for file in said["coops"][0]["files"]:
            file["rows"] = 0 if file["table"] in SEALS else file["rows"]

    bare = stage.edited(source.coop, nothing_sealed, {table: lambda rows: b"" for table in SEALS})
    said = restored_from(tmp_path / "bare.tar", bare, "gamma")
    assert "no seal came with coop_alpha" in said and "gamma is here" in said


def test_a_sealed_one_is_loaded_without_a_warning(source: stage.Source, second_host: str, tmp_path: Path) -> None:
    said = restored_from(tmp_path / "alpha.tar", source.coop, "gamma")
    assert "gamma is here" in said and "Warning" not in said


def restored_from(file: Path, content: bytes, slug: str) -> str:
    """Restore a co-op on the command line; return what it said."""
    file.write_bytes(content)
    screen = io.StringIO()
    commands.restore_coop(file, slug, Console(file=screen), claims=file.with_suffix(".csv"), erasures=file.with_suffix(".log"))
    return screen.getvalue()
