"""The bylaws of membership: what a co-op may decide about who joins and what a share is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rochdale.shared import money
from rochdale.shared.module import Bylaw

from . import bylaws_leaving

LARGE_UNITS = {"INR": 100, "KES": 100, "JPY": 100, "NGN": 500, "UGX": 2000, "TZS": 1000, "XOF": 500}
"""Currencies in which one unit is too little to be a share."""


def par_value(currency: str) -> int:
    """Return the default price of a share: one unit of the currency, or more where a unit is small change."""
    return LARGE_UNITS.get(currency, 1) * money.ONE


def most_held(currency: str) -> int:
    """Return the default for the most one member may hold: ten thousand shares."""
    return 10_000 * par_value(currency)


def minimum_shares_complaint(value: Any) -> str:
    """Return what is wrong with a table of minimum shares, or the empty string."""
    if not isinstance(value, dict):
        return str(_("Write a number of shares for each class."))
    for code, count in value.items():
        if not isinstance(code, str) or isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 10_000:
            return str(_("Each class has a whole number of shares from 0 to 10,000."))
    return ""


def _minimum_means(value: dict[str, int]) -> str:
    named = ", ".join(f"{code}: {count}" for code, count in sorted(value.items()) if code != "*")
    if not named:
        count = value.get("*", 0)
        text = ngettext("A member holds at least {count} share.", "A member holds at least {count} shares.", count)
        return text.format(count=count)
    rest = str(_("every other class: {count}")).format(count=value.get("*", 0))
    return str(_("A member holds at least this many shares – {each}.")).format(each=", ".join(filter(None, [named, rest])))


def _days(text: Any) -> Any:
    return lambda value: str(text).format(days=ngettext("{n} day", "{n} days", value).format(n=value))


def declared() -> Sequence[Bylaw]:
    """Return the bylaws this module declares."""
    return (*_about_joining(), *_about_shares(), *_about_paying(), *_about_giving_back(), *bylaws_leaving.declared())


def _about_joining() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.admission_decided_by",
            unit="choice",
            title=_("Who admits members"),
            help=_("Who decides about applications: the board, or the secretary as well."),
            default="board",
            choices=("board", "secretary"),
            means=lambda value: (
                _("The board decides who is admitted.")
                if value == "board"
                else _("The secretary decides who is admitted; the board may too.")
            ),
            used_by="rochdale.members.actions.applications.admit_member",
        ),
        Bylaw(
            key="members.application_decision_days",
            unit="days",
            title=_("Time to decide about an application"),
            help=_("How many days the co-op has to answer an application; the worklist shows what is late."),
            default=30,
            minimum=1,
            maximum=180,
            means=_days(_("Whoever applies gets an answer within {days}.")),
            used_by="rochdale.members.queries.silence.terms",
        ),
        Bylaw(
            key="members.appeal_days",
            unit="days",
            title=_("Time to appeal"),
            help=_("How many days somebody who was refused has to appeal."),
            default=30,
            minimum=7,
            maximum=365,
            law="admission.appeal",
            means=_days(_("Whoever is refused can appeal within {days}.")),
            used_by="rochdale.members.queries.silence.appeal_days",
        ),
        Bylaw(
            key="members.appeal_decided_by",
            unit="choice",
            title=_("Who decides appeals"),
            help=_("The board without whoever refused, or the members in general meeting."),
            default="board",
            choices=("board", "general_meeting"),
            means=lambda value: (
                _("The board decides appeals, without whoever refused.")
                if value == "board"
                else _("The members decide appeals in general meeting.")
            ),
            used_by="rochdale.members.actions.applications.decide_appeal",
        ),
        Bylaw(
            key="members.effective_when",
            unit="choice",
            title=_("When membership counts"),
            help=_("From the admission, or from when the smallest shareholding is paid."),
            default="on_paid_minimum_share",
            choices=("on_admission", "on_paid_minimum_share"),
            means=lambda value: (
                _("Membership counts from the day of admission.")
                if value == "on_admission"
                else _("Membership counts once the smallest shareholding is paid.")
            ),
            used_by="rochdale.members.actions.membership.settle_start",
        ),
    )


def _about_shares() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.share_par_value",
            unit="money",
            title=_("Price of a share"),
            help=_("What one share costs. Shares keep the value at which they were taken."),
            default=par_value,
            minimum=1,
            maximum=100_000 * money.ONE,
            law="share.nominal.min share.nominal.max",
            means=lambda amount: str(_("A share costs {amount}.")).format(amount=amount),
            used_by="rochdale.members.queries.shares.share_terms",
        ),
        Bylaw(
            key="members.minimum_shares",
            unit="table",
            title=_("Smallest shareholding"),
            help=_("How many shares a member of each class holds at least; * stands for every class not named."),
            default={"*": 1},
            check=minimum_shares_complaint,
            means=_minimum_means,
            used_by="rochdale.members.queries.shares.minimum_owed",
        ),
        Bylaw(
            key="members.maximum_holding",
            unit="money",
            title=_("Largest shareholding"),
            help=_("The most that one member may hold in shares, so that nobody becomes too big."),
            default=most_held,
            minimum=1,
            law="share.max_per_member share.withdrawable.max_per_member",
            means=lambda amount: str(_("No member holds shares for more than {amount}.")).format(amount=amount),
            used_by="rochdale.members.queries.shares.maximum_holding",
        ),
    )


def _months(text: Any, none: Any) -> Any:
    return lambda value: (
        str(text).format(months=ngettext("{n} month", "{n} months", value).format(n=value)) if value else str(none)
    )


TRANSFERS = {
    "board_approves": _("Members may transfer shares to other members; the board approves."),
    "between_members": _("Members may transfer shares to other members without asking."),
    "not_allowed": _("Shares are not transferred between members."),
}


def _about_paying() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.entry_paid_pct",
            unit="percent",
            title=_("Paid when shares are taken"),
            help=_("Which part of new shares is due at once. The rest follows in monthly instalments."),
            default=100,
            minimum=1,
            maximum=100,
            law="share.entry.min_paid",
            means=lambda value: str(_("{percent} % of new shares is due at once.")).format(percent=value),
            used_by="rochdale.members.queries.requests.instalments_of",
        ),
        Bylaw(
            key="members.instalment_months",
            unit="months",
            title=_("Time to pay the rest of new shares"),
            help=_("In how many equal monthly instalments the rest is paid. None: everything is due at once."),
            default=12,
            minimum=0,
            maximum=120,
            means=_months(_("The rest is paid in equal parts over {months}."), _("New shares are due at once.")),
            used_by="rochdale.members.queries.requests.instalments_of",
        ),
        Bylaw(
            key="members.share_transfers",
            unit="choice",
            title=_("Transfer of shares"),
            help=_("Whether a member may give shares to another member, and who agrees."),
            default="board_approves",
            choices=tuple(TRANSFERS),
            means=lambda value: TRANSFERS[value],
            used_by="rochdale.members.queries.requests.transfer_rule",
        ),
        Bylaw(
            key="members.heirs_months",
            unit="months",
            title=_("Time for heirs"),
            help=_("How long heirs have to become members; after that inherited shares go into the buy-back queue."),
            default=12,
            minimum=1,
            maximum=60,
            means=_months(_("Heirs become members within {months}, or the shares are bought back."), ""),
            used_by="rochdale.members.queries.requests.heirs_term",
        ),
    )


def _about_giving_back() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.buy_back_months",
            unit="months",
            title=_("Time to buy shares back"),
            help=_("Within how many months shares that a member asks back are paid, where there is money for it. None: no date."),
            default=0,
            minimum=0,
            maximum=120,
            means=_months(_("Shares asked back are paid within {months}."), _("No date is set for paying shares back.")),
            used_by="rochdale.members.queries.requests.buy_back_due",
        ),
        Bylaw(
            key="members.buy_back_cash_kept",
            unit="money",
            title=_("Kept in the bank before shares are bought back"),
            help=_("So much stays on the co-op's own bank account; only what lies above it buys shares back."),
            default=0,
            minimum=0,
            means=lambda amount: str(_("Shares are bought back only from what lies above {amount} in the bank.")).format(
                amount=amount
            ),
            used_by="rochdale.members.queries.requests.buy_back_room",
        ),
        Bylaw(
            key="members.minimum_capital",
            unit="money",
            title=_("Smallest share capital"),
            help=_("Buying shares back never takes the paid share capital below this."),
            default=0,
            minimum=0,
            law="capital.min",
            means=lambda amount: str(_("Paid share capital does not fall below {amount}.")).format(amount=amount),
            used_by="rochdale.members.queries.requests.buy_back_room",
        ),
    )
