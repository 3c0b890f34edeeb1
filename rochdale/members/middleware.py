"""Who acts in a request: worked out when it is first asked, inside the co-op, and anew for each request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from rochdale.cooperatives import queries as cooperatives
from rochdale.offices import queries as offices
from rochdale.shared import clock, coops, web
from rochdale.shared.actor import NOBODY, Actor

from . import queries

if TYPE_CHECKING:
    from rochdale.cooperatives.models import Coop

DESK = "members.desk"
"""Session key: {"coop": schema, "attempt": id} while somebody without a log-in acts at this officer's desk."""
ACTING_AS = "members.acting_as"
"""Session key: {schema: organisation's party} that the person chose to act for."""


class _Acting:
    """What is added to a request: `actor`, `officer`, `offices` and `my_coops`."""

    @cached_property
    def officer(self) -> Actor:
        """Return who the session itself stands for, whoever acts at the desk with them."""
        request = cast(Any, self)
        coop: Coop | None = getattr(request, "coop", None)
        if not request.user.is_authenticated:
            return NOBODY
        proof = web.proof_of(request)
        if coop is None:
            return Actor(kind="person", via="page", person=request.user.pk, sure_at=proof.sure_at, strong=proof.strong)
        with _in(coop.schema_name):
            return queries.actor_for(
                person=request.user.pk,
                via="page",
                now=clock.now(),
                sure_at=proof.sure_at,
                strong=proof.strong,
                acting_as=_chosen(request, coop.schema_name),
            )

    @cached_property
    def actor(self) -> Actor:
        """Return who acts: the person of the session, or the member at their desk while the proof holds."""
        request = cast(Any, self)
        coop: Coop | None = getattr(request, "coop", None)
        at_desk = request.session.get(DESK) if coop is not None and request.user.is_authenticated else None
        if coop is None or not at_desk or at_desk.get("coop") != coop.schema_name:
            return self.officer
        with _in(coop.schema_name):
            now = clock.now()
            served = queries.desk_actor(officer=self.officer, attempt=int(at_desk["attempt"]), now=now)
            return served if served is not None and offices.held_by(self.officer.party, now) else self.officer

    @cached_property
    def offices(self) -> frozenset[str]:
        """Return the offices of who acts, held now, for menus: to use one may still ask for a second factor."""
        coop: Coop | None = getattr(self, "coop", None)
        if coop is None or self.actor.party is None:
            return frozenset()
        with _in(coop.schema_name):
            return offices.held_by_actor(replace(self.actor, strong=True), clock.now())

    @cached_property
    def my_coops(self) -> list[Coop]:
        """Return the co-ops that know the person of the session."""
        request = cast(Any, self)
        if not request.user.is_authenticated:
            return []
        with _in(coops.current()):
            return cooperatives.coops_of(request.user.pk)


class WhoActs:
    """Middleware: give each request its `actor`, and keep what a person is shown out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.__class__ = _with_actor(type(request))  # type: ignore[arg-type]  # a class can be hashed
        response = self.get_response(request)
        known = getattr(request, "_cached_user", None)  # only if the page asked who it is for
        if known is not None and known.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"  # nothing stays on a shared computer
        return response


@cache
def _with_actor(kind: type[HttpRequest]) -> type[HttpRequest]:
    return type(kind.__name__, (_Acting, kind), {})


@contextmanager
def _in(schema: str) -> Iterator[None]:
    """Read in a co-op: in the view's own transaction, or in one of our own where an error page asks."""
    if connection.in_atomic_block and coops.current() == schema:
        yield
        return
    with coops.inside(schema):
        yield


def _chosen(request: HttpRequest, schema: str) -> UUID | None:
    chosen = request.session.get(ACTING_AS, {})
    given = chosen.get(schema) if isinstance(chosen, dict) else None
    return UUID(given) if given else None
