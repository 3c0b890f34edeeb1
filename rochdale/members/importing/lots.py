"""Old share movements of one member, laid out as the register keeps them: lots, what was paid and given back of each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from rochdale.ledger.reader import BadLine

from .files import OldMovement


@dataclass(frozen=True, slots=True)
class Step:
    """Something that followed for a lot: `paid` or `withdrawn`; amount in micro-units."""

    kind: str
    on: date
    shares: int
    amount: int
    line: int


@dataclass(slots=True)
class Lot:
    """Shares taken at once: how many, for how much each; and what followed."""

    on: date
    shares: int
    par: int
    share_class: str
    line: int
    steps: list[Step] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.shares - sum(step.shares for step in self.steps)

    @property
    def owed(self) -> int:
        paid = sum(step.amount for step in self.steps if step.kind == "paid")
        back = sum(step.amount for step in self.steps if step.kind == "withdrawn")
        return self.left * self.par - (paid - back)


def laid_out(movements: Sequence[OldMovement], *, par: int, share_class: str) -> list[Lot]:
    """Return a member's lots. Payments pay the oldest lot first, and what is given back comes from the oldest paid one.

    `par` is what a share costs where the file does not say. Refuses more paid than was subscribed,
    more given back than was paid, and amounts that do not fit the shares.
    """
    found: list[Lot] = []
    rank = {"subscribed": 0, "bought": 0, "paid": 1, "withdrawn": 2}
    for each in sorted(movements, key=lambda movement: (movement.on, rank[movement.kind], movement.line)):
        if each.kind in ("subscribed", "bought"):
            lot = Lot(each.on, each.shares, _par(each, par), each.share_class or share_class, each.line)
            if each.kind == "bought":
                lot.steps.append(Step("paid", each.on, 0, lot.shares * lot.par, each.line))
            found.append(lot)
        elif each.kind == "paid":
            _pay(each, found)
        else:
            _give_back(each, found)
    return found


def _par(each: OldMovement, par: int) -> int:
    if each.amount is None:
        return par
    value, rest = divmod(each.amount, each.shares)
    if rest or not value:
        raise BadLine(_("line {line}: {shares} shares cannot cost this amount each").format(line=each.line, shares=each.shares))
    return value


def _pay(each: OldMovement, found: Sequence[Lot]) -> None:
    left = each.amount or 0
    for lot in found:
        part = min(left, lot.owed)
        if part > 0:
            lot.steps.append(Step("paid", each.on, 0, part, each.line))
            left -= part
    if left:
        raise BadLine(_("line {line}: more was paid than was subscribed until that day").format(line=each.line))


def _give_back(each: OldMovement, found: Sequence[Lot]) -> None:
    left, money = each.shares, 0
    for lot in found:
        part = min(left, lot.left) if not lot.owed else 0
        if part:
            lot.steps.append(Step("withdrawn", each.on, part, part * lot.par, each.line))
            left -= part
            money += part * lot.par
    if left:
        raise BadLine(_("line {line}: more shares were given back than were held and paid that day").format(line=each.line))
    if each.amount is not None and each.amount != money:
        raise BadLine(_("line {line}: what was given back is not what these shares were paid for").format(line=each.line))
