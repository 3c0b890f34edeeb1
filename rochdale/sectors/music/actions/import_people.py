"""The people of a listening file: parties for listeners and artists, without membership and without a name in clear."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from rochdale.members.actions import many as members
from rochdale.privacy import actions as privacy
from rochdale.sectors.music.models import ImportedListener
from rochdale.shared import keys
from rochdale.shared.actor import Actor


def listeners(names: Collection[str], *, actor: Actor, now: datetime, key: str) -> dict[str, UUID]:
    """Return the party of each listener as files name them; who is new gets one.

    The name goes into the vault; here stays a fingerprint that only the co-op's key can make. Two
    spellings that differ in case only are one listener.
    """
    marks = {name: keys.fingerprint(f"music.listener:{name}") for name in names}
    known = _known(marks.values())
    new = sorted(set(marks.values()) - set(known))
    if new:
        known |= _made({mark: name for name, mark in marks.items()}, new, actor=actor, now=now, key=key)
    return {name: known[mark] for name, mark in marks.items()}


def _known(marks: Iterable[str]) -> dict[str, UUID]:
    return dict(ImportedListener.objects.filter(fingerprint__in=list(marks)).values_list("fingerprint", "party"))


def _made(names: dict[str, str], new: list[str], *, actor: Actor, now: datetime, key: str) -> dict[str, UUID]:
    made = dict(zip(new, parties(len(new), actor=actor, now=now, key=key), strict=True))
    rows = [ImportedListener(fingerprint=mark, party=party) for mark, party in made.items()]
    ImportedListener.objects.bulk_create(rows, ignore_conflicts=True)
    known = _known(new)  # another import may have been first: then its party holds, and ours stays unused
    for mark, party in known.items():
        if made[mark] == party:
            privacy.keep(
                actor=actor, now=now, key=key, party=party, retention_class="contact", fields={"listening_name": names[mark]}
            )
    return known


def parties(count: int, *, actor: Actor, now: datetime, key: str) -> list[UUID]:
    """Make so many parties that are no members."""
    return [UUID(party) for party in members.make_parties(actor=actor, now=now, key=key, count=count)]
