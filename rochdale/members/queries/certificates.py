"""Share certificates, and whether one still says what the register says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from ..models import ShareCertificate
from .members import number_of
from .shares import holding


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate as it was issued; `stands` says whether the register says the same now. Micro-units."""

    number: int
    party: UUID
    member: int | None
    share_class: str
    shares: int
    subscribed: int
    paid: int
    currency: str
    issued_at: datetime
    code: str
    stands: bool


def certificate(number: int, at: datetime) -> CertificateView | None:
    """Return a certificate by its number, or None."""
    return _view(ShareCertificate.objects.filter(pk=number).first(), at)


def certificate_with_code(code: str, at: datetime) -> CertificateView | None:
    """Return the certificate that bears a check code, or None."""
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    grouped = "-".join(plain[place : place + 4] for place in range(0, len(plain), 4))
    return _view(ShareCertificate.objects.filter(code=grouped).first(), at)


def certificates_of(party: UUID, at: datetime) -> list[CertificateView]:
    """Return a party's certificates, the newest first."""
    rows = ShareCertificate.objects.filter(party=party).order_by("-number")[:50]
    return [view for row in rows if (view := _view(row, at)) is not None]


def _view(row: ShareCertificate | None, at: datetime) -> CertificateView | None:
    if row is None:
        return None
    held = holding(row.party_id, row.share_class_id, at)
    return CertificateView(
        number=row.number,
        party=row.party_id,
        member=number_of(row.party_id),
        share_class=row.share_class_id,
        shares=row.shares,
        subscribed=row.subscribed,
        paid=row.paid,
        currency=row.currency,
        issued_at=row.issued_at,
        code=row.code,
        stands=(held.shares, held.subscribed, held.paid) == (row.shares, row.subscribed, row.paid),
    )
