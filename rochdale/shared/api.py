"""The ground of the API: who is asking, keys that make a write count once, errors as problem documents (RFC 9457).

Each module offers `router = ninja.Router(tags=[…])` in its `api.py`; the project joins them with `build`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer
from pydantic import AfterValidator, AwareDatetime, Field

from . import action as acting
from . import clock, coops, ids, metrics, web
from .action import plain
from .actor import Actor
from .refusals import Refusal

READ = "read"
"""The scope that lets an access token read what its holder may see."""

EARLIEST, LATEST = datetime(1844, 12, 21, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST), AfterValidator(lambda given: given.astimezone(UTC))]
"""A moment as a program sends it, with its zone. Kept as UTC: PostgreSQL refuses offsets beyond 15:59, ISO 8601 does not."""


class KeyNeeded(Refusal):
    code = "shared.key_needed"
    status = 400
    text = _(
        "This request changes something and came without a good Idempotency-Key header. Nothing was changed; "
        "send it with a key of your own, such as a UUID."
    )


class ScopeNeeded(Refusal):
    code = "offices.scope_needed"
    status = 403
    text = _("This access token may not do this: it lacks the scope {scope}. Nothing was changed.")


class TokenAuth(HttpBearer):
    """`Authorization: Bearer …` with a personal access token of this co-op."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """Return who the token acts for. A token that is unknown, expired or revoked ends the request."""
        in_coop = coops.current() != coops.PUBLIC
        found = acting.doors.token(token, clock.now()) if acting.doors.token is not None and in_coop else None
        if found is None:
            raise AuthenticationError()
        if request.method in ("GET", "HEAD") and READ not in (found.scopes or ()):
            raise ScopeNeeded(scope=READ)
        request.actor = found  # type: ignore[attr-defined]  # the request carries its actor from here on
        return found


class SessionAuth(APIKeyCookie):
    """The session of a signed-in person, with the CSRF token for everything but reading."""

    openapi_name = "session"
    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return the person of the session as actor, or None without a session."""
        if not request.user.is_authenticated:
            return None
        found = replace(web.actor_of(request), via="api")
        request.actor = found  # type: ignore[attr-defined]  # the request carries its actor from here on
        return found


def actor(request: HttpRequest) -> Actor:
    """Return who is asking."""
    return web.actor_of(request)


def key(request: HttpRequest) -> str:
    """Return the request's Idempotency-Key. Refuses a write without one, or with one over 200 characters."""
    given = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(given) <= ids.KEY_LENGTH or not given.isprintable():
        raise KeyNeeded()
    return given


def build(*, title: str, version: str, description: str = "", namespace: str = "api") -> NinjaAPI:
    """Make an API whose operations ask for a token or a session, and whose errors are problem documents."""
    api = NinjaAPI(
        title=title, version=version, description=description, urls_namespace=namespace, auth=[TokenAuth(), SessionAuth()]
    )
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(AuthenticationError, _unknown)
    api.add_exception_handler(HttpError, _http_error)
    return api


def problem(status: int, code: str, *, title: str = "", detail: str = "", **more: Any) -> HttpResponse:
    """Return a problem document; `code` is the stable code of the refusal, `more` its data."""
    body = {"type": f"urn:rochdale:{code}", "title": title or HTTPStatus(status).phrase, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    response = HttpResponse(plain(body | more), status=status, content_type="application/problem+json")
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _refused(request: HttpRequest, exception: Any) -> HttpResponse:
    refused = cast(Refusal, exception)
    metrics.REFUSALS.labels(refused.code).inc()
    return problem(refused.status, refused.code, detail=str(refused), data=_as_text(refused.data), may_retry=refused.may_retry)


def _invalid(request: HttpRequest, exception: Any) -> HttpResponse:
    faults = [
        {"at": ".".join(str(part) for part in each.get("loc", ())), "fault": str(each.get("msg", ""))}
        for each in cast(ValidationError, exception).errors
    ]
    said = translate("Some of what was sent is not right. Nothing was changed.")
    return problem(422, "shared.invalid", detail=said, faults=faults)


def _not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    return problem(404, "shared.not_found", detail=translate("There is nothing here under this address."))


def _unknown(request: HttpRequest, exception: Any) -> HttpResponse:
    said = translate("Sign in, or send an access token that is still good. Nothing was changed.")
    return problem(401, "shared.sign_in", detail=said)


def _http_error(request: HttpRequest, exception: Any) -> HttpResponse:
    error = cast(HttpError, exception)
    return problem(error.status_code, f"shared.http_{error.status_code}", detail=str(error))


def _as_text(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | bool | None) else str(value) for name, value in data.items()}
