"""Record a play: what it counts for, what it costs, and who is paid, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.cooperatives import queries as cooperatives
from rochdale.ledger import actions as ledger
from rochdale.members import queries as members
from rochdale.payments import queries as payments
from rochdale.sectors.music import books, queries, rules
from rochdale.sectors.music.models import Listener, Ownership, Play
from rochdale.shared import may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .catalogue import NoSuchTrack

CLOCK_SKEW = timedelta(minutes=2)
"""How far a player's clock may run ahead of ours; the play is then dated now."""
LONGEST_PLAY_MS = 24 * 60 * 60 * 1000
LONGEST_EVENT = 200


class PreviewOnly(Refusal):
    code = "music.preview_only"
    status = 402
    text = _(
        "This play costs {price} and your wallet holds {balance}, so you heard a preview. "
        "Nothing was charged; top up your wallet and play it again."
    )


class PriceChanged(Refusal):
    code = "music.price_changed"
    text = _(
        "This play would cost {price}, more than the {shown} you were shown. "
        "Nothing was charged; look at the new price and decide again."
    )


class TrackWithdrawn(Refusal):
    code = "music.track_withdrawn"
    status = 410
    text = _("This track was withdrawn by its artist, and it is not in your collection. Nothing was charged.")


class EventReused(Refusal):
    code = "music.event_reused"
    status = 422
    text = _(
        "This number was used before for a play of another track or time. Nothing was charged; give each play its own number."
    )


class PlayedInTheFuture(Refusal):
    code = "music.played_in_the_future"
    status = 422
    text = _("This play lies in the future. Nothing was charged; set the clock of your player right.")


class PlayedTooLongAgo(Refusal):
    code = "music.played_too_long_ago"
    status = 422
    text = _("This play is more than {days} days old, which is later than the co-op's rules take. Nothing was charged.")


class BadPlay(Refusal):
    code = "music.bad_play"
    status = 422
    text = _(
        "A play needs a number of its own (at most {longest} letters) and a time between nothing and a day. Nothing was charged."
    )


@action("music.record_play", may=may.own("listener"), about=("listener", "track"), recorded=False)
def record_play(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    listener: UUID,
    track: int,
    event: str,
    ms_played: int | None = None,
    played_at: datetime | None = None,
    at_most: int | None = None,
) -> dict[str, Any]:
    """Record that a listener heard a track, and charge the step of the ladder it takes, if any.

    `event` is the player's own id of this play: told twice, it counts once and gets the first
    answer. `played_at` is now unless the player was without a connection; `ms_played` is None
    for a full play. `at_most` (micro-units) is the price the listener was shown. Returns
    outcome, step of steps, price, owned, and the wallet's balance, in micro-units.

    Plays of one listener wait for each other (a row lock, then the wallet's), so that no step
    is charged twice. Refuses when the wallet holds too little (`music.preview_only`), a track
    that is withdrawn, and plays dated ahead or too far back.
    """
    if not 0 < len(event) <= LONGEST_EVENT or not 0 <= (ms_played or 0) <= LONGEST_PLAY_MS:
        raise BadPlay(longest=LONGEST_EVENT)
    identity = rules.event_of("player", str(listener), event)
    take_turn([listener], now)
    earlier = Play.objects.filter(listener=listener, event=identity).first()
    if earlier is not None:
        return _told_before(earlier, track=track, played_at=played_at)
    currency = _currency()
    happened_at = _happened_at(played_at, now=now, days=queries.terms(now, currency).reported_within_days)
    terms = queries.terms(happened_at, currency)
    heard = queries.track(track)
    if heard is None:
        raise NoSuchTrack()
    verdict = _judged(heard, listener=listener, ms_played=ms_played, at=happened_at, terms=terms)
    _as_shown(verdict.price, at_most, currency)
    play = Play(
        listener=listener,
        track_id=track,
        event=identity,
        happened_at=happened_at,
        recorded_at=now,
        ms_played=ms_played,
        outcome=verdict.outcome,
        nth=verdict.nth,
        steps=len(terms.ladder),
        charged=verdict.price,
        currency=currency,
    )
    if verdict.price:
        play.posting = _charge(play, actor=actor, now=now, key=key, artist_party=heard.artist_party, terms=terms)
    play.save(force_insert=True)
    if verdict.owns:
        Ownership.objects.create(listener=listener, track_id=track, event=identity, since=happened_at)
    return _answer(play)


def take_turn(listeners: list[UUID], now: datetime) -> None:
    """Wait until nobody else records plays of these listeners, always in the same order; the turn ends with the transaction."""
    ordered = sorted(listeners)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO music_listener (party, seen_at) SELECT p, %s FROM unnest(%s::uuid[]) AS p ON CONFLICT DO NOTHING",
            [now, ordered],
        )
    list(Listener.objects.select_for_update().filter(party__in=ordered).order_by("party").values_list("party"))


def is_own(listener: UUID, artist_party: UUID, at: datetime) -> bool:
    """Tell whether the listener is the artist, or acts for the organisation (a band, a label) that is."""
    return listener == artist_party or members.represents(listener, artist_party, at)


def _currency() -> str:
    coop = cooperatives.here()
    assert coop is not None, "plays are recorded inside a co-op"
    return coop.currency


def _happened_at(played_at: datetime | None, *, now: datetime, days: int) -> datetime:
    """Return when a play happened, never ahead of now. Refuses one that lies ahead, or too far back."""
    if played_at is None:
        return now
    if played_at > now + CLOCK_SKEW:
        raise PlayedInTheFuture()
    if played_at < now - timedelta(days=days):
        raise PlayedTooLongAgo(days=days)
    return min(played_at, now)


def _judged(
    heard: queries.TrackView, *, listener: UUID, ms_played: int | None, at: datetime, terms: queries.Terms
) -> rules.Verdict:
    here = queries.progress(listener, [heard.id])[heard.id]
    if heard.state == "withdrawn" and not here.owned:
        raise TrackWithdrawn()
    return rules.judge(
        full_play=rules.counts(ms_played, terms.counted_after_seconds),
        own=is_own(listener, heard.artist_party, at),
        owned=here.owned,
        free=heard.state == "free",
        taken=here.taken,
        ladder=terms.ladder,
    )


def _as_shown(price: int, at_most: int | None, currency: str) -> None:
    if at_most is not None and price > at_most:
        raise PriceChanged(price=money.formatted(price, currency), shown=money.formatted(at_most, currency))


def _charge(play: Play, *, actor: Actor, now: datetime, key: str, artist_party: UUID, terms: queries.Terms) -> int:
    """Move the price of a play from the listener's wallet; returns the posting."""
    price, currency = play.charged, play.currency
    wallet = payments.wallet(play.listener, currency)
    if wallet.account is None or wallet.available < price:
        raise PreviewOnly(price=money.formatted(price, currency), balance=money.formatted(wallet.available, currency))
    split = rules.split(price, coop_percent=terms.coop_percent, vat_percent=terms.vat_percent, event=str(play.event))
    artist = books.personal_accounts(actor=actor, now=now, key=key, code=books.PAYABLE, currency=currency, parties=[artist_party])
    coop = books.coop_accounts(actor=actor, now=now, key=key, currency=currency)
    return ledger.post(
        actor=actor,
        now=now,
        key=books.key_of(play.event),
        kind=books.PLAY,
        transfers=books.legs(split, wallet=wallet.account, artist=artist[artist_party], coop=coop),
        happened_at=play.happened_at,
        source=books.source_of(play.track_id),
        party=play.listener,
        standing=members.standing(play.listener, play.happened_at),
        tax="inclusive" if split.tax else "",
    )


def _told_before(play: Play, *, track: int, played_at: datetime | None) -> dict[str, Any]:
    other_time = played_at is not None and min(played_at, play.recorded_at) != play.happened_at
    if play.track_id != track or other_time:
        raise EventReused()
    return _answer(play)


def _answer(play: Play) -> dict[str, Any]:
    return {
        "play": play.pk,
        "track": play.track_id,
        "outcome": play.outcome,
        "step": play.nth,
        "steps": play.steps,
        "price": play.charged,
        "currency": play.currency,
        "owned": Ownership.objects.filter(listener=play.listener, track=play.track_id).exists(),
        "balance": payments.wallet(play.listener, play.currency).balance,
    }
