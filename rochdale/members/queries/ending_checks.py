"""Truths about ends of memberships and exclusions; each returns the rows that break it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from rochdale.audit import queries as audit
from rochdale.offices import queries as offices

from ..models import ClassMembership, ExclusionStep, LogInLink, MembershipEnd, Party, Representative

Offending = Sequence[dict[str, Any]]


def ends_without_act() -> Offending:
    """Return ends of memberships that no recorded act caused."""
    here = MembershipEnd.objects.exclude(act__startswith="import:")  # an old register has its import's act
    numbers = {str(number): number for number in here.values_list("member_id", flat=True)}
    recorded = audit.acts_about("number", list(numbers), action="members.ended")
    return [{"number": numbers[number]} for number in sorted(set(numbers) - recorded, key=int)]


def rights_after_the_end() -> Offending:
    """Return who has left and is still in a class, acts for an organisation, or holds an office they held as a member."""
    broken: list[dict[str, Any]] = [
        {"number": number, "class": code}
        for number, code in ClassMembership.objects.filter(member__ending__isnull=False, until_at__isnull=True).values_list(
            "member_id", "class_code_id"
        )
    ]
    ends = (
        MembershipEnd.objects.filter(member__party=OuterRef("representative")).order_by("-recorded_at").values("recorded_at")[:1]
    )
    acting = Representative.objects.filter(until_at__isnull=True).annotate(ended=Subquery(ends)).filter(from_at__lt=F("ended"))
    broken += [{"representative": str(row.representative_id), "organisation": str(row.organisation_id)} for row in acting]
    ended = dict(MembershipEnd.objects.order_by("member").values_list("member__party", "recorded_at"))
    return broken + [{"party": str(party), "office": office} for party, office in offices.held_across(ended)]


def exclusions_too_early() -> Offending:
    """Return memberships that ended by exclusion without a case that was decided and became final."""
    final = ExclusionStep.objects.filter(step=4, state="final").values("case")
    decided = ExclusionStep.objects.filter(step=1, state="excluded", case__in=final).values("case__member")
    rows = MembershipEnd.objects.filter(Q(reason="excluded") & ~Q(member__in=decided)).exclude(act__startswith="import:")
    return [{"number": number} for number in rows.values_list("member_id", flat=True)]


def ends_unlike_what_was_sealed() -> Offending:
    """Return places in classes, and people who act for organisations, whose end is not the one recorded and sealed with it."""
    unlike = Q(until_at__isnull=True, ending__isnull=False) | Q(until_at__isnull=False, ending__isnull=True)
    unlike |= ~Q(until_at=F("ending__until_at")) & Q(until_at__isnull=False, ending__isnull=False)
    classes = ClassMembership.objects.filter(unlike).order_by("pk").values_list("member_id", "class_code_id")
    acting = Representative.objects.filter(unlike).order_by("pk").values_list("representative_id", "organisation_id")
    broken: list[dict[str, Any]] = [{"number": number, "class": code} for number, code in classes]
    return broken + [{"representative": str(one), "organisation": str(other)} for one, other in acting]


def log_ins_unlike_what_was_sealed() -> Offending:
    """Return parties whose log-in is not the one they were last given. None is right: log-ins do not move with a co-op."""
    newest = LogInLink.objects.filter(party=OuterRef("pk")).order_by("-pk").values("person")[:1]
    rows = Party.objects.filter(person__isnull=False).annotate(given=Subquery(newest))
    wrong = rows.filter(Q(given__isnull=True) | ~Q(person=F("given")))
    return [{"party": str(party)} for party in wrong.order_by("pk").values_list("pk", flat=True)]
