"""The music bylaws in plain sentences, and what is wrong with a ladder that nobody could pay."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rochdale.shared import money

from . import rules


def ladder(table: Mapping[str, Any]) -> str:
    """Say what the ladder means for a listener, one sentence a currency."""
    return " ".join(_ladder_sentence(currency, rules.ladder_of(table, currency)) for currency in table)


def _ladder_sentence(currency: str, steps: rules.Ladder) -> str:
    said = {
        "first": money.to_decimal(steps[0]).normalize(),
        "last": money.to_decimal(steps[-1]).normalize(),
        "whole": money.to_decimal(sum(steps)).normalize(),
        "count": len(steps),
        "currency": _("of the currency") if currency == rules.EVERY_CURRENCY else currency,
    }
    return _(
        "Your first play of a track costs {first} {currency}, the last you ever pay for costs {last}; "
        "after {count} plays you have paid {whole} and the track is yours."
    ).format(**said)


def ladder_complaint(table: Mapping[str, Any]) -> str:
    """Say what is wrong with a ladder table; the empty string when it is good."""
    if rules.EVERY_CURRENCY not in table:
        return _("It needs a row “{row}” for currencies without one of their own.").format(row=rules.EVERY_CURRENCY)
    for currency in table:
        if currency != rules.EVERY_CURRENCY and not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            return _("“{currency}” is not a currency's code.").format(currency=currency)
        try:
            rules.ladder_of(table, currency)
        except rules.BadLadder as bad:
            return str(bad)
    return ""


def coop_share(percent: Decimal) -> str:
    """Say who gets what of a price."""
    return _("Of every price without tax, {coop}% goes to the co-op and {artist}% to the artist.").format(
        coop=_plain(percent), artist=_plain(100 - percent)
    )


def vat(percent: Decimal) -> str:
    """Say what part of a price is tax."""
    if percent == 0:
        return _("No tax is set aside from a play.")
    return _("Prices include {percent}% value added tax.").format(percent=_plain(percent))


def counted_after(seconds: int) -> str:
    """Say when a play costs something."""
    return ngettext(
        "A play costs nothing when you stop before its first second is over.",
        "A play costs nothing when you stop within its first {seconds} seconds.",
        seconds,
    ).format(seconds=seconds)


def reported_within(days: int) -> str:
    """Say how late a play may arrive."""
    return ngettext(
        "A play you made without a connection must reach us within a day.",
        "A play you made without a connection must reach us within {days} days.",
        days,
    ).format(days=days)


def _plain(percent: Decimal) -> str:
    return format(Decimal(percent).normalize(), "f")
