"""The desk for people without a log-in: register somebody, print their sheet, let them act here."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from rochdale.privacy import queries as privacy
from rochdale.shared import clock, coops, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms, middleware, queries, rules
from .membership import why_not

OFFICES = actions.DESK_OFFICES


@web.officers(*OFFICES)
def desk(request: CoopRequest) -> HttpResponse:
    """Show what an officer can do for somebody who stands here."""
    form = forms.Find(request.GET if "number" in request.GET else None)
    missing = False
    if form.is_bound and form.is_valid():
        if queries.member_by_number(form.cleaned_data["number"]) is not None:
            return web.see_other(reverse("members:member", args=[form.cleaned_data["number"]]))
        missing = True
    return render(request, "members/desk.html", {"form": form, "missing": missing, "proof": forms.Proof()})


@never_cache
@web.officers(*OFFICES)
def register_person(request: CoopRequest) -> HttpResponse:
    """Write somebody down who has only a phone, or nothing; show their sheet once."""
    form = forms.AtTheDesk(request.POST or None, classes=[(each.code, _(each.title)) for each in queries.classes()])
    refused = ""
    if request.method == "POST" and form.is_valid():
        sheet = rules.new_sheet(queries.hashed)
        try:
            made = actions.register_at_desk(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                register=form.register,
                contact=form.contact,
                pin_hash=sheet.pin_hash,
                code_hashes=list(sheet.code_hashes),
                class_code=form.cleaned_data["class_code"],
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            context = {"sheet": sheet, "name": form.cleaned_data["name"], "number": None, "application": made["application"]}
            return render(request, "members/sheet.html", context)
    return render(request, "members/desk_register.html", {"form": form, "refused": refused}, status=422 if refused else 200)


@web.officers("secretary", "board", "chair")
def register_organisation(request: CoopRequest) -> HttpResponse:
    """Write an organisation down, with the member who acts for it from now on."""
    form = forms.Organisation(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        member = queries.member_by_number(given["number"])
        try:
            if member is None:
                raise actions.NoSuchParty()
            actions.make_organisation(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                representative=member.party,
                register={"name": given["name"], "address": given["address"]},
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Written down. Member {number} can act and apply for it now.").format(number=given["number"]))
            return web.see_other(reverse("members:desk"))
    context = {"form": form, "refused": refused}
    return render(request, "members/desk_organisation.html", context, status=422 if refused else 200)


@never_cache
@web.officers(*OFFICES)
def new_sheet(request: CoopRequest, number: int) -> HttpResponse:
    """Issue a member a new PIN and codes, which end the old ones; show the sheet once."""
    member = queries.member_by_number(number)
    if member is None:
        raise Http404
    name = privacy.names([member.party]).get(member.party, "")
    refused = ""
    if request.method == "POST":
        sheet = rules.new_sheet(queries.hashed)
        try:
            actions.issue_desk_credentials(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                party=member.party,
                pin_hash=sheet.pin_hash,
                code_hashes=list(sheet.code_hashes),
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            return render(request, "members/sheet.html", {"sheet": sheet, "name": name, "number": number})
    context = {"name": name, "number": number, "desk": queries.desk_state(member.party), "refused": refused}
    return render(request, "members/new_sheet.html", context, status=422 if refused else 200)


@web.officers(*OFFICES)
def prove(request: CoopRequest) -> HttpResponse:
    """Let a member act here after PIN and code, for a quarter of an hour."""
    form = forms.Proof(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            result = actions.prove_at_desk(actor=request.actor, now=clock.now(), key=web.key_of(request), **form.cleaned_data)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            if result["passed"]:
                request.session[middleware.DESK] = {"coop": coops.current(), "attempt": result["attempt"]}
                web.toast(
                    request,
                    _("Member {number} acts at your desk now, for 15 minutes.").format(number=form.cleaned_data["number"]),
                )
                return web.see_other(reverse("members:membership"))
            refused = why_not(result["reason"])
    return render(request, "members/prove.html", {"form": form, "refused": refused}, status=422 if refused else 200)


@web.signed_in
def end(request: CoopRequest) -> HttpResponse:
    """End that somebody acts at this desk."""
    if request.method == "POST":
        request.session.pop(middleware.DESK, None)
        web.toast(request, _("You act for yourself again."))
    return web.see_other(reverse("members:desk"))
