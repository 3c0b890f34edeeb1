"""What every seal covers of music: artists, releases, plays, what listeners own; columns that never change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.module import SealedRows

ROWS = (
    SealedRows(
        code="music.artist",
        title=_("Artists"),
        table="music_artist",
        columns=("party", "name", "name_key", "sort_key", "imported", "added_at"),
        hint="name",
    ),
    SealedRows(
        code="music.release",
        title=_("Releases"),
        table="music_release",
        columns=("artist_id", "title", "title_key", "kind", "released_on", "added_at"),
        hint="title",
    ),
    SealedRows(
        code="music.track",
        title=_("Tracks"),
        table="music_track",
        columns=("artist_id", "release_id", "title", "title_key", "sort_key", "words", "length_ms", "added_at"),
        hint="title",
    ),
    SealedRows(
        code="music.play",
        title=_("Plays"),
        table="music_play",
        columns=(
            "listener",
            "track_id",
            "event",
            "happened_at",
            "recorded_at",
            "ms_played",
            "outcome",
            "nth",
            "steps",
            "charged",
            "currency",
            "posting",
            "run_id",
        ),
        hint="event",
    ),
    SealedRows(
        code="music.ownership",
        title=_("Tracks that listeners own"),
        table="music_ownership",
        columns=("listener", "track_id", "event", "since"),
        hint="event",
    ),
    SealedRows(
        code="music.import_run",
        title=_("Imports"),
        table="music_importrun",
        columns=("file_hash", "lines", "funded_from", "started_at"),
    ),
    SealedRows(
        code="music.import_chunk",
        title=_("Parts of imports"),
        table="music_importchunk",
        columns=(
            "run_id",
            "number",
            "lines",
            "counted",
            "too_short",
            "not_charged",
            "duplicates",
            "unpaid",
            "currency",
            "charged",
            "to_artists",
            "to_coop",
            "tax",
            "done_at",
        ),
    ),
)
