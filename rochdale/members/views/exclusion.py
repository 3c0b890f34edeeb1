"""Cases of exclusion: one's own, the officers' worklist, one case with its next step, opening one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting
from rochdale.shared import clock, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms_leaving, queries
from ..reasons import GROUNDS

OFFICERS = ("board", "chair", "secretary")
STAGES: dict[str, tuple[Any, str]] = {
    "serving": (gettext_lazy("the text has not reached the member"), "warn"),
    "hearing": (gettext_lazy("the member can answer"), "info"),
    "to_decide": (gettext_lazy("waits for a decision"), "warn"),
    "telling": (gettext_lazy("the decision has not reached the member"), "warn"),
    "appeal_period": (gettext_lazy("excluded; can be appealed"), "bad"),
    "appealed": (gettext_lazy("the appeal waits for a decision"), "warn"),
    "closed": (gettext_lazy("closed"), "quiet"),
}
CLOSED: dict[str, Any] = {
    "withdrawn": gettext_lazy("withdrawn"),
    "dismissed": gettext_lazy("dismissed"),
    "lifted": gettext_lazy("exclusion lifted on appeal"),
    "final": gettext_lazy("excluded"),
    "left": gettext_lazy("the membership ended otherwise"),
}


@web.members_only
def mine(request: CoopRequest) -> HttpResponse:
    """Show the cases against oneself: what is said, until when to answer, what was decided, how to appeal."""
    now, party = clock.now(), request.actor.party
    assert party is not None  # members_only has seen to it
    found = queries.exclusion.cases_against(party, now)
    answer, appeal = forms_leaving.Answer(), forms_leaving.AppealCase()
    refused = ""
    if request.method == "POST" and found:
        form: forms.Form = forms_leaving.Answer(request.POST)
        act: Any = actions.appeal_exclusion if request.POST.get("step") == "appeal" else actions.answer_exclusion
        if form.is_valid():
            try:
                act(actor=request.actor, now=now, key=web.key_of(request), case=found[0].id, words=form.cleaned_data["words"])
            except Refusal as refusal:
                refused = web.refusal_message(refusal)
            else:
                web.toast(request, _("It is kept, and those who decide read it."))
                return web.see_other(reverse("members:my_case"))
        answer, appeal = (answer, form) if act is actions.appeal_exclusion else (form, appeal)  # type: ignore[assignment]
    context = {
        "cases": [_shown(each) for each in found],
        "answer": answer,
        "appeal": appeal,
        "refused": refused,
        "rules": [bylaws.rule_shown(key, at=now).in_words for key in RULES] if found else [],
    }
    return render(request, "members/my_case.html", context, status=422 if refused or answer.errors or appeal.errors else 200)


RULES = (
    "members.exclusion_decided_by",
    "members.exclusion_appeal_days",
    "members.exclusion_appeal_decided_by",
    "members.exclusion_rests_offices",
)


@web.officers(*OFFICERS)
def worklist(request: CoopRequest) -> HttpResponse:
    """Show the open cases with their deadlines, and those closed last."""
    now = clock.now()
    context = {
        "open": [_shown(each) for each in queries.exclusion.open_cases(now)],
        "closed": [_shown(each) for each in queries.exclusion.closed_cases(now)],
    }
    return render(request, "members/exclusions.html", context)


@web.officers(*OFFICERS)
def case(request: CoopRequest, case: int) -> HttpResponse:
    """Show a case and take its next step: hand over, write down an answer, decide, withdraw."""
    now, party = clock.now(), request.actor.party
    found = queries.exclusion.case(case, now)
    if found is None or (party is not None and queries.is_same_human(found.party, party, now)):
        raise Http404  # one's own case is read on “My case”
    form = _form_of(request.POST.get("step", ""), request.POST, found)
    refused = ""
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            _done(request, found, form, now)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("It is written down in the case."))
            return web.see_other(reverse("members:exclusion", args=[case]))
    may = party is not None and queries.exclusion.may_decide(found, officer=party, held=acting.held(request.actor, now), at=now)
    context = _shown(found) | {"refused": refused, "forms": _forms(found, may=may, opener=found.opened_by == party, bound=form)}
    return render(
        request, "members/exclusion.html", context, status=422 if refused or (form is not None and form.errors) else 200
    )


@web.officers(*OFFICERS)
def open_case(request: CoopRequest, number: int) -> HttpResponse:
    """Open a case against a member."""
    now = clock.now()
    member = queries.member_by_number(number, now)
    if member is None or member.ended_at is not None:
        raise Http404
    form = forms_leaving.OpenCase(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_exclusion(
                actor=request.actor, now=now, key=web.key_of(request), party=member.party, **form.cleaned_data
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("The case is open, and its text is on its way to the member."))
            return web.see_other(reverse("members:exclusion", args=[made["case"]]))
    context = {
        "form": form,
        "refused": refused,
        "member": member,
        "name": privacy.names([member.party]).get(member.party, ""),
        "days": queries.exclusion.hearing_terms(now).days,
    }
    return render(request, "members/open_case.html", context, status=422 if refused or form.errors else 200)


def _shown(found: queries.exclusion.CaseView) -> dict[str, Any]:
    state, tone = STAGES[found.stage]
    return {
        "case": found,
        "ground": GROUNDS.get(found.ground, found.ground),
        "state": CLOSED.get(found.closed, state) if found.closed else state,
        "tone": tone,
    }


def _form_of(step: str, data: Any, found: queries.exclusion.CaseView) -> forms.Form | None:
    kind: type[forms.Form] | None = {
        "hand_over": forms_leaving.HandOver,
        "answer": forms_leaving.Answer,
        "appeal": forms_leaving.AppealCase,
        "decide": forms_leaving.DecideAppeal if found.stage == "appealed" else forms_leaving.Decide,
        "withdraw": forms_leaving.Withdraw,
    }.get(step)
    return kind(data, prefix=step) if kind is not None else None


def _forms(
    found: queries.exclusion.CaseView, *, may: bool, opener: bool, bound: forms.Form | None
) -> list[tuple[str, Any, Any, forms.Form]]:
    """Return the steps that are open now: their code, title, button and form."""
    steps: list[tuple[str, Any, Any]] = []
    if may:
        steps.append(("decide", _("Decide"), _("Write down my decision")))
    if found.stage in ("serving", "telling"):
        steps.append(("hand_over", _("Handed over in person"), _("Write down the day")))
    if found.open and not found.outcome:
        steps.append(("answer", _("The member answered at the desk"), _("Write down the answer")))
    if found.stage in ("telling", "appeal_period"):
        steps.append(("appeal", _("The member appealed at the desk"), _("Write down the appeal")))
    if opener and not found.outcome and found.open:
        steps.append(("withdraw", _("Withdraw the case"), _("Withdraw it")))
    made = {code: _form_of(code, None, found) for code, _title, _button in steps}
    if bound is not None and bound.prefix in made:
        made[str(bound.prefix)] = bound
    return [(code, title, button, form) for code, title, button in steps if (form := made[code]) is not None]


def _done(request: CoopRequest, found: queries.exclusion.CaseView, form: forms.Form, now: datetime) -> None:
    given: dict[str, Any] = {"actor": request.actor, "now": now, "key": web.key_of(request), "case": found.id}
    said, step = form.cleaned_data, form.prefix
    if step == "hand_over":
        actions.hand_over_case_text(**given, what="decision" if found.outcome else "charge", handed_on=said["handed_on"])
    elif step == "answer":
        actions.answer_exclusion(**given, words=said["words"])
    elif step == "appeal":
        actions.appeal_exclusion(**given, words=said["words"])
    elif step == "withdraw":
        actions.withdraw_exclusion(**given, reasons=said["reasons"])
    elif found.stage == "appealed":
        actions.decide_exclusion_appeal(**given, upheld=said["outcome"] == "upheld", reasons=said["reasons"])
    else:
        actions.decide_exclusion(**given, outcome=said["outcome"], reasons=said["reasons"])
