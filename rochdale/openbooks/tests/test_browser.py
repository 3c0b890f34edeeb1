"""The open books in a real browser: wide and on a phone, light and dark, with and without script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from rochdale.cooperatives.models import Coop
from rochdale.ledger import testing as ledger
from rochdale.members import testing as members
from rochdale.shared import coops
from rochdale.shared.testing_browser import log_in

pytestmark = pytest.mark.browser
PEOPLE = ("ada", "bruno", "carmen", "dilip", "finn", "grace", "hana")


@pytest.fixture
def lively(own_database) -> Iterator[None]:
    """Seven members, some money moved; the test's accounts are declared."""
    now = datetime.now(UTC)
    with ledger.declared():
        with coops.public():
            Coop.objects.filter(slug="alpha").update(
                name="Resonant Commons Society", purpose="Music that belongs to those who make it and those who hear it."
            )
        with coops.inside(own_database.coop.schema_name):
            for name in PEOPLE:
                members.join(name, now)
            party = uuid4()
            bank, wallet = (
                ledger.opened("assets.test.bank", now=now),
                ledger.opened("liabilities.test.wallet", party=party, now=now),
            )
            artist, tax = (
                ledger.opened("liabilities.test.payable", party=party, now=now),
                ledger.opened("liabilities.test.tax", now=now),
            )
            sales, rent = ledger.opened("income.test.sales", now=now), ledger.opened("expenses.test.rent", now=now)
            ledger.posted((bank, wallet, 1_820_010_001), kind="test.top_up", party=party, now=now)
            sold = (wallet, artist, 840_000_000), (wallet, sales, 360_000_000), (wallet, tax, 276_000_001)
            ledger.posted(*sold, kind="test.sale", party=party, now=now)
            ledger.posted((rent, bank, 151_500_000), kind="test.rent", now=now)
        yield


def shot(watched, name: str) -> None:
    """Keep a picture for somebody to look at, where ROCHDALE_SHOTS names a folder."""
    folder = os.environ.get("ROCHDALE_SHOTS")
    if folder:
        watched.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (768, False), (1280, False), (1280, True)])
def test_the_pages_fit_and_are_sound(lively, open_page, width, dark):
    watched = open_page(width=width, dark=dark)
    for name, path in {
        "home": "/c/alpha/",
        "books": "/c/alpha/books/",
        "how": "/c/alpha/books/how/",
        "account": f"/c/alpha/books/{datetime.now(UTC).year}/account/income.test.sales/",
        "empty": "/c/beta/books/",
        "directory": "/",
    }.items():
        assert watched.go(path).status == 200
        shot(watched, f"{name}-{width}-{'dark' if dark else 'light'}")
        watched.check()


def test_a_figure_answers_in_a_dialog_and_the_keyboard_leaves_it(lively, open_page):
    watched = open_page()
    watched.go("/c/alpha/books/")
    figure = watched.page.locator("dl.stats a.money").first
    figure.click()
    dialog = watched.page.locator("dialog#explain")
    dialog.wait_for(state="visible")
    assert "How was this computed?" in dialog.inner_text()
    watched.check_axe()
    shot(watched, "dialog-1280-light")
    watched.page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_without_script_a_figure_leads_to_its_page(lively, open_page):
    watched = open_page(width=360, script=False)
    watched.go("/c/alpha/books/")
    watched.page.locator("dl.stats a.money").first.click()
    assert "How was this computed?" in watched.page.locator("main").inner_text()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_members_home(lively, own_database, open_page, width):
    with coops.public():
        from rochdale.cooperatives.models import Person

        ada = Person.objects.get(email="ada@example.org")
    watched = open_page(width=width)
    log_in(watched, ada, strong=True)
    assert watched.go("/c/alpha/me/").status == 200
    shot(watched, f"me-{width}-light")
    watched.check()


def test_the_places_can_be_reached_by_keyboard(lively, open_page):
    watched = open_page(width=360)
    watched.go("/c/alpha/")
    watched.page.keyboard.press("Tab")
    assert watched.page.evaluate("document.activeElement.className") == "skip"
    watched.page.keyboard.press("Enter")
    assert watched.page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_every_component_fits_in_both_directions(own_database, open_page, width, direction):
    with coops.public():
        Coop.objects.create(
            slug="shown", schema_name="coop_shown", name="Shown", country="IE", currency="EUR", kit="music", is_demo=True,
            created_at=datetime.now(UTC),
        )  # fmt: skip
    watched = open_page(width=width, dark=direction == "rtl")
    watched.go("/styleguide/")
    watched.page.evaluate(f"document.documentElement.dir = '{direction}'")
    shot(watched, f"styleguide-{width}-{direction}")
    watched.check()


def test_what_is_pressed_is_large_enough(lively, open_page):
    """What stands alone is at least 44 pixels high on a phone; links inside sentences and figures are not."""
    watched = open_page(width=360)
    for path in ("/", "/c/alpha/", "/c/alpha/books/"):
        watched.go(path)
        small = watched.page.evaluate(
            """[...document.querySelectorAll('.button, .bar a, .tools > *, summary, .csv, input:not([type=hidden]), select')]
            .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
            .map(e => e.outerHTML.slice(0, 90) + ' ' + e.getBoundingClientRect().height)"""
        )
        assert not small, small
