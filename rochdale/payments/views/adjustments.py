"""Adjusting entries: corrections of closed months, with two approvals."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.privacy import queries as privacy
from rochdale.shared import clock, module, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms, queries
from ..words import ADJUSTMENT_WORDS, NOT_CLOSED_WORDS

READERS = ("treasurer", "cashier", "auditor", "board", "chair")


@web.officers(*READERS)
def adjustments(request: CoopRequest) -> HttpResponse:
    """Show the adjusting entries: those that wait, and those that ended."""
    found = queries.adjustments()
    names = privacy.names({each.by for each in found})
    rows = [(each, ADJUSTMENT_WORDS.get(each.reason_code, ""), names.get(each.by, "")) for each in reversed(found)]
    context = {"rows": rows, "any_closed": bool(queries.closed_months())}
    return render(request, "payments/adjustments.html", context)


@web.officers("treasurer", "board", "chair")
def propose(request: CoopRequest) -> HttpResponse:
    """Propose a correction of a closed month."""
    currency = request.coop.currency
    months = [each.month.code for each in queries.closed_months()]
    form = forms.ProposeAdjustment(request.POST or None, currency=currency, months=months, accounts=_accounts())
    refused = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.propose_adjustment(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                month=given["month"],
                currency=currency,
                legs=[{name: given[name] for name in ("debit", "credit", "amount")}],
                reason_code=given["reason_code"],
                reason=given["reason"],
            )
        except Refusal as refusal:
            if refusal.code == "offices.prove_yourself":
                raise
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("It waits for two others. Nothing was booked yet."), tone="info")
            return web.see_other(reverse("payments:adjustments"))
    context = {"form": form, "refused": refused, "months": months}
    return render(request, "payments/propose_adjustment.html", context, status=422 if refused else 200)


@web.officers(*READERS)
def adjustment(request: CoopRequest, adjustment: int) -> HttpResponse:
    """Show an adjusting entry, and let others approve it or say no."""
    found = next((each for each in queries.adjustments() if each.id == adjustment), None)
    if found is None:
        raise Http404
    form = forms.DecideAdjustment(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.decide_adjustment(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                adjustment=adjustment,
                approved=form.cleaned_data["decision"] == "close",
                reason_code=form.cleaned_data["reason_code"],
            )
        except Refusal as refusal:
            if refusal.code == "offices.prove_yourself":
                raise
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _said(done["state"]))
            return web.see_other(reverse("payments:adjustments"))
    people = privacy.names({found.by, *found.approved_by})
    titles = dict(_accounts())
    context: dict[str, Any] = {
        "each": found,
        "why": ADJUSTMENT_WORDS.get(found.reason_code, ""),
        "by": people.get(found.by, ""),
        "approved_by": [people.get(each, "") for each in found.approved_by],
        "legs": [
            (titles.get(leg["debit"], leg["debit"]), titles.get(leg["credit"], leg["credit"]), leg["amount"])
            for leg in found.legs
        ],
        "no": NOT_CLOSED_WORDS.get(found.rejected, ""),
        "form": form,
        "refused": refused,
        "mine": request.actor.party in (found.by, *found.approved_by),
    }
    return render(request, "payments/adjustment.html", context, status=422 if refused else 200)


def _said(state: str) -> str:
    if state == "posted":
        return _("Approved by two: it is booked, dated today.")
    return _("Approved. One more person is needed.") if state == "waits" else _("Rejected. Nothing was booked.")


def _accounts() -> list[tuple[str, Any]]:
    found = [plan for plug in module.installed() for plan in plug.accounts() if plan.per == "co-op"]
    return [(plan.code, plan.title) for plan in sorted(found, key=lambda plan: plan.code)]
