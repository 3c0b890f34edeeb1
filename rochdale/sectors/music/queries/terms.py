"""The co-op's own rules for plays, as they stood at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from rochdale.bylaws import queries as bylaws
from rochdale.sectors.music import rules


@dataclass(frozen=True, slots=True)
class Terms:
    """What a play costs and how it is shared, under one version of the bylaws."""

    ladder: rules.Ladder
    coop_percent: Decimal
    vat_percent: Decimal
    counted_after_seconds: int
    reported_within_days: int
    version: int


def terms(at: datetime, currency: str) -> Terms:
    """Return the terms of plays in a currency at a moment. Refuses (`bylaws.none_standing`) where no version stands."""
    standing = bylaws.rules(at=at)
    return Terms(
        ladder=rules.ladder_of(standing.value("music.ladder"), currency),
        coop_percent=standing.value("music.coop_share"),
        vat_percent=standing.value("music.vat_percent"),
        counted_after_seconds=standing.value("music.counted_after_seconds"),
        reported_within_days=standing.value("music.reported_within_days"),
        version=standing.number,
    )
