"""Pages of the ledger: a person's accounts, a statement, a posting explained; for officers the whole books."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from rochdale.audit import proving
from rochdale.shared import clock, explain, tables, web
from rochdale.shared.web import CoopRequest

from . import catalogue, queries

PAGE = 50
HEAD = ("posting", "happened_at", "recorded_at", "kind", "change", "balance", "currency", "source", "reverses")


@web.members_only
def accounts(request: CoopRequest) -> HttpResponse:
    """Show the viewer's own accounts; to the offices of the books also the co-op's and the trial balance."""
    now = clock.now()
    own = queries.accounts_of(request.actor.party) if request.actor.party else []
    context: dict[str, Any] = {"own": _account_table("own", _("Your accounts"), own)}
    if queries.may_read(request.actor, None, now):
        context["coop"] = _account_table("coop", _("The co-op's own accounts"), queries.coop_accounts())
        context["trial"] = _trial_table()
        context["periods"] = queries.closed_periods()
    return render(request, "ledger/accounts.html", context)


@web.officers(*sorted(queries.READERS))
def trial_balance_csv(request: CoopRequest) -> HttpResponse:
    """Download the trial balance as CSV."""
    return web.csv_download(_trial_table(), filename=f"trial-balance-{request.coop.slug}-{clock.now():%Y-%m-%d}.csv")


@web.members_only
def statement(request: CoopRequest, account: int) -> HttpResponse:
    """Show an account's statement, of all time or of the days asked for."""
    found = queries.account_for(request.actor, account, clock.now())
    start, end = _days(request)
    count = queries.statement(found.id, start, end, limit=0)
    page = tables.page_of(request.GET, total=count.count if count else 0, size=PAGE)
    shown = queries.statement(found.id, start, end, limit=page.size, offset=page.start)
    assert shown is not None  # the account was found
    table = tables.Table(
        name="",
        caption=_("Statement"),
        columns=_columns(),
        rows=[_row(line, shown.currency) for line in shown.lines],
        page=page,
        csv_url=f"{reverse('ledger:statement_csv', args=[found.id])}?{request.GET.urlencode()}",
        empty=_("Nothing has moved on this account in that time."),
    )
    context = {
        "account": found,
        "title": _account_title(found.code),
        "statement": shown,
        "table": table,
        "available": queries.available(found.id),
        "held": queries.held(found.id),
        "holds": queries.open_holds(found.id),
        "start": start,
        "last": end - timedelta(days=1) if end else None,
    }
    return render(request, "ledger/statement.html", context)


@web.members_only
def statement_csv(request: CoopRequest, account: int) -> HttpResponse:
    """Download a whole statement as CSV, oldest first, with exact decimals."""
    found = queries.account_for(request.actor, account, clock.now())
    start, end = _days(request)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEAD)
    for line in queries.statement_lines(found.id, start, end):
        writer.writerow(_cells(line, found.currency))
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    filename = f"account-{found.id}-{request.coop.slug}.csv"
    answer["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@web.members_only
def posting(request: CoopRequest, posting: int) -> HttpResponse:
    """Explain a posting: what kind of business, between which accounts, by which version of the bylaws."""
    found, legs = queries.posting_for(request.actor, posting, clock.now())
    kind = catalogue.posting_kind(found.kind)
    context = {
        "posting": found,
        "explanation": _explanation(found, legs, kind.title if kind else found.kind, kind.explanation if kind else ""),
        "reversal": queries.reversal_of(found.id),
        "said": queries.old_text(found.id) if queries.may_read(request.actor, found.party, clock.now()) else None,
        "sealed": proving.is_sealed("ledger.posting", found.id),
    }
    return render(request, "ledger/posting.html", context)


@web.members_only
def proof(request: CoopRequest, posting: int) -> HttpResponse:
    """Download the proof that a posting lies in a seal; who may see only their own transfers gets the rest as hashes."""
    found, legs = queries.posting_for(request.actor, posting, clock.now())
    whole = bool(found.key)  # what is somebody else's business comes without its key
    made = proving.proof("ledger.posting", found.id, private=whole, parts=None if whole else [leg.place for leg in legs])
    made |= {"coop": request.coop.slug, "host": request.build_absolute_uri(web.site_root(request))}
    answer = JsonResponse(made, json_dumps_params={"indent": 1})
    name = f"proof-{request.coop.slug}-posting-{found.id}.json"
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _explanation(found: queries.PostingDetail, legs: list[queries.LegDetail], title: Any, rule: Any) -> explain.Explanation:
    lines = [
        explain.Line(
            _("from %(debit)s to %(credit)s") % {"debit": _flow_title(leg, debit=True), "credit": _flow_title(leg, debit=False)}
            + (f" ({leg.role})" if leg.role else ""),
            leg.amount,
            leg.currency,
        )
        for leg in legs
    ]
    currencies = {leg.currency for leg in legs}
    return explain.Explanation(
        title=title,
        rule=rule,
        micro=sum(leg.amount for leg in legs) if len(currencies) == 1 else None,
        currency=currencies.pop() if len(currencies) == 1 else "",
        lines=lines,
        bylaw_version=found.bylaws_version,
        back_url=reverse("ledger:accounts"),
        as_of=found.happened_at,
        privacy=_("Accounts are named by what they are for; whose they are is not kept in the ledger."),
    )


def _flow_title(leg: queries.LegDetail, *, debit: bool) -> str:
    return _account_title(leg.debit_code if debit else leg.credit_code)


def _account_title(code: str) -> str:
    plan = catalogue.account_plan(code)
    return str(plan.title) if plan else code


def _kind_title(code: str) -> str:
    kind = catalogue.posting_kind(code)
    return str(kind.title) if kind else code


def _account_table(name: str, caption: str, found: list[queries.AccountDetail]) -> tables.Table:
    rows = [
        {
            "account": tables.Link(_account_title(each.code), reverse("ledger:statement", args=[each.id])),
            "code": each.code,
            "balance": tables.Money(queries.balance(each.id), each.currency),
            "available": tables.Money(queries.available(each.id), each.currency),
        }
        for each in found
    ]
    columns = [
        tables.Column("account", _("Account"), main=True),
        tables.Column("code", _("Code")),
        tables.Column("balance", _("Balance"), end=True),
        tables.Column("available", _("Free to spend"), end=True),
    ]
    empty = _("An account opens by itself with the first movement: a top-up, a share, a play.")
    return tables.Table(name=name, caption=caption, columns=columns, rows=rows, empty=empty)


def _trial_table() -> tables.Table:
    lines = queries.trial_balance()
    rows = [
        {
            "account": _account_title(line.code),
            "code": line.code,
            "accounts": line.accounts,
            "debits": tables.Money(line.debits, line.currency),
            "credits": tables.Money(line.credits, line.currency),
            "balance": tables.Money(line.balance, line.currency),
        }
        for line in lines
    ]
    columns = [
        tables.Column("account", _("Account"), main=True),
        tables.Column("code", _("Code")),
        tables.Column("accounts", _("How many"), end=True),
        tables.Column("debits", _("Debits"), end=True),
        tables.Column("credits", _("Credits"), end=True),
        tables.Column("balance", _("Balance"), end=True),
    ]
    url = reverse("ledger:trial_balance_csv")
    return tables.Table(
        name="trial", caption=_("Trial balance"), columns=columns, rows=rows, csv_url=url, empty=_("Nothing is booked yet.")
    )


def _columns() -> list[tables.Column]:
    return [
        tables.Column("at", _("When")),
        tables.Column("what", _("What"), main=True),
        tables.Column("change", _("In or out"), end=True),
        tables.Column("balance", _("Balance after"), end=True),
    ]


def _row(line: queries.StatementLine, currency: str) -> dict[str, Any]:
    url = reverse("ledger:posting", args=[line.posting])
    words = _kind_title(line.kind)
    if line.reverses is not None:
        words = _("%(kind)s, taken back") % {"kind": words}
    return {
        "at": line.happened_at,
        "what": tables.Link(words, url),
        "change": tables.Money(line.change, currency, url, sign=True),
        "balance": tables.Money(line.balance, currency),
    }


def _cells(line: queries.StatementLine, currency: str) -> Iterator[str]:
    facts = (line.posting, line.happened_at, line.recorded_at, line.kind, tables.Money(line.change, currency))
    for cell in (*facts, tables.Money(line.balance, currency), currency, line.source, line.reverses):
        yield tables.plain(cell)


def _days(request: CoopRequest) -> tuple[datetime | None, datetime | None]:
    """Read `from` and `until` (both days included, UTC) from the address; what is no day is left out."""
    start, last = _day(request.GET.get("from", "")), _day(request.GET.get("until", ""))
    return start, last + timedelta(days=1) if last else None


def _day(text: str) -> datetime | None:
    try:
        found = date.fromisoformat(text)
        return datetime(found.year, found.month, found.day, tzinfo=UTC) if 1 < found.year < 9999 else None
    except ValueError:
        return None
