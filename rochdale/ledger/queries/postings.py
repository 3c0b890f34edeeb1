"""Postings and holds as they were booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.ledger.rules import Leg
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .accounts import may_read
from .rows import one, rows

FIELDS = """
id, key, kind, happened_at, recorded_at, source, actor, via, party, standing, tax, bylaws_version, reverses, legs, epoch
"""


@dataclass(frozen=True, slots=True)
class PostingDetail:
    """A posting with its transfers in order; `legs` may be posted again as they are."""

    id: int
    key: str
    kind: str
    happened_at: datetime
    recorded_at: datetime
    source: str
    actor: str
    via: str
    party: UUID | None
    standing: str
    tax: str
    bylaws_version: int
    reverses: int | None
    epoch: int
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class PostingRow:
    """A posting in a list; `amount` is the sum of its transfers, per currency."""

    id: int
    kind: str
    happened_at: datetime
    recorded_at: datetime
    source: str
    party: UUID | None
    standing: str
    reverses: int | None
    amounts: dict[str, int]


@dataclass(frozen=True, slots=True)
class LegDetail:
    """A transfer with the codes of its accounts."""

    debit: int
    debit_code: str
    debit_party: UUID | None
    credit: int
    credit_code: str
    credit_party: UUID | None
    amount: int
    currency: str
    role: str
    place: int = 0


@dataclass(frozen=True, slots=True)
class HoldDetail:
    id: int
    account: int
    account_kind: str
    amount: int
    kind: str
    placed_at: datetime
    expires_at: datetime
    source: str
    outcome: str | None
    captured: int | None


def posting(number: int) -> PostingDetail | None:
    """Return a posting with its transfers, or None."""
    found = one(f"SELECT {FIELDS} FROM ledger_posting WHERE id = %s", [number])  # noqa: S608  # our own words
    if found is None:
        return None
    legs = rows("SELECT debit_id, credit_id, amount, role FROM ledger_transfer WHERE posting_id = %s ORDER BY place", [number])
    return PostingDetail(*(*found[:13], found[14], tuple(Leg(*leg) for leg in legs)))


def posting_with_key(key: str) -> int | None:
    """Return the id of the posting that has this key, or None."""
    found = one("SELECT id FROM ledger_posting WHERE key = %s", [key])
    return int(found[0]) if found else None


def reversal_of(number: int) -> int | None:
    """Return the id of the posting that reverses this one, or None."""
    found = one("SELECT id FROM ledger_posting WHERE reverses = %s", [number])
    return int(found[0]) if found else None


class PostingNotFound(Refusal):
    code = "ledger.posting_not_found"
    status = 404
    text = _("There is no such posting, or it is not yours to see.")


def posting_for(viewer: Actor, number: int, now: datetime) -> tuple[PostingDetail, list[LegDetail]]:
    """Return a posting and its transfers as the viewer may see them.

    Whose business it is, and the offices of the books, see all of it; who owns an account it
    touches sees the transfers on that account, and nothing of the other person. Refuses
    others as if it did not exist.
    """
    found = posting(number)
    legs = legs_of(number) if found else []
    if found is not None and may_read(viewer, found.party, now):
        return found, legs
    legs = [leg for leg in legs if any(party and may_read(viewer, party, now) for party in (leg.debit_party, leg.credit_party))]
    if found is None or not legs:
        raise PostingNotFound()
    return replace(found, party=None, standing="", actor="", key="", legs=()), legs


LEGS = """
SELECT t.debit_id, d.code, d.party, t.credit_id, c.code, c.party, t.amount, d.currency, t.role, t.place
FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit_id JOIN ledger_account c ON c.id = t.credit_id
WHERE t.posting_id = %s ORDER BY t.place
"""


def legs_of(number: int) -> list[LegDetail]:
    """Return a posting's transfers with the codes of their accounts."""
    return [LegDetail(*row) for row in rows(LEGS, [number])]


POSTINGS = """
SELECT p.id, p.kind, p.happened_at, p.recorded_at, p.source, p.party, p.standing, p.reverses,
    (SELECT json_object_agg(s.currency, s.amount) FROM (
        SELECT a.currency, sum(t.amount) AS amount FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_id
        WHERE t.posting_id = p.id GROUP BY a.currency
    ) s)
FROM ledger_posting p
WHERE (%(kinds)s::text[] IS NULL OR p.kind = ANY(%(kinds)s))
    AND (%(source)s::text IS NULL OR p.source = %(source)s)
    AND (%(party)s::uuid IS NULL OR p.party = %(party)s)
    AND (%(start)s::timestamptz IS NULL OR p.happened_at >= %(start)s)
    AND (%(end)s::timestamptz IS NULL OR p.happened_at < %(end)s)
    AND (%(before)s::bigint IS NULL OR p.id < %(before)s)
ORDER BY p.id DESC LIMIT %(limit)s
"""


def postings_of(
    *,
    kinds: Sequence[str] | None = None,
    source: str | None = None,
    party: UUID | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[PostingRow]:
    """Return postings that fit all that is given, newest first; `end` is exclusive, `before` an id for the next page."""
    given = {"source": source, "party": party, "start": start, "end": end, "before": before, "limit": limit}
    found = rows(POSTINGS, given | {"kinds": list(kinds) if kinds is not None else None})
    return [PostingRow(*(*row[:8], {currency: int(amount) for currency, amount in (row[8] or {}).items()})) for row in found]


HOLD = """
SELECT h.id, h.account_id, a.kind, h.amount, h.kind, h.placed_at, h.expires_at, h.source, r.outcome, r.captured
FROM ledger_hold h JOIN ledger_account a ON a.id = h.account_id LEFT JOIN ledger_holdresolution r ON r.hold_id = h.id
"""


def hold(number: int) -> HoldDetail | None:
    """Return a hold with how it ended (None while it is open), or None."""
    found = one(f"{HOLD} WHERE h.id = %s", [number])
    return HoldDetail(*found) if found else None


def open_holds(account: int) -> list[HoldDetail]:
    """Return the holds on an account that have not ended, the first to expire first."""
    found = rows(f"{HOLD} WHERE h.account_id = %s AND r.hold_id IS NULL ORDER BY h.expires_at, h.id", [account])
    return [HoldDetail(*row) for row in found]
