"""The plug of privacy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from rochdale.shared import keys, module

OFFICES = ("board", "chair", "secretary", "treasurer", "cashier", "auditor")


class Privacy(module.Module):
    """The vault of names and contacts; other modules keep only random references."""

    name = "rochdale.privacy"
    label = "privacy"
    title = _("Privacy")
    url_prefix = "privacy"

    def ready(self) -> None:
        """Let the keys ask here whether anything is sealed already, before one is made or used."""
        from . import queries

        keys.doors.checks = queries.recorded_checks

    def commands(self) -> Any:
        from .commands import app

        return app

    def health(self) -> Iterable[module.HealthLine]:
        from . import health

        return health.lines()

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def bylaws(self) -> Sequence[module.Bylaw]:
        return (
            module.Bylaw(
                key="privacy.access_minutes",
                unit="count",
                title=_("How long what was opened stays open"),
                help=_("When a second person opens somebody's closed data to an officer, for how many minutes it stays open."),
                default=60,
                means=lambda value: _("What is opened to an officer closes after {minutes} minutes.").format(minutes=value),
                minimum=5,
                maximum=1440,
                used_by="rochdale.privacy.queries.access.minutes_open",
            ),
        )

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("Who looked at my data"), "privacy:mine", "more", icon="search", order=25, members_only=True),
            module.MenuItem(_("Closed data"), "privacy:closed", "more", icon="lock", order=46, for_offices=OFFICES),
        )

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import queries

        return (
            module.PersonalData(
                what=str(_("Who asked to see a person's closed data, why, who opened it and when it was looked at")),
                why=str(_("So that everybody can see who looked at what is closed about them")),
                basis="legal duty",
                retention_class="books",
                kept_for=str(_("As long as the trail of acts is kept")),
                export=queries.export_accesses,
                erase=None,
            ),
        )

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries

        return (
            module.Invariant("V1", "No sealed record lacks its data key", queries.records_without_key),
            module.Invariant("V2", "What is forgotten has no key and no mark left", queries.forgotten_but_readable),
            module.Invariant("V3", "Every data key is wrapped by a recorded generation", queries.keys_of_unknown_generations),
            module.Invariant("V4", "Nobody opened closed data to themselves", queries.opened_by_their_asker),
        )
