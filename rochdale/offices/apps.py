"""The plug of the offices module: it fills the door through which every action asks who may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rochdale.shared import action, module


def _term_in_words(months: Any) -> str:
    return ngettext(
        "Whoever holds an office from the founding on holds it for %(months)d month.",
        "Whoever holds an office from the founding on holds it for %(months)d months.",
        int(months),
    ) % {"months": int(months)}


class Offices(module.Module):
    name = "rochdale.offices"
    label = "offices"
    title = _("Offices")
    url_prefix = "offices"

    offices = {
        "board": _("Board member"),
        "chair": _("Chair of the board"),
        "secretary": _("Secretary"),
        "treasurer": _("Treasurer"),
        "cashier": _("Cashier (the second pair of hands)"),
        "auditor": _("Auditor (reads everything, changes nothing)"),
    }

    def ready(self) -> None:
        """Let every action ask here who may, and every page which offices its reader holds."""
        from . import authority, queries

        action.doors.authority = authority.allows
        action.doors.held = queries.held_by_actor
        action.doors.token = queries.token_holder

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("Who holds which office"), "offices:who", "more", icon="people", order=60),
            module.MenuItem(_("My access tokens"), "offices:tokens", "more", icon="key", order=90, members_only=True),
        )

    def bylaws(self) -> Sequence[module.Bylaw]:
        return (
            module.Bylaw(
                key="offices.term_months",
                unit="months",
                title=_("Length of a first term of office"),
                help=_("For how many months the people who found the co-op hold their offices before others may be chosen."),
                default=12,
                minimum=1,
                maximum=48,
                means=_term_in_words,
                used_by="rochdale.offices.actions.fill_first_term",
            ),
        )

    def home_cards(self, party: UUID, now: datetime) -> Sequence[module.Card]:
        from . import cards

        return cards.home_cards(party, now)

    def messages(self) -> Sequence[module.MessageKind]:
        return (module.MessageKind("offices.law_changed", _("The law changed"), True, "offices/messages/law_changed"),)

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return (module.Job("offices.tell_of_law", "40 5 * * *", True, jobs.tell_of_law),)

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import queries

        return (
            module.PersonalData(
                what=str(_("Terms of office, and the names and ends of access tokens; never the tokens themselves")),
                why=str(_("To know who may act for the co-op, and by which act")),
                basis="contract",
                retention_class="books",
                kept_for=str(_("As long as the books must be kept")),
                export=queries.export,
                erase=None,
            ),
        )

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def obligations(self, party: UUID, now: datetime) -> Sequence[module.Obligation]:
        from . import queries

        return queries.obligations(party, now)

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries

        return (
            module.Invariant("OF1", "Every term of office has the recorded act that filled it.", queries.terms_without_act),
            module.Invariant("OF2", "Every early end of a term has the recorded act that ended it.", queries.endings_without_act),
        )
