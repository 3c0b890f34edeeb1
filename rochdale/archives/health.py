"""What the doctor says of backups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from rochdale.shared import clock
from rochdale.shared.module import HealthLine

from . import drilling, rules

DRILL_DAYS = 35


def lines() -> Iterator[HealthLine]:
    """Say how old the last backup is, and when one was last restored for a trial."""
    if not settings.ROCHDALE_BACKUPS:
        yield HealthLine("backups", True, "none are scheduled", "Set ROCHDALE_BACKUPS to a folder on another disk.")
        return
    folder, now = Path(settings.ROCHDALE_BACKUPS), clock.now()
    moments = [moment for each in folder.iterdir() if (moment := rules.made_at(each.name))] if folder.is_dir() else []
    if not moments:
        yield HealthLine(
            "last backup", False, f"none in {folder}", "Run `rochdale backup --to` that folder, and see why the worker did not."
        )
        return
    age = now - max(moments)
    hours = age / timedelta(hours=1)
    yield HealthLine(
        "last backup", age <= rules.LATE, f"{hours:.0f} hours old, {len(moments)} kept", "Read in the worker's log why.", hours
    )
    proof = drilling.latest()
    good = proof is not None and not proof.failure and now - drilling.moment_of(proof) <= timedelta(days=DRILL_DAYS)
    says = "never" if proof is None else f"{proof.drilled_at[:10]}: {proof.failure or 'it holds'}"
    yield HealthLine("last restore drill", good, says, "Run `rochdale backup drill` from a timer, each month at least.")
