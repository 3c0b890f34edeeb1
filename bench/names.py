"""Sealed names in order and searched, against reading the same parties bare; and how long the first, cold time takes."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from uuid import UUID, uuid4

from .ground import Ground

AT = datetime(2026, 1, 2, tzinfo=UTC)
CHUNK = 5000
FIRST = ("Ada", "Áine", "Björn", "Dilip", "Ígor", "Jürgen", "Kofi", "Máire", "Öykü", "Søren", "Wiktor", "Xóchitl", "Zoë")


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds: a page in order and a searched one when warm, bare reads of the same parties in turn, and the cold first page."""

    sorted: list[float]
    searched: list[float]
    bare: list[float]
    cold: float


def measure(ground: Ground, *, people: int, rounds: int = 5) -> Times:
    """Keep so many sealed names, then ask for pages in order and for a search."""
    from rochdale.privacy import names
    from rochdale.shared import coops

    with coops.inside(ground.schema):
        parties = _fill(people)
    with ground.connect("postgres") as root:
        root.execute("VACUUM ANALYZE")
    names.forget_all()
    with coops.inside(ground.schema):
        cold = _timed(lambda: names.page(among=parties, offset=people // 2, limit=50))
        found = Times([], [], [], cold)
        for _round in range(rounds):
            found.bare.append(_timed(_bare))
            found.sorted.append(_timed(lambda: names.page(among=parties, offset=people // 2, limit=50)))
            found.searched.append(_timed(lambda: names.page(among=parties, search="zo k", limit=50)))
    return found


def ratio(ours: list[float], bare: list[float]) -> float:
    """Return the middle ratio of runs made in turn."""
    return median(mine / theirs for mine, theirs in zip(ours, bare, strict=True))


def _fill(people: int) -> list[str]:
    from rochdale.privacy import queries
    from rochdale.privacy.models import DataKey, SealedRecord
    from rochdale.shared import keys

    dice, parties = random.Random(1844), [uuid4() for _ in range(people)]

    def record(party: UUID) -> tuple[DataKey, SealedRecord]:
        data_key = keys.new_key()
        name = f"{dice.choice(FIRST)} {dice.choice('BDKLMNRST')}{dice.choice('aeiouáö')}{dice.randrange(10**6)}"
        wrapped = keys.encrypt(data_key, about=queries.key_place(party, "register"))
        sealed = keys.seal(json.dumps({"name": name}).encode(), key=data_key, about=queries.place(party, "register", 1))
        common = {"party": party, "retention_class": "register"}
        return DataKey(**common, wrapped=wrapped, made_at=AT), SealedRecord(**common, version=1, sealed=sealed, recorded_at=AT)

    for start in range(0, people, CHUNK):
        made = [record(party) for party in parties[start : start + CHUNK]]
        DataKey.objects.bulk_create(each for each, _record in made)
        SealedRecord.objects.bulk_create(each for _key, each in made)
    return [str(party) for party in parties]


def _bare() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT party::text FROM privacy_sealedrecord WHERE retention_class = 'register'")
        cursor.fetchall()


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
