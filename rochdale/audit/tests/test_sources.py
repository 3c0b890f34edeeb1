"""Everything append-only is sealed, or it is said here why not; nothing that may change is."""

from __future__ import annotations

import pytest
from django.db import connection

from rochdale.audit import sources
from rochdale.shared import coops
from rochdale.shared.postgres import rights

NOT_SEALED = {
    "audit_key": "a claim without its record is found by AU1; the record names it and is sealed",
    "audit_logplace": "how far a log was read",
    "audit_receipt": "signed by the witness itself; sealing it would call for a seal each hour",
    "audit_seal": "the seals themselves are chained",
    "audit_sealedchunk": "part of the seals",
    "audit_sealedset": "part of the seals",
    "audit_timestamp": "signed by the authority itself",
    "audit_witnessedbreak": "lies in public: signed by the other host itself",
    "audit_witnessedseal": "lies in public: seals of other hosts, chained",
    "members_deskcredential": "strong hashes of PINs: what they opened is sealed as attempts",
    "ledger_checkpoint": "made each hour; what it closes is sealed with its postings",
    "ledger_checkpointbalance": "sums, made anew from the transfers by check L7",
    "ledger_epoch": "numbers; each posting is sealed with its own",
}


def test_everything_that_is_only_added_to_is_sealed_or_exempt(coop) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid "
            "WHERE c.relnamespace = %s::regnamespace AND g.tgname = 'append_only_rows'",
            [coops.current()],
        )
        append_only = {str(row[0]) for row in cursor.fetchall()}
    declared = sources.declared()
    sealed = {rows.table for rows in declared} | {rows.parts.table for rows in declared if rows.parts}
    assert append_only - sealed - NOT_SEALED.keys() == set(), "declare them in Module.sealed(), or say here why not"
    assert NOT_SEALED.keys() & sealed == set()


def test_nothing_sealed_may_be_changed() -> None:
    changes = {change.table: change for change in rights.declared()}
    wrong = []
    for rows in sources.declared():
        change = changes.get(rows.table)
        if change is None:
            continue
        columns = {rows.key, *rows.columns, *rows.private}
        if change.delete or "*" in change.columns or columns & set(change.columns):
            wrong.append((rows.code, sorted(columns & set(change.columns)) or "may be deleted"))
    assert wrong == []


def test_every_declared_column_is_there_and_has_a_fixed_text(coop) -> None:
    for rows in sources.declared():
        leaves = sources.of(rows)
        sql = leaves.rows("true")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(z.h) FROM ({sql}) z")
        assert sources.read(leaves.written) == leaves
        assert rows.hint == "" or (rows.table, rows.hint) in leaves.types, rows.code


@pytest.mark.parametrize(
    "written",
    ["", "[]", "{}", '{"source": "x", "table": "y\\" z", "key": "id", "numbered": true}',
     '{"source": "x", "table": "y", "key": "id", "numbered": true, "other": 1}',
     '{"source": "x", "table": "y", "key": "id", "numbered": true, "columns": [1]}'],
)  # fmt: skip
def test_words_of_a_seal_that_are_no_names_are_refused(written: str) -> None:
    with pytest.raises(ValueError, match="not how leaves are made"):
        sources.read(written)
