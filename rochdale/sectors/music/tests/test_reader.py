"""Listening files of many makes: what is understood, and what is refused with its line and reason."""

import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rochdale.sectors.music import reader

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = "listener,played_at,artist,track\n"
ROW = "ada,2026-11-01T10:00:00Z,Bruno Okafor,First Light\n"
HEARD = datetime(2026, 11, 1, 10, tzinfo=UTC)


@pytest.fixture
def read(tmp_path):
    def from_content(content, **options):
        path = tmp_path / "listens.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return reader.read(path, now=NOW, **options)

    return from_content


def only(listening):
    assert listening.rejects == []
    (line,) = listening.lines
    return line


@pytest.mark.parametrize(
    "content",
    [
        HEADER + ROW,
        "\ufeff" + HEADER + ROW,
        (HEADER + ROW).replace("\n", "\r\n"),
        (HEADER + ROW).replace(",", "\t"),
        (HEADER + ROW).replace(",", ";"),
        (HEADER + ROW).replace(",", "|"),
        "\n\n" + HEADER + "\n\n" + ROW + "\n   \n,,,\n",
        HEADER + ROW.rstrip("\n"),
        gzip.compress((HEADER + ROW).encode(), mtime=0),
        gzip.compress(HEADER.encode(), mtime=0) + gzip.compress(ROW.encode(), mtime=0),
        ("\ufeff" + HEADER + ROW).encode("utf-16-le"),
        HEADER.upper() + ROW,
        "sep=,\n" + HEADER + ROW,
        HEADER.replace("\n", ",\n") + ROW,
        HEADER + ROW.replace("\n", ",,\n"),
        HEADER.replace("\n", ",,\n") + ROW.replace("\n", ",,\n"),
        HEADER.replace("\n", "\r") + ROW.replace("\n", "\r"),
        "userid\ttimestamp\tartid\tartname\ttraid\ttraname\nada\t2026-11-01T10:00:00Z\tx\tBruno Okafor\ty\tFirst Light\n",
        ",listener,played_at,artist,track\n0,ada,2026-11-01T10:00:00Z,Bruno Okafor,First Light\n",
        '"Listener","Played At","Artist","Track"\nada,2026-11-01T10:00:00Z,"Bruno Okafor","First Light"\n',
        "station,ended_at,song,artist_name\nada,2026-11-01T10:00:00Z,First Light,Bruno Okafor\n",
        "user_name,listened_at,artist_name,track_name\nada,1793527200,Bruno Okafor,First Light\n",
        "CALLSIGN,TIME,Song Clean,ARTIST CLEAN\nada,1793527200,First Light,Bruno Okafor\n",
        "user,date,time,artist,title\nada,2026-11-01,10:00,Bruno Okafor,First Light\n",
    ],
)
def test_one_play_is_understood_however_it_is_written(read, content):
    line = only(read(content))
    assert (line.listener, line.played_at, line.artist, line.track) == ("ada", HEARD, "Bruno Okafor", "First Light")
    assert (line.ms_played, line.album, line.play_id) == (None, "", "")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-01T10:00:00Z",
        "2026-11-01T10:00:00",
        "2026-11-01 10:00:00",
        "2026-11-01 10:00",
        "2026-11-01T10:00:00.000Z",
        "2026-11-01T12:00:00+02:00",
        "2026-11-01T05:00:00-0500",
        "20261101T100000Z",
        "2026-11-01 10:00:00 UTC",
        "1793527200",
        "1793527200.0",
        "1793527200000",
        "1793527200000000",
        "01 Nov 2026, 10:00",
    ],
)
def test_a_time_is_understood_in_many_forms(read, text):
    assert only(read(f'listener,played_at,artist,track\nada,"{text}",B,T\n')).played_at == HEARD


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no time"),
        ("yesterday", "not a time we can read"),
        ("2026-11-01", "no time of day"),
        ("2026-13-01T10:00:00Z", "not a time we can read"),
        ("2026-11-22T12:06:00Z", "in the future"),
        ("99999999999", "in the future"),
        ("99999999999999999", "in the future"),
        ("0", "not a real one"),
        ("-5", "not a time we can read"),
        ("0001-01-01T00:00:00+14:00", "not a time"),
    ],
)
def test_a_time_that_cannot_be_is_refused(read, text, reason):
    listening = read(f"listener,played_at,artist,track\nada,{text},B,T\n{ROW}")
    (reject,) = listening.rejects
    assert reject.line == 2
    assert reason in reject.reason
    assert len(listening.lines) == 1


def test_times_without_a_zone_are_taken_as_utc_and_counted(read):
    listening = read(HEADER + "ada,2026-11-01T10:00:00,B,T\nada,2026-11-01T10:00:00Z,B,T\nada,2026-11-01T11:00+01:00,B,T\n")
    assert listening.naive_times == 1
    assert {line.played_at for line in listening.lines} == {HEARD}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("ada,2026-11-01T10:00:00Z,,T", "no artist"),
        ("ada,2026-11-01T10:00:00Z,B,  ", "no track"),
        (",2026-11-01T10:00:00Z,B,T", "no listener"),
        ("ada,2026-11-01T10:00:00Z,B", "3 columns, the header has 4"),
        ("ada,2026-11-01T10:00:00Z,B,T,more", "5 columns, the header has 4"),
        (f"ada,2026-11-01T10:00:00Z,{'b' * 301},T", "longer than 300"),
        ("ada,2026-11-01T10:00:00Z,B\0,T", "not text"),
        ("ada,2026-11-01T10:00:00Z,B,T\x07", "not text"),
        ('ada,2026-11-01T10:00:00Z,"B,T', "never closes"),
    ],
)
def test_a_bad_line_is_refused_and_the_rest_goes_on(read, row, reason):
    listening = read(HEADER + ROW + row + "\n" + ROW)
    assert [line.number for line in listening.lines] == [2, 4]
    (reject,) = listening.rejects
    assert reject.line == 3
    assert reason in reject.reason
    assert listening.read == 3


def test_bytes_that_are_no_text_cost_only_their_own_line(read):
    listening = read(HEADER.encode() + b"ada,2026-11-01T10:00:00Z,Caf\xe9,T\n" + ROW.encode())
    assert [reject.line for reject in listening.rejects] == [2]
    assert [line.number for line in listening.lines] == [3]


def test_a_quoted_cell_may_hold_commas_quotes_and_line_breaks(read):
    listening = read(HEADER + 'ada,2026-11-01T10:00:00Z,"Lipps, Inc.","Say ""Hi""\nthere"\n' + ROW)
    assert [(line.number, line.artist, line.track) for line in listening.lines] == [
        (2, "Lipps, Inc.", 'Say "Hi" there'),
        (4, "Bruno Okafor", "First Light"),
    ]


def test_a_stray_quote_inside_a_cell_is_a_letter_like_any_other(read):
    assert only(read(HEADER + 'ada,2026-11-01T10:00:00Z,B,Blue Monday 12" mix\n')).track == 'Blue Monday 12" mix'


def test_plays_come_back_in_the_order_they_were_heard(read):
    rows = [f"ada,2026-11-01T10:00:{second:02}Z,B,T{second}\n" for second in (30, 10, 20, 10)]
    listening = read(HEADER + "".join(rows))
    assert [line.number for line in listening.lines] == [3, 5, 4, 2]


@pytest.mark.parametrize(
    ("column", "value", "ms"),
    [
        ("ms_played", "45000", 45000),
        ("msPlayed", "0", 0),
        ("MS Played", "44999.6", 45000),
        ("seconds_played", "44.9", 44900),
        ("duration_ms", "45000", None),
        ("duration_played", "1", 1),
    ],
)
def test_how_long_a_play_was_is_read_from_its_own_column_only(read, column, value, ms):
    assert only(read(f"listener,played_at,artist,track,{column}\nada,2026-11-01T10:00:00Z,B,T,{value}\n")).ms_played == ms


@pytest.mark.parametrize("value", ["", "-1", "soon", "86400001", "nan", "inf", "1e99"])
def test_a_play_time_that_cannot_be_is_refused(read, value):
    listening = read(f"listener,played_at,artist,track,ms_played\nada,2026-11-01T10:00:00Z,B,T,{value}\n")
    assert (len(listening.lines), len(listening.rejects)) == (0, 1)


def test_columns_under_other_names_are_mapped(read):
    line = only(
        read(
            "who,heard,by,what\nada,1793527200,B,T\n",
            mapping={"who": "listener", "Heard": "played_at", "by": "artist", "what": "track"},
        )
    )
    assert (line.listener, line.artist, line.track) == ("ada", "B", "T")


def test_a_mapping_goes_before_recognition(read):
    line = only(read("listener,played_at,artist,track,title\nada,1793527200,B,7,T\n", mapping={"title": "track"}))
    assert line.track == "T"


@pytest.mark.parametrize(
    ("content", "mapping", "says"),
    [
        ("", {}, "empty"),
        ("\n\n  \n", {}, "empty"),
        (
            "track,artist,release_year,plays\nCaught Up in You,.38 Special,1982,82\n",
            {},
            "no column for played_at. Found: track, artist, release_year",
        ),
        ("a,b\n1,2\n", {}, "--map"),
        (HEADER + ROW, {"nothing": "artist"}, "no column “nothing”"),
        (HEADER + ROW, {"artist": "singer"}, "not a column we use"),
        (b"OggS\0\0\0\0" + b"\0" * 100, {}, "not a text file"),
        (b"\x1f\x8b\x08broken", {}, "cannot be read"),
        (gzip.compress((HEADER + ROW * 5000).encode(), mtime=0)[:-40], {}, "cannot be read"),
        ("[1, 2", {}, "begins like JSON"),
        ("[]", {}, None),
        ('[{"a": 1}]', {}, "no column for"),
        ('"listener,played_at', {}, "names the columns"),
    ],
)
def test_a_file_of_no_use_is_refused_as_a_whole(read, content, mapping, says):
    if says is None:
        assert read(content, mapping=mapping).read == 0
        return
    with pytest.raises(reader.UnreadableFile) as refused:
        read(content, mapping=mapping)
    assert says in str(refused.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(reader.UnreadableFile, match="No such file"):
        reader.read(tmp_path / "none.csv", now=NOW)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(reader.UnreadableFile, match="directory"):
        reader.read(tmp_path, now=NOW)


def test_an_export_of_one_listener_needs_no_listener_column(read):
    listening = read("played_at,artist,track\n1793527200,B,T\n", listener="ada")
    assert (only(listening).listener, listening.listeners_named) == ("ada", False)


LISTENBRAINZ = {
    "user_name": "ada",
    "listened_at": 1793527200,
    "track_metadata": {
        "artist_name": "Bruno Okafor",
        "track_name": "First Light",
        "release_name": "Dawn",
        "additional_info": {"duration_ms": 200_000, "tags": ["x"], "isrc": None},
    },
}
SPOTIFY = {
    "ts": "2026-11-01T10:00:00Z",
    "username": "ada",
    "ms_played": 61_000,
    "master_metadata_track_name": "First Light",
    "master_metadata_album_artist_name": "Bruno Okafor",
    "master_metadata_album_album_name": "Dawn",
    "skipped": None,
    "offline": False,
}
SPOTIFY_OLD = {"endTime": "2026-11-01 10:00", "artistName": "Bruno Okafor", "trackName": "First Light", "msPlayed": 61_000}


@pytest.mark.parametrize(
    ("content", "listener", "ms", "length"),
    [
        (json.dumps(LISTENBRAINZ) + "\n", "ada", None, 200_000),
        (json.dumps([LISTENBRAINZ]), "ada", None, 200_000),
        (json.dumps({"payload": {"listens": [LISTENBRAINZ]}}, indent=1), "ada", None, 200_000),
        (json.dumps(LISTENBRAINZ, indent=2), "ada", None, 200_000),
        (json.dumps(SPOTIFY), "ada", 61_000, None),
        (json.dumps([SPOTIFY], indent=2), "ada", 61_000, None),
        (json.dumps([SPOTIFY_OLD]), "listener", 61_000, None),
        (gzip.compress(json.dumps(LISTENBRAINZ).encode(), mtime=0), "ada", None, 200_000),
    ],
)
def test_json_exports_are_understood(read, content, listener, ms, length):
    line = only(read(content))
    assert (line.listener, line.played_at, line.artist, line.track) == (listener, HEARD, "Bruno Okafor", "First Light")
    assert (line.ms_played, line.length_ms) == (ms, length)


def test_bad_json_lines_are_refused_one_by_one(read):
    listening = read("\n".join([json.dumps(LISTENBRAINZ), "{broken", "7", '{"listened_at": 5}', "", json.dumps(LISTENBRAINZ)]))
    assert [line.number for line in listening.lines] == [1, 6]
    assert [reject.line for reject in listening.rejects] == [2, 3, 4]


def test_a_podcast_in_a_spotify_export_is_no_track(read):
    podcast = SPOTIFY | {"master_metadata_track_name": None, "master_metadata_album_artist_name": None}
    listening = read(json.dumps([SPOTIFY, podcast]))
    assert [reject.line for reject in listening.rejects] == [2]


def test_progress_is_told_in_bytes(read):
    seen: list[int] = []
    read(HEADER + ROW * 5000, progress=seen.append)
    assert seen == sorted(seen)
    assert seen


def test_a_file_with_a_quote_that_never_closes_loses_only_that_line(read):
    listening = read(HEADER + 'ada,2026-11-01T10:00:00Z,"B,T\n' + ROW * 3000)
    assert ([reject.line for reject in listening.rejects], len(listening.lines)) == ([2], 3000)


def test_two_stray_quotes_lose_only_their_own_lines(read):
    stray = 'ada\t2026-11-01T10:00:00Z\t"Untitled\tT\n'
    listening = read((HEADER + ROW).replace(",", "\t") + stray + ROW.replace(",", "\t") * 5 + stray + ROW.replace(",", "\t"))
    assert [line.number for line in listening.lines] == [2, 4, 5, 6, 7, 8, 10]
    assert [reject.line for reject in listening.rejects] == [3, 9]


def test_a_column_of_event_kinds_is_no_play_id(read):
    assert only(read("user,event,time,artist,track\nada,play,1793527200,B,T\n")).play_id == ""


@settings(max_examples=150, deadline=None)
@given(body=st.one_of(st.binary(max_size=300), st.text('ab,;\t"\n\r\\ 019:-TZ', max_size=300).map(str.encode)))
def test_no_bytes_whatsoever_break_the_reader(tmp_path_factory, body):
    path = tmp_path_factory.getbasetemp() / "fuzzed.csv"
    assume(body.count(0) <= 20)
    path.write_bytes(HEADER.encode() + body + b"\n" + ROW.encode())
    listening = reader.read(path, now=NOW)
    assert listening.read >= 1
    assert all(reject.line >= 2 and reject.reason.encode() for reject in listening.rejects)  # can be written to a file
    path.write_bytes(body)
    try:
        reader.read(path, now=NOW)
    except reader.UnreadableFile as refused:
        assert str(refused).encode()
