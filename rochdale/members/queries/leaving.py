"""Leaving: what must be settled first, what comes back, when it takes effect, who is leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import queries as cooperatives
from rochdale.privacy import queries as privacy
from rochdale.shared import module

from .. import deadlines
from ..models import LeavingNotice, MembershipEnd
from . import members, parties, requests, shares

MOST_DAYS_AHEAD = 1827
"""A last day lies at most five years ahead."""


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """How long before its end a membership is given notice: the stricter of bylaw and law, with its article."""

    days: int
    months: int
    leave_at: deadlines.LeaveAt
    law: str


@dataclass(frozen=True, slots=True)
class SharesBack:
    """What becomes of a leaver's shares of one class. Amounts in micro-units; `least` is after the highest cut.

    `way` is "stays" (not withdrawable: transfer or buy-back as the rules allow) or "paid_back".
    """

    share_class: str
    title: str
    shares: int
    paid: int
    owed: int
    currency: str
    way: str
    law: str
    interest: bool
    schedule: Sequence[deadlines.Instalment]
    cut_percent: str
    least: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the co-op keeps of a leaver: what, by what right, how long, and the article of law where one says so."""

    what: str
    why: str
    basis: str
    kept_for: str
    law: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of leaving: given when, by when it takes effect, and what became of it."""

    id: int
    number: int
    party: UUID
    given_at: datetime
    last_on: date
    ends_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything about leaving, as of a moment: what is to do, what is owed, when it counts."""

    member: members.MemberView
    terms: NoticeTerms
    earliest_on: date
    last_on: date
    ends_at: datetime
    notice: Notice | None
    steps: Sequence[module.Obligation]
    shares: Sequence[SharesBack]
    kept: Sequence[Kept]

    @property
    def blocking(self) -> list[module.Obligation]:
        """Return what holds the end of the membership until it is settled."""
        return [each for each in self.steps if each.blocks]

    @property
    def ending(self) -> list[module.Obligation]:
        """Return what ends with the membership by itself."""
        return [each for each in self.steps if each.settled_by == "leaving"]

    @property
    def open(self) -> list[module.Obligation]:
        """Return what somebody still has to do or to know."""
        return [each for each in self.steps if each.settled_by != "leaving"]


def plan(party: UUID, now: datetime) -> Plan | None:
    """Return the plan of leaving for a member, as if they gave notice now or as they have; None for who is none."""
    member = members.member(party, now)
    if member is None:
        return None
    zone = cooperatives.time_zone()
    terms = notice_terms(now)
    earliest = earliest_last_day(deadlines.local_day(now, zone), terms, now)
    notice = open_notice(party)
    last_on = notice.last_on if notice else earliest
    return Plan(
        member=member,
        terms=terms,
        earliest_on=earliest,
        last_on=last_on,
        ends_at=notice.ends_at if notice else deadlines.after_day(last_on, zone),
        notice=notice,
        steps=obligations(party, now),
        shares=shares_back(party, last_on, now),
        kept=kept(now),
    )


def obligations(party: UUID, now: datetime) -> list[module.Obligation]:
    """Ask every module what is to be settled when a party leaves; what blocks stands first."""
    found = [each for plug in module.installed() for each in plug.obligations(party, now)]
    return sorted(found, key=lambda each: (not each.blocks, each.settled_by == "leaving"))


def own_obligations(party: UUID, now: datetime) -> list[module.Obligation]:
    """Return what the members module itself wants settled: shares to pay, organisations to hand over."""
    url = cooperatives.page("members:membership")
    hold = bool(bylaws.value("members.debts_hold_leaving", at=now))
    found = [
        module.Obligation(
            "members.unpaid_shares",
            _("Shares that are not paid yet"),
            each.owed,
            each.currency,
            f"{url}#shares",
            owed_to="co-op",
            blocks=hold,
        )
        for each in shares.subscriptions_to_pay(party)
    ]
    alone = [each for each in parties.organisations_of(party, now) if not parties.others_for(each, party, now)]
    names = privacy.names(alone)
    for each in alone:
        said = _("Nobody else acts for {name}: let it name somebody").format(name=names.get(each, "…"))
        found.append(module.Obligation("members.only_representative", said, url=url))
    return found


def notice_terms(at: datetime) -> NoticeTerms:
    """Return how long notice is: the bylaws' days, the law's days or months where they are more, and to which day.

    Rows of the pack: `exit.notice` (days or months) and `exit.notice.to` (Genossenschaftsgesetz §65: three months, to
    the end of the financial year).
    """
    standing = bylaws.rules_at(at)
    days, months, leave_at = int(standing.value("members.leave_notice_days")), 0, standing.value("members.leave_at")
    row, to = standing.law("exit.notice"), standing.law("exit.notice.to")
    if row is not None and row.kind in ("min", "exact"):
        days = max(days, int(row.number)) if row.unit == "days" else days
        months = int(row.number) * {"months": 1, "years": 12}.get(row.unit, 0)
    if to is not None and isinstance(to.value, list) and leave_at not in to.value and to.value:
        leave_at = to.value[0]
    return NoticeTerms(days, months, leave_at, ", ".join(dict.fromkeys(each.source for each in (row, to) if each is not None)))


def earliest_last_day(given_on: date, terms: NoticeTerms, at: datetime) -> date:
    """Return the earliest last day of a membership of which notice is given on a day."""
    return deadlines.last_day(
        given_on,
        days=terms.days,
        months=terms.months,
        leave_at=terms.leave_at,
        year_start_month=int(bylaws.value("bylaws.year_start_month", at=at)),
    )


def shares_back(party: UUID, last_on: date, at: datetime) -> list[SharesBack]:
    """Return what becomes of a leaver's shares, class by class: what stays, or what is bought back and by when."""
    titles = {each.code: _(each.title) for each in shares.share_classes()}
    months, yearly, interest = refund_terms(at)
    cut = bylaws.value("members.unjustified_leave_cut", at=at)
    found = []
    for held in shares.holdings([party], at).get(party, []):
        if held.shares <= 0:
            continue
        back, law = shares.withdrawable(held.share_class, at)
        schedule = deadlines.refund_schedule(
            held.paid if back and months else 0, currency=held.currency, last_on=last_on, months=months, yearly=yearly
        )
        found.append(
            SharesBack(
                share_class=held.share_class,
                title=titles[held.share_class],
                shares=held.shares,
                paid=held.paid,
                owed=held.owed,
                currency=held.currency,
                way="paid_back" if back else "stays",
                law=law or interest,
                interest=bool(back and interest),
                schedule=schedule,
                cut_percent=f"{cut:f}".rstrip("0").rstrip(".") if back and cut else "",
                least=held.paid - (deadlines.cut_of(held.paid, int(cut * 100)) if back else 0),
            )
        )
    return found


def refund_terms(at: datetime) -> tuple[int, bool, str]:
    """Return within how many months shares are paid back (0: no day is set), whether in yearly parts, and the article
    that gives interest. Months as in `requests.buy_back_due`."""
    due, standing = requests.buy_back_due(at), bylaws.rules_at(at)
    months = (due.year - at.year) * 12 + due.month - at.month if due else 0
    interest = standing.law("exit.refund.interest")
    return months, standing.law("exit.refund.min_part_a_year") is not None, interest.source if interest else ""


def kept(at: datetime) -> list[Kept]:
    """Return what every module keeps of people, how long, and the law's article for what it must keep."""
    row = bylaws.law("records.retention", at=at)
    article = ""
    if row is not None and isinstance(row.value, int):
        article = _("{n} years: {article}").format(n=row.value, article=row.source)
    return [
        Kept(each.what, each.why, each.basis, each.kept_for, article if each.basis == "legal duty" else "")
        for plug in module.installed()
        for each in plug.personal_data()
    ]


def open_notice(party: UUID) -> Notice | None:
    """Return the notice a party has given and that still runs, or None."""
    row = LeavingNotice.objects.filter(member__party=party, member__ending__isnull=True, outcome__isnull=True)
    found = row.select_related("member").order_by("-id").first()
    return _notice(found) if found else None


def notices_of(party: UUID) -> list[Notice]:
    """Return every notice a party gave, newest first, with what became of it."""
    rows = LeavingNotice.objects.filter(member__party=party).select_related("member", "outcome").order_by("-id")
    return [_notice(row) for row in rows]


def leavers() -> list[Notice]:
    """Return the notices that run, the next to take effect first."""
    rows = LeavingNotice.objects.filter(outcome__isnull=True, member__ending__isnull=True).select_related("member", "outcome")
    return [_notice(row) for row in rows.order_by("ends_at", "id")]


def due_notices(now: datetime) -> list[Notice]:
    """Return the notices whose last day has passed and whose membership lasts."""
    return [each for each in leavers() if each.ends_at <= now]


def ended_lately(limit: int = 50) -> list[MembershipEnd]:
    """Return the memberships that ended last, newest first."""
    return list(MembershipEnd.objects.select_related("member").order_by("-recorded_at", "-member")[:limit])


def _notice(row: LeavingNotice) -> Notice:
    outcome = getattr(row, "outcome", None)
    return Notice(
        id=row.id,
        number=row.member_id,
        party=row.member.party_id,
        given_at=row.given_at,
        last_on=row.last_on,
        ends_at=row.ends_at,
        state=outcome.state if outcome else "running",
    )
