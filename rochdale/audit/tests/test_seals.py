"""Seals cover what was recorded, and a superuser who changes any of it is named by his deed (T11)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from rochdale.audit import actions as audit
from rochdale.audit import jobs, queries, rules, sources, verifying, witnessed
from rochdale.audit.queries import alerts, protection, seals
from rochdale.ledger.testing import BOOKS
from rochdale.members import testing as people
from rochdale.project import cli
from rochdale.shared import coops
from rochdale.shared.postgres import setup
from rochdale.shared.postgres import testing as server

from .conftest import Books


def verdict(books: Books, witness: Any = None) -> verifying.Verdict:
    with coops.inside(books.schema):
        return verifying.verify(witness)


def kept_by_a_witness(books: Books, *, leaves: bool = False) -> witnessed.Witnessed:
    """What a witness holds now, written to a file and read back."""
    with coops.inside(books.schema):
        sets, chunks = (seals.sets(), seals.chunks()) if leaves else ((), ())
        said = witnessed.write(
            coop=books.slug, host="https://a.example", made_at="", lines=seals.chain(), sets=sets, chunks=chunks
        )
    return witnessed.read(json.dumps(said))


def test_everything_recorded_is_sealed_and_verifies(books: Books) -> None:
    found = verdict(books)
    assert (found.ok, found.seals) == (True, 2)
    with coops.inside(books.schema):
        counts = {each.source: each.count for each in seals.sets(1)}
        assert counts["ledger.posting"] == 11
        assert {each.source: each.count for each in seals.sets(2)} == {"ledger.posting": 10}
        first, second = seals.chain()
        assert second.previous == first.head


def test_where_nothing_is_new_there_is_no_seal(books: Books) -> None:
    assert books.seal() is None


def test_rows_that_no_seal_covers_yet_are_fine(books: Books) -> None:
    books.sell()
    assert verdict(books).ok


EDITS = {
    "an amount": ("UPDATE ledger_transfer SET amount = amount + 1 WHERE posting_id = 5", "altered", "5"),
    "a date": ("UPDATE ledger_posting SET happened_at = happened_at - interval '1 second' WHERE id = 7", "altered", "7"),
    "a key": ("UPDATE ledger_posting SET key = key || ' ' WHERE id = 4", "altered", "4"),
    "a transfer more": (
        "INSERT INTO ledger_transfer (posting_id, place, debit_id, credit_id, amount, epoch, role) "
        "SELECT posting_id, 2, debit_id, credit_id, amount, epoch, role FROM ledger_transfer WHERE posting_id = 6",
        "altered",
        "6",
    ),
    "a posting gone": ("DELETE FROM ledger_posting WHERE id = 9", "gone", "9"),
    "the last five gone": ("DELETE FROM ledger_posting WHERE id > 16", "gone", "17"),
    "all after the last closed set but one": ("DELETE FROM ledger_posting WHERE epoch > 0", "gone", "12"),
    "slipped in": (
        'INSERT INTO ledger_posting SELECT (json_populate_record(p, \'{"id": 90000, "key": "mine"}\')).* '
        "FROM ledger_posting p WHERE id = 3",
        "slipped_in",
        "90000",
    ),
}


def test_t11_a_superuser_who_edits_the_books_is_named_the_first_record(books: Books) -> None:
    for edit, (sql, code, record) in EDITS.items():
        with books.tampered(sql):
            first = verifying.verify().first
        assert first is not None, edit
        assert (first.code, first.source, first.record) == (code, "ledger.posting", record), edit
        assert first.says
    assert verdict(books).ok, "all was taken back"


def test_t11_the_newest_are_looked_at_by_every_check_of_the_books(books: Books) -> None:
    with coops.inside(books.schema):
        assert verifying.quick_check() == []
    with books.superuser() as root:
        root.execute("UPDATE ledger_transfer SET amount = 1 WHERE posting_id = 20")
    with coops.inside(books.schema):
        assert [row["record"] for row in verifying.quick_check()] == ["20"]


RESEAL = ("TRUNCATE audit_seal, audit_sealedset, audit_sealedchunk",)


def sealed_anew(books: Books, *edits: str) -> None:
    """The operator edits, throws all seals away, and seals as many times again."""
    with books.superuser() as root:
        for sql in (*edits, *RESEAL):
            root.execute(sql)
    books.seal()
    assert verdict(books).ok, "alone, the host looks whole again"


def test_t11_a_full_seal_anew_is_found_by_a_witness(books: Books) -> None:
    heads, leaves = kept_by_a_witness(books), kept_by_a_witness(books, leaves=True)
    sealed_anew(books, "UPDATE ledger_transfer SET amount = 1 WHERE posting_id = 15")
    found = verdict(books, heads)
    assert [(each.code, each.seal) for each in found.findings] == [("other_head", 1)]
    named = verdict(books, leaves)
    assert ("altered", "ledger.posting", "15") in [(each.code, each.source, each.record) for each in named.findings]


def test_t11_after_a_full_seal_anew_a_row_with_a_name_for_a_key_is_named_too(books: Books) -> None:
    with coops.inside(books.schema):
        bruno = people.known("bruno")
    books.seal()
    leaves = kept_by_a_witness(books, leaves=True)
    sealed_anew(books, f"UPDATE members_party SET made_at = made_at - interval '1 day' WHERE id = '{bruno}'")
    found = [(each.code, each.source, each.record) for each in verdict(books, leaves).findings]
    assert ("altered", "members.party", str(bruno)) in found


def test_t11_leaves_that_a_witness_file_names_wrongly_are_told_not_followed(books: Books) -> None:
    kept = kept_by_a_witness(books, leaves=True)
    odd = [replace(each, ids="no stretch") if each.ids else each for each in kept.leaves]
    sealed_anew(books, "UPDATE ledger_transfer SET amount = 1 WHERE posting_id = 15")
    found = verdict(books, witnessed.Witnessed(kept.coop, kept.lines, tuple(odd), kept.sets))
    assert [each.code for each in found.findings] == ["other_head", "unreadable"]


def test_t11_triggers_that_were_switched_off_or_taken_away_are_told(books: Books) -> None:
    with coops.inside(books.schema):
        assert protection.tables_open_to_changes() == []
    for edit in ("ALTER TABLE ledger_posting DISABLE TRIGGER ALL", "DROP TRIGGER append_only_rows ON ledger_posting"):
        with books.tampered(edit):
            assert protection.tables_open_to_changes() == [{"table": "ledger_posting"}]


def test_t11_a_key_that_was_taken_away_is_told_by_its_record(books: Books) -> None:
    with coops.inside(books.schema):
        people.join("bruno")
        assert queries.keys_without_record() == []
    with books.tampered("UPDATE audit_record SET claim_id = gen_random_uuid() WHERE id = (SELECT min(id) FROM audit_record)"):
        assert [list(row) for row in queries.keys_without_record()] == [["record"]]


def test_t11_a_cut_off_end_is_found_by_a_witness(books: Books) -> None:
    kept = kept_by_a_witness(books)
    with books.superuser() as root:
        for table, column in (("audit_seal", "number"), ("audit_sealedset", "seal_id"), ("audit_sealedchunk", "seal_id")):
            root.execute(f"DELETE FROM {table} WHERE {column} = 2")
        root.execute("DELETE FROM ledger_posting WHERE epoch > 0")
        root.execute("DELETE FROM ledger_transfer WHERE epoch > 0")
    assert verdict(books).ok
    assert verdict(books, kept).first == verifying.Finding("cut_off", 2)


def test_t11_the_nightly_check_leaves_an_alert_that_names_the_record(books: Books) -> None:
    with coops.inside(books.schema):
        jobs.verify_seals()
        assert alerts.latest() == []
    with books.superuser() as root:
        root.execute("UPDATE ledger_transfer SET amount = 1 WHERE posting_id = 4")
    with coops.inside(books.schema):
        jobs.verify_seals()
        (found,) = alerts.latest()
    assert (found.code, found.subject) == ("audit.seals_do_not_hold", "ledger.posting 4")
    assert found.details["says"].startswith("ledger.posting 4 (sale:")


TAMPERED = {
    "a seal in the middle": ("DELETE FROM audit_seal WHERE number = 1", "missing"),
    "its moment": ("UPDATE audit_seal SET sealed_at = sealed_at + interval '1 hour' WHERE number = 2", "head"),
    "its hashes": ("UPDATE audit_sealedchunk SET hashes = hashes || hashes WHERE seal_id = 2", "set"),
    "its words": ("UPDATE audit_sealedset SET columns = '{}' WHERE seal_id = 2", "root"),
    "its words, to reach elsewhere": (
        "UPDATE audit_sealedset SET columns = replace(columns, 'ledger_posting', 'x\" t; DROP TABLE y; --') WHERE seal_id = 2",
        "root",
    ),
    "a set": ("DELETE FROM audit_sealedset WHERE seal_id = 1 AND source = 'ledger.account'", "root"),
}


def test_t11_a_seal_that_is_tampered_with_is_named(books: Books) -> None:
    for deed, (sql, code) in TAMPERED.items():
        with books.tampered(sql):
            first = verifying.verify().first
        assert first is not None, deed
        assert first.code == code, deed


def test_t28_a_version_or_pack_edited_by_hand_is_named(own_database: Any) -> None:
    with coops.inside(own_database.coop.schema_name):
        people.settle(people.NOW)
        number = audit.make_seal(actor=BOOKS, now=people.NOW, key="seal")
        assert number == 1
        assert {"bylaws.version", "bylaws.value", "bylaws.pack_text"} <= {each.source for each in seals.sets(1)}
    edits = {
        "bylaws.version": "UPDATE bylaws_version SET valid_from = adopted_at, act = 'test:2'",
        "bylaws.value": "UPDATE bylaws_value SET value = '1' WHERE id = (SELECT min(id) FROM bylaws_value)",
        "bylaws.pack_text": "UPDATE bylaws_packtext SET content = '{}'",
    }
    made = Books(own_database.coop.schema_name, own_database.coop.slug, own_database.name, uuid4())
    for source, sql in edits.items():
        with made.tampered(sql):
            first = verifying.verify().first
        assert first is not None, source
        assert (first.code, first.source) == ("altered", source)


def hashes_of(schema: str, source: str) -> str:
    with coops.inside(schema):
        return sources.of(next(rows for rows in sources.declared() if rows.code == source)).rows("true")


MEMO = "caf\u00e9 cafe\u0301 🎵 \u202eabc\u202c ' \\ %s"


def test_t12_a_leaf_does_not_depend_on_session_or_language(books: Books) -> None:
    """Pinned: a release, or a server, that changes these hashes would call every sealed record altered."""
    with books.superuser() as root:
        root.execute(
            "INSERT INTO ledger_posting "
            "(id, key, body, kind, happened_at, recorded_at, source, actor, via, party, standing, tax, "
            "bylaws_version, reverses, legs, epoch) VALUES (777, 'k', '\\x00ff', 'test.sale', '2026-03-29 00:30:00.000001+00', "
            "'2026-03-29 02:30+01', %s, 'job:x', 'job', '0190a0b0-0000-7000-8000-000000000001', '', '', 3, NULL, 1, 9)",
            [MEMO],
        )
        root.execute(
            "INSERT INTO ledger_transfer (posting_id, place, debit_id, credit_id, amount, epoch, role) "
            "VALUES (777, 1, 1, 2, 7, 9, 'price')"
        )
        found = set()
        sql = hashes_of(books.schema, "ledger.posting").replace("WHERE true", "WHERE t.id = 777")
        for zone, style, language in (
            ("UTC", "ISO", "C"),
            ("Asia/Kolkata", "German", "C"),
            ("America/New_York", "SQL, DMY", "C"),
        ):
            root.execute(
                f"SET timezone = '{zone}'; SET datestyle = '{style}'; SET lc_monetary = '{language}'; SET bytea_output = 'escape'"
            )
            found |= {bytes(row[1]).hex() for row in root.execute(sql).fetchall()}
        assert found == {LEAF}
        root.execute("UPDATE ledger_posting SET source = normalize(source, NFD) WHERE id = 777")
        ((_key, composed_apart),) = root.execute(sql).fetchall()
    assert bytes(composed_apart).hex() != LEAF, "composed and apart are two texts"


LEAF = "763b5f0df0bd3aea3fffab698e1f2eb9fdf56cd99bae4c84928e0c450e7a3eed"
HEAD = "40393908fcdb82c7a2f90d518ca8a4193fd74cf75e946bb4c6fb1f2b6919f25a"


def test_t12_a_head_is_pinned() -> None:
    head = rules.head(17, rules.moment(1_795_000_000_000_001), 5, bytes(range(32)), rules.NOTHING)
    assert head.hex() == HEAD
    assert rules.root_of([rules.leaf_hash(bytes([each])) for each in range(7)]).hex() == ROOT


ROOT = "3560191803028444b232018ac047fdb561c09c23a7a6876c85e08b5e4d48e9f3"


def test_a_transaction_open_across_a_seal_comes_into_the_next(books: Books) -> None:
    """Ids are not in the order of commits: a row with a lower id that commits later is not lost."""
    with own_connection(books) as late:
        late.execute("BEGIN")
        late.execute(RECORD, [1])
        with coops.inside(books.schema):
            audit.note(action="test.early", actor=BOOKS, references={}, now=books.now)
        books.seal()
        late.execute("COMMIT")
    books.seal()
    with coops.inside(books.schema):
        assert [(each.seal, each.count) for each in seals.sets() if each.source == "audit.record"] == [(3, 1), (4, 1)]
        assert verifying.verify().ok


RECORD = """
INSERT INTO audit_record (at, action, actor_kind, via, principal, "references")
SELECT '2026-01-01', 'test.late', 'job', 'job', 'x', '{}' FROM generate_series(1, %s)
"""


@contextmanager
def own_connection(books: Books) -> Iterator[Any]:
    with server.connect("rochdale_app", books.database) as app:
        app.execute(
            f"SELECT set_config('search_path', '{books.schema}, public', false), set_config('role', '{books.schema}', false)"
        )
        yield app


def test_sealers_at_once_wait_for_each_other(books: Books) -> None:
    books.sell()
    numbers: list[int | None] = []

    def seal() -> None:
        try:
            numbers.append(books.seal())
        finally:
            connection.close()

    threads = [threading.Thread(target=seal) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verdict(books)
    assert (found.ok, found.seals) == (True, 3)
    assert sorted(number for number in numbers if number is not None) == [3]


def test_a_sealer_killed_at_any_moment_leaves_nothing_half_made(books: Books) -> None:
    chance = Random(1844)
    for _each in range(10):
        books.sell(5)
        killer = threading.Timer(chance.uniform(0, 0.1), kill_sealers, [books])
        killer.start()
        with suppress(OperationalError, InterfaceError, DatabaseError):
            books.seal()
        killer.join()
        connection.close()
        assert verdict(books).ok
    books.seal()
    found = verdict(books)
    with coops.inside(books.schema):
        assert (found.ok, sum(each.count for each in seals.sets() if each.source == "ledger.posting")) == (True, 71)


def kill_sealers(books: Books) -> None:
    with server.server.connect() as root:
        root.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [books.database],
        )


def test_the_commands_verify_and_write_what_a_witness_keeps(books: Books, tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(setup, "prepare", lambda **given: [])
    monkeypatch.setattr(
        setup,
        "as_auditor",
        lambda: setup.connected_as({**server.settings_for(books.database, "rochdale_auditor"), "COOP_ROLES": False}),
    )
    file = tmp_path / "witness.json"

    def run(*words: str) -> tuple[int, str]:
        code = cli._guarded(lambda: cli._run(["audit", *words]), debug=False)
        return code, capsys.readouterr().out

    assert run("witness", "--coop", books.slug, "--to", str(file), "--with-leaves")[0] == 0
    assert run("verify")[0] == 0
    code, said = run("verify", "--witness", str(file))
    assert (code, "the witness saw the same up to no. 2" in said) == (0, True)
    assert "no. 2" in run("seal", "--coop", books.slug)[1].replace("no. 3", "no. 2")
    assert run("seals", "--coop", books.slug)[0] == 0
    sealed_anew(books, "UPDATE ledger_transfer SET amount = 1 WHERE posting_id = 15")
    code, said = run("verify", "--witness", str(file))
    assert code == 1
    assert "ledger.posting 15" in said
    assert run("verify", "--coop", "nobody")[0] == 1
    file.write_text("[]")
    assert run("verify", "--witness", str(file))[0] == 1


def test_the_line_for_paper(books: Books) -> None:
    with coops.inside(books.schema):
        line = seals.head_line()
        assert line.startswith("Sealed: no. 2, ")
        assert rules.grouped(seals.chain()[-1].head) in line
    assert seals.head_line() == ""
