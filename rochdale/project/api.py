"""The API of a co-op, `/c/<slug>/api/v1/`: each module's router under its own prefix."""

from __future__ import annotations

from django.utils.translation import gettext as _
from ninja import NinjaAPI

from rochdale import __version__
from rochdale.shared import api, module

DESCRIPTION = """What the pages do, for programs. Amounts are whole numbers of micro-units (a millionth of the
currency's unit). Every write takes an `Idempotency-Key` header: the same key with the same body gets the first
answer again. Errors are problem documents (RFC 9457) with a stable `code`."""


def build() -> NinjaAPI:
    """Join the routers of all installed modules into one API."""
    whole = api.build(title="Rochdale", version=__version__, description=_(DESCRIPTION), namespace="api")
    for plug in module.installed():
        part = plug.part("api")
        if part is not None and hasattr(part, "router"):
            whole.add_router(f"/{plug.url_prefix or plug.label}/", part.router)
    return whole
