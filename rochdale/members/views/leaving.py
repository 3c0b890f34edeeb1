"""Leaving: the member's plan with its preview, who is leaving for officers, and what officers write down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy
from rochdale.shared import clock, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, queries
from ..forms_leaving import GiveNotice, RecordEnd, WrittenNotice
from ..forms_shares import KeepAPart
from ..reasons import END_REASONS
from . import acting

OFFICERS = ("board", "chair", "secretary")


@web.members_only
def leave(request: CoopRequest) -> HttpResponse:
    """Show what leaving means today, step by step, and take the notice or its withdrawal."""
    now, party = clock.now(), request.actor.party
    assert party is not None  # members_only has seen to it
    plan = queries.leaving.plan(party, now)
    if plan is None:
        gone = queries.former(party)
        context = {"gone": gone, "reason": END_REASONS[gone.end_reason] if gone else ""}
        owed = queries.leaving.obligations(party, now) if gone else []
        return render(request, "members/left.html", context | {"owed": [each for each in owed if each.amount]})
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdrawn(request, party)
    form = GiveNotice(request.POST or None, initial={"last_on": plan.earliest_on})
    refused = ""
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"actor": request.actor, "now": now, "key": web.key_of(request), "party": party}
        try:
            actions.give_notice(**given, last_on=form.cleaned_data["last_on"])
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("We have your notice. Until your last day you keep all rights and can withdraw it."))
            return web.see_other(reverse("members:leave"))
    context = {"plan": plan, "form": None if plan.notice else form, "refused": refused, "now": now, "late": plan.ends_at <= now}
    return render(request, "members/leave.html", context, status=422 if refused or form.errors else 200)


def _withdrawn(request: CoopRequest, party: UUID) -> HttpResponse:
    actions.withdraw_notice(actor=request.actor, now=clock.now(), key=web.key_of(request), party=party)
    web.toast(request, _("Your notice is withdrawn, and your membership goes on."))
    return web.see_other(reverse("members:leave"))


@web.officers(*OFFICERS)
def leavers(request: CoopRequest) -> HttpResponse:
    """Show who is leaving, what still holds them, and who has left."""
    now = clock.now()
    running, ended = queries.leaving.leavers(), queries.leaving.ended_lately()
    names = privacy.names({each.party for each in running} | {each.member.party_id for each in ended})
    context = {
        "running": [
            (
                each,
                names.get(each.party, ""),
                [step for step in queries.leaving.obligations(each.party, now) if step.blocks],
                each.ends_at <= now,
            )
            for each in running
        ],
        "ended": [(each, names.get(each.member.party_id, ""), END_REASONS[each.reason]) for each in ended],
        "cases": len(queries.exclusion.open_cases(now)),
        "to_forget": [names.get(each) or acting.name_of(each) for each in queries.forgetting.due(now, 50)],
        "may_keep": bool({"board", "chair"} & request.offices and bylaws.value("members.unjustified_leave_cut", at=now)),
    }
    return render(request, "members/leavers.html", context)


@web.officers("board", "chair")
def keep_a_part(request: CoopRequest, number: int) -> HttpResponse:
    """Decide that somebody left without a reason the bylaws accept, so that a part of their shares is kept."""
    member = queries.member_by_number(number, clock.now())
    if member is None or member.end_reason != "resigned":
        raise Http404
    return acting.act(
        request,
        KeepAPart(acting.data(request)),
        lambda given, by: actions.cut_refund(**by, party=member.party, reason=given["reason"]),
        head=_("Keep a part of the shares of {name}?").format(name=acting.name_of(member.party)),
        lead=bylaws.rule_shown("members.unjustified_leave_cut", at=clock.now()).in_words,
        lines=[
            _("What the bylaws said on the day of the notice counts. It is taken from each payment and goes to the reserve."),
            _("What was paid before stays paid. They are told, with your reason."),
        ],
        submit=_("Keep it"),
        back=reverse("members:leavers"),
        said=_("Decided, and they are told."),
    )


@web.officers(*OFFICERS)
def end(request: CoopRequest, number: int) -> HttpResponse:
    """Write down a notice given at the desk, or record a death or a dissolution."""
    now = clock.now()
    member = queries.member_by_number(number, now)
    if member is None or member.ended_at is not None:
        raise Http404
    which = request.POST.get("which", "")
    notice = WrittenNotice(request.POST if which == "notice" else None)
    death = RecordEnd(request.POST if which == "end" else None)
    refused = ""
    form = {"notice": notice, "end": death}.get(which)
    if request.method == "POST" and form is not None and form.is_valid():
        given: dict[str, Any] = {"actor": request.actor, "now": now, "key": web.key_of(request), "party": member.party}
        try:
            if form is notice:
                actions.give_notice(**given, **notice.cleaned_data)
            else:
                actions.record_end(**given, **death.cleaned_data)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("It is written down."))
            return web.see_other(reverse("members:leavers"))
    context = {
        "member": member,
        "name": privacy.names([member.party]).get(member.party, ""),
        "notice": notice,
        "death": death,
        "refused": refused,
        "plan": queries.leaving.plan(member.party, now),
    }
    return render(request, "members/end.html", context, status=422 if refused or (form is not None and form.errors) else 200)
