"""What every seal covers of the founding: columns that never change (docs/explanation/seals.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.module import SealedRows

ROWS = (
    SealedRows(
        code="founding.plan",
        title=_("Plans of the founding"),
        table="founding_plan",
        columns=("kit", "packs", "currency", "values", "unconfirmed_rows", "text_hash", "drafted_by", "drafted_at", "order"),
        numbered=False,
    ),
    SealedRows(
        code="founding.founder",
        title=_("Founders"),
        table="founding_founder",
        columns=("sealed_address", "address_print", "token_hash", "classes", "offices", "invited_at"),
        numbered=False,
    ),
    SealedRows(
        code="founding.confirmation",
        title=_("Confirmations of founders"),
        table="founding_confirmation",
        columns=("founder_id", "person", "party", "text_hash", "confirmed_at"),
        numbered=False,
    ),
    SealedRows(
        code="founding.act",
        title=_("The act of founding"),
        table="founding_act",
        columns=("reference", "text_hash", "founded_at"),
    ),
)
