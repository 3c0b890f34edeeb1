"""The plug of the audit module: it fills the doors through which actions are recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rochdale.shared import action, module
from rochdale.shared.actor import Actor


class Audit(module.Module):
    name = "rochdale.audit"
    label = "audit"
    title = _("What was done")
    url_prefix = "audit"
    schemas = frozenset({"public", "co-op"})

    def ready(self) -> None:
        """Let every action claim its key and leave its record here."""
        from . import actions, refused

        action.doors.earlier = actions.claim
        action.doors.record = actions.write
        action.doors.alert = actions.alert
        action.doors.refusal = refused.said_by

    def menu(self) -> Sequence[module.MenuItem]:
        from . import queries

        return (
            module.MenuItem(_("What was done"), "audit:trail", "more", icon="clock", order=80, members_only=True),
            module.MenuItem(_("Seals"), "audit:seals", "more", icon="lock", order=82),
            module.MenuItem(
                _("Alerts"), "audit:alerts", "more", icon="alert", order=84, for_offices=tuple(sorted(queries.SEES_ALL))
            ),
        )

    def home_cards(self, party: UUID, now: datetime) -> Sequence[module.Card]:
        from .queries import SEES_ALL, alerts

        viewer = Actor(kind="person", via="page", party=party, strong=True)
        count = alerts.serious_since(now - timedelta(days=7)) if SEES_ALL & action.held(viewer, now) else 0
        if not count:
            return ()
        data = {"count": count, "url": reverse("audit:alerts")}
        return (module.Card(_("Somebody should look at this"), "audit/_alerts_card.html", data, order=3),)

    def health(self) -> Iterable[module.HealthLine]:
        from . import health

        return health.look()

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

    def commands(self) -> Any:
        from . import commands

        return commands.app

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return jobs.JOBS

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries, verifying
        from .queries import protection

        return (
            module.Invariant(
                "AU1", "Every key that was used has the record of what was done with it.", queries.keys_without_record
            ),
            module.Invariant(
                "AU2", "The seals follow each other, and what the newest cover is as it was sealed.", verifying.quick_check
            ),
            module.Invariant(
                "AU3", "The database refuses to change what may only be added to.", protection.tables_open_to_changes
            ),
        )
