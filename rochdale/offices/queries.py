"""Who holds what, who may do what, and whom an access token stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rochdale.audit import queries as audit
from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import action as acting
from rochdale.shared import coops, module
from rochdale.shared.actor import Actor
from rochdale.shared.may import STRONG_OFFICES
from rochdale.shared.refusals import Refusal

from . import rules
from .models import AccessToken, Ending, Term


@dataclass(frozen=True, slots=True)
class Holding:
    """A term of office as people see it; `ended_at` says when it ended early."""

    id: UUID
    office: str
    title: str
    party: UUID
    from_on: date
    until_on: date
    act: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """An access token as its owner sees it in the list."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def good(self, now: datetime) -> bool:
        """Return whether it still counts."""
        return self.revoked_at is None and now < self.expires_at


def held_by(party: UUID | None, now: datetime) -> frozenset[str]:
    """Return the offices a party holds at a moment; an ended or removed term counts no more from that moment on.

    Nor does one that rests (`shared.action.Doors.rests`).
    """
    if party is None or coops.current() == "public":
        return frozenset()
    held = frozenset(_current(now).filter(party=party).values_list("office", flat=True))
    return frozenset() if held and acting.rests(party, now) else held


def held_by_actor(actor: Actor, now: datetime) -> frozenset[str]:
    """Return the offices a person acting holds and may use now; nobody else holds any.

    Nobody uses an office at another officer's desk: whoever printed the sheet of codes could use it too.
    Offices of trust count after a second factor, or over a token, which was issued after one.
    """
    if actor.kind != "person" or actor.desk_officer is not None:
        return frozenset()
    held = held_by(actor.party, now)
    return held if actor.strong or actor.scopes is not None else held - STRONG_OFFICES


def holders(office: str, now: datetime) -> list[UUID]:
    """Return the parties who hold an office at a moment, longest first."""
    return list(_current(now).filter(office=office).order_by("from_at", "id").values_list("party", flat=True))


def holdings(now: datetime, *, also_past: bool = False) -> list[Holding]:
    """Return who holds which office, with the act that filled it; on request also who held it before."""
    rows = Term.objects.all() if also_past else _current(now)
    titles = office_titles()
    return [
        Holding(
            id=row.id,
            office=row.office,
            title=str(titles.get(row.office, row.office)),
            party=row.party,
            from_on=row.from_on,
            until_on=row.until_on,
            act=row.act,
            ended_at=row.ending.at if hasattr(row, "ending") else None,
        )
        for row in rows.select_related("ending").order_by("office", "from_at", "id")
    ]


def office_titles() -> dict[str, Any]:
    """Return every office the modules know: code and title."""
    return {code: title for plug in module.installed() for code, title in plug.offices.items()}


def may(actor: Actor, action_code: str, given: Mapping[str, Any], now: datetime) -> bool:
    """Return whether an actor could do an action now: for showing a button, never instead of asking in the action.

    An act that only lacks a fresh proof of identity counts as allowed: the proof is asked for when it is done.
    """
    described = acting.registry.get(action_code)
    if described is None or acting.doors.authority is None:
        return False
    try:
        return acting.doors.authority(actor, described, given, now)
    except Refusal as refused:
        return refused.code == "offices.prove_yourself"


def token_holder(token: str, now: datetime) -> Actor | None:
    """Return who an access token of this co-op acts for, or None where it is unknown, expired or revoked.

    Nor does one count that is older than an office of trust of its owner (it may have been issued without
    a second factor), or whose owner no longer acts for the organisation it was made for.
    """
    if not token.startswith(rules.TOKEN_PREFIX) or len(token) > 100:
        return None
    row = AccessToken.objects.filter(token_hash=rules.hash_of(token), expires_at__gt=now, revocation__isnull=True).first()
    if row is None or not acting.stands_for(row.person, row.party, now):
        return None
    if _current(now).filter(party=row.party, office__in=STRONG_OFFICES, filled_at__gt=row.issued_at).exists():
        return None
    return Actor(kind="person", via="api", person=row.person, party=row.party, scopes=frozenset(row.scopes))


def tokens_of(party: UUID) -> list[Token]:
    """Return a party's access tokens, newest first."""
    return [
        Token(
            id=row.id,
            name=row.name,
            scopes=tuple(row.scopes),
            issued_at=row.issued_at,
            expires_at=row.expires_at,
            revoked_at=row.revocation.at if hasattr(row, "revocation") else None,
        )
        for row in AccessToken.objects.filter(party=party).select_related("revocation").order_by("-issued_at", "-id")
    ]


def grantable_scopes() -> dict[str, str]:
    """Return the scopes a token may have: action codes with what they do. Nothing of weight is among them."""
    return {
        code: (described.function.__doc__ or code).strip().splitlines()[0]
        for code, described in sorted(acting.registry.items())
        if not described.strong and not described.may.inside_only and not code.startswith("offices.") and _by_people(described)
    }


def scopes_for(actor: Actor, now: datetime) -> dict[str, str]:
    """Return the scopes that would be of use to this person in this co-op, with what each does in a few words.

    The same as `grantable_scopes` without what their offices do not let them do anyway, and without the acts of the
    host (a token is bound to one co-op).
    """
    held = acting.held(actor, now)
    return {
        code: acting.in_words(code)
        for code in grantable_scopes()
        if code.partition(".")[0] not in OF_THE_HOST and acting.registry[code].may.allows(actor, held, _Mine(actor.party))
    }


class _Mine(dict[str, Any]):
    """Arguments of an act that is about the person themselves, whatever it calls them."""

    def __init__(self, party: UUID | None) -> None:
        super().__init__()
        self.party = party

    def get(self, key: str, default: Any = None) -> Any:
        return self.party


def obligations(party: UUID, now: datetime) -> list[module.Obligation]:
    """Return the offices and access tokens that end when a party leaves; an office is better handed over before."""
    titles = office_titles()
    held = Term.objects.filter(party=party, until_at__gt=now, ending__isnull=True).order_by("from_at", "id")
    found = [
        module.Obligation(
            "offices.office_held",
            _("Office held: {office}. Hand over what belongs to it.").format(office=titles.get(term.office, term.office)),
            url=cooperatives.page("offices:who"),
            settled_by="leaving",
            blocks=False,
        )
        for term in held
    ]
    tokens = sum(token.good(now) for token in tokens_of(party))
    if tokens:
        said = ngettext("{n} access token", "{n} access tokens", tokens).format(n=tokens)
        url = cooperatives.page("offices:tokens")
        found.append(module.Obligation("offices.tokens_good", said, url=url, settled_by="leaving", blocks=False))
    return found


def held_across(moments: Mapping[UUID, datetime]) -> list[tuple[UUID, str]]:
    """Return the offices given before a party's moment and held on after it: nobody does who left the co-op then."""
    rows = Term.objects.filter(party__in=list(moments)).select_related("ending")
    return [
        (row.party, row.office)
        for row in rows
        if row.filled_at < moments[row.party] < (row.ending.at if hasattr(row, "ending") else row.until_at)
    ]


def export(party: UUID) -> dict[str, Any]:
    """Return a party's terms and tokens as plain data."""
    terms = Term.objects.filter(party=party).order_by("from_at", "id")
    return {
        "terms": [
            {"office": t.office, "from": t.from_on.isoformat(), "until": t.until_on.isoformat(), "act": t.act} for t in terms
        ],
        "access_tokens": [
            {
                "name": t.name,
                "scopes": list(t.scopes),
                "issued_at": t.issued_at.isoformat(),
                "expires_at": t.expires_at.isoformat(),
            }
            for t in tokens_of(party)
        ],
    }


def terms_without_act() -> Sequence[dict[str, Any]]:
    """Return terms that no recorded act filled: somebody wrote them by hand."""
    ids = {str(number) for number in Term.objects.values_list("id", flat=True)}
    return [{"term": each} for each in sorted(ids - audit.acts_about("term", ids, action="offices.fill_office"))]


def endings_without_act() -> Sequence[dict[str, Any]]:
    """Return early ends that no recorded act caused."""
    ids = {str(number) for number in Ending.objects.values_list("term_id", flat=True)}
    return [{"term": each} for each in sorted(ids - audit.acts_about("term", ids, action="offices.end_term"))]


def _current(now: datetime) -> QuerySet[Term]:
    return Term.objects.filter(Q(ending__isnull=True) | Q(ending__at__gt=now), from_at__lte=now, until_at__gt=now)


OF_THE_HOST = frozenset({"cooperatives", "founding", "messages"})
"""Modules whose acts belong to the host or to its post, not to a member of a co-op."""


def _by_people(described: acting.Description) -> bool:
    machines = ("an executed resolution", "a scheduled job", "the operator of the host")
    return described.may.words not in machines
