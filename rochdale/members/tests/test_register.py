"""The register: who sees what, as of when, sorted by what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rochdale.members import actions, queries
from rochdale.members import testing as people
from rochdale.members.actions import membership
from rochdale.members.models import RegisterInspection
from rochdale.members.testing import NOW, fresh_key
from rochdale.shared.actor import NOBODY

pytestmark = pytest.mark.usefixtures("coop")
UK = ("uk", "activity-wallet-uk")
LATER = NOW + timedelta(days=1)


def names(page: queries.RegisterPage) -> list[str]:
    return [line.name for line in page.lines]


def test_a_member_sees_names_and_in_ireland_holdings() -> None:
    people.join("ada")
    people.join("bruno")
    page = queries.register(viewer=people.actor("bruno"), now=NOW)
    assert names(page) == ["Ada Byrne", "Bruno Okafor"]
    assert [line.shares for line in page.lines] == [1, 1]
    assert "17A" in page.law


def test_in_britain_holdings_of_others_are_hidden_and_ones_own_are_shown() -> None:
    people.settle(packs=UK)
    people.join("ada", office=False)
    people.join("bruno")
    page = queries.register(viewer=people.actor("bruno"), now=NOW)
    assert [line.holdings is None for line in page.lines] == [True, False]
    with pytest.raises(queries.UnknownSort):
        queries.register(viewer=people.actor("bruno"), now=NOW, sort="shares")
    officer = queries.register(viewer=people.officer("carmen"), now=NOW, sort="shares", descending=True)
    assert all(line.holdings is not None for line in officer.lines)


def test_outsiders_see_it_where_the_law_opens_it_and_say_what_for() -> None:
    people.join("ada")
    people.known("eve")
    eve = people.actor("eve")
    view, _law = queries.register_view(eve, NOW)
    assert (view.names, view.holdings, view.logged) == (True, True, True)
    with pytest.raises(membership.PurposeMissing):
        actions.inspect_register(actor=eve, now=NOW, key=fresh_key(), purpose="because")
    actions.inspect_register(actor=eve, now=NOW, key=fresh_key(), purpose="To see who owns the co-op before I join it")
    [look] = queries.register_inspections()
    assert look.shown_holdings
    assert b"owns" not in bytes(RegisterInspection.objects.get().purpose_sealed)


def test_outsiders_see_nothing_where_the_law_does_not_open_it() -> None:
    people.settle(packs=UK)
    people.join("ada")
    people.known("eve")
    with pytest.raises(queries.NotOpen):
        queries.register(viewer=people.actor("eve"), now=NOW)
    with pytest.raises(queries.NotOpen):
        queries.register(viewer=NOBODY, now=NOW)
    with pytest.raises(membership.NotOpenToYou):
        actions.inspect_register(actor=people.actor("eve"), now=NOW, key=fresh_key(), purpose="To write to all of them")


def test_it_shows_a_day_as_it_was_known_on_another() -> None:
    people.join("ada")
    people.join("bruno", LATER)
    ada = people.actor("ada")
    assert names(queries.register(viewer=ada, now=LATER)) == ["Ada Byrne", "Bruno Okafor"]
    assert names(queries.register(viewer=ada, now=LATER, as_of=NOW)) == ["Ada Byrne"]
    assert names(queries.register(viewer=ada, now=LATER, known_at=NOW)) == ["Ada Byrne"]
    assert names(queries.register(viewer=ada, now=LATER, as_of=NOW - timedelta(days=1))) == []


@pytest.mark.parametrize(
    ("sort", "descending", "first"),
    [("number", False, "Hana Sato"), ("number", True, "Ada Byrne"), ("name", False, "Ada Byrne"), ("joined", True, "Ada Byrne")],
)
def test_it_is_sorted_by_what_is_allowed(sort: str, descending: bool, first: str) -> None:
    people.join("hana")
    people.join("ada", LATER)
    page = queries.register(viewer=people.actor("ada"), now=LATER, sort=sort, descending=descending)
    assert names(page)[0] == first


@pytest.mark.parametrize("sort", ["party", "id; DROP TABLE members_member", "-number", ""])
def test_any_other_sort_is_refused(sort: str) -> None:
    """T21: SQL in sort."""
    people.join("ada")
    with pytest.raises(queries.UnknownSort):
        queries.register(viewer=people.actor("ada"), now=NOW, sort=sort)


def test_pages_of_the_register() -> None:
    for name in ("ada", "bruno", "hana"):
        people.join(name)
    page = queries.register(viewer=people.actor("ada"), now=NOW, start=1, size=1)
    assert (names(page), page.total) == (["Bruno Okafor"], 3)


def test_somebody_is_found_by_the_beginning_of_a_name_or_by_number() -> None:
    for name in ("ada", "bruno", "finn", "grace"):
        people.join(name)
    ada = people.actor("ada")

    def found(search: str, **more: Any) -> list[str]:
        return names(queries.register(viewer=ada, now=NOW, search=search, **more))

    assert found("byr") == ["Ada Byrne"]
    assert found("OKÁ b") == ["Bruno Okafor"]
    number = queries.number_of(people.known("finn"))
    assert found(str(number)) == found(f" {number} ", sort="name") == ["Finn Walsh"]
    assert found("nobody") == found("nobody", sort="name") == found("999") == []
    assert found("", sort="name", start=1, size=2) == ["Bruno Okafor", "Finn Walsh"]
