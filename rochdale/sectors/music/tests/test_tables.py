"""What the database itself refuses, and what the book checks find when somebody with more rights than the app breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, transaction

from rochdale.sectors.music import invariants, models, rules
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.testing import NOW
from rochdale.sectors.music.tests.conftest import FOUNDED
from rochdale.shared import coops


@pytest.fixture
def first_light(rules_stand):
    return music.track()


def play(tune: models.Track, **given: Any) -> models.Play:
    facts: dict[str, Any] = {
        "listener": uuid4(), "track": tune, "event": uuid4(), "happened_at": NOW, "recorded_at": NOW, "outcome": "charged",
        "nth": 1, "steps": 9, "charged": 2_000, "currency": "EUR", "posting": 1,
    }  # fmt: skip
    return models.Play(**(facts | given))


def refused(constraint: str, *rows: Any) -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        for row in rows:
            row.save(force_insert=True)
    assert constraint in str(error.value)


@pytest.mark.parametrize(
    ("given", "constraint"),
    [
        ({"outcome": "gift", "nth": 0, "charged": 0, "posting": None}, "music_play_outcome"),
        ({"posting": None}, "music_play_charged"),
        ({"charged": 0}, "music_play_charged"),
        ({"nth": 0}, "music_play_charged"),
        ({"outcome": "short"}, "music_play_charged"),
        ({"ms_played": -1}, "music_play_time"),
        ({"nth": 10}, "music_play_within_ladder"),
    ],
)
def test_a_play_that_contradicts_itself_is_refused(first_light, given, constraint):
    refused(constraint, play(first_light, **given))


def test_no_step_is_taken_twice_and_no_event_told_twice(first_light):
    ada, event = uuid4(), uuid4()
    refused("music_play_step", play(first_light, listener=ada), play(first_light, listener=ada))
    refused("music_play_event", play(first_light, listener=ada, event=event), play(first_light, listener=ada, event=event, nth=2))


def test_no_track_is_owned_twice(first_light):
    ada = uuid4()
    rows = [models.Ownership(listener=ada, track=first_light, event=uuid4(), since=NOW) for _time in range(2)]
    refused("music_ownership_once", *rows)


def test_the_catalogue_refuses_what_it_has_and_what_it_does_not_know(first_light):
    bruno = first_light.artist
    named = {"name": "X", "name_key": "x", "sort_key": "x", "imported": False, "added_at": NOW}
    titled = {"artist": bruno, "title": "T", "title_key": "t", "added_at": NOW}
    entered = {**titled, "sort_key": "t", "words": "t"}
    refused("music_artist_party", models.Artist(**named, party=bruno.party))
    refused("music_artist_name", models.Artist(**named | {"name_key": bruno.name_key}, party=uuid4()))
    refused("music_release_kind", models.Release(**titled, kind="opera"))
    refused("music_release_once", models.Release(**titled, kind="ep"), models.Release(**titled, kind="ep"))
    refused("music_track_state", models.Track(**entered, state="hidden"))
    refused("music_track_length", models.Track(**entered, length_ms=0))
    refused("music_track_once", models.Track(**entered), models.Track(**entered))


def test_an_imported_name_stands_for_one_party_and_a_chunk_is_done_once(first_light):
    mark, party = "f" * 64, uuid4()
    first = models.ImportedListener(fingerprint=mark, party=party)
    refused("music_imported_name", first, models.ImportedListener(fingerprint=mark, party=uuid4()))
    refused("music_imported_party", first, models.ImportedListener(fingerprint="e" * 64, party=party))
    run = models.ImportRun.objects.create(file_hash="f", lines=1, funded_from="", started_at=NOW)
    counts = dict.fromkeys(
        ("lines", "counted", "too_short", "not_charged", "duplicates", "unpaid", "charged", "to_artists", "to_coop", "tax"), 0
    )
    chunk = {"run": run, "number": 1, "currency": "EUR", "done_at": NOW, **counts}
    refused("music_chunk_once", models.ImportChunk(**chunk), models.ImportChunk(**chunk))


@dataclass
class Owned:
    """A committed co-op in which Ada has taken all nine steps."""

    schema: str
    database: Any

    def as_root(self, statement: str) -> None:
        """Change the books as nobody in the house may: as the server's own superuser, triggers off."""
        with self.database.connect("postgres") as root:
            root.execute("SET session_replication_role = replica")
            root.execute(f"SET search_path = {self.schema}, public")
            assert root.execute(statement).rowcount > 0

    def broken(self) -> set[str]:
        """Return which of the four checks find something."""
        checks = {
            "MU1": invariants.plays_unlike_books,
            "MU2": invariants.charged_after_owned,
            "MU3": invariants.owned_unlike_steps,
            "MU4": invariants.steps_with_gaps,
        }
        with coops.inside(self.schema):
            return {number for number, check in checks.items() if check()}


@pytest.fixture
def owned(own_database) -> Owned:
    schema = own_database.coop.schema_name
    with coops.inside(schema):
        music.adopt(FOUNDED)
        ada, tune = music.listener("10"), music.track()
        for minute in range(9):
            music.played(ada, tune, now=NOW + timedelta(minutes=minute))
    return Owned(schema, own_database)


CHANGES = [
    "UPDATE {t} SET id = id",
    "DELETE FROM {t}",
    "TRUNCATE {t} CASCADE",
    "ALTER TABLE {t} DISABLE TRIGGER ALL",
]


@pytest.mark.parametrize("role", ["rochdale_app", "rochdale_auditor"])
@pytest.mark.parametrize("table", ["music_play", "music_ownership", "music_artist", "music_release", "music_importrun"])
def test_neither_the_web_user_nor_the_auditor_changes_what_happened(owned, role, table):
    with owned.database.connect(role) as user:
        if role == "rochdale_app":
            user.execute(f"SET role = {owned.schema}")
        for change in CHANGES:
            with pytest.raises(psycopg.Error) as error:
                user.execute(change.format(t=f"{owned.schema}.{table}"))
            assert error.value.sqlstate in ("42501", "23001"), error.value  # no right, or the append-only trigger


def test_the_owner_stumbles_over_the_triggers(owned):
    with owned.database.connect("rochdale_owner") as owner:
        for change in CHANGES[:3]:
            with pytest.raises(psycopg.Error, match="append-only"):
                owner.execute(change.format(t=f"{owned.schema}.music_play"))


def test_the_checks_hold_before_anybody_breaks_anything(owned):
    assert owned.broken() == set()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE music_play SET charged = charged + 1 WHERE nth = 4", {"MU1"}),
        ("UPDATE music_play SET posting = 4711 WHERE nth = 4", {"MU1"}),
        ("UPDATE music_play SET listener = gen_random_uuid() WHERE nth = 9", {"MU1", "MU3", "MU4"}),
        ("DELETE FROM music_play WHERE nth = 3", {"MU1", "MU4"}),
        ("DELETE FROM music_ownership", {"MU3"}),
        ("UPDATE music_ownership SET event = (SELECT event FROM music_play WHERE nth = 5)", {"MU2"}),
        ("UPDATE music_ownership SET listener = gen_random_uuid()", {"MU3"}),
    ],
)
def test_each_check_finds_what_it_is_for(owned, statement, found):
    owned.as_root(statement)
    assert owned.broken() == found


def test_a_name_key_always_fits_its_column():
    for name in ("x" * 300, "ﷺ" * 300, "ß" * 300):
        assert len(rules.name_key(name)) <= rules.LONGEST_KEY
        assert len(rules.sort_key(name)) <= rules.LONGEST_KEY
    assert rules.name_key("x" * 299) != rules.name_key("x" * 300)
