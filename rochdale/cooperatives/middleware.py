"""How a request comes into its co-op: the address gives the co-op, and only the view runs inside it.

Two middlewares on purpose: `CoopRoute` is the first and works in public, so that sessions,
log-in and language do too; `CoopSchema` is the last and sets the context for the view.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import set_script_prefix
from django.utils.translation import gettext as _

from rochdale.shared import coops, links, web
from rochdale.shared.postgres import retry
from rochdale.shared.refusals import Refusal

from .models import Coop

COOP_PATH = re.compile(r"/c/(?P<slug>[a-z0-9-]{1,40})(?P<rest>/.*)", re.DOTALL)
TRIES = 3
Next = Callable[[HttpRequest], HttpResponseBase]


class CoopRoute:
    """Find the co-op of the address, and let the rest of the address be read inside it.

    The prefix `/c/<slug>/` becomes the script prefix, so that `reverse()` gives the co-op's addresses.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        coops.enter(coops.PUBLIC)
        request.coop = None  # type: ignore[attr-defined]  # CoopRequest has it
        root = request.META.get("SCRIPT_NAME", "").rstrip("/") + "/"
        set_script_prefix(root)  # always: the prefix stays with the thread
        found = COOP_PATH.fullmatch(request.path_info)
        if found:
            coop = Coop.objects.filter(slug=found["slug"]).first()
            if coop is None:
                raise Http404(_("There is no co-op at this address."))
            request.coop = coop  # type: ignore[attr-defined]  # CoopRequest has it
            request.urlconf = links.COOP_URLS
            request.path_info = request.META["PATH_INFO"] = found["rest"]
            set_script_prefix(f"{root}c/{coop.slug}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(root)


class CoopSchema:
    """Run the view inside the co-op's schema, with the co-op's role; its transaction is Django's ATOMIC_REQUESTS.

    Only the view: an address that leads nowhere, and the page of an error, are answered in public, where
    the session can be read without a transaction.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        finally:
            coops.enter(coops.PUBLIC)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Enter the co-op; the view's transaction begins after this.

        Session and person are read before: a co-op's role reaches neither, see `shared.postgres.rights`.
        """
        coop: Coop | None = getattr(request, "coop", None)
        if coop is not None:
            with coops.public():
                _ = request.user.is_authenticated
            coops.enter(coop.schema_name)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Leave the co-op before anyone answers the error: the view's transaction has been rolled back.

        What the database asks to be tried again (a deadlock, a broken connection) is tried again, a few times:
        forms and API calls carry a key, so that a commit nobody heard of is found and not made twice.
        """
        coops.enter(coops.PUBLIC)
        if connection.in_atomic_block or not retry.may_retry(exception):
            return None
        try:
            return retry.again(partial(_view_again, request), tries=TRIES)
        except Refusal as refused:
            return web.RefusalPages(self.get_response).process_exception(request, refused)


def _view_again(request: HttpRequest) -> HttpResponseBase:
    coop: Coop | None = getattr(request, "coop", None)
    found = request.resolver_match
    assert found is not None  # it led to the view that failed
    with coops.inside(coop.schema_name if coop is not None else coops.PUBLIC):
        answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        return answer
