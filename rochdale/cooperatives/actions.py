"""Open, activate and close co-ops; register people's log-ins and link them to co-ops."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.shared import coops, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import queries, rules
from .models import Affiliation, Coop, Person


class SlugTaken(Refusal):
    code = "cooperatives.slug_taken"
    text = _("There is a co-op at the address “{slug}” already. Nothing was founded; choose another address.")


class NoSuchCoop(Refusal):
    code = "cooperatives.no_such_coop"
    status = 404
    text = _("There is no such co-op here. Nothing was changed.")


class NotAnEmail(Refusal):
    code = "cooperatives.not_an_email"
    status = 422
    text = _("This is not an e-mail address. Nothing was changed; write it like ada@example.org.")


class NotAPhone(Refusal):
    code = "cooperatives.not_a_phone"
    status = 422
    text = _("This is not a phone number with its country. Nothing was changed; write it like +353 86 123 4567.")


class OfficerChoosesNoPassword(Refusal):
    code = "cooperatives.officer_chooses_no_password"
    status = 403
    text = _("Whoever registers a person does not choose their password. Nothing was changed; they set it after a code.")


class NoAddress(Refusal):
    code = "cooperatives.no_address"
    status = 422
    text = _("A log-in needs an e-mail address or a phone number. Nothing was changed; give one of them.")


class NoSuchPerson(Refusal):
    code = "cooperatives.no_such_person"
    status = 404
    text = _("There is no such log-in. Nothing was changed.")


class DemoOnly(Refusal):
    code = "cooperatives.demo_only"
    status = 403
    text = _("This is only done on a host in demo mode. Nothing was changed.")


@action("cooperatives.open_coop", may=may.inside)
def open_coop(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    slug: str,
    name: str,
    purpose: str,
    kit: str,
    currency: str,
    time_zone: str,
    languages: list[str],
    country: str,
    is_demo: bool = False,
) -> str:
    """Make a co-op in formation with a schema of its own; returns the schema's name. Refuses a taken slug."""
    schema = coops.schema_of(slug)
    try:
        with coops.public():
            Coop.objects.create(
                slug=slug, schema_name=schema, name=name, purpose=purpose, kit=kit, currency=currency, time_zone=time_zone,
                languages=languages, country=country, is_demo=is_demo, created_at=now,
            )  # fmt: skip
            coops.found(schema)
    except IntegrityError as broken:
        if "coop_slug_once" not in str(broken) and "coop_schema_once" not in str(broken):
            raise
        raise SlugTaken(slug=slug) from None
    return schema


@action("cooperatives.activate_coop", may=may.inside)
def activate_coop(*, actor: Actor, now: datetime, key: str, schema: str) -> str:
    """Let a co-op in formation live: its founders have all confirmed. Doing it twice changes nothing."""
    return _set_state(schema, "active", only_from=("formation", "active"))


@action("cooperatives.close_coop", may=may.inside)
def close_coop(*, actor: Actor, now: datetime, key: str, schema: str) -> str:
    """Close a co-op: from the next request on it can be read, and nothing in it changes."""
    return _set_state(schema, "closed", only_from=("formation", "active", "closed"))


@action("cooperatives.register_person", may=may.host_operator | may.office("secretary", "treasurer", "cashier", "chair"))
def register_person(
    *, actor: Actor, now: datetime, key: str, email: str = "", phone: str = "", language: str = "en", password: str = ""
) -> str:
    """Make a log-in for an e-mail address or a phone number, or find the one there is; returns its id.

    Neither address counts as proven until its owner has used a code sent there. A password is
    only set on a log-in made now, and only by the host's operator: whoever knew it could wait until its
    owner had proven the address and then be them. Refuses addresses that cannot be any.
    """
    if password and actor.kind != "operator":
        raise OfficerChoosesNoPassword()
    checked_email, checked_phone = _checked(email, phone)
    with coops.public():
        found = queries.person_at(checked_email or checked_phone or "")
        if found is not None:
            return str(found.id)
        person = Person(email=checked_email, phone=checked_phone, language=language, created_at=now)
        person.set_password(password or None)
        try:
            with transaction.atomic():
                person.save(force_insert=True)
        except IntegrityError:
            return str(_made_meanwhile(checked_email, checked_phone))
        if checked_email:
            EmailAddress.objects.create(user=person, email=checked_email, verified=False, primary=True)
    return str(person.id)


@action("cooperatives.link_person", may=may.inside)
def link_person(*, actor: Actor, now: datetime, key: str, person: UUID) -> None:
    """Put the co-op of the moment on a person's list of co-ops; doing it twice changes nothing."""
    schema = coops.current()
    with coops.public():
        coop = Coop.objects.filter(schema_name=schema).first()
        if coop is None:
            raise NoSuchCoop()
        if not Person.objects.filter(pk=person).exists():
            raise NoSuchPerson()
        Affiliation.objects.bulk_create([Affiliation(person_id=person, coop=coop, since=now)], ignore_conflicts=True)


@action("cooperatives.unlink_person", may=may.inside)
def unlink_person(*, actor: Actor, now: datetime, key: str, person: UUID) -> None:
    """Take the co-op of the moment off a person's list of co-ops."""
    schema = coops.current()
    with coops.public():
        Affiliation.objects.filter(person_id=person, coop__schema_name=schema).delete()


@action("cooperatives.give_demo_factor", may=may.host_operator, about=("person",))
def give_demo_factor(*, actor: Actor, now: datetime, key: str, person: UUID, secret: str, demo_host: bool) -> None:
    """Give a demo person an authenticator whose secret the demo knows, so that a visitor can sign in as an officer.

    `secret` is base32 text; `demo_host` is what the entrance read from the settings. Refused on any other host.
    """
    from allauth.mfa.adapter import get_adapter

    if not demo_host:
        raise DemoOnly()
    with coops.public():
        if not Person.objects.filter(pk=person).exists():
            raise NoSuchPerson()
        if not Authenticator.objects.filter(user_id=person, type=Authenticator.Type.TOTP).exists():
            Authenticator.objects.create(
                user_id=person, type=Authenticator.Type.TOTP, data={"secret": get_adapter().encrypt(secret)}
            )
        EmailAddress.objects.filter(user_id=person).update(verified=True)


@action("cooperatives.reseal_factors", may=may.inside)
def reseal_factors(*, actor: Actor, now: datetime, key: str) -> dict[str, int]:
    """Seal the secrets of all second factors with the newest generation of the host's key; returns how many rows."""
    from allauth.mfa.adapter import get_adapter

    seal, changed = get_adapter(), 0
    for row in Authenticator.objects.select_for_update().order_by("pk"):
        sealed = {name: row.data[name] for name in ("secret", "seed") if row.data.get(name)}
        if sealed:
            row.data |= {name: seal.encrypt(seal.decrypt(text)) for name, text in sealed.items()}
            row.save(update_fields=["data"])
            changed += 1
    return {"resealed": changed}


def _checked(email: str, phone: str) -> tuple[str | None, str | None]:
    if not email.strip() and not phone.strip():
        raise NoAddress()
    checked_email = rules.email_address(email) if email.strip() else None
    checked_phone = rules.phone_number(phone) if phone.strip() else None
    if email.strip() and checked_email is None:
        raise NotAnEmail()
    if phone.strip() and checked_phone is None:
        raise NotAPhone()
    return checked_email, checked_phone


def _made_meanwhile(email: str | None, phone: str | None) -> UUID:
    """Return the log-in that another transaction made between our look and our insert."""
    found = queries.person_at(email or "") or queries.person_at(phone or "")
    if found is None:
        raise NoSuchPerson()
    return found.id


def _set_state(schema: str, state: str, *, only_from: tuple[str, ...]) -> str:
    with coops.public():
        changed = Coop.objects.filter(schema_name=schema, state__in=only_from).update(state=state)
    if changed != 1:
        raise NoSuchCoop()
    return state
