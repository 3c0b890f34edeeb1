"""Leaving in a real browser: on a phone and wide, with and without script; axe finds nothing grave."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rochdale.cooperatives import queries as cooperatives
from rochdale.members import queries, testing_leaving
from rochdale.members import testing as people
from rochdale.payments import testing as desk
from rochdale.shared import clock, coops
from rochdale.shared.money import ONE
from rochdale.shared.testing_browser import *  # noqa: F403  # fixtures of the house
from rochdale.shared.testing_browser import log_in

MEMBER = {"leave": "members/leave/", "case": "members/case/", "membership": "members/"}
OFFICER = {
    "leavers": "members/leaving/",
    "exclusions": "members/exclusions/",
    "exclusion": "members/exclusions/1/",
    "end": "members/1/end/",
    "exclude": "members/1/exclude/",
}


@pytest.fixture
def house(own_database: Any) -> dict[str, Any]:
    """Let Bruno have money in his wallet and a case against him; Grace sits on the board."""
    now = clock.now()
    with coops.inside(own_database.coop.schema_name):
        bruno = people.join("bruno", now)
        people.officer("ada", now)
        people.officer("finn", now)
        desk.top_up(bruno, 15 * ONE, now)
        testing_leaving.opened_case(now - timedelta(minutes=1))
        found = {name: people.log_in(name, now) for name in ("bruno", "grace")}
    with coops.public():
        return {name: cooperatives.person(person) for name, person in found.items()}


def seen(page: Any, name: str, width: int) -> None:
    if folder := os.environ.get("ROCHDALE_SCREENSHOTS"):
        page.page.screenshot(path=Path(folder) / f"leaving-{name}-{width}.png", full_page=True)
    page.check()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_leaving_fit_and_can_be_read(open_page: Callable[..., Any], house: dict[str, Any], width: int) -> None:
    for person, pages in (("bruno", MEMBER), ("grace", OFFICER)):
        page = open_page(width=width)
        log_in(page, house[person], strong=True)
        for name, path in pages.items():
            answer = page.go(f"/c/alpha/{path}")
            assert answer.status == 200, (name, answer.status)
            seen(page, name, width)


def test_a_member_leaves_on_a_phone_without_script(
    open_page: Callable[..., Any], house: dict[str, Any], own_database: Any
) -> None:
    page = open_page(width=360, script=False)
    log_in(page, house["bruno"], strong=False)
    page.go("/c/alpha/members/")
    page.page.get_by_role("link", name="Leave the co-op").click()
    page.page.get_by_label("I have read what will happen").check()
    page.page.get_by_role("button", name="Give notice of leaving").click()
    page.page.get_by_role("button", name="Withdraw my notice").wait_for()
    with coops.inside(own_database.coop.schema_name):
        notice = queries.leaving.open_notice(people.known("bruno"))
    assert notice is not None
    assert page.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
