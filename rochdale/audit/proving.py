"""The proof that one record lies inside a published seal: a small file that is checked without Rochdale.

Who may have it is asked by the module whose record it is. What a reader may not see stays out as a hash:
the record's private columns together, and each part they have no business with.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from rochdale.shared.refusals import Refusal

from . import rules, sources
from .queries import seals
from .verifying import keys_of

FOLLOWING = 500
"""Later seals that a proof lists, up to the newest."""


class NotSealedYet(Refusal):
    code = "audit.not_sealed_yet"
    may_retry = True
    text = _("This record is in no seal yet. New records are sealed within about two hours; ask for the proof again then.")


class NotAsSealed(Refusal):
    code = "audit.not_as_sealed"
    text = _("This record is not as it was sealed, so there is no proof of it. Please tell the board and the auditor.")


def is_sealed(source: str, key: int) -> bool:
    """Return whether a numbered record lies in a seal."""
    return bool(seals.rows("SELECT 1 FROM audit_sealedchunk WHERE source = %s AND ids @> %s::bigint LIMIT 1", [source, key]))


def proof(source: str, key: int, *, private: bool, parts: Collection[int] | None = None) -> dict[str, Any]:
    """Return the proof of a numbered record as plain data.

    `private` shows the private columns, `parts` names the places that are shown (None: all).
    Refuses a record that no seal covers, and one that is not as it was sealed.
    """
    found = seals.rows(
        "SELECT seal_id, place, ids::text, hashes FROM audit_sealedchunk WHERE source = %s AND ids @> %s::bigint", [source, key]
    )
    if not found:
        raise NotSealedYet()
    number, chunk, ids, joined = found[0]
    sets = seals.sets(number)
    mine = next(each for each in sets if each.source == source)
    said, leaf = _record(sources.read(mine.columns), str(key), private, parts)
    hashes = rules.split(bytes(joined))
    place = keys_of(ids, None).index(str(key))
    if hashes[place] != rules.leaf_hash(rules.fields(*leaf)):
        raise NotAsSealed()
    roots = [bytes(row[0]) for row in seals.rows(
        "SELECT root FROM audit_sealedchunk WHERE source = %s AND seal_id = %s ORDER BY place", [source, number]
    )]  # fmt: skip
    path = rules.path_of(hashes, place) + rules.path_of(roots, chunk)
    tops = [rules.set_leaf(each.source, each.columns, each.count, each.root) for each in sets]
    return {
        "format": rules.PROOF,
        **said,
        "path": [[side, beside.hex()] for side, beside in path],
        "set": [rules.SET, mine.source, mine.columns, mine.count, mine.root.hex()],
        "set_path": [[side, beside.hex()] for side, beside in rules.path_of(tops, sets.index(mine))],
        "seals": [_seal(line) for line in seals.chain(after=number - 1, limit=FOLLOWING)],
    }


def _record(
    leaves: sources.Leaves, key: str, private: bool, parts: Collection[int] | None
) -> tuple[dict[str, Any], list[str | None]]:
    """Return what the proof says of the record, and its leaf as fields."""
    row = leaves.plain(key)
    if row is None:
        raise NotAsSealed()
    columns, hidden, rest = row
    leaf: list[str | None] = [rules.LEAF, leaves.source, leaves.key, columns[0]]
    for name, value in zip(leaves.columns, columns[1:], strict=True):
        leaf += [name, value]
    said: dict[str, Any] = {"leaf": leaf}
    kept: list[str | None] = [rules.PRIVATE]
    for name, value in zip(leaves.private, hidden, strict=True):
        kept += [name, value]
    if leaves.private:
        leaf += ["~private", rules.digest(*kept)]
        if private:
            said["private"] = kept
    if leaves.part_table:
        salted = hidden[leaves.private.index(leaves.salt)]
        said["parts"] = []
        for part in rest:
            values: list[str | None] = [rules.PART, rules.digest(rules.SALT, salted, part[0])]
            for name, value in zip(leaves.part_columns, part[1:], strict=True):
                values += [name, value]
            leaf += ["~part", rules.digest(*values)]
            said["parts"].append(values if parts is None or int(part[0] or 0) in parts else None)
    return said, leaf


def _seal(line: rules.SealLine) -> list[Any]:
    at = rules.microseconds(line.sealed_at)
    return [rules.SEAL, line.number, at, line.records, line.root.hex(), line.previous.hex()]
