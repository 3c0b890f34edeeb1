"""What every seal covers of the offices: columns that never change (docs/explanation/seals.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.module import SealedRows

ROWS = (
    SealedRows(
        code="offices.term",
        title=_("Terms of office"),
        table="offices_term",
        columns=("office", "party", "from_on", "until_on", "from_at", "until_at", "act", "filled_at"),
        numbered=False,
        hint="office",
    ),
    SealedRows(
        code="offices.ending",
        title=_("Terms that ended early"),
        table="offices_ending",
        columns=("at", "act"),
        key="term_id",
        numbered=False,
    ),
    SealedRows(
        code="offices.access_token",
        title=_("Access tokens"),
        table="offices_access_token",
        columns=("party", "person", "name", "token_hash", "scopes", "issued_at", "expires_at"),
        numbered=False,
    ),
    SealedRows(
        code="offices.revocation",
        title=_("Revoked tokens"),
        table="offices_revocation",
        columns=("at",),
        key="token_id",
        numbered=False,
    ),
)
