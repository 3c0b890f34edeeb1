"""The generations of the co-op's key: what is recorded of them, and what still needs which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, models

from rochdale.audit import queries as audit
from rochdale.shared import keys, module

from ..models import DataKey, KeyGeneration, SealedRecord

LEAST = 32
"""Sealed bytes are longer (version, key's id, nonce and tag are 33); one hash is not."""
UNDER_NO_KEY = frozenset({("audit_sealedchunk", "hashes"), ("audit_timestamp", "answer")})
"""Longer bytes that no key sealed: many hashes together (one set in 256 begins like a sealed text), an authority's answer."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A recorded generation of the co-op's key."""

    number: int
    check: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Need:
    """So many rows of a column need a generation; `generation` is None where the key file has none that opens them."""

    table: str
    column: str
    generation: int | None
    rows: int
    moves: bool
    """Whether re-wrapping moves them to a newer generation; append-only rows stay with theirs."""


def generations() -> list[Generation]:
    """Return the recorded generations, oldest first."""
    return [Generation(row.number, row.check_value, row.made_at) for row in KeyGeneration.objects.order_by("number", "id")]


def newest_recorded() -> int:
    """Return the number of the newest recorded generation, 0 before the first."""
    return KeyGeneration.objects.aggregate(newest=models.Max("number"))["newest"] or 0


def check_of(number: int) -> str:
    """Return the check value of a generation, or the empty text."""
    return KeyGeneration.objects.filter(number=number).values_list("check_value", flat=True).first() or ""


def earlier_of(number: int) -> bytes | None:
    """Return the generations before one, sealed with that one."""
    found = KeyGeneration.objects.filter(number=number).values_list("earlier", flat=True).first()
    return None if found is None else bytes(found)


def recorded_checks() -> frozenset[str] | None:
    """Return the check values recorded here; nothing recorded but something sealed: empty; nothing sealed: None."""
    found = frozenset(KeyGeneration.objects.values_list("check_value", flat=True))
    if found:
        return found
    return frozenset() if any(_any_sealed(table, column) for table, column in _sealed_columns()) else None


def to_rewrap(number: int) -> int:
    """Return how many data keys are still wrapped by an older generation than this one."""
    return DataKey.objects.filter(generation__lt=number, wrapped__isnull=False).count()


def needs(schema: str) -> list[Need]:
    """Return what needs which generation of a key, counted from the rows themselves (each names its key)."""
    ids = keys.ring(schema).ids
    found: list[Need] = []
    for table, column in _sealed_columns():
        counted: Counter[int | None] = Counter()
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT substring({column} from 2 for 4), count(*) FROM {table} "  # noqa: S608  # names of our own models
                f"WHERE length({column}) > {LEAST} AND substring({column} from 1 for 1) = %s GROUP BY 1",
                [keys.VERSION],
            )
            for name, rows in cursor.fetchall():
                counted[ids.get(bytes(name))] += rows
        moves = (table, column) == (DataKey._meta.db_table, "wrapped")
        found += [Need(table, column, number, rows, moves) for number, rows in counted.items()]
    return sorted(found, key=lambda need: (need.generation or 0, need.table, need.column))


def kept_elsewhere(number: int) -> bool:
    """Say whether this generation was ever shared out or exported, as the trail tells."""
    return bool(audit.acts_about("kept_generation", [str(number)], action="privacy.note_key_copy"))


def keys_of_unknown_generations() -> Sequence[dict[str, Any]]:
    """Return data keys that say a generation of which nothing is recorded, although something is."""
    known = set(KeyGeneration.objects.values_list("number", flat=True))
    if not known:
        return []
    rows = (
        DataKey.objects.filter(wrapped__isnull=False)
        .exclude(generation__in=known)
        .values("party", "retention_class", "generation")
    )
    return [dict(row) for row in rows[:100]]


def _sealed_columns() -> Iterator[tuple[str, str]]:
    """Yield the columns of a co-op's tables that may hold bytes sealed with its key; not those under data keys of their own."""
    labels = {plug.label for plug in module.installed() if "co-op" in plug.schemas}
    for model in apps.get_models():
        if model._meta.app_label not in labels or model is SealedRecord or model is KeyGeneration:
            continue
        for field in model._meta.local_concrete_fields:
            place = (model._meta.db_table, field.column)
            if isinstance(field, models.BinaryField) and field.column and place not in UNDER_NO_KEY:
                yield model._meta.db_table, field.column


def _any_sealed(table: str, column: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS (SELECT FROM {table} "  # noqa: S608  # our own models
            f"WHERE length({column}) > {LEAST} AND substring({column} from 1 for 1) = %s)",
            [keys.VERSION],
        )
        return bool(cursor.fetchone()[0])
