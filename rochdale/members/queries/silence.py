"""When an application must be decided, what silence means, and until when a refusal can be appealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import queries as cooperatives

from .. import deadlines
from ..models import Application, ApplicationEvent

REMIND_BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Silence:
    """By when an application is to be decided, and from when silence is an answer.

    `means` is "nothing", "admitted" or "refused"; `silent_at` is None where silence means nothing. The law's own
    period decides about silence where it has one; the bylaws may ask for a quicker answer.
    """

    due_at: datetime
    means: str
    silent_at: datetime | None
    law: str


def terms(applied_at: datetime) -> Silence:
    """Return what stands for an application made at a moment.

    Rows of the pack: `admission.decision` (days or months), `admission.silence` ("admitted" or "refused"; Ley
    27/1999 art. 13: three months, then admitted). What the law says of silence wins over the bylaws.
    """
    standing, zone = bylaws.rules_at(applied_at), cooperatives.time_zone()
    due = applied_at + timedelta(days=int(standing.value("members.application_decision_days")))
    row, silence = standing.law("admission.decision"), standing.law("admission.silence")
    by_law = None
    if row is not None and row.unit in ("days", "months"):
        by_law = deadlines.period_end(applied_at, zone=zone, counting=row.counting, **{row.unit: int(row.number)})
    means = str(standing.value("members.admission_silence"))
    if silence is not None:
        said = silence.value[0] if isinstance(silence.value, list | tuple) and silence.value else silence.value
        means = str(said) if said in ("admitted", "refused") else means
    due = min(due, by_law) if by_law else due
    at = by_law if by_law is not None and silence is not None else due
    law = silence.source if silence is not None else row.source if row is not None else ""
    return Silence(due, means, None if means == "nothing" else at, law)


def appeal_days(at: datetime) -> tuple[int, str]:
    """Return how many days a refused applicant has to appeal: the bylaws', or the law's where those are more."""
    standing = bylaws.rules_at(at)
    days, row = int(standing.value("members.appeal_days")), standing.law("admission.appeal")
    if row is None or row.unit != "days":
        return days, ""
    return max(days, int(row.number)), row.source


def minimum_age(at: datetime) -> int:
    """Return from which age somebody can be a member, 0 for any: the higher of bylaw and law."""
    standing = bylaws.rules_at(at)
    age, row = int(standing.value("members.minimum_age")), standing.law("member.min_age")
    return max(age, int(row.number)) if row is not None and row.unit == "years" else age


def undecided(now: datetime) -> list[Application]:
    """Return the applications nobody has decided, the oldest first."""
    decided = ApplicationEvent.objects.filter(step=2).values("application")
    return list(Application.objects.filter(applied_at__lte=now).exclude(pk__in=decided).order_by("applied_at", "id"))


def silent(now: datetime) -> list[Application]:
    """Return the applications for which silence is an answer by now."""
    return [row for row in undecided(now) if (at := terms(row.applied_at).silent_at) is not None and at <= now]


def due_soon(now: datetime) -> list[tuple[Application, Silence]]:
    """Return the applications whose time ends within a week, and what silence will mean."""
    found = [(row, terms(row.applied_at)) for row in undecided(now)]
    return [(row, said) for row, said in found if now < (said.silent_at or said.due_at) <= now + REMIND_BEFORE]
