"""The plug of privacy."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module


class Privacy(module.Module):
    """The vault of names and contacts; other modules keep only random references."""

    name = "rochdale.privacy"
    label = "privacy"
    title = _("Privacy")
    url_prefix = ""

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries

        return (
            module.Invariant("V1", "No sealed record lacks its data key", queries.records_without_key),
            module.Invariant("V2", "What is forgotten has no key and no mark left", queries.forgotten_but_readable),
        )
