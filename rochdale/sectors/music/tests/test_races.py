"""Two things at once, with real threads and connections: nothing is charged twice, nothing owned twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as books
from rochdale.sectors.music import actions, invariants, queries
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.models import Artist, Ownership, Play, Track
from rochdale.sectors.music.testing import NOW, OPERATOR
from rochdale.sectors.music.tests.conftest import FOUNDED
from rochdale.shared import coops
from rochdale.shared.refusals import Refusal


@pytest.fixture
def house(own_database):
    with coops.inside(own_database.coop.schema_name):
        music.adopt(FOUNDED)
    return own_database.coop.schema_name


def at_once(schema: str, *calls: Callable[[], Any]) -> list[Any]:
    """Run the calls in threads that start together; a refusal is returned as its code."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            with coops.inside(schema):
                gate.wait(timeout=20)
                return call()
        except Refusal as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def books_agree() -> None:
    assert not invariants.plays_unlike_books()
    assert not invariants.charged_after_owned()
    assert not invariants.owned_unlike_steps()
    assert not invariants.steps_with_gaps()


def test_the_ninth_play_twice_at_once_is_charged_and_owned_once(house):
    with coops.inside(house):
        ada, tune = music.listener("10"), music.track()
        for _play in range(8):
            music.played(ada, tune)
    answers = at_once(house, *[lambda: music.played(ada, tune)] * 8)
    with coops.inside(house):
        assert sorted(answer["price"] for answer in answers) == [0] * 7 + [512_000]
        assert Ownership.objects.count() == 1
        assert queries.totals(ada.party).paid == 1_022_000
        books_agree()


def test_twenty_plays_at_once_take_nine_steps(house):
    with coops.inside(house):
        ada, tune = music.listener("10"), music.track()
    answers = at_once(house, *[lambda: music.played(ada, tune)] * 20)
    assert sorted(answer["step"] for answer in answers) == [0] * 11 + list(range(1, 10))
    with coops.inside(house):
        assert queries.totals(ada.party).paid == 1_022_000
        books_agree()


def test_one_event_told_twenty_times_at_once_counts_once(house):
    with coops.inside(house):
        ada, tune = music.listener("10"), music.track()
    answers = at_once(house, *[lambda: music.played(ada, tune, event="phone-17")] * 20)
    assert all(answer == answers[0] for answer in answers)
    with coops.inside(house):
        assert (Play.objects.count(), queries.totals(ada.party).paid) == (1, 2_000)


def test_a_wallet_for_one_play_pays_one_of_two(house):
    with coops.inside(house):
        dilip, first, second = music.listener("0.003"), music.track("One"), music.track("Two")
    answers = at_once(house, lambda: music.played(dilip, first), lambda: music.played(dilip, second))
    assert sorted(type(answer).__name__ for answer in answers) == ["dict", "str"]
    assert "music.preview_only" in answers
    with coops.inside(house):
        wallet = ledger.account("liabilities.wallet", "EUR", dilip.party)
        assert wallet is not None
        assert ledger.balance(wallet) == 1_000


def test_many_listeners_of_one_artist_do_not_stop_each_other(house):
    with coops.inside(house):
        tune = music.track()
        everybody = [music.listener("1") for _one in range(12)]
    answers = at_once(house, *[lambda who=who: music.played(who, tune) for who in everybody])
    assert {answer["price"] for answer in answers} == {2_000}
    with coops.inside(house):
        assert queries.artist_balance(tune.artist.party, "EUR") == 12 * 1_400


def test_the_same_file_imported_twice_at_once_is_charged_once(house, own_database):
    with own_database.connect("rochdale_owner") as owner:
        owner.execute("UPDATE cooperatives_coop SET is_demo = true")
    told = [music.line(n, who=f"l{n % 3}", artist=f"a{n % 5}", track=f"t{n % 4}", album=f"r{n % 2}") for n in range(1, 601)]

    def chunk() -> Any:
        return music.imported(told, fund_from=music.CLIENT_BANK)

    first, second = at_once(house, chunk, chunk)
    with coops.inside(house):
        assert first["counted"] + second["counted"] == Play.objects.filter(outcome="charged").count()
        assert first["duplicates"] + second["duplicates"] == 600
        assert Play.objects.count() == 600
        assert (Artist.objects.count(), Track.objects.count()) == (5, 20)
        books_agree()


def test_a_play_and_an_import_of_the_same_track_at_once_share_the_ladder(house, own_database):
    with own_database.connect("rochdale_owner") as owner:
        owner.execute("UPDATE cooperatives_coop SET is_demo = true")
    with coops.inside(house):
        music.imported([music.line(1)], fund_from=music.CLIENT_BANK)
        finn = Play.objects.get().listener
        tune = Track.objects.get()
        music.top_up(finn, "5")
    run = books.fresh_key()

    def in_file() -> Any:
        number = actions.start_import(actor=OPERATOR, now=NOW, key=run, file_hash="f", lines=5, fund_from=music.CLIENT_BANK)
        return music.imported([music.line(n) for n in range(2, 7)], run=number)

    def at_the_player() -> Any:
        who = music.somebody()
        return music.played(music.Somebody(finn, _as(who.actor, finn)), tune)

    at_once(house, in_file, at_the_player, at_the_player)
    with coops.inside(house):
        assert sorted(Play.objects.values_list("nth", flat=True)) == [1, 2, 3, 4, 5, 6, 7, 8]
        books_agree()


def _as(actor: Any, party: Any) -> Any:
    from dataclasses import replace

    return replace(actor, party=party)
