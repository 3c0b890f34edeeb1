"""What every seal covers of the cash desk, the bank and closed months: columns that never change (docs/explanation/seals.md)."""

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
        columns=("kind", "party", "amount", "currency", "rail", "maker", "proposed_at", "why", "reference_sealed", "bank_line"),
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
        columns=("at", "currency", "owed", "cash", "basis", "bank_on"),
    ),
    SealedRows(
        "payments.count_confirmed", _("Counts confirmed by a second person"), "payments_countconfirmed", ("at", "by"), "day_id"
    ),
    SealedRows(
        "payments.bank_statement", _("Bank statements"), "payments_bankstatement",
        (
            "place", "currency", "from_on", "until_on", "opening", "closing", "total", "lines", "gap", "form", "remarks",
            "content", "account_sealed", "imported_at", "imported_by",
        ),
    ),
    SealedRows(
        "payments.bank_line", _("Bank lines"), "payments_bankline",
        ("statement_id", "place", "currency", "kind", "number", "booked_on", "value_on", "amount", "identity", "texts_sealed"),
    ),
    SealedRows(
        "payments.bank_match", _("Matches of bank and books"), "payments_bankmatch",
        ("place", "currency", "at", "by", "why", "score"),
    ),
    SealedRows(
        "payments.bank_match_line", _("Bank lines in matches"), "payments_bankmatchline",
        ("match_id", "line_id", "round", "amount", "booked_on"),
    ),
    SealedRows(
        "payments.bank_match_entry", _("Entries in matches"), "payments_bankmatchentry",
        ("match_id", "place", "currency", "posting", "round", "amount", "happened_at"),
    ),
    SealedRows(
        "payments.bank_match_undo", _("Matches taken back"), "payments_bankmatchundo", ("at", "by", "reason_code"), "match_id"
    ),
    SealedRows(
        "payments.suspense", _("Money put aside"), "payments_suspense",
        ("amount", "posting", "at", "by", "reason_code"), "line_id",
    ),
    SealedRows(
        "payments.suspense_end", _("How money put aside found its place"), "payments_suspenseend", ("at", "by", "how", "posting"),
        "suspense_id",
    ),
    SealedRows(
        "payments.month_proposal", _("Months said to be ready"), "payments_monthproposal",
        ("starts_on", "starts_at", "ends_at", "round", "proposed_by", "proposed_at", "checklist"),
    ),
    SealedRows(
        "payments.month_decision", _("Months closed, or not"), "payments_monthdecision",
        ("closed", "by", "at", "period", "reason_code"), "proposal_id",
    ),
    SealedRows(
        "payments.adjustment", _("Adjusting entries proposed"), "payments_adjustment",
        ("period", "currency", "legs", "reason_code", "reason_sealed", "proposed_by", "proposed_at"),
    ),
    SealedRows(
        "payments.adjustment_approval", _("Adjusting entries approved"), "payments_adjustmentapproval",
        ("adjustment_id", "place", "by", "at"),
    ),
    SealedRows(
        "payments.adjustment_end", _("How adjusting entries ended"), "payments_adjustmentend",
        ("posting", "by", "at", "reason_code"), "adjustment_id",
    ),
)  # fmt: skip
