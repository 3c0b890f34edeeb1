"""The second person: approve a movement that waits, or say no with a reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.members import queries as members
from rochdale.shared import keys, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import rules
from ..models import Approval, ApprovalDecision
from . import desk
from .wallets import Wanted, carry_out, check, officer_of, take_turn


class NoSuchApproval(Refusal):
    code = "payments.no_such_approval"
    status = 404
    text = _("Nothing waits for approval here. Nothing was changed.")


class SamePerson(Refusal):
    code = "payments.same_person"
    status = 403
    text = _(
        "Whoever proposed a movement does not approve it, under no other name either. Nothing was changed; ask another officer."
    )


class BeneficiaryChecks(Refusal):
    code = "payments.beneficiary_checks"
    status = 403
    text = _("Whoever receives the money does not approve it. Nothing was changed; ask another officer.")


class ApprovalDecided(Refusal):
    code = "payments.approval_decided"
    text = _("This was decided already, perhaps a moment ago by somebody else. Nothing was changed; open the desk again.")


class RejectionNeedsReason(Refusal):
    code = "payments.rejection_needs_reason"
    status = 422
    text = _("Saying no needs one of these reasons: {reasons}. Nothing was changed.")


@action(
    "payments.decide_approval",
    may=may.office("treasurer", "cashier", "chair", "board"),
    about=("approval", "approved", "reason_code"),
    strong=True,
)
def decide_approval(
    *, actor: Actor, now: datetime, key: str, approval: int, approved: bool, reason_code: str = ""
) -> dict[str, Any]:
    """Approve a movement, which is then done at once, or reject it for a coded reason.

    Returns {"state": "done", "receipt": number, "posting": id} (no receipt for money that moves between
    the co-op's accounts) or {"state": "rejected"}. Refuses
    the maker and the receiver, also under another party, and what is no longer allowed now.
    """
    row = Approval.objects.filter(pk=approval).first()
    if row is None:
        raise NoSuchApproval()
    checker = officer_of(actor)
    if members.is_same_human(checker, row.maker, now):
        raise SamePerson()
    if members.is_same_human(checker, row.party, now):
        raise BeneficiaryChecks()
    if not approved and reason_code not in rules.REJECTIONS:
        raise RejectionNeedsReason(reasons=", ".join(rules.REJECTIONS))
    _decide(row, approved=approved, actor=actor, now=now, reason_code=reason_code)
    if not approved:
        return {"state": "rejected"}
    if row.kind == "to_own":
        source = "desk" if row.rail == "cash" else "client"
        posting = desk.carry(source, "own", row.amount, row.currency, actor=actor, now=now, key=key)
        return {"state": "done", "posting": posting}
    wanted = Wanted(row.kind, row.party, row.amount, row.currency, row.rail, _reference(row), row.bank_line)
    take_turn(row.party, now)
    check(wanted, now)
    return {"state": "done", **carry_out(wanted, maker=row.maker, approval=row, actor=actor, now=now, key=key)}


def _decide(row: Approval, *, approved: bool, actor: Actor, now: datetime, reason_code: str) -> None:
    try:
        with transaction.atomic():
            ApprovalDecision.objects.create(
                approval=row,
                approved=approved,
                checker=officer_of(actor),
                at=now,
                reason_code="" if approved else reason_code,
            )
    except IntegrityError as error:
        if "payments_approvaldecision_pkey" in str(error):
            raise ApprovalDecided() from error
        raise


def _reference(row: Approval) -> str:
    return keys.decrypt_text(bytes(row.reference_sealed), about="payments.reference") if row.reference_sealed else ""
