"""How the desk's figures were computed: the till, what is owed to people, what is held for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.bylaws import queries as bylaws
from rochdale.ledger import queries as ledger
from rochdale.shared import clock, explain, module, web
from rochdale.shared.web import CoopRequest

from .. import queries

OFFICES = ("treasurer", "cashier", "chair", "board", "auditor")


@web.officers(*OFFICES)
def figure(request: CoopRequest, what: str) -> HttpResponse:
    """Explain one of the desk's figures: `till`, `owed` or `held`."""
    currency = request.coop.currency
    if what == "till":
        found = _till(currency)
    elif what in ("owed", "held"):
        found = _cover(what, currency)
    else:
        raise Http404
    return render(request, "shared/explain.html", {"explanation": found})


def _till(currency: str) -> explain.Explanation:
    account = ledger.account(queries.CASH_DESK, currency)
    titles = {kind.code: str(kind.title) for plug in module.installed() for kind in plug.posting_kinds()}
    day = queries.open_day(currency)
    since = day.opened_at if day else None
    sums: dict[str, int] = {}
    for line in ledger.statement_lines(account, since) if account is not None else ():
        sums[line.kind] = sums.get(line.kind, 0) + line.change
    latest = ledger.statement(account, since, limit=20) if account is not None else None
    now_in_till = queries.in_till(currency)
    before = explain.Line(_("in the till before"), now_in_till - sum(sums.values()), currency)
    return explain.Explanation(
        title=_("Cash in the till, by the books"),
        rule=_("What was there when the desk opened, and every movement of cash since. Counting shows whether it is true."),
        micro=now_in_till,
        currency=currency,
        lines=[before, *(explain.Line(titles.get(kind, kind), amount, currency) for kind, amount in sorted(sums.items()))],
        postings=[
            explain.Posted(each.posting, each.happened_at, titles.get(each.kind, each.kind), each.change, currency)
            for each in (latest.lines if latest else ())
        ],
        postings_count=latest.count if latest else 0,
        bylaw_version=bylaws.version_at(clock.now()),
        back_url=reverse("payments:desk"),
        as_of=clock.now(),
    )


def _cover(what: str, currency: str) -> explain.Explanation:
    cover = queries.cover(currency)
    plans = {plan.code: plan for plug in module.installed() for plan in plug.accounts()}
    owed = [code for code, plan in plans.items() if plan.client_money]
    codes: Sequence[str] = owed if what == "owed" else queries.HELD_FOR_PEOPLE
    balances = {line.code: line.balance for line in ledger.trial_balance(currency=currency)}
    rule = (
        _("The sum of all accounts that hold money of people: wallets, and what artists have earned and not been paid.")
        if what == "owed"
        else _("The clients' bank account and the cash in the till. It must never be less than what is owed to people.")
    )
    return explain.Explanation(
        title=_("Owed to people") if what == "owed" else _("Held for people"),
        rule=rule,
        micro=cover.owed if what == "owed" else cover.cash,
        currency=currency,
        lines=[explain.Line(plans[code].title, balances.get(code, 0), currency) for code in codes],
        bylaw_version=bylaws.version_at(clock.now()),
        back_url=reverse("payments:desk"),
        as_of=clock.now(),
    )
