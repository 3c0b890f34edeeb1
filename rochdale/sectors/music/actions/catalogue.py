"""Artists, releases and tracks: entered by the artist themself or by an officer for them."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.members import queries as members
from rochdale.sectors.music import rules
from rochdale.sectors.music.models import KINDS, Artist, Release, Track
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

LONGEST_TRACK_MS = 24 * 60 * 60 * 1000
CATALOGUERS = may.own("party") | may.office("secretary", "board", "chair")


class NotAnArtist(Refusal):
    code = "music.not_an_artist"
    status = 403
    text = _("Only members in the class “artist” publish music here. Nothing was changed; ask to join as an artist.")


class AlreadyAnArtist(Refusal):
    code = "music.already_an_artist"
    text = _("This member already publishes under a name. Nothing was changed; add the music there.")


class ArtistNameTaken(Refusal):
    code = "music.artist_name_taken"
    text = _("There is an artist of this name already. Nothing was changed; add a word that tells you apart.")


class NameNotUsable(Refusal):
    code = "music.name_not_usable"
    status = 422
    text = _("A name or title has 1 to {most} letters. Nothing was changed; write it again.")


class NoSuchArtist(Refusal):
    code = "music.no_such_artist"
    status = 404
    text = _("There is no such artist here. Nothing was changed.")


class NoSuchRelease(Refusal):
    code = "music.no_such_release"
    status = 404
    text = _("This artist has no such release. Nothing was changed.")


class NoSuchTrack(Refusal):
    code = "music.no_such_track"
    status = 404
    text = _("There is no such track here. Nothing was changed.")


class ReleaseTitleTaken(Refusal):
    code = "music.release_title_taken"
    text = _("This artist has a release of this title already. Nothing was changed; add a word that tells them apart.")


class TrackTitleTaken(Refusal):
    code = "music.track_title_taken"
    text = _("This artist has a track of this title already. Nothing was changed; add a word that tells them apart.")


class UnknownKind(Refusal):
    code = "music.unknown_kind"
    status = 422
    text = _("“{given}” is not a kind of release. Nothing was changed; choose one of {known}.")


class BadLength(Refusal):
    code = "music.bad_length"
    status = 422
    text = _("A track is between one millisecond and a day long. Nothing was changed; write its length again.")


class IsWithdrawn(Refusal):
    code = "music.is_withdrawn"
    text = _("This track was withdrawn. Nothing was changed.")


@action("music.register_artist", may=CATALOGUERS, about=("party",))
def register_artist(*, actor: Actor, now: datetime, key: str, party: UUID, name: str) -> int:
    """Let a member publish under a name and be paid for plays; returns the artist's number.

    Refuses who is not in the class "artist", who publishes already, and a name that is taken.
    """
    if "artist" not in members.standing(party, now).split("+"):
        raise NotAnArtist()
    tidy = _usable(name)
    try:
        with transaction.atomic():
            return Artist.objects.create(
                party=party,
                name=tidy,
                name_key=rules.name_key(tidy),
                sort_key=rules.sort_key(tidy),
                imported=False,
                added_at=now,
            ).pk
    except IntegrityError as error:
        if "music_artist_party" in str(error):
            raise AlreadyAnArtist() from error
        if "music_artist_name" in str(error):
            raise ArtistNameTaken() from error
        raise


@action("music.add_release", may=CATALOGUERS, about=("party",))
def add_release(
    *, actor: Actor, now: datetime, key: str, party: UUID, title: str, kind: str = "album", released_on: date | None = None
) -> int:
    """Add a release of the artist that this party is; returns its number. Refuses a title they have already."""
    if kind not in KINDS:
        raise UnknownKind(given=kind[:20], known=", ".join(KINDS))
    artist = _artist_of(party)
    tidy = _usable(title)
    try:
        with transaction.atomic():
            return Release.objects.create(
                artist=artist, title=tidy, title_key=rules.name_key(tidy), kind=kind, released_on=released_on, added_at=now
            ).pk
    except IntegrityError as error:
        if "music_release_once" in str(error):
            raise ReleaseTitleTaken() from error
        raise


@action("music.add_track", may=CATALOGUERS, about=("party", "release"))
def add_track(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    party: UUID,
    title: str,
    length_ms: int | None = None,
    release: int | None = None,
    free: bool = False,
) -> int:
    """Add a track of the artist that this party is, to a release of theirs or alone; returns its number.

    Refuses a title they have already, a release that is not theirs, and an impossible length.
    """
    if length_ms is not None and not 0 < length_ms <= LONGEST_TRACK_MS:
        raise BadLength()
    artist = _artist_of(party)
    album = Release.objects.filter(pk=release, artist=artist).first() if release is not None else None
    if release is not None and album is None:
        raise NoSuchRelease()
    tidy = _usable(title)
    try:
        with transaction.atomic():
            return Track.objects.create(
                artist=artist,
                release=album,
                title=tidy,
                title_key=rules.name_key(tidy),
                sort_key=rules.sort_key(tidy),
                words=rules.words_of(tidy, artist.name, album.title if album else ""),
                length_ms=length_ms,
                state="free" if free else "paid",
                added_at=now,
            ).pk
    except IntegrityError as error:
        if "music_track_once" in str(error):
            raise TrackTitleTaken() from error
        raise


@action("music.withdraw_track", may=CATALOGUERS, about=("party", "track"))
def withdraw_track(*, actor: Actor, now: datetime, key: str, party: UUID, track: int) -> None:
    """Take a track out of the catalogue for good. Who owns it keeps it; nobody can pay for it any more."""
    _own_track(party, track)
    if not Track.objects.filter(pk=track).exclude(state="withdrawn").update(state="withdrawn"):
        raise IsWithdrawn()


@action("music.price_track", may=CATALOGUERS, about=("party", "track", "free"))
def price_track(*, actor: Actor, now: datetime, key: str, party: UUID, track: int, free: bool) -> None:
    """Let everyone hear a track for nothing from now on, or ask the ladder's price again."""
    _own_track(party, track)
    if not Track.objects.filter(pk=track).exclude(state="withdrawn").update(state="free" if free else "paid"):
        raise IsWithdrawn()


def _artist_of(party: UUID) -> Artist:
    artist = Artist.objects.filter(party=party).first()
    if artist is None:
        raise NoSuchArtist()
    return artist


def _own_track(party: UUID, track: int) -> None:
    if not Track.objects.filter(pk=track, artist__party=party).exists():
        raise NoSuchTrack()


def _usable(name: str) -> str:
    """Return a name with single spaces. Refuses an empty or endless one, and control characters."""
    tidy = " ".join(name.split())
    if len(tidy) > rules.LONGEST_NAME or not rules.is_readable(tidy):
        raise NameNotUsable(most=rules.LONGEST_NAME)
    return tidy
