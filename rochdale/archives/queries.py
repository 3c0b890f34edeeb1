"""Look up who comes back after a move, claim codes, and archives that officers asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from rochdale.members import queries as members
from rochdale.offices import queries as offices
from rochdale.privacy import queries as privacy
from rochdale.shared import keys

from . import rules
from .models import ClaimCode, ClaimTry, Export, Returning

OFFICES = ("secretary", "chair", "board")
"""Who may ask for the co-op's archive and help people back."""
EXPORT_LASTS = timedelta(days=rules.EXPORT_DAYS)


@dataclass(frozen=True, slots=True)
class ExportView:
    """An archive that was asked for. `state` is asked, agreed, ready, failed or gone."""

    id: int
    asked_at: datetime
    asked_by: UUID
    state: str
    size: int = 0
    sha256: str = ""
    failure: str = ""
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Comeback:
    """Somebody who has not linked their log-in again: who, and until when their code holds."""

    party: UUID
    number: int | None
    name: str
    code_until: datetime | None


def exports(now: datetime) -> list[ExportView]:
    """Return every archive that was asked for, newest first."""
    rows = Export.objects.select_related("approval", "result").order_by("-id")
    return [_view(row, now) for row in rows[:100]]


def export_view(number: int, now: datetime) -> ExportView | None:
    """Return one archive that was asked for, or None."""
    row = Export.objects.select_related("approval", "result").filter(pk=number).first()
    return _view(row, now) if row else None


def open_export() -> int | None:
    """Return the archive that was asked for and not written yet, if there is one."""
    return Export.objects.filter(result__isnull=True).values_list("id", flat=True).first()


def to_write() -> list[int]:
    """Return the archives that a second officer agreed to and that nobody has written yet."""
    rows = Export.objects.filter(result__isnull=True, approval__isnull=False).order_by("id")
    return list(rows.values_list("id", flat=True))


def is_ready(number: int, now: datetime) -> bool:
    """Say whether an archive can be downloaded."""
    found = export_view(number, now)
    return found is not None and found.state == "ready"


def comebacks(now: datetime) -> list[Comeback]:
    """Return everybody who has not come back yet, by name; those without a name last."""
    parties = returning_parties()
    named = names(parties)
    newest = dict(ClaimCode.objects.filter(party__in=parties).order_by("id").values_list("party", "expires_at"))
    found = [
        Comeback(
            each, members.number_of(each), named.get(each, ""), newest[each] if each in newest and newest[each] > now else None
        )
        for each in parties
    ]
    return sorted(found, key=lambda each: (not each.name, each.name.casefold(), each.number or 0))


def names(parties: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of parties; none where the co-op's key is not here."""
    try:
        return privacy.names(parties)
    except (keys.KeyMissing, keys.NotOpened):
        return {}


def export(party: UUID) -> list[dict[str, str]]:
    """Return what is held about one party: codes issued to them, without the codes."""
    rows = ClaimCode.objects.filter(party=party).values_list("issued_at", "expires_at")
    return [{"issued_at": issued.isoformat(), "expires_at": until.isoformat()} for issued, until in rows]


def _view(row: Export, now: datetime) -> ExportView:
    result = getattr(row, "result", None)
    if result is None:
        return ExportView(row.id, row.asked_at, row.asked_by, "agreed" if hasattr(row, "approval") else "asked")
    state = "failed" if result.failure else "ready" if result.expires_at > now else "gone"
    return ExportView(row.id, row.asked_at, row.asked_by, state, result.size, result.sha256, result.failure, result.expires_at)


def waiting(parties: Collection[UUID]) -> set[UUID]:
    """Return those of these parties that had a log-in before the move and have none yet."""
    return set(parties) & set(returning_parties())


def returning_parties() -> list[UUID]:
    """Return every party that had a log-in before the move and has none yet."""
    listed = list(Returning.objects.order_by("party").values_list("party", flat=True))
    linked = members.with_log_in(listed)
    return [party for party in listed if party not in linked]


def claim_of(code_hash: str, now: datetime) -> ClaimCode | None:
    """Return the code with this hash if it may be used: the newest of its party, not expired, not used, still waited for."""
    found = ClaimCode.objects.filter(code_hash=code_hash, expires_at__gt=now, use__isnull=True).first()
    if found is None or found.party not in waiting([found.party]):
        return None
    newest = ClaimCode.objects.filter(party=found.party).order_by("-id").values_list("id", flat=True).first()
    return found if newest == found.id else None


def must_wait(person: UUID, now: datetime) -> bool:
    """Say whether a log-in entered so many wrong codes lately that it waits."""
    return ClaimTry.objects.filter(person=person, code=None, at__gt=now - rules.WAIT).count() >= rules.WRONG_TRIES


def one_at_a_time(person: UUID) -> None:
    """Wait until nobody else tries codes with this log-in; the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('archives_claimtry'), hashtext(%s))", [str(person)])


def holds_office(party: UUID, now: datetime) -> bool:
    """Say whether a party holds any office now."""
    return bool(offices.held_by(party, now))


def offices_of(party: UUID, now: datetime) -> list[str]:
    """Return the codes of the offices a party holds now."""
    return sorted(offices.held_by(party, now))


def number_of(party: UUID) -> int | None:
    """Return a party's member number."""
    return members.number_of(party)
