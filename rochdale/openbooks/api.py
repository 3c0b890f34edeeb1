"""The open books over the API: what the pages show, as whole micro-units. Only reads; no sign-in where everybody may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest
from ninja import Router, Schema

from rochdale.shared import clock, web
from rochdale.shared import money as amounts

from . import queries, rules

if TYPE_CHECKING:
    from rochdale.cooperatives.models import Coop

router = Router(tags=["open books"])


class EntryOut(Schema):
    """One account code's figure, positive on its normal side."""

    code: str
    title: str
    type: str
    micro: int


class StatementsOut(Schema):
    """A financial year's statements in one currency; `result` is what is left of the year."""

    year: int
    currency: str
    current: bool
    income: list[EntryOut]
    expenses: list[EntryOut]
    result: int
    assets: list[EntryOut]
    liabilities: list[EntryOut]
    equity: list[EntryOut]
    unshared_results: int
    balanced: bool


class BandOut(Schema):
    """Money that went from one place to another in the year."""

    source: str
    source_title: str
    target: str
    target_title: str
    micro: int


class GroupOut(Schema):
    """A class of members; `merged` says that small classes were put together."""

    title: str
    people: int
    merged: bool


class PeopleOut(Schema):
    """How many members and shares there are; capital in micro-units of the co-op's currency."""

    members: int
    by_class: list[GroupOut]
    shares: int
    subscribed: int
    paid: int


@router.get("years", response=list[int], auth=None, summary="The financial years there are books of")
def years(request: HttpRequest) -> list[int]:
    """Return the years, newest first."""
    coop = _coop(request)
    return [year.number for year in queries.years(clock.now(), coop.time_zone)]


@router.get("{int:year}", response=StatementsOut, auth=None, summary="A year's income statement and balance sheet")
def statements(request: HttpRequest, year: int, currency: str = "") -> StatementsOut:
    """Return the statements of a year."""
    found = queries.books(_sums(_year(request, year)), _currency(request, currency))
    return StatementsOut(
        year=found.year.number,
        currency=found.currency,
        current=found.year.current,
        income=_entries(found.income.income),
        expenses=_entries(found.income.expenses),
        result=found.income.result,
        assets=_entries(found.balance.assets),
        liabilities=_entries(found.balance.liabilities),
        equity=_entries(found.balance.equity),
        unshared_results=found.balance.result,
        balanced=found.balance.balanced,
    )


@router.get("{int:year}/flow", response=list[BandOut], auth=None, summary="Where a year's money came from and where it went")
def flow(request: HttpRequest, year: int, currency: str = "") -> list[BandOut]:
    """Return the bands of the picture, largest first."""
    picture = queries.picture(_sums(_year(request, year)), _currency(request, currency))
    return [
        BandOut(
            source=link.source,
            source_title=str(link.source_title),
            target=link.target,
            target_title=str(link.target_title),
            micro=link.micro,
        )
        for link in picture.links
    ]


@router.get("members", response=PeopleOut, auth=None, summary="How many members and shares there are")
def members(request: HttpRequest) -> PeopleOut:
    """Return counts; small classes are put together."""
    _coop(request)
    now = clock.now()
    found = queries.people(now, smallest=queries.smallest_group(now))
    return PeopleOut(
        members=found.members,
        by_class=[GroupOut(title=group.title, people=group.people, merged=group.merged) for group in found.by_class],
        shares=found.shares,
        subscribed=found.subscribed,
        paid=found.paid,
    )


def _entries(entries: tuple[rules.Entry, ...]) -> list[EntryOut]:
    return [EntryOut(code=each.code, title=queries.title_of(each.code), type=each.type, micro=each.micro) for each in entries]


def _coop(request: HttpRequest) -> Coop:
    if not queries.may_see(web.actor_of(request), clock.now()):
        raise queries.BooksNotOpen()
    return cast(web.CoopRequest, request).coop


def _year(request: HttpRequest, number: int) -> queries.Year:
    return queries.year_numbered(number, now=clock.now(), zone=_coop(request).time_zone)


def _sums(year: queries.Year) -> queries.Sums:
    return queries.sums(year, smallest=queries.smallest_group(clock.now()))


def _currency(request: HttpRequest, given: str) -> str:
    return amounts.currency_code(given or _coop(request).currency)
