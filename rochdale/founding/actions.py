"""Founding: begin, amend, confirm; the last confirmation founds the co-op in the same transaction."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rochdale.audit import queries as audit
from rochdale.bylaws import actions as bylaws
from rochdale.bylaws import queries as law
from rochdale.cooperatives import actions as cooperatives
from rochdale.ledger import actions as ledger
from rochdale.members import actions as members
from rochdale.messages import actions as messages
from rochdale.offices import actions as offices
from rochdale.shared import actor as actors
from rochdale.shared import coops, ids, keys, may, module, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import queries, rules
from .models import Act, Confirmation, Founder, Plan

A_DAY = timedelta(days=1)
MOST_A_DAY = 5
"""How many co-ops one person may begin in a day."""


class BadSlug(Refusal):
    code = "founding.bad_slug"
    status = 422
    text = _("“{slug}” cannot be an address. Use 3 to 40 of the letters a–z, digits and single hyphens. Nothing was founded.")


class UnknownKit(Refusal):
    code = "founding.unknown_kit"
    status = 422
    text = _("There is no kit “{kit}”. Nothing was founded.")


class TooFewFounders(Refusal):
    code = "founding.too_few_founders"
    status = 422
    text = _("The law asks for {minimum} founders ({article}); you named {given}. Nothing was founded.")


class FounderTwice(Refusal):
    code = "founding.founder_twice"
    status = 422
    text = _("Two founders have the same address. Each needs one of their own. Nothing was founded.")


class OfficeEmpty(Refusal):
    code = "founding.office_empty"
    status = 422
    text = _("Nobody would hold these offices: {offices}. Choose a founder for each. Nothing was founded.")


class MoneyInOneHand(Refusal):
    code = "founding.money_in_one_hand"
    status = 422
    text = _("Treasurer and cashier must be two people, so that nobody pays out alone. Nothing was founded.")


class UnknownClass(Refusal):
    code = "founding.unknown_class"
    status = 422
    text = _("The kit has no class {classes}. Nothing was founded.")


class TooManyBegun(Refusal):
    code = "founding.too_many_begun"
    status = 429
    may_retry = True
    text = _("You began {most} co-operatives in the last day, and each writes to people. Nothing was founded; go on tomorrow.")


class NoSuchInvitation(Refusal):
    code = "founding.no_such_invitation"
    status = 404
    text = _("This invitation is not valid. Ask whoever invited you for a new one. Nothing was changed.")


class TextChanged(Refusal):
    code = "founding.text_changed"
    text = _("The bylaws were changed after you opened this page. Read them again and confirm then. Nothing was changed.")


class RowsNotAccepted(Refusal):
    code = "founding.rows_not_accepted"
    status = 422
    text = _("Some rules of law are not yet confirmed by a lawyer. Accept that, or wait for the review. Nothing was changed.")


class AlreadyConfirmed(Refusal):
    code = "founding.already_confirmed"
    text = _(
        "You have already confirmed as a founder. Each founder confirms once, with a log-in of their own. Nothing was changed."
    )


class AlreadyFounded(Refusal):
    code = "founding.already_founded"
    text = _("This co-operative is founded already. Nothing was changed.")


@action("founding.begin", may=may.anyone | may.host_operator, about=("slug", "kit"))
def begin(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    initiator: UUID,
    name: str,
    slug: str,
    purpose: str,
    kit: str,
    packs: Sequence[str],
    currency: str,
    time_zone: str,
    languages: Sequence[str],
    values: Mapping[str, Any],
    founders: Sequence[rules.Invited],
    is_demo: bool = False,
) -> str:
    """Begin a founding: make the co-op in formation and invite its founders; returns the slug.

    A default that the law does not allow is moved into its bounds, for the founders to confirm. Refuses a sixth in a day by
    one person (each makes a schema and writes to founders: nobody may flood the host or strangers with them), a bad or
    taken slug, an unknown kit, class or currency, bylaws outside the law's bounds, fewer founders than the law asks for,
    and offices that are empty or in one hand.
    """
    if actor.person is not None and audit.times("founding.begin", person=actor.person, since=now - A_DAY) >= MOST_A_DAY:
        raise TooManyBegun(most=MOST_A_DAY)
    if not rules.slug_is_good(slug):
        raise BadSlug(slug=slug[:60])
    currency = money.currency_code(currency)
    chosen = _kit(kit)
    _check_founders(founders, chosen, packs, now)
    moved = law.moved_by_law(packs, currency=currency, at=now)
    whole = rules.founding_values({**moved, **chosen.bylaws}, values)
    checked = bylaws.check_values(values=whole, packs=list(packs), currency=currency, at=now)
    schema = cooperatives.open_coop(
        actor=actor,
        now=now,
        key=ids.derived_key(key, "co-op"),
        slug=slug,
        name=name,
        purpose=purpose,
        kit=kit,
        currency=currency,
        time_zone=time_zone,
        languages=list(languages),
        country=law.pack(packs[0]).country,
        is_demo=is_demo,
    )
    with coops.inside(schema):
        _draft(values=checked, kit=kit, packs=packs, currency=currency, by=initiator, now=now)
        for founder in founders:
            _invite(founder, actor=actor, now=now, key=key, coop_name=name, slug=slug)
    return slug


@action("founding.amend_plan", may=may.anyone)
def amend_plan(*, actor: Actor, now: datetime, key: str, values: Mapping[str, Any]) -> str:
    """Change the planned bylaws before the act of founding; everyone who confirmed must confirm again.

    Only somebody who drafted or already confirmed the plan may; returns the new text's hash.
    """
    _must_be_in_formation()
    plan = queries.plan()
    involved = {plan.drafted_by} | set(Confirmation.objects.values_list("person", flat=True))
    if actor.person not in involved:
        raise NoSuchInvitation()
    whole = rules.founding_values(plan.values, values)
    checked = bylaws.check_values(values=whole, packs=list(plan.packs), currency=plan.currency, at=now)
    assert actor.person is not None
    return _draft(values=checked, kit=plan.kit, packs=plan.packs, currency=plan.currency, by=actor.person, now=now)


@action("founding.confirm", may=may.anyone, about=("founder", "text_hash"))
def confirm(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    founder: UUID,
    token: str,
    text_hash: str,
    accepts_unconfirmed_rows: bool,
    register: Mapping[str, str],
    contact: Mapping[str, str],
) -> dict[str, Any]:
    """Confirm as a founder, with one's own log-in; the last one founds the co-op.

    `register` holds what the law wants in the register (name, postal address), `contact` how to
    be reached. Returns {"founded": bool, "waiting_for": count}.
    """
    _must_be_in_formation()
    invited = Founder.objects.filter(id=founder).first()
    if invited is None or not hmac.compare_digest(invited.token_hash, _hash(token)):
        raise NoSuchInvitation()
    plan = queries.plan()
    if plan.text_hash != text_hash:
        raise TextChanged()
    if plan.unconfirmed_rows and not accepts_unconfirmed_rows:
        raise RowsNotAccepted()
    assert actor.person is not None
    if Confirmation.objects.filter(text_hash=text_hash).filter(_either(founder, actor.person)).exists():
        raise AlreadyConfirmed()
    earlier = Confirmation.objects.filter(founder=invited, person=actor.person).first()
    party = earlier.party if earlier else _founder_party(actor, now, key, register, contact)
    Confirmation.objects.create(
        id=ids.new_id(), founder=invited, person=actor.person, party=party, text_hash=text_hash, confirmed_at=now
    )
    waiting = queries.waiting_for(text_hash)
    if not waiting:
        _found(plan, now)
    return {"founded": not waiting, "waiting_for": waiting}


def _kit(code: str) -> module.Kit:
    for plug in module.installed():
        for kit in plug.kits():
            if kit.code == code:
                return kit
    raise UnknownKit(kit=code[:40])


def _check_founders(founders: Sequence[rules.Invited], kit: module.Kit, packs: Sequence[str], now: datetime) -> None:
    minimum = law.founders_minimum(packs, at=now)
    if len(founders) < minimum.value:
        raise TooFewFounders(minimum=minimum.value, article=minimum.source, given=len(founders))
    if rules.same_address_twice(founders):
        raise FounderTwice()
    wrong = rules.unknown_classes(founders, [each.code for each in kit.classes])
    if wrong or any(not founder.classes for founder in founders):
        raise UnknownClass(classes=", ".join(wrong) or "—")
    empty = rules.offices_left_empty(founders)
    if empty:
        raise OfficeEmpty(offices=", ".join(empty))
    if rules.money_in_one_hand(founders):
        raise MoneyInOneHand()


def _draft(*, values: Mapping[str, Any], kit: str, packs: Sequence[str], currency: str, by: UUID, now: datetime) -> str:
    rows = [row.hash for row in law.rows_to_accept(packs, at=now)]
    text = {"kit": kit, "packs": law.pack_hashes(packs), "currency": currency, "values": values, "unconfirmed": rows}
    text_hash = hashlib.sha256(json.dumps(text, sort_keys=True, default=str).encode()).hexdigest()
    Plan.objects.create(
        id=ids.new_id(),
        kit=kit,
        packs=list(packs),
        currency=currency,
        values=values,
        unconfirmed_rows=rows,
        text_hash=text_hash,
        drafted_by=by,
        drafted_at=now,
        order=Plan.objects.count() + 1,
    )
    return text_hash


def _invite(founder: rules.Invited, *, actor: Actor, now: datetime, key: str, coop_name: str, slug: str) -> None:
    token = secrets.token_urlsafe(24)
    row = Founder.objects.create(
        id=ids.new_id(),
        sealed_address=keys.encrypt(founder.address.encode(), about="founding.founder"),
        address_print=keys.fingerprint(founder.address.casefold()),
        token_hash=_hash(token),
        classes=list(founder.classes),
        offices=list(founder.offices),
        invited_at=now,
    )
    messages.queue(
        actor=actor,
        now=now,
        key=ids.derived_key(key, "invite", row.id),
        kind="founding.invitation",
        channel="sms" if founder.address.startswith("+") else "email",
        address=founder.address,
        context={"coop": coop_name, "url": f"{settings.ROCHDALE_URL}/c/{slug}/founding/confirm/{row.id}/{token}/"},
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _either(founder: UUID, person: UUID) -> Q:
    return Q(founder=founder) | Q(person=person)


def _must_be_in_formation() -> None:
    # Confirmations of one co-op stand in line here, so that exactly one of them is the last …
    queries.lock_formation()
    # … and whoever waited while it was founded sees that: nothing is amended or confirmed afterwards.
    if Act.objects.exists():
        raise AlreadyFounded()


def _founder_party(actor: Actor, now: datetime, key: str, register: Mapping[str, str], contact: Mapping[str, str]) -> UUID:
    party = members.make_party(
        actor=actor,
        now=now,
        key=ids.derived_key(key, "party"),
        kind="person",
        person=actor.person,
        register=dict(register),
        contact=dict(contact),
    )
    return UUID(party)


def _found(plan: Plan, now: datetime) -> None:
    """Carry out the act of founding: version 1, accounts, members, offices; then the co-op is active."""
    act = "founding:1"
    by = actors.resolution(act)
    Act.objects.create(id=1, reference=act, text_hash=plan.text_hash, founded_at=now)
    bylaws.adopt_version(
        actor=by,
        now=now,
        key=f"{act}:bylaws",
        values=plan.values,
        packs=plan.packs,
        act=act,
        valid_from=now,
        currency=plan.currency,
        accepted=plan.unconfirmed_rows,
    )
    members.open_register(
        actor=by, now=now, key=f"{act}:register", classes=_kit(plan.kit).classes, currency=plan.currency, act=act
    )
    for plug in module.installed():
        for account in plug.accounts():
            if account.per == "co-op":
                ledger.open_account(actor=by, now=now, key=f"{act}:{account.code}", code=account.code, currency=plan.currency)
    confirmed = Confirmation.objects.filter(text_hash=plan.text_hash).select_related("founder").order_by("confirmed_at", "id")
    for confirmation in confirmed:
        members.enrol_founder(
            actor=by,
            now=now,
            key=f"{act}:{confirmation.party}",
            party=confirmation.party,
            classes=confirmation.founder.classes,
            act=act,
        )
        for office in confirmation.founder.offices:
            offices.fill_first_term(
                actor=by, now=now, key=f"{act}:{office}:{confirmation.party}", office=office, party=confirmation.party, act=act
            )
    cooperatives.activate_coop(actor=by, now=now, key=f"{act}:active", schema=coops.current())
