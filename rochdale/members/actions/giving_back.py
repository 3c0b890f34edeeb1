"""Giving shares back by a resolution, outside a round: never before those who wait, never more than there is to pay with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from rochdale.shared import may, money
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import queries
from ..models import ShareMovement
from . import recording
from .buyback import NothingToPayWith, hold_queue
from .shares import NotThatMany, NotWithdrawable, follows, post_shares, subscription_row


class OthersWait(Refusal):
    code = "members.others_wait_for_buy_back"
    text = _("{n} shares wait in the buy-back queue, and nobody is passed over. Nothing was changed; pay a round first.")


@action("members.withdraw_shares", may=may.by_resolution, about=("subscription", "count"))
def withdraw_shares(*, actor: Actor, now: datetime, key: str, subscription: int, count: int) -> dict[str, Any]:
    """Give wholly paid shares back at par from the co-op's own bank account, by a resolution.

    Returns {"posting": id, "amount": micro-units}. Refuses where the law makes shares not
    withdrawable, to overtake who waits in the buy-back queue, more than the limits of a round leave (bank
    balance, minimum capital), shares promised elsewhere, and going below the minimum of the member's classes.
    """
    found = subscription_row(subscription)
    can_be, law = queries.withdrawable(found.share_class, now)
    if not can_be:
        raise NotWithdrawable(law=law)
    hold_queue()
    waiting = sum(each.left for each in queries.buy_back_queue() if each.party != found.party)
    if waiting:
        raise OthersWait(n=waiting)
    recording.take_turns(actor=actor, now=now, key=key, parties=[found.party])
    found = subscription_row(subscription)
    free = queries.free_shares(found.party, found.share_class, now)
    most = 0 if found.owed else min(found.shares, free)
    if not 0 < count <= most:
        raise NotThatMany(most=most)
    amount, room = count * found.par_value, queries.buy_back_room(found.currency, now)
    if amount > room:
        raise NothingToPayWith(most=money.formatted(max(0, room), found.currency))
    posting = post_shares(actor, now, key, found, debit="equity.share_capital", credit="assets.bank.own", amount=amount)
    ShareMovement.objects.create(
        **follows(found, kind="withdrawn", shares=count, amount=amount, posting=posting, actor=actor, now=now, key=key)
    )
    return {"posting": posting, "amount": amount}
