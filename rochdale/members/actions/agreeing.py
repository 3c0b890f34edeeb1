"""What somebody else must say yes to about shares: to take them over, and to keep a part of a leaver's."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.shared import ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries
from ..models import LeavingNotice, RefundCut, ShareRequest, TransferAgreement
from . import recording
from .notices import tell
from .transfers import (
    NoSuchShareRequest,
    TransfersClosed,
    check_giver,
    check_receiver,
    end,
    hand_over,
    tell_both,
    waiting,
)

DECLINED = "receiver_declined"


class AgreedAlready(Refusal):
    code = "members.transfer_agreed_already"
    text = _("You agreed to this transfer already. Nothing was changed; the board decides now.")


class NothingToKeep(Refusal):
    code = "members.nothing_to_keep"
    text = _(
        "Nothing of these shares can be kept: only of somebody who left by their own notice, under bylaws that keep a part, "
        "and as long as shares wait to be paid back. Nothing was changed."
    )


@action("members.agree_to_transfer", may=may.own("receiver"), about=("receiver", "request", "agreed"))
def agree_to_transfer(
    *, actor: Actor, now: datetime, key: str, receiver: UUID, request: int, agreed: bool = True
) -> dict[str, Any]:
    """Agree to take shares over that one is offered, or decline them; where no board decides, they go over at once.

    Returns {"state": "waits" (for the board), "done" or "refused"}. Refuses an offer to somebody else, a second
    answer, and what is no longer possible now.
    """
    row = waiting(request, "transfer")
    if row.receiver_id != receiver:
        raise NoSuchShareRequest()
    recording.take_turns(actor=actor, now=now, key=key, parties=[row.party_id, receiver])
    row = waiting(request, "transfer")
    if not agreed:
        end(row, "refused", actor=actor, now=now, key=key, reason_code=DECLINED)
        tell_both(row, actor=actor, now=now, key=key, approved=False)
        return {"state": "refused"}
    rule = queries.transfer_rule(now)
    if rule == "not_allowed":
        raise TransfersClosed()
    check_giver(row.party_id, row.share_class_id, row.shares, now, besides=row.id)
    check_receiver(receiver, row.share_class_id, row.shares, now)
    _note_agreement(row, actor=actor, now=now, key=key)
    if rule != "between_members":
        return {"state": "waits"}
    hand_over(row, actor=actor, now=now, key=key, way="transfer", effective_at=now)
    tell_both(row, actor=actor, now=now, key=key, approved=True)
    return {"state": "done"}


def _note_agreement(row: ShareRequest, *, actor: Actor, now: datetime, key: str) -> None:
    try:
        with transaction.atomic():
            TransferAgreement.objects.create(request=row, at=now, by_party=actor.party, act=recording.act_of(actor, key))
    except IntegrityError as error:
        if "members_transferagreement_pkey" in str(error):
            raise AgreedAlready() from error
        raise


@action(
    "members.cut_refund",
    may=may.office("board", "chair") | may.by_resolution,
    about=("party",),
    private=("reason",),
)
def cut_refund(*, actor: Actor, now: datetime, key: str, party: UUID, reason: str) -> dict[str, Any]:
    """Keep the bylaws' part of what somebody asked back who left without a reason the bylaws accept; they are told why.

    The part is that of `members.unjustified_leave_cut` on the day they gave notice (Ley 27/1999 art. 51: at most 30 %). It is
    taken from each payment; what was paid before stays paid. Returns {"requests": count, "percent_hundredths": percent times
    100}. Refuses who did not leave by notice, bylaws that keep nothing, shares that are paid already, an officer's own.
    """
    recording.check_not_own(actor, [party], now)
    evidence = recording.sealed(reason)
    recording.take_turns(actor=actor, now=now, key=key, parties=[party])
    gone = queries.former(party)
    if gone is None or gone.end_reason != "resigned" or queries.member(party) is not None:
        raise NothingToKeep()
    notice = LeavingNotice.objects.filter(member=gone.number, outcome__state="ended").order_by("-id").first()
    given_at = notice.given_at if notice is not None else gone.ended_at
    assert given_at is not None and gone.ended_at is not None and evidence is not None  # ended, and a reason that is needed
    percent = int(bylaws.value("members.unjustified_leave_cut", at=given_at) * 100)
    found = ShareRequest.objects.filter(kind="buy_back", party=party, end__isnull=True, cut__isnull=True)
    rows = list(found.filter(asked_at__gte=gone.ended_at))
    if not percent or not rows:
        raise NothingToKeep()
    RefundCut.objects.bulk_create(
        RefundCut(
            request=row,
            percent_hundredths=percent,
            at=now,
            by_party=actor.party,
            act=recording.act_of(actor, key),
            evidence_sealed=evidence,
        )
        for row in rows
    )
    shown = f"{percent / 100:g}"
    context = {"percent": shown, "reason": reason.strip()[:500], "number": gone.number}
    tell(actor=actor, now=now, key=ids.derived_key(key, "told"), kind="members.refund_cut", party=party, context=context)
    return {"requests": len(rows), "percent_hundredths": percent}
