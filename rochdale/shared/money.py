"""Amounts: integers at a declared scale, divided in one place that loses and mints nothing.

The ledger keeps every currency in micro-units (scale 6): a first play costs EUR 0.002, and no
currency in use has more than four digits of its own. What leaves the system (payouts,
invoices) is rounded to the currency's own digits; the rest stays on the account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation, localcontext
from typing import NamedTuple

from babel import Locale
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import gettext_lazy as _
from moneyed import CURRENCIES

from .refusals import Refusal

SCALE = 6
ONE: int = 10**SCALE
LARGEST = 10**17
"""A hundred thousand million of a currency; far above any co-op, far below a 64-bit integer."""


class NotAnAmount(Refusal):
    code = "money.not_an_amount"
    status = 422
    text = _("“{given}” is not an amount of {currency}. Write it as digits, for example 12.50. Nothing was changed.")


class UnknownCurrency(Refusal):
    code = "money.unknown_currency"
    status = 422
    text = _("“{currency}” is not a currency we know. Use its three-letter code, for example EUR. Nothing was changed.")


class Amount(NamedTuple):
    """An amount in micro-units with its currency."""

    micro: int
    currency: str


def currency_code(given: str) -> str:
    """Return the three-letter code in capitals. Refuses a currency the world does not know."""
    code = given.strip().upper()
    if code not in CURRENCIES or code in ("XXX", "XTS"):
        raise UnknownCurrency(currency=given[:10])
    return code


def digits(currency: str) -> int:
    """Return how many decimals a currency has of its own: EUR 2, JPY 0, KWD 3."""
    return int(get_currency_precision(currency))


def parse(given: str, currency: str) -> int:
    """Read an amount typed by a person into micro-units.

    Takes digits with a point or a comma before the decimals. Refuses signs, exponents, words
    such as NaN, more decimals than the ledger keeps, and amounts too large to be meant.
    """
    text = given.strip().replace(",", ".") if isinstance(given, str) else ""
    whole, point, decimals = text.partition(".")
    good = whole.isascii() and whole.isdigit() and len(decimals) <= SCALE
    if not good or (point and not (decimals.isascii() and decimals.isdigit())) or len(whole) > 12:
        raise NotAnAmount(given=str(given)[:40], currency=currency)
    micro = int(whole) * ONE + int((decimals + "0" * SCALE)[:SCALE])
    if micro > LARGEST:
        raise NotAnAmount(given=str(given)[:40], currency=currency)
    return micro


def from_decimal(value: Decimal, currency: str) -> int:
    """Turn an exact decimal into micro-units. Refuses NaN, infinities, and what micro-units cannot hold exactly."""
    try:
        with localcontext() as context:
            context.prec = 40
            scaled = value.scaleb(SCALE)
            micro = int(scaled)
            exact = scaled == micro
    except (InvalidOperation, ValueError, OverflowError):
        raise NotAnAmount(given=str(value), currency=currency) from None
    if not exact or abs(micro) > LARGEST:
        raise NotAnAmount(given=str(value), currency=currency)
    return micro


def to_decimal(micro: int) -> Decimal:
    """Return micro-units as an exact decimal number of the currency's unit."""
    with localcontext() as context:
        context.prec = 40
        return Decimal(micro).scaleb(-SCALE)


def payable(micro: int, currency: str) -> int:
    """Round micro-units toward zero to what the currency can pay; the rest stays on the account."""
    step: int = 10 ** (SCALE - digits(currency))
    return micro - micro % step if micro >= 0 else -(-micro - (-micro) % step)


def formatted(micro: int, currency: str, locale: str = "en") -> str:
    """Write an amount for a reader, with all decimals it really has: €1.25, €0.002."""
    value = to_decimal(micro)
    own = digits(currency)
    exponent = value.normalize().as_tuple().exponent
    used = max(own, -exponent if isinstance(exponent, int) else 0)
    if used == own:
        return format_currency(value, currency, locale=locale)
    pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace("0.00", "0." + "0" * used)
    return format_currency(value, currency, format=pattern, locale=locale, currency_digits=False)


def allocate(total: int, weights: Sequence[int], tie_breaks: Sequence[str] | None = None) -> list[int]:
    """Divide a whole amount by weights, exactly: the parts always add up to the total.

    Largest remainder (Hamilton). Equal remainders are settled by the SHA-256 of the tie-break
    text (by default the position), a published order that favours nobody when the text names
    both the event and the receiver. Refuses negative totals or weights, and weights of zero.
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("allocate divides non-negative amounts by non-negative weights")
    whole = sum(weights)
    if whole == 0:
        raise ValueError("there is nobody to allocate to: all weights are zero")
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    if not left:
        return parts
    names = tie_breaks if tie_breaks is not None else [str(place) for place in range(len(weights))]
    order = sorted(
        range(len(weights)),
        key=lambda i: (-(total * weights[i] % whole), hashlib.sha256(names[i].encode()).digest()),
    )
    for place in order[:left]:
        parts[place] += 1
    return parts
