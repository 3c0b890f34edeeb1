"""Who holds which office; laying one down; my access tokens."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting
from rochdale.shared import clock, web
from rochdale.shared.api import READ
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from . import actions, forms, queries, rules


@web.members_only
def who(request: CoopRequest) -> HttpResponse:
    """Show who holds which office, until when, and by which act."""
    holdings = queries.holdings(clock.now())
    names = privacy.names({each.party for each in holdings})
    shown = [(each, names.get(each.party, _("a member"))) for each in holdings]
    return render(request, "offices/who.html", {"holdings": shown, "mine": request.actor.party})


@web.members_only
def resign(request: CoopRequest, term: UUID) -> HttpResponse:
    """Ask once more, then lay down one's own office."""
    now = clock.now()
    mine = next((each for each in queries.holdings(now) if each.id == term and each.party == request.actor.party), None)
    if mine is None:
        raise actions.NoSuchTerm()
    if request.method != "POST":
        return render(request, "offices/resign.html", {"holding": mine})
    assert request.actor.party is not None
    actions.resign(actor=request.actor, now=now, key=web.key_of(request), term=term, party=request.actor.party)
    web.toast(request, _("You have laid down your office."))
    return web.see_other(reverse("offices:who"))


@web.members_only
def tokens(request: CoopRequest) -> HttpResponse:
    """Show one's access tokens and make a new one; the token itself is shown once, right here."""
    now = clock.now()
    offered = queries.scopes_for(request.actor, now)
    form = forms.TokenForm(request.POST or None, offered=offered)
    made, refused = "", ""
    assert request.actor.party is not None
    if request.method == "POST" and form.is_valid():
        made = rules.new_token()
        try:
            actions.issue_token(
                actor=request.actor, now=now, key=web.key_of(request), party=request.actor.party, name=form.cleaned_data["name"],
                token_hash=rules.hash_of(made), scopes=form.cleaned_data["scopes"], days=form.cleaned_data["days"],
            )  # fmt: skip
            form = forms.TokenForm(offered=offered)
        except Refusal as refusal:
            made, refused = "", web.refusal_message(refusal)
    mine = [
        (each, each.good(now), [_("Read what I may see") if code == READ else acting.in_words(code) for code in each.scopes])
        for each in queries.tokens_of(request.actor.party)
    ]
    response = render(request, "offices/tokens.html", {"form": form, "tokens": mine, "made": made, "refused": refused})
    response["Cache-Control"] = "no-store"
    return response


@web.members_only
def revoke_token(request: CoopRequest, token: UUID) -> HttpResponse:
    """Ask once more, then make one's own access token count no more."""
    assert request.actor.party is not None
    mine = next((each for each in queries.tokens_of(request.actor.party) if each.id == token), None)
    if mine is None:
        raise actions.NoSuchToken()
    if request.method != "POST":
        return render(request, "offices/revoke_token.html", {"token": mine})
    actions.revoke_token(actor=request.actor, now=clock.now(), key=web.key_of(request), party=request.actor.party, token=token)
    web.toast(request, _("This access token counts no more."))
    return web.see_other(reverse("offices:tokens"))
