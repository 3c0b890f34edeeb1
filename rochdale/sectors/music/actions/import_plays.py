"""One chunk of an import: judge its plays in order, then write postings, plays and ownership as sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from rochdale.ledger import actions as ledger
from rochdale.ledger.queries import sources
from rochdale.members import queries as members
from rochdale.sectors.music import books, queries, rules
from rochdale.sectors.music.models import ImportRun
from rochdale.sectors.music.reader import Line
from rochdale.shared.actor import Actor

from .import_catalogue import Known

EARLIER = """
SELECT event, track_id, happened_at FROM music_play
WHERE listener = ANY(%s::uuid[]) AND event = ANY(%s::uuid[])
"""
STEPS = """
SELECT p.listener, p.track_id, max(p.nth)
FROM unnest(%s::uuid[], %s::bigint[]) AS w (listener, track) JOIN music_play p ON p.listener = w.listener AND p.track_id = w.track
WHERE p.nth > 0 GROUP BY p.listener, p.track_id
"""
OWNED = """
SELECT o.listener, o.track_id
FROM unnest(%s::uuid[], %s::bigint[]) AS w (listener, track)
JOIN music_ownership o ON o.listener = w.listener AND o.track_id = w.track
"""
ADD_PLAYS = """
COPY music_play
    (listener, track_id, event, happened_at, recorded_at, ms_played, outcome, nth, steps, charged, currency, posting, run_id)
FROM STDIN
"""
ADD_OWNERSHIP = """
INSERT INTO music_ownership (listener, track_id, event, since)
SELECT g.listener, g.track, g.event, g.since
FROM unnest(%s::uuid[], %s::bigint[], %s::uuid[], %s::timestamptz[]) AS g (listener, track, event, since)
"""


@dataclass(slots=True)
class _Judged:
    """A play of the chunk that will be written."""

    line: Line
    listener: UUID
    track: Known
    event: UUID
    verdict: rules.Verdict
    posting: int | None = None


class Batch:
    """The plays of one chunk, from judgement to books."""

    def __init__(
        self, terms: queries.Terms, currency: str, listeners: Mapping[str, UUID], tracks: Mapping[int, Known], *, funded: bool
    ) -> None:
        self.terms = terms
        self.currency = currency
        self.listeners = listeners
        self.tracks = tracks
        self.funded = funded
        self.plays: list[_Judged] = []
        self.rejects: list[list[Any]] = []
        self.duplicates = 0
        self.splits: dict[UUID, rules.Split] = {}
        self._steps: dict[tuple[UUID, int], int] = {}
        self._owned: set[tuple[UUID, int]] = set()
        self._purse: dict[UUID, int] = {}

    def judge(self, lines: Sequence[Line]) -> None:
        """Judge the lines in the order given; each sees what the ones before it did."""
        told = [(line, self.listeners[line.listener], self.tracks[line.number]) for line in lines]
        events = [event_of(line, listener) for line, listener, _track in told]
        seen = self._read(told, events)
        for (line, listener, track), event in zip(told, events, strict=True):
            earlier = seen.get(event)
            if earlier is not None:
                self._again(line, track, earlier)
                continue
            verdict = self._verdict(line, listener, track)
            if verdict is not None:
                seen[event] = (track.id, line.played_at)
                self.plays.append(_Judged(line, listener, track, event, verdict))

    def _read(self, told: Sequence[tuple[Line, UUID, Known]], events: list[UUID]) -> dict[UUID, tuple[int, datetime]]:
        """Read what is there already; returns the plays told before, by event."""
        pairs = {(listener, track.id) for _line, listener, track in told}
        arrays: list[Any] = [[listener for listener, _track in pairs], [track for _listener, track in pairs]]
        parties = list(self.listeners.values())
        with connection.cursor() as cursor:
            cursor.execute(EARLIER, [parties, events])
            seen = {event: (track, happened_at) for event, track, happened_at in cursor.fetchall()}
            cursor.execute(STEPS, arrays)
            self._steps = {(listener, track): nth for listener, track, nth in cursor.fetchall()}
            cursor.execute(OWNED, arrays)
            self._owned = set(cursor.fetchall())
        if not self.funded:
            spendable = sources.available_to(parties, code=books.WALLET, currency=self.currency)
            self._purse = {party: spendable.get(party, 0) for party in parties}
        return seen

    def _again(self, line: Line, track: Known, earlier: tuple[int, datetime]) -> None:
        if earlier == (track.id, line.played_at):
            self.duplicates += 1
        else:
            self.rejects.append([line.number, _("the play id was used before for another play")])

    def _verdict(self, line: Line, listener: UUID, track: Known) -> rules.Verdict | None:
        place = (listener, track.id)
        if track.state == "withdrawn" and place not in self._owned:
            self.rejects.append([line.number, _("the track was withdrawn by its artist")])
            return None
        verdict = rules.judge(
            full_play=rules.counts(line.ms_played, self.terms.counted_after_seconds),
            own=listener == track.party,
            owned=place in self._owned,
            free=track.state == "free",
            taken=self._steps.get(place, 0),
            ladder=self.terms.ladder,
        )
        if not self.funded and verdict.price:
            if self._purse[listener] < verdict.price:
                self.rejects.append([line.number, _("the listener's wallet holds too little")])
                return None
            self._purse[listener] -= verdict.price
        if verdict.nth:
            self._steps[place] = verdict.nth
        if verdict.owns:
            self._owned.add(place)
        return verdict

    def post(self, *, actor: Actor, now: datetime, key: str, run: ImportRun) -> None:
        """Write postings, plays and ownership of what was judged."""
        charged = [play for play in self.plays if play.verdict.price]
        if charged:
            funding = self._funding(charged, now=now, key=key, run=run, actor=actor)
            postings = self._postings(charged, actor=actor, now=now, key=key)
            numbers = ledger.post_many(actor=actor, now=now, key=key, postings=[*funding, *postings])
            for play, number in zip(charged, numbers[len(funding) :], strict=True):
                play.posting = number
        self._write(now=now, run=run)

    def _funding(
        self, charged: Sequence[_Judged], *, actor: Actor, now: datetime, key: str, run: ImportRun
    ) -> list[ledger.NewPosting]:
        """Return the postings by which a demo pays into each wallet what its plays of this chunk cost."""
        if not run.funded_from:
            return []
        source = ledger.open_account(actor=actor, now=now, key=key, code=run.funded_from, currency=self.currency)
        owed: dict[UUID, int] = {}
        first: dict[UUID, UUID] = {}
        for play in charged:
            owed[play.listener] = owed.get(play.listener, 0) + play.verdict.price
            first.setdefault(play.listener, play.event)
        wallets = books.personal_accounts(
            actor=actor, now=now, key=key, code=books.WALLET, currency=self.currency, parties=list(owed)
        )
        standings = members.standings(list(owed), now)
        return [
            ledger.NewPosting(
                key=f"{books.FUNDING}:{first[party]}",
                kind=books.FUNDING,
                transfers=(ledger.Leg(debit=source, credit=wallets[party], amount=amount, role="funding"),),
                happened_at=now,
                source=f"music.import:{run.pk}",
                party=party,
                standing=standings[party],
            )
            for party, amount in owed.items()
        ]

    def _postings(self, charged: Sequence[_Judged], *, actor: Actor, now: datetime, key: str) -> list[ledger.NewPosting]:
        given: dict[str, Any] = {"actor": actor, "now": now, "key": key, "currency": self.currency}
        listeners = list({play.listener for play in charged})
        artists = list({play.track.party for play in charged})
        wallets = books.personal_accounts(code=books.WALLET, parties=listeners, **given)
        payable = books.personal_accounts(code=books.PAYABLE, parties=artists, **given)
        coop = books.coop_accounts(**given)
        standings = members.standings(listeners, now)
        postings = []
        for play in charged:
            split = self.splits[play.event] = self._split(play)
            postings.append(
                ledger.NewPosting(
                    key=books.key_of(play.event),
                    kind=books.PLAY,
                    transfers=books.legs(split, wallet=wallets[play.listener], artist=payable[play.track.party], coop=coop),
                    happened_at=now,
                    source=books.source_of(play.track.id),
                    party=play.listener,
                    standing=standings[play.listener],
                    tax="inclusive" if split.tax else "",
                )
            )
        return postings

    def _split(self, play: _Judged) -> rules.Split:
        return rules.split(
            play.verdict.price,
            coop_percent=self.terms.coop_percent,
            vat_percent=self.terms.vat_percent,
            event=str(play.event),
        )

    def _write(self, *, now: datetime, run: ImportRun) -> None:
        owned = [play for play in self.plays if play.verdict.owns]
        with connection.cursor() as cursor:
            with cursor.copy(ADD_PLAYS) as rows:
                rows.write("".join(self._row(play, recorded_at=now.isoformat(), run=run.pk) for play in self.plays))
            cursor.execute(
                ADD_OWNERSHIP,
                [
                    [play.listener for play in owned],
                    [play.track.id for play in owned],
                    [play.event for play in owned],
                    [play.line.played_at for play in owned],
                ],
            )

    def _row(self, play: _Judged, *, recorded_at: str, run: int) -> str:
        """Write a play as COPY reads it; nothing in it can hold a tab or a line break."""
        line, verdict = play.line, play.verdict
        ms_played = "\\N" if line.ms_played is None else line.ms_played
        posting = "\\N" if play.posting is None else play.posting
        return (
            f"{play.listener}\t{play.track.id}\t{play.event}\t{line.played_at.isoformat()}\t{recorded_at}\t{ms_played}\t"
            f"{verdict.outcome}\t{verdict.nth}\t{len(self.terms.ladder)}\t{verdict.price}\t{self.currency}\t{posting}\t{run}\n"
        )

    def summary(self) -> dict[str, int]:
        """Return the chunk's counts, and its amounts in micro-units."""
        outcomes = [play.verdict.outcome for play in self.plays]
        return {
            "counted": outcomes.count("charged"),
            "too_short": outcomes.count("short"),
            "not_charged": sum(outcome in ("own", "free", "owned") for outcome in outcomes),
            "duplicates": self.duplicates,
            "unpaid": len(self.rejects),
            "charged": sum(play.verdict.price for play in self.plays),
            "to_artists": sum(split.artist for split in self.splits.values()),
            "to_coop": sum(split.coop for split in self.splits.values()),
            "tax": sum(split.tax for split in self.splits.values()),
        }


def event_of(line: Line, listener: UUID) -> UUID:
    """Return the identity of a line's play: its own id if the file has one, else listener, time, artist and track."""
    if line.play_id:
        return rules.event_of("file by id", str(listener), line.play_id)
    heard = (line.played_at.isoformat(), rules.name_key(line.artist), rules.name_key(line.track))
    return rules.event_of("file", str(listener), *heard)
