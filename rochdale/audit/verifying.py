"""Verify the seals of the co-op of the moment against its rows, and against what a witness saw.

Three questions: do the seals follow each other; is every row they cover still there and as it was; did
somebody outside see other heads than stand here now. Only the third finds an operator who
seals everything anew, or cuts the end of the chain off.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import DataError, connection, transaction

from . import outside, rules, sources, stamping
from .queries import seals
from .witnessed import Witnessed

MOST = 20
"""Findings that are told; more of them say nothing new."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sealed. `record` names the row, `hint` tells a person which one is meant."""

    code: str
    seal: int | None = None
    source: str = ""
    record: str = ""
    hint: str = ""

    @property
    def says(self) -> str:
        """Return it as a sentence."""
        where = f"seal {self.seal}" if self.seal else "no seal"
        what = f"{self.source} {self.record}".strip() + (f" ({self.hint})" if self.hint else "")
        return SAYS[self.code].format(seal=where, what=what)


SAYS = {
    "missing": "{seal} is missing: the chain has a gap",
    "not_linked": "{seal} does not follow the seal before it",
    "head": "{seal} does not have the head that its own content gives",
    "root": "{seal}: its root does not follow from its sets",
    "set": "{seal}: the stored hashes of {what} do not give their root",
    "altered": "{what} was altered after {seal} sealed it",
    "gone": "{what} is missing; {seal} sealed it",
    "slipped_in": "{what} was slipped into a set that was closed and sealed before",
    "unreadable": "{seal}: {what} can no longer be read as it was sealed",
    "cut_off": "{seal} is missing here, and the witness saw it: the end of the chain was cut off",
    "other_head": "{seal} has another head here than the witness saw: it, or something before it, was sealed anew",
    "receipt": "{seal} is not the one that a witness signed for: the end was cut off, or seals were made anew",
    "stamp": "{seal} is not the one that was time-stamped, or its time stamp is not good",
    "witness": "the witness's own list does not hold at {seal}: the file is damaged or forged",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `seals` and `records` say how much was looked at."""

    findings: tuple[Finding, ...]
    seals: int
    records: int
    head: str = ""
    witnessed: int | None = None
    """The last seal that the witness's list names, where there was one."""

    @property
    def ok(self) -> bool:
        """Return whether everything is as it was sealed."""
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """Return the first thing that is wrong."""
        return self.findings[0] if self.findings else None


@dataclass
class _Look:
    """What has been found so far."""

    findings: list[Finding] = field(default_factory=list)
    records: int = 0

    def say(self, *given: Finding) -> None:
        self.findings += given[: MOST - len(self.findings)]

    @property
    def full(self) -> bool:
        return len(self.findings) >= MOST


def verify(witness: Witnessed | None = None, *, last: int | None = None) -> Verdict:
    """Verify the seals of the co-op of the moment; with a witness's list also against what it saw.

    `last` looks at the rows of that many newest seals only (the chain is always looked at
    whole); for checks that must be quick. Changes nothing. Findings come in the order of seals.
    """
    chain = seals.chain()
    look = _Look()
    broken = rules.first_break(chain)
    if broken is not None:
        look.say(Finding(broken.code, broken.number))
    since = max(0, len(chain) - last) if last is not None else 0
    sets = [each for each in seals.sets() if each.seal > since]
    _check_roots(look, {line.number: line for line in chain if line.number > since}, sets)
    with sources.by_index():
        for each in sets:
            if not look.full:
                _check_set(look, each)
    if last is None:
        _check_closed_sets(look)
        _check_attested(look, {line.number: line.head for line in chain})
    if witness is not None:
        _check_witness(look, witness, {line.number: line for line in chain})
    head = rules.grouped(chain[-1].head) if chain else ""
    found = sorted(look.findings, key=lambda finding: finding.seal or 2**31)
    return Verdict(tuple(found), len(chain), look.records, head, witness.last if witness else None)


def _check_roots(look: _Look, lines: dict[int, rules.SealLine], sets: Sequence[seals.SetLine]) -> None:
    grouped = {number: list(group) for number, group in groupby(sets, lambda each: each.seal)}
    for number, line in lines.items():
        mine = grouped.get(number, [])
        leaves = [rules.set_leaf(each.source, each.columns, each.count, each.root) for each in mine]
        if rules.root_of(leaves) != line.root or sum(each.count for each in mine) != line.records:
            look.say(Finding("root", number))
    look.say(*(Finding("missing", number) for number in grouped.keys() - lines.keys()))


def _check_set(look: _Look, each: seals.SetLine) -> None:
    """Compare one set's stored hashes with its root, and the rows of today with the stored hashes."""
    try:
        leaves = sources.read(each.columns)
        refuse_another(leaves, each.source)
        roots: list[bytes] = []
        for place, ids, names, root, hashes, actual in chunks(leaves, each.seal):
            roots.append(root)
            if rules.root_of(rules.split(hashes)) != root:
                look.say(Finding("set", each.seal, each.source))
            elif hashes != actual:
                look.say(*differences(leaves, each.seal, ids, names, hashes))
            look.records += len(hashes) // 32
            if look.full:
                return
            assert place == len(roots) - 1 or look.findings
    except (ValueError, sources.CannotSeal):
        look.say(Finding("unreadable", each.seal, each.source))
        return
    if rules.root_of(roots) != each.root:
        look.say(Finding("set", each.seal, each.source))


def refuse_another(leaves: sources.Leaves, source: str) -> None:
    """Raise ValueError where a set's own words speak of another source."""
    if leaves.source != source:
        raise ValueError("the leaves are of another source")


def chunks(leaves: sources.Leaves, seal: int) -> Iterator[tuple[int, str | None, str | None, bytes, bytes, bytes]]:
    """Yield each chunk of a set: place, ids or names, root, stored hashes, and the hashes that the rows give today."""
    actual = _rows_of(leaves, "c.ids", "c.names")
    sql = (
        "SELECT c.place, c.ids::text, c.names::text, c.root, c.hashes, "  # noqa: S608  # our own words and checked names
        f"(SELECT string_agg(z.h, ''::bytea ORDER BY z.k) FROM ({actual}) z) "
        "FROM audit_sealedchunk c WHERE c.source = %s AND c.seal_id = %s ORDER BY c.place"
    )
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [leaves.source, seal])
        while part := cursor.fetchmany(16):
            for place, ids, names, root, hashes, found in part:
                yield place, ids, names, bytes(root), bytes(hashes), bytes(found or b"")


def differences(leaves: sources.Leaves, seal: int, ids: str | None, names: str | None, hashes: bytes) -> Iterator[Finding]:
    """Name the rows of a chunk that are gone or altered, in the order of their keys."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT z.k, z.h FROM ({_rows_of(leaves, '%s::int8multirange', '%s::jsonb')}) z", [ids or names])  # noqa: S608  # our own words and checked names
        actual = {str(key): bytes(found) for key, found in cursor.fetchall()}
    for key, sealed in zip(keys_of(ids, names), rules.split(hashes), strict=False):
        found = actual.get(key)
        if found != sealed:
            hint = _hint(leaves, key) if found is not None else ""
            yield Finding("gone" if found is None else "altered", seal, leaves.source, key, hint)


def keys_of(ids: str | None, names: str | None) -> list[str]:
    """Return the keys of a chunk in the order of its leaves."""
    if ids is None:
        return [str(name) for name in json.loads(names or "[]")]
    found = seals.rows(
        "SELECT s.k::text FROM unnest(%s::int8multirange) AS g (r), generate_series(lower(g.r), upper(g.r) - 1) AS s (k) "
        "ORDER BY s.k LIMIT %s",
        [ids, rules.CHUNK],
    )
    return [str(row[0]) for row in found]


def _rows_of(leaves: sources.Leaves, ids: str, names: str) -> str:
    if leaves.numbered:
        inner = leaves.rows(f't."{leaves.key}" >= lower(g.r) AND t."{leaves.key}" < upper(g.r)')
        return f"SELECT y.k, y.h FROM unnest({ids}) AS g (r) CROSS JOIN LATERAL ({inner}) y"  # noqa: S608  # our own words and checked names
    inner = leaves.rows(f't."{leaves.key}" = n.name::{leaves.key_type}')
    return f"SELECT y.k, y.h FROM jsonb_array_elements_text({names}) AS n (name) CROSS JOIN LATERAL ({inner}) y"  # noqa: S608  # our own words and checked names


def _hint(leaves: sources.Leaves, key: str) -> str:
    columns = {rows.code: rows.hint for rows in sources.declared()}
    column = columns.get(leaves.source, "")
    if not column:
        return ""
    sql = f'SELECT t."{column}"::text FROM "{leaves.table}" t WHERE t."{leaves.key}" = %s::{leaves.key_type}'  # noqa: S608  # our own words and checked names
    found = seals.rows(sql, [key])
    return str(found[0][0])[:80] if found else ""


def _check_closed_sets(look: _Look) -> None:
    """Find rows that somebody put into a set after it was closed and sealed."""
    for rows in sources.declared():
        upto = seals.closed_upto(rows.code) if rows.closes else None
        if rows.closes is None or upto is None or look.full:
            continue
        column = rows.closes[0]
        hint = f't."{rows.hint}"::text' if rows.hint else "''"
        found = seals.rows(
            f'SELECT t."{rows.key}"::text, {hint} FROM "{rows.table}" t WHERE t."{column}" <= %s '  # noqa: S608  # our own words and checked names
            f'AND NOT t."{rows.key}" <@ %s::int8multirange ORDER BY t."{rows.key}" LIMIT %s',
            [upto, seals.covered(rows.code), MOST],
        )
        look.say(*(Finding("slipped_in", None, rows.code, key, said) for key, said in found))


def _check_attested(look: _Look, heads: dict[int, bytes]) -> None:
    """Compare the receipts and time stamps kept here with the seals; stamps are checked anew where the authority is set."""
    for number, head, _document in seals.receipts():
        if heads.get(number) != head:
            look.say(Finding("receipt", number))
    for number, head, answer in seals.stamps():
        good = heads.get(number) == head
        if good and outside.authority():
            try:
                stamping.check(answer, head)
            except (stamping.NoStamp, outside.Misconfigured):
                good = False
        if not good:
            look.say(Finding("stamp", number))


def _check_witness(look: _Look, witness: Witnessed, here: dict[int, rules.SealLine]) -> None:
    broken = witness.broken
    if broken is not None:
        look.say(Finding("witness", broken))
        return
    for line in witness.lines:
        mine = here.get(line.number)
        if mine is not None and mine.head == line.head:
            continue
        look.findings.insert(0, Finding("cut_off" if mine is None else "other_head", line.number))
        _name_the_record(look, witness)
        return


def _name_the_record(look: _Look, witness: Witnessed) -> None:
    """Where the witness kept the leaves too, say which record is not as it was."""
    for kept in witness.leaves:
        try:
            leaves = sources.read(kept.columns)
            refuse_another(leaves, kept.source)
            with transaction.atomic():
                found = list(differences(leaves, kept.seal, kept.ids, kept.names, kept.hashes))
        except (ValueError, sources.CannotSeal, DataError):
            found = [Finding("unreadable", kept.seal, kept.source)]
        if found:
            look.findings[1:1] = found[:MOST]
            return


def quick_check() -> Sequence[dict[str, Any]]:
    """Return what is wrong with the chain of seals, or with what the newest ones cover; cheap enough for every check."""
    newest = seals.latest(limit=3)
    last = 0
    records = 0
    for line in newest:
        records += line.records
        if records > 50_000:
            break
        last += 1
    return [
        {"seal": each.seal, "source": each.source, "record": each.record, "says": each.says}
        for each in verify(last=last).findings
    ]
