"""One way to show a form, do one thing, and go back: for pages that do nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rochdale.privacy import queries as privacy
from rochdale.shared import clock, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import queries


def act(
    request: CoopRequest,
    form: forms.Form,
    do: Callable[[dict[str, Any], dict[str, Any]], Any],
    *,
    head: str,
    submit: str,
    back: str,
    said: str,
    lead: str = "",
    lines: Sequence[str] = (),
) -> HttpResponse:
    """Show a form with what it will do; when it is sent, do it once and go back. A refusal stands beside the form.

    `do` takes what was filled in, and who acts when with which key.
    """
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            do(form.cleaned_data, {"actor": request.actor, "now": clock.now(), "key": web.key_of(request)})
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, said)
            return web.see_other(back)
    context = {"form": form, "refused": refused, "head": head, "lead": lead, "lines": lines, "submit": submit, "back": back}
    wrong = refused or (request.method == "POST" and not form.is_valid())
    return render(request, "members/act.html", context, status=422 if wrong else 200)


def own(request: CoopRequest) -> UUID:
    """Return the party who acts; the page let only members in."""
    assert request.actor.party is not None  # members_only has seen to it
    return request.actor.party


def data(request: CoopRequest) -> Any:
    """Return what was sent, or None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def share_classes() -> list[tuple[str, str]]:
    """Return the classes of shares with their titles, for a choice."""
    return [(each.code, _(each.title)) for each in queries.share_classes()]


def member_of(number: int) -> queries.MemberView:
    """Return the member with a number, or a page that is not there."""
    found = queries.member_by_number(number)
    if found is None:
        raise Http404
    return found


def name_of(party: Any) -> str:
    """Return a party's name, or a word where it was erased."""
    return privacy.names([party]).get(party) or _("erased")


def moment_of(request: CoopRequest, day: date) -> datetime:
    """Return a day's last moment in the co-op's time zone, or now where the day is not over."""
    return min(clock.now(), datetime.combine(day, time.max, tzinfo=ZoneInfo(request.coop.time_zone)))
