"""The secretary's letters, a member's own messages, and the simulator that shows what a demo sent."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rochdale.shared import clock, web
from rochdale.shared.web import CoopRequest

from . import actions, queries


@web.officers("secretary")
def letters(request: CoopRequest) -> HttpResponse:
    """Show the letters that wait to be printed, and what reached nobody."""
    return render(request, "messages/letters.html", {"letters": queries.letters_to_print(), "undelivered": queries.undelivered()})


@web.officers("secretary")
def letter(request: CoopRequest, message: UUID) -> HttpResponse:
    """Show one letter for printing."""
    found = queries.letter(message)
    if found is None:
        raise actions.NoSuchMessage()
    return render(request, "messages/letter.html", {"letter": found, "coop": request.coop})


@require_POST
@web.officers("secretary")
def posted(request: CoopRequest, message: UUID) -> HttpResponse:
    """Note that a letter was printed and posted."""
    actions.print_letter(actor=request.actor, now=clock.now(), key=web.key_of(request), message=message)
    web.toast(request, _("Noted: the letter was posted."))
    return web.see_other(reverse("messages:letters"))


@web.members_only
def mine(request: CoopRequest) -> HttpResponse:
    """Show a member what the co-op sent them."""
    return render(request, "messages/sent.html", {"messages_sent": queries.sent(party=request.actor.party), "simulated": False})


@web.everyone
def simulator(request: CoopRequest) -> HttpResponse:
    """Show everything a co-op on a demo host would have sent; elsewhere there is no such page, not even of a demo co-op."""
    if not settings.ROCHDALE_DEMO:
        raise Http404
    return render(request, "messages/sent.html", {"messages_sent": queries.sent(), "simulated": True})


@web.everyone
def host_simulator(request: HttpRequest) -> HttpResponse:
    """Show the log-in codes a demo host would have sent; on any other host there is no such page."""
    if not settings.ROCHDALE_DEMO:
        raise Http404
    response = render(request, "messages/sent.html", {"messages_sent": queries.sent(), "simulated": True})
    response["Cache-Control"] = "no-store"
    return response
