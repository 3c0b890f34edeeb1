"""Copies of the register: make one that comes out the same for ever, ask for one, give or refuse it; change an entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.shared import keys, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import CopyAnswer, CopyRequest, Counter, RegisterExport
from . import recording
from .known import REGISTER
from .membership import LEAST_PURPOSE, NotOpenToYou, PurposeMissing
from .parties import NoSuchParty, checked, keep_details

KEEPERS = ("secretary", "board", "chair", "treasurer", "auditor")
COPY_DAYS = 30
"""Within how many days a copy is given where the packs name no day."""
COPY_PURPOSE = "members.copy_purpose"


class NotKnownYet(Refusal):
    code = "members.not_known_yet"
    status = 422
    text = _("Nobody knows yet what the register will say then. Nothing was made; choose today or an earlier day.")


class UnknownScope(Refusal):
    code = "members.unknown_copy_scope"
    status = 422
    text = _("A copy of the register is full, with holdings, or names only. Nothing was made.")


class NoSuchCopyRequest(Refusal):
    code = "members.no_such_copy_request"
    status = 404
    text = _("Nobody asked for this copy. Nothing was changed.")


class CopyAnswered(Refusal):
    code = "members.copy_answered"
    text = _("This wish for a copy was answered already. Nothing was changed.")


class CopyRefusalNeedsReason(Refusal):
    code = "members.copy_refusal_needs_reason"
    status = 422
    text = _("Refusing a copy needs one of these reasons: {reasons}. Nothing was changed.")


class UnknownPurpose(Refusal):
    code = "members.unknown_purpose"
    status = 422
    text = _("Choose one of these purposes: {purposes}. Nothing was changed.")


@action("members.copy_register", may=may.office(*KEEPERS) | may.by_resolution, about=("as_of", "known_at", "scope"))
def copy_register(
    *, actor: Actor, now: datetime, key: str, as_of: datetime, known_at: datetime, scope: str = "full"
) -> dict[str, Any]:
    """Make a copy of the register as of a moment as known at another, and keep its digests for ever.

    From then on nothing is recorded at or before `known_at` any more: who writes at this moment is
    waited for, who comes later is recorded later. Returns {"export": id, "digest": SHA-256,
    "digest_without_names": SHA-256, "members": count}. Refuses a moment that nobody knows yet.
    """
    if known_at > now:
        raise NotKnownYet()
    if scope not in queries.SCOPES:
        raise UnknownScope()
    if not RegisterExport.objects.filter(known_at__gte=known_at).exists():
        Counter.objects.bulk_create([Counter(name=REGISTER, last=0)], ignore_conflicts=True)
        Counter.objects.filter(pk=REGISTER).update(last=F("last") + 1)
    made = queries.register_copy(as_of, known_at, scope)
    row = RegisterExport.objects.create(
        as_of=as_of,
        known_at=known_at,
        scope=scope,
        members=len(made.lines),
        digest=made.digest,
        digest_without_names=made.digest_without_names,
        made_at=now,
        by_party=actor.party,
        act=recording.act_of(actor, key),
    )
    return {
        "export": row.id,
        "digest": made.digest,
        "digest_without_names": made.digest_without_names,
        "members": len(made.lines),
    }


@action("members.ask_copy", may=may.known | may.anyone, about=("purpose_class",))
def ask_copy(*, actor: Actor, now: datetime, key: str, purpose: str, purpose_class: str) -> dict[str, Any]:
    """Ask for a copy of the register as far as the law opens it to whoever asks, with the purpose (sealed).

    Returns {"request": id, "due_at": by when it is to be given (Ireland: ten days), "fee": the most
    that may be asked for it in micro-units, "currency": code}. Refuses whom the law opens nothing to.
    """
    view, _law = queries.register_view(actor, now)
    if not view.names:
        raise NotOpenToYou()
    if purpose_class not in rules.PURPOSES:
        raise UnknownPurpose(purposes=", ".join(rules.PURPOSES))
    if len(purpose.strip()) < LEAST_PURPOSE:
        raise PurposeMissing(least=LEAST_PURPOSE)
    row = bylaws.law("register.visibility", at=now)
    said: Mapping[str, Any] = row.value if row is not None and isinstance(row.value, dict) else {}
    days, fee = said.get("copy_within_days"), said.get("fee_max_eur")
    request = CopyRequest.objects.create(
        asked_at=now,
        due_at=now + timedelta(days=days if isinstance(days, int) else COPY_DAYS),
        person=actor.person,
        party=actor.party,
        viewer=queries.viewer_kind(actor, now),
        scope="holdings" if view.holdings else "names",
        purpose_class=purpose_class,
        purpose_sealed=keys.encrypt_text(purpose.strip()[:500], about=COPY_PURPOSE),
        fee=int(fee) * money.ONE if isinstance(fee, int) else 0,
        currency="EUR" if isinstance(fee, int) else "",
        act=recording.act_of(actor, key),
    )
    return {"request": request.id, "due_at": request.due_at.isoformat(), "fee": request.fee, "currency": request.currency}


@action("members.answer_copy", may=may.office("secretary", "board", "chair"), about=("request", "given", "reason_code"))
def answer_copy(*, actor: Actor, now: datetime, key: str, request: int, given: bool, reason_code: str = "") -> dict[str, Any]:
    """Give the copy somebody asked for, as the register stands and is known now, or refuse it with a coded reason.

    Returns {"state": "given", "export": id} or {"state": "refused"}. Refuses a second answer.
    """
    wish = CopyRequest.objects.filter(pk=request).first()
    if wish is None:
        raise NoSuchCopyRequest()
    if not given and reason_code not in rules.COPY_REFUSALS:
        raise CopyRefusalNeedsReason(reasons=", ".join(rules.COPY_REFUSALS))
    made = copy_register(actor=actor, now=now, key=key, as_of=now, known_at=now, scope=wish.scope) if given else None
    try:
        with transaction.atomic():
            CopyAnswer.objects.create(
                request=wish,
                state="given" if given else "refused",
                export_id=made["export"] if made else None,
                at=now,
                by_party=actor.party,
                reason_code="" if given else reason_code,
                act=recording.act_of(actor, key),
            )
    except IntegrityError as error:
        if "members_copyanswer_pkey" in str(error):
            raise CopyAnswered() from error
        raise
    return {"state": "given", "export": made["export"]} if made else {"state": "refused"}


@action("members.change_register_entry", may=may.office("secretary", "board", "chair"), about=("party",), private=("evidence",))
def change_register_entry(
    *, actor: Actor, now: datetime, key: str, party: UUID, fields: Mapping[str, Any], evidence: str
) -> None:
    """Change what the register says of somebody: name, address, and what the packs ask for (occupation, nominee, age).

    The version before stays, sealed, so that the register as known earlier still shows it.
    Refuses fields the register does not keep, and a change that names no evidence.
    """
    told = checked(fields, rules.REGISTER_FIELDS)
    if len(evidence.strip()) < recording.LEAST_EVIDENCE:
        raise recording.EvidenceMissing(least=recording.LEAST_EVIDENCE)
    if queries.party(party) is None:
        raise NoSuchParty()
    keep_details(actor=actor, now=now, key=key, party=party, register=told, contact=None)
