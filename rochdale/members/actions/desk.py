"""People without a log-in: register them at the desk, issue a PIN and codes, prove them, claim a party."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.offices import queries as offices
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import DeskAttempt, DeskCode, DeskCredential, Member
from ..queries.desk import claims_wait, is_locked, newest_credential
from .applications import apply
from .parties import NameMissing, NoSuchParty, checked, link_person, make_party, take_turn

DESK_OFFICES = ("secretary", "treasurer", "cashier", "board", "chair")
"""Who may serve people at the desk."""


class HashesMissing(Refusal):
    code = "members.hashes_missing"
    status = 422
    text = _("The desk makes the PIN and codes itself and keeps only their hashes. Nothing was issued.")


class AttemptRepeated(Refusal):
    code = "members.desk_attempt_repeated"
    text = _("This form was sent before. Nothing was changed; open the page again and use the next code.")


class NotAtOwnDesk(Refusal):
    code = "members.not_at_own_desk"
    status = 403
    text = _("Nobody serves themselves at the desk. Nothing was changed; ask another officer.")


class OfficersSignIn(Refusal):
    code = "members.officers_sign_in"
    status = 403
    text = _("Whoever holds an office acts with their own log-in, not at another officer's desk. Nothing was changed.")


@action("members.register_at_desk", may=may.office(*DESK_OFFICES), about=("class_code",))
def register_at_desk(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    register: Mapping[str, Any],
    contact: Mapping[str, Any] | None,
    pin_hash: str,
    code_hashes: Sequence[str],
    class_code: str = "",
) -> dict[str, Any]:
    """Register a person who has only a phone, or nothing, with a PIN and printed codes.

    The entrance makes the sheet (`rules.new_sheet`) and passes only hashes. With a class they
    apply for it at once. Returns {"party": reference, "application": id or None}.
    """
    if not checked(register, rules.REGISTER_FIELDS).get("name"):
        raise NameMissing()
    party = UUID(make_party(actor=actor, now=now, key=key, kind="person", register=register, contact=contact))
    _issue(party, actor=actor, now=now, pin_hash=pin_hash, code_hashes=code_hashes)
    application = None
    if class_code:
        by_them = Actor(kind="person", via="desk", party=party, desk_officer=actor.party)
        application = apply(actor=by_them, now=now, key=key, class_code=class_code, party=party)["application"]
    return {"party": str(party), "application": application}


@action("members.issue_desk_credentials", may=may.office(*DESK_OFFICES), about=("party",))
def issue_desk_credentials(
    *, actor: Actor, now: datetime, key: str, party: UUID, pin_hash: str, code_hashes: Sequence[str]
) -> dict[str, Any]:
    """Issue a new PIN and sheet of codes, which replace all before; returns {"version": number}.

    Refuses an officer who issues to themselves. A locked PIN is opened only by this.
    """
    known = queries.party(party)
    if known is None or known.kind != "person":
        raise NoSuchParty()
    if actor.party is not None and queries.is_same_human(actor.party, party, now):
        raise NotAtOwnDesk()
    return {"version": _issue(party, actor=actor, now=now, pin_hash=pin_hash, code_hashes=code_hashes)}


def _issue(party: UUID, *, actor: Actor, now: datetime, pin_hash: str, code_hashes: Sequence[str]) -> int:
    if not all("$" in each for each in (pin_hash, *code_hashes)) or len(code_hashes) != rules.CODES_ON_A_SHEET:
        raise HashesMissing()
    if actor.party is None:
        raise NotAtOwnDesk()
    take_turn(actor=actor, now=now, key="", party=party)
    newest = newest_credential(party)
    credential = DeskCredential.objects.create(
        party_id=party,
        version=newest.version + 1 if newest else 1,
        pin_hash=pin_hash,
        issued_at=now,
        issued_by=actor.party,
    )
    DeskCode.objects.bulk_create(
        DeskCode(credential=credential, position=place, code_hash=each) for place, each in enumerate(code_hashes, start=1)
    )
    return credential.version


@action("members.prove_at_desk", may=may.office(*DESK_OFFICES), recorded=False)
def prove_at_desk(*, actor: Actor, now: datetime, key: str, number: int, pin: str, code: str) -> dict[str, Any]:
    """Check a member's PIN and next one-time code in an officer's presence.

    Returns {"passed": bool, "attempt": id, "reason": code}. It does not refuse a wrong PIN, it
    answers: a refusal would be rolled back and the try would not count. After five wrong tries
    the PIN is locked. The attempt itself is the trace; neither PIN nor code is written anywhere.
    Refuses an officer who serves themselves, and to serve an officer: whoever prints a sheet could
    use it too, and so resign another's office.
    """
    member = Member.objects.filter(pk=number).first()
    if member is None:
        return {"passed": False, "attempt": None, "reason": "unknown"}
    if actor.party is not None and queries.is_same_human(actor.party, member.party_id, now):
        raise NotAtOwnDesk()
    if offices.held_by(member.party_id, now):
        raise OfficersSignIn()
    return _attempt(member.party_id, officer=actor.party, actor=actor, now=now, key=key, pin=pin, code=code)


@action("members.claim_party", may=may.anyone, recorded=False)
def claim_party(*, actor: Actor, now: datetime, key: str, number: int, pin: str, code: str) -> dict[str, Any]:
    """Link one's new log-in to a membership begun at the desk, by its PIN and a printed code.

    Answers like `prove_at_desk`; a log-in that claimed wrongly five times waits a day, whichever
    membership it claimed. Refuses a membership that has a log-in, and a log-in that is somebody
    here already.
    """
    member = Member.objects.filter(pk=number).first()
    if member is None or actor.person is None:
        return {"passed": False, "attempt": None, "reason": "unknown"}
    if claims_wait(actor.principal, now):
        return {"passed": False, "attempt": None, "reason": "later"}
    result = _attempt(member.party_id, officer=None, actor=actor, now=now, key=key, pin=pin, code=code)
    if result["passed"]:
        link_person(actor=actor, now=now, key=key, party=member.party_id, person=actor.person)
    return result


def _attempt(party: UUID, *, officer: UUID | None, actor: Actor, now: datetime, key: str, pin: str, code: str) -> dict[str, Any]:
    """Try PIN and code one at a time per party, and write the try down, whatever came of it."""
    take_turn(actor=actor, now=now, key=key, party=party)
    credential = newest_credential(party)
    if credential is None:
        return {"passed": False, "attempt": None, "reason": "unknown"}
    if is_locked(credential):
        return {"passed": False, "attempt": None, "reason": "locked"}
    one_time = DeskCode.objects.filter(credential=credential, position=rules.position_of(code), used_at__isnull=True).first()
    passed = queries.matches(pin, credential.pin_hash) and one_time is not None and queries.matches(code, one_time.code_hash)
    try:
        with transaction.atomic():
            row = DeskAttempt.objects.create(
                party_id=party,
                credential=credential,
                officer=officer,
                at=now,
                passed=passed,
                key=f"{actor.principal}:{key}"[:200],
            )
    except IntegrityError as error:
        if "members_desk_attempt_once" in str(error):
            raise AttemptRepeated() from error
        raise
    if passed and one_time is not None:
        DeskCode.objects.filter(pk=one_time.pk).update(used_at=now)
    return {"passed": passed, "attempt": row.id, "reason": "" if passed else "wrong"}
