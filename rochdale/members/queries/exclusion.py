"""Cases of exclusion: where each stands, until when somebody may answer or appeal, who may decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import queries as cooperatives
from rochdale.messages import queries as messages
from rochdale.privacy import queries as privacy
from rochdale.shared import keys

from .. import deadlines, rules
from ..models import ExclusionCase, ExclusionReply, ExclusionService, ExclusionStep, ExclusionVote
from . import parties

VOTES_NEEDED = 2
"""So many people of the board must agree."""


@dataclass(frozen=True, slots=True)
class Terms:
    """A period of the bylaws, or of the law where that gives more days; `counting` is how the law counts them."""

    days: int
    counting: str
    law: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the member said; `by_member` is False where an officer wrote it down."""

    at: datetime
    words: str
    by_member: bool


@dataclass(frozen=True, slots=True)
class Vote:
    """An officer's decision in a case (round 1) or its appeal (round 2)."""

    round: int
    by_party: UUID
    name: str
    outcome: str
    reasons: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Served:
    """Whether a text of the case reached the member: when, or that sending it failed."""

    at: datetime | None
    lost: bool
    sent: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything in it, for those who may read it.

    `stage` is one of serving, hearing, to_decide, telling, appeal_period, appealed, closed; `due_at` the deadline of it.
    """

    id: int
    number: int
    party: UUID
    name: str
    ground: str
    facts: str
    opened_at: datetime
    opened_by: UUID | None
    hearing_days: int
    charge: Served
    hearing_until: datetime | None
    replies: Sequence[Reply]
    votes: Sequence[Vote]
    outcome: str
    decided_at: datetime | None
    reasons: str
    appeal_days: int
    decision: Served
    appeal_until: datetime | None
    appealed_at: datetime | None
    appeal_words: str
    appeal_outcome: str
    appeal_reasons: str
    closed: str
    closed_at: datetime | None
    stage: str
    due_at: datetime | None

    @property
    def open(self) -> bool:
        return not self.closed


def hearing_terms(at: datetime) -> Terms:
    """Return how long a member has to answer before anything is decided."""
    return _terms("members.exclusion_hearing_days", "exclusion.hearing.days", at)


def appeal_terms(at: datetime) -> Terms:
    """Return how long a member has to appeal against their exclusion."""
    return _terms("members.exclusion_appeal_days", "exclusion.appeal.days", at)


def case(number: int, now: datetime) -> CaseView | None:
    """Return a case, or None."""
    return next(iter(_views(ExclusionCase.objects.filter(pk=number), now)), None)


def cases_against(party: UUID, now: datetime) -> list[CaseView]:
    """Return the cases against a party, newest first."""
    return _views(ExclusionCase.objects.filter(member__party=party).order_by("-id"), now)


def open_cases(now: datetime) -> list[CaseView]:
    """Return the cases that are not closed, the nearest deadline first."""
    closed = ExclusionStep.objects.filter(step=4).values("case")
    found = _views(ExclusionCase.objects.exclude(pk__in=closed).order_by("id"), now)
    return sorted(found, key=lambda each: (each.due_at is None, each.due_at or now, each.id))


def closed_cases(now: datetime, limit: int = 20) -> list[CaseView]:
    """Return the cases closed last."""
    closed = ExclusionStep.objects.filter(step=4).order_by("-id").values_list("case", flat=True)[:limit]
    return _views(ExclusionCase.objects.filter(pk__in=list(closed)).order_by("-id"), now)


def due_to_be_final(now: datetime) -> list[CaseView]:
    """Return the cases whose time for an appeal has passed without one."""
    return [each for each in open_cases(now) if each.stage == "appeal_period" and each.due_at and each.due_at <= now]


def rests(party: UUID, at: datetime) -> bool:
    """Say whether a party's offices rest: it was decided to exclude them, that is not final, and the bylaws say so."""
    decided = ExclusionStep.objects.filter(case__member__party=party, step=1, state="excluded", at__lte=at).values("case")
    if not decided.exists():
        return False
    closed = ExclusionStep.objects.filter(step=4, at__lte=at).values("case")
    return decided.exclude(case__in=closed).exists() and bool(bylaws.value("members.exclusion_rests_offices", at=at))


def may_decide(found: CaseView, *, officer: UUID, held: Collection[str], at: datetime) -> bool:
    """Return whether an officer could decide this case or its appeal now: for showing it, never instead of asking."""
    appeal = found.stage == "appealed"
    key = "members.exclusion_appeal_decided_by" if appeal else "members.exclusion_decided_by"
    if found.stage not in ("to_decide", "appealed") or rules.DECIDERS.get(str(bylaws.value(key, at=at)), frozenset()).isdisjoint(
        held
    ):
        return False
    apart = [found.party, *(each.by_party for each in found.votes)]
    return not any(parties.is_same_human(each, officer, at) for each in apart)


def sealed_to(place: UUID, what: str) -> str:
    """Name the place a text of a case is sealed to."""
    return f"members.exclusion:{place}:{what}"


def opened(sealed: Any, place: UUID, what: str) -> str:
    """Open a sealed text of a case; empty where there is none."""
    return keys.decrypt_text(bytes(sealed), about=sealed_to(place, what)) if sealed else ""


EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""For what is asked of cases whatever the moment."""


def export(party: UUID) -> list[dict[str, Any]]:
    """Return the cases against a party as plain data, with what was said on both sides."""
    return [
        {
            "ground": each.ground,
            "facts": each.facts,
            "opened_at": each.opened_at.isoformat(),
            "replies": [{"at": reply.at.isoformat(), "words": reply.words} for reply in each.replies],
            "outcome": each.outcome,
            "reasons": each.reasons,
            "appeal": each.appeal_words,
            "appeal_outcome": each.appeal_outcome,
            "closed": each.closed,
        }
        for each in cases_against(party, EVER)
    ]


def _terms(bylaw: str, key: str, at: datetime) -> Terms:
    standing = bylaws.rules_at(at)
    days, row = int(standing.value(bylaw)), standing.law(key)
    if row is None or row.unit != "days":
        return Terms(days, "", "")
    if row.kind in ("min", "exact"):
        days = max(days, int(row.number))
    return Terms(days, row.counting, row.source)


def _views(rows: Iterable[ExclusionCase], now: datetime) -> list[CaseView]:
    found = list(rows.select_related("member") if hasattr(rows, "select_related") else rows)
    ids = [row.id for row in found]
    steps: dict[int, dict[int, ExclusionStep]] = defaultdict(dict)
    for step in ExclusionStep.objects.filter(case__in=ids):
        steps[step.case_id][step.step] = step
    replies: dict[int, list[ExclusionReply]] = defaultdict(list)
    for reply in ExclusionReply.objects.filter(case__in=ids).order_by("id"):
        replies[reply.case_id].append(reply)
    votes: dict[int, list[ExclusionVote]] = defaultdict(list)
    for vote in ExclusionVote.objects.filter(case__in=ids).order_by("id"):
        votes[vote.case_id].append(vote)
    names = privacy.names({row.member.party_id for row in found} | {each.by_party for some in votes.values() for each in some})
    served, zone = _served(ids), cooperatives.time_zone()
    return [_view(row, steps[row.id], replies[row.id], votes[row.id], served, names, zone, now) for row in found]


def _served(ids: Sequence[int]) -> dict[tuple[int, str], Served]:
    """Return for each case and text whether it reached the member: the earliest proof counts."""
    rows = list(ExclusionService.objects.filter(case__in=ids))
    went = messages.deliveries([row.message for row in rows if row.message is not None])
    found: dict[tuple[int, str], list[tuple[datetime | None, bool]]] = defaultdict(list)
    for row in rows:
        delivery = went.get(row.message) if row.message is not None else None
        at = row.handed_at or (delivery.sent_at if delivery and delivery.state in ("sent", "printed") else None)
        found[(row.case_id, row.what)].append((at, bool(delivery and delivery.lost)))
    return {
        place: Served(
            at=min((at for at, _lost in each if at is not None), default=None),
            lost=all(lost for at, lost in each if at is None) and all(at is None for at, _lost in each),
            sent=True,
        )
        for place, each in found.items()
    }


def _view(
    row: ExclusionCase,
    steps: dict[int, ExclusionStep],
    replies: Sequence[ExclusionReply],
    votes: Sequence[ExclusionVote],
    served: dict[tuple[int, str], Served],
    names: dict[UUID, str],
    zone: str,
    now: datetime,
) -> CaseView:
    decided, appealed, appeal, closed = (steps.get(number) for number in (1, 2, 3, 4))
    nothing = Served(None, False, False)
    charge, decision = served.get((row.id, "charge"), nothing), served.get((row.id, "decision"), nothing)
    hearing = _until(charge.at, row.hearing_days, row.hearing_counting, zone)
    appeal_days = int(decided.appeal_days or 0) if decided else 0
    until = _until(decision.at, appeal_days, decided.appeal_counting, zone) if decided else None
    stage, due = _stage(charge, hearing, decided, decision, until, appealed, appeal, closed, now)
    return CaseView(
        id=row.id,
        number=row.member_id,
        party=row.member.party_id,
        name=names.get(row.member.party_id, ""),
        ground=row.ground,
        facts=opened(row.facts_sealed, row.place, "facts"),
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        hearing_days=row.hearing_days,
        charge=charge,
        hearing_until=hearing,
        replies=[
            Reply(each.at, opened(each.words_sealed, row.place, "reply"), each.by_party == row.member.party_id)
            for each in replies
        ],
        votes=[
            Vote(
                each.round,
                each.by_party,
                names.get(each.by_party, ""),
                each.outcome,
                opened(each.reasons_sealed, row.place, f"vote{each.round}"),
                each.at,
            )
            for each in votes
        ],
        outcome=decided.state if decided else "",
        decided_at=decided.at if decided else None,
        reasons=opened(decided.words_sealed, row.place, "decided") if decided else "",
        appeal_days=appeal_days,
        decision=decision,
        appeal_until=until,
        appealed_at=appealed.at if appealed else None,
        appeal_words=opened(appealed.words_sealed, row.place, "appealed") if appealed else "",
        appeal_outcome=appeal.state if appeal else "",
        appeal_reasons=opened(appeal.words_sealed, row.place, "appeal_decided") if appeal else "",
        closed=closed.state if closed else "",
        closed_at=closed.at if closed else None,
        stage=stage,
        due_at=due,
    )


def _until(served_at: datetime | None, days: int, counting: str, zone: str) -> datetime | None:
    return None if served_at is None else deadlines.period_end(served_at, days=days, zone=zone, counting=counting)


def _stage(
    charge: Served,
    hearing: datetime | None,
    decided: ExclusionStep | None,
    decision: Served,
    until: datetime | None,
    appealed: ExclusionStep | None,
    appeal: ExclusionStep | None,
    closed: ExclusionStep | None,
    now: datetime,
) -> tuple[str, datetime | None]:
    """Say where a case stands, and its next deadline."""
    if closed is not None or appeal is not None:
        return "closed", None
    if appealed is not None:
        return "appealed", None
    if decided is not None:
        return ("telling", None) if decision.at is None else ("appeal_period", until)
    if charge.at is None or hearing is None:
        return "serving", None
    return ("hearing", hearing) if now < hearing else ("to_decide", None)
