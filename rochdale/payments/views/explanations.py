"""How the desk's figures were computed: the till, what is owed to people, what is held for them."""

from __future__ import annotations

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
    balances = {line.code: line.balance for line in ledger.trial_balance(currency=currency)}
    if what == "owed":
        rule = _("The sum of all accounts that hold money of people: wallets, and what artists have earned and not been paid.")
        owed = [code for code, plan in plans.items() if plan.client_money]
        lines = [explain.Line(plans[code].title, balances.get(code, 0), currency) for code in owed]
    else:
        rule = _("The clients' bank account and the cash in the till. It must never be less than what is owed to people.")
        if cover.bank_on is not None:
            rule += " " + _("The bank account counts as the bank itself said on {day}, with what was booked since.").format(
                day=cover.bank_on.isoformat()
            )
        lines = [explain.Line(part.words, part.micro, currency) for part in cover.parts]
    return explain.Explanation(
        title=_("Owed to people") if what == "owed" else _("Held for people"),
        rule=rule,
        micro=cover.owed if what == "owed" else cover.cash,
        currency=currency,
        lines=lines,
        bylaw_version=bylaws.version_at(clock.now()),
        back_url=reverse("payments:desk"),
        as_of=clock.now(),
    )


@web.officers(*OFFICES)
def reconciled(request: CoopRequest, place: str) -> HttpResponse:
    """Explain how the books of a bank account and the bank's own balance fit together: `client` or `own`."""
    currency = request.coop.currency
    last = queries.covered_until(place, currency) if place in queries.ACCOUNTS else None
    if last is None:
        raise Http404
    found = queries.reconciliation(place, currency, last)
    lines = [
        explain.Line(_("in the books at the end of that day"), found.books, currency),
        explain.Line(_("entries the bank does not show yet"), -found.outstanding, currency),
        explain.Line(_("bank lines the books do not have yet"), found.unmatched, currency),
        explain.Line(_("so the bank's lines add up to"), found.said, currency, total=True),
    ]
    if found.missing:
        lines.append(explain.Line(_("lines missing from the statements"), found.missing, currency))
    if found.bank is not None:
        lines.append(explain.Line(_("the bank's own balance"), found.bank, currency, total=True))
    return render(
        request,
        "shared/explain.html",
        {
            "explanation": explain.Explanation(
                title=_("Reconciled balance on {day}").format(day=last.isoformat()),
                rule=_("Books, less what the bank does not show, with what the books lack, is what the bank says."),
                micro=found.bank if found.bank is not None else found.said,
                currency=currency,
                lines=lines,
                back_url=f"{reverse('payments:bank')}?place={place}",
                as_of=clock.now(),
            )
        },
    )
