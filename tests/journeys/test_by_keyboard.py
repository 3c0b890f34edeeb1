"""Finn has no mouse: from his home to owning a track, with Tab and Enter alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from rochdale.cooperatives import queries as directory
from rochdale.founding import testing as founding
from rochdale.members import actions as members
from rochdale.offices import queries as offices
from rochdale.payments import actions as payments
from rochdale.sectors.music import actions as music
from rochdale.shared import clock, coops, money
from rochdale.shared.actor import Actor
from rochdale.shared.testing_browser import Watched, log_in

pytestmark = pytest.mark.browser
MOST_TABS = 60


def strong(party: UUID) -> Actor:
    return Actor(kind="person", via="page", person=party, party=party, sure_at=clock.now(), strong=True)


def a_track_and_money_for_finn(schema: str) -> None:
    """Let Bruno publish a track, and Ada top up Finn's wallet by bank."""
    with coops.inside(schema):
        now = clock.now()
        bruno, ada, finn = (offices.holders(office, now)[0] for office in ("board", "treasurer", "cashier"))
        taken = members.buy_shares(actor=strong(bruno), now=now, key="shares", party=bruno, count=1)
        members.pay_shares(
            actor=strong(ada), now=now, key="pay", subscription=taken["subscription"], amount=taken["amount"], rail="bank"
        )
        music.register_artist(actor=strong(bruno), now=now, key="artist", party=bruno, name="Amber Quartet")
        music.add_track(actor=strong(bruno), now=now, key="track", party=bruno, title="Slow Ferry", length_ms=180_000)
        payments.top_up(actor=strong(ada), now=now, key="top", party=finn, amount=5 * money.ONE, currency="EUR", rail="bank")


def tab_to(page: Any, text: str) -> None:
    """Press Tab until what is focused says this, and see that the focus shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if text in (page.evaluate("document.activeElement === document.body ? '' : document.activeElement.innerText") or ""):
            outline = page.evaluate(
                "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"
            )
            assert outline != "nonenone", f"“{text}” has the focus, but nothing shows it"
            return
    raise AssertionError(f"“{text}” cannot be reached by Tab on {page.url}")


def enter(page: Any) -> None:
    with page.expect_navigation(wait_until="networkidle"):
        page.keyboard.press("Enter")


def test_finn_comes_to_own_a_track_without_a_mouse(open_page: Callable[..., Watched]) -> None:
    schema = founding.found(clock.now())
    a_track_and_money_for_finn(schema)
    with coops.public():
        finn = directory.person_at("finn@example.org")
    watched = open_page(width=1280)
    log_in(watched, finn, strong=True)
    watched.go("/c/nine-plays/me/")
    page = watched.page
    tab_to(page, "Skip to the content")
    page.goto(f"{watched.root}/c/nine-plays/me/")
    tab_to(page, "Music")
    enter(page)
    tab_to(page, "Slow Ferry")
    enter(page)
    for step in range(1, 10):
        tab_to(page, "I listened")
        page.keyboard.press("Enter")
        page.get_by_text("You own this track." if step == 9 else f"Play {step + 1} of 9").first.wait_for()
    watched.check_quiet()
