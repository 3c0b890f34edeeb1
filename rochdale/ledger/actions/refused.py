"""The ledger's refusals, and how the database's errors become them.

The SQL functions raise errors named like the refusals; constraints are recognised by their
name inside the message, which on some servers carries a suffix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from rochdale.shared.refusals import Refusal


class UnknownKind(Refusal):
    code = "ledger.unknown_kind"
    status = 422
    text = _("“{kind}” is not a kind of posting that any part of this co-op declares. Nothing was booked.")


class UnknownAccountCode(Refusal):
    code = "ledger.unknown_account_code"
    status = 422
    text = _("“{account}” is not an account that any part of this co-op declares. Nothing was opened.")


class NoSuchAccount(Refusal):
    code = "ledger.no_such_account"
    status = 404
    text = _("One of the accounts does not exist in this co-op. Nothing was booked; open the account first.")


class WrongOwner(Refusal):
    code = "ledger.wrong_owner"
    status = 422
    text = _(
        "The account “{account}” belongs to {per}. Nothing was opened; name a party only where the account is a person's own."
    )


class MixedCurrencies(Refusal):
    code = "ledger.mixed_currencies"
    status = 422
    text = _("Money can only move between accounts of the same currency. Nothing was booked; exchange it through two postings.")


class NotPositive(Refusal):
    code = "ledger.not_positive"
    status = 422
    text = _("An amount that moves is a whole number above zero. Nothing was booked; to move it back, swap the two accounts.")


class TooLarge(Refusal):
    code = "ledger.too_large"
    status = 422
    text = _("This amount is too large to be meant. Nothing was booked; check the number of zeros.")


class SameAccount(Refusal):
    code = "ledger.same_account"
    status = 422
    text = _("Money must move from one account to another one. Nothing was booked.")


class NothingToPost(Refusal):
    code = "ledger.nothing_to_post"
    status = 422
    text = _("A posting needs at least one transfer and at most {most}. Nothing was booked.")


class BalanceTooLow(Refusal):
    code = "ledger.balance_too_low"
    text = _("There is not enough money on the account for this. Nothing was booked; top it up or choose a smaller amount.")


class KeyReused(Refusal):
    code = "ledger.key_reused"
    status = 422
    text = _("This key was used before for another posting. Nothing was booked; use a new key for new business.")


class KeyTwice(Refusal):
    code = "ledger.key_twice"
    status = 422
    text = _("The same key stands twice in this batch. Nothing of the batch was booked; send each posting once.")


class KeyUnusable(Refusal):
    code = "ledger.key_unusable"
    status = 422
    text = _("A key has between 1 and {longest} characters. Nothing was booked.")


class PeriodClosed(Refusal):
    code = "ledger.period_closed"
    text = _("The books of that time are closed. Nothing was booked; date a correcting entry into the open period.")


class NoSuchPeriod(Refusal):
    code = "ledger.no_such_period"
    status = 404
    text = _("There is no such closed period. Nothing was booked; what is open is corrected as usual.")


class InTheFuture(Refusal):
    code = "ledger.in_the_future"
    status = 422
    text = _("A posting says what has happened and cannot lie in the future. Nothing was booked.")


class NotFounded(Refusal):
    code = "ledger.not_founded"
    text = _(
        "This co-op is still being founded: its first bylaws are not in force, so no money can move yet. Nothing was booked."
    )


class NoSuchPosting(Refusal):
    code = "ledger.no_such_posting"
    status = 404
    text = _("There is no such posting in this co-op's books. Nothing was changed.")


class AlreadyReversed(Refusal):
    code = "ledger.already_reversed"
    text = _("This posting was reversed before, and that can be done only once. Nothing was booked.")


class IsAReversal(Refusal):
    code = "ledger.is_a_reversal"
    text = _("A reversal is not reversed. Nothing was booked; make a new posting of what was right.")


class NotTheOpposite(Refusal):
    code = "ledger.not_the_opposite"
    status = 422
    text = _("A reversal must be the exact opposite of its posting. Nothing was booked.")


class NotGuarded(Refusal):
    code = "ledger.not_guarded"
    status = 422
    text = _("Money can be held only on an account that keeps a floor, such as a wallet. Nothing was held.")


class NoSuchHold(Refusal):
    code = "ledger.no_such_hold"
    status = 404
    text = _("There is no such hold in this co-op. Nothing was changed.")


class HoldResolved(Refusal):
    code = "ledger.hold_resolved"
    text = _("This hold has ended already: it was {outcome}. Nothing was changed.")


class HoldExpired(Refusal):
    code = "ledger.hold_expired"
    text = _("The time of this hold is over, so nothing can be taken from it. Nothing was changed; ask for a new hold.")


class HoldTooSmall(Refusal):
    code = "ledger.hold_too_small"
    text = _("This takes more than was held. Nothing was changed; take at most the held amount.")


class HoldMissed(Refusal):
    code = "ledger.hold_missed"
    status = 422
    text = _("These transfers take nothing from the account on which the money is held. Nothing was changed.")


class ExpiryNotAhead(Refusal):
    code = "ledger.expiry_not_ahead"
    status = 422
    text = _("A hold must end later than it begins. Nothing was held.")


class PeriodOverlaps(Refusal):
    code = "ledger.period_overlaps"
    text = _("A part of this time was closed before. Nothing was changed; close from the end of the last closed period on.")


class PeriodNotOver(Refusal):
    code = "ledger.period_not_over"
    status = 422
    text = _("A period can be closed when it is over, and ends later than it begins. Nothing was changed.")


BY_CONSTRAINT: dict[str, type[Refusal]] = {
    "ledger_guarded_floor": BalanceTooLow,
    "ledger_posting_reverses": AlreadyReversed,
    "ledger_holdresolution_pkey": HoldResolved,
    "ledger_hold_positive": NotPositive,
    "ledger_hold_expires_later": ExpiryNotAhead,
}
BY_NAME: dict[str, type[Refusal]] = {
    refusal.code: refusal
    for refusal in (
        KeyReused, KeyTwice, NoSuchAccount, MixedCurrencies, PeriodClosed, NotTheOpposite, NotGuarded, NoSuchHold, HoldTooSmall,
        HoldExpired, PeriodOverlaps,
    )
}  # fmt: skip
OVERFLOW = "22003"


def refusal_for(error: DatabaseError) -> Refusal | None:
    """Return the refusal that a database error means, or None when it is a fault."""
    message = str(error)
    named = re.match(r"(ledger\.[a-z_]+)", message)
    if named and named[1] in BY_NAME:
        return BY_NAME[named[1]]()
    for constraint, refusal in BY_CONSTRAINT.items():
        if constraint in message:
            return refusal(outcome=_("ended")) if refusal is HoldResolved else refusal()
    if getattr(error.__cause__, "sqlstate", None) == OVERFLOW:
        return TooLarge()
    return None


@contextmanager
def named(**data: Any) -> Iterator[None]:
    """Turn the database's refusals inside the block into ours."""
    try:
        yield
    except DatabaseError as error:
        refusal = refusal_for(error)
        if refusal is None:
            raise
        refusal.data.update(data)
        raise refusal from error
