"""Music's tables. What happened (plays, ownership, imports) is never changed; only a track's state is.

People are plain party references: a name of a listener is nowhere in here, an artist's name is
public by its nature. Whose listening file names stand for whom is kept as fingerprints; the
names themselves lie in the vault.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q

from . import rules

UPDATABLE: dict[str, tuple[str, ...]] = {"Track": ("state",), "Listener": ("seen_at",)}
DELETABLE: tuple[str, ...] = ("ImportedListener",)

STATES = ["paid", "free", "withdrawn"]
OUTCOMES = ["charged", "short", "own", "free", "owned"]
KINDS = ["album", "ep", "single", "compilation", "live"]


class Artist(models.Model):
    """Who is paid for tracks. `name_key` makes one name one artist within the co-op."""

    party = models.UUIDField()
    name = models.CharField(max_length=rules.LONGEST_NAME)
    name_key = models.CharField(max_length=rules.LONGEST_KEY)
    sort_key = models.CharField(max_length=rules.LONGEST_KEY)
    imported = models.BooleanField()
    """Known from a listening file only; nobody has claimed the name yet."""
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party"], name="music_artist_party"),
            models.UniqueConstraint(fields=["name_key"], name="music_artist_name"),
        ]
        indexes = [models.Index(fields=["sort_key"], name="music_artist_sort")]

    def __str__(self) -> str:
        return self.name


class Release(models.Model):
    """An album, EP, single or the like of one artist."""

    artist = models.ForeignKey(Artist, on_delete=models.PROTECT)
    title = models.CharField(max_length=rules.LONGEST_NAME)
    title_key = models.CharField(max_length=rules.LONGEST_KEY)
    kind = models.CharField(max_length=12)
    released_on = models.DateField(null=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["artist", "title_key"], name="music_release_once"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="music_release_kind"),
        ]

    def __str__(self) -> str:
        return self.title


class Track(models.Model):
    """One recording of one artist. A title stands once under an artist, on however many releases it came out."""

    artist = models.ForeignKey(Artist, on_delete=models.PROTECT)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, null=True)
    title = models.CharField(max_length=rules.LONGEST_NAME)
    title_key = models.CharField(max_length=rules.LONGEST_KEY)
    sort_key = models.CharField(max_length=rules.LONGEST_KEY)
    words = models.TextField()
    """Title, artist and release in plain letters, for the search."""
    length_ms = models.IntegerField(null=True)
    state = models.CharField(max_length=9, default="paid")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["artist", "title_key"], name="music_track_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="music_track_state"),
            models.CheckConstraint(condition=Q(length_ms__isnull=True) | Q(length_ms__gt=0), name="music_track_length"),
        ]
        indexes = [
            models.Index(fields=["sort_key"], name="music_track_sort"),
            models.Index(fields=["release"], name="music_track_release"),
            GinIndex(SearchVector("words", config="simple"), name="music_track_words"),
        ]

    def __str__(self) -> str:
        return self.title


class Listener(models.Model):
    """A party that plays. Locking this row is what keeps two plays of one listener apart."""

    party = models.UUIDField(primary_key=True)
    seen_at = models.DateTimeField()


class ImportedListener(models.Model):
    """A listener as files name them (a keyed fingerprint of the name) and the party made for them."""

    fingerprint = models.CharField(max_length=64)
    party = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fingerprint"], name="music_imported_name"),
            models.UniqueConstraint(fields=["party"], name="music_imported_party"),
        ]


class ImportRun(models.Model):
    """One start of an import: which file (by its hash) and what pays for its plays."""

    file_hash = models.CharField(max_length=64)
    lines = models.IntegerField()
    funded_from = models.CharField(max_length=80)
    started_at = models.DateTimeField()


class ImportChunk(models.Model):
    """One committed part of an import, and what came of its lines. Amounts are micro-units of `currency`."""

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT)
    number = models.IntegerField()
    lines = models.IntegerField()
    counted = models.IntegerField()
    too_short = models.IntegerField()
    not_charged = models.IntegerField()
    duplicates = models.IntegerField()
    unpaid = models.IntegerField()
    currency = models.CharField(max_length=3)
    charged = models.BigIntegerField()
    to_artists = models.BigIntegerField()
    to_coop = models.BigIntegerField()
    tax = models.BigIntegerField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="music_chunk_once")]


class Play(models.Model):
    """One play, as it was heard and what it cost.

    `event` is the client's own id of it (hashed with its source), once per listener. `nth` is the step of
    the ladder it took, of `steps` then in force; 0 for a play that took none. `posting` is the ledger's.
    """

    listener = models.UUIDField()
    track = models.ForeignKey(Track, on_delete=models.PROTECT, db_index=False)
    event = models.UUIDField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    ms_played = models.IntegerField(null=True)
    outcome = models.CharField(max_length=7)
    nth = models.SmallIntegerField()
    steps = models.SmallIntegerField()
    charged = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    posting = models.BigIntegerField(null=True)
    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listener", "event"], name="music_play_event"),
            models.UniqueConstraint(fields=["listener", "track", "nth"], condition=Q(nth__gt=0), name="music_play_step"),
            models.CheckConstraint(condition=Q(outcome__in=OUTCOMES), name="music_play_outcome"),
            models.CheckConstraint(
                condition=Q(outcome="charged", nth__gt=0, charged__gt=0, posting__isnull=False)
                | (~Q(outcome="charged") & Q(nth=0, charged=0, posting__isnull=True)),
                name="music_play_charged",
            ),
            models.CheckConstraint(condition=Q(ms_played__isnull=True) | Q(ms_played__gte=0), name="music_play_time"),
            models.CheckConstraint(condition=Q(nth__lte=models.F("steps")), name="music_play_within_ladder"),
        ]
        indexes = [
            BrinIndex(fields=["happened_at"], name="music_play_happened"),
            models.Index(fields=["track"], name="music_play_track"),
        ]


class Ownership(models.Model):
    """The track is this listener's, for good: also when it is withdrawn, and whatever the ladder says later."""

    listener = models.UUIDField()
    track = models.ForeignKey(Track, on_delete=models.PROTECT, db_index=False)
    event = models.UUIDField()
    """The play that made it theirs."""
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listener", "track"], name="music_ownership_once")]
