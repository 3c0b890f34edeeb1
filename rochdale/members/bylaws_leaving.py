"""The bylaws of leaving, exclusion and silence: how a membership ends, and what happens when nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rochdale.shared.module import Bylaw


def _days(text: Any) -> Any:
    return lambda value: str(text).format(days=ngettext("{n} day", "{n} days", value).format(n=value))


def _one_of(texts: dict[str, Any]) -> Any:
    return lambda value: texts[value]


def declared() -> Sequence[Bylaw]:
    """Return the bylaws about joining by silence, leaving and exclusion."""
    return (*_about_silence(), *_about_leaving(), *_about_money(), *_about_exclusion(), *_about_appeals())


def _about_silence() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.admission_silence",
            unit="choice",
            title=_("When nobody answers an application"),
            help=_("What it means when the time to decide about an application has passed without a decision."),
            default="nothing",
            choices=("nothing", "admitted", "refused"),
            law="admission.silence",
            means=_one_of(
                {
                    "nothing": _("An application that nobody decided in time stays open, and is shown as late."),
                    "admitted": _("Whoever is not answered in time is admitted."),
                    "refused": _("An application that nobody decided in time is refused, and can be appealed."),
                }
            ),
            used_by="rochdale.members.queries.silence.terms",
        ),
        Bylaw(
            key="members.minimum_age",
            unit="years",
            title=_("Youngest age of a member"),
            help=_("People are asked whether they are old enough; the day of birth is not kept. 0 asks nobody."),
            default=0,
            minimum=0,
            maximum=21,
            law="member.min_age",
            means=lambda value: (
                _("There is no age from which somebody can be a member.")
                if not value
                else str(_("A person can be a member from the age of {n}.")).format(n=value)
            ),
            used_by="rochdale.members.queries.silence.minimum_age",
        ),
    )


def _about_leaving() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.leave_notice_days",
            unit="days",
            title=_("Notice of leaving"),
            help=_("How many days lie between giving notice and the last day of a membership."),
            default=30,
            minimum=0,
            maximum=1827,
            means=_days(_("A member can leave at any time; the membership ends {days} after they gave notice.")),
            used_by="rochdale.members.queries.leaving.notice_terms",
        ),
        Bylaw(
            key="members.leave_at",
            unit="choice",
            title=_("Days on which memberships end"),
            help=_("Whether a membership ends on any day, or at the end of a month or of a financial year."),
            default="any_day",
            choices=("any_day", "end_of_month", "end_of_financial_year"),
            law="exit.notice.to",
            means=_one_of(
                {
                    "any_day": _("A membership can end on any day."),
                    "end_of_month": _("A membership ends at the end of a month."),
                    "end_of_financial_year": _("A membership ends at the end of a financial year."),
                }
            ),
            used_by="rochdale.members.queries.leaving.notice_terms",
        ),
        Bylaw(
            key="members.contact_kept_days",
            unit="days",
            title=_("Contact details after leaving"),
            help=_(
                "How many days after somebody left their e-mail address and phone number are erased, unless something is still "
                "open with them. Name and shares stay in the register as long as the law wants it kept."
            ),
            default=90,
            minimum=0,
            maximum=3650,
            means=_days(_("Contact details are erased {days} after somebody left, once nothing is open with them.")),
            used_by="rochdale.members.queries.forgetting.kept_days",
        ),
        Bylaw(
            key="members.debts_hold_leaving",
            unit="yes_no",
            title=_("Debts hold a membership"),
            help=_("Whether somebody who owes money for shares stays a member until it is paid, or leaves with the debt."),
            default=True,
            means=lambda value: (
                _("Whoever still owes for shares leaves once that is paid.")
                if value
                else _("Whoever still owes for shares can leave; the debt stays.")
            ),
            used_by="rochdale.members.queries.leaving.own_obligations",
        ),
    )


def _about_money() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.unjustified_leave_cut",
            unit="percent",
            title=_("Cut for leaving without a reason"),
            help=_(
                "The most that may be kept of the shares of somebody who leaves without a reason the bylaws accept. "
                "It is shown to whoever leaves; the board decides each case, and without its decision all is paid."
            ),
            default=Decimal(0),
            minimum=0,
            maximum=30,
            law="exit.refund.cut_max_pct",
            means=lambda value: (
                _("Nothing is kept of a leaver's shares.")
                if not value
                else str(_("Up to {n} % is kept of the shares of somebody who leaves without a reason.")).format(n=value)
            ),
            used_by="rochdale.members.queries.leaving.shares_back",
        ),
    )


def _about_exclusion() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.exclusion_decided_by",
            unit="choice",
            title=_("Who decides about an exclusion"),
            help=_("Two people of the board who agree, or the members in general meeting."),
            default="board",
            choices=("board", "general_meeting"),
            means=_one_of(
                {
                    "board": _("Two people of the board together decide about excluding a member."),
                    "general_meeting": _("The members decide in general meeting about excluding a member."),
                }
            ),
            used_by="rochdale.members.actions.exclusion_decisions.decide_exclusion",
        ),
        Bylaw(
            key="members.exclusion_hearing_days",
            unit="days",
            title=_("Time to be heard"),
            help=_("How many days a member has to answer before anything about their exclusion is decided."),
            default=14,
            minimum=7,
            maximum=180,
            means=_days(_("A member has {days} to answer before anything is decided about their exclusion.")),
            used_by="rochdale.members.queries.exclusion.hearing_terms",
        ),
        Bylaw(
            key="members.exclusion_rests_offices",
            unit="yes_no",
            title=_("Offices rest during an exclusion"),
            help=_("Whether a member's offices rest from the decision to exclude them until it is final."),
            default=False,
            means=lambda value: (
                _("The offices of a member rest from the decision to exclude them until it is final; all else stays.")
                if value
                else _("A member keeps all rights, offices too, until an exclusion is final.")
            ),
            used_by="rochdale.members.queries.exclusion.rests",
        ),
    )


def _about_appeals() -> Sequence[Bylaw]:
    return (
        Bylaw(
            key="members.exclusion_appeal_days",
            unit="days",
            title=_("Time to appeal against an exclusion"),
            help=_("How many days a member has to appeal after they were told. Until then the exclusion does not count."),
            default=30,
            minimum=7,
            maximum=365,
            means=_days(_("A member can appeal against their exclusion within {days}; until then it does not count.")),
            used_by="rochdale.members.queries.exclusion.appeal_terms",
        ),
        Bylaw(
            key="members.exclusion_appeal_decided_by",
            unit="choice",
            title=_("Who decides appeals against an exclusion"),
            help=_("The members in general meeting, or two people of the board who did not decide before."),
            default="general_meeting",
            choices=("general_meeting", "board"),
            means=_one_of(
                {
                    "general_meeting": _("The members decide in general meeting about an appeal against an exclusion."),
                    "board": _("Two people of the board who did not decide before decide about an appeal."),
                }
            ),
            used_by="rochdale.members.actions.exclusion_decisions.decide_exclusion_appeal",
        ),
    )
