"""What the doctor and the monitor hear of seals and alerts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from rochdale.shared import clock, coops
from rochdale.shared.module import HealthLine

from . import outside, witnessed
from .queries import alerts, protection, seals

LATE = timedelta(hours=27)


def look() -> Iterator[HealthLine]:
    """Count serious alerts of the last day, and see that seals are made and shown to somebody."""
    now = clock.now()
    serious, late, newest = 0, [], 0
    for schema in [coops.PUBLIC, *coops.everywhere()]:
        with coops.inside(schema):
            serious += sum(each.serious for each in alerts.latest(limit=1000, since=now - timedelta(days=1)))
            if schema == coops.PUBLIC:
                continue
            last = seals.newest()
            newest += last is not None
            if seals.waits_since(now - LATE):
                late.append(witnessed.slug_of(schema))
    yield HealthLine(
        "alerts",
        not serious,
        f"{serious} serious ones in the last day" if serious else "none in the last day",
        "Run “rochdale audit alerts” and look at each.",
        float(serious),
    )
    yield HealthLine(
        "seals",
        not late,
        f"not made in time: {', '.join(late)}" if late else f"{newest} co-ops are sealed, none is late",
        "See that a worker runs; “rochdale audit seal” seals at once.",
        float(len(late)),
    )
    yield _given_away()
    yield _protected()


def _protected() -> HealthLine:
    """See that the triggers which refuse changes stand and are switched on, on every table they were put on."""
    open_tables = []
    for schema in coops.everywhere():
        with coops.inside(schema):
            open_tables += [f"{witnessed.slug_of(schema)}: {table}" for table in protection.unprotected_tables()]
    says = f"switched off or taken away: {', '.join(open_tables[:5])}" if open_tables else "all stand and are switched on"
    advice = (
        "Somebody with the owner's rights did this. Run “rochdale audit verify”, with a witness's list, before anything else."
    )
    return HealthLine("protection of records", not open_tables, says, advice, float(len(open_tables)))


def _given_away() -> HealthLine:
    try:
        others = len(outside.witnesses()) + bool(outside.authority())
    except outside.Misconfigured as error:
        return HealthLine("witnesses", False, str(error), "Correct the setting.")
    says = (
        f"seals are shown to {others}"
        if others
        else "seals are shown to nobody outside; only members' copies can speak against this host"
    )
    return HealthLine("witnesses", True, says, "", float(others))
