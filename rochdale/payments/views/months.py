"""Closing months: what comes next, the checklist, the second person, the report; and the history of cover."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.ledger import queries as ledger
from rochdale.privacy import queries as privacy
from rochdale.shared import charts, clock, module, tables, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms, queries
from ..words import ADJUSTMENT_WORDS, PLACES

READERS = ("treasurer", "cashier", "auditor", "board", "chair")
CLOSERS = frozenset({"auditor", "board", "chair"})


@web.officers(*READERS)
def months(request: CoopRequest) -> HttpResponse:
    """Show where the books stand: the month to close next, the bank accounts, cover, counts to confirm, closed months."""
    now, currency = clock.now(), request.coop.currency
    coming = queries.next_month()
    points = queries.checklist(coming, now) if coming is not None and coming.ends_at <= now else []
    context = {
        "coming": coming,
        "over": coming is not None and coming.ends_at <= now,
        "left": sum(point.stops for point in points),
        "waiting": queries.month_waiting(),
        "closed": queries.closed_months(),
        "places": [
            (place, title, queries.latest_statement(place, currency), queries.account_of(place, currency) is not None)
            for place, title in PLACES.items()
        ],
        "until": queries.reconciled_until(currency),
        "cover": queries.cover(currency),
        "counts": queries.counts_to_confirm(),
        "adjusting": queries.adjustments(waiting=True),
        "currency": currency,
    }
    return render(request, "payments/months.html", context)


@web.officers(*READERS)
def month(request: CoopRequest, code: str) -> HttpResponse:
    """Show a month's checklist; the treasurer says it is ready, a second person closes it."""
    found = _month(code)
    closed = queries.closed_month(found)
    if closed is not None:
        return web.see_other(reverse("payments:month_report", args=[code]))
    waiting = queries.month_waiting()
    waits = waiting is not None and waiting.month == found
    form = forms.CloseMonth(request.POST or None) if waits else None
    refused = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            said = _propose(request, code) if form is None or waiting is None else _decide(request, waiting.id, form.cleaned_data)
        except Refusal as refusal:
            if refusal.code == "offices.prove_yourself":
                raise
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, said)
            return web.see_other(reverse("payments:months"))
    now = clock.now()
    points = queries.checklist(found, now)
    context = {
        "month": found,
        "points": points,
        "left": sum(point.stops for point in points),
        "over": found.ends_at <= now,
        "next": queries.next_month(),
        "waiting": waiting if waits else None,
        "by": privacy.names([waiting.by]).get(waiting.by, "") if waiting is not None and waits else "",
        "form": form,
        "refused": refused,
        "may_propose": "treasurer" in request.offices,
        "may_close": bool(CLOSERS & request.offices) and waiting is not None and waiting.by != request.actor.party,
    }
    return render(request, "payments/month.html", context, status=422 if refused else 200)


def _propose(request: CoopRequest, code: str) -> str:
    actions.propose_month(actor=request.actor, now=clock.now(), key=web.key_of(request), month=code)
    return _("It waits for a second person: the auditor, or the board.")


def _decide(request: CoopRequest, proposal: int, given: dict[str, Any]) -> str:
    done = actions.decide_month(
        actor=request.actor,
        now=clock.now(),
        key=web.key_of(request),
        proposal=proposal,
        closed=given["decision"] == "close",
        reason_code=given["reason_code"],
    )
    return _("The month is closed for ever.") if done["state"] == "closed" else _("It stays open. Nothing was changed.")


@web.officers(*READERS)
def report(request: CoopRequest, code: str) -> HttpResponse:
    """Show a closed month for print: who closed it, trial balance, bank, cover, and what was adjusted later."""
    closed, currency = _closed(code), request.coop.currency
    names = privacy.names({closed.proposed_by, closed.closed_by})
    adjusted = queries.adjustments(period=closed.period)
    last = closed.month.last_on
    held = [
        (PLACES[place], queries.reconciliation(place, its, last)) for place, its in queries.places_in_use() if its == currency
    ]
    titles = {check.code: check.title for plug in module.installed() for check in plug.closing_checks()}
    context = {
        "closed": closed,
        "proposed_by": names.get(closed.proposed_by, ""),
        "closed_by": names.get(closed.closed_by, ""),
        "table": _trial_balance(closed),
        "accounts": held,
        "points": [(titles.get(each["code"], each["code"]), each["done"]) for each in closed.checklist],
        "checks": [
            check for check in queries.cover_checks(currency, 400) if closed.month.starts_at <= check.at < closed.month.ends_at
        ],
        "adjusted": [(each, ADJUSTMENT_WORDS.get(each.reason_code, each.reason_code)) for each in adjusted if each.posting],
        "currency": currency,
    }
    return render(request, "payments/month_report.html", context)


@web.officers(*READERS)
def trial_balance_csv(request: CoopRequest, code: str) -> HttpResponse:
    """Download a closed month's trial balance."""
    return web.csv_download(_trial_balance(_closed(code)), filename=f"{request.coop.slug}-{code}-trial-balance.csv")


def _trial_balance(closed: queries.Closed) -> tables.Table:
    """Lay out what every account held at the month's end, from exactly the postings its closing closed."""
    titles = {plan.code: plan.title for plug in module.installed() for plan in plug.accounts()}
    lines = ledger.trial_balance(until=closed.month.ends_at, checkpoint=closed.checkpoint)
    moved = {
        (line.code, line.currency): line.balance
        for line in ledger.trial_balance(since=closed.month.starts_at, until=closed.month.ends_at, checkpoint=closed.checkpoint)
    }
    rows = [
        {
            "account": titles.get(line.code, line.code),
            "code": line.code,
            "currency": line.currency,
            "month": tables.Money(moved.get((line.code, line.currency), 0), line.currency, sign=True),
            "debit": tables.Money(max(line.debits - line.credits, 0), line.currency),
            "credit": tables.Money(max(line.credits - line.debits, 0), line.currency),
        }
        for line in lines
    ]
    columns = [
        tables.Column("account", _("Account"), main=True),
        tables.Column("code", _("Code")),
        tables.Column("currency", _("Currency")),
        tables.Column("month", _("In the month"), end=True),
        tables.Column("debit", _("Debit"), end=True),
        tables.Column("credit", _("Credit"), end=True),
    ]
    return tables.Table(name="trial", caption=_("Trial balance"), columns=columns, rows=rows, empty=_("Nothing was booked."))


@web.officers(*READERS)
def cover(request: CoopRequest) -> HttpResponse:
    """Show whether the cash covers what is owed to people, now and on the days before."""
    currency = request.coop.currency
    checks = queries.cover_checks(currency)
    spare: dict[date, int] = {}
    for check in reversed(checks):
        spare[check.at.date()] = check.cash - check.owed
    context = {
        "cover": queries.cover(currency),
        "chart": charts.Line(_("Held for people above what is owed to them"), list(spare.items()), currency),
        "table": _history(currency),
        "many": len(spare) > 1,
    }
    return render(request, "payments/cover.html", context)


@web.officers(*READERS)
def cover_csv(request: CoopRequest) -> HttpResponse:
    """Download the recorded checks of cover."""
    return web.csv_download(_history(request.coop.currency), filename=f"{request.coop.slug}-cover.csv")


def _history(currency: str) -> tables.Table:
    rows = [
        {
            "at": check.at,
            "owed": tables.Money(check.owed, currency),
            "cash": tables.Money(check.cash, currency),
            "basis": _("bank, {day}").format(day=check.bank_on.isoformat()) if check.bank_on else _("books"),
            "covered": tables.Pill(_("covered"), "ok") if check.cash >= check.owed else tables.Pill(_("NOT covered"), "bad"),
        }
        for check in queries.cover_checks(currency)
    ]
    columns = [
        tables.Column("at", _("When"), main=True),
        tables.Column("owed", _("Owed"), end=True),
        tables.Column("cash", _("Held"), end=True),
        tables.Column("basis", _("Reckoned from")),
        tables.Column("covered", _("Covered")),
    ]
    return tables.Table(
        name="checks",
        caption=_("Checks of cover"),
        columns=columns,
        rows=rows,
        empty=_("No check was recorded yet. The worker makes one each morning."),
        csv_url=reverse("payments:cover_csv"),
    )


def _month(code: str) -> queries.Month:
    found = queries.month_of_code(code)
    if found is None:
        raise Http404
    return found


def _closed(code: str) -> queries.Closed:
    found = queries.closed_month(_month(code))
    if found is None:
        raise Http404
    return found
