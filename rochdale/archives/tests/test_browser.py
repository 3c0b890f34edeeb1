"""The pages of archives in a real browser: wide and on a phone."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rochdale.archives import actions
from rochdale.archives.models import Returning
from rochdale.cooperatives import queries as cooperatives
from rochdale.members import actions as members_do
from rochdale.members import testing as members
from rochdale.shared import coops
from rochdale.shared.testing_browser import log_in

from . import stage

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_fit_and_are_sound(own_database: Any, open_page: Any, width: int) -> None:
    now = datetime.now(UTC)
    with coops.inside("coop_alpha"):
        for name in ("grace", "carmen"):
            members.join(name, now)
        actions.ask_for_export(actor=members.actor("grace", now), now=now, key="ask")
        for name in ("Ada Byrne", "Maximiliana Featherstonehaugh-Cholmondeley"):
            with members.inside():
                party = members_do.make_party(actor=stage.OPERATOR, now=now, key=name, register={"name": name})
            Returning.objects.create(party=party, since=now)
        log_in_id = members.log_in("carmen", now)
    with coops.public():
        carmen = cooperatives.person(log_in_id)
    watched = open_page(width=width)
    log_in(watched, carmen, strong=True)
    for path in ("archives/", "archives/ask/", "archives/1/agree/", "archives/returning/", "archives/come-back/"):
        assert watched.go(f"/c/alpha/{path}").status == 200
        watched.check()
        shot(watched, f"archives-{path.strip('/').replace('/', '-')}-{width}")


def shot(watched: Any, name: str) -> None:
    """Keep a picture for somebody to look at, where ROCHDALE_SHOTS names a folder."""
    folder = os.environ.get("ROCHDALE_SHOTS")
    if folder:
        watched.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)
