"""Words for kinds of movements, ways of paying, and why somebody else must look."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Any] = {
    "top_up": _("Wallet topped up"),
    "refund": _("Wallet paid back"),
    "share_payment": _("Paid for shares"),
}
PROPOSED: dict[str, Any] = {
    "top_up": _("Top up the wallet"),
    "refund": _("Pay back from the wallet"),
    "share_payment": _("Pay for shares"),
    "to_own": _("Move money to the co-op's own account"),
}
"""The same while they wait, or are asked about."""
RAILS: dict[str, Any] = {"cash": _("cash"), "bank": _("bank")}
WHY: dict[str, Any] = {
    "limit": _("above the limit for one person"),
    "rolling": _("above the limit together with the last 24 hours"),
    "own": _("it is the officer's own wallet"),
    "statement": _("the same person brought the bank's statement"),
    "to_own": _("money leaves what is held for people"),
}
PLACES: dict[str, Any] = {"client": _("Bank account for members' money"), "own": _("The co-op's own bank account")}
REASONS: dict[str, Any] = {
    "same_amount": _("same amount"),
    "same_day": _("same day"),
    "few_days": _("within three days"),
    "some_days": _("within ten days"),
    "reference": _("the reference names the member or receipt"),
    "name": _("the name fits"),
    "as_good": _("another one fits as well"),
    "several_entries": _("several entries add up to the line"),
    "several_lines": _("several lines add up to the entry"),
    "opening": _("the books until then add up to what lay there"),
}
"""Why a proposal was made."""
HOW_MATCHED: dict[str, Any] = {
    "confirmed": _("confirmed by hand"),
    "proposal": _("proposal confirmed"),
    "top_up": _("topped up with this line"),
    "refund": _("paid back by this line"),
    "fee": _("booked as a fee"),
    "interest": _("booked as interest"),
    "suspense": _("put aside"),
    "returned": _("given back"),
}
ASIDE_WORDS: dict[str, Any] = {
    "payer_unknown": _("Nobody knows who paid"),
    "purpose_unknown": _("Nobody knows what for"),
    "amount_differs": _("The amount is not the one expected"),
    "sent_by_mistake": _("It came by mistake"),
    "bank_asked": _("The bank was asked"),
}
NOT_CLOSED_WORDS: dict[str, Any] = {
    "looks_wrong": _("Something looks wrong"),
    "something_missing": _("Something is missing"),
    "mistake": _("It was proposed by mistake"),
}
ADJUSTMENT_WORDS: dict[str, Any] = {
    "wrong_account": _("Booked on the wrong account"),
    "wrong_amount": _("Booked with the wrong amount"),
    "left_out": _("Left out"),
    "booked_twice": _("Booked twice"),
    "accrual": _("Belongs to that month, came later"),
    "audit_finding": _("Found by the auditor"),
}
REMARKS: dict[str, Any] = {
    "balances_from_lines": _("balances taken from the running balance beside the lines"),
    "balances_typed": _("balances typed in from the bank's paper"),
    "zero_lines": _("lines of nothing were left out"),
}
"""What a reader noticed in a file."""
