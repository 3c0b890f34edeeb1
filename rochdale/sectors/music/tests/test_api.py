"""Music over the API."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from rochdale.cooperatives import queries as people
from rochdale.cooperatives.testing import signed_in
from rochdale.members import testing as members
from rochdale.sectors.music import testing as music
from rochdale.shared import clock, coops

NOW = members.NOW


@pytest.fixture
def first_light(coop):
    members.settle(NOW - timedelta(days=30))
    with clock.at(NOW):
        yield music.track("First Light", music.artist("Bruno Okafor", NOW, party=members.join("bruno", NOW)), NOW)


def browser(name):
    party = members.join(name, NOW)
    with coops.public():
        person = people.person_at(members.PEOPLE[name].email)
    assert person is not None
    return signed_in(person), party


def call(client, path, status=200, data=None, key="k1"):
    address = f"/c/alpha/api/v1/music/{path}"
    if data is None:
        answer = client.get(address)
    else:
        answer = client.post(address, json.dumps(data), content_type="application/json", headers={"Idempotency-Key": key})
    coops.enter(coops.schema_of("alpha"))  # a request leaves the connection in public
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.json()


def test_everybody_finds_tracks_and_artists(first_light):
    found = call(Client(), "tracks?q=light")
    assert (found["count"], found["tracks"][0]["title"], found["tracks"][0]["artist"]) == (1, "First Light", "Bruno Okafor")
    assert call(Client(), "artists")["artists"] == [{"id": first_light.artist_id, "name": "Bruno Okafor", "tracks": 1}]


def test_my_next_price_needs_a_log_in(first_light):
    assert call(Client(), f"tracks/{first_light.pk}", 401)["code"] == "shared.sign_in"


def test_a_play_is_charged_once_however_often_it_is_told(first_light):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    assert call(client, f"tracks/{first_light.pk}")["price"] == 2_000
    first = call(client, "plays", data={"track": first_light.pk, "event": "phone-1"})
    again = call(client, "plays", data={"track": first_light.pk, "event": "phone-1"}, key="k2")
    assert again == first
    assert (first["price"], first["step"], first["steps"], first["balance"]) == (2_000, 1, 9, 9_998_000)
    assert call(client, f"tracks/{first_light.pk}")["price"] == 4_000
    history = call(client, "plays")
    assert (history["count"], history["plays"][0]["charged"]) == (1, 2_000)


def test_the_key_stands_in_for_the_plays_own_number(first_light):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    for _time in range(2):
        answer = call(client, "plays", data={"track": first_light.pk, "ms_played": 60_000}, key="play-7")
    assert answer["step"] == 1


def test_an_owned_track_stands_in_the_collection(first_light):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    for number in range(8):
        call(client, "plays", data={"track": first_light.pk}, key=f"k{number}")
    assert call(client, "collection?owned=false")["tracks"][0]["taken"] == 8
    assert call(client, "plays", data={"track": first_light.pk}, key="k9")["owned"]
    found = call(client, "collection")
    assert (found["count"], found["tracks"][0]["paid"], found["tracks"][0]["steps"]) == (1, 1_022_000, 9)


def test_an_artist_reads_what_they_earned(first_light):
    music.played(music.listener("10", NOW), first_light, now=NOW)
    client, _bruno = browser("bruno")
    found = call(client, "earnings")
    assert (found["balance"], found["tracks"][0]["earned"], found["tracks"][0]["paid_plays"]) == (1_400, 1_400, 1)
    ada, _party = browser("ada")
    call(ada, "earnings", 404)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        ({"track": 4711}, 404, "music.no_such_track"),
        ({"track": 0}, 422, "shared.invalid"),
        ({"track": 2**64}, 422, "shared.invalid"),
        ({}, 422, "shared.invalid"),
        ({"track": None, "ms_played": -1}, 422, "shared.invalid"),
        ({"played_at": "2026-03-02T12:00:00"}, 422, "shared.invalid"),
        ({"played_at": "2031-01-01T00:00:00Z"}, 422, "music.played_in_the_future"),
        ({"played_at": "2014-01-01T00:00:00Z"}, 422, "music.played_too_long_ago"),
        ({"at_most": 1}, 409, "music.price_changed"),
        ({"event": ""}, 422, "shared.invalid"),
    ],
)
def test_bad_plays_are_problem_documents(first_light, data, status, code):
    client, ada = browser("ada")
    music.top_up(ada, "10", NOW)
    given = {"track": first_light.pk} | data if data else {}
    assert call(client, "plays", status, data=given)["code"] == code


def test_too_little_money_is_a_problem_document(first_light):
    client, _ada = browser("ada")
    problem = call(client, "plays", 402, data={"track": first_light.pk})
    assert (problem["code"], problem["status"]) == ("music.preview_only", 402)


def test_a_play_without_a_key_is_refused(first_light):
    client, _ada = browser("ada")
    answer = client.post("/c/alpha/api/v1/music/plays", "{}", content_type="application/json")
    assert answer.status_code in (400, 422)


def test_who_is_unknown_here_plays_nothing(first_light):
    members.log_in("eve", NOW)
    with coops.public():
        person = people.person_at("eve@example.org")
    assert person is not None
    eve = signed_in(person)
    assert call(eve, "plays", 403, data={"track": first_light.pk})["code"] == "music.nobody_here"
    assert call(eve, f"tracks/{first_light.pk}")["price"] == 2_000
