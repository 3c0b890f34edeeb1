"""Shares change hands or class: transfers between members, inheritance, conversion."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import queries as bylaws
from rochdale.shared import ids, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import ShareRequest, ShareRequestEnd, TransferAgreement
from . import recording
from .membership import NotAMember, settle_start
from .notices import tell
from .shares import BadShareCount, NotThatMany, OverMaximum, share_class_row

MOST_SHARES = 1_000_000


class TransfersClosed(Refusal):
    code = "members.transfers_not_allowed"
    text = _("Shares of this co-op are not transferred between members. Nothing was changed.")


class ToOneself(Refusal):
    code = "members.transfer_to_oneself"
    status = 422
    text = _("Shares are transferred to somebody else. Nothing was changed.")


class NoSuchShareRequest(Refusal):
    code = "members.no_such_share_request"
    status = 404
    text = _("No such wish about shares is known here. Nothing was changed.")


class ShareRequestSettled(Refusal):
    code = "members.share_request_settled"
    text = _("This was settled already, perhaps a moment ago by somebody else. Nothing was changed; open the list again.")


class ReasonMissing(Refusal):
    code = "members.share_refusal_needs_reason"
    status = 422
    text = _("Saying no needs one of these reasons: {reasons}. Nothing was changed.")


class SameClass(Refusal):
    code = "members.same_share_class"
    status = 422
    text = _("These shares are of this class already. Nothing was changed.")


class NotAgreed(Refusal):
    code = "members.receiver_has_not_agreed"
    text = _("Whoever is to get these shares has not agreed yet. Nothing was changed; it can only be refused until then.")


class HeirsTerm(Refusal):
    code = "members.heir_is_no_member"
    text = _("The heir is no member yet. Nothing was changed: admit them first, or put the shares into the buy-back queue.")


@action("members.offer_transfer", may=may.own("party"), about=("party", "receiver", "share_class", "count"))
def offer_transfer(
    *, actor: Actor, now: datetime, key: str, party: UUID, receiver: UUID, count: int, share_class: str = "member"
) -> dict[str, Any]:
    """Offer one's wholly paid shares to another member, who agrees first; then the board decides where the bylaws say so.

    Returns {"request": id, "state": "waits"}. Refuses where bylaws or law allow no
    transfer, oneself, who is no member, and more shares than are free above the minimum.
    """
    if queries.transfer_rule(now) == "not_allowed":
        raise TransfersClosed()
    if queries.is_same_human(party, receiver, now):
        raise ToOneself()
    recording.take_turns(actor=actor, now=now, key=key, parties=[party, receiver])
    check_giver(party, share_class, count, now)
    check_receiver(receiver, share_class, count, now)
    row = ask(
        actor=actor, now=now, key=key, kind="transfer", party=party, receiver=receiver, share_class=share_class, shares=count
    )
    tell(actor=actor, now=now, key=key, kind="members.transfer_offered", party=receiver, context={"shares": count})
    return {"request": row.id, "state": "waits"}


@action("members.decide_transfer", may=may.office("board", "chair"), about=("request", "approved", "reason_code"))
def decide_transfer(
    *, actor: Actor, now: datetime, key: str, request: int, approved: bool, reason_code: str = ""
) -> dict[str, Any]:
    """Approve a transfer, which then happens at once, or refuse it with a coded reason; both sides are told.

    Refuses a party to the transfer, a second decision, a yes before the receiver's, and what is no longer possible now.
    """
    row = waiting(request, "transfer")
    assert row.receiver_id is not None  # the table's check
    recording.check_not_own(actor, [row.party_id, row.receiver_id], now)
    if not approved:
        if reason_code not in rules.TRANSFER_REFUSALS:
            raise ReasonMissing(reasons=", ".join(rules.TRANSFER_REFUSALS))
        end(row, "refused", actor=actor, now=now, key=key, reason_code=reason_code)
        tell_both(row, actor=actor, now=now, key=key, approved=False)
        return {"state": "refused"}
    if not TransferAgreement.objects.filter(pk=row.id).exists():
        raise NotAgreed()
    recording.take_turns(actor=actor, now=now, key=key, parties=[row.party_id, row.receiver_id])
    row = waiting(request, "transfer")  # somebody else may have decided while we waited our turn
    assert row.receiver_id is not None  # the table's check
    check_giver(row.party_id, row.share_class_id, row.shares, now, besides=row.id)
    check_receiver(row.receiver_id, row.share_class_id, row.shares, now)
    hand_over(row, actor=actor, now=now, key=key, way="transfer", effective_at=now)
    tell_both(row, actor=actor, now=now, key=key, approved=True)
    return {"state": "done"}


@action("members.take_back_share_request", may=may.own("party") | may.office("secretary"), about=("request",))
def take_back_share_request(*, actor: Actor, now: datetime, key: str, party: UUID, request: int) -> None:
    """Take back one's own wish about shares while it still waits: a transfer, or what is left of a buy-back."""
    row = ShareRequest.objects.filter(pk=request, party=party, kind__in=("transfer", "buy_back")).first()
    if row is None:
        raise NoSuchShareRequest()
    end(row, "taken_back", actor=actor, now=now, key=key)


@action(
    "members.record_inheritance",
    may=may.office("secretary", "board", "chair"),
    about=("party", "heir", "share_class", "count", "died_at"),
    private=("evidence",),
)
def record_inheritance(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    party: UUID,
    heir: UUID,
    count: int,
    died_at: datetime,
    evidence: str,
    share_class: str = "member",
) -> dict[str, Any]:
    """Note that an heir stands in for shares of a member who died, with where the proof lies (sealed).

    Returns {"request": id, "due_at": by when the heir is a member or the shares are bought
    back}. The heirs' term is the bylaw's, or the law's where that is shorter (Spain art. 51: one
    year). Refuses a death in the future, an officer who is the heir, and more shares than there are.
    """
    if died_at > now:
        raise recording.NotYet()
    recording.check_not_own(actor, [heir], now)
    recording.take_turns(actor=actor, now=now, key=key, parties=[party, heir])
    free = queries.free_shares(party, share_class, now, paid_only=False)
    if not 0 < count <= free:
        raise NotThatMany(most=free)
    due = queries.heirs_term(died_at, now)
    row = ask(
        actor=actor,
        now=now,
        key=key,
        kind="inheritance",
        party=party,
        receiver=heir,
        share_class=share_class,
        shares=count,
        asked_at=died_at,
        due_at=due,
        evidence=recording.sealed(evidence),
    )
    return {"request": row.id, "due_at": due.isoformat()}


@action("members.settle_inheritance", may=may.office("secretary", "board", "chair"), about=("request", "outcome"))
def settle_inheritance(*, actor: Actor, now: datetime, key: str, request: int, outcome: str) -> dict[str, Any]:
    """Enter inherited shares under the heir (`shares`), or put them into the buy-back queue (`buy_back`).

    Refuses an heir who is no member, one above the maximum, an officer's own inheritance, and
    the queue where the law lets no shares be given back.
    """
    from .buyback import queue_up

    row = waiting(request, "inheritance")
    assert row.receiver_id is not None  # the table's check
    recording.check_not_own(actor, [row.receiver_id], now)
    recording.take_turns(actor=actor, now=now, key=key, parties=[row.party_id, row.receiver_id])
    row = waiting(request, "inheritance")
    assert row.receiver_id is not None  # the table's check
    if outcome == "shares":
        if queries.member(row.receiver_id) is None:
            raise HeirsTerm()
        check_receiver(row.receiver_id, row.share_class_id, row.shares, now)
        hand_over(row, actor=actor, now=now, key=key, way="inherit", effective_at=now)
        return {"state": "done"}
    end(row, "done", actor=actor, now=now, key=key)
    return queue_up(
        actor=actor,
        now=now,
        key=ids.derived_key(key, "queue"),
        party=row.party_id,
        share_class=row.share_class_id,
        count=row.shares,
        due_at=row.due_at,
    )


@action(
    "members.convert_shares",
    may=may.office("board", "chair") | may.by_resolution,
    about=("party", "share_class", "into", "count"),
)
def convert_shares(
    *, actor: Actor, now: datetime, key: str, party: UUID, share_class: str, into: str, count: int
) -> dict[str, Any]:
    """Turn wholly paid shares of one class into as many of another at the same nominal value; no money moves.

    Returns {"shares": count}. Refuses the same class, more than are free, and shares that could
    be given back for cash above what the law lets one member hold of those.
    """
    share_class_row(share_class)
    target = share_class_row(into)
    if share_class == into:
        raise SameClass()
    recording.check_not_own(actor, [party], now)
    recording.take_turns(actor=actor, now=now, key=key, parties=[party])
    free = queries.free_shares(party, share_class, now)
    if not 0 < count <= free:
        raise NotThatMany(most=free)
    held = queries.holdings([party], now).get(party, [])
    terms = queries.share_terms(target.code, now, party)
    if sum(each.subscribed for each in held) > terms.maximum:
        raise OverMaximum(
            wanted=money.formatted(sum(each.subscribed for each in held), terms.currency),
            maximum=money.formatted(terms.maximum, terms.currency),
            law=terms.law,
        )
    at = recording.recorded(now)
    for lot, shares, carried in queries.pick_lots(party, share_class, count):
        recording.move(
            lot,
            way="convert",
            receiver=party,
            share_class=into,
            shares=shares,
            carried=carried,
            effective_at=now,
            recorded_at=at,
            act=recording.act_of(actor, key),
        )
    return {"shares": count}


def ask(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    kind: str,
    party: UUID,
    share_class: str,
    shares: int,
    receiver: UUID | None = None,
    asked_at: datetime | None = None,
    due_at: datetime | None = None,
    evidence: bytes | None = None,
) -> ShareRequest:
    """Write down a wish about shares. A step of the actions above."""
    return ShareRequest.objects.create(
        kind=kind,
        party_id=party,
        receiver_id=receiver,
        share_class=share_class_row(share_class),
        shares=shares,
        asked_at=asked_at or now,
        recorded_at=recording.recorded(now),
        due_at=due_at,
        act=recording.act_of(actor, key),
        bylaws_version=bylaws.version_at(now),
        evidence_sealed=evidence,
    )


def waiting(request: int, kind: str) -> ShareRequest:
    """Return a wish that still waits. Refuses one that is unknown or settled."""
    row = ShareRequest.objects.filter(pk=request, kind=kind).select_related("end").first()
    if row is None:
        raise NoSuchShareRequest()
    if hasattr(row, "end"):
        raise ShareRequestSettled()
    return row


def end(row: ShareRequest, state: str, *, actor: Actor, now: datetime, key: str, reason_code: str = "") -> None:
    """Settle a wish, once: of two at the same moment the database lets one through."""
    try:
        with transaction.atomic():
            ShareRequestEnd.objects.create(
                request=row, state=state, at=now, by_party=actor.party, act=recording.act_of(actor, key), reason_code=reason_code
            )
    except IntegrityError as error:
        if "members_sharerequestend_pkey" in str(error):
            raise ShareRequestSettled() from error
        raise


def check_giver(party: UUID, share_class: str, count: int, now: datetime, besides: int | None = None) -> None:
    """Refuse more shares than are free; `besides` is a wish that does not count as promised. A step of transfers."""
    if not 0 < count <= MOST_SHARES:
        raise BadShareCount(most=MOST_SHARES)
    share_class_row(share_class)
    free = queries.free_shares(party, share_class, now, besides=besides)
    if count > free:
        raise NotThatMany(most=free)


def check_receiver(receiver: UUID, share_class: str, count: int, now: datetime) -> None:
    """Refuse a receiver who is no member or would hold too much. A step of transfers."""
    if queries.member(receiver) is None:
        raise NotAMember()
    terms = queries.share_terms(share_class, now, receiver)
    held = sum(each.subscribed for each in queries.holdings([receiver], now).get(receiver, []))
    if held + count * terms.par_value > terms.maximum:
        raise OverMaximum(
            wanted=money.formatted(held + count * terms.par_value, terms.currency),
            maximum=money.formatted(terms.maximum, terms.currency),
            law=terms.law,
        )


def hand_over(row: ShareRequest, *, actor: Actor, now: datetime, key: str, way: str, effective_at: datetime) -> None:
    """Move the shares of a wish and settle it. A step of transfers."""
    assert row.receiver_id is not None  # the table's check
    end(row, "done", actor=actor, now=now, key=key)
    at = recording.recorded(now)
    touched: list[int] = []
    for lot, shares, carried in queries.pick_lots(row.party_id, row.share_class_id, row.shares, paid_only=way == "transfer"):
        recording.move(
            lot,
            way=way,
            receiver=row.receiver_id,
            share_class=row.share_class_id,
            shares=shares,
            carried=carried,
            effective_at=effective_at,
            recorded_at=at,
            act=recording.act_of(actor, key),
            evidence=bytes(row.evidence_sealed) if row.evidence_sealed else None,
        )
        touched.append(lot.id)
    recording.check_lots(touched)
    settle_start(row.receiver_id, now)


def tell_both(row: ShareRequest, *, actor: Actor, now: datetime, key: str, approved: bool) -> None:
    """Tell both sides what became of a transfer. A step of transfers."""
    kind = "members.transfer_done" if approved else "members.transfer_refused"
    for party in (row.party_id, row.receiver_id):
        assert party is not None  # the table's check
        tell(actor=actor, now=now, key=key, kind=kind, party=party, context={"shares": row.shares})
