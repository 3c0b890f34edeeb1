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

TRANSFER_REFUSALS: dict[str, Any] = {
    "class_conditions_not_met": _("Conditions of the class are not met"),
    "debt_to_the_co-op": _("A debt to the co-op is open"),
    "purpose_of_shares": _("Against the purpose of the shares"),
    "over_the_limit": _("Above what one member may hold"),
}
COPY_REFUSALS: dict[str, Any] = {
    "no_purpose_in_law": _("The law opens the register for other purposes only"),
    "fee_not_paid": _("The fee is not paid"),
    "not_identified": _("Who asks could not be identified"),
}
PURPOSES: dict[str, Any] = {
    "own_entry": _("To check one's own entry"),
    "members_rights": _("To reach other members about the co-op"),
    "credit": _("Before lending or trading"),
    "press_or_research": _("Press or research"),
    "authority": _("An authority or court"),
    "other": _("Something else"),
}
MOVEMENTS: dict[str, Any] = {
    "subscribed": _("Shares taken"),
    "paid": _("Paid"),
    "withdrawn": _("Shares bought back"),
    "transfer_out": _("Transferred to another member"),
    "transfer_in": _("Came by transfer"),
    "inherit_out": _("Passed to an heir"),
    "inherit_in": _("Inherited"),
    "convert_out": _("Converted into another class"),
    "convert_in": _("Came by conversion"),
}
REQUEST_STATES: dict[str, tuple[Any, str]] = {
    "waits": (_("waits"), "info"),
    "done": (_("done"), "ok"),
    "refused": (_("refused"), "bad"),
    "taken_back": (_("taken back"), "quiet"),
}
