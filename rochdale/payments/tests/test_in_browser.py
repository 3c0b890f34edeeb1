"""Membership and the desk in a real browser: they fit a phone, weigh little, and axe finds nothing grave."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rochdale.cooperatives import queries as cooperatives
from rochdale.members import actions as member_actions
from rochdale.members import queries as members
from rochdale.members import testing as people
from rochdale.members.testing import fresh_key
from rochdale.payments import testing as desk
from rochdale.shared import clock, coops
from rochdale.shared.money import ONE
from rochdale.shared.testing_browser import *  # noqa: F403  # fixtures of the house
from rochdale.shared.testing_browser import log_in

MEMBERS_PAGES = {
    "join": "members/join/",
    "membership": "members/",
    "buy": "members/shares/buy/?count=3&share_class=member",
    "register": "members/register/",
    "wallet": "money/wallet/",
    "receipt": "money/receipts/1/",
    "home": "me/",
}
DESK_PAGES = {
    "desk": "money/desk/",
    "till": "money/desk/how/till/",
    "day": "money/desk/day/",
    "member": "money/desk/members/1/",
    "confirm": "money/desk/members/1/move/?kind=top_up&amount=20&rail=cash",
    "cash": "money/desk/cash/",
    "approvals": "money/desk/approvals/",
    "serve": "members/desk/",
    "write-down": "members/desk/register/",
    "detail": "members/1/",
}
BOARD_PAGES = {
    "applications": "members/applications/",
    "application": "members/applications/1/",
    "look": "money/desk/approvals/1/",
}


@pytest.fixture
def house(own_database: Any) -> dict[str, Any]:
    """Furnish a co-op: members, shares to pay, a wallet with movements, an approval and an application that wait."""
    now = clock.now()
    with coops.inside(own_database.coop.schema_name):
        people.settle(now, {"payments.two_people_above": 20 * ONE})
        bruno = people.join("bruno", now)
        for name in ("ada", "finn", "carmen", "grace"):
            people.officer(name, now)
        desk.top_up(bruno, 15 * ONE, now)
        desk.top_up(bruno, 30 * ONE, now)
        member_actions.buy_shares(actor=people.actor("bruno", now), now=now, key=fresh_key(), party=bruno, count=3)
        people.apply("eve", "listener", now)
        assert members.number_of(bruno) == 1
        found = {name: people.log_in(name, now) for name in ("ada", "bruno", "grace")}
    with coops.public():
        return {name: cooperatives.person(person) for name, person in found.items()}


def walk(open_page: Callable[..., Any], person: Any, pages: dict[str, str], width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    log_in(page, person, strong=True)
    for name, path in pages.items():
        answer = page.go(f"/c/alpha/{path}")
        assert answer.status == 200, (name, answer.status)
        if folder := os.environ.get("ROCHDALE_SCREENSHOTS"):
            page.page.screenshot(path=Path(folder) / f"{name}-{width}{'-dark' if dark else ''}.png", full_page=True)
        page.check()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(360, False), (768, True), (1280, False)])
def test_pages_read_well(house: dict[str, Any], open_page: Callable[..., Any], width: int, dark: bool) -> None:
    walk(open_page, house["bruno"], MEMBERS_PAGES, width, dark)
    walk(open_page, house["ada"], DESK_PAGES, width, dark)
    walk(open_page, house["grace"], BOARD_PAGES, width, dark)


@pytest.mark.browser
def test_the_desk_works_without_script(house: dict[str, Any], open_page: Callable[..., Any]) -> None:
    page = open_page(width=360, script=False)
    log_in(page, house["ada"], strong=True)
    page.go("/c/alpha/money/desk/")
    page.page.get_by_label("Member number").fill("1")
    page.page.get_by_role("button", name="Find").click()
    page.page.get_by_role("heading", name="Bruno Okafor").wait_for()
    page.page.get_by_role("button", name="Take the payment").first.click()
    page.page.get_by_role("button", name="Take the money").click()
    page.page.get_by_role("heading", name="Receipt 2").wait_for()
    assert "Paid for shares" in page.page.inner_text("main")
