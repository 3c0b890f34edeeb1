"""Acting at the desk: the state of a PIN, and who acts in whose presence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password

from rochdale.shared import keys
from rochdale.shared.actor import Actor

from .. import rules
from ..models import DeskAttempt, DeskCode, DeskCredential


@dataclass(frozen=True, slots=True)
class DeskState:
    """Whether a party can act at the desk: its newest PIN, whether it is locked, codes left."""

    version: int
    issued_at: datetime
    locked: bool
    codes_left: int


def desk_state(party: UUID) -> DeskState | None:
    """Return the state of a party's newest PIN, or None when none was issued."""
    credential = newest_credential(party)
    if credential is None:
        return None
    return DeskState(
        version=credential.version,
        issued_at=credential.issued_at,
        locked=is_locked(credential),
        codes_left=DeskCode.objects.filter(credential=credential, used_at__isnull=True).count(),
    )


def newest_credential(party: UUID) -> DeskCredential | None:
    """Return the PIN that counts."""
    return DeskCredential.objects.filter(party=party).order_by("-version").first()


def is_locked(credential: DeskCredential) -> bool:
    """Say whether too many wrong tries locked this PIN."""
    tries = DeskAttempt.objects.filter(credential=credential).order_by("-id").values_list("passed", flat=True)
    return rules.locked(list(tries[: rules.WRONG_TRIES]))


def claims_wait(principal: str, now: datetime) -> bool:
    """Say whether a log-in claimed memberships wrongly so often that it has to wait."""
    since = now - timedelta(days=rules.CLAIM_DAYS)
    wrong = DeskAttempt.objects.filter(key__startswith=f"{principal}:", officer__isnull=True, passed=False, at__gt=since)
    return wrong.count() >= rules.WRONG_TRIES


def hashed(secret: str) -> str:
    """Hash a PIN or code strongly, with a pepper that lies outside the database: six digits alone could be tried out."""
    return make_password(_peppered(secret))


def matches(secret: str, strong_hash: str) -> bool:
    """Compare a PIN or code with its hash."""
    return check_password(_peppered(rules.plain_code(secret)), strong_hash)


def desk_party(attempt: int, *, officer: UUID, now: datetime) -> UUID | None:
    """Return the party that proved itself in this officer's presence, while the proof holds."""
    since = now - timedelta(minutes=rules.DESK_MINUTES)
    row = DeskAttempt.objects.filter(pk=attempt, officer=officer, passed=True, at__gte=since, at__lte=now).first()
    return row.party_id if row else None


def desk_actor(*, officer: Actor, attempt: int, now: datetime) -> Actor | None:
    """Return the member who acts at the desk with this officer, or None when the proof no longer holds."""
    party = desk_party(attempt, officer=officer.party, now=now) if officer.party is not None else None
    if party is None:
        return None
    return Actor(kind="person", via="desk", party=party, desk_officer=officer.party, sure_at=now)


def _peppered(secret: str) -> str:
    return keys.fingerprint(f"desk:{secret}")
