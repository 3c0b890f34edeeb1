"""Applications and their steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy

from .. import rules
from ..models import Application, ApplicationEvent
from . import parties, silence

OPEN_STATES = ("applied", "appealed")


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application with its latest state; `due_at` is by when the bylaws want a decision."""

    id: int
    party: UUID
    name: str
    class_code: str
    applied_at: datetime
    state: str
    state_at: datetime
    reason_code: str
    decided_by: UUID | None
    due_at: datetime
    silence: silence.Silence | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN_STATES


def application(number: int) -> ApplicationView | None:
    """Return an application, or None."""
    return next(iter(_views(Application.objects.filter(pk=number))), None)


def applications_of(party: UUID) -> list[ApplicationView]:
    """Return a party's applications, newest first."""
    return _views(Application.objects.filter(party=party).order_by("-applied_at", "-id"))


def open_applications(at: datetime) -> list[ApplicationView]:
    """Return what waits for a decision, the longest waiting first."""
    undecided = Application.objects.filter(applied_at__lte=at).exclude(events__step=2) | Application.objects.filter(
        events__step=3
    ).exclude(events__step=4)
    return _views(undecided.distinct().order_by("applied_at", "id"))


def decider_of_admission(at: datetime) -> str:
    """Return who decides about applications, by the bylaws: "board" or "secretary"."""
    return str(bylaws.value("members.admission_decided_by", at=at))


def may_decide(found: ApplicationView, *, officer: UUID, held: Collection[str], at: datetime) -> bool:
    """Return whether the bylaws let the holder of these offices decide this now: for showing it, never instead of asking.

    Nobody decides on their own application, nor on the appeal against what they decided themselves.
    """
    appeal = found.state == "appealed"
    choice = str(bylaws.value("members.appeal_decided_by" if appeal else "members.admission_decided_by", at=at))
    if not found.open or rules.DECIDERS.get(choice, frozenset()).isdisjoint(held):
        return False
    apart = [found.party, found.decided_by] if appeal else [found.party]
    return not any(each is not None and parties.is_same_human(each, officer, at) for each in apart)


def _views(rows: Iterable[Application]) -> list[ApplicationView]:
    found = list(rows)
    latest: dict[int, ApplicationEvent] = {}
    refused_by: dict[int, UUID | None] = {}
    events = ApplicationEvent.objects.filter(application__in=[row.id for row in found]).order_by("application", "step")
    for event in events:
        latest[event.application_id] = event
        if event.step == 2:
            refused_by[event.application_id] = event.by_party
    names = privacy.names({row.party_id for row in found})
    return [_view(row, latest[row.id], names.get(row.party_id, ""), refused_by.get(row.id)) for row in found]


def _view(row: Application, last: ApplicationEvent, name: str, decided_by: UUID | None) -> ApplicationView:
    said = silence.terms(row.applied_at)
    if last.state == "appealed":
        due_at = rules.decision_due(last.at, int(bylaws.value("members.application_decision_days", at=row.applied_at)))
    else:
        due_at = said.due_at
    return ApplicationView(
        id=row.id,
        party=row.party_id,
        name=name,
        class_code=row.class_code,
        applied_at=row.applied_at,
        state=last.state,
        state_at=last.at,
        reason_code=last.reason_code,
        decided_by=decided_by,
        due_at=due_at,
        silence=said if last.state == "applied" else None,
    )
