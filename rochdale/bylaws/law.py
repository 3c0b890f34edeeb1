"""The law as it stands on a day: of all packs a co-op keeps, the strictest row wins. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .packs import Dated, Pack, Row, canonical, row_hash

MICRO = 10**6


@dataclass(frozen=True, slots=True)
class LawValue:
    """What the packs say about one key on one day: the strictest row and where it stands.

    `accepted` is False only for a binding row known from background and not accepted by the
    co-op: act as if it were not allowed.
    """

    key: str
    title: str
    unit: str
    kind: str
    binding: str
    counting: str
    value: Any
    source: str
    status: str
    note: str
    quote: str
    valid_from: date
    pack: str
    on_violation: str
    reviewed_by: str | None
    hash: str
    accepted: bool = True

    @property
    def currency(self) -> str:
        """Return the currency of an amount, or the empty string."""
        return self.unit.partition(":")[2]

    @property
    def number(self) -> Decimal:
        """Return a number row's value exactly. Refuses (TypeError) a row that is no number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | str):
            raise TypeError(f"{self.key} is not a number")
        return Decimal(self.value)

    @property
    def fraction(self) -> Fraction:
        """Return a number, percentage or ratio row's value as an exact part: 1/3 for “1/3”, 1/4 for 25 %."""
        exact = Fraction(self.value) if self.unit == "ratio" else Fraction(self.number)
        return exact / 100 if self.unit == "pct" else exact

    @property
    def amount(self) -> int:
        """Return an amount row's value in micro-units of its currency."""
        if not self.currency:
            raise TypeError(f"{self.key} is not an amount")
        return int(self.number * MICRO)


class PacksConflict(ValueError):
    """Two packs of one co-op cannot both be kept: `key` says on what."""

    def __init__(self, key: str, first: str, second: str, why: str) -> None:
        self.key, self.first, self.second, self.why = key, first, second, why
        super().__init__(f"{key}: {first} and {second}: {why}")


def law_of(pack: Pack, row: Row, dated: Dated) -> LawValue:
    """Join a row, its pack and the value of the day."""
    return LawValue(
        key=row.key,
        title=row.title,
        unit=row.unit,
        kind=row.kind,
        binding=row.binding,
        counting=row.counting,
        value=dated.value,
        source=dated.source,
        status=dated.status,
        note=dated.note,
        quote=dated.quote,
        valid_from=dated.valid_from,
        pack=pack.name,
        on_violation=row.on_violation,
        reviewed_by=row.reviewed_by,
        hash=row_hash(row, dated),
    )


def law_at(packs: Sequence[Pack], key: str, on: date, accepted: frozenset[str] | None = None) -> LawValue | None:
    """Return the strictest row that stands for a key on a day, or None where the packs are silent.

    Mandatory rows outrank delegated ones, those outrank defaults. Of several: the highest
    minimum, the lowest maximum, what all enumerations allow; what is forbidden in one pack is
    forbidden. `accepted` holds the hashes of the unconfirmed rows the co-op accepted.
    Refuses (PacksConflict) rows that cannot both be kept.
    """
    rows = [law_of(pack, row, dated) for pack in packs if (row := pack.rows.get(key)) and (dated := row.at(on))]
    for binding in ("mandatory", "delegated", "default"):
        ranked = [row for row in rows if row.binding == binding]
        if ranked:
            return _with_acceptance(strictest(ranked), ranked, accepted)
    return None


def _with_acceptance(law: LawValue, rows: Sequence[LawValue], accepted: frozenset[str] | None) -> LawValue:
    if accepted is None:
        return law
    doubtful = [row for row in rows if row.binding == "mandatory" and row.status == "BACKGROUND"]
    return replace(law, accepted=all(row.hash in accepted for row in doubtful))


def strictest(rows: Sequence[LawValue]) -> LawValue:
    """Return the one row that, kept, keeps them all. Refuses rows that exclude each other."""
    forbidden = [row for row in rows if row.kind == "forbidden"]
    if forbidden:
        return forbidden[0]
    first = rows[0]
    for row in rows[1:]:
        first = _stricter(first, row)
    return first


def _stricter(a: LawValue, b: LawValue) -> LawValue:
    if a.unit != b.unit:
        raise PacksConflict(a.key, a.pack, b.pack, f"one counts in {a.unit}, the other in {b.unit}")
    if a.kind != b.kind:
        return _stricter_of_two_kinds(a, b)
    if a.kind in ("min", "max") and _is_number(a) and _is_number(b):
        keep_first = a.fraction >= b.fraction if a.kind == "min" else a.fraction <= b.fraction
        return a if keep_first else b
    if a.kind == "enum":
        both = [word for word in a.value if word in b.value]
        if not both:
            raise PacksConflict(a.key, a.pack, b.pack, "nothing is allowed by both")
        return replace(a, value=both)
    if a.kind == "required" and isinstance(a.value, list) and isinstance(b.value, list):
        return replace(a, value=[*a.value, *(word for word in b.value if word not in a.value)])
    if canonical(a.value) != canonical(b.value):
        raise PacksConflict(a.key, a.pack, b.pack, "they ask for different things")
    return a


def _stricter_of_two_kinds(a: LawValue, b: LawValue) -> LawValue:
    exact, other = (a, b) if a.kind == "exact" else (b, a)
    if exact.kind == "exact" and other.kind in ("min", "max") and _is_number(exact) and _is_number(other):
        fits = exact.fraction >= other.fraction if other.kind == "min" else exact.fraction <= other.fraction
        if fits:
            return exact
    raise PacksConflict(a.key, a.pack, b.pack, f"one says {a.kind}, the other {b.kind}")


def _is_number(row: LawValue) -> bool:
    if isinstance(row.value, bool):
        return False
    return isinstance(row.value, int) or (
        isinstance(row.value, str) and row.value.replace(".", "", 1).replace("/", "", 1).isdigit()
    )
