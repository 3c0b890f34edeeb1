"""Bank and months in a real browser: they fit a phone, weigh little, work without script, and axe finds nothing grave."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rochdale.cooperatives import queries as cooperatives
from rochdale.members import queries as members
from rochdale.members import testing as people
from rochdale.members.testing import fresh_key
from rochdale.payments import actions
from rochdale.payments import testing as desk
from rochdale.payments.testing import brought, line_of, statement
from rochdale.payments.tests.test_in_browser import walk
from rochdale.shared import clock, coops
from rochdale.shared.money import ONE
from rochdale.shared.testing_browser import *  # noqa: F403  # fixtures of the house
from rochdale.shared.testing_browser import log_in

PAGES = {
    "months": "money/months/",
    "bank": "money/bank/?place=client",
    "bank-own": "money/bank/?place=own",
    "statements": "money/bank/statements/",
    "bank-how": "money/bank/how/client/",
    "line": "money/bank/lines/{line}/",
    "aside": "money/bank/lines/{aside}/",
    "match": "money/bank/matches/1/",
    "cover": "money/cover/",
    "adjustments": "money/adjustments/",
    "adjust": "money/adjustments/new/",
}


@pytest.fixture
def bank(own_database: Any) -> dict[str, Any]:
    """Furnish a bank account: a match, proposals, lines and entries left over, money put aside, checks of cover."""
    now = clock.now()
    start = now - timedelta(days=45)
    with coops.inside(own_database.coop.schema_name):
        bruno = people.join("bruno", start)
        for name in ("ada", "finn", "grace"):
            people.officer(name, start)
        number = members.number_of(bruno)
        first = desk.top_up(bruno, 15 * ONE, start, rail="bank")["posting"]
        desk.top_up(bruno, 20 * ONE, start, rail="bank")
        desk.top_up(bruno, 7 * ONE, start, rail="bank")
        day = start.date()
        texts = ("B. Okafor", f"wallet {number}", "A payment with a long text that banks like to write, REF 2026/0001/ABCDEFGH")
        lines = [
            (day, 15 * ONE, texts[0]),
            (day, 20 * ONE, texts[1]),
            (day, 9 * ONE, texts[2]),
            (day, -2 * ONE, "fee"),
            (day, ONE, "?"),
        ]
        brought(statement(*lines, (day, ONE, "?")), now)
        who: dict[str, Any] = {"actor": people.officer("ada", now), "now": now}
        actions.match(**who, key=fresh_key(), lines=[line_of(15 * ONE)], entries=[first])
        actions.book_line(**who, key=fresh_key(), line=line_of(ONE), how="suspense", reason_code="payer_unknown")
        for days in (3, 2, 1):
            at = now - timedelta(days=days)
            actions.check_cover(actor=people.officer("ada", at), now=at, key=fresh_key(), currency="EUR")
        found = {"line": line_of(9 * ONE), "aside": line_of(ONE), "month": f"{start:%Y-%m}"}
        person = people.log_in("ada", now)
    with coops.public():
        return found | {"ada": cooperatives.person(person)}


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
def test_bank_pages_read_well(bank: dict[str, Any], open_page: Callable[..., Any], width: int, dark: bool) -> None:
    pages = {name: path.format(**bank) for name, path in PAGES.items()}
    walk(open_page, bank["ada"], pages | {"month": f"money/months/{bank['month']}/"}, width, dark)


@pytest.mark.browser
def test_the_bank_works_without_script(bank: dict[str, Any], open_page: Callable[..., Any]) -> None:
    page = open_page(width=360, script=False)
    log_in(page, bank["ada"], strong=True)
    page.go("/c/alpha/money/bank/?place=client")
    page.page.get_by_role("button", name="Yes, the same money").first.click()
    page.page.get_by_text("It can be taken back until the month is closed").wait_for()
    page.page.get_by_role("link", name="Book").first.click()
    page.page.get_by_label("Not known yet: put it aside").check()
    page.page.get_by_label("Why it is put aside").select_option("purpose_unknown")
    page.page.get_by_role("button", name="Book it").click()
    page.page.get_by_text("Booked, and matched.").wait_for()
