"""Forgetting how somebody who has left is reached, once nobody needs to reach them any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.audit import actions as audit
from rochdale.privacy import actions as privacy
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from ..queries import forgetting
from .parties import take_turn

LEFT = "membership_ended"


class StillNeeded(Refusal):
    code = "members.contact_still_needed"
    text = _("These contact details are still needed: the time after leaving runs, or something is open. Nothing was erased.")


@action("members.forget_contact", may=may.jobs, about=("party",))
def forget_contact(*, actor: Actor, now: datetime, key: str, party: UUID) -> dict[str, Any]:
    """Erase the e-mail address, phone number and language of somebody who has left; the register keeps their entry.

    Only once the days of `members.contact_kept_days` have passed and nothing is open any more: no debt either way, no
    shares, no wish or application that waits, nobody they act for. Refuses before that. Doing it twice changes nothing.
    """
    take_turn(actor=actor, now=now, key=key, party=party)
    if not forgetting.is_due(party, now):
        raise StillNeeded()
    privacy.forget(actor=actor, now=now, key=key, party=party, retention_class="contact", reason_code=LEFT)
    audit.note(action="members.contact_forgotten", actor=actor, references={"party": party, "reason": LEFT}, now=now)
    return {"forgotten": True}
