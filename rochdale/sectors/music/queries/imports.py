"""What was imported: runs with their sums, for officers and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Sum

from rochdale.sectors.music.models import ImportChunk, ImportRun

SUMMED = ("lines", "counted", "too_short", "not_charged", "duplicates", "unpaid", "charged", "to_artists", "to_coop", "tax")


@dataclass(frozen=True, slots=True)
class ImportView:
    """One start of an import and what came of it so far; amounts in micro-units."""

    run: int
    started_at: datetime
    last_chunk_at: datetime | None
    funded_from: str
    expected: int
    sums: dict[str, int]
    currency: str


def imports(*, limit: int = 50) -> list[ImportView]:
    """Return the latest imports, newest first, with the sums of their chunks."""
    runs = list(ImportRun.objects.order_by("-id")[:limit])
    sums: dict[int, Mapping[str, Any]] = {
        row["run"]: row
        for row in ImportChunk.objects.filter(run__in=runs)
        .values("run")
        .annotate(last=Max("done_at"), code=Max("currency"), **{f"sum_{name}": Sum(name) for name in SUMMED})
    }
    nothing: Mapping[str, Any] = {"last": None, "code": ""} | {f"sum_{name}": 0 for name in SUMMED}
    return [_view(run, sums.get(run.pk, nothing)) for run in runs]


def _view(run: ImportRun, sums: Mapping[str, Any]) -> ImportView:
    return ImportView(
        run=run.pk,
        started_at=run.started_at,
        last_chunk_at=sums["last"],
        funded_from=run.funded_from,
        expected=run.lines,
        sums={name: int(sums[f"sum_{name}"]) for name in SUMMED},
        currency=sums["code"],
    )
