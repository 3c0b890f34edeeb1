"""The plug: everything a module can tell the house about itself.

Each module's `apps.py` does `from rochdale.shared import module` (the module, never the class
by name: Django would see two candidates and use neither) and subclasses `module.Module`.
A Django system check refuses a half-filled plug; `installed()` is how the house asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ClassVar, Literal
from uuid import UUID

from django.apps import AppConfig, apps
from django.core import checks

from .sealing import SealedParts as SealedParts
from .sealing import SealedRows as SealedRows

AccountKind = Literal["asset", "liability", "equity", "income", "expense"]
Unit = Literal["count", "percent", "days", "months", "years", "seconds", "money", "table", "choice", "yes_no", "text", "list"]
Place = Literal["home", "sector", "vote", "money", "more"]


@dataclass(frozen=True, slots=True)
class PostingKind:
    """A kind of posting. `patronage` counts it as the member's use of the co-op; `measure` says in
    what (money, plays, kilos, nights, hours); `tax` is how its amounts are treated; `flow` is the
    pair of places it joins in the open books' picture."""

    code: str
    title: Any
    explanation: Any
    patronage: bool = False
    measure: str = "money"
    tax: Literal["outside", "exempt", "inclusive"] = "outside"
    flow: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """An account the module needs. `per="co-op"` is opened at founding, `per="party"` when first
    needed. A guarded account keeps a stored balance that may not fall below `floor`."""

    code: str
    title: Any
    kind: AccountKind
    per: Literal["co-op", "party"] = "co-op"
    guarded: bool = False
    floor: int | None = None
    client_money: bool = False
    """Owed to people and to be covered by cash at any time."""
    place: Any = ""
    """What the open books' picture calls it: "Artists", "Wallets". Empty: the title."""


@dataclass(frozen=True, slots=True)
class Bylaw:
    """A rule the co-op may decide. `law` names the pack row that bounds it; `means` turns the
    value into a sentence for a lay reader; an amount of money reaches it already written with its currency.
    `default` may differ by currency: a function of it."""

    key: str
    unit: Unit
    title: Any
    help: Any
    default: Any
    means: Callable[[Any], Any]
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    choices: tuple[str, ...] = ()
    law: str = ""
    used_by: str = ""
    """The dotted name of the function that reads it."""
    check: Callable[[Any], Any] | None = None
    """Looks at the shape of a table or list: a complaint in words, or the empty string."""


@dataclass(frozen=True, slots=True)
class LawRow:
    """A pack row that named code reads: the key and the dotted name of the reader."""

    key: str
    used_by: str


@dataclass(frozen=True, slots=True)
class Effect:
    """Something a passed resolution can do, and undo."""

    code: str
    title: Any
    execute: Callable[..., Any]
    reverse: Callable[..., Any] | None


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What the module knows about people: why, by what right, for how long, and how it leaves."""

    what: str
    why: str
    basis: Literal["contract", "legal duty", "consent", "legitimate interest", "vital interest"]
    retention_class: str
    kept_for: str
    export: Callable[[UUID], Any]
    erase: Callable[..., Any] | None


@dataclass(frozen=True, slots=True)
class Obligation:
    """Something that is to be settled when a member leaves.

    `owed_to` says whose the amount is. `settled_by` says who has to do something: the member, the co-op, or
    nobody because it ends with the membership. `blocks` holds the end until it is settled: only for what the
    leaver (or, after a request of theirs, the co-op) can settle at any time. What the co-op owes is no reason
    to keep somebody in.
    """

    code: str
    title: Any
    amount: int | None = None
    currency: str = ""
    url: str = ""
    owed_to: Literal["member", "co-op", ""] = ""
    settled_by: Literal["member", "co-op", "leaving"] = "member"
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A place in the co-op's menu. `shown` takes the viewer's actor and offices."""

    title: Any
    url_name: str
    place: Place
    icon: str = ""
    order: int = 50
    for_offices: tuple[str, ...] = ()
    members_only: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A card on a page that gathers from all modules: a title, the template part and its data."""

    title: Any
    template: str
    data: dict[str, Any]
    order: int = 50


@dataclass(frozen=True, slots=True)
class Invariant:
    """A numbered truth about the books; `offending` returns the rows that break it."""

    number: str
    sentence: str
    offending: Callable[[], Sequence[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class ClosingFinding:
    """What a look before closing a month found: done or not, in a sentence, and where to do it."""

    done: bool
    says: Any
    url: str = ""
    blocks: bool = True
    """Whether the month may not be closed before this is done; else it is only shown."""


@dataclass(frozen=True, slots=True)
class ClosingCheck:
    """A point on the checklist for closing a month. `look` takes the month's start and end and the moment of looking."""

    code: str
    title: Any
    look: Callable[[datetime, datetime, datetime], ClosingFinding]
    order: int = 50


@dataclass(frozen=True, slots=True)
class HealthLine:
    """One thing the doctor looked at on this host: whether it is well, what was found, what to do if not.

    `number` is what the monitor keeps of it (`rochdale_health_number{what=…}`), where there is one.
    """

    what: str
    ok: bool
    says: str
    to_do: str = ""
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job with its rhythm, as a cron line; `per_coop` defers one job for each co-op."""

    name: str
    cron: str
    per_coop: bool
    run: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """Something the module sends; a legal notice may not be unsubscribed from."""

    code: str
    title: Any
    legal_notice: bool
    template: str


@dataclass(frozen=True, slots=True)
class MemberClass:
    """A class of members in a kit."""

    code: str
    title: Any
    votes: bool
    explanation: Any


@dataclass(frozen=True, slots=True)
class Kit:
    """What a sector brings to a founding: classes of members, bylaw values, cover drawing."""

    code: str
    title: Any
    purpose: Any
    classes: tuple[MemberClass, ...]
    bylaws: dict[str, Any]
    currencies: tuple[str, ...]
    cover: str


class Module(AppConfig):
    """The plug. What stays empty says "none"; what has no default must be filled."""

    title: ClassVar[Any]
    """What people call this part."""
    url_prefix: ClassVar[str]
    """Where its pages and API lie inside a co-op; the empty string for none."""
    schemas: ClassVar[frozenset[str]] = frozenset({"co-op"})
    """Where its tables lie: "public", "co-op" or both; the empty set for none."""
    default_auto_field = "django.db.models.BigAutoField"

    offices: ClassVar[dict[str, Any]] = {}
    """Offices it knows: code → title."""

    def posting_kinds(self) -> Sequence[PostingKind]:
        return ()

    def accounts(self) -> Sequence[AccountPlan]:
        return ()

    def bylaws(self) -> Sequence[Bylaw]:
        return ()

    def law_rows(self) -> Sequence[LawRow]:
        return ()

    def effects(self) -> Sequence[Effect]:
        return ()

    def menu(self) -> Sequence[MenuItem]:
        return ()

    def home_cards(self, party: UUID, now: datetime) -> Sequence[Card]:
        """Return what a member's home page shows of this module: waiting for you, my money, my use."""
        return ()

    def personal_data(self) -> Sequence[PersonalData]:
        return ()

    def obligations(self, party: UUID, now: datetime) -> Sequence[Obligation]:
        return ()

    def jobs(self) -> Sequence[Job]:
        return ()

    def invariants(self) -> Sequence[Invariant]:
        return ()

    def sealed(self) -> Sequence[SealedRows]:
        """Return the append-only rows that the co-op's seals cover."""
        return ()

    def health(self) -> Iterable[HealthLine]:
        """Look at what this module needs of the host; asked in public, may enter co-ops, changes nothing."""
        return ()

    def closing_checks(self) -> Sequence[ClosingCheck]:
        """Return what must be looked at before a month is closed."""
        return ()

    def messages(self) -> Sequence[MessageKind]:
        return ()

    def kits(self) -> Sequence[Kit]:
        return ()

    def demo(self, stage: Any) -> None:
        """Play the module's part in the demo, through actions only."""

    def commands(self) -> Any | None:
        """Return a typer app that becomes `rochdale <url_prefix> …`, or None."""
        return None

    def part(self, name: str) -> Any | None:
        """Import and return `<module>.<name>` (urls, api, testing), or None where there is no such file."""
        dotted = f"{self.name}.{name}"
        return import_module(dotted) if find_spec(dotted) else None


def installed() -> Iterator[Module]:
    """Yield every plugged module, core first, in the order of INSTALLED_APPS."""
    for config in apps.get_app_configs():
        if isinstance(config, Module):
            yield config


def check_plugs(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a half-filled plug, and two modules that claim the same code."""
    found: list[checks.CheckMessage] = []
    for plug in installed():
        found += [
            checks.Error(f"{plug.name}: the plug says no {name}", id="rochdale.E001")
            for name in ("title", "url_prefix")
            if not hasattr(plug, name)
        ]
        found += [
            checks.Error(f"{plug.name}: unknown place for tables: {place}", id="rochdale.E002")
            for place in plug.schemas - {"public", "co-op"}
        ]
    return found + _claimed_twice() + _unfilled()


def _claimed_twice() -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    for what, codes in {
        "posting kind": [kind.code for plug in installed() for kind in plug.posting_kinds()],
        "account": [plan.code for plug in installed() for plan in plug.accounts()],
        "bylaw": [bylaw.key for plug in installed() for bylaw in plug.bylaws()],
        "effect": [effect.code for plug in installed() for effect in plug.effects()],
        "invariant": [rule.number for plug in installed() for rule in plug.invariants()],
        "message": [kind.code for plug in installed() for kind in plug.messages()],
        "sealed table": [rows.code for plug in installed() for rows in plug.sealed()],
        "closing check": [check.code for plug in installed() for check in plug.closing_checks()],
    }.items():
        twice = sorted({code for code in codes if codes.count(code) > 1})
        found += [checks.Error(f"two modules claim the {what} {code}", id="rochdale.E003") for code in twice]
    return found


def _unfilled() -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    for plug in installed():
        for bylaw in plug.bylaws():
            if not bylaw.used_by:
                found.append(checks.Error(f"{plug.name}: the bylaw {bylaw.key} names no reader", id="rochdale.E004"))
        for kind in plug.posting_kinds():
            if not kind.code.startswith(f"{plug.label}."):
                found.append(
                    checks.Error(f"{plug.name}: the kind {kind.code} does not start with its module", id="rochdale.E005")
                )
        for plan in plug.accounts():
            if plan.guarded != (plan.floor is not None):
                found.append(
                    checks.Error(
                        f"{plug.name}: the account {plan.code} is guarded without a floor, or the reverse", id="rochdale.E006"
                    )
                )
    return found
