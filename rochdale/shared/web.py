"""What every page shares: the request with its co-op, who may open a page, keys of forms, refusals as pages.

Every view says who may open it: `@everyone`, `@signed_in`, `@members_only` or `@officers("treasurer")`.
`tests/architecture/test_every_door_is_guarded.py` fails on a view that says nothing. Reading is guarded
here and by the queries (which take the viewer); writing is guarded by the actions themselves.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from . import action as acting
from . import clock, coops, ids, metrics, module, tables
from .actor import NOBODY, Actor
from .may import STRONG_OFFICES
from .refusals import Refusal

if TYPE_CHECKING:
    from rochdale.cooperatives.models import Coop, Person

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Middleware = Callable[[HttpRequest], HttpResponseBase]


class CoopRequest(HttpRequest):
    """A request inside a co-op, as the middleware leaves it."""

    coop: Coop
    actor: Actor
    offices: frozenset[str]
    user: Person  # anonymous visitors are kept out by the decorators


class FormWithoutKey(Refusal):
    code = "shared.form_without_key"
    status = 400
    text = _(
        "This form came without its number, so it could count twice. Nothing was changed; "
        "open the page again and send the form once more."
    )


class MembersOnly(Refusal):
    code = "shared.members_only"
    status = 403
    text = _("This page is for members of this co-op. Nothing was changed; you can ask to join.")


class OfficersOnly(Refusal):
    code = "shared.officers_only"
    status = 403
    text = _("This page is for these offices: {offices}. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Proof:
    """When and how the person of a session last showed who they are."""

    sure_at: datetime | None
    strong: bool


def proof_of(request: HttpRequest) -> Proof:
    """Read from the session when its person last proved who they are, and whether with a second factor.

    With one, the moment is that of the second factor: a password typed again later does not make it fresh.
    """
    from allauth.account.authentication import get_authentication_records  # loaded late: it needs the app registry

    records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
    second = [float(each["at"]) for each in records if each.get("method") == "mfa"]
    moments = second or [float(each["at"]) for each in records]
    sure_at = datetime.fromtimestamp(max(moments), UTC) if moments else None
    return Proof(sure_at=sure_at, strong=bool(second))


def key_of(request: HttpRequest) -> str:
    """Return the form's idempotency key (`{% key_field %}`). Refuses a form without one, or with signs no key has."""
    key = request.POST.get("key", "").strip()
    if not 0 < len(key) <= ids.KEY_LENGTH or not key.isprintable():
        raise FormWithoutKey()
    return key


def refusal_message(refused: Refusal) -> str:
    """Return the sentence to show next to a form whose action refused."""
    metrics.REFUSALS.labels(refused.code).inc()
    return str(refused)


def toast(request: HttpRequest, text: Any, *, tone: str = "ok") -> None:
    """Show a sentence on the next page: tone `ok`, `info`, `warn` or `bad`."""
    level = {"ok": messages.SUCCESS, "info": messages.INFO, "warn": messages.WARNING, "bad": messages.ERROR}[tone]
    messages.add_message(request, level, str(text))


def see_other(url: str) -> HttpResponseRedirect:
    """Answer a POST that went well: 303 to the page that shows the result."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def csv_download(table: tables.Table, *, filename: str) -> HttpResponse:
    """Answer with a table as a CSV file; text that a spreadsheet would run as a formula is made harmless."""
    response = HttpResponse(tables.as_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def site_root(request: HttpRequest) -> str:
    """Return the address of the whole site, whatever co-op the request is in: usually `/`."""
    return str(request.META.get("SCRIPT_NAME", "")).rstrip("/") + "/"


def full_path(request: HttpRequest) -> str:
    """Return the address the visitor asked for, the co-op's prefix included."""
    coop = getattr(request, "coop", None)
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    inside = f"c/{coop.slug}" if coop is not None else ""
    return f"{site_root(request)}{inside}{request.path_info if inside else request.path_info.lstrip('/')}{query}"


def safe_next(request: HttpRequest, given: str, *, otherwise: str) -> str:
    """Return an address to go on to, if it is on this host; else the other one."""
    allowed = url_has_allowed_host_and_scheme(given, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return given if given and allowed else otherwise


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a visitor to the sign-in page, and back here afterwards."""
    return _to_account(request, "login/")


def actor_of(request: HttpRequest) -> Actor:
    """Return who is acting in this request; nobody where no middleware has said."""
    return cast(Actor, getattr(request, "actor", NOBODY))


def everyone(view: View) -> View:
    """Let everybody open this page, also without a log-in."""
    return _said(view, "everyone")


def signed_in(view: View) -> View:
    """Let any person with a log-in open this page; others are sent to sign in."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return _said(cast(View, guarded), "signed in")


def members_only(view: View) -> View:
    """Let those open this page whom the co-op knows (members and customers); others are asked to join."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if actor_of(request).party is None:
            raise MembersOnly()
        return view(request, *args, **kwargs)

    return _said(cast(View, guarded), "members only")


def officers(*offices: str) -> Callable[[View], View]:
    """Let holders of one of these offices open this page; offices of trust only with a second factor."""
    wanted = frozenset(offices)

    def make(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return to_sign_in(request)
            actor = actor_of(request)
            held = acting.held(replace(actor, strong=True), clock.now())  # what a second factor would open
            if not wanted & held:
                raise OfficersOnly(offices=_titles(wanted))
            if STRONG_OFFICES & held and not actor.strong:
                return to_second_factor(request)
            return view(request, *args, **kwargs)

        return _said(cast(View, guarded), f"officers: {', '.join(sorted(wanted))}")

    return make


def _titles(offices: frozenset[str]) -> str:
    known = {code: str(title) for plug in module.installed() for code, title in plug.offices.items()}
    return ", ".join(sorted(known.get(code, code) for code in offices))


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """Send an officer to use their second factor, or to set one up if they have none yet."""
    page = _proof_page(request)
    if page == "2fa/":
        toast(request, _("Your office asks for a second factor. Set one up here, then go back to your desk."), tone="warn")
    return _to_account(request, page)


def to_proof(request: HttpRequest, back: str) -> str:
    """Return where to prove again who one is, with the second factor, and then to come back."""
    return f"{site_root(request)}accounts/{_proof_page(request)}?{urlencode({'next': back})}"


def _proof_page(request: HttpRequest) -> str:
    from allauth.mfa.models import Authenticator  # loaded late: it needs the app registry
    from allauth.mfa.utils import is_mfa_enabled

    with coops.public():  # second factors are out of a co-op's reach
        if is_mfa_enabled(request.user, types=[Authenticator.Type.TOTP]):
            return "2fa/reauthenticate/"
        if is_mfa_enabled(request.user, types=[Authenticator.Type.WEBAUTHN]):
            return "2fa/webauthn/reauthenticate/"
    return "2fa/"


class RefusalPages:
    """Middleware that turns a refusal nobody caught into a page with the right status."""

    def __init__(self, get_response: Middleware) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        if answer.status_code == 404:
            _not_here(request)
        return answer

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer a refusal; the transaction has been rolled back before this is asked."""
        if not isinstance(exception, Refusal):
            acting.alarm(exception, schema=_schema_of(request), now=clock.now(), party=actor_of(request).party)
            return None
        if exception.status == 403 and not request.user.is_authenticated and request.method in ("GET", "HEAD"):
            return to_sign_in(request)
        return refusal_page(request, exception)


def _schema_of(request: HttpRequest) -> str:
    coop = getattr(request, "coop", None)
    return str(coop.schema_name) if coop is not None else coops.PUBLIC


def _not_here(request: HttpRequest) -> None:
    """Count what somebody with a log-in asked a co-op for and is not there: ids of others, tried one after the other.

    An address that leads nowhere is only mistyped; here a page was reached and knew nothing of what it was asked.
    """
    actor = actor_of(request)
    known = actor.party is not None or (hasattr(request, "user") and request.user.is_authenticated)
    if getattr(request, "coop", None) is None or request.resolver_match is None or not known or acting.doors.alert is None:
        return
    with coops.inside(_schema_of(request)):
        acting.doors.alert(code="audit.unknown_ids", subject="ids", now=clock.now(), party=actor.party)


def refusal_page(request: HttpRequest, refused: Refusal) -> HttpResponse:
    """Show a refusal as a page: what happened, what was not changed, what to do."""
    metrics.REFUSALS.labels(refused.code).inc()
    back = _came_from(request)
    coop = getattr(request, "coop", None)
    with coops.inside(coop.schema_name if coop is not None else coops.PUBLIC):
        remedy = to_proof(request, back) if refused.code == "offices.prove_yourself" else ""
        return render(
            request,
            "shared/refusal.html",
            {"refused": refused, "said": str(refused), "back": back, "remedy": remedy, "login_url": settings.LOGIN_URL},
            status=refused.status,
        )


def _came_from(request: HttpRequest) -> str:
    """Return the page the visitor came from, if it is ours; else the page that refused, or the root after a POST."""
    otherwise = full_path(request) if request.method in ("GET", "HEAD") else site_root(request)
    return safe_next(request, request.headers.get("Referer", ""), otherwise=otherwise)


def _to_account(request: HttpRequest, page: str) -> HttpResponse:
    back = full_path(request) if request.method in ("GET", "HEAD") else _came_from(request)
    return see_other(f"{site_root(request)}accounts/{page}?{urlencode({'next': back})}")


def _said(view: View, access: str) -> View:
    view.access = access  # type: ignore[attr-defined]  # read by the architecture test
    return view
