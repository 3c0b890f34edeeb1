"""The bylaws in a real browser: they fit a phone, weigh little, ask nobody else, and axe finds nothing grave."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rochdale.bylaws import testing as bylaws
from rochdale.shared import clock, coops
from rochdale.shared.testing_browser import *  # noqa: F403  # fixtures of the house

MONTH = "bylaws.year_start_month"
PAGES = {
    "document": "",
    "history": "history/",
    "version": "versions/2/",
    "difference": "versions/1/to/2/",
    "rule": f"rules/{MONTH}/",
    "pack": "law/ie/",
}


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(360, False), (768, True), (1280, False)])
def test_every_page_reads_well(own_database: Any, open_page: Callable[..., Any], width: int, dark: bool) -> None:
    now = clock.now()
    with coops.inside(own_database.coop.schema_name):
        bylaws.adopt(now - timedelta(days=300), {MONTH: 4})
        bylaws.adopt(now - timedelta(days=20), {MONTH: 7, "bylaws.change_delay_days": 14})
        bylaws.adopt(now + timedelta(days=20), {MONTH: 10})
    page = open_page(width=width, dark=dark)
    for name, path in PAGES.items():
        page.go(f"/c/alpha/bylaws/{path}")
        if folder := os.environ.get("ROCHDALE_SCREENSHOTS"):
            page.page.screenshot(path=Path(folder) / f"bylaws-{name}-{width}.png", full_page=True)
        page.check()


PACKS = {
    "shelf": "/packs/",
    "shipped": "/packs/es/",
    "found": "/packs/es/?q=absent+members",
    "changes": "/packs/es/changes/?from=2026-03-01&to=2026-05-01",
    "law-changes": "/c/alpha/bylaws/law/es/changes/?from=2026-03-01&to=2026-05-01",
    "bylaws-after-a-change": "/c/alpha/bylaws/",
}


@pytest.mark.browser
@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_the_packs_read_well(own_database: Any, open_page: Callable[..., Any], width: int, dark: bool) -> None:
    with coops.inside(own_database.coop.schema_name):
        bylaws.adopt(datetime(2026, 3, 20, tzinfo=UTC), packs=["es"])
    page = open_page(width=width, dark=dark)
    for name, path in PACKS.items():
        page.go(path)
        if folder := os.environ.get("ROCHDALE_SCREENSHOTS"):
            page.page.screenshot(path=Path(folder) / f"packs-{name}-{width}.png", full_page=True)
        page.check()


@pytest.mark.browser
def test_the_document_reads_without_script(own_database: Any, open_page: Callable[..., Any]) -> None:
    with coops.inside(own_database.coop.schema_name):
        bylaws.adopt(clock.now(), {MONTH: 4})
    page = open_page(width=360, script=False)
    page.go("/c/alpha/bylaws/")
    page.page.get_by_role("link", name="When the financial year begins").click()
    assert "first day of April" in page.page.inner_text("main")
