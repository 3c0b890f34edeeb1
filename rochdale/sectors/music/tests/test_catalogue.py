"""Artists, releases and tracks: each action, then its refusals."""

from datetime import date, timedelta

import pytest

from rochdale.members import testing as members
from rochdale.sectors.music import actions, queries
from rochdale.sectors.music.models import Artist, Track
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

NOW = members.NOW
_keys = iter(range(10_000))


@pytest.fixture
def house(coop):
    members.settle(NOW - timedelta(days=30))
    return coop


def who(name):
    party = members.join(name, NOW)
    return party, Actor(kind="person", via="page", party=party, sure_at=NOW, strong=True)


def act(action, name="bruno", *, party=None, **given):
    """Let a named person do something for themself, or for another party."""
    own, actor = who(name)
    return action(actor=actor, now=NOW, key=f"key:{next(_keys)}", party=party or own, **given)


def refused(code, *args, **given):
    with pytest.raises(Refusal) as refusal:
        act(*args, **given)
    assert refusal.value.code == code


@pytest.fixture
def bruno(house):
    own, actor = who("bruno")
    actions.register_artist(actor=actor, now=NOW, key="register", party=own, name="Bruno Okafor")
    return own


def test_an_artist_publishes_a_release_with_a_track(bruno):
    release = act(actions.add_release, title="Dawn", kind="ep", released_on=date(2026, 2, 1))
    track = act(actions.add_track, title="First  Light", release=release, length_ms=185_000)
    found = queries.track(track)
    assert found is not None
    assert (found.title, found.artist, found.release, found.length_ms, found.state) == (
        "First Light",
        "Bruno Okafor",
        "Dawn",
        185_000,
        "paid",
    )
    (shown,) = queries.releases(found.artist_id)
    assert (shown.title, shown.kind, shown.released_on) == ("Dawn", "ep", date(2026, 2, 1))


def test_the_secretary_does_it_for_them(bruno):
    assert act(actions.add_track, "carmen", party=bruno, title="First Light")


def test_a_track_is_made_free_and_paid_again(bruno):
    track = act(actions.add_track, title="First Light", free=True)
    assert Track.objects.get().state == "free"
    act(actions.price_track, track=track, free=False)
    assert Track.objects.get().state == "paid"


def test_the_search_finds_words_in_any_order(bruno):
    release = act(actions.add_release, title="Übermut")
    act(actions.add_track, title="AC/DC’s Garage", release=release)
    for search in ("garage", "ubermut bruno", "dc", "GAR oka"):
        assert queries.tracks(search)[1] == 1, search
    for search in ("arage", "!!", "bruno ada"):
        assert queries.tracks(search)[1] == 0, search


def register(name, party=None, called="Bruno Okafor"):
    own, actor = who(name)
    return actions.register_artist(actor=actor, now=NOW, key=f"key:{next(_keys)}", party=party or own, name=called)


@pytest.mark.parametrize(
    ("name", "called", "code"),
    [
        ("ada", "Ada", "music.not_an_artist"),
        ("bruno", "Another Name", "music.already_an_artist"),
        ("hana", "  BRUNO  okafor ", "music.artist_name_taken"),
        ("hana", "", "music.name_not_usable"),
        ("hana", "   ", "music.name_not_usable"),
        ("hana", "x" * 301, "music.name_not_usable"),
        ("hana", "a\x00b", "music.name_not_usable"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(bruno, name, called, code):
    with pytest.raises(Refusal) as refusal:
        register(name, called=called)
    assert refusal.value.code == code
    assert Artist.objects.count() == 1


def test_nobody_registers_somebody_else(house):
    hana, _actor = who("hana")
    with pytest.raises(Refusal) as refusal:
        register("bruno", party=hana)
    assert refusal.value.code == "offices.not_allowed"
    assert register("carmen", party=hana, called="Hana Sato")


def test_what_cannot_be_published_is_refused(bruno):
    act(actions.add_release, title="Dawn")
    track = act(actions.add_track, title="First Light")
    refused("music.release_title_taken", actions.add_release, title="dawn")
    refused("music.unknown_kind", actions.add_release, title="Dusk", kind="opera")
    refused("music.track_title_taken", actions.add_track, title="FIRST light")
    refused("music.no_such_release", actions.add_track, title="Second Light", release=4711)
    refused("music.bad_length", actions.add_track, title="Second Light", length_ms=0)
    refused("music.bad_length", actions.add_track, title="Second Light", length_ms=86_400_001)
    refused("music.no_such_artist", actions.add_track, "hana", title="Second Light")
    refused("music.no_such_track", actions.withdraw_track, "hana", track=track)
    refused("music.no_such_track", actions.price_track, track=4711, free=True)
    refused("offices.not_allowed", actions.withdraw_track, "ada", party=bruno, track=track)


def test_another_artists_release_is_not_mine(bruno):
    release = act(actions.add_release, title="Dawn")
    register("hana", called="Hana Sato")
    refused("music.no_such_release", actions.add_track, "hana", title="Dusk", release=release)


def test_a_withdrawn_track_is_gone_for_good(bruno):
    track = act(actions.add_track, title="First Light")
    act(actions.withdraw_track, track=track)
    assert queries.tracks()[1] == 0
    refused("music.is_withdrawn", actions.withdraw_track, track=track)
    refused("music.is_withdrawn", actions.price_track, track=track, free=True)
