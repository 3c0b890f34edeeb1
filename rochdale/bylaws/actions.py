"""Adopting a version of the bylaws, changing some of them, and taking a change back.

Only an executed resolution or the act of founding does any of this; there is no other door.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from rochdale.audit import actions as audit
from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import packs as files
from . import queries, registry, rules
from .models import AcceptedRow, PackText, Value, Version

SETTLING = timedelta(seconds=60)
"""A later version begins at least so long after it is adopted: longer than an adoption takes to
commit, so that nobody ever reads, for one and the same moment, first the old and then the new."""
ACT = re.compile(r"[a-z_]+:.+")


class WrongKindOfValue(Refusal):
    code = "bylaws.wrong_kind_of_value"
    status = 422
    text = _("“{key}” asks for {expected}. Nothing was changed; write the value in that way.")


class BelowMinimum(Refusal):
    code = "bylaws.below_minimum"
    status = 422
    text = _("“{key}” may not be less than {minimum}. Nothing was changed; choose a higher value.")


class AboveMaximum(Refusal):
    code = "bylaws.above_maximum"
    status = 422
    text = _("“{key}” may not be more than {maximum}. Nothing was changed; choose a lower value.")


class NotAChoice(Refusal):
    code = "bylaws.not_a_choice"
    status = 422
    text = _("“{key}” is one of: {choices}. Nothing was changed; choose one of them.")


class NotAccepted(Refusal):
    code = "bylaws.not_accepted"
    status = 422
    text = _("“{key}” cannot be used as given: {why}. Nothing was changed; correct it and try again.")


class OutOfBounds(Refusal):
    code = "bylaws.out_of_bounds"
    status = 422
    text = _("The law does not allow this value for “{key}”: {kind} {bound} ({article}, pack {pack}). Nothing was changed.")


class LawInOtherCurrency(Refusal):
    code = "bylaws.law_in_other_currency"
    status = 422
    text = _(
        "The law's bound for “{key}” is {bound} ({article}), but this co-op keeps its bylaws in {currency}: "
        "the two cannot be compared. Nothing was changed; choose the pack's currency."
    )


class LawNotComparable(Refusal):
    code = "bylaws.law_not_comparable"
    text = _(
        "The law's rule for “{key}” ({article}, pack {pack}) is of another kind than the bylaw. "
        "Nothing was changed; ask the pack's maker."
    )


class RowsNotAccepted(Refusal):
    code = "bylaws.rows_not_accepted"
    text = _(
        "These rules of law are not confirmed, and the co-op has not accepted them: {rows}. "
        "Nothing was changed; accept them by the same act."
    )


class NoAct(Refusal):
    code = "bylaws.no_act"
    status = 422
    text = _("Bylaws change only by an act, such as a resolution; “{act}” names none. Nothing was changed.")


class Retroactive(Refusal):
    code = "bylaws.retroactive"
    text = _("These bylaws would begin at {valid_from}; the earliest they may begin is {earliest}. Nothing was changed.")


class BeforeLatest(Refusal):
    code = "bylaws.before_latest"
    text = _("Version {number} is adopted and begins at {begins}; a later version may not begin before it. Nothing was changed.")


class ChangedMeanwhile(Refusal):
    code = "bylaws.changed_meanwhile"
    may_retry = True
    text = _("Another act changed the bylaws at the same moment. Nothing was changed by this one; try again.")


class NothingChanged(Refusal):
    code = "bylaws.nothing_changed"
    text = _("The bylaws already say this. Nothing was changed.")


class ChangedAgain(Refusal):
    code = "bylaws.changed_again"
    text = _("These bylaws were changed again after version {number}: {keys}. Nothing was changed; propose a new change instead.")


class NoSuchVersion(Refusal):
    code = "bylaws.no_such_version"
    status = 404
    text = _("There is no version {number} that a change made. Nothing was changed.")


class NotRegistered(Refusal):
    code = "bylaws.not_registered"
    text = _(
        "A change of the bylaws takes effect only when it is registered ({article}). "
        "Nothing was changed; give the registrar's reference."
    )


_BY_REASON: dict[str, type[Refusal]] = {
    each.code.partition(".")[2]: each
    for each in (
        WrongKindOfValue,
        BelowMinimum,
        AboveMaximum,
        NotAChoice,
        NotAccepted,
        OutOfBounds,
        LawInOtherCurrency,
        LawNotComparable,
        queries.UnknownRule,
    )
}


def check_values(*, values: Mapping[str, Any], packs: Sequence[str], currency: str, at: datetime) -> dict[str, Any]:
    """Return the whole set of bylaws (given values, else defaults) as it would be kept.

    Refuses an undeclared key, a value its rule does not allow, one outside the law's bounds, and
    packs that do not go together. Changes nothing.
    """
    return _whole({}, values, packs=queries.chosen_packs(packs), currency=currency, at=at)


@action("bylaws.adopt_version", may=may.by_resolution, about=("act", "packs"))
def adopt_version(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    values: Mapping[str, Any],
    packs: Sequence[str],
    act: str,
    valid_from: datetime,
    currency: str = "",
    accepted: Sequence[str] = (),
    registration: str = "",
) -> int:
    """Adopt a whole version on the shipped text of these packs; returns its number.

    Values not given stay as they were, or take their defaults. `accepted` names the unconfirmed
    rows that the act accepts, by key or by hash. Refuses what `check_values` refuses, rows nobody
    accepted, a beginning in the past or before a version already adopted, and two at once.
    """
    return _adopt(
        actor=actor,
        now=now,
        values=values,
        packs=queries.chosen_packs(packs),
        act=act,
        valid_from=valid_from,
        currency=currency,
        accepted=frozenset(accepted),
        registration=registration,
    )


@action("bylaws.change", may=may.by_resolution, about=("act",))
def change(
    *,
    actor: Actor,
    now: datetime,
    key: str,
    changes: Mapping[str, Any],
    act: str,
    valid_from: datetime | None = None,
    packs: Sequence[str] | None = None,
    accepted: Sequence[str] = (),
    registration: str = "",
) -> int:
    """Change some bylaws (the effect `bylaws.change` of a resolution); returns the new version's number.

    Without `packs` the co-op keeps the text of law it adopted, whatever the software ships now.
    Without `valid_from` the change begins as soon as it may. Refuses a change of nothing, and
    what `adopt_version` refuses.
    """
    before = queries.latest()
    if before is None:
        raise queries.NoneStanding(at=now.isoformat())
    found = queries.packs_of(before) if packs is None else queries.chosen_packs(packs)
    after = _whole(queries.content(before).values, changes, packs=found, currency=before.currency, at=valid_from or now)
    same_law = dict(before.packs) == {each.name: each.hash for each in found}
    if same_law and not rules.changed(queries.content(before).values, after):
        raise NothingChanged()
    return _adopt(
        actor=actor,
        now=now,
        values=changes,
        packs=found,
        act=act,
        valid_from=valid_from or queries.earliest_beginning(now, settling=SETTLING),
        currency=before.currency,
        accepted=frozenset(accepted),
        registration=registration,
    )


@action("bylaws.reverse_change", may=may.by_resolution, about=("act", "version"))
def reverse_change(
    *, actor: Actor, now: datetime, key: str, version: int, act: str, valid_from: datetime | None = None, registration: str = ""
) -> int:
    """Take back what one version changed, by a new version; returns the new version's number.

    Refuses a version that changed nothing before it, and one whose bylaws were changed again.
    """
    made, before, last = queries.edition(version), queries.edition(version - 1), queries.latest()
    if made is None or before is None or last is None:
        raise NoSuchVersion(number=version)
    old, new, today = (queries.content(each).values for each in (before, made, last))
    keys = rules.changed(old, new)
    again = [each for each in keys if today.get(each) != new.get(each)]
    if again or dict(made.packs) != dict(last.packs):
        raise ChangedAgain(number=version, keys=", ".join(again) or "packs")
    back = {each: _typed(each, old[each]) for each in keys if each in old and registry.rule(each)}
    return _adopt(
        actor=actor,
        now=now,
        values=back,
        packs=queries.packs_of(before),
        act=act,
        valid_from=valid_from or queries.earliest_beginning(now, settling=SETTLING),
        currency=last.currency,
        accepted=frozenset(),
        registration=registration,
    )


def _typed(key: str, stored: Any) -> Any:
    return rules.from_json(queries.declared_rule(key).unit, stored)


def _adopt(
    *,
    actor: Actor,
    now: datetime,
    values: Mapping[str, Any],
    packs: Sequence[files.Pack],
    act: str,
    valid_from: datetime,
    currency: str,
    accepted: frozenset[str],
    registration: str,
) -> int:
    if not ACT.fullmatch(act):
        raise NoAct(act=act[:200])
    last = queries.latest()
    _check_beginning(last, now, valid_from)
    if last is not None:
        _check_registration(last, packs, valid_from, registration)
    before = queries.content(last) if last else queries.NOTHING
    money_in = currency or (last.currency if last else next(each.currency for each in packs if each.kind == "legal_form"))
    whole = _whole(before.values, values, packs=packs, currency=money_in, at=valid_from)
    new_rows = _rows_accepted_now(packs, valid_from, before.accepted, accepted)
    head = [{"name": each.name, "hash": each.hash} for each in packs]
    all_accepted = sorted(before.accepted | {row.hash for row in new_rows})
    version = Version(
        number=(last.number if last else 0) + 1,
        valid_from=valid_from,
        adopted_at=now,
        act=act,
        currency=money_in,
        packs=head,
        accepted_hashes=all_accepted,
        size=len(whole),
        seal=rules.seal(whole, packs=head, currency=money_in, accepted=all_accepted),
        registration=registration,
    )
    _keep(version, whole, packs, new_rows)
    audit.note(
        action="bylaws.keep_version",
        actor=actor,
        references={"version": version.number, "act": act, "seal": version.seal},
        now=now,
    )
    return version.number


def _check_beginning(last: queries.Edition | None, now: datetime, valid_from: datetime) -> None:
    earliest = queries.earliest_beginning(now, settling=SETTLING) if last else now
    if valid_from < earliest:
        raise Retroactive(valid_from=valid_from.isoformat(), earliest=earliest.isoformat())
    if last and valid_from < last.valid_from:
        raise BeforeLatest(number=last.number, begins=last.valid_from.isoformat())


def _check_registration(last: queries.Edition, packs: Sequence[files.Pack], valid_from: datetime, registration: str) -> None:
    law = queries.law_among(packs, "bylaws.change.effective", queries.day_of(valid_from))
    if law is not None and law.value == "on_registration" and not registration.strip():
        raise NotRegistered(article=law.source)


def _whole(
    before: Mapping[str, Any], given: Mapping[str, Any], *, packs: Sequence[files.Pack], currency: str, at: datetime
) -> dict[str, Any]:
    """Return all values as kept: given above earlier above default, each held against rule and law."""
    strange = next((key for key in given if registry.rule(key) is None), None)
    if strange is not None:
        raise queries.UnknownRule(key=strange[:120])
    whole = dict(before)
    on = queries.day_of(at)
    queries.check_together(packs, on)
    for key, declared in registry.declared().items():
        rule = declared.rule
        earlier = rules.from_json(rule.unit, before[key]) if key in before else registry.default_of(rule, currency)
        value = rules.normal(rule.unit, given.get(key, earlier))
        complaint = queries.complaint_about(key, value, packs, currency, on)
        if complaint:
            raise _BY_REASON[complaint.reason](**complaint.data)
        whole[key] = rules.to_json(rule.unit, value)
    return whole


def _rows_accepted_now(
    packs: Sequence[files.Pack], valid_from: datetime, earlier: frozenset[str], accepted: frozenset[str]
) -> list[files.Unconfirmed]:
    doubtful = [row for row in files.unconfirmed(packs, queries.day_of(valid_from)) if row.hash not in earlier]
    refused = [row for row in doubtful if not {row.key, row.hash} & accepted]
    if refused:
        raise RowsNotAccepted(rows=", ".join(f"{row.key} ({row.pack})" for row in refused))
    return doubtful


def _keep(version: Version, whole: Mapping[str, Any], packs: Sequence[files.Pack], rows: Sequence[files.Unconfirmed]) -> None:
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError as problem:
        if "bylaws_version_number_once" in str(problem) or "bylaws_version_in_order" in str(problem):
            raise ChangedMeanwhile() from None
        raise
    kept = set(PackText.objects.filter(hash__in=[each.hash for each in packs]).values_list("hash", flat=True))
    PackText.objects.bulk_create(
        PackText(hash=each.hash, name=each.name, content=each.content, kept_at=version.adopted_at)
        for each in packs
        if each.hash not in kept
    )
    Value.objects.bulk_create(Value(version=version, key=key, value=value) for key, value in sorted(whole.items()))
    AcceptedRow.objects.bulk_create(
        AcceptedRow(version=version, pack=row.pack, key=row.key, row_from=row.valid_from, row_hash=row.hash, act=version.act)
        for row in rows
    )
