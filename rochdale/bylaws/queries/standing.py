"""Which version stands at a moment, what it says, and what the law says beside it.

One cheap query per call finds the version that stands; what a version says never changes, so it
is read once per process and kept under the version's *seal*, the digest of its whole content.
An answer kept by digest cannot be stale: after a rollback, in another co-op or in another
database, other content has another seal.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import law as laws
from rochdale.bylaws import packs, registry, rules
from rochdale.bylaws.models import PackText, Value, Version
from rochdale.shared.refusals import Refusal

KEPT_CONTENTS = 1024


class NoneStanding(Refusal):
    code = "bylaws.none_standing"
    text = _(
        "No bylaws stand at {at}: the co-op is still being founded. Nothing was changed; wait until the founders have confirmed."
    )


class UnknownRule(Refusal):
    code = "bylaws.unknown_rule"
    status = 422
    text = _("There is no bylaw “{key}”. Nothing was changed. The bylaws page lists all there are.")


class VersionDamaged(Refusal):
    code = "bylaws.version_damaged"
    status = 503
    text = _(
        "Version {number} of the bylaws does not match its seal, so it is not trusted. "
        "Nothing was changed. Ask the operator to run “rochdale check-books”."
    )


@dataclass(frozen=True, slots=True)
class Head:
    """As much of a version as it takes to find what it says."""

    id: int
    number: int
    seal: str


@dataclass(frozen=True, slots=True)
class Edition(Head):
    """One version, without its values."""

    valid_from: datetime
    adopted_at: datetime
    act: str
    currency: str
    packs: tuple[tuple[str, str], ...]
    registration: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a version says: stored values by key, its currency, the hashes of its packs and of the
    unconfirmed rows accepted so far."""

    values: Mapping[str, Any]
    accepted: frozenset[str]
    currency: str = ""
    packs: tuple[str, ...] = ()


NOTHING = Content(MappingProxyType({}), frozenset())
"""What stands before the first version."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The bylaws and the law as they stand at one moment: found with one query, read as often as you like."""

    head: Head
    at: datetime

    @property
    def edition(self) -> Edition:
        """Return the version with its act and days; one more query."""
        found = self.head if isinstance(self.head, Edition) else edition(self.head.number)
        if found is None:
            raise NoneStanding(at=self.at.isoformat())
        return found

    @property
    def number(self) -> int:
        """Return the version's number."""
        return self.head.number

    @property
    def currency(self) -> str:
        """Return the currency in which its amounts are."""
        return content(self.head).currency

    def value(self, key: str) -> Any:
        """Return a bylaw's typed value. Refuses a key that no module declares.

        A bylaw that came with newer software, on which the members have not decided yet, has its
        declared default.
        """
        rule = registry.rule(key)
        if rule is None:
            raise UnknownRule(key=key)
        values = content(self.head).values
        if key not in values:
            return copy.deepcopy(registry.default_of(rule, self.currency))
        return copy.deepcopy(rules.from_json(rule.unit, values[key]))

    def law(self, key: str) -> laws.LawValue | None:
        """Return the strictest row of the co-op's packs for a key, or None where they are silent."""
        return laws.law_at(packs_of(self.head), key, self.at.astimezone(UTC).date(), content(self.head).accepted)


def edition_at(at: datetime) -> Edition | None:
    """Return the version standing at a moment, or None before the first. One query."""
    rows = Version.objects.filter(valid_from__lte=at).order_by("-valid_from", "-number")
    return _edition(rows.values_list(*_COLUMNS).first())


def latest() -> Edition | None:
    """Return the version adopted last, whether it has begun or not."""
    return _edition(Version.objects.order_by("-number").values_list(*_COLUMNS).first())


def edition(number: int) -> Edition | None:
    """Return a version by its number, or None."""
    return _edition(Version.objects.filter(number=number).values_list(*_COLUMNS).first())


def editions() -> list[Edition]:
    """Return all versions, newest first."""
    return [each for row in Version.objects.order_by("-number").values_list(*_COLUMNS) if (each := _edition(row))]


_COLUMNS = ("id", "number", "seal", "valid_from", "adopted_at", "act", "currency", "packs", "registration")


def _edition(row: Any) -> Edition | None:
    if row is None:
        return None
    named = dict(zip(_COLUMNS, row, strict=True))
    named["packs"] = tuple((pack["name"], pack["hash"]) for pack in named["packs"])
    return Edition(**named)


_STANDING = """SELECT id, number, seal FROM bylaws_version
WHERE valid_from <= %s ORDER BY valid_from DESC, number DESC LIMIT 1"""


def head_at(at: datetime) -> Head | None:
    """Return which version stands at a moment, or None. One query, written by hand: every posting asks it."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [at])
        row = cursor.fetchone()
    return Head(*row) if row else None


def rules_at(at: datetime) -> Rules:
    """Return all that stands at a moment. Refuses a moment before the first version."""
    found = head_at(at)
    if found is None:
        raise NoneStanding(at=at.isoformat())
    return Rules(found, at)


def value(key: str, *, at: datetime) -> Any:
    """Return a bylaw's value at a moment, typed: percentages as Decimal, amounts in micro-units.

    One query. Refuses an undeclared key, and a moment before the first version.
    """
    if registry.rule(key) is None:
        raise UnknownRule(key=key)
    return rules_at(at).value(key)


def law(key: str, *, at: datetime) -> laws.LawValue | None:
    """Return what the co-op's packs say on a key at a moment; None where they are silent. One query."""
    return rules_at(at).law(key)


def version_at(at: datetime) -> int | None:
    """Return the number of the version standing at a moment, or None. One query."""
    found = head_at(at)
    return found.number if found else None


def content(head: Head) -> Content:
    """Return what a version says. Refuses one that does not match its seal."""
    return _content(head.seal, head.id, head.number)


@lru_cache(maxsize=KEPT_CONTENTS)
def _content(seal: str, version: int, number: int) -> Content:
    values = dict(Value.objects.filter(version_id=version).values_list("key", "value"))
    packs_named, currency, accepted = Version.objects.values_list("packs", "currency", "accepted_hashes").get(id=version)
    if rules.seal(values, packs=packs_named, currency=currency, accepted=accepted) != seal:
        raise VersionDamaged(number=number)
    return Content(MappingProxyType(values), frozenset(accepted), currency, tuple(pack["hash"] for pack in packs_named))


def packs_of(head: Head) -> Sequence[packs.Pack]:
    """Return the packs a version rests on, word for word as they were adopted."""
    return [_pack(text_hash, head.number) for text_hash in content(head).packs]


@lru_cache(maxsize=KEPT_CONTENTS)
def _pack(text_hash: str, number: int) -> packs.Pack:
    content = PackText.objects.filter(hash=text_hash).values_list("content", flat=True).first()
    if content is None or packs.hash_of(content) != text_hash:
        raise VersionDamaged(number=number)
    return packs.parse(content)
