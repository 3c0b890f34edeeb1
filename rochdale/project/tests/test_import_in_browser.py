"""“Bring your books” in a real browser, on a phone and wide: it fits, reads well, and works from file to books."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rochdale.cooperatives import queries as cooperatives
from rochdale.members import testing as people
from rochdale.shared import clock, coops
from rochdale.shared.testing_browser import *  # noqa: F403  # fixtures of the house
from rochdale.shared.testing_browser import log_in

JOURNAL = """\
2015-01-24 Lyft | to the meeting
  Expenses:Travel:To and from the yearly meeting  33.92 USD
  Liabilities:Reimbursement:Maria

2015-01-26 Broken
  Assets:Bank  5 USD
  Income:Dues  -4 USD
"""


def seen(page: Any, name: str, width: int) -> None:
    if folder := os.environ.get("ROCHDALE_SCREENSHOTS"):
        page.page.screenshot(path=Path(folder) / f"import-{name}-{width}.png", full_page=True)
    page.check()


@pytest.mark.parametrize("width", [360, 1280])
def test_bring_your_books_fits_and_works(open_page: Callable[..., Any], own_database: Any, width: int, tmp_path: Path) -> None:
    now = clock.now()
    with coops.inside(own_database.coop.schema_name):
        people.officer("ada", now)
        number = people.log_in("ada", now)
    with coops.public():
        ada = cooperatives.person(number)
    page = open_page(width=width)
    log_in(page, ada, strong=True)
    assert page.go("/c/alpha/ledger/import/").status == 200
    seen(page, "form", width)
    (tmp_path / "old.journal").write_text(JOURNAL)
    page.page.set_input_files("input[type=file]", str(tmp_path / "old.journal"))
    page.page.click("text=Look it through")
    page.page.wait_for_selector("text=What the file holds")
    seen(page, "report", width)
    page.page.click("text=Book the good ones")
    page.page.wait_for_selector("text=1 transactions booked")
