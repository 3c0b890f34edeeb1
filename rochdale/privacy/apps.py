"""The plug of privacy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from rochdale.shared import keys, module


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

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries

        return (
            module.Invariant("V1", "No sealed record lacks its data key", queries.records_without_key),
            module.Invariant("V2", "What is forgotten has no key and no mark left", queries.forgotten_but_readable),
            module.Invariant("V3", "Every data key is wrapped by a recorded generation", queries.keys_of_unknown_generations),
        )
