"""The picture of a year's money, and what stands behind each of its bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from rochdale.ledger import catalogue
from rochdale.openbooks import rules
from rochdale.shared import explain
from rochdale.shared.flow import Flow, Link

from .figures import Sums, kinds_title, title_of
from .sight import NoSuchFigure
from .years import Year


def picture(found: Sums, currency: str) -> Flow:
    """Return where a year's money came from and where it went; every band leads to its explanation.

    Kinds of payment that concerned too few people are shown together with a larger one.
    """
    joined = _joined(found, currency)
    return Flow(
        title=_("Where the money of {year} came from, and where it went").format(year=found.year.title),
        currency=currency,
        links=[
            _link(band, found.year, currency, joined) for band in rules.bands(_renamed(found, currency, joined), joined.values())
        ],
    )


def band_explanation(found: Sums, currency: str, *, source: str, target: str) -> explain.Explanation:
    """Answer how a band's width was computed: the sum of each kind of posting. Refuses a band that is not in the picture."""
    joined = _joined(found, currency)
    year, moved = found.year, _renamed(found, currency, joined)
    band = next((each for each in rules.bands(moved, joined.values()) if (each.source, each.target) == (source, target)), None)
    if band is None:
        raise NoSuchFigure()
    titles = place_title(source, joined), place_title(target, joined)
    return explain.Explanation(
        title=_("{source} → {target}, {year}").format(source=titles[0], target=titles[1], year=year.title),
        rule=_rule(band),
        micro=band.micro,
        currency=currency,
        lines=[*_lines(band, moved, currency, joined), explain.Line(_("Together"), band.micro, currency, total=True)],
        back_url=f"{reverse('openbooks:year', args=[year.number])}?{urlencode({'currency': currency})}",
    )


def _joined(found: Sums, currency: str) -> dict[str, str]:
    """Return which kinds of payment in and out are shown together with which, because too few people had part in them."""
    uses: dict[str, set[str]] = {}
    for each in found.of(currency):
        ends = rules.ends_of(each)
        if ends is not None and (each.debit_type == "asset" or each.credit_type == "asset"):
            uses.setdefault(each.kind, set()).update(end for end in ends if ":" not in end)
    return rules.partners({kind: frozenset(places) for kind, places in uses.items()}, found.people, smallest=found.smallest)


def _renamed(found: Sums, currency: str, joined: Mapping[str, str]) -> list[rules.Moved]:
    return [replace(each, kind=joined.get(each.kind, each.kind)) for each in found.of(currency)]


def place_title(place: str, joined: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return what people call a place of the picture."""
    head, colon, rest = place.partition(":")
    if place == rules.COOP:
        return _("The co-op")
    if colon and head in ("in", "out"):
        return kinds_title(rest, joined)
    if colon and head == "kept":
        return _("Still there: {place}").format(place=place_title(rest))
    plan = catalogue.account_plan(place)
    return str(plan.place) if plan and plan.place else title_of(place)


def _rule(band: rules.Band) -> str:
    if band.target.startswith("kept:"):
        return _("What came in here in this year, less what went on from here in this year.")
    return _("All postings of these kinds that went this way in the year, less those that went back or were reversed.")


def _lines(band: rules.Band, moved: list[rules.Moved], currency: str, joined: Mapping[str, str]) -> list[explain.Line]:
    if band.target.startswith("kept:"):
        others = [each for each in rules.bands(moved, joined.values()) if not each.target.startswith("kept:")]
        came = sum(each.micro for each in others if each.target == band.source)
        went = sum(each.micro for each in others if each.source == band.source)
        return [explain.Line(_("Came in"), came, currency), explain.Line(_("Went on"), -went, currency)]
    sums: dict[str, int] = {}
    for each in moved:
        ends = rules.ends_of(each, joined.values())
        if ends == (band.source, band.target):
            sums[each.kind] = sums.get(each.kind, 0) + each.micro
        elif ends == (band.target, band.source):
            sums[each.kind] = sums.get(each.kind, 0) - each.micro
    return [explain.Line(kinds_title(kind, joined), micro, currency) for kind, micro in sums.items() if micro]


def _link(band: rules.Band, year: Year, currency: str, joined: Mapping[str, str]) -> Link:
    titles = place_title(band.source, joined), place_title(band.target, joined)
    return Link(band.source, band.target, *titles, micro=band.micro, url=_url(year, band, currency))


def _url(year: Year, band: rules.Band, currency: str) -> str:
    query = urlencode({"source": band.source, "target": band.target, "currency": currency})
    return f"{reverse('openbooks:band', args=[year.number])}?{query}"
