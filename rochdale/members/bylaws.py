"""The bylaws of membership: what a co-op may decide about who joins and what a share is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rochdale.shared import money
from rochdale.shared.module import Bylaw

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
    return (*_about_joining(), *_about_shares())


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
            used_by="rochdale.members.queries.applications.open_applications",
        ),
        Bylaw(
            key="members.appeal_days",
            unit="days",
            title=_("Time to appeal"),
            help=_("How many days somebody who was refused has to appeal."),
            default=30,
            minimum=7,
            maximum=365,
            means=_days(_("Whoever is refused can appeal within {days}.")),
            used_by="rochdale.members.actions.applications.appeal_refusal",
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
