"""The worklist of applications, and deciding one; a member as officers see them."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting
from rochdale.shared import clock, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms, queries
from ..actions.silence import WHAT_SILENCE_MEANS
from ..reasons import ALL_REASONS, END_REASONS, STATES


@web.officers("board", "chair", "secretary")
def worklist(request: CoopRequest) -> HttpResponse:
    """Show applications and appeals that wait, the longest waiting first."""
    now = clock.now()
    waiting = queries.open_applications(now)
    titles = queries.class_titles()
    context = {
        "waiting": [
            (
                each,
                titles.get(each.class_code, each.class_code),
                *STATES[each.state],
                each.due_at < now,
                _may_decide(request, each, now),
            )
            for each in waiting
        ],
        "late": sum(each.due_at < now for each in waiting),
        "rules": [
            bylaws.rule_shown(key, at=now).in_words for key in ("members.admission_decided_by", "members.appeal_decided_by")
        ],
        "now": now,
    }
    return render(request, "members/applications.html", context)


@web.officers("board", "chair", "secretary")
def decide(request: CoopRequest, application: int) -> HttpResponse:
    """Show one application and decide it, or its appeal."""
    found = queries.application(application)
    if found is None:
        raise Http404
    form = forms.Decision(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            said = _decided(request, found, form)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, said)
            return web.see_other(reverse("members:applications"))
    title = queries.class_titles().get(found.class_code, found.class_code)
    state, tone = STATES[found.state]
    context = {
        "application": found,
        "class_title": title,
        "state": state,
        "tone": tone,
        "reason": ALL_REASONS.get(found.reason_code, ""),
        "contact": privacy.read(found.party, "contact") or {},
        "register": privacy.read(found.party, "register") or {},
        "form": form if _may_decide(request, found, clock.now()) else None,
        "silence": WHAT_SILENCE_MEANS[found.silence.means] if found.silence else "",
        "refused": refused,
    }
    return render(request, "members/application.html", context, status=422 if refused else 200)


def _may_decide(request: CoopRequest, found: queries.ApplicationView, now: datetime) -> bool:
    party = request.actor.party
    return party is not None and queries.may_decide(found, officer=party, held=acting.held(request.actor, now), at=now)


def _decided(request: CoopRequest, found: queries.ApplicationView, form: forms.Decision) -> str:
    given = form.cleaned_data
    actor, now, key = request.actor, clock.now(), web.key_of(request)
    if found.state == "appealed":
        actions.decide_appeal(
            actor=actor,
            now=now,
            key=key,
            application=found.id,
            upheld=given["decision"] == "admit",
            reason_code=given["reason_code"],
            words=given["words"],
        )
        return _("The appeal is decided, and the applicant is told.")
    if given["decision"] == "admit":
        admitted = actions.admit_member(actor=actor, now=now, key=key, application=found.id)
        return _("Admitted as member number {number}.").format(number=admitted["number"])
    actions.refuse_application(
        actor=actor, now=now, key=key, application=found.id, reason_code=given["reason_code"], words=given["words"]
    )
    return _("Refused. The applicant is told the reason and how to appeal.")


KEEP_CONTACTS = frozenset({"board", "chair", "secretary"})
"""Whose office needs addresses and phone numbers; to others they are closed (privacy: ask, and a second person opens)."""


@web.officers("board", "chair", "secretary", "treasurer", "cashier")
def member_page(request: CoopRequest, number: int) -> HttpResponse:
    """Show a member as officers see them: classes, shares, what is to pay, the desk credential."""
    now = clock.now()
    member = queries.member_by_number(number, now)
    if member is None:
        raise Http404
    share_titles = {each.code: _(each.title) for each in queries.share_classes()}
    titles = queries.class_titles()
    keeps = bool(KEEP_CONTACTS & acting.held(request.actor, now))
    kept = privacy.read(member.party, "register") or {}
    context = {
        "member": member,
        "old_number": queries.old_number(number),
        "closed": not keeps,
        "classes": [titles.get(code, code) for code in member.classes],
        "by_founding": member.act.startswith("founding:"),
        "party": queries.party(member.party),
        "register": kept if keeps else {"name": kept.get("name", "")},
        "contact": (privacy.read(member.party, "contact") or {}) if keeps else {},
        "holdings": [
            (each, share_titles[each.share_class]) for each in queries.holdings([member.party], now).get(member.party, [])
        ],
        "to_pay": queries.subscriptions_to_pay(member.party),
        "applications": [(each, *STATES[each.state]) for each in queries.applications_of(member.party)],
        "desk": queries.desk_state(member.party),
        "may_end": member.ended_at is None and bool({"board", "chair", "secretary"} & request.offices),
        "end_reason": END_REASONS.get(member.end_reason, ""),
    }
    return render(request, "members/member.html", context)
