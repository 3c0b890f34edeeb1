"""The words for the coded reasons of a refusal."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Any] = {
    "class_conditions_not_met": _("The conditions of this class are not met"),
    "conflict_of_interest": _("A conflict of interest with the co-op"),
    "details_not_proved": _("Details could not be proved"),
    "area_or_trade_outside_purpose": _("Area or trade lie outside the co-op's purpose"),
    "debt_to_the_co-op": _("A debt to the co-op is open"),
    "expelled_before": _("Expelled before"),
}

STATES: dict[str, tuple[Any, str]] = {
    "applied": (_("waits for a decision"), "info"),
    "admitted": (_("admitted"), "ok"),
    "refused": (_("refused"), "bad"),
    "appealed": (_("appeal waits for a decision"), "warn"),
    "appeal_upheld": (_("admitted after appeal"), "ok"),
    "appeal_rejected": (_("appeal rejected"), "bad"),
}
