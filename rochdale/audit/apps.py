"""The plug of the audit module: it fills the doors through which actions are recorded."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from rochdale.shared import action, module


class Audit(module.Module):
    name = "rochdale.audit"
    label = "audit"
    title = _("What was done")
    url_prefix = "audit"
    schemas = frozenset({"public", "co-op"})

    def ready(self) -> None:
        """Let every action claim its key and leave its record here."""
        from . import actions

        action.doors.earlier = actions.claim
        action.doors.record = actions.write

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("What was done"), "audit:trail", "more", icon="clock", order=80, members_only=True),
            module.MenuItem(_("Seals"), "audit:seals", "more", icon="lock", order=82),
        )

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import queries

        return (
            module.PersonalData(
                what=str(_("Acts: which action, when and how, under a party reference; no names")),
                why=str(_("To show who did what, and to discover falsification")),
                basis="legal duty",
                retention_class="books",
                kept_for=str(_("As long as the books must be kept")),
                export=queries.export,
                erase=None,
            ),
        )

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return jobs.JOBS

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries, verifying

        return (
            module.Invariant(
                "AU1", "Every key that was used has the record of what was done with it.", queries.keys_without_record
            ),
            module.Invariant(
                "AU2", "The seals follow each other, and what the newest cover is as it was sealed.", verifying.quick_check
            ),
        )
