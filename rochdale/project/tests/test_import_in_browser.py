"""“Bring your books” and “Bring your members” in a real browser, on a phone and wide: they fit and work."""

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
MEMBERS = "number,name,email,classes,joined\n170,Nuala Byrne,n@example.org,artist,2019-02-01\n23,Pedro,,nobody,2020-03-14\n"


def seen(page: Any, name: str, width: int) -> None:
    if folder := os.environ.get("ROCHDALE_SCREENSHOTS"):
        page.page.screenshot(path=Path(folder) / f"import-{name}-{width}.png", full_page=True)
    page.check()


def officers(own_database: Any, now: Any) -> list[Any]:
    with coops.inside(own_database.coop.schema_name):
        numbers = []
        for name in ("ada", "carmen"):
            people.officer(name, now)
            numbers.append(people.log_in(name, now))
    with coops.public():
        return [cooperatives.person(number) for number in numbers]


@pytest.mark.parametrize("width", [360, 1280])
def test_books_and_members_come_in_by_page(open_page: Callable[..., Any], own_database: Any, width: int, tmp_path: Path) -> None:
    now = clock.now()
    page, ada, carmen = open_page(width=width), *officers(own_database, now)
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
    log_in(page, carmen, strong=True)
    assert page.go("/c/alpha/members/import/").status == 200
    seen(page, "members-form", width)
    (tmp_path / "members.csv").write_text(MEMBERS)
    page.page.set_input_files("input[name=file]", str(tmp_path / "members.csv"))
    page.page.click("text=Look it through")
    page.page.wait_for_selector("text=What the lists hold")
    seen(page, "members-report", width)
    page.page.click("text=Enter the good ones")
    page.page.wait_for_selector("text=1 members entered")
