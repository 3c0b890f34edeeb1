"""What every seal covers of the audit itself: columns that never change (docs/explanation/seals.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.module import SealedRows

ROWS = (
    SealedRows(
        code="audit.record",
        title=_("What was done"),
        table="audit_record",
        columns=(
            "claim_id",
            "at",
            "written_at",
            "action",
            "actor_kind",
            "via",
            "principal",
            "person",
            "party",
            "desk_officer",
            "references",
            "bylaws_version",
            "reason",
            "result",
        ),
        hint="action",
    ),
    SealedRows(
        code="audit.alert",
        title=_("Alerts"),
        table="audit_alert",
        columns=("code", "subject", "seen_by", "party", "hour", "first_at", "details"),
        hint="code",
    ),
)
