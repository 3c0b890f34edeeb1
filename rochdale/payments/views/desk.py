"""The treasurer's desk: what waits, the till, one member's money, receipts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.members import queries as members
from rochdale.privacy import queries as privacy
from rochdale.shared import action as acting
from rochdale.shared import clock, money, tables, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms, queries
from ..words import KINDS, PROPOSED, RAILS, WHY

OFFICES = ("treasurer", "cashier")


@web.officers(*OFFICES)
def desk(request: CoopRequest) -> HttpResponse:
    """Show the worklist: what waits for a second person, shares to pay, the till, cover, what moved lately."""
    currency = request.coop.currency
    find = forms.FindMember(request.GET if "number" in request.GET else None)
    missing = False
    if find.is_bound and find.is_valid():
        if members.member_by_number(find.cleaned_data["number"]) is not None:
            return web.see_other(reverse("payments:member", args=[find.cleaned_data["number"]]))
        missing = True
    to_pay = members.subscriptions_to_pay()[:20]
    names = privacy.names({each.party for each in to_pay})
    context = {
        "waiting": [(each, PROPOSED[each.kind], WHY.get(each.why, "")) for each in queries.waiting()],
        "to_pay": [(each, names.get(each.party, ""), members.number_of(each.party)) for each in to_pay],
        "day": queries.open_day(currency),
        "in_till": queries.in_till(currency),
        "cover": queries.cover(currency),
        "check": queries.latest_cover_check(currency),
        "lately": _lately(),
        "find": find,
        "missing": missing,
        "me": request.actor.party,
        "now": clock.now(),
    }
    return render(request, "payments/desk.html", context)


@web.officers(*OFFICES)
def day(request: CoopRequest) -> HttpResponse:
    """Open the desk's day, or close the open one, with the counted till."""
    currency = request.coop.currency
    found = queries.open_day(currency)
    form = forms.Counted(request.POST or None, currency=currency)
    refused = ""
    if request.method == "POST" and form.is_valid():
        counted, key, now = form.cleaned_data["counted"], web.key_of(request), clock.now()
        try:
            if found is None:
                done = actions.open_desk_day(actor=request.actor, now=now, key=key, currency=currency, counted=counted)
            else:
                done = actions.close_desk_day(actor=request.actor, now=now, key=key, day=found.id, counted=counted)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            said = _("The desk is open.") if found is None else _("The desk is closed.")
            if done["difference"]:
                said += " " + _("A difference of {amount} was booked.").format(
                    amount=money.formatted(done["difference"], currency)
                )
            web.toast(request, said, tone="warn" if done["difference"] else "ok")
            return web.see_other(reverse("payments:desk"))
    context = {"form": form, "day": found, "in_till": queries.in_till(currency), "currency": currency, "refused": refused}
    return render(request, "payments/day.html", context, status=422 if refused else 200)


@web.officers(*OFFICES)
def member(request: CoopRequest, number: int) -> HttpResponse:
    """Show one member's money at the desk: wallet, shares to pay, what moved; and the forms to serve them."""
    party = _party(number)
    currency = request.coop.currency
    context: dict[str, Any] = {
        "number": number,
        "name": privacy.names([party]).get(party, ""),
        "wallet": queries.wallet(party, currency),
        "terms": queries.wallet_terms(clock.now()),
        "to_pay": [
            (each, forms.SharePayment(currency=currency, initial={"subscription": each.id, "amount": _plain(each.owed)}))
            for each in members.subscriptions_to_pay(party)
        ],
        "top_up": forms.WalletMovement(currency=currency, initial={"kind": "top_up"}),
        "refund": forms.WalletMovement(currency=currency, initial={"kind": "refund"}, prefix=None),
        "movements": [(each, KINDS[each.kind], RAILS[each.rail]) for each in queries.movements(party=party)],
        "day": queries.open_day(currency),
    }
    return render(request, "payments/member.html", context)


@web.officers(*OFFICES)
def move(request: CoopRequest, number: int) -> HttpResponse:
    """Ask once more, with what will happen, then top up a wallet or pay back from it."""
    party, currency = _party(number), request.coop.currency
    form = forms.WalletMovement(request.POST or request.GET or None, currency=currency)
    if not form.is_valid():
        return render(request, "payments/retry.html", {"form": form, "number": number, "title": PROPOSED["top_up"]}, status=422)
    given, refused = form.cleaned_data, ""
    if request.method == "POST":
        act = actions.top_up if given["kind"] == "top_up" else actions.refund_wallet
        try:
            done = act(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                party=party,
                amount=given["amount"],
                currency=currency,
                rail=given["rail"],
                reference=given["reference"],
                bank_line=given["bank_line"],
            )
        except Refusal as refusal:
            if refusal.code == "offices.prove_yourself":
                raise
            refused = web.refusal_message(refusal)
        else:
            return _after(request, done, number)
    context = {
        "line": queries.line(given["bank_line"]) if given["bank_line"] else None,
        "given": given,
        "amount_text": _plain(given["amount"]),
        "title": PROPOSED[given["kind"]],
        "rail": RAILS[given["rail"]],
        "number": number,
        "name": privacy.names([party]).get(party, ""),
        "wallet": queries.wallet(party, currency),
        "refused": refused,
    }
    return render(request, "payments/confirm_move.html", context, status=422 if refused else 200)


@web.officers(*OFFICES)
def pay_shares(request: CoopRequest, number: int) -> HttpResponse:
    """Ask once more, then take a payment for shares."""
    party, currency = _party(number), request.coop.currency
    form = forms.SharePayment(request.POST or request.GET or None, currency=currency)
    if not form.is_valid():
        return render(
            request, "payments/retry.html", {"form": form, "number": number, "title": PROPOSED["share_payment"]}, status=422
        )
    given, refused = form.cleaned_data, ""
    found = members.subscription(given["subscription"])
    if found is None or found.party != party:
        raise Http404
    if request.method == "POST":
        try:
            done = actions.take_share_payment(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                subscription=found.id,
                amount=given["amount"],
                rail=given["rail"],
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Taken. The membership counts now.") if done["counts"] else _("Taken."))
            return web.see_other(reverse("payments:receipt", args=[done["receipt"]]))
    context = {
        "given": given,
        "amount_text": _plain(given["amount"]),
        "rail": RAILS[given["rail"]],
        "subscription": found,
        "number": number,
        "name": privacy.names([party]).get(party, ""),
        "refused": refused,
    }
    return render(request, "payments/confirm_shares.html", context, status=422 if refused else 200)


@web.officers("treasurer", "cashier", "chair", "board")
def approval(request: CoopRequest, approval: int) -> HttpResponse:
    """Show a movement that waits for a second person, and let one decide."""
    found = queries.waiting_one(approval)
    if found is None:
        raise Http404
    form = forms.Checked(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.decide_approval(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                approval=approval,
                approved=form.cleaned_data["decision"] == "approve",
                reason_code=form.cleaned_data["reason_code"],
            )
        except Refusal as refusal:
            if refusal.code == "offices.prove_yourself":
                raise
            refused = web.refusal_message(refusal)
        else:
            if done["state"] == "done":
                web.toast(request, _("Approved and done."))
                if "receipt" not in done:
                    return web.see_other(reverse("payments:approvals"))
                return web.see_other(reverse("payments:receipt", args=[done["receipt"]]))
            web.toast(request, _("Rejected. Nothing was moved."), tone="info")
            return web.see_other(reverse("payments:approvals"))
    context = {
        "each": found,
        "title": PROPOSED[found.kind],
        "rail": RAILS[found.rail],
        "why": WHY.get(found.why, ""),
        "wallet": queries.wallet(found.party, found.currency) if found.kind != "to_own" else None,
        "line": queries.line(found.bank_line) if found.bank_line else None,
        "cover": queries.cover(found.currency),
        "form": form,
        "refused": refused,
    }
    return render(request, "payments/approval.html", context, status=422 if refused else 200)


@web.officers("treasurer", "cashier", "chair", "board")
def approvals(request: CoopRequest) -> HttpResponse:
    """Show everything that waits for a second person."""
    waiting = [(each, PROPOSED[each.kind], WHY.get(each.why, "")) for each in queries.waiting()]
    return render(request, "payments/approvals.html", {"waiting": waiting, "me": request.actor.party})


@web.members_only
def receipt(request: CoopRequest, receipt: int) -> HttpResponse:
    """Show a receipt for print: to the one it is about, and to the desk's officers."""
    found = queries.movement(receipt)
    served = found is not None and (
        found.party == request.actor.party or bool(acting.held(request.actor, clock.now()) & {*OFFICES, "auditor"})
    )
    if found is None or not served:
        raise Http404
    officers = privacy.names({found.maker, *([found.checker] if found.checker else [])})
    context = {
        "each": found,
        "title": KINDS[found.kind],
        "rail": RAILS[found.rail],
        "maker": officers.get(found.maker, ""),
        "checker": officers.get(found.checker, "") if found.checker else "",
    }
    return render(request, "payments/receipt.html", context)


@web.officers("treasurer", "cashier", "chair", "board", "auditor")
def count(request: CoopRequest, day: int) -> HttpResponse:
    """Let a second person confirm the count with which a desk day was closed."""
    found = queries.desk_day(day)
    if found is None or not hasattr(found, "count"):
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            actions.confirm_count(actor=request.actor, now=clock.now(), key=web.key_of(request), day=day)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Confirmed: two people counted."))
            return web.see_other(reverse("payments:months"))
    by = privacy.names([found.count.by]).get(found.count.by, "")
    context = {"day": found, "by": by, "refused": refused, "confirmed": hasattr(found, "confirmed")}
    return render(request, "payments/count.html", context, status=422 if refused else 200)


@web.officers("treasurer")
def move_cash(request: CoopRequest) -> HttpResponse:
    """Move money between the till and the bank accounts."""
    currency = request.coop.currency
    form = forms.MoveCash(request.POST or None, currency=currency)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.move_cash(
                actor=request.actor, now=clock.now(), key=web.key_of(request), currency=currency, **form.cleaned_data
            )
        except Refusal as refusal:
            if refusal.code == "offices.prove_yourself":
                raise
            refused = web.refusal_message(refusal)
        else:
            if done["state"] == "waits":
                web.toast(request, _("It waits for a second person. Nothing was moved yet."), tone="info")
            else:
                web.toast(request, _("Moved, and booked."))
            return web.see_other(reverse("payments:desk"))
    context = {"form": form, "refused": refused, "cover": queries.cover(currency), "in_till": queries.in_till(currency)}
    return render(request, "payments/move_cash.html", context, status=422 if refused else 200)


def _lately() -> tables.Table:
    rows = [
        {
            "receipt": tables.Link(str(each.receipt), reverse("payments:receipt", args=[each.receipt])),
            "who": tables.Chip(each.name, str(each.number or "")),
            "what": KINDS[each.kind],
            "rail": RAILS[each.rail],
            "at": each.happened_at,
            "amount": tables.Money(each.amount, each.currency),
        }
        for each in queries.movements(limit=10)
    ]
    columns = [
        tables.Column("who", _("Who"), main=True),
        tables.Column("what", _("What")),
        tables.Column("rail", _("How")),
        tables.Column("at", _("When")),
        tables.Column("receipt", _("Receipt"), end=True),
        tables.Column("amount", _("Amount"), end=True),
    ]
    return tables.Table(
        name="lately",
        caption=_("Lately at the desk"),
        columns=columns,
        rows=rows,
        empty=_("No money has moved at the desk yet. Find a member by number, and take their money."),
    )


def _after(request: CoopRequest, done: dict[str, Any], number: int) -> HttpResponse:
    if done["state"] == "waits":
        web.toast(request, _("It waits for a second person. Nothing was moved yet."), tone="info")
        return web.see_other(reverse("payments:member", args=[number]))
    web.toast(request, _("Done."))
    return web.see_other(reverse("payments:receipt", args=[done["receipt"]]))


def _party(number: int) -> UUID:
    found = members.member_by_number(number)
    if found is None:
        raise Http404
    return found.party


def _plain(micro: int) -> str:
    return f"{money.to_decimal(micro).normalize():f}"
