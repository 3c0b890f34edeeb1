"""What waits, what was sent and what failed; opened only for those who may read it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from rochdale.shared import keys

from . import rules
from .models import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """An opened message."""

    id: UUID
    kind: str
    channel: str
    address: str
    subject: str
    body: str
    language: str
    state: str
    legal_notice: bool
    queued_at: datetime
    sent_at: datetime | None
    attempts: int
    failure: str

    @property
    def masked_address(self) -> str:
        """Return so much of the address that its owner recognises it."""
        return rules.masked(self.address)


def to_send(number: UUID) -> Letter | None:
    """Open a message that this worker has claimed, or return None where it is no longer to be sent."""
    row = Message.objects.filter(pk=number, state="sending").first()
    return _opened(row) if row else None


def sent(*, limit: int = 100, party: UUID | None = None) -> list[Letter]:
    """Return the newest messages, of all or to one party: for the simulator of a demo and for a person's own page."""
    rows = Message.objects.order_by("-queued_at", "-id")
    if party is not None:
        rows = rows.filter(recipient_party=party)
    return [_listed(row) for row in rows[:limit]]


def letters_to_print(*, limit: int = 200) -> list[Letter]:
    """Return the letters that wait for the secretary, oldest first."""
    rows = Message.objects.filter(channel="letter", state="queued").order_by("queued_at", "id")
    return [_opened(row) for row in rows[:limit]]


def letter(number: UUID) -> Letter | None:
    """Return one letter, or None."""
    row = Message.objects.filter(pk=number, channel="letter").first()
    return _opened(row) if row else None


def undelivered(*, limit: int = 200) -> list[Letter]:
    """Return messages that reached nobody: given up, or to a stopped address; newest first."""
    rows = Message.objects.filter(state__in=["failed", "suppressed"]).order_by("-queued_at", "-id")
    return [_listed(row) for row in rows[:limit]]


def state(number: UUID) -> str | None:
    """Return a message's state, or None where there is no such message."""
    return Message.objects.filter(pk=number).values_list("state", flat=True).first()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What proves that a message went out: how, its state, and when the carrier or the post took it."""

    channel: str
    state: str
    sent_at: datetime | None

    @property
    def lost(self) -> bool:
        """Return whether it reached nobody: given up, or to a stopped address."""
        return self.state in ("failed", "suppressed")


def deliveries(numbers: Collection[UUID]) -> dict[UUID, Delivery]:
    """Return what became of messages, by id."""
    rows = Message.objects.filter(pk__in=numbers).values_list("id", "channel", "state", "sent_at")
    return {number: Delivery(channel, state, sent_at) for number, channel, state, sent_at in rows}


def forgotten() -> Sequence[dict[str, Any]]:
    """Return messages that would wait for ever: queued, not a letter, and with no moment for the next try."""
    rows = Message.objects.filter(Q(state="queued") & Q(next_try_at__isnull=True) & ~Q(channel="letter"))
    return [{"message": str(number)} for number in rows.values_list("id", flat=True)[:100]]


def export(party: UUID) -> list[dict[str, Any]]:
    """Return every message to a party as plain data."""
    rows = Message.objects.filter(recipient_party=party).order_by("queued_at", "id")
    return [
        {"at": each.queued_at.isoformat(), "kind": each.kind, "channel": each.channel, "state": each.state,
         "to": each.address, "subject": each.subject, "body": each.body}
        for each in (_opened(row) for row in rows.iterator())
    ]  # fmt: skip


def _opened(row: Message) -> Letter:
    about = f"message:{row.id}"
    return _letter(
        row,
        address=keys.decrypt_text(bytes(row.to_sealed), about=f"{about}:to"),
        subject=keys.decrypt_text(bytes(row.subject_sealed), about=f"{about}:subject") if row.subject_sealed else "",
        body=keys.decrypt_text(bytes(row.body_sealed), about=f"{about}:body"),
    )


def _listed(row: Message) -> Letter:
    """Return a message to be looked at only: closed, where the co-op's key is missing on this host."""
    try:
        return _opened(row)
    except keys.KeyMissing:
        closed = str(_("closed: the co-op's key is missing on this host"))
        return _letter(row, address=closed, subject=closed, body=closed)


def _letter(row: Message, *, address: str, subject: str, body: str) -> Letter:
    return Letter(
        id=row.id,
        kind=row.kind,
        channel=row.channel,
        address=address,
        subject=subject,
        body=body,
        language=row.language,
        state=row.state,
        legal_notice=row.legal_notice,
        queued_at=row.queued_at,
        sent_at=row.sent_at,
        attempts=row.attempts,
        failure=row.failure,
    )
