"""Fill an office, end a term, resign; issue and revoke access tokens."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.audit import actions as audit
from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import queries as cooperatives
from rochdale.messages import actions as messages
from rochdale.privacy import queries as privacy
from rochdale.shared import ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.api import READ
from rochdale.shared.may import STRONG_OFFICES
from rochdale.shared.refusals import Refusal

from . import queries, rules
from .models import AccessToken, Ending, Revocation, Term


class UnknownOffice(Refusal):
    code = "offices.unknown_office"
    status = 422
    text = _("There is no office called {office}. Nothing was changed; choose one of: {known}.")


class TermTooShort(Refusal):
    code = "offices.term_too_short"
    status = 422
    text = _("A term ends on the day it begins or later. Nothing was changed; check the two days.")


class AlreadyHeld(Refusal):
    code = "offices.already_held"
    text = _("This office is already in the same hands on some of these days. Nothing was changed; begin after {until}.")


class KeptApart(Refusal):
    code = "offices.kept_apart"
    text = _("The offices {office} and {other} may not be in the same hands. Nothing was changed; choose somebody else.")


class NoSuchTerm(Refusal):
    code = "offices.no_such_term"
    status = 404
    text = _("There is no such term of office. Nothing was changed.")


class AlreadyEnded(Refusal):
    code = "offices.already_ended"
    text = _("This term has already ended. Nothing was changed.")


class NoSuchScope(Refusal):
    code = "offices.no_such_scope"
    status = 422
    text = _("A token cannot be given {scope}: it does not exist, or weighs too heavily for a token. Nothing was changed.")


class TokenLifeWrong(Refusal):
    code = "offices.token_life_wrong"
    status = 422
    text = _("A token lasts from 1 to {most} days. Nothing was changed.")


class TokenNeedsLogIn(Refusal):
    code = "offices.token_needs_log_in"
    status = 403
    text = _("An access token stands for a log-in, so none is made at the desk. Nothing was changed; sign in to make one.")


class SecondFactorFirst(Refusal):
    code = "offices.second_factor_first"
    status = 403
    text = _("You hold an office, so a token of yours is made after your second factor. Nothing was changed; use it first.")


class NoSuchToken(Refusal):
    code = "offices.no_such_token"
    status = 404
    text = _("You have no such access token. Nothing was changed.")


@action("offices.fill_office", may=may.by_resolution, about=("office", "party"))
def fill_office(*, actor: Actor, now: datetime, key: str, office: str, party: UUID, from_on: date, until_on: date) -> str:
    """Fill an office for a term, both days included; returns the term's id.

    Refuses an unknown office, a term that ends before it begins, the same office twice at once in the
    same hands, and offices that must be kept apart (treasurer and cashier; auditor and any of power).
    """
    known = queries.office_titles()
    if office not in known:
        raise UnknownOffice(office=office, known=", ".join(sorted(known)))
    if until_on < from_on:
        raise TermTooShort()
    from_at, until_at = rules.term_moments(from_on, until_on, cooperatives.time_zone())
    _check_hands(office, party, from_at=from_at, until_at=until_at, now=now)
    term = Term.objects.create(
        office=office, party=party, from_on=from_on, until_on=until_on, from_at=from_at, until_at=until_at,
        act=actor.reference, filled_at=now,
    )  # fmt: skip
    audit.note(action="offices.fill_office", actor=actor, references={"term": term.id, "office": office, "party": party}, now=now)
    return str(term.id)


@action("offices.fill_first_term", may=may.by_resolution, about=("office", "party"))
def fill_first_term(*, actor: Actor, now: datetime, key: str, office: str, party: UUID, act: str) -> str:
    """Fill an office at the founding, from today for as long as the bylaws say (`offices.term_months`)."""
    today = now.astimezone(ZoneInfo(cooperatives.time_zone())).date()
    months = bylaws.value("offices.term_months", at=now)
    return str(
        fill_office(
            actor=actor, now=now, key=f"{key}:term", office=office, party=party,
            from_on=today, until_on=rules.months_later(today, int(months)),
        )
    )  # fmt: skip


@action("offices.end_term", may=may.by_resolution, about=("term",))
def end_term(*, actor: Actor, now: datetime, key: str, term: UUID) -> str:
    """End a term at once, by a resolution; the holder's next request is refused. Refuses a term already over."""
    _end(actor=actor, now=now, term=term, act=actor.reference)
    return str(term)


@action("offices.resign", may=may.own("party"), about=("term", "party"))
def resign(*, actor: Actor, now: datetime, key: str, term: UUID, party: UUID) -> str:
    """Lay down an office oneself, at once. Refuses a term that is not one's own or already over."""
    if not Term.objects.filter(pk=term, party=party).exists():
        raise NoSuchTerm()
    _end(actor=actor, now=now, term=term, act=f"resigned:{party}")
    return str(term)


@action("offices.issue_token", may=may.own("party"), about=("party", "scopes"))
def issue_token(
    *, actor: Actor, now: datetime, key: str, party: UUID, name: str, token_hash: str, scopes: list[str], days: int
) -> str:
    """Keep the hash of an access token that the entrance made and shows once; returns the token's id.

    Refuses scopes of weight (those ask for a fresh proof of identity, which no token has), lives over a year,
    somebody without a log-in, and an officer of trust without a second factor.
    """
    if not 1 <= days <= rules.LONGEST_TOKEN_DAYS:
        raise TokenLifeWrong(most=rules.LONGEST_TOKEN_DAYS)
    if actor.person is None:
        raise TokenNeedsLogIn()
    if not actor.strong and queries.held_by(party, now) & STRONG_OFFICES:
        raise SecondFactorFirst()
    grantable = {READ, *queries.grantable_scopes()}
    for scope in scopes:
        if scope not in grantable:
            raise NoSuchScope(scope=scope[:100])
    row = AccessToken.objects.create(
        party=party, person=actor.person, name=name.strip()[:80], token_hash=token_hash,
        scopes=sorted(set(scopes)), issued_at=now, expires_at=now + timedelta(days=days),
    )  # fmt: skip
    return str(row.id)


@action("offices.revoke_token", may=may.own("party"), about=("token", "party"))
def revoke_token(*, actor: Actor, now: datetime, key: str, party: UUID, token: UUID) -> str:
    """Make one's own access token count no more, at once; doing it twice changes nothing."""
    if not AccessToken.objects.filter(pk=token, party=party).exists():
        raise NoSuchToken()
    Revocation.objects.bulk_create([Revocation(token_id=token, at=now)], ignore_conflicts=True)
    return str(token)


@action("offices.tell_of_law", may=may.jobs)
def tell_of_law(*, actor: Actor, now: datetime, key: str) -> int:
    """Tell who answers for the law what changed in it, and which bylaws lie outside; returns how many notices that makes.

    One notice for each officer and each day on which the law changed within a month, and one for each newer text of a
    pack: told again, nothing is sent twice.
    """
    found = bylaws.attention(at=now)
    if found is None or not (found.changes or found.newer):
        return 0
    told = sorted({party for office in rules.ANSWER_FOR_THE_LAW for party in queries.holders(office, now)})
    news: list[tuple[str, dict[str, Any]]] = [
        (f"{day}", {"changes": [each for each in found.changes if each.since == day], "outside": found.outside})
        for day in sorted({each.since for each in found.changes})
    ]
    news += [(each.hash, {"newer": each, "outside": each.outside}) for each in found.newer]
    for what, context in news:
        for party in told:
            _tell(actor=actor, now=now, key=ids.derived_key("offices.law_changed", what, party), party=party, context=context)
    return len(news) * len(told)


def _tell(*, actor: Actor, now: datetime, key: str, party: UUID, context: dict[str, Any]) -> None:
    register, contact = privacy.read(party, "register") or {}, privacy.read(party, "contact") or {}
    name = str(register.get("name", ""))
    channel, address = "letter", ", ".join(filter(None, (name, str(register.get("address", "")))))
    for way, field in (("sms", "phone"), ("email", "email")):
        if contact.get(field):
            channel, address = way, str(contact[field])
    messages.queue(
        actor=actor,
        now=now,
        key=key,
        kind="offices.law_changed",
        channel=channel,
        address=address or str(_("to be handed over at the desk")),
        context={"name": name, **context},
        party=party,
        language=str(contact.get("language", "")),
    )


@action("offices.vacate", may=may.inside)
def vacate(*, actor: Actor, now: datetime, key: str, party: UUID, act: str) -> dict[str, int]:
    """End every term a party holds or was to hold, and revoke their access tokens: somebody left the co-op.

    Returns how many of each; nothing is left to end the second time.
    """
    open_terms = Term.objects.filter(party=party, until_at__gt=now, ending__isnull=True).order_by("id")
    terms = list(open_terms.values_list("id", flat=True))
    for term in terms:
        _end(actor=actor, now=now, term=term, act=act)
    tokens = AccessToken.objects.filter(party=party, expires_at__gt=now, revocation__isnull=True).values_list("id", flat=True)
    revoked = Revocation.objects.bulk_create([Revocation(token_id=each, at=now) for each in tokens], ignore_conflicts=True)
    return {"terms": len(terms), "tokens": len(revoked)}


def _check_hands(office: str, party: UUID, *, from_at: datetime, until_at: datetime, now: datetime) -> None:
    overlapping = [
        row
        for row in Term.objects.filter(party=party, from_at__lt=until_at, until_at__gt=from_at).select_related("ending")
        if not (hasattr(row, "ending") and row.ending.at <= max(now, from_at))
    ]
    for row in overlapping:
        if row.office == office:
            raise AlreadyHeld(until=row.until_on.isoformat())
    other = rules.kept_apart(office, {row.office for row in overlapping})
    if other is not None:
        raise KeptApart(office=office, other=other)


def _end(*, actor: Actor, now: datetime, term: UUID, act: str) -> None:
    row = Term.objects.filter(pk=term).first()
    if row is None:
        raise NoSuchTerm()
    if row.until_at <= now:
        raise AlreadyEnded()
    try:
        with transaction.atomic():
            Ending.objects.create(term=row, at=now, act=act)
    except IntegrityError as broken:
        if "offices_ending_pkey" not in str(broken):
            raise
        raise AlreadyEnded() from None
    audit.note(action="offices.end_term", actor=actor, references={"term": term, "party": row.party, "act": act}, now=now)
