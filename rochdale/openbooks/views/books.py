"""The open books: a year at a glance, and behind each figure how it was computed."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render

from rochdale.openbooks import queries, tabling
from rochdale.payments import queries as payments
from rochdale.shared import clock, web
from rochdale.shared import money as amounts


@web.everyone
def latest(request: web.CoopRequest) -> HttpResponse:
    """Show this year's books."""
    return _page(request, _year(request, None))


@web.everyone
def year_page(request: web.CoopRequest, year: int) -> HttpResponse:
    """Show the books of a year."""
    return _page(request, _year(request, year))


@web.everyone
def band(request: web.CoopRequest, year: int) -> HttpResponse:
    """Explain a band of the picture: `?source=…&target=…`."""
    chosen = _year(request, year)
    found = queries.band_explanation(
        _sums(chosen), _currency(request), source=request.GET.get("source", ""), target=request.GET.get("target", "")
    )
    return render(request, "shared/explain.html", {"explanation": found})


@web.everyone
def total(request: web.CoopRequest, year: int, what: str) -> HttpResponse:
    """Explain a sum of the statements."""
    found = queries.sum_explanation(queries.books(_sums(_year(request, year)), _currency(request)), what)
    return render(request, "shared/explain.html", {"explanation": found})


@web.everyone
def count(request: web.CoopRequest, what: str) -> HttpResponse:
    """Explain how members (`members`) or shares (`shares`) were counted."""
    _check(request)
    now = clock.now()
    found = queries.people(now, smallest=queries.smallest_group(now))
    if what == "members":
        explanation = queries.members_explanation(found)
    elif what == "shares":
        explanation = queries.shares_explanation(found, currency=request.coop.currency)
    else:
        raise queries.NoSuchFigure()
    return render(request, "shared/explain.html", {"explanation": explanation})


@web.everyone
def why(request: web.CoopRequest, year: int, code: str) -> HttpResponse:
    """Explain an account's figure."""
    figure, smallest = _figure(request, year, code)
    return render(request, "shared/explain.html", {"explanation": queries.code_explanation(figure, smallest=smallest)})


@web.everyone
def account(request: web.CoopRequest, year: int, code: str) -> HttpResponse:
    """Show the postings behind an account's figure, those of people by month only."""
    figure, smallest = _figure(request, year, code)
    explanation = replace(queries.code_explanation(figure, smallest=smallest), more_url="", postings=())
    table = tabling.stretches(figure)
    own = tabling.own_postings(figure)
    return render(
        request,
        "openbooks/account.html",
        {"figure": figure, "explanation": explanation, "table": table, "own": own, "smallest": smallest},
    )


@web.everyone
def export(request: web.CoopRequest, year: int, which: str) -> HttpResponse:
    """Download a table of the year: `flow`, `income`, `balance` or `members`."""
    chosen, currency = _year(request, year), _currency(request)
    table = tabling.of_year(which, chosen, currency, now=clock.now())
    return web.csv_download(table, filename=f"{request.coop.slug}-{which}-{chosen.title.replace('/', '-')}.csv")


@web.everyone
def account_csv(request: web.CoopRequest, year: int, code: str) -> HttpResponse:
    """Download the postings behind an account's figure as they are shown."""
    figure, _smallest = _figure(request, year, code)
    return web.csv_download(tabling.stretches(figure), filename=f"{request.coop.slug}-{code}-{year}.csv")


@web.everyone
def how(request: web.CoopRequest) -> HttpResponse:
    """Explain how the open books are made."""
    now = clock.now()
    _check(request)
    return render(request, "openbooks/how.html", {"smallest": queries.smallest_group(now), "seen_by": queries.seen_by(now)})


def _page(request: web.CoopRequest, year: queries.Year) -> HttpResponse:
    now, currency = clock.now(), _currency(request)
    smallest = queries.smallest_group(now)
    sums = queries.sums(year, smallest=smallest)
    books = queries.books(sums, currency)
    return render(
        request,
        "openbooks/books.html",
        {
            "year": year,
            "years": queries.years(now, request.coop.time_zone),
            "currency": currency,
            "currencies": queries.currencies(sums, request.coop.currency),
            "books": books,
            "income": tabling.statement(books),
            "picture": queries.picture(sums, currency),
            "reconciled": payments.reconciled_until(currency),
            "people": queries.people(now, smallest=smallest),
            "smallest": smallest,
            "seen_by": queries.seen_by(now),
        },
    )


def _year(request: web.CoopRequest, number: int | None) -> queries.Year:
    _check(request)
    now, zone = clock.now(), request.coop.time_zone
    return queries.year_at(now, zone) if number is None else queries.year_numbered(number, now=now, zone=zone)


def _sums(year: queries.Year) -> queries.Sums:
    return queries.sums(year, smallest=queries.smallest_group(clock.now()))


def _figure(request: web.CoopRequest, year: int, code: str) -> tuple[queries.Figure, int]:
    chosen, smallest = _year(request, year), queries.smallest_group(clock.now())
    return queries.figure(code, year=chosen, currency=_currency(request), smallest=smallest), smallest


def _check(request: web.CoopRequest) -> None:
    if not queries.may_see(web.actor_of(request), clock.now()):
        raise queries.BooksNotOpen()


def _currency(request: web.CoopRequest) -> str:
    """Return the currency asked for; refuses what is no currency."""
    return amounts.currency_code(request.GET.get("currency", "") or request.coop.currency)
