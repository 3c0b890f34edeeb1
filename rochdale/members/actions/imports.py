"""Bringing an old register in: members with their old numbers and days, their shares, and the share capital behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import actions as ledger
from rochdale.ledger.rules import Leg, NewPosting
from rochdale.privacy import actions as privacy
from rochdale.shared import ids, may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from ..models import (
    ClassEnd,
    ClassMembership,
    Counter,
    ImportedMember,
    Member,
    MembershipEnd,
    MembershipStart,
    Party,
    RegisterImport,
    ShareMovement,
)
from .known import recorded

LARGEST_PART = 1_000
RULE = "imported"
CAPITAL = "equity.share_capital"
KIND = "members.share_capital_brought_in"


class NoSuchRegisterImport(Refusal):
    code = "members.no_such_register_import"
    status = 404
    text = _("There is no such import here. Nothing was imported; start one first.")


class PartTooLarge(Refusal):
    code = "members.import_part_too_large"
    status = 422
    text = _("A part of an import has 1 to {most} members. Nothing of it was imported.")


class NumberTaken(Refusal):
    code = "members.number_taken"
    text = _("The member number {number} was given to somebody else meanwhile. Nothing of this part was imported; look again.")


@dataclass(frozen=True, slots=True)
class Followed:
    """A payment for a lot or shares given back of it."""

    kind: str
    at: datetime
    shares: int
    amount: int


@dataclass(frozen=True, slots=True)
class TakenShares:
    """A lot of shares: taken when, how many, for how much each (micro-units), and what followed."""

    at: datetime
    shares: int
    par_value: int
    share_class: str
    currency: str
    followed: tuple[Followed, ...] = ()


@dataclass(frozen=True, slots=True)
class Entrant:
    """A member of an old register, ready to be entered. `number` is None where the next free one is to be given."""

    reference: str
    number: int | None
    kind: str
    register: dict[str, str]
    contact: dict[str, str]
    classes: tuple[str, ...]
    joined_at: datetime
    left_at: datetime | None = None
    left_because: str = ""
    shares: tuple[TakenShares, ...] = ()


@action("members.start_register_import", may=may.office("secretary") | may.host_operator, about=("file_hash", "members"))
def start_register_import(*, actor: Actor, now: datetime, key: str, file_hash: str, members: int, highest: int) -> int:
    """Note that an old register is brought in, and raise the counter beyond its highest number; returns the import's number.

    From then on a new member gets a number that nobody ever had, here or in the old register.
    """
    last = _last_number()
    run = RegisterImport.objects.create(
        file_hash=file_hash, members=members, highest=max(highest, last), begun_at=now, act=f"import:{file_hash[:16]}"
    )
    if highest > last:
        Counter.objects.filter(pk="member").update(last=highest)
    return int(run.pk)


@action("members.import_members", may=may.office("secretary") | may.host_operator, about=("run",), recorded=False)
def import_members(
    *, actor: Actor, now: datetime, key: str, run: int, members: Sequence[Entrant], against: str, currency: str
) -> dict[str, int]:
    """Enter one part of an old register, all of it or nothing; who came under the same old number is left as they are.

    Names and contacts go to the vault. What was paid for shares becomes share capital, booked on its old day
    against the account `against` (a code of these books). Returns {"entered": how many, "there": how many were there}.
    """
    if not 0 < len(members) <= LARGEST_PART:
        raise PartTooLarge(most=LARGEST_PART)
    started = RegisterImport.objects.filter(pk=run).first()
    if started is None:
        raise NoSuchRegisterImport()
    when = recorded(now)
    _last_number()
    there = set(
        ImportedMember.objects.filter(reference__in=[each.reference for each in members]).values_list("reference", flat=True)
    )
    fresh = [each for each in members if each.reference not in there]
    if fresh:
        parties = _parties(fresh, when, actor=actor, now=now, key=key)
        numbers = _numbers(fresh)
        _enter(fresh, parties, numbers, started, when)
        _take_shares(fresh, parties, started, when, actor=actor, now=now, key=key, against=against, currency=currency)
    return {"entered": len(fresh), "there": len(there)}


def _last_number() -> int:
    """Return the last number given, and hold the counter until the transaction ends."""
    Counter.objects.bulk_create([Counter(name="member", last=0)], ignore_conflicts=True)
    return Counter.objects.select_for_update().get(pk="member").last


def _next_number() -> int:
    Counter.objects.filter(pk="member").update(last=F("last") + 1)
    return Counter.objects.values_list("last", flat=True).get(pk="member")


def _numbers(fresh: Sequence[Entrant]) -> list[int]:
    """Give each their old number where it is a whole one, else the next that nobody ever had."""
    wanted = [each.number for each in fresh if each.number]
    taken = Member.objects.filter(number__in=wanted).values_list("number", flat=True).first()
    if taken:
        raise NumberTaken(number=taken)
    return [each.number or _next_number() for each in fresh]


def _parties(fresh: Sequence[Entrant], when: datetime, *, actor: Actor, now: datetime, key: str) -> list[UUID]:
    made = Party.objects.bulk_create(Party(kind=each.kind, made_at=now) for each in fresh)
    parties = [party.id for party in made]
    for retention_class in ("register", "contact"):
        known = {party: getattr(each, retention_class) for party, each in zip(parties, fresh, strict=True)}
        privacy.keep_many(
            actor=actor,
            now=when,
            key=ids.derived_key(key, retention_class),
            retention_class=retention_class,
            fields={party: told for party, told in known.items() if told},
        )
    return parties


def _enter(
    fresh: Sequence[Entrant], parties: Sequence[UUID], numbers: Sequence[int], run: RegisterImport, when: datetime
) -> None:
    each_with = list(zip(fresh, parties, numbers, strict=True))
    Member.objects.bulk_create(
        Member(number=number, party_id=party, admitted_at=each.joined_at, recorded_at=when, act=run.act)
        for each, party, number in each_with
    )
    MembershipStart.objects.bulk_create(
        MembershipStart(member_id=number, effective_at=each.joined_at, recorded_at=when, rule=RULE)
        for each, _party, number in each_with
    )
    places = ClassMembership.objects.bulk_create(
        ClassMembership(
            member_id=number, class_code_id=code, from_at=each.joined_at, until_at=each.left_at, recorded_at=when, act=run.act
        )
        for each, _party, number in each_with
        for code in each.classes
    )
    ClassEnd.objects.bulk_create(
        ClassEnd(membership=place, until_at=place.until_at, act=run.act) for place in places if place.until_at is not None
    )
    MembershipEnd.objects.bulk_create(
        MembershipEnd(member_id=number, effective_at=each.left_at, recorded_at=when, reason=each.left_because, act=run.act)
        for each, _party, number in each_with
        if each.left_at is not None
    )
    ImportedMember.objects.bulk_create(
        ImportedMember(member_id=number, reference=each.reference, run=run) for each, _party, number in each_with
    )


def _take_shares(
    fresh: Sequence[Entrant],
    parties: Sequence[UUID],
    run: RegisterImport,
    when: datetime,
    *,
    actor: Actor,
    now: datetime,
    key: str,
    against: str,
    currency: str,
) -> None:
    """Write the lots, book what was paid for them, and write that down beside them."""
    lots = [(each, party, lot) for each, party in zip(fresh, parties, strict=True) for lot in each.shares]
    if not lots:
        return
    opened = ShareMovement.objects.bulk_create(
        _row(party, lot, run, when, kind="subscribed", shares=lot.shares, amount=lot.shares * lot.par_value, at=lot.at)
        for _each, party, lot in lots
    )
    accounts = _accounts(actor=actor, now=now, key=key, against=against, currency=currency)
    steps = [
        (each, party, lot, row.pk, number, step)
        for (each, party, lot), row in zip(lots, opened, strict=True)
        for number, step in enumerate(lot.followed)
    ]
    if not steps:
        return
    postings = ledger.post_many(
        actor=actor,
        now=now,
        key=ids.derived_key(key, "shares"),
        postings=[
            _posting(each, party, lot_id, number, step, accounts, run) for each, party, _lot, lot_id, number, step in steps
        ],
    )
    ShareMovement.objects.bulk_create(
        _row(
            party,
            lot,
            run,
            when,
            kind=step.kind,
            shares=step.shares,
            amount=step.amount,
            at=step.at,
            lot_id=lot_id,
            posting=posting,
        )
        for (_each, party, lot, lot_id, _number, step), posting in zip(steps, postings, strict=True)
    )


def _row(
    party: UUID,
    lot: TakenShares,
    run: RegisterImport,
    when: datetime,
    *,
    kind: str,
    shares: int,
    amount: int,
    at: datetime,
    **more: Any,
) -> ShareMovement:
    return ShareMovement(
        party_id=party,
        share_class_id=lot.share_class,
        kind=kind,
        shares=shares,
        par_value=lot.par_value,
        amount=amount,
        currency=lot.currency,
        effective_at=at,
        recorded_at=when,
        act=run.act,
        subscription_id=more.get("lot_id"),
        posting=more.get("posting"),
    )


def _accounts(*, actor: Actor, now: datetime, key: str, against: str, currency: str) -> tuple[int, int]:
    """Return the account against which capital comes in, and that of the share capital."""
    other, capital = (
        ledger.open_account(actor=actor, now=now, key=ids.derived_key(key, code), code=code, currency=currency)
        for code in (against, CAPITAL)
    )
    return other, capital


def _posting(
    each: Entrant, party: UUID, lot: int, number: int, step: Followed, accounts: tuple[int, int], run: RegisterImport
) -> NewPosting:
    other, capital = accounts if step.kind == "paid" else (accounts[1], accounts[0])
    return NewPosting(
        key=f"members.import:{run.pk}:{lot}:{number}",
        kind=KIND,
        transfers=(Leg(debit=other, credit=capital, amount=step.amount, role="shares"),),
        happened_at=step.at,
        source=f"subscription:{lot}",
        party=party,
        standing="+".join(sorted(each.classes)),
        tax="outside",
    )
