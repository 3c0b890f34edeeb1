"""The plug of the registry of co-ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module

if TYPE_CHECKING:
    from django.http import HttpRequest


class Cooperatives(module.Module):
    name = "rochdale.cooperatives"
    label = "cooperatives"
    title = _("Co-operatives")
    url_prefix = ""
    schemas = frozenset({"public"})

    def ready(self) -> None:
        """Hear when an e-mail address is proven."""
        from allauth.account.signals import email_confirmed

        email_confirmed.connect(_email_proven, dispatch_uid="cooperatives.email_proven")

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return (module.Job("cooperatives.clear_sessions", "41 3 * * *", per_coop=False, run=jobs.clear_sessions),)


def _email_proven(request: HttpRequest, email_address: Any, **given: Any) -> None:
    from . import adapter  # loaded late: it loads the library's parts in their own order

    adapter.forget_password_of_a_stranger(request, email_address.user)
