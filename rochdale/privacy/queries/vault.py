"""Read what is known of a party."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from rochdale.shared import keys

from .. import rules
from ..models import DataKey, Mark, SealedRecord, Tombstone

MARKED = ("email", "phone")
CLOSED = _("name closed")
"""Stands for a name where the co-op's key is missing on this host. It is never kept: writing is refused then."""


def place(party: UUID | str, retention_class: str, version: int) -> str:
    """Name the place a record is sealed to."""
    return f"privacy.record:{party}:{retention_class}:{version}"


def key_place(party: UUID | str, retention_class: str) -> str:
    """Name the place a data key is wrapped to."""
    return f"privacy.key:{party}:{retention_class}"


def mark_of(what: str, given: str) -> str:
    """Return the keyed fingerprint of a phone number or an e-mail address."""
    plain = rules.same_phone(given) if what == "phone" else rules.same_email(given)
    return keys.fingerprint(f"{what}:{plain}")


def latest_version(party: UUID, retention_class: str) -> int:
    """Return the number of the newest version, 0 when there is none."""
    found = SealedRecord.objects.filter(party=party, retention_class=retention_class).aggregate(newest=Max("version"))
    return found["newest"] or 0


def read(party: UUID, retention_class: str) -> dict[str, Any] | None:
    """Return what is known of a party in a retention class; None when nothing is, or when it was erased."""
    return read_many([party], retention_class).get(party)


def read_many(parties: Collection[UUID], retention_class: str) -> dict[UUID, dict[str, Any]]:
    """Return the newest fields of many parties in two queries; who is unknown or erased is left out.

    Where the co-op's key is missing on this host, all that is known is a name that says so.
    """
    data_keys = {
        row.party: bytes(row.wrapped)
        for row in DataKey.objects.filter(party__in=parties, retention_class=retention_class, wrapped__isnull=False)
        if row.wrapped is not None
    }
    newest = (
        SealedRecord.objects.filter(party__in=data_keys, retention_class=retention_class)
        .order_by("party", "-version")
        .distinct("party")
    )
    found: dict[UUID, dict[str, Any]] = {}
    for record in newest:
        try:
            opened = keys.decrypt(data_keys[record.party], about=key_place(record.party, retention_class))
        except keys.KeyMissing:
            found[record.party] = {"name": str(CLOSED)}
            continue
        about = place(record.party, retention_class, record.version)
        found[record.party] = json.loads(keys.unseal(bytes(record.sealed), key=opened, about=about))
    return found


def names(parties: Collection[UUID]) -> dict[UUID, str]:
    """Return the register names of many parties; who is unknown or erased is left out."""
    return {party: str(fields.get("name", "")) for party, fields in read_many(parties, "register").items()}


def find(what: str, given: str) -> list[UUID]:
    """Return the parties that gave this phone number or e-mail address (`what` is "phone" or "email")."""
    return list(Mark.objects.filter(what=what, mark=mark_of(what, given)).order_by("id").values_list("party", flat=True))


def find_many(given: Collection[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """Return whom this co-op knows under these contacts ("phone" or "email", and the text): the first party of each."""
    places = {(what, mark_of(what, text)): (what, text) for what, text in given}
    rows = Mark.objects.filter(mark__in={mark for _what, mark in places}).order_by("-id").values_list("what", "mark", "party")
    return {places[what, mark]: party for what, mark, party in rows if (what, mark) in places}


def marks(party: UUID) -> frozenset[str]:
    """Return a party's fingerprints, to see whether two parties are one human."""
    return frozenset(Mark.objects.filter(party=party).values_list("mark", flat=True))


def sharing(parties: Collection[UUID]) -> set[UUID]:
    """Return the parties that gave the same phone number or address as any of these, these included."""
    shared = Mark.objects.filter(party__in=parties).values("what", "mark")
    same = Q(pk__in=[])
    for row in shared:
        same |= Q(what=row["what"], mark=row["mark"])
    return set(parties) | set(Mark.objects.filter(same).values_list("party", flat=True))


def known_here(party: UUID) -> bool:
    """Say whether anything was ever kept of a party in this co-op."""
    return DataKey.objects.filter(party=party).exists()


def forgotten(party: UUID, retention_class: str) -> bool:
    """Say whether this was erased."""
    return Tombstone.objects.filter(party=party, retention_class=retention_class).exists()


def readable(parties: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return what is known of these parties here and not forgotten, as pairs of party and class."""
    rows = DataKey.objects.filter(party__in=parties, wrapped__isnull=False).values_list("party", "retention_class")
    return set(rows)


def tombstones() -> list[tuple[UUID, str, datetime, str]]:
    """Return everything that was forgotten: party, class, when, and the code of the reason."""
    return list(Tombstone.objects.order_by("id").values_list("party", "retention_class", "forgotten_at", "reason_code"))


def records_without_key() -> Sequence[dict[str, Any]]:
    """Return sealed records whose data key has no row at all."""
    its_key = DataKey.objects.filter(party=OuterRef("party"), retention_class=OuterRef("retention_class"))
    rows = SealedRecord.objects.filter(~Exists(its_key)).values("party", "retention_class", "version")
    return [dict(row) for row in rows]


def forgotten_but_readable() -> Sequence[dict[str, Any]]:
    """Return tombstones whose key or mark is still there: a restore that was not followed by the erasures."""
    its_key = DataKey.objects.filter(party=OuterRef("party"), retention_class=OuterRef("retention_class"), wrapped__isnull=False)
    its_mark = Mark.objects.filter(party=OuterRef("party"), retention_class=OuterRef("retention_class"))
    rows = Tombstone.objects.filter(Exists(its_key) | Exists(its_mark)).values("party", "retention_class")
    return [dict(row) for row in rows]
