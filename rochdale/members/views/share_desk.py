"""The worklist about shares: transfers, inheritances, the buy-back queue and its rounds, overdue instalments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting_on
from rochdale.shared import clock, locales, money, web
from rochdale.shared.web import CoopRequest

from .. import actions, queries
from .. import forms_shares as forms
from . import acting

OFFICES = ("board", "chair", "secretary", "treasurer")


@web.officers(*OFFICES)
def desk(request: CoopRequest) -> HttpResponse:
    """Show what waits about shares, the oldest first."""
    now = clock.now()
    transfers, heirs = queries.share_requests("transfer"), queries.share_requests("inheritance")
    queue, overdue = queries.buy_back_queue(), queries.overdue_instalments(now)
    rounds = queries.buy_back_rounds(10)
    parties = {each.party for each in (*transfers, *heirs, *queue)} | {each.receiver for each in (*transfers, *heirs)}
    names = privacy.names([party for party in parties | {each.party for each in overdue} if party is not None])
    titles = dict(acting.share_classes())
    context = {
        "transfers": [
            (each, titles[each.share_class], names.get(each.party, ""), names.get(each.receiver or each.party, ""))
            for each in transfers
        ],
        "heirs": [
            (each, names.get(each.party, ""), names.get(each.receiver or each.party, ""), _late(each, now)) for each in heirs
        ],
        "queue": [
            (each, titles[each.share_class], names.get(each.party, ""), queries.due_by_now(each, now) > each.shares - each.left)
            for each in queue
        ],
        "waiting_shares": sum(each.left for each in queue),
        "rooms": [(currency, queries.buy_back_room(currency, now)) for currency in queries.share_currencies()],
        "rounds": rounds,
        "open_rounds": [each for each in rounds if each.state == "waits"],
        "overdue": [(each, names.get(each.party, ""), queries.number_of(each.party)) for each in overdue],
        "wishes": len(queries.copy_wishes()),
        "held": acting_on.held(request.actor, now),
    }
    return render(request, "members/share_desk.html", context)


def _late(each: queries.RequestView, now: datetime) -> bool:
    return each.due_at is not None and each.due_at < now


@web.officers("board", "chair")
def decide_transfer(request: CoopRequest, wish: int) -> HttpResponse:
    """Approve or refuse a transfer."""
    found = queries.share_request(wish)
    if found is None or found.kind != "transfer" or found.receiver is None:
        raise Http404
    names = privacy.names([found.party, found.receiver])

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        actions.decide_transfer(**by, request=wish, approved=given["decision"] == "yes", reason_code=given["reason_code"])

    return acting.act(
        request,
        forms.DecideTransfer(acting.data(request)),
        do,
        head=_("Transfer of {n} shares").format(n=found.shares),
        lead=_("From {giver} to {receiver}").format(giver=names.get(found.party), receiver=names.get(found.receiver)),
        lines=[
            *([] if found.agreed else [_("Whoever is to get them has not agreed yet: until then it can only be refused.")]),
            _("Both are told. An approved transfer can only be undone by a correction."),
        ],
        submit=_("Decide"),
        back=reverse("members:share_desk"),
        said=_("Decided, and both are told."),
    )


@web.officers("board", "chair", "secretary")
def settle_inheritance(request: CoopRequest, wish: int) -> HttpResponse:
    """Let an heir take the shares over, or put them into the queue."""
    found = queries.share_request(wish)
    if found is None or found.kind != "inheritance" or found.receiver is None:
        raise Http404
    names = privacy.names([found.party, found.receiver])
    day = locales.day(found.due_at, locales.locale_of(request)) if found.due_at else "–"
    return acting.act(
        request,
        forms.SettleInheritance(acting.data(request)),
        lambda given, by: actions.settle_inheritance(**by, request=wish, outcome=given["outcome"]),
        head=_("{n} shares of {name}").format(n=found.shares, name=names.get(found.party)),
        lead=_("{heir} stands in as heir, until {day}.").format(heir=names.get(found.receiver), day=day),
        lines=[_("To take shares over, the heir is a member. What is not paid of them goes over as well.")],
        submit=_("Settle"),
        back=reverse("members:share_desk"),
        said=_("The inheritance is settled."),
    )


@web.officers("treasurer")
def prepare_round(request: CoopRequest) -> HttpResponse:
    """Prepare a payment to the front of the queue; somebody else releases it."""
    now = clock.now()
    locale = locales.locale_of(request)
    rooms = [
        _("At most {amount} can be paid now.").format(
            amount=money.formatted(max(0, queries.buy_back_room(each, now)), each, locale)
        )
        for each in queries.share_currencies()
    ]

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        budget = money.parse(given["budget"], given["currency"])
        actions.prepare_buy_backs(**by, budget=budget, currency=given["currency"])

    return acting.act(
        request,
        forms.Round(acting.data(request), currencies=queries.share_currencies()),
        do,
        head=_("Prepare a buy-back round"),
        lead=_("Nothing is paid yet: a second person releases the round."),
        lines=[*rooms, _("The queue is paid in the order of asking, whole shares at par. Nobody is passed over.")],
        submit=_("Prepare"),
        back=reverse("members:share_desk"),
        said=_("The round is prepared. Another officer releases it."),
    )


@web.officers("treasurer", "board", "chair", "secretary")
def release_round(request: CoopRequest, number: int) -> HttpResponse:
    """Release a prepared round, with what it pays to whom as it stands."""
    found = next((each for each in queries.buy_back_rounds(500) if each.number == number), None)
    if found is None:
        raise Http404
    return acting.act(
        request,
        forms.Nothing(acting.data(request)),
        lambda given, by: actions.release_buy_backs(**by, round=number),
        head=_("Release round {number}?").format(number=number),
        lead=_("The co-op pays from its own bank account; the shares leave the register."),
        lines=_plan_lines(found, locales.locale_of(request)),
        submit=_("Release and pay"),
        back=reverse("members:share_desk"),
        said=_("The round is paid and everybody is told."),
    )


def _plan_lines(found: queries.RoundView, locale: str) -> list[str]:
    plan = queries.buy_back_plan(found.currency, found.budget, clock.now())
    names = privacy.names([each.party for each in plan])
    lines = [
        _("{name}: {n} shares, {amount}").format(
            name=names.get(each.party, _("erased")), n=each.shares, amount=money.formatted(each.amount, found.currency, locale)
        )
        for each in plan[:50]
    ]
    total = money.formatted(sum(each.amount for each in plan), found.currency, locale)
    more = [_("… and {n} more").format(n=len(plan) - 50)] if len(plan) > 50 else []
    return [*lines, *more, _("Together {amount}. Payments are made by hand at the bank; this books them.").format(amount=total)]


@web.officers("treasurer", "board", "chair")
def drop_round(request: CoopRequest, number: int) -> HttpResponse:
    """Drop a prepared round."""
    if not any(each.number == number for each in queries.buy_back_rounds(500)):
        raise Http404
    return acting.act(
        request,
        forms.Nothing(acting.data(request)),
        lambda given, by: actions.drop_buy_backs(**by, round=number),
        head=_("Drop round {number}?").format(number=number),
        lead=_("Nothing is paid, and the queue stays as it is."),
        submit=_("Drop it"),
        back=reverse("members:share_desk"),
        said=_("Dropped."),
    )
