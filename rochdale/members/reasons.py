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

SILENCE = "not_decided_in_time"
"""The reason of a refusal that nobody made: the time to decide passed. No officer can choose it."""

ALL_REASONS: dict[str, Any] = REASONS | {SILENCE: _("Nobody decided in time, and by the rules that is a refusal")}

END_REASONS: dict[str, Any] = {
    "resigned": _("left by their own notice"),
    "excluded": _("excluded"),
    "died": _("died"),
    "dissolved": _("the organisation was dissolved"),
    "class_ended": _("their last class ended"),
}

GROUNDS: dict[str, Any] = {
    "breach_of_bylaws": _("Breach of the bylaws"),
    "harm_to_the_co-op": _("Serious harm to the co-op or its members"),
    "debt_not_paid": _("A debt that was not paid after reminders"),
    "conditions_lost": _("The conditions of membership are no longer met"),
    "no_participation": _("No participation for as long as the bylaws allow"),
}
"""The grounds for which a member can be excluded. Nothing that would discriminate can be chosen."""

STATES: dict[str, tuple[Any, str]] = {
    "applied": (_("waits for a decision"), "info"),
    "admitted": (_("admitted"), "ok"),
    "refused": (_("refused"), "bad"),
    "appealed": (_("appeal waits for a decision"), "warn"),
    "appeal_upheld": (_("admitted after appeal"), "ok"),
    "appeal_rejected": (_("appeal rejected"), "bad"),
}
