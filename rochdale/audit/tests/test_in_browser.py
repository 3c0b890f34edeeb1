"""Seals, a proof and alerts in a real browser, wide and on a phone; the proof that is downloaded is a proof."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rochdale.audit import actions as audit
from rochdale.audit import rules
from rochdale.audit.queries import seals
from rochdale.cooperatives import queries as cooperatives
from rochdale.ledger import actions as ledger
from rochdale.ledger.testing import BOOKS, fresh_key, inside
from rochdale.members import testing as people
from rochdale.sectors.music import testing as music
from rochdale.shared import coops
from rochdale.shared.testing_browser import *  # noqa: F403  # fixtures of the house
from rochdale.shared.testing_browser import log_in

pytestmark = pytest.mark.browser


@pytest.fixture
def story(own_database: Any) -> int:
    """Carmen is secretary, Bruno has a wallet; two seals, one known to a witness, some alerts. Returns Bruno's posting."""
    now = datetime.now(UTC)
    with coops.inside(own_database.coop.schema_name):
        people.settle(now)
        people.officer("carmen", now=now)
        bruno = people.join("bruno", now)
        for number in range(2):
            music.top_up(bruno, "12.50", now)
            with inside():
                ledger.make_checkpoint(actor=BOOKS, now=now, key=fresh_key(), whole=True, at_least=1)
            audit.make_seal(actor=BOOKS, now=now, key=f"seal:{number}")
        audit.alert(
            code="audit.seals_do_not_hold", subject="ledger.posting 5", now=now, details={"says": "ledger.posting 5 was altered"}
        )
        for _each in range(3):
            audit.alert(code="audit.unknown_ids", subject="ids", now=now, party=bruno)
        audit.alert(code="audit.refused_by_database", subject="UPDATE ledger_posting", now=now, seen_by="log", count=12)
        first = seals.newest()
        assert first is not None
        audit.keep_stamp(
            actor=BOOKS, now=now, key="s", authority="https://tsa.example/tsr", number=1, head=first.head, answer=b"x", at=now
        )
        return int(seals.rows("SELECT max(id) FROM ledger_posting")[0][0])


def shot(watched: Any, name: str) -> None:
    """Keep a picture for somebody to look at, where ROCHDALE_SHOTS names a folder."""
    folder = os.environ.get("ROCHDALE_SHOTS")
    if folder:
        watched.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_fit_and_the_proof_is_one(story: int, open_page: Any, width: int) -> None:
    visitor = open_page(width=width)
    for name, path in {
        "seals": "/c/alpha/audit/seals/",
        "seal": "/c/alpha/audit/seals/1/",
        "witness": "/witness/",
        "none": "/c/beta/audit/seals/",
    }.items():
        assert visitor.go(path).status == 200
        shot(visitor, f"{name}-{width}")
        visitor.check()
    officer = open_page(width=width)
    log_in(officer, person("carmen"), strong=True)
    for name, path in {"alerts": "/c/alpha/audit/alerts/", "home": "/c/alpha/me/"}.items():
        assert officer.go(path).status == 200
        shot(officer, f"{name}-{width}")
        officer.check()
    member = open_page(width=width)
    log_in(member, person("bruno"))
    assert member.go("/c/alpha/money/wallet/").status == 200
    shot(member, f"wallet-{width}")
    assert "Sealed: no. 2" in member.page.content()
    member.page.locator("table a").first.click()
    member.page.wait_for_url("**/ledger/postings/*/")
    shot(member, f"posting-{width}")
    member.check()
    with member.page.expect_download() as download:
        member.page.get_by_role("link", name="Download the proof").click()
    made = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert rules.check_proof(made)
    assert made["coop"] == "alpha"


def person(name: str) -> Any:
    with coops.public():
        return cooperatives.person(people.log_in(name))
