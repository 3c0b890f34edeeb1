"""The plug of the registry of co-ops."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module


class Cooperatives(module.Module):
    name = "rochdale.cooperatives"
    label = "cooperatives"
    title = _("Co-operatives")
    url_prefix = ""
    schemas = frozenset({"public"})
