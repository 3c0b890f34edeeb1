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
}
"""The same while they wait, or are asked about."""
RAILS: dict[str, Any] = {"cash": _("cash"), "bank": _("bank")}
WHY: dict[str, Any] = {
    "limit": _("above the limit for one person"),
    "rolling": _("above the limit together with the last 24 hours"),
    "own": _("it is the officer's own wallet"),
}
