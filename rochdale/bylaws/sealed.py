"""What every seal covers of the bylaws: columns that never change (docs/explanation/seals.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.module import SealedRows

ROWS = (
    SealedRows(
        code="bylaws.pack_text",
        title=_("Law packs as adopted"),
        table="bylaws_packtext",
        columns=("name", "content", "kept_at"),
        key="hash",
        numbered=False,
        hint="name",
    ),
    SealedRows(
        code="bylaws.version",
        title=_("Versions of the bylaws"),
        table="bylaws_version",
        columns=(
            "number",
            "valid_from",
            "adopted_at",
            "act",
            "currency",
            "packs",
            "accepted_hashes",
            "size",
            "seal",
            "registration",
        ),
        hint="number",
    ),
    SealedRows(
        code="bylaws.value",
        title=_("Values of the bylaws"),
        table="bylaws_value",
        columns=("version_id", "key", "value"),
        hint="key",
    ),
    SealedRows(
        code="bylaws.accepted_row",
        title=_("Rows of law accepted unconfirmed"),
        table="bylaws_acceptedrow",
        columns=("version_id", "pack", "key", "row_from", "row_hash", "act"),
        hint="key",
    ),
)
