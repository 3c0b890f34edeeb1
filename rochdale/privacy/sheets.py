"""The sheets that the holders of a key's shares keep: plain text, to be printed and to be typed in again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rochdale.shared.keys import Ring
from rochdale.shared.keys.shares import Share

EARLIER = "earlier-generations.sealed"
_ROW = 6


def files(shares: Sequence[Share], ring: Ring, *, coop: str, day: date) -> dict[str, bytes]:
    """Return the files of one splitting by name: a sheet for each holder, and the earlier generations sealed."""
    found = {f"share-{share.index}.txt": sheet(share, coop=coop, day=day).encode() for share in shares}
    earlier = ring.earlier()
    return found | ({EARLIER: earlier} if earlier else {})


def sheet(share: Share, *, coop: str, day: date) -> str:
    """Return one holder's sheet."""
    groups = share.groups()
    rows = [groups[at : at + _ROW] for at in range(0, len(groups), _ROW)]
    lines = [f"key:  {'  '.join(row)}" for row in rows]
    return "\n".join(
        [
            f"SHARE {share.index} of {share.total} of the key of “{coop}”",
            f"Set {share.set_id}, generation {share.generation}, made {day.isoformat()}.",
            "",
            *lines,
            "",
            f"Any {share.needed} of these {share.total} sheets bring the key back that opens the names and contacts",
            "of this co-op's people. Fewer tell nothing. Keep yours where nobody else reads it, apart from the other",
            "sheets and from any backup of the database; hand it on when you leave your office.",
            "The groups hold no letter I, L, O or U. Each ends in a check sign: a mistyped group is named.",
            f"To use it: rochdale keys combine --coop {coop}   (for the host's key: --host)",
            "",
        ]
    )
