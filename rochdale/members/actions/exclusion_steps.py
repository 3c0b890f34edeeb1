"""The steps that all acts in a case of exclusion share: take the turn, seal what is said, serve it, close."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import action as acting
from rochdale.shared import keys
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import deadlines, queries
from ..models import ExclusionCase, ExclusionService, ExclusionStep
from ..queries import exclusion
from .ending import close_case
from .notices import tell
from .parties import act_text, take_turn

LEAST_WORDS = 30
MOST_WORDS = 4000
OPENERS = ("board", "chair", "secretary")
BOARD = ("board", "chair")


class WordsMissing(Refusal):
    code = "members.words_missing"
    status = 422
    text = _("Write between {least} and {most} letters, so that the member and the members can follow it. Nothing was changed.")


class OwnCase(Refusal):
    code = "members.own_case"
    status = 403
    text = _("Nobody acts as an officer in a case about themselves or about who stands behind them. Nothing was changed.")


class NoSuchCase(Refusal):
    code = "members.no_such_case"
    status = 404
    text = _("There is no such case. Nothing was changed.")


class CaseClosed(Refusal):
    code = "members.case_closed"
    text = _("This case is closed. Nothing was changed.")


class CaseDecided(Refusal):
    code = "members.case_decided"
    text = _("This was decided already, perhaps a moment ago by somebody else. Nothing was changed; open the case again.")


class NotYourCase(Refusal):
    code = "members.not_your_case"
    status = 403
    text = _("Only the member answers in their case; an officer may write down what they said. Nothing was changed.")


def locked(case: int, actor: Actor, now: datetime, key: str) -> ExclusionCase:
    """Return an open case with its member's turn taken, so that steps of it come one after another."""
    row = ExclusionCase.objects.select_related("member").filter(pk=case).first()
    if row is None:
        raise NoSuchCase()
    take_turn(actor=actor, now=now, key=key, party=row.member.party_id)
    if step_of(row, "closed") is not None:
        raise CaseClosed()
    return row


def step_of(row: ExclusionCase, name: str) -> ExclusionStep | None:
    return ExclusionStep.objects.filter(case=row, step=ExclusionStep.STEPS[name]).first()


def write_step(
    row: ExclusionCase, name: str, state: str, *, actor: Actor, now: datetime, key: str, words: str = "", **more: Any
) -> ExclusionStep:
    """Write a step; of two at once the database lets one through."""
    try:
        with transaction.atomic():
            return ExclusionStep.objects.create(
                case=row,
                step=ExclusionStep.STEPS[name],
                state=state,
                at=now,
                by_party=actor.party,
                words_sealed=sealed(words, row.place, name) if words else None,
                act=act_text(actor, key),
                **more,
            )
    except IntegrityError as error:
        if "members_exclusion_step_once" in str(error):
            raise CaseDecided() from error
        raise


def checked_words(given: str, *, least: int = LEAST_WORDS) -> str:
    said = given.strip()
    if not least <= len(said) <= MOST_WORDS or "\x00" in said:
        raise WordsMissing(least=least, most=MOST_WORDS)
    return said


def sealed(words: str, place: UUID, what: str) -> bytes:
    return keys.encrypt_text(words, about=exclusion.sealed_to(place, what))


def serve(row: ExclusionCase, what: str, kind: str, context: Mapping[str, Any], *, actor: Actor, now: datetime, key: str) -> None:
    """Send a text in full; the message is the proof of when it went out."""
    message = tell(actor=actor, now=now, key=key, kind=kind, party=row.member.party_id, context=context, in_full=True)
    ExclusionService.objects.create(
        case=row, what=what, message=UUID(message), recorded_at=now, by_party=actor.party, act=act_text(actor, key)
    )


def not_own(actor: Actor, party: UUID, now: datetime) -> None:
    if actor.party is not None and queries.is_same_human(party, actor.party, now):
        raise OwnCase()


def own_or_written_down(row: ExclusionCase, actor: Actor, now: datetime) -> None:
    """Let the member act, or an officer who writes down what they said."""
    if actor.party == row.member.party_id:
        return
    if not frozenset(OPENERS) & acting.held(actor, now):
        raise NotYourCase()
    not_own(actor, row.member.party_id, now)


def close(row: ExclusionCase, state: str, words: str, *, actor: Actor, now: datetime, key: str) -> None:
    """Close a case in the member's favour, and tell them."""
    if not close_case(row, state, actor=actor, now=now, act=act_text(actor, key)):
        raise CaseClosed()
    context = {"outcome": CLOSED_WORDS[state], "reasons": words}
    tell(
        actor=actor, now=now, key=key, kind="members.exclusion_closed", party=row.member.party_id,
        context=context, in_full=True,
    )  # fmt: skip


def day_before(until: datetime) -> str:
    """Return the last day of a period that ends at a midnight."""
    return deadlines.local_day(until - timedelta(seconds=1), cooperatives.time_zone()).isoformat()


CLOSED_WORDS = {
    "withdrawn": _("The case for your exclusion was withdrawn."),
    "dismissed": _("It was decided not to exclude you."),
    "lifted": _("Your appeal was upheld: the exclusion is lifted."),
}
