"""Buy-back by queue: ask, prepare a round, release it with a second person; never more than there is to pay with."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from rochdale.shared import action as acting
from rochdale.shared import ids, may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries, rules
from ..models import BuyBackPart, BuyBackRound, BuyBackRoundEnd, Counter, ShareMovement, ShareRequest, ShareRequestEnd
from . import recording
from .notices import tell
from .shares import BadPayment, NotThatMany, NotWithdrawable, post_shares, share_class_row
from .transfers import ask

ROUNDS = "buy_back"
"""The counter of rounds. Its row lock lets one round at a time look at what there is to pay with."""


class NothingToPayWith(Refusal):
    code = "members.nothing_to_pay_with"
    text = _(
        "At most {most} can be paid back now: bank balance, minimum capital and what the bylaws keep in hand allow no more. "
        "Nothing was changed."
    )


class QueueEmpty(Refusal):
    code = "members.buy_back_queue_empty"
    text = _("Nobody waits for shares to be bought back. Nothing was changed.")


class NoSuchRound(Refusal):
    code = "members.no_such_buy_back_round"
    status = 404
    text = _("There is no such round. Nothing was changed.")


class RoundEnded(Refusal):
    code = "members.buy_back_round_ended"
    text = _("This round was released or dropped already. Nothing was changed.")


class SamePersonReleases(Refusal):
    code = "members.second_person_needed"
    status = 403
    text = _("Whoever prepared a round does not release it, under no other name either. Nothing was paid; ask another officer.")


class ReceivesFromRound(Refusal):
    code = "members.receives_from_round"
    status = 403
    text = _("Whoever is paid by a round neither prepares nor releases it. Nothing was paid; ask another officer.")


@action("members.ask_buy_back", may=may.own("party") | may.office("secretary"), about=("party", "share_class", "count"))
def ask_buy_back(
    *, actor: Actor, now: datetime, key: str, party: UUID, count: int, share_class: str = "member", whole: bool = False
) -> dict[str, Any]:
    """Ask that wholly paid shares be bought back at par; the wish stands in the queue in the order of asking.

    Returns {"request": id, "due_at": ISO moment or None, "ahead": shares before it}. With
    `whole` (only inside another action: somebody leaves) the minimum of the bylaws does not stay.
    Refuses where the law lets no shares be given back (Ireland), and more than are free.
    """
    share_class_row(share_class)
    can_be, law = queries.withdrawable(share_class, now)
    if not can_be:
        raise NotWithdrawable(law=law)
    leaves = whole and acting.running() != "members.ask_buy_back"
    recording.take_turns(actor=actor, now=now, key=key, parties=[party])
    free = queries.free_shares(party, share_class, now, keep_minimum=not leaves)
    if not 0 < count <= free:
        raise NotThatMany(most=free)
    return queue_up(actor=actor, now=now, key=key, party=party, share_class=share_class, count=count)


def queue_up(
    *, actor: Actor, now: datetime, key: str, party: UUID, share_class: str, count: int, due_at: datetime | None = None
) -> dict[str, Any]:
    """Put shares at the end of the queue. A step of the actions that were allowed to."""
    can_be, law = queries.withdrawable(share_class, now)
    if not can_be:
        raise NotWithdrawable(law=law)
    ahead = sum(each.left for each in queries.buy_back_queue())
    due = due_at or queries.buy_back_due(now)
    row = ask(actor=actor, now=now, key=key, kind="buy_back", party=party, share_class=share_class, shares=count, due_at=due)
    return {"request": row.id, "due_at": due.isoformat() if due else None, "ahead": ahead}


@action("members.prepare_buy_backs", may=may.office("treasurer") | may.by_resolution, about=("budget", "currency"))
def prepare_buy_backs(*, actor: Actor, now: datetime, key: str, budget: int, currency: str) -> dict[str, Any]:
    """Prepare a round: at most `budget` micro-units for the front of the queue. Nothing is paid yet.

    Returns {"round": number, "pays": micro-units as it stands}. Refuses an empty queue, more than
    the limits leave, and an officer who would be paid by it.
    """
    if budget <= 0 or money.payable(budget, currency) != budget:
        raise BadPayment(currency=currency)
    number = _next_round()
    plan = _plan(budget, currency, now)
    _check_not_paid(actor, plan, now)
    BuyBackRound.objects.create(
        number=number,
        currency=currency,
        budget=budget,
        prepared_at=now,
        prepared_by=actor.party,
        act=recording.act_of(actor, key),
    )
    return {"round": number, "pays": sum(each.amount for each in plan)}


@action(
    "members.release_buy_backs", may=may.office("treasurer", "chair", "board", "secretary") | may.by_resolution, about=("round",)
)
def release_buy_backs(*, actor: Actor, now: datetime, key: str, round: int) -> dict[str, Any]:
    """Pay a prepared round, in order of asking, as far as budget, bank balance and capital reach at this moment.

    Returns {"paid": micro-units, "parts": count}. Nobody is passed over: where the first cannot
    be paid a whole share, the round stops. Refuses whoever prepared it or is paid by it, and a
    second release.
    """
    row = _open_round(round)
    if actor.party is not None and row.prepared_by is not None and queries.is_same_human(actor.party, row.prepared_by, now):
        raise SamePersonReleases()
    hold_queue()
    plan = _plan(row.budget, row.currency, now)
    _check_not_paid(actor, plan, now)
    recording.take_turns(actor=actor, now=now, key=key, parties={each.party for each in plan})
    plan = _plan(row.budget, row.currency, now)
    paid = 0
    for place, each in enumerate(plan):
        paid += _pay(each, row, actor=actor, now=now, key=ids.derived_key(key, place))
    _end_round(row, "released", paid, actor=actor, now=now, key=key)
    return {"paid": paid, "parts": len(plan)}


@action("members.drop_buy_backs", may=may.office("treasurer", "chair", "board"), about=("round",))
def drop_buy_backs(*, actor: Actor, now: datetime, key: str, round: int) -> None:
    """Drop a prepared round: nothing is paid, the queue stays as it is."""
    _end_round(_open_round(round), "dropped", 0, actor=actor, now=now, key=key)


def hold_queue() -> None:
    """Let nobody else pay shares back until this transaction ends. A step of the actions that do."""
    Counter.objects.bulk_create([Counter(name=ROUNDS, last=0)], ignore_conflicts=True)
    Counter.objects.select_for_update().get(pk=ROUNDS)


def _next_round() -> int:
    hold_queue()
    Counter.objects.filter(pk=ROUNDS).update(last=F("last") + 1)
    return int(Counter.objects.values_list("last", flat=True).get(pk=ROUNDS))


def _open_round(number: int) -> BuyBackRound:
    row = BuyBackRound.objects.filter(pk=number).select_related("end").first()
    if row is None:
        raise NoSuchRound()
    if hasattr(row, "end"):
        raise RoundEnded()
    return row


def _plan(budget: int, currency: str, now: datetime) -> list[rules.BuyBack]:
    room = queries.buy_back_room(currency, now)
    queue = queries.buy_back_lots(currency)
    if not queue:
        raise QueueEmpty()
    plan = rules.buy_back_plan(queue, min(budget, room))
    if not plan:
        raise NothingToPayWith(most=money.formatted(max(0, room), currency))
    return plan


def _check_not_paid(actor: Actor, plan: list[rules.BuyBack], now: datetime) -> None:
    if actor.kind == "person" and actor.party is not None:
        same = queries.parties_of_same_human(actor.party, now)
        if any(each.party in same for each in plan):
            raise ReceivesFromRound()


def _pay(each: rules.BuyBack, round_: BuyBackRound, *, actor: Actor, now: datetime, key: str) -> int:
    """Pay shares of one lot back, less what is kept of them; returns what was paid."""
    lot = queries.subscription(each.lot)
    assert lot is not None and lot.shares >= each.shares  # the plan was made under the same locks
    kept = queries.kept_of_refund(each.request, each.amount, lot.currency)
    posting = post_shares(
        actor, now, key, lot, debit="equity.share_capital", credit="assets.bank.own", amount=each.amount, kept=kept
    )
    movement = ShareMovement.objects.create(
        party_id=lot.party,
        share_class_id=lot.share_class,
        kind="withdrawn",
        shares=each.shares,
        par_value=lot.par_value,
        amount=each.amount,
        currency=lot.currency,
        effective_at=now,
        recorded_at=recording.recorded(now),
        act=recording.act_of(actor, key),
        subscription_id=lot.id,
        posting=posting,
    )
    BuyBackPart.objects.create(round=round_, request_id=each.request, movement=movement, shares=each.shares)
    request = ShareRequest.objects.get(pk=each.request)
    if queries.left_of_buy_back(request.id) == 0:
        ShareRequestEnd.objects.create(
            request=request, state="done", at=now, by_party=actor.party, act=recording.act_of(actor, key)
        )
    tell(
        actor=actor,
        now=now,
        key=key,
        kind="members.bought_back",
        party=lot.party,
        context={
            "shares": each.shares,
            "amount": money.formatted(each.amount - kept, lot.currency),
            "kept": money.formatted(kept, lot.currency) if kept else "",
        },
    )
    return each.amount - kept


def _end_round(row: BuyBackRound, state: str, paid: int, *, actor: Actor, now: datetime, key: str) -> None:
    try:
        with transaction.atomic():
            BuyBackRoundEnd.objects.create(
                round=row, state=state, paid=paid, at=now, by_party=actor.party, act=recording.act_of(actor, key)
            )
    except IntegrityError as error:
        if "members_buybackroundend_pkey" in str(error):
            raise RoundEnded() from error
        raise
