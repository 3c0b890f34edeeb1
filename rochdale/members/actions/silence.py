"""What happens when nobody decides an application in time, and who is reminded before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from rochdale.cooperatives import queries as cooperatives
from rochdale.offices import queries as offices
from rochdale.privacy import queries as privacy
from rochdale.shared import ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import deadlines, queries, rules
from ..models import Application, ApplicationEvent
from ..queries import silence
from ..reasons import SILENCE
from .applications import AlreadyDecided, NoSuchApplication, admitted_now, refused_now
from .notices import tell
from .parties import take_turn

WHAT_SILENCE_MEANS = {
    "admitted": _("If nobody decides by then, they are admitted."),
    "refused": _("If nobody decides by then, it counts as refused."),
    "nothing": _("It is shown as late from then on."),
}


class SilenceTooEarly(Refusal):
    code = "members.silence_too_early"
    text = _("The time to decide this application has not passed, or silence means nothing here. Nothing was changed.")


@action("members.apply_silence", may=may.jobs, about=("application",))
def apply_silence(*, actor: Actor, now: datetime, key: str, application: int) -> dict[str, Any]:
    """Admit or refuse an applicant whom nobody answered in time, as law and bylaws say. Returns {"state": what it became}.

    Refuses a moment too early, where silence means nothing, and what was decided meanwhile.
    """
    row = Application.objects.filter(pk=application).first()
    if row is None:
        raise NoSuchApplication()
    take_turn(actor=actor, now=now, key=key, party=row.party_id)
    if ApplicationEvent.objects.filter(application=row, step=2).exists():
        raise AlreadyDecided()
    said = silence.terms(row.applied_at)
    if said.silent_at is None or now < said.silent_at:
        raise SilenceTooEarly()
    if said.means == "admitted":
        admitted_now(row, actor=actor, now=now, key=key)
    else:
        refused_now(row, SILENCE, actor=actor, now=now, key=key)
    return {"state": said.means}


@action("members.remind_of_application", may=may.jobs, about=("application",))
def remind_of_application(*, actor: Actor, now: datetime, key: str, application: int) -> dict[str, Any]:
    """Tell those who decide that the time for an application ends soon, each of them once. Returns {"told": how many}."""
    row = Application.objects.filter(pk=application).first()
    if row is None:
        raise NoSuchApplication()
    said = silence.terms(row.applied_at)
    decider = str(queries.decider_of_admission(now))
    held = sorted(rules.DECIDERS.get(decider, frozenset()))
    officers = dict.fromkeys(party for office in held for party in offices.holders(office, now))
    last = deadlines.local_day((said.silent_at or said.due_at), cooperatives.time_zone())
    context = {
        "applicant": privacy.names([row.party_id]).get(row.party_id, ""),
        "due": last,
        "silence": WHAT_SILENCE_MEANS[said.means],
    }
    for party in officers:
        once = ids.derived_key("members.decision_due_soon", row.id, party)
        tell(actor=actor, now=now, key=once, kind="members.decision_due_soon", party=party, context=context)
    return {"told": len(officers)}
