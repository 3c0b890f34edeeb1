"""The API of a co-op, `/c/<slug>/api/v1/`: each module's router under its own prefix."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Router

from rochdale import __version__
from rochdale.shared import api, ids, module, web

DESCRIPTION = """What the pages do, for programs. Amounts are whole numbers of micro-units (a millionth of the
currency's unit). Every write takes an `Idempotency-Key` header: the same key with the same body gets the first
answer again. Errors are problem documents (RFC 9457) with a stable `code`."""

READS = {"GET", "HEAD"}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stays the same for ever; see docs/reference/refusals.md."},
        "detail": {"type": "string", "description": "What happened, what was not changed, what to do."},
    },
}
REFUSED: dict[str, Any] = {
    "description": "Refused: nothing was changed. 401 sign in, 403 not allowed, 404 nothing here, 409 and 422 not now or not so.",
    "content": {"application/problem+json": {"schema": PROBLEM}},
}
KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "A key of your own, such as a UUID: the same key counts once.",
    "schema": {"type": "string", "minLength": 1, "maxLength": ids.KEY_LENGTH, "pattern": "^[!-~]+$"},
}


def build() -> NinjaAPI:
    """Join the routers of all installed modules into one API."""
    whole = api.build(title="Rochdale", version=__version__, description=_(DESCRIPTION), namespace="api")
    for plug in module.installed():
        part = plug.part("api")
        if part is not None and hasattr(part, "router"):
            _document(part.router)
            whole.add_router(f"/{plug.url_prefix or plug.label}/", part.router)
    return whole


@web.everyone
def nothing_here(request: HttpRequest) -> HttpResponse:
    """Answer an address the API does not know as a problem document, like every other error of it."""
    return api.problem(404, "shared.not_found", detail=_("There is nothing here under this address."))


def _document(router: Router) -> None:
    """Say of each operation that it may refuse, and of each write that it takes a key; doing it twice changes nothing."""
    for view in router.path_operations.values():
        for operation in view.operations:
            said: dict[str, Any] = {"responses": {"4XX": REFUSED}}
            if not READS.issuperset(operation.methods):
                said["parameters"] = [KEY]
            operation.openapi_extra = said
    for _prefix, inner, _tags in router._routers:
        _document(inner)
