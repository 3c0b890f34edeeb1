"""The importer on real listening files, against a plain count that shares no code with it.

The files lie beside the checkout (`../shared/data/music`) and are not part of it: without them the
tests are skipped, except in CI, where they must run.
"""

from __future__ import annotations

import csv
import gzip
import os
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from rochdale.ledger import queries as ledger
from rochdale.ledger import testing as books
from rochdale.sectors.music import actions, invariants, queries, reader
from rochdale.sectors.music import testing as music
from rochdale.sectors.music.models import Artist, ImportedListener, Play
from rochdale.sectors.music.testing import NOW, OPERATOR

DATA = Path(__file__).parents[5] / "shared" / "data" / "music"
LADDER = [2_000 * 2**step for step in range(9)]


@pytest.fixture(scope="module", autouse=True)
def files_are_there():
    if DATA.is_dir():
        return
    if os.environ.get("CI") == "true":
        pytest.fail(f"the real listening files must be at {DATA.name} in CI")
    pytest.skip("the real listening files are not beside this checkout")


def plain_count(name: str, *, who: str, album: str = "") -> dict[str, Any]:
    """Count a file by hand: sort by time, drop repeats, charge each step."""
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["artist"].strip() and row["track"].strip()]
    rows.sort(key=lambda row: row["played_at"])
    taken: Counter[tuple[str, str, str]] = Counter()
    by_artist: defaultdict[str, int] = defaultdict(int)
    seen: set[tuple[str, ...]] = set()
    charged = counted = duplicates = free = 0
    for row in rows:
        artist, track = (" ".join(row[column].split()).casefold() for column in ("artist", "track"))
        event = (row[who], row["play_id"]) if "play_id" in row else (row[who], row["played_at"], artist, track)
        if event in seen:
            duplicates += 1
            continue
        seen.add(event)
        place = (row[who], artist, track)
        if taken[place] == len(LADDER):
            free += 1
            continue
        price = LADDER[taken[place]]
        taken[place] += 1
        counted, charged = counted + 1, charged + price
        by_artist[artist] += price * 7 // 10
    owned = sum(steps == len(LADDER) for steps in taken.values())
    return {
        "counted": counted,
        "charged": charged,
        "duplicates": duplicates,
        "not_charged": free,
        "owned": owned,
        "by_artist": by_artist,
    }


def import_whole(path: Path) -> tuple[reader.Listening, Counter[str]]:
    listening = reader.read(path, now=NOW)
    run = actions.start_import(
        actor=OPERATOR, now=NOW, key=path.name, file_hash="f", lines=len(listening.lines), fund_from=music.CLIENT_BANK
    )
    sums: Counter[str] = Counter()
    for number, lines in reader.numbered(listening.lines, 1000):
        chunk = music.imported(lines, run=run, number=number)
        assert not chunk["rejects"]
        sums.update({name: value for name, value in chunk.items() if isinstance(value, int)})
    return listening, sums


@pytest.mark.parametrize(
    ("name", "who", "good", "rejected", "listeners", "known"),
    [
        ("scrobbles_one_listener.csv.gz", "listener", 25_078, 0, 1, {"charged": 806_362_000, "counted": 20_652}),
        ("radio_plays_a.csv.gz", "station", 19_192, 18, 13, {"charged": 307_416_000, "counted": 19_135}),
    ],
)
def test_a_real_file_is_charged_as_a_plain_count_says(demo_coop, name, who, good, rejected, listeners, known):
    listening, sums = import_whole(DATA / name)
    expected = plain_count(name, who=who)
    assert (len(listening.lines), len(listening.rejects)) == (good, rejected)
    for what in ("counted", "charged", "duplicates", "not_charged"):
        assert sums[what] == expected[what], what
    assert {what: sums[what] for what in known} == known
    assert sums["to_artists"] + sums["to_coop"] == sums["charged"]
    assert sums["to_artists"] == sums["charged"] * 7 // 10
    assert ImportedListener.objects.count() == listeners
    assert (
        sum(queries.totals(party).owned for party in ImportedListener.objects.values_list("party", flat=True))
        == expected["owned"]
    )
    for artist in Artist.objects.order_by("?")[:40]:
        assert queries.artist_balance(artist.party, "EUR") == expected["by_artist"][" ".join(artist.name.split()).casefold()]
    bank = ledger.account(music.CLIENT_BANK, "EUR")
    assert bank is not None
    assert ledger.balance(bank) == sums["charged"]
    checks = (
        invariants.plays_unlike_books,
        invariants.charged_after_owned,
        invariants.owned_unlike_steps,
        invariants.steps_with_gaps,
    )
    assert [list(check()) for check in checks] == [[], [], [], []]
    books.assert_books_good()


def test_the_listenbrainz_sample_is_a_first_play_each(demo_coop):
    listening, sums = import_whole(DATA / "listenbrainz_sample.csv")
    assert (len(listening.lines), listening.rejects, listening.with_play_time) == (100, [], 0)
    assert (sums["counted"], sums["charged"], ImportedListener.objects.count()) == (100, 200_000, 98)
    assert Play.objects.filter(ms_played__isnull=False).count() == 0  # duration_ms is how long the track is
    assert {line.length_ms is not None for line in listening.lines} == {True, False}


@pytest.mark.parametrize(
    "name", ["classic_rock_song_list.csv", "README.md", "audio/audio_index.csv", "audio/kevin_macleod_vibe_ace.ogg"]
)
def test_what_is_no_listening_file_is_refused_as_a_whole(name):
    with pytest.raises(reader.UnreadableFile):
        reader.read(DATA / name, now=NOW)
