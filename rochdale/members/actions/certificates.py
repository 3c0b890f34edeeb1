"""Share certificates: numbered statements of the register that whoever holds the paper can check."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries
from ..models import Counter, ShareCertificate
from . import recording
from .shares import share_class_row

NUMBERS = "certificate"
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


class NothingToCertify(Refusal):
    code = "members.nothing_to_certify"
    text = _("They hold no shares of this class. Nothing was issued.")


@action("members.issue_certificate", may=may.own("party") | may.office("secretary", "treasurer"), about=("party", "share_class"))
def issue_certificate(*, actor: Actor, now: datetime, key: str, party: UUID, share_class: str = "member") -> dict[str, Any]:
    """Issue a certificate of what a member holds of a class now; returns {"certificate": number}.

    Numbers run from 1 without a gap. The same holding as on the last certificate gives that one
    again. Refuses a class of which they hold nothing.
    """
    share_class_row(share_class)
    recording.take_turns(actor=actor, now=now, key=key, parties=[party])
    held = queries.holding(party, share_class, now)
    if not held.shares:
        raise NothingToCertify()
    last = ShareCertificate.objects.filter(party=party, share_class=share_class).order_by("-number").first()
    if last is not None and (last.shares, last.subscribed, last.paid) == (held.shares, held.subscribed, held.paid):
        return {"certificate": last.number}
    row = ShareCertificate.objects.create(
        number=_next(),
        party_id=party,
        share_class_id=share_class,
        shares=held.shares,
        subscribed=held.subscribed,
        paid=held.paid,
        currency=held.currency,
        issued_at=now,
        issued_by=actor.party,
        code="-".join("".join(secrets.choice(_SIGNS) for _place in range(4)) for _group in range(4)),
        act=recording.act_of(actor, key),
    )
    return {"certificate": row.number}


def _next() -> int:
    Counter.objects.bulk_create([Counter(name=NUMBERS, last=0)], ignore_conflicts=True)
    Counter.objects.filter(pk=NUMBERS).update(last=F("last") + 1)
    return int(Counter.objects.values_list("last", flat=True).get(pk=NUMBERS))
