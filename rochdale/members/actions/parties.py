"""Parties: make them, link a log-in, change what is known, appoint who acts for an organisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rochdale.cooperatives import actions as cooperatives
from rochdale.privacy import actions as privacy
from rochdale.privacy import queries as vault
from rochdale.shared import action as acting
from rochdale.shared import ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import LogInLink, Party, Representative
from .closing import close_representation
from .known import recorded

LONGEST_DETAIL = 200


class NameMissing(Refusal):
    code = "members.name_missing"
    status = 422
    text = _("The register needs a name. Nothing was kept; fill in the name and send it again.")


class UnknownDetail(Refusal):
    code = "members.unknown_detail"
    status = 422
    text = _("“{field}” is not something that can be told or changed here. Nothing was changed.")


class DetailTooLong(Refusal):
    code = "members.detail_too_long"
    status = 422
    text = _("“{field}” is longer than {most} characters. Nothing was changed; shorten it.")


class NoSuchParty(Refusal):
    code = "members.no_such_party"
    status = 404
    text = _("This co-op knows nobody under this reference. Nothing was changed.")


class AlreadyLinked(Refusal):
    code = "members.already_linked"
    text = _("This person or this log-in is already linked. Nothing was changed; ask the secretary to look into it.")


class NotAnOrganisation(Refusal):
    code = "members.not_an_organisation"
    status = 422
    text = _("Only an organisation is acted for, and only by a person. Nothing was changed.")


class AlreadyRepresents(Refusal):
    code = "members.already_represents"
    text = _("This person acts for this organisation already. Nothing was changed.")


class AppointsOneself(Refusal):
    code = "members.appoints_oneself"
    status = 403
    text = _(
        "Nobody appoints themselves to act for an organisation. Nothing was changed; ask the organisation or another officer."
    )


class DoesNotRepresent(Refusal):
    code = "members.does_not_represent"
    text = _("This person does not act for this organisation. Nothing was changed.")


def act_text(actor: Actor, key: str) -> str:
    """Name the act that allowed something: the resolution, or the running action with its key."""
    text = actor.reference if actor.kind == "resolution" else f"{acting.running()}#{key}"
    return text[:120]


def checked(fields: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, str]:
    """Return the fields as trimmed texts. Refuses fields that are not on the list, and very long ones."""
    for field, value in fields.items():
        if field not in allowed:
            raise UnknownDetail(field=str(field)[:40])
        if len(str(value)) > LONGEST_DETAIL:
            raise DetailTooLong(field=field, most=LONGEST_DETAIL)
    return {field: " ".join(str(value).split()) for field, value in fields.items() if str(value).strip()}


@action("members.make_party", may=may.inside)
def make_party(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    kind: str = "person",
    person: UUID | None = None,
    register: Mapping[str, Any] | None = None,
    contact: Mapping[str, Any] | None = None,
) -> str:
    """Make a party and return its random reference; a log-in that is known here keeps the one it has.

    `register` holds what the register needs (name, address), `contact` how they are reached
    (email, phone, language). Both may be left out: an imported listener has no name here.
    """
    known = queries.party_of(person) if person is not None else None
    if known is not None:
        return str(known)
    row = _insert(kind, person, now)
    if row is None:
        assert person is not None
        return str(Party.objects.values_list("id", flat=True).get(person=person))
    if person is not None:
        cooperatives.link_person(actor=actor, now=now, key=ids.derived_key(key, "co-op"), person=person)
    keep_details(actor=actor, now=now, key=key, party=row.id, register=register, contact=contact)
    return str(row.id)


def _insert(kind: str, person: UUID | None, now: datetime) -> Party | None:
    try:
        with transaction.atomic():
            party = Party.objects.create(kind=kind, person=person, made_at=now)
            if person is not None:
                LogInLink.objects.create(party=party, person=person, at=now)
            return party
    except IntegrityError as error:
        if "members_one_party_per_person" in str(error):
            return None
        raise


def keep_details(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    party: UUID,
    register: Mapping[str, Any] | None,
    contact: Mapping[str, Any] | None,
) -> None:
    """Put what is told of a party into the vault; what is not told again stays as it was."""
    for retention_class, given, allowed in (
        ("register", register, rules.REGISTER_FIELDS),
        ("contact", contact, rules.CONTACT_FIELDS),
    ):
        told = checked(given or {}, allowed)
        if not told:
            continue
        fields = (vault.read(party, retention_class) or {}) | told
        moment = recorded(now) if retention_class == "register" else now
        privacy.keep(
            actor=actor,
            now=moment,
            key=ids.derived_key(key, retention_class),
            party=party,
            retention_class=retention_class,
            fields=fields,
        )


@action("members.make_organisation", may=may.office("secretary", "board", "chair"), about=("representative",))
def make_organisation(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    representative: UUID,
    register: Mapping[str, Any],
    contact: Mapping[str, Any] | None = None,
) -> str:
    """Make a party for an organisation, with the person who first acts for it; returns its reference."""
    if not checked(register, rules.REGISTER_FIELDS).get("name"):
        raise NameMissing()
    organisation = make_party(actor=actor, now=now, key=key, kind="organisation", register=register, contact=contact)
    appoint_representative(actor=actor, now=now, key=key, organisation=UUID(organisation), representative=representative)
    return organisation


@action("members.link_person", may=may.inside)
def link_person(*, actor: Actor, now: datetime, key: str, party: UUID, person: UUID) -> None:
    """Give a party its log-in. Refuses a party that has one, and a log-in that is somebody here already."""
    try:
        with transaction.atomic():
            linked = Party.objects.filter(pk=party, kind="person", person__isnull=True).update(person=person)
    except IntegrityError as error:
        if "members_one_party_per_person" in str(error):
            raise AlreadyLinked() from error
        raise
    if not linked:
        raise AlreadyLinked()
    LogInLink.objects.create(party_id=party, person=person, at=now)
    cooperatives.link_person(actor=actor, now=now, key=ids.derived_key(key, "co-op"), person=person)


@action("members.change_contact", may=may.own("party"), about=("party",))
def change_contact(*, actor: Actor, now: datetime, key: str, party: UUID, contact: Mapping[str, Any]) -> None:
    """Change how one is reached: email, phone, language, postal address. Refuses every other field by name."""
    told = checked(contact, rules.CONTACT_FIELDS)
    keep_details(actor=actor, now=now, key=key, party=party, register=None, contact=told)


@action(
    "members.appoint_representative",
    may=may.own("organisation") | may.office("secretary", "board", "chair"),
    about=("organisation", "representative"),
)
def appoint_representative(*, actor: Actor, now: datetime, key: str, organisation: UUID, representative: UUID) -> None:
    """Let a person act for an organisation from now on. The organisation itself or the secretary says so.

    Refuses an officer who would take an organisation that is here already, and its wallet, into their own hands.
    """
    alone = acting.running() == "members.appoint_representative" and actor.party != organisation
    if alone and actor.party is not None and queries.is_same_human(actor.party, representative, now):
        raise AppointsOneself()
    kinds = dict(Party.objects.filter(pk__in=[organisation, representative]).values_list("id", "kind"))
    if len(kinds) < 2:
        raise NoSuchParty()
    if kinds[organisation] != "organisation" or kinds[representative] != "person":
        raise NotAnOrganisation()
    try:
        with transaction.atomic():
            Representative.objects.create(
                organisation_id=organisation, representative_id=representative, from_at=now, act=act_text(actor, key)
            )
    except IntegrityError as error:
        if "members_represents_once_at_a_time" in str(error):
            raise AlreadyRepresents() from error
        raise


@action(
    "members.end_representation",
    may=may.own("organisation") | may.own("representative") | may.office("secretary", "board", "chair"),
    about=("organisation", "representative"),
)
def end_representation(*, actor: Actor, now: datetime, key: str, organisation: UUID, representative: UUID) -> None:
    """End that a person acts for an organisation; it holds from the next request on."""
    held = Representative.objects.filter(organisation=organisation, representative=representative)
    if not close_representation(held, until_at=now, act=act_text(actor, key)):
        raise DoesNotRepresent()


@action("members.take_turn", may=may.inside)
def take_turn(*, actor: Actor, now: datetime, key: str, party: UUID) -> None:
    """Wait until nobody else changes this party's shares or codes; the turn ends with the transaction."""
    if not Party.objects.filter(pk=party).update(turn=F("turn") + 1):
        raise NoSuchParty()
