"""Moving money: one posting, many postings, the reversal of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from rochdale.ledger import actions as ledger
from rochdale.ledger import catalogue, queries
from rochdale.ledger.rules import MOST_LEGS, Leg, NewPosting, body_hash, opposite
from rochdale.shared import may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.ids import KEY_LENGTH

from .refused import (
    InTheFuture,
    IsAReversal,
    KeyTwice,
    KeyUnusable,
    NoSuchPosting,
    NotFounded,
    NothingToPost,
    NotPositive,
    SameAccount,
    TooLarge,
    UnknownKind,
    named,
)

RulesInForce = Callable[[datetime], int | None]

POST = "SELECT ledger_post(" + ", ".join(["%s"] * 17) + ")"
POST_MANY = "SELECT ledger_post_many(" + ", ".join(["%s"] * 20) + ")"
BATCH = 1000
"""Postings per statement: larger ones gain nothing more (bench/), and hold their locks longer."""


@action("ledger.post", may=may.inside, recorded=False)
def post(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    kind: str,
    transfers: Sequence[Leg],
    happened_at: datetime,
    source: str = "",
    party: UUID | None = None,
    standing: str = "",
    tax: str = "",
    reverses: int | None = None,
) -> int:
    """Book one business event and return its posting's id; amounts in micro-units.

    The same key with the same body returns the first posting; with another body it is
    refused. One statement to the database, which locks only accounts with a floor, in the
    order of their ids. Refuses (see `refused.py`) what would break the books, a balance below
    its floor, a closed period, and any money before the first bylaws stand.
    """
    posting = NewPosting(
        key=key,
        kind=kind,
        transfers=tuple(transfers),
        happened_at=happened_at,
        source=source,
        party=party,
        standing=standing,
        tax=tax,
        reverses=reverses,
    )
    _check(posting, now=now)
    version = _version(posting, now=now)
    return _post(posting, actor=actor, now=now, version=version)


@action("ledger.post_many", may=may.inside, recorded=False)
def post_many(*, actor: Actor, now: datetime, key: str, postings: Sequence[NewPosting]) -> list[int]:
    """Book many events, all or none, and return their ids in the order given.

    Each posting has its own key, so that a batch sent twice books nothing twice; `key` only
    names the batch. Refuses what `post` refuses, and a key that stands twice in the batch.
    """
    if len({posting.key for posting in postings}) != len(postings):
        raise KeyTwice()
    for posting in postings:
        _check(posting, now=now)
    versions = dict.fromkeys((posting.happened_at for posting in postings), 0)
    for moment in versions:
        versions[moment] = _version_at(moment, now=now)
    ids: list[int] = []
    with connection.cursor() as cursor, named():
        for start in range(0, len(postings), BATCH):
            part = postings[start : start + BATCH]
            cursor.execute(POST_MANY, arrays(part, actor=actor, now=now, versions=versions))
            ids += cursor.fetchone()[0]
    return ids


@action("ledger.reverse", may=may.inside, recorded=False)
def reverse(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    posting: int,
    reason_code: str,
    happened_at: datetime | None = None,
    shortfall_to: int | None = None,
) -> int:
    """Book the exact opposite of a posting, once, and return the id of the new posting.

    It keeps kind, party and standing, so that sums by kind come out as if nothing had been;
    `source` says why: `<reason_code>:<posting>`. It happens at `happened_at`, by default now.

    When the money has been spent since, the reversal is refused; with `shortfall_to`, an
    account of receivables, what is missing is booked there first as owed to the co-op, so
    that no balance falls below its floor.
    """
    first = queries.posting(posting)
    if first is None:
        raise NoSuchPosting(posting=posting)
    if first.reverses is not None:
        raise IsAReversal(posting=posting)
    legs = opposite(first.legs)
    if shortfall_to is not None and queries.reversal_of(posting) is None:
        _cover(legs, receivable=shortfall_to, actor=actor, now=now, key=f"{key}:shortfall", of=first)
    again = NewPosting(
        key=key,
        kind=first.kind,
        transfers=legs,
        happened_at=happened_at or now,
        source=f"{reason_code}:{posting}",
        party=first.party,
        standing=first.standing,
        tax=first.tax,
        reverses=posting,
    )
    _check(again, now=now)
    with named(posting=posting):
        return _post(again, actor=actor, now=now, version=_version(again, now=now))


def _post(posting: NewPosting, *, actor: Actor, now: datetime, version: int) -> int:
    with connection.cursor() as cursor, named():
        cursor.execute(POST, arguments(posting, actor=actor, now=now, version=version))
        return int(cursor.fetchone()[0])


def arguments(posting: NewPosting, *, actor: Actor, now: datetime, version: int) -> list[Any]:
    """Return the arguments of the SQL function `ledger_post`, in its order."""
    legs = posting.transfers
    return [
        posting.key,
        body_hash(posting),
        posting.kind,
        posting.happened_at,
        now,
        posting.source,
        actor.principal,
        actor.via,
        posting.party,
        posting.standing,
        posting.tax,
        version,
        posting.reverses,
        [leg.debit for leg in legs],
        [leg.credit for leg in legs],
        [leg.amount for leg in legs],
        [leg.role for leg in legs],
    ]


def arrays(part: Sequence[NewPosting], *, actor: Actor, now: datetime, versions: dict[datetime, int]) -> list[Any]:
    """Return the arguments of the SQL function `ledger_post_many`, in its order."""
    legs = [(number, place, leg) for number, p in enumerate(part, 1) for place, leg in enumerate(p.transfers, 1)]
    return [
        _texts(p.key for p in part),
        _texts(f"\\x{body_hash(p).hex()}" for p in part),
        _texts(p.kind for p in part),
        _plain(p.happened_at.isoformat() for p in part),
        now,
        _texts(p.source for p in part),
        actor.principal,
        actor.via,
        _plain(p.party for p in part),
        _texts(p.standing for p in part),
        _texts(p.tax for p in part),
        _plain(versions[p.happened_at] for p in part),
        _plain(p.reverses for p in part),
        _plain(len(p.transfers) for p in part),
        _plain(number for number, _, _ in legs),
        _plain(place for _, place, _ in legs),
        _plain(leg.debit for _, _, leg in legs),
        _plain(leg.credit for _, _, leg in legs),
        _plain(leg.amount for _, _, leg in legs),
        _texts(leg.role for _, _, leg in legs),
    ]


def _plain(values: Iterable[object]) -> str:
    """Write an array of what needs no quotes in PostgreSQL's own form: ten times as fast as the driver, one by one."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in values) + "}"


def _texts(values: Iterable[str]) -> str:
    """Write an array of texts in PostgreSQL's own form."""
    return '{"' + '","'.join(value.replace("\\", "\\\\").replace('"', '\\"') for value in values) + '"}'


def _check(posting: NewPosting, *, now: datetime) -> None:
    """Refuse before the database is asked what needs no database to see."""
    if not 0 < len(posting.key) <= KEY_LENGTH:
        raise KeyUnusable(longest=KEY_LENGTH)
    if catalogue.posting_kind(posting.kind) is None:
        raise UnknownKind(kind=posting.kind)
    if not 0 < len(posting.transfers) <= MOST_LEGS:
        raise NothingToPost(most=MOST_LEGS)
    if posting.happened_at > now:
        raise InTheFuture()
    for leg in posting.transfers:
        if type(leg.amount) is not int or leg.amount <= 0:
            raise NotPositive()
        if leg.amount > money.LARGEST:
            raise TooLarge()
        if leg.debit == leg.credit:
            raise SameAccount()


def _version(posting: NewPosting, *, now: datetime) -> int:
    return _version_at(posting.happened_at, now=now)


def _version_at(moment: datetime, *, now: datetime) -> int:
    """Return the version of the bylaws in force at the moment; what happened before the first goes by today's."""
    rules = ledger.rules_in_force
    today = rules(now) if rules else None
    if rules is None or today is None:
        raise NotFounded()
    return rules(moment) or today


def _cover(legs: Sequence[Leg], *, receivable: int, actor: Actor, now: datetime, key: str, of: queries.PostingDetail) -> None:
    """Book what the guarded accounts lack for these legs as a claim of the co-op."""
    missing = queries.missing_for(legs)
    if not missing:
        return
    shortfall = NewPosting(
        key=key,
        kind="ledger.shortfall",
        transfers=tuple(Leg(debit=receivable, credit=account, amount=amount, role="shortfall") for account, amount in missing),
        happened_at=now,
        source=f"ledger.posting:{of.id}",
        party=of.party,
        standing=of.standing,
    )
    _check(shortfall, now=now)
    _post(shortfall, actor=actor, now=now, version=_version(shortfall, now=now))
