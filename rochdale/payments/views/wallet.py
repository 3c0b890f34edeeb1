"""A member's wallet: balance first, how to top it up, the statement, and the same as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.bylaws import queries as bylaws
from rochdale.ledger import queries as ledger
from rochdale.shared import clock, explain, module, tables, web
from rochdale.shared.web import CoopRequest

from .. import queries

PAGE = 50


@web.members_only
def wallet(request: CoopRequest) -> HttpResponse:
    """Show what is in the wallet, how money comes in, and its statement."""
    party = _party(request)
    found = queries.wallet(party, request.coop.currency)
    now = clock.now()
    terms = queries.wallet_terms(now)
    context: dict[str, Any] = {
        "wallet": found,
        "held": found.balance - found.available,
        "terms": terms,
        "movements": queries.movements(party=party, limit=10),
        "table": _table(request, found) if found.account is not None else None,
        "moved_today": queries.moved_lately(party, "top_up", found.currency, now),
    }
    return render(request, "payments/wallet.html", context)


@web.members_only
def wallet_csv(request: CoopRequest) -> HttpResponse:
    """Download the whole statement as CSV."""
    found = queries.wallet(_party(request), request.coop.currency)
    if found.account is None:
        raise Http404
    rows = [_row(line, found.currency) for line in ledger.statement_lines(found.account)]
    table = tables.Table(name="", caption=_("Wallet statement"), columns=_columns(), rows=rows)
    return web.csv_download(table, filename=f"wallet-{request.coop.slug}-{clock.now():%Y-%m-%d}.csv")


@web.members_only
def explain_balance(request: CoopRequest) -> HttpResponse:
    """Explain the balance: what came in and what was spent, by kind, with the last postings."""
    found = queries.wallet(_party(request), request.coop.currency)
    if found.account is None:
        raise Http404
    titles = _titles()
    sums: dict[str, int] = {}
    for line in ledger.statement_lines(found.account):
        sums[line.kind] = sums.get(line.kind, 0) + line.change
    latest = ledger.statement(found.account, limit=10)
    explanation = explain.Explanation(
        title=_("Balance of your wallet"),
        rule=_("Everything that came into the wallet, less everything that left it. It is your money; the co-op only keeps it."),
        micro=found.balance,
        currency=found.currency,
        lines=[explain.Line(titles.get(kind, kind), amount, found.currency) for kind, amount in sorted(sums.items())],
        bylaw_version=bylaws.version_at(clock.now()),
        postings=[
            explain.Posted(each.posting, each.happened_at, titles.get(each.kind, each.kind), each.change, found.currency)
            for each in (latest.lines if latest else ())
        ],
        postings_count=latest.count if latest else 0,
        more_url=reverse("payments:wallet"),
        back_url=reverse("payments:wallet"),
        as_of=clock.now(),
    )
    return render(request, "shared/explain.html", {"explanation": explanation})


def _party(request: CoopRequest) -> UUID:
    party = request.actor.party
    assert party is not None  # members_only has seen to it
    return party


def _table(request: CoopRequest, found: queries.Wallet) -> tables.Table:
    assert found.account is not None  # asked before
    whole = ledger.statement(found.account, limit=1)
    page = tables.page_of(request.GET, total=whole.count if whole else 0, size=PAGE)
    shown = ledger.statement(found.account, end=clock.now() + timedelta(days=1), limit=PAGE, offset=page.start)
    return tables.Table(
        name="",
        caption=_("Statement"),
        columns=_columns(),
        rows=[_row(line, found.currency) for line in (shown.lines if shown else ())],
        page=page,
        csv_url=reverse("payments:wallet_csv"),
        empty=_("Nothing has moved yet."),
    )


def _columns() -> list[tables.Column]:
    return [
        tables.Column("at", _("When")),
        tables.Column("what", _("What"), main=True),
        tables.Column("change", _("In or out"), end=True),
        tables.Column("balance", _("Balance after"), end=True),
    ]


def _row(line: ledger.StatementLine, currency: str) -> dict[str, Any]:
    return {
        "at": line.happened_at,
        "what": tables.Link(_titles().get(line.kind, line.kind), reverse("ledger:posting", args=[line.posting])),
        "change": tables.Money(line.change, currency, sign=True),
        "balance": tables.Money(line.balance, currency),
    }


def _titles() -> dict[str, str]:
    return {kind.code: str(kind.title) for plug in module.installed() for kind in plug.posting_kinds()}
