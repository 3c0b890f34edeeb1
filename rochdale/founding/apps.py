"""The plug of the founding module."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module


class Founding(module.Module):
    name = "rochdale.founding"
    label = "founding"
    title = _("Founding")
    url_prefix = "founding"

    def ready(self) -> None:
        """Let the bylaws ask whether the act of founding that they name has been done."""
        from rochdale.bylaws import registry

        from . import queries

        registry.known_acts["founding"] = queries.act_exists

    def menu(self) -> Sequence[module.MenuItem]:
        return (module.MenuItem(_("How we were founded"), "founding:progress", "more", icon="flag", order=70),)

    def law_rows(self) -> Sequence[module.LawRow]:
        return (module.LawRow("members.min", "rochdale.founding.actions.begin"),)

    def messages(self) -> Sequence[module.MessageKind]:
        return (module.MessageKind("founding.invitation", _("Invitation to found"), True, "founding/invitation"),)

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import queries

        return (
            module.PersonalData(
                what=str(_("Founders: the sealed address of the invitation, and when they confirmed")),
                why=str(_("To show by whose act the co-operative was founded")),
                basis="legal duty",
                retention_class="register",
                kept_for=str(_("As long as the register must be kept")),
                export=queries.export,
                erase=None,
            ),
        )

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries

        return (
            module.Invariant(
                "F1", "An act of founding has the confirmation of every founder for its text.", queries.acts_without_confirmations
            ),
        )
