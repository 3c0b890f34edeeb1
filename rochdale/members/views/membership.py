"""Join, my membership and shares, appeal, contact, acting for an organisation, claiming a membership begun at the desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy
from rochdale.shared import clock, coops, explain, locales, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms, middleware, queries
from ..reasons import ALL_REASONS, MOVEMENTS, STATES


@web.everyone
def join(request: CoopRequest) -> HttpResponse:
    """Show what joining means, and take an application of a signed-in person."""
    now, actor = clock.now(), web.actor_of(request)
    classes = queries.classes()
    mine = queries.applications_of(actor.party) if actor.party else []
    form = forms.Join(
        request.POST or None,
        classes=[(each.code, _(each.title)) for each in classes],
        age=queries.silence.minimum_age(now) if classes else 0,
        initial=_known(actor.party, request),
    )
    refused = ""
    if request.method == "POST" and not request.user.is_authenticated:
        return web.to_sign_in(request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.apply(
                actor=actor,
                now=now,
                key=web.key_of(request),
                class_code=form.cleaned_data["class_code"],
                register=form.register,
                contact=form.contact,
                old_enough=form.cleaned_data.get("old_enough"),
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Your application has been received. You will be told what was decided."))
            return web.see_other(reverse("members:join"))
    standing = bylaws.rules_at(now) if classes else None
    return render(
        request,
        "members/join.html",
        {
            "form": form,
            "refused": refused,
            "classes": classes,
            "open": [each for each in mine if each.open],
            "applications": [(each, *STATES[each.state], ALL_REASONS.get(each.reason_code, "")) for each in mine],
            "member": queries.member(actor.party) if actor.party else None,
            "par_value": standing.value("members.share_par_value") if standing else None,
            "minimum": standing.value("members.minimum_shares") if standing else {},
            "days": standing.value("members.application_decision_days") if standing else None,
            "now": now,
        },
        status=422 if refused or (form.is_bound and not form.is_valid()) else 200,
    )


def _known(party: UUID | None, request: CoopRequest) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if party is not None:
        known = (privacy.read(party, "register") or {}) | (privacy.read(party, "contact") or {})
    elif request.user.is_authenticated:
        known = {"email": getattr(request.user, "email", "") or "", "phone": getattr(request.user, "phone", "") or ""}
    return known | {"class_code": request.GET.get("class", "")}


@web.members_only
def membership(request: CoopRequest) -> HttpResponse:
    """Show one's number, classes, shares, what is still to pay, and applications."""
    now, party = clock.now(), request.actor.party
    assert party is not None  # members_only has seen to it
    member = queries.member(party, now)
    holdings = queries.holdings([party], now).get(party, [])
    applications = queries.applications_of(party)
    titles = queries.class_titles()
    share_titles = {each.code: _(each.title) for each in queries.share_classes()}
    return render(
        request,
        "members/membership.html",
        {
            "member": member,
            "leaving": queries.leaving.open_notice(party) is not None,
            "case": any(each.open for each in queries.exclusion.cases_against(party, now)),
            "classes": [titles[code] for code in member.classes] if member else [],
            "holdings": [(each, share_titles[each.share_class]) for each in holdings],
            "shares": sum(each.shares for each in holdings),
            "to_pay": queries.subscriptions_to_pay(party),
            "minimum": queries.minimum_owed(party, now) if member else (0, 0),
            "applications": [
                (each, titles.get(each.class_code, each.class_code), *STATES[each.state], ALL_REASONS.get(each.reason_code, ""))
                for each in applications
            ],
            "others": [each for each in _acting(request) if each.party != party],
            "acting": next((each for each in _acting(request) if each.party == party), None),
            "contact": forms.Contact(initial=privacy.read(party, "contact") or {}),
            "buy": _buy_form(None) if member else None,
            "now": now,
        },
    )


def _acting(request: CoopRequest) -> list[queries.Acting]:
    return queries.acting_for(request.user.pk, clock.now()) if request.actor.via != "desk" else []


def _buy_form(data: Any) -> forms.BuyShares:
    return forms.BuyShares(data, classes=[(each.code, _(each.title)) for each in queries.share_classes()], initial={"count": 1})


@web.members_only
def buy_shares(request: CoopRequest) -> HttpResponse:
    """Show what taking shares will cost and mean, then take them."""
    now, party = clock.now(), request.actor.party
    assert party is not None  # members_only has seen to it
    form = _buy_form(request.POST if request.method == "POST" else request.GET)
    refused = ""
    if not form.is_valid():
        return render(request, "members/buy.html", {"form": _buy_form(request.GET or None)}, status=422 if request.GET else 200)
    count, share_class = form.cleaned_data["count"], form.cleaned_data["share_class"]
    terms = queries.share_terms(share_class, now)
    if request.method == "POST":
        try:
            actions.buy_shares(
                actor=request.actor, now=now, key=web.key_of(request), party=party, count=count, share_class=share_class
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("The shares are yours as soon as they are paid: at the desk or by bank."))
            return web.see_other(reverse("members:membership"))
    can_be_given_back, law = queries.withdrawable(share_class, now)
    context = {
        "form": form,
        "count": count,
        "amount": count * terms.par_value,
        "terms": terms,
        "given_back": can_be_given_back,
        "law": law,
        "refused": refused,
    }
    return render(request, "members/buy.html", context, status=422 if refused else 200)


@web.members_only
def explain_shares(request: CoopRequest, share_class: str) -> HttpResponse:
    """Explain what one's shares of a class add up from."""
    now, party = clock.now(), request.actor.party
    assert party is not None  # members_only has seen to it
    if share_class not in {each.code for each in queries.share_classes()}:
        raise Http404
    held = queries.holding(party, share_class, now)
    locale = locales.locale_of(request)
    lines = []
    for each in queries.share_movements(party):
        if each.share_class_id == share_class:
            said = _("{what} on {day}").format(what=_movement(each), day=locales.day(each.effective_at, locale))
            lines.append(
                explain.Line(said, each.paid_change, each.currency)
                if each.paid_change
                else explain.Line(said, number=each.shares_change)
            )
    explanation = explain.Explanation(
        title=_("Paid for your shares"),
        rule=_(
            "Everything you paid for shares of this class, less what was given back at par. "
            "Shares keep the price at which they were taken."
        ),
        micro=held.paid,
        currency=held.currency,
        lines=[
            *lines,
            explain.Line(_("Paid together"), held.paid, held.currency, total=True),
            explain.Line(_("Still to pay"), held.owed, held.currency),
        ],
        bylaw_version=bylaws.version_at(now),
        back_url=reverse("members:membership"),
        as_of=now,
    )
    return render(request, "shared/explain.html", {"explanation": explanation})


def _movement(each: Any) -> str:
    what = str(MOVEMENTS[each.kind])
    return _("Correction: {what}").format(what=what) if each.corrects_id else what


@web.members_only
def appeal(request: CoopRequest, application: int) -> HttpResponse:
    """Appeal against the refusal of one's own application."""
    found = queries.application(application)
    if found is None or found.party != request.actor.party:
        raise Http404
    form = forms.Appeal(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.appeal_refusal(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                application=application,
                words=form.cleaned_data["words"],
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Your appeal has been received. Somebody who did not refuse you decides it."))
            return web.see_other(reverse("members:membership"))
    context = {"form": form, "refused": refused, "application": found, "reason": ALL_REASONS.get(found.reason_code, "")}
    return render(request, "members/appeal.html", context, status=422 if refused else 200)


@web.members_only
def change_contact(request: CoopRequest) -> HttpResponse:
    """Change how one is reached."""
    form = forms.Contact(request.POST or None)
    if request.method != "POST":
        return web.see_other(reverse("members:membership"))
    if not form.is_valid():
        return render(request, "members/contact.html", {"form": form}, status=422)
    given = {field: value for field, value in request.POST.items() if field not in ("key", "csrfmiddlewaretoken")}
    assert request.actor.party is not None  # members_only has seen to it
    actions.change_contact(
        actor=request.actor,
        now=clock.now(),
        key=web.key_of(request),
        party=request.actor.party,
        contact=given | form.cleaned_data,
    )
    web.toast(request, _("We will reach you this way from now on."))
    return web.see_other(reverse("members:membership"))


@web.signed_in
def act_as(request: CoopRequest) -> HttpResponse:
    """Choose to act for an organisation one represents, or for oneself again."""
    if request.method == "POST":
        chosen = request.POST.get("party", "")
        allowed = {str(each.party) for each in queries.acting_for(request.user.pk, clock.now())}
        if chosen not in allowed:
            raise Http404
        request.session[middleware.ACTING_AS] = request.session.get(middleware.ACTING_AS, {}) | {coops.current(): chosen}
        web.toast(request, _("Done: look at the top of the page to see for whom you act."), tone="info")
    return web.see_other(reverse("members:membership"))


@web.signed_in
def claim(request: CoopRequest) -> HttpResponse:
    """Link one's log-in to a membership that was begun at the desk."""
    form = forms.Proof(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            result = actions.claim_party(actor=request.actor, now=clock.now(), key=web.key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            if result["passed"]:
                web.toast(request, _("Your log-in and your membership belong together now."))
                return web.see_other(reverse("members:membership"))
            refused = why_not(result["reason"])
    return render(request, "members/claim.html", {"form": form, "refused": refused}, status=422 if refused else 200)


def why_not(reason: str) -> str:
    """Return what to say to somebody whose PIN or code did not hold; it does not say which of them."""
    if reason == "locked":
        return _("This PIN is locked after too many wrong tries. Nothing was changed; an officer can issue a new one.")
    if reason == "later":
        return _("You tried too often. Nothing was changed; try again tomorrow, or ask an officer to help you at the desk.")
    return _(
        "Number, PIN and code do not belong together, or the code was used before. "
        "Nothing was changed; use the next code on the sheet."
    )
