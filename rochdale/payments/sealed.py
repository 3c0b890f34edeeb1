"""What every seal covers of the cash desk: columns that never change (docs/explanation/seals.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.module import SealedRows

ROWS = (
    SealedRows(
        code="payments.desk_day",
        title=_("Desk days"),
        table="payments_deskday",
        columns=("currency", "opened_at", "opened_by", "counted", "expected", "posting"),
    ),
    SealedRows(
        code="payments.desk_count",
        title=_("Counts of the cash desk"),
        table="payments_deskcount",
        columns=("at", "by", "counted", "expected", "posting"),
        key="day_id",
    ),
    SealedRows(
        code="payments.approval",
        title=_("What needed a second person"),
        table="payments_approval",
        columns=("kind", "party", "amount", "currency", "rail", "maker", "proposed_at", "why", "reference_sealed"),
    ),
    SealedRows(
        code="payments.approval_decision",
        title=_("What the second person said"),
        table="payments_approvaldecision",
        columns=("approved", "checker", "at", "reason_code"),
        key="approval_id",
    ),
    SealedRows(
        code="payments.desk_movement",
        title=_("Receipts"),
        table="payments_deskmovement",
        columns=(
            "kind",
            "party",
            "amount",
            "currency",
            "rail",
            "day_id",
            "maker",
            "approval_id",
            "posting",
            "happened_at",
            "reference_sealed",
        ),
        key="receipt",
    ),
    SealedRows(
        code="payments.cover_check",
        title=_("Checks that cash covers what is owed"),
        table="payments_covercheck",
        columns=("at", "currency", "owed", "cash"),
    ),
)
