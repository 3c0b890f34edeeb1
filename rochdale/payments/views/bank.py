"""The treasurer's bank: statements in, lines held against the books, what is left over."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.members import queries as members
from rochdale.shared import clock, module, money, tables, web
from rochdale.shared.refusals import Refusal
from rochdale.shared.web import CoopRequest

from .. import actions, forms, queries
from ..banking import profiles
from ..banking import refused as bank_refused
from ..banking import tables as csv_files
from ..words import ASIDE_WORDS, HOW_MATCHED, PLACES, REASONS, REMARKS

READERS = ("treasurer", "cashier", "auditor", "board", "chair")
OFFICES = ("treasurer", "cashier")


@web.officers(*READERS)
def bank(request: CoopRequest) -> HttpResponse:
    """Show one bank account: how far it is reconciled, what fits together, what is left over on both sides."""
    return _bank(request, _place(request.GET.get("place", "client")))


def _bank(request: CoopRequest, place: str, refused: str = "") -> HttpResponse:
    currency = request.coop.currency
    work = queries.worklist(place, currency, clock.now())
    last = queries.covered_until(place, currency)
    titles = {kind.code: kind.title for plug in module.installed() for kind in plug.posting_kinds()}
    context = {
        "place": place,
        "places": PLACES.items(),
        "title": PLACES[place],
        "found": queries.reconciliation(place, currency, last) if last else None,
        "statement": queries.latest_statement(place, currency),
        "until": queries.reconciled_until(currency),
        "choices": [(each, _ids(each), [REASONS[code] for code in each.reasons]) for each in work.choices],
        "lines": work.lines,
        "entries": [(each, titles.get(each.kind, each.kind)) for each in work.entries],
        "more": work.more,
        "aside": [(each, ASIDE_WORDS.get(each.reason_code, "")) for each in queries.suspended() if each.line.place == place],
        "matches": [(each, HOW_MATCHED.get(each.why, each.why)) for each in queries.matches(place, currency, limit=10)],
        "currency": currency,
        "may_work": bool(set(OFFICES) & request.offices),
        "refused": refused,
    }
    return render(request, "payments/bank.html", context, status=422 if refused else 200)


def _ids(choice: queries.Choice) -> dict[str, str]:
    return {
        "lines": " ".join(str(each.id) for each in choice.lines),
        "entries": " ".join(str(each.posting) for each in choice.entries),
    }


@web.officers(*OFFICES)
def match(request: CoopRequest) -> HttpResponse:
    """Match what was ticked, or a proposal that was confirmed; on a GET go back to the bank's page."""
    place = _place(request.POST.get("place", request.GET.get("place", "client")))
    back = f"{reverse('payments:bank')}?place={place}"
    if request.method != "POST":
        return web.see_other(back)
    lines, entries = _numbers(request, "lines"), _numbers(request, "entries")
    proposed = request.POST.get("score", "").isdigit()
    try:
        actions.match(
            actor=request.actor,
            now=clock.now(),
            key=web.key_of(request),
            lines=lines,
            entries=entries,
            why="proposal" if proposed else "confirmed",
            score=min(int(request.POST["score"]), 100) if proposed else 0,
        )
    except Refusal as refusal:
        return _bank(request, place, refused=web.refusal_message(refusal))
    web.toast(request, _("Matched. It can be taken back until the month is closed."))
    return web.see_other(back)


def _numbers(request: CoopRequest, name: str) -> list[int]:
    """Read ids from ticked boxes, or from one hidden field; what is no number is left out."""
    words = " ".join(request.POST.getlist(name)).split()
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 19]


@web.officers(*READERS)
def statements(request: CoopRequest) -> HttpResponse:
    """Show the statements brought in, and take another file."""
    currency = request.coop.currency
    form = forms.StatementFile(request.POST or None, request.FILES or None, currency=currency)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            done = _import(request, form.cleaned_data)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            said, tone = import_words(done, currency)
            web.toast(request, said, tone=tone)
            return web.see_other(f"{reverse('payments:bank')}?place={form.cleaned_data['place']}")
    context = {
        "form": form,
        "refused": refused,
        "tables": [_table(place, currency) for place in PLACES],
        "may_work": bool(set(OFFICES) & request.offices),
    }
    return render(request, "payments/statements.html", context, status=422 if refused else 200)


def _import(request: CoopRequest, given: dict[str, Any]) -> dict[str, Any]:
    if given["file"].size > csv_files.MOST_BYTES:
        raise bank_refused.TooMuch(most=f"{csv_files.MOST_BYTES // 1_000_000} MB")
    lines = tuple(each.strip() for each in given["mapping"].splitlines() if each.strip())
    profile = profiles.chosen(given["profile"], mapping=lines, decimal=given["decimal"], dates=given["dates"])
    said = csv_files.Said(given["from_on"], given["until_on"], given["opening"], given["closing"])
    statement = csv_files.read(given["file"].read(), profile, currency=request.coop.currency, said=said)
    found: dict[str, Any] = actions.import_statement(
        actor=request.actor,
        now=clock.now(),
        key=web.key_of(request),
        place=given["place"],
        currency=request.coop.currency,
        statement=statement,
    )
    return found


def import_words(done: dict[str, Any], currency: str) -> tuple[str, str]:
    """Say what an import brought, and how loud: what does not tie out is said first."""
    if done["again"]:
        return _("This statement was here already. Nothing was kept twice."), "info"
    said, tone = _("{lines} lines, {new} of them new.").format(lines=done["lines"], new=done["new"]), "warn"
    if done["off_by"]:
        more = _("It does not tie out: its lines lack {off} to its own closing balance.")
        more = more.format(off=money.formatted(done["off_by"], currency))
    elif done["gap"]:
        more = _("Between it and the statements before, {gap} is missing: a statement was left out.")
        more = more.format(gap=money.formatted(done["gap"], currency))
    elif done["off_by"] is None:
        more = _("It carries no balances, so it proves no balance.")
    else:
        more, tone = _("Opening, lines and closing tie out."), "ok"
    return f"{said} {more}", tone


@web.officers(*READERS)
def line(request: CoopRequest, line: int) -> HttpResponse:
    """Show a bank line, and book what the books lack: a fee, interest, a member's money, or put it aside."""
    found = queries.line(line)
    if found is None:
        raise Http404
    aside = next((each for each in queries.suspended() if each.line.id == line), None)
    is_open = any(each.id == line for each in queries.open_lines(found.place, found.currency))
    form = forms.PlaceSuspense(request.POST or None) if aside else forms.BookLine(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            _book(request, found, form.cleaned_data, aside=aside is not None)
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Booked, and matched."))
            return web.see_other(f"{reverse('payments:bank')}?place={found.place}")
    context = {
        "line": found,
        "aside": aside,
        "why": ASIDE_WORDS.get(aside.reason_code, "") if aside else "",
        "open": is_open,
        "form": form,
        "find": forms.FindMember(),
        "member": _member(request),
        "kind": "top_up" if found.amount > 0 else "refund",
        "wallets": found.place == "client" and (is_open or aside is not None),
        "title": PLACES[found.place],
        "refused": refused,
        "may_work": bool(set(OFFICES) & request.offices),
        "amount_text": f"{money.to_decimal(abs(found.amount)).normalize():f}",
    }
    return render(request, "payments/line.html", context, status=422 if refused else 200)


def _member(request: CoopRequest) -> Any:
    number = request.GET.get("number", "")
    return members.member_by_number(int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else None


def _book(request: CoopRequest, found: queries.Line, given: dict[str, Any], *, aside: bool) -> None:
    who: dict[str, Any] = {"actor": request.actor, "now": clock.now(), "key": web.key_of(request), "line": found.id}
    if aside:
        actions.place_suspense(**who, how=given["how"], by_line=given["by_line"])
    else:
        actions.book_line(**who, how=given["how"], reason_code=given["reason_code"])


@web.officers(*OFFICES)
def undo(request: CoopRequest, match: int) -> HttpResponse:
    """Take a match back, with a reason."""
    found = queries.match(match)
    if found is None:
        raise Http404
    form = forms.UndoMatch(request.POST or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            actions.undo_match(
                actor=request.actor,
                now=clock.now(),
                key=web.key_of(request),
                match=match,
                reason_code=form.cleaned_data["reason_code"],
            )
        except Refusal as refusal:
            refused = web.refusal_message(refusal)
        else:
            web.toast(request, _("Taken back: the lines and entries are open again."), tone="info")
            return web.see_other(f"{reverse('payments:bank')}?place={found.lines[0].place}")
    context = {"match": found, "how": HOW_MATCHED.get(found.why, ""), "form": form, "refused": refused}
    return render(request, "payments/undo_match.html", context, status=422 if refused else 200)


def _table(place: str, currency: str) -> tables.Table:
    rows = [
        {
            "days": f"{each.from_on.isoformat()} – {each.until_on.isoformat()}",
            "lines": each.lines,
            "opening": tables.Money(each.opening, currency),
            "closing": tables.Money(each.closing, currency),
            "ties": _ties(each, currency),
            "notes": ", ".join(str(REMARKS.get(code, code)) for code in each.remarks),
        }
        for each in queries.statements(place, currency)
    ]
    columns = [
        tables.Column("days", _("Days"), main=True),
        tables.Column("lines", _("Lines"), end=True),
        tables.Column("opening", _("Before"), end=True),
        tables.Column("closing", _("After"), end=True),
        tables.Column("ties", _("Ties out")),
        tables.Column("notes", _("Notes")),
    ]
    empty = _("No statement yet. Download one from the bank as CSV, and bring it in here.")
    return tables.Table(name=place, caption=PLACES[place], columns=columns, rows=rows, empty=empty)


def _ties(each: queries.Statement, currency: str) -> tables.Pill:
    if each.off_by is None:
        return tables.Pill(_("no balances"), "quiet")
    if each.off_by:
        return tables.Pill(_("off by {off}").format(off=money.formatted(each.off_by, currency)), "bad")
    if each.gap:
        return tables.Pill(_("{gap} missing before").format(gap=money.formatted(each.gap, currency)), "warn")
    return tables.Pill(_("ties out"), "ok")


def _place(given: str) -> str:
    if given not in queries.ACCOUNTS:
        raise Http404
    return given
