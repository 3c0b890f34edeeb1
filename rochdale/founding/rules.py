"""What a founding must hold, as pure rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SLUG = re.compile(r"^[a-z](?:[a-z0-9]|-(?!-)){1,38}[a-z0-9]$")
RESERVED = frozenset(
    {
        "api",
        "admin",
        "accounts",
        "account",
        "static",
        "media",
        "public",
        "template",
        "found",
        "founding",
        "c",
        "www",
        "help",
        "pg",
    }
)
FIRST_OFFICES = ("chair", "secretary", "treasurer", "cashier")
"""Who must be there from the first day: four offices, the two that handle money in different hands."""


@dataclass(frozen=True, slots=True)
class Invited:
    """One founder as the plan names them: an address to reach them, classes and first offices."""

    address: str
    classes: tuple[str, ...]
    offices: tuple[str, ...] = ()


def slug_is_good(slug: str) -> bool:
    """Tell whether a slug is 3–40 of a–z, 0–9 and single hyphens, begins with a letter and is not reserved."""
    return bool(SLUG.match(slug)) and slug not in RESERVED


def slug_from(name: str) -> str:
    """Propose a slug for a name; the empty string where nothing of it can be used."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return slug if slug_is_good(slug) else ""


def same_address_twice(founders: Sequence[Invited]) -> str:
    """Return an address that two founders share, or the empty string."""
    seen: set[str] = set()
    for founder in founders:
        address = founder.address.casefold()
        if address in seen:
            return founder.address
        seen.add(address)
    return ""


def offices_left_empty(founders: Sequence[Invited]) -> list[str]:
    """Return the first offices that nobody holds."""
    held = {office for founder in founders for office in founder.offices}
    return [office for office in FIRST_OFFICES if office not in held]


def money_in_one_hand(founders: Sequence[Invited]) -> bool:
    """Tell whether one founder would be both treasurer and cashier: maker and checker of every payment."""
    return any({"treasurer", "cashier"} <= set(founder.offices) for founder in founders)


def unknown_classes(founders: Sequence[Invited], classes: Sequence[str]) -> list[str]:
    """Return class codes that the kit does not have."""
    return sorted({code for founder in founders for code in founder.classes} - set(classes))


def offices_of(given: Mapping[str, object], row: int) -> tuple[str, ...]:
    """Return the first offices of a row of the form; where the law asks for few founders, one may take two."""
    named = (str(given.get(f"{field}_{row}") or "") for field in ("office", "also"))
    return tuple(dict.fromkeys(filter(None, named)))


def founding_values(kit: Mapping[str, object], chosen: Mapping[str, object]) -> dict[str, object]:
    """Return the bylaw values of version 1: the kit's, and above them what the founders chose."""
    return {**kit, **chosen}
