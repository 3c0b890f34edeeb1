"""A seeded month: people play, files come in between, and the books are checked. A failure is replayed by its seed."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from rochdale.ledger import testing as books
from rochdale.sectors.music import demo, invariants, queries
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.models import Play, Track
from rochdale.sectors.music.testing import NOW
from rochdale.sectors.music.tests.conftest import FOUNDED
from rochdale.shared.refusals import Refusal


def test_the_same_seed_makes_the_same_artists_and_habits():
    assert demo.artists(7, 20) == demo.artists(7, 20) != demo.artists(8, 20)
    assert len({artist.name for artist in demo.artists(7, 500)}) == 500

    def month(seed):
        return list(demo.habits(seed, listeners=4, tracks=30, start=NOW, days=10))

    assert month(7) == month(7) != month(8)
    assert month(7) == sorted(month(7), key=lambda play: play.at)


def catalogue(seed: int) -> list[Track]:
    """Enter a small catalogue of the demo's own making."""
    found = []
    for made in demo.artists(seed, 3):
        artist = music.artist(made.name, FOUNDED)
        titles = dict.fromkeys(track.title for release in made.releases for track in release.tracks)
        found += [music.track(title, artist, FOUNDED) for title in list(titles)[:4]]
    return found


@pytest.mark.parametrize("seed", [1844, 2017])
def test_a_month_of_plays_and_files_leaves_the_books_in_order(demo_coop, seed):
    dice = random.Random(seed)
    tracks = catalogue(seed)
    listeners = [music.listener(str(dice.randint(0, 2)), FOUNDED + timedelta(hours=1)) for _listener in range(4)]
    start = NOW - timedelta(days=40)
    for place, play in enumerate(demo.habits(seed, listeners=4, tracks=len(tracks), start=start, days=12, plays_per_day=3.0)):
        tune = tracks[play.track]
        if dice.random() < 0.3:
            told = [
                music.line(
                    n, who=f"file {play.listener}", artist=tune.artist.name, track=tune.title, at=play.at + timedelta(seconds=n)
                )
                for n in range(dice.randint(1, 6))
            ]
            music.imported(told, fund_from=music.CLIENT_BANK, now=play.at + timedelta(minutes=1))
            continue
        for _told in range(dice.choice((1, 1, 2))):
            try:
                music.played(listeners[play.listener], tune, now=play.at, event=play.event, ms_played=play.ms_played)
            except Refusal as refused:
                assert refused.code == "music.preview_only"
        if place % 25 == 0:
            assert_in_order()
    assert_in_order()
    charged = Play.objects.filter(outcome="charged")
    owed = sum(queries.artist_balance(party, "EUR") or 0 for party in {tune.artist.party for tune in tracks})
    assert owed == sum(play.charged * 7 // 10 for play in charged)
    assert charged.count() > 50


def assert_in_order() -> None:
    checks = (
        invariants.plays_unlike_books,
        invariants.charged_after_owned,
        invariants.owned_unlike_steps,
        invariants.steps_with_gaps,
    )
    assert [list(check()) for check in checks] == [[], [], [], []]
    books.assert_books_good()
