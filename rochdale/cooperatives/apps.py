"""The plug of the registry of co-ops."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module


class Cooperatives(module.Module):
    name = "rochdale.cooperatives"
    label = "cooperatives"
    title = _("Co-operatives")
    url_prefix = ""
    schemas = frozenset({"public"})

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return (module.Job("cooperatives.clear_sessions", "41 3 * * *", per_coop=False, run=jobs.clear_sessions),)
