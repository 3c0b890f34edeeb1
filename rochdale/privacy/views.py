"""Who looked at my data; and for officers: ask to see what is closed, open it to another, look."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.shared import clock, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from . import actions, forms, queries

STATES = {
    "waits": (gettext_lazy("waits for a second person"), "info"),
    "lapsed": (gettext_lazy("lapsed, never opened"), "quiet"),
    "open": (gettext_lazy("open"), "warn"),
    "over": (gettext_lazy("over"), "quiet"),
}
FIELDS = {
    "name": gettext_lazy("Name"),
    "address": gettext_lazy("Postal address"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "language": gettext_lazy("Language"),
}


@web.members_only
def mine(request: CoopRequest) -> HttpResponse:
    """Show the viewer who asked to see their closed data, why, who opened it, and every look."""
    party = request.actor.party
    assert party is not None  # members only
    return render(request, "privacy/mine.html", {"lines": _lines(queries.accesses_of(party))})


@web.officers(*actions.ASK)
def closed(request: CoopRequest) -> HttpResponse:
    """Show officers the latest requests: what waits to be opened, what is open, what is over."""
    return render(request, "privacy/closed.html", {"lines": _lines(queries.accesses_to_follow())})


@web.officers(*actions.ASK)
def ask(request: CoopRequest, party: UUID) -> HttpResponse:
    """Ask to see what is closed of a person."""
    if not queries.known_here(party):
        raise Http404
    form, refused = forms.Ask(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.ask_access(
                actor=request.actor, now=clock.now(), key=web.key_of(request), party=party, **form.cleaned_data
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Asked. Another officer opens it; the person concerned sees that you asked."))
            return web.see_other(reverse("privacy:request", args=[number]))
    context = {"form": form, "refused": refused, "name": queries.names([party]).get(party, "")}
    return render(request, "privacy/ask.html", context, status=422 if refused else 200)


@web.officers(*actions.ASK)
def request_page(request: CoopRequest, request_number: int) -> HttpResponse:
    """Show one request: another officer opens it, and who asked looks while it is open."""
    now, fields, refused = clock.now(), {}, ""
    if queries.access_request(request_number) is None:
        raise Http404
    if request.method == "POST":
        try:
            if request.POST.get("do") == "open":
                actions.open_access(actor=request.actor, now=now, key=web.key_of(request), request=request_number)
            else:
                actions.look(actor=request.actor, now=now, key=web.key_of(request), request=request_number)
                fields = queries.opened_fields(request_number, viewer=request.actor, now=now)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
    found = queries.access_request(request_number)
    assert found is not None  # looked above; requests are never removed
    (line,) = _lines([found])
    context = {
        "line": line,
        "fields": [(FIELDS.get(name, name), value) for name, value in fields.items()],
        "refused": refused,
        "may_open": found.state(now) == "waits"
        and request.actor.party != found.asked_by
        and bool(set(actions.OPEN) & request.offices),
        "may_look": queries.may_look(found, request.actor, now),
        "minutes": queries.minutes_open(now),
    }
    return render(request, "privacy/request.html", context, status=422 if refused else 200)


def _lines(found: Iterable[queries.Access]) -> list[dict[str, Any]]:
    """Return requests with the names and words that people read."""
    found = list(found)
    now, titles = clock.now(), dict(forms.CLASSES)
    people = {party for each in found for party in (each.party, each.asked_by, each.opened_by) if party}
    names = queries.names(people)
    lines = []
    for each in found:
        state, tone = STATES[each.state(now)]
        who = {name: names.get(party, _("erased")) if party else "" for name, party in _parties(each)}
        lines.append({"access": each, "what": titles[each.retention_class], "state": state, "tone": tone, **who})
    return lines


def _parties(each: queries.Access) -> tuple[tuple[str, UUID | None], ...]:
    return (("about", each.party), ("asked_by", each.asked_by), ("opened_by", each.opened_by))
