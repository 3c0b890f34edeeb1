"""The pages of music: everybody sees the catalogue, listeners pay and own, artists see their own figures."""

from datetime import timedelta

import pytest
from django.test import Client

from rochdale.cooperatives import queries as people
from rochdale.cooperatives.testing import signed_in
from rochdale.members import testing as members
from rochdale.sectors.music import actions, queries
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.models import Artist, Track
from rochdale.shared import clock, coops
from rochdale.shared.actor import Actor

NOW = members.NOW
ALPHA = coops.schema_of("alpha")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def house(coop):
    """Ada listens, Bruno publishes; the clock stands still."""
    members.settle(NOW - timedelta(days=30))
    with clock.at(NOW):
        yield coop


def browser(name):
    """Return a browser in which a named member has signed in."""
    party = members.join(name, NOW)
    with coops.public():
        person = people.person_at(members.PEOPLE[name].email)
    assert person is not None
    return signed_in(person), party


def page(client, path, status=200, **more):
    answer = client.get(f"/c/alpha/music/{path}", **more)
    coops.enter(ALPHA)  # a request leaves the connection in public
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer.content.decode()


def post(client, path, data, status, **more):
    answer = client.post(f"/c/alpha/music/{path}", data, **more)
    coops.enter(ALPHA)  # a request leaves the connection in public
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer


def home(client):
    answer = client.get("/c/alpha/me/")
    coops.enter(ALPHA)
    return answer.content.decode()


@pytest.fixture
def first_light(house):
    bruno = music.artist("Bruno Okafor", NOW, party=members.join("bruno", NOW))
    return music.track("First Light", bruno, NOW)


def test_an_empty_catalogue_teaches(house, client):
    assert "No music yet" in page(client, "")


def test_everybody_finds_tracks_by_parts_of_words_without_accents(first_light, client):
    music.track("Ángel <script>", first_light.artist, NOW)
    text = page(client, "?q=oka%20ang")
    assert "Ángel &lt;script&gt;" in text
    assert "First Light" not in text
    assert "Nothing found" in page(client, "?q=zzz")
    assert "Nothing found" in page(client, "?q=%27%29%3B--")
    assert "Bruno Okafor" in page(client, "artists/?q=bru")
    assert "Nobody found" in page(client, "artists/?q=x%00y")


def test_a_visitor_sees_the_price_of_a_first_play_and_is_asked_to_join(first_light, client):
    text = page(client, f"tracks/{first_light.pk}/")
    assert "€0.002" in text
    assert "Join to listen" in text
    assert '<button class="button">' not in text.partition('id="player"')[2].partition("</section>")[0]


def test_a_visitor_cannot_pay(first_light, client):
    answer = client.post(f"/c/alpha/music/tracks/{first_light.pk}/play/", {"key": "k", "price": "2000"})
    assert answer.status_code == 303
    assert "/accounts/login/" in answer["Location"]


def test_what_does_not_exist_is_not_found(house, client):
    page(client, "tracks/4711/", 404)
    page(client, "artists/4711/", 404)


def test_a_listener_pays_step_by_step_until_the_track_is_theirs(first_light):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    address = f"tracks/{first_light.pk}/"
    for step in range(1, 10):
        price = 2_000 * 2 ** (step - 1)
        text = page(client, address)
        assert f"Play {step} of 9:" in text
        answer = post(client, f"{address}play/", {"key": f"k{step}", "price": price}, 303)
        assert answer["Location"] == f"/c/alpha/music/tracks/{first_light.pk}/"
    text = page(client, address)
    assert "now the track is yours" in text
    assert "You own this track." in text
    assert "First Light" in page(client, "collection/")
    assert "€1.022" in page(client, "plays/how/")
    assert "€0.512" in page(client, "plays/")


def test_the_form_sent_twice_pays_once(first_light):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    for _time in range(2):
        post(client, f"tracks/{first_light.pk}/play/", {"key": "same", "price": "2000"}, 303)
    assert queries.totals(ada).paid == 2_000


def test_with_script_only_the_player_is_answered(first_light):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    answer = post(client, f"tracks/{first_light.pk}/play/", {"key": "k", "price": "2000"}, 200, headers=HTMX)
    text = answer.content.decode()
    assert "<html" not in text
    assert "Play 1 of 9: you paid €0.002." in text
    assert "Play 2 of 9:" in text


def test_without_money_the_page_says_so_and_nothing_is_charged(first_light):
    client, ada = browser("ada")
    text = page(client, f"tracks/{first_light.pk}/")
    assert "too little for this play" in text
    answer = post(client, f"tracks/{first_light.pk}/play/", {"key": "k", "price": "2000"}, 402)
    assert "Nothing was charged" in answer.content.decode()
    part = post(client, f"tracks/{first_light.pk}/play/", {"key": "k", "price": "2000"}, 200, headers=HTMX)
    assert "Nothing was charged" in part.content.decode()
    assert queries.totals(ada).plays == 0


@pytest.mark.parametrize("price", ["1999", "", "-1", "x", "9" * 40])
def test_a_price_that_was_not_the_one_shown_is_refused(first_light, price):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    answer = post(client, f"tracks/{first_light.pk}/play/", {"key": "k", "price": price}, 409)
    assert "Nothing was charged" in answer.content.decode()


def test_a_form_without_its_key_is_refused(first_light):
    client, _ada = browser("ada")
    post(client, f"tracks/{first_light.pk}/play/", {"price": "2000"}, 400)


def test_playing_by_a_link_is_impossible(first_light):
    client, _ada = browser("ada")
    page(client, f"tracks/{first_light.pk}/play/", 405)


def test_the_price_explains_itself(first_light, client):
    text = page(client, f"tracks/{first_light.pk}/price/")
    assert "€0.512" in text
    assert "your next one" in text


def test_nothing_is_mine_yet(house):
    client, _ada = browser("ada")
    assert "Nothing here yet" in page(client, "collection/")
    assert "not played anything yet" in page(client, "plays/")
    assert "class “artist”" in page(client, "studio/")


def test_an_artist_publishes_and_earns(house):
    client, bruno = browser("bruno")
    post(client, "studio/begin/", {"key": "1", "name": "Bruno Okafor"}, 303)
    post(client, "studio/releases/add/", {"key": "2", "title": "Dawn", "kind": "album", "released_on": "2026-02-01"}, 303)
    artist = Artist.objects.get()
    ((release, _title),) = queries.releases_of(artist.pk)
    given = {"key": "3", "title": "First Light", "release": release, "minutes": "3", "seconds": "5"}
    post(client, "studio/tracks/add/", given, 303)
    tune = Track.objects.get()
    assert tune.length_ms == 185_000
    music.played(music.listener("10", NOW), tune, now=NOW)
    text = page(client, "studio/")
    assert "€0.0014" in text
    assert "€0.0014" in page(client, "studio/balance/")
    assert "€0.0014" in page(client, f"studio/tracks/{tune.pk}/earned/")
    assert "Dawn" in page(client, f"artists/{artist.pk}/")
    assert "This is your own track." in page(client, f"tracks/{tune.pk}/")
    assert bruno == artist.party


def test_a_refused_form_keeps_what_was_typed(first_light):
    client, _bruno = browser("bruno")
    answer = post(client, "studio/tracks/add/", {"key": "1", "title": "First  light"}, 409)
    text = answer.content.decode()
    assert "has a track of this title already" in text
    assert "First  light" in text
    assert "has a release" not in text
    post(client, "studio/tracks/add/", {"key": "2", "title": ""}, 200)


def test_an_artist_makes_a_track_free_and_withdraws_it(first_light):
    client, _bruno = browser("bruno")
    post(client, f"studio/tracks/{first_light.pk}/price/", {"key": "1", "free": "yes"}, 303)
    assert "This track is free." in page(Client(), f"tracks/{first_light.pk}/")
    assert "cannot be taken back" in page(client, f"studio/tracks/{first_light.pk}/withdraw/")
    post(client, f"studio/tracks/{first_light.pk}/withdraw/", {"key": "2"}, 303)
    page(Client(), f"tracks/{first_light.pk}/", 404)
    assert "First Light" not in page(client, "")


def test_nobody_else_sees_or_changes_an_artists_figures(first_light):
    client, _ada = browser("ada")
    for path in ("earned", "price", "withdraw"):
        page(client, f"studio/tracks/{first_light.pk}/{path}/", 404)
    page(client, "studio/balance/", 404)
    post(client, f"studio/tracks/{first_light.pk}/withdraw/", {"key": "k"}, 404)
    post(client, "studio/begin/", {"key": "k", "name": "Ada"}, 403)
    answer = Client().get("/c/alpha/music/studio/")
    assert answer.status_code == 303


def test_withdrawn_tracks_stay_for_who_owns_them(first_light):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    who = music.Somebody(ada, Actor(kind="person", via="page", party=ada))
    for _play in range(9):
        music.played(who, first_light, now=NOW)
    bruno = Actor(kind="person", via="page", party=first_light.artist.party)
    actions.withdraw_track(actor=bruno, now=NOW, key="w", party=first_light.artist.party, track=first_light.pk)
    assert "You own this track." in page(client, f"tracks/{first_light.pk}/")
    assert "First Light" in page(client, "collection/")


def test_the_home_page_gathers_plays_collection_and_earnings(first_light):
    client, ada = browser("ada")
    assert "Nine plays, and a track is yours" in home(client)
    music.top_up(ada, "10", NOW)
    music.played(music.Somebody(ada, Actor(kind="person", via="page", party=ada)), first_light, now=NOW)
    text = home(client)
    assert "1 full play in 2026" in text
    artist, _bruno = browser("bruno")
    assert "Owed to you as an artist" in home(artist)


def test_long_lists_come_in_pages(first_light, client):
    for number in range(60):
        music.track(f"Track {number:02}", first_light.artist, NOW)
    assert "Track 59" not in page(client, "")
    assert "Track 59" in page(client, "?page=2")
