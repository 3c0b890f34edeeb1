"""A browser for tests: pages of the co-op of the moment, as a named person."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import clock, coops

from . import testing
from .testing import NOW


class Page:
    """A signed-in person (or a visitor) with their session; the clock stands at `now` during requests."""

    def __init__(self, name: str = "", now: datetime = NOW, *, slug: str = "alpha", strong: bool = True) -> None:
        self.client, self.now, self.slug = Client(), now, slug
        self.schema = coops.schema_of(slug)
        if name:
            with coops.public():
                person = cooperatives.person(testing.log_in(name, now))
                assert person is not None
                self.client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
                session = self.client.session
                methods: list[dict[str, Any]] = [{"method": "password", "at": now.timestamp()}]
                session["account_authentication_methods"] = methods + (
                    [{"method": "mfa", "type": "totp", "at": now.timestamp()}] if strong else []
                )
                session["account_authentication_methods_user"] = session["_auth_user_id"]
                session.save()
            coops.enter(self.schema)

    def get(self, path: str, **headers: Any) -> HttpResponse:
        """Open a page; `path` is below the co-op, such as `members/join/`."""
        return self._answer("get", path, {}, headers)

    def post(self, path: str, data: dict[str, Any] | None = None, **headers: Any) -> HttpResponse:
        """Send a form, with a fresh key unless one is given."""
        return self._answer("post", path, {"key": f"page-{time.monotonic_ns()}", **(data or {})}, headers)

    def _answer(self, method: str, path: str, data: dict[str, Any], headers: dict[str, Any]) -> HttpResponse:
        try:
            with clock.at(self.now):
                found: HttpResponse = getattr(self.client, method)(f"/c/{self.slug}/{path}", data, **headers)
            return found
        finally:
            coops.enter(self.schema)
