"""Seals cover what was recorded, and a superuser who changes any of it is named by his deed (T11)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rochdale.audit import verifying, witnessed
from rochdale.audit.queries import seals
from rochdale.shared import coops

from .conftest import Books


def verdict(books: Books, witness: Any = None) -> verifying.Verdict:
    with coops.inside(books.schema):
        return verifying.verify(witness)


def kept_by_a_witness(books: Books, *, leaves: bool = False) -> witnessed.Witnessed:
    """What a witness holds now, written to a file and read back."""
    with coops.inside(books.schema):
        chunks = seals.rows("SELECT seal_id, source, place, ids::text, names, hashes FROM audit_sealedchunk ORDER BY 1, 2, 3")
        sets = seals.sets() if leaves else ()
        said = witnessed.write(
            coop=books.slug, host="https://a.example", made_at="", lines=seals.chain(), sets=sets, chunks=chunks if leaves else ()
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


@pytest.mark.parametrize("edit", EDITS)
def test_t11_a_superuser_who_edits_the_books_is_named_the_first_record(books: Books, edit: str) -> None:
    sql, code, record = EDITS[edit]
    with books.superuser() as root:
        assert root.execute(sql).rowcount > 0
    found = verdict(books)
    assert found.first is not None
    assert (found.first.code, found.first.source, found.first.record) == (code, "ledger.posting", record)
    assert found.first.says


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


def test_t11_a_cut_off_end_is_found_by_a_witness(books: Books) -> None:
    kept = kept_by_a_witness(books)
    with books.superuser() as root:
        for table, column in (("audit_seal", "number"), ("audit_sealedset", "seal_id"), ("audit_sealedchunk", "seal_id")):
            root.execute(f"DELETE FROM {table} WHERE {column} = 2")
        root.execute("DELETE FROM ledger_posting WHERE epoch > 0")
        root.execute("DELETE FROM ledger_transfer WHERE epoch > 0")
    assert verdict(books).ok
    assert verdict(books, kept).first == verifying.Finding("cut_off", 2)
