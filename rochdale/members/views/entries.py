"""A member's shares as officers write them: history, back-dated entries, corrections, inheritance, conversion, classes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.privacy import queries as privacy
from rochdale.shared import clock, locales, money, web
from rochdale.shared.web import CoopRequest

from .. import actions, queries
from .. import forms_shares as forms
from ..reasons import MOVEMENTS
from . import acting, shares
from .share_desk import OFFICES


@web.officers(*OFFICES)
def member_shares(request: CoopRequest, number: int) -> HttpResponse:
    """Show all that happened to a member's shares, and what an officer can enter."""
    now, member = clock.now(), acting.member_of(number)
    titles = dict(acting.share_classes())
    party = queries.party(member.party)
    context = {
        "member": member,
        "name": acting.name_of(member.party),
        "organisation": party is not None and party.kind == "organisation",
        "holdings": [(each, titles[each.share_class]) for each in queries.holdings([member.party], now).get(member.party, [])],
        "history": shares.history(member.party, titles),
        "correctable": True,
        "certificates": queries.certificates_of(member.party, now),
        "representatives": _representatives(member.party),
    }
    return render(request, "members/member_shares.html", context)


def _representatives(party: Any) -> list[tuple[Any, str, int | None]]:
    acts = queries.representatives_of(party, clock.now())
    names = privacy.names(acts)
    return [(each, names.get(each, ""), queries.number_of(each)) for each in acts]


@web.officers("secretary", "treasurer")
def correct(request: CoopRequest, number: int, movement: int) -> HttpResponse:
    """Take a wrong entry back by a counter-entry."""
    member = acting.member_of(number)
    row = next((each for each in queries.share_movements(member.party) if each.id == movement), None)
    if row is None:
        raise Http404
    what = MOVEMENTS[row.kind]
    lines = [
        _("Entry {number}: {what}, {n} shares, {amount}, of {day}").format(
            number=row.id,
            what=what,
            n=row.shares,
            amount=money.formatted(row.amount, row.currency),
            day=locales.day(row.effective_at, locales.locale_of(request)),
        ),
        _("The wrong entry stays in the history; a counter-entry that names it takes it back from the day it had effect."),
        _("Money that was booked is booked back today. Enter the right movement afterwards."),
    ]
    return acting.act(
        request,
        forms.Correct(acting.data(request)),
        lambda given, by: actions.correct_movement(**by, movement=movement, reason=given["reason"]),
        head=_("Correct an entry"),
        lines=lines,
        submit=_("Write the counter-entry"),
        back=reverse("members:member_shares", args=[number]),
        said=_("The counter-entry is written."),
    )


@web.officers("secretary", "treasurer")
def enter_subscription(request: CoopRequest, number: int) -> HttpResponse:
    """Enter shares that were taken on paper."""
    member = acting.member_of(number)

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        actions.enter_subscription(
            **by,
            party=member.party,
            count=given["count"],
            share_class=given["share_class"],
            effective_at=acting.moment_of(request, given["effective_on"]),
            evidence=given["evidence"],
        )

    return acting.act(
        request,
        forms.EnterSubscription(acting.data(request), classes=acting.share_classes()),
        do,
        head=_("Shares taken earlier by {name}").format(name=acting.name_of(member.party)),
        lead=_("They count from the day they were taken; the register says that it was written down today."),
        submit=_("Enter"),
        back=reverse("members:member_shares", args=[number]),
        said=_("Entered."),
    )


@web.officers("treasurer")
def enter_payment(request: CoopRequest, number: int) -> HttpResponse:
    """Enter a payment that came in earlier."""
    member = acting.member_of(number)
    lots = queries.subscriptions_to_pay(member.party)
    choices = [(str(each.id), f"{each.id}: {money.formatted(each.owed, each.currency)}") for each in lots]

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        lot = next(each for each in lots if str(each.id) == given["subscription"])
        actions.enter_payment(
            **by,
            subscription=lot.id,
            amount=money.parse(given["amount"], lot.currency),
            rail=given["rail"],
            effective_at=acting.moment_of(request, given["effective_on"]),
            evidence=given["evidence"],
        )

    return acting.act(
        request,
        forms.EnterPayment(acting.data(request), lots=choices),
        do,
        head=_("A payment for shares of {name}").format(name=acting.name_of(member.party)),
        lead=_("It is booked on the day it came in. A month that is closed takes no more entries."),
        submit=_("Enter"),
        back=reverse("members:member_shares", args=[number]),
        said=_("Entered and booked."),
    )


@web.officers("secretary", "board", "chair")
def inheritance(request: CoopRequest, number: int) -> HttpResponse:
    """Note who inherits the shares of a member who died."""
    member = acting.member_of(number)

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        heir = queries.member_by_number(given["heir"])
        if heir is None:
            raise actions.NotAMember()
        actions.record_inheritance(
            **by,
            party=member.party,
            heir=heir.party,
            count=given["count"],
            share_class=given["share_class"],
            died_at=acting.moment_of(request, given["died_on"]),
            evidence=given["evidence"],
        )

    return acting.act(
        request,
        forms.Inheritance(acting.data(request), classes=acting.share_classes()),
        do,
        head=_("Shares of {name} pass to an heir").format(name=acting.name_of(member.party)),
        lines=[
            _("Say where the certificate of death and the proof of inheritance lie."),
            _("Then settle it: the heir takes the shares over, or the co-op buys them back."),
        ],
        submit=_("Note it"),
        back=reverse("members:share_desk"),
        said=_("Noted. It waits on the list to be settled."),
    )


@web.officers("board", "chair")
def convert(request: CoopRequest, number: int) -> HttpResponse:
    """Turn shares of one class into shares of another."""
    member = acting.member_of(number)

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        actions.convert_shares(
            **by, party=member.party, share_class=given["share_class"], into=given["into"], count=given["count"]
        )

    return acting.act(
        request,
        forms.Convert(acting.data(request), classes=acting.share_classes()),
        do,
        head=_("Convert shares of {name}").format(name=acting.name_of(member.party)),
        lead=_("As many shares of the other class, at the same value. No money moves."),
        submit=_("Convert"),
        back=reverse("members:member_shares", args=[number]),
        said=_("Converted."),
    )


@web.officers("secretary", "board", "chair")
def register_entry(request: CoopRequest, number: int) -> HttpResponse:
    """Change what the register says of somebody."""
    now, member = clock.now(), acting.member_of(number)
    known = privacy.read(member.party, "register") or {}
    form = forms.RegisterEntry(acting.data(request), asked=queries.more_fields(now), initial=known)

    def do(given: dict[str, Any], by: dict[str, Any]) -> None:
        evidence = given.pop("evidence")
        fields = {field: str(value) for field, value in given.items() if value and str(value) != str(known.get(field, ""))}
        actions.change_register_entry(**by, party=member.party, fields=fields, evidence=evidence)

    return acting.act(
        request,
        form,
        do,
        head=_("What the register says of member {number}").format(number=number),
        lead=_("What it said before stays sealed, so that the register as known earlier still says it."),
        submit=_("Change"),
        back=reverse("members:member", args=[number]),
        said=_("The register says it so from now on."),
    )


@web.officers("secretary", "board", "chair")
def add_class(request: CoopRequest, number: int) -> HttpResponse:
    """Put a member into one more class."""
    member = acting.member_of(number)
    classes = [(code, title) for code, title in queries.class_titles().items() if code not in member.classes]
    return acting.act(
        request,
        forms.AddClass(acting.data(request), classes=classes),
        lambda given, by: actions.add_class(**by, party=member.party, class_code=given["class_code"]),
        head=_("One more class for {name}").format(name=acting.name_of(member.party)),
        lead=_("They stay in the classes they are in. One member still has one vote."),
        submit=_("Add the class"),
        back=reverse("members:member", args=[number]),
        said=_("They belong to the class from now on."),
    )


@web.officers("secretary", "board", "chair")
def end_representation(request: CoopRequest, number: int, representative: str) -> HttpResponse:
    """End that a person acts for an organisation."""
    member = acting.member_of(number)
    acts = next((each for each in queries.representatives_of(member.party, clock.now()) if str(each) == representative), None)
    if acts is None:
        raise Http404
    return acting.act(
        request,
        forms.Nothing(acting.data(request)),
        lambda given, by: actions.end_representation(**by, organisation=member.party, representative=acts),
        head=_("{name} no longer acts for {organisation}?").format(
            name=acting.name_of(acts), organisation=acting.name_of(member.party)
        ),
        lead=_("It holds from their next click on. What they did before stays."),
        submit=_("End it"),
        back=reverse("members:member_shares", args=[number]),
        said=_("Ended."),
    )
