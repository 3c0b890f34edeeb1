"""The one door for writes: `@action` asks who may, opens the transaction, makes the key count
once, and leaves the audit record.

An action is one thing a person or the co-op can do: a verb, keyword-only arguments, one
transaction, `now` passed in. It returns something JSON can hold (an id, a number, a dict of
those) or None, so that a repeated key gets the first answer again.

Three parts of the house are asked through `doors`, which their `apps.py` fill when Django
starts (an upper module may not be imported from here): who may act (offices), what keys were
used and what to write down (audit). An empty door refuses.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from . import coops
from .actor import Actor
from .may import Who
from .refusals import Refusal

F = TypeVar("F", bound=Callable[..., Any])


class NotAllowed(Refusal):
    code = "offices.not_allowed"
    status = 403
    text = _("You may not do this: it is for {who}. Nothing was changed.")


class KeyReused(Refusal):
    code = "shared.key_reused"
    status = 422
    text = _("This key was used before for something else. Nothing was changed; send the request again with a new key.")


class InsideOnly(Refusal):
    code = "offices.inside_only"
    status = 403
    text = _("{action} is a step of other actions and cannot be done on its own. Nothing was changed.")


@dataclass(frozen=True, slots=True)
class Description:
    """What an action declared of itself; `registry` holds one per action code."""

    code: str
    may: Who
    about: tuple[str, ...]
    private: tuple[str, ...]
    strong: bool
    recorded: bool
    function: Callable[..., Any]

    @property
    def words(self) -> str:
        """Return in a few words what it does: how its description begins, without what it gives back or refuses."""
        said = (self.function.__doc__ or self.code).strip().splitlines()[0].replace("`", "")
        return re.split(r"; |(?<=[a-z])\. ", re.sub(r" \([^)]*\)", "", said), maxsplit=1)[0].rstrip(".")


def in_words(code: str) -> str:
    """Return in a few words what an action does; its code where no module declares it any more."""
    described = registry.get(code)
    return described.words if described else code


class Authority(Protocol):
    def __call__(self, actor: Actor, action: Description, given: Mapping[str, Any], now: datetime) -> bool: ...


class Earlier(Protocol):
    def __call__(self, action: Description, actor: Actor, key: str, body: str) -> tuple[bool, Any]:
        """Claim the key; return (True, first result) when it was used before, else (False, None)."""


class Record(Protocol):
    def __call__(
        self, action: Description, actor: Actor, given: Mapping[str, Any], key: str, result: Any, now: datetime
    ) -> None: ...


class Held(Protocol):
    def __call__(self, actor: Actor, now: datetime) -> frozenset[str]: ...


class TokenHolder(Protocol):
    def __call__(self, token: str, now: datetime) -> Actor | None: ...


class StandsFor(Protocol):
    def __call__(self, person: UUID, party: UUID, now: datetime) -> bool: ...


class Rests(Protocol):
    def __call__(self, party: UUID, at: datetime) -> bool: ...


class Alarm(Protocol):
    def __call__(self, *, code: str, subject: str, now: datetime, party: UUID | None = None) -> None:
        """Leave an alert in the schema of the moment."""


class VersionAt(Protocol):
    def __call__(self, at: datetime) -> int | None: ...


class SameHuman(Protocol):
    def __call__(self, first: UUID, second: UUID, at: datetime) -> bool: ...


class BylawAt(Protocol):
    def __call__(self, key: str, *, at: datetime) -> Any: ...


@dataclass(slots=True)
class Doors:
    """Filled in `ready()`: by offices (authority, held, token), members (stands_for, same_human, rests), bylaws
    (version, bylaw) and audit (earlier, record, alert, refusal)."""

    authority: Authority | None = None
    earlier: Earlier | None = None
    record: Record | None = None
    held: Held | None = None
    """Which offices an actor holds now: for pages of modules that lie below offices."""
    token: TokenHolder | None = None
    """Who an access token of this co-op acts for, or None."""
    stands_for: StandsFor | None = None
    """Whether a log-in acts for a party: not for an organisation it no longer represents."""
    rests: Rests | None = None
    """Whether a party's offices rest: a decided exclusion that is not final, where the bylaws say so."""
    alert: Alarm | None = None
    """Where something goes that somebody should look at; a storm of the same is counted, not repeated."""
    refusal: Callable[[BaseException], str | None] | None = None
    """What the database refused on principle, in an error that reached Python; None for any other error."""
    version: VersionAt | None = None
    """Which version of the bylaws stands at a moment."""
    same_human: SameHuman | None = None
    """Whether one human stands behind two parties: for second pairs of hands in modules that lie below members."""
    bylaw: BylawAt | None = None
    """What a bylaw says at a moment: for modules that lie below bylaws."""


doors = Doors()
registry: dict[str, Description] = {}
_running: ContextVar[str] = ContextVar("rochdale_action", default="")


def held(actor: Actor, now: datetime) -> frozenset[str]:
    """Return the offices an actor holds now in the co-op of the moment; nobody's door is empty."""
    return doors.held(actor, now) if doors.held is not None else frozenset()


def stands_for(person: UUID, party: UUID, now: datetime) -> bool:
    """Return whether a log-in acts for a party of the co-op of the moment."""
    return doors.stands_for is not None and doors.stands_for(person, party, now)


def same_human(first: UUID, second: UUID, at: datetime) -> bool:
    """Return whether one human stands behind two parties; where nobody can tell, it is taken to be one."""
    return doors.same_human is None or doors.same_human(first, second, at)


def bylaw(key: str, at: datetime) -> Any:
    """Return what a bylaw says at a moment, for modules below bylaws."""
    if doors.bylaw is None:
        raise RuntimeError("no bylaws module is installed: nothing says what the rule is")
    return doors.bylaw(key, at=at)


def rests(party: UUID, at: datetime) -> bool:
    """Return whether a party's offices rest at a moment."""
    return doors.rests is not None and doors.rests(party, at)


def alarm(error: BaseException, *, schema: str, now: datetime, party: UUID | None = None) -> None:
    """Leave an alert where the database refused on principle: call it where an error ends, after the rollback."""
    refused = doors.refusal(error) if doors.refusal is not None else None
    if refused is not None and doors.alert is not None:
        with coops.inside(schema):
            doors.alert(code="audit.refused_by_database", subject=refused, now=now, party=party)


def running() -> str:
    """Return the code of the outermost action that is running, or the empty string."""
    return _running.get()


def body_of(given: Mapping[str, Any]) -> str:
    """Write an action's arguments in one canonical way, so that two calls can be compared."""
    return plain(given)


def plain(value: Any) -> str:
    """Write plain data as canonical JSON: moments in ISO form, ids and decimals as text, sets in order."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    raise TypeError(f"an action's argument must be plain data, not {type(value).__name__}")


def action(
    code: str,
    *,
    may: Who,
    about: tuple[str, ...] = (),
    private: tuple[str, ...] = (),
    strong: bool = False,
    recorded: bool = True,
) -> Callable[[F], F]:
    """Make a function an action.

    `code` is `module.verb_noun`. `about` names the arguments kept in the audit record as
    references (ids and codes only); `private` names free text kept encrypted. `strong` asks
    for a second factor and a fresh proof of identity, which no access token has. With
    `recorded=False` the action leaves its trace elsewhere (a posting) and keeps no key of
    its own: then its own tables must make the key count once.
    """

    def make(function: F) -> F:
        parameters = inspect.signature(function).parameters
        if any(p.kind is not p.KEYWORD_ONLY for p in parameters.values()):
            raise TypeError(f"{code}: an action's arguments are keyword-only")
        missing = {"actor", "now", "key"} - set(parameters)
        if missing:
            raise TypeError(f"{code}: an action takes {', '.join(sorted(missing))}")
        if code in registry and registry[code].function.__qualname__ != function.__qualname__:
            raise TypeError(f"the action code {code!r} is taken")
        described = Description(code, may, about, private, strong, recorded, function)
        registry[code] = described

        @functools.wraps(function)
        def call(**given: Any) -> Any:
            if _running.get():
                return function(**given)
            return _outermost(described, given)

        call.description = described  # type: ignore[attr-defined]  # read by the architecture tests
        return call  # type: ignore[return-value]  # same signature, kept by functools.wraps

    return make


def _outermost(described: Description, given: dict[str, Any]) -> Any:
    if described.may.inside_only:
        raise InsideOnly(action=described.code)
    actor, now, key = given["actor"], given["now"], given["key"]
    rest = {name: value for name, value in given.items() if name not in ("actor", "now", "key")}
    with transaction.atomic():
        if doors.authority is None or not doors.authority(actor, described, rest, now):
            raise NotAllowed(who=described.may.words)
        if not described.recorded:
            return _run(described, given)
        if doors.earlier is None or doors.record is None:
            raise RuntimeError("no audit module is installed: nothing may be changed without a record")
        seen, first = doors.earlier(described, actor, key, body_of(rest))
        if seen:
            return first
        result = _run(described, given)
        doors.record(described, actor, rest, key, result, now)
        return result


def _run(described: Description, given: dict[str, Any]) -> Any:
    token = _running.set(described.code)
    try:
        return described.function(**given)
    finally:
        _running.reset(token)
