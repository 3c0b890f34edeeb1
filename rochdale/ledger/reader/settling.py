"""Whether a transaction comes to zero, what the amount is that was left out, and what changes currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from .found import BadLine, Line
from .values import micro

CLOSE = Decimal("0.005")
"""By how much a price that is rounded may miss, in the currency it is stated in; the exchange account takes it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A line as it is written: the amount may be left out, and may have a price (`cost`: the total, in another currency)."""

    account: str
    amount: Decimal | None
    currency: str = ""
    cost: tuple[Decimal, str] | None = None


def settle(drafts: Sequence[Draft], *, conversion: str = "") -> tuple[Line, ...]:
    """Return the lines with every amount, zero in sum per currency. Refuses a transaction that cannot come to zero.

    What changes currency goes over the account `conversion`; without one it is refused.
    """
    if len(drafts) < 2:
        raise BadLine(_("a transaction has at least two lines"))
    left_out = [draft for draft in drafts if draft.amount is None]
    if len(left_out) > 1:
        raise BadLine(_("the amount is left out on {count} lines; it can be left out once").format(count=len(left_out)))
    weights = _sums((draft.cost or (draft.amount, draft.currency)) for draft in drafts if draft.amount is not None)
    priced = any(draft.cost for draft in drafts)
    complete = [draft for draft in drafts if draft.amount is not None]
    if left_out:
        complete += [Draft(left_out[0].account, -weight, currency) for currency, weight in weights.items() if weight]
    else:
        _refuse_unbalanced(weights, priced=priced, exchanges=bool(conversion))
    lines = [Line(draft.account, micro(draft.amount), draft.currency) for draft in complete if draft.amount is not None]
    return tuple(lines + _exchanged(lines, conversion))


def _sums(weights: object) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for value, currency in weights:  # type: ignore[attr-defined]  # pairs, some of them with an amount that may be None
        found[currency] = found.get(currency, Decimal(0)) + value
    return found


def _refuse_unbalanced(weights: dict[str, Decimal], *, priced: bool, exchanges: bool) -> None:
    off = {currency: weight for currency, weight in weights.items() if weight}
    if not off or (priced and exchanges and all(abs(weight) <= CLOSE for weight in off.values())):
        return
    signs = {weight > 0 for weight in off.values()}
    if len(off) == 2 and len(signs) == 2:
        if exchanges:
            return
        raise BadLine(_exchange_reason(sorted(off)))
    rest = ", ".join(f"{weight:f} {currency}" for currency, weight in sorted(off.items()))
    raise BadLine(_("it does not come to zero: {rest} too much").format(rest=rest))


def _exchanged(lines: Sequence[Line], conversion: str) -> list[Line]:
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, 0) + line.amount
    off = {currency: total for currency, total in sums.items() if total}
    if off and not conversion:
        raise BadLine(_exchange_reason(sorted(off)))
    return [Line(conversion, -total, currency) for currency, total in sorted(off.items())]


def _exchange_reason(currencies: Sequence[str]) -> str:
    return _(
        "it exchanges {currencies}; name the account that stands between them with --conversion, such as Equity:Conversions"
    ).format(currencies=" / ".join(currencies))
