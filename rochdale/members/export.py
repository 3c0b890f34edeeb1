"""What members keeps of people: why, how long, and everything of one party as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.privacy import queries as privacy
from rochdale.shared import module

from . import queries


def declared() -> Sequence[module.PersonalData]:
    """Declare the personal data of the register, the contacts and the desk."""
    return (
        module.PersonalData(
            what=str(_("Name and postal address, member number, classes, shares, applications and their outcome")),
            why=str(_("The register of members that the law asks for")),
            basis="legal duty",
            retention_class="register",
            kept_for=str(_("as long as the law wants the register kept")),
            export=_register_of,
            erase=None,
        ),
        module.PersonalData(
            what=str(_("Notices of leaving, and cases of exclusion with what was said on both sides")),
            why=str(_("To know when a membership ended and why, and that it was done as law and bylaws ask")),
            basis="legal duty",
            retention_class="register",
            kept_for=str(_("as long as the law wants the register kept")),
            export=_endings_of,
            erase=None,
        ),
        module.PersonalData(
            what=str(_("E-mail address, phone number, language")),
            why=str(_("To reach members and let them act")),
            basis="contract",
            retention_class="contact",
            kept_for=str(_("until the membership has ended, nothing is open and the bylaws' days have passed")),
            export=lambda party: privacy.read(party, "contact"),
            erase=None,
        ),
    )


def _register_of(party: UUID) -> dict[str, Any]:
    member = queries.member(party)
    return {
        "register": privacy.read(party, "register"),
        "member": None
        if member is None
        else {
            "number": member.number,
            "admitted_at": member.admitted_at.isoformat(),
            "effective_at": member.effective_at.isoformat() if member.effective_at else None,
            "classes": list(member.classes),
        },
        "applications": [
            {"class": each.class_code, "applied_at": each.applied_at.isoformat(), "state": each.state, "reason": each.reason_code}
            for each in queries.applications_of(party)
        ],
        "shares": [
            {
                "kind": each.kind,
                "class": each.share_class_id,
                "shares": each.shares,
                "amount": each.amount,
                "currency": each.currency,
                "at": each.effective_at.isoformat(),
            }
            for each in queries.share_movements(party)
        ],
    }


def _endings_of(party: UUID) -> dict[str, Any]:
    gone = queries.former(party)
    return {
        "notices": [
            {"given_at": each.given_at.isoformat(), "last_on": each.last_on.isoformat(), "state": each.state}
            for each in queries.leaving.notices_of(party)
        ],
        "ended": None
        if gone is None or gone.ended_at is None
        else {"number": gone.number, "ended_at": gone.ended_at.isoformat(), "reason": gone.end_reason},
        "cases": queries.exclusion.export(party),
    }
