"""The personal data that music holds: why, how long, how it leaves and how it is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.privacy import queries as privacy
from rochdale.shared import module
from rochdale.shared.actor import Actor

from . import actions, queries

MOST_PLAYS = 1_000_000


def declared() -> Sequence[module.PersonalData]:
    """Return what music declares of itself to the privacy part."""
    return (
        module.PersonalData(
            what=str(_("Your plays: which track, when, for how long, what it cost; and the tracks you own")),
            why=str(_("To count your steps towards owning a track, and to prove what was charged")),
            basis="contract",
            retention_class="books",
            kept_for=str(
                _("As long as the books must be kept; after your erasure they stay under a random reference without a name")
            ),
            export=export_plays,
            erase=None,
        ),
        module.PersonalData(
            what=str(_("The name under which a listening file knows you")),
            why=str(_("So that a second file does not make you a second person")),
            basis="legitimate interest",
            retention_class="contact",
            kept_for=str(_("Until you ask for its erasure")),
            export=export_imported_name,
            erase=erase_imported_name,
        ),
    )


def export_plays(party: UUID) -> dict[str, Any]:
    """Return a party's plays and owned tracks as plain data."""
    heard, _count = queries.history(party, size=MOST_PLAYS)
    owned, _count = queries.collection(party, owned=True, size=MOST_PLAYS)
    return {
        "plays": [
            {
                "at": play.happened_at.isoformat(),
                "artist": play.track.artist,
                "track": play.track.title,
                "outcome": play.outcome,
                "step": play.step,
                "charged_micro": play.charged,
                "currency": play.currency,
            }
            for play in heard
        ],
        "owned": [
            {"artist": each.track.artist, "track": each.track.title, "since": each.owned_since.isoformat()}
            for each in owned
            if each.owned_since is not None
        ],
    }


def export_imported_name(party: UUID) -> dict[str, Any]:
    """Return the name a listening file gave this party, if any."""
    name = (privacy.read(party, "contact") or {}).get("listening_name")
    return {"listening_name": name} if name else {}


def erase_imported_name(*, actor: Actor, now: datetime, key: str, party: UUID, reason_code: str) -> None:
    """Cut the tie between the file's name and the party."""
    actions.forget_imported_name(actor=actor, now=now, key=key, party=party, reason_code=reason_code)
