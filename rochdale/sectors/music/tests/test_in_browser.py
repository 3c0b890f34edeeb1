"""The pages of music in a real browser: they fit a phone, weigh little, ask nobody else, and axe finds nothing grave."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rochdale.cooperatives import queries as people
from rochdale.members import testing as members
from rochdale.sectors.music import actions
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.models import Track
from rochdale.shared import clock, coops
from rochdale.shared.actor import Actor
from rochdale.shared.testing_browser import *  # noqa: F403  # fixtures of the house
from rochdale.shared.testing_browser import log_in

pytestmark = pytest.mark.browser
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz (a very long title, live at the harbour) – part two"


@pytest.fixture
def house(own_database) -> dict[str, Any]:
    """A small living catalogue: Bruno publishes, Ada owns one track and is on the way to others."""
    now = clock.now()
    with coops.inside(own_database.coop.schema_name):
        members.settle(now - timedelta(days=60))
        ada, bruno = members.join("ada", now - timedelta(days=50)), members.join("bruno", now - timedelta(days=50))
        by = Actor(kind="person", via="page", party=bruno)
        given: dict[str, Any] = {"actor": by, "now": now - timedelta(days=40), "party": bruno}
        artist = actions.register_artist(key="1", name="Bruno Okafor", **given)
        release = actions.add_release(key="2", title="Dawn over the harbour", released_on=date(2026, 1, 9), **given)
        titles = ["First Light", LONG, "شروق الشمس", "Ferry", "Letters", "Tide", "Low Water", "Lamp"]
        tracks = [
            actions.add_track(key=f"t{place}", title=title, length_ms=185_000, release=release, free=title == "Lamp", **given)
            for place, title in enumerate(titles)
        ]
        music.top_up(ada, "20", now - timedelta(days=39))
        who = music.Somebody(ada, Actor(kind="person", via="page", party=ada))
        for place, times in enumerate((9, 5, 2)):
            for day in range(times):
                music.played(who, Track.objects.get(pk=tracks[place]), now=now - timedelta(days=30 - day))
    with coops.public():
        found = {name: people.person_at(members.PEOPLE[name].email) for name in ("ada", "bruno")}
    return {"artist": artist, "tracks": tracks, "people": found}


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("ROCHDALE_SCREENSHOTS"):
        page.page.screenshot(path=Path(folder) / f"music-{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "dark"), [(360, False), (768, True), (1280, False)])
def test_every_page_reads_well(house: dict[str, Any], open_page: Callable[..., Any], width: int, dark: bool) -> None:
    owned, started, free = house["tracks"][0], house["tracks"][1], house["tracks"][-1]
    pages = {
        None: {"catalogue": "", "artists": "artists/", "artist": f"artists/{house['artist']}/", "track": f"tracks/{started}/"},
        "ada": {
            "found": "?q=light",
            "owned": f"tracks/{owned}/",
            "started": f"tracks/{started}/",
            "free": f"tracks/{free}/",
            "price": f"tracks/{started}/price/",
            "collection": "collection/",
            "history": "plays/",
            "paid": "plays/how/",
        },
        "bruno": {
            "studio": "studio/",
            "own": f"tracks/{owned}/",
            "balance": "studio/balance/",
            "earned": f"studio/tracks/{owned}/earned/",
            "add-track": "studio/tracks/add/",
            "add-release": "studio/releases/add/",
            "set-price": f"studio/tracks/{free}/price/",
            "withdraw": f"studio/tracks/{free}/withdraw/",
        },
    }
    for name, theirs in pages.items():
        page = open_page(width=width, dark=dark)
        if name:
            log_in(page, house["people"][name])
        for place, path in theirs.items():
            assert page.go(f"/c/alpha/music/{path}").status == 200, place
            shot(page, f"{place}-{width}")
            page.check()
        if name:
            page.go("/c/alpha/me/")
            shot(page, f"home-{name}-{width}")
            page.check()


@pytest.mark.parametrize("script", [True, False])
def test_playing_until_it_is_mine(house: dict[str, Any], open_page: Callable[..., Any], script: bool) -> None:
    page = open_page(width=360, script=script)
    log_in(page, house["people"]["ada"])
    page.go(f"/c/alpha/music/tracks/{house['tracks'][1]}/")
    for step in range(6, 10):
        assert f"Play {step} of 9:" in page.page.inner_text("#player")
        page.page.get_by_role("button", name="I listened: pay").click()
        page.page.get_by_text("You own this track." if step == 9 else f"Play {step + 1} of 9").first.wait_for()
    assert "You own this track." in page.page.inner_text("#player")
    assert "now the track is yours" in page.page.inner_text("body")
    if script:
        page.check()


def test_the_search_answers_while_one_types(house: dict[str, Any], open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.go("/c/alpha/music/")
    page.page.get_by_label("Track, artist or release").press_sequentially("ferr")
    page.page.get_by_text("First Light").wait_for(state="detached")
    assert "Ferry" in page.page.inner_text("#found")
    page.check()
