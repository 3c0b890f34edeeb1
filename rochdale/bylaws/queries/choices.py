"""What a founding or a proposal may choose: packs, rules within their bounds, rows to accept.

Nothing here needs a living co-op: it reads the shipped packs and the declared bylaws.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from rochdale.bylaws import law as laws
from rochdale.bylaws import packs as files
from rochdale.bylaws import registry, rules, wording
from rochdale.shared import module, money
from rochdale.shared.refusals import Refusal

from .standing import UnknownRule


class UnknownPack(Refusal):
    code = "bylaws.unknown_pack"
    status = 422
    text = _("There is no pack of law “{pack}”. Nothing was changed. “rochdale bylaws packs” lists those there are.")


class PackDamaged(Refusal):
    code = "bylaws.pack_damaged"
    status = 503
    text = _("The pack of law “{pack}” cannot be trusted: {why}. Nothing was changed. Ask the operator to install it anew.")


class PacksConflict(Refusal):
    code = "bylaws.packs_conflict"
    text = _("The packs {first} and {second} cannot both be kept on “{key}”: {why}. Nothing was changed; choose other packs.")


class OneLegalForm(Refusal):
    code = "bylaws.one_legal_form"
    status = 422
    text = _("A co-op has exactly one legal form; {given} were given. Nothing was changed.")


class PackOfAnotherCountry(Refusal):
    code = "bylaws.pack_of_another_country"
    status = 422
    text = _("The pack {pack} is not for {country}. Nothing was changed; choose one that is.")


@dataclass(frozen=True, slots=True)
class RowToAccept:
    """A binding row known only from background, in words, for those who are asked to accept it."""

    pack: str
    key: str
    title: str
    value: str
    source: str
    note: str
    valid_from: date
    hash: str


@dataclass(slots=True)
class RuleToChoose:
    """A bylaw as a form offers it. `value` is in the unit people type (12.50, not micro-units)."""

    key: str
    chapter: Any
    title: Any
    help: Any
    unit: str
    value: Any
    least: Decimal | int | None
    most: Decimal | int | None
    choices: tuple[str, ...]
    law: tuple[laws.LawValue, ...]
    law_in_words: str
    in_words: Any


def packs() -> list[files.Pack]:
    """Return all shipped packs that can be trusted, legal forms first."""
    found = [_shipped(name) for name in files.names()]
    return sorted(found, key=lambda pack: (pack.kind != "legal_form", pack.title))


def pack(name: str) -> files.Pack:
    """Return one shipped pack. Refuses an unknown one, and one whose text is not the released one."""
    return _shipped(name)


def pack_hashes(names: Sequence[str]) -> dict[str, str]:
    """Return the hash of each of these packs."""
    return {name: _shipped(name).hash for name in names}


def _shipped(name: str) -> files.Pack:
    try:
        return files.shipped(name)
    except files.PackError as problem:
        if problem.reason == "unknown_pack":
            raise UnknownPack(pack=name[:60]) from None
        raise PackDamaged(pack=problem.where, why=problem.detail) from None


def chosen_packs(names: Sequence[str]) -> list[files.Pack]:
    """Return the packs of a co-op. Refuses unknown ones, none or two legal forms, another country's activity."""
    found = [_shipped(name) for name in dict.fromkeys(names)]
    forms = [each for each in found if each.kind == "legal_form"]
    if len(forms) != 1:
        raise OneLegalForm(given=len(forms))
    for each in found:
        if not {forms[0].country, *forms[0].countries} & set(each.countries):
            raise PackOfAnotherCountry(pack=each.name, country=forms[0].country)
    return found


def law_among(found: Sequence[files.Pack], key: str, on: date) -> laws.LawValue | None:
    """Return the strictest row of some packs for a key on a day. Refuses packs that exclude each other."""
    try:
        return laws.law_at(found, key, on)
    except laws.PacksConflict as problem:
        raise PacksConflict(key=problem.key, first=problem.first, second=problem.second, why=problem.why) from None


def check_together(found: Sequence[files.Pack], on: date) -> None:
    """Refuse packs that exclude each other on any key on a day, whoever reads it."""
    for key in sorted({key for pack in found for key in pack.rows}):
        law_among(found, key, on)


def rows_to_accept(names: Sequence[str], *, at: datetime) -> list[RowToAccept]:
    """Return the binding rows of these packs that nobody has confirmed in the law's text."""
    return [
        RowToAccept(
            pack=row.pack,
            key=row.key,
            title=row.title,
            value=wording.law_value(row.unit, row.value),
            source=row.source,
            note=row.note,
            valid_from=row.valid_from,
            hash=row.hash,
        )
        for row in files.unconfirmed(chosen_packs(names), day_of(at))
    ]


def founders_minimum(names: Sequence[str], *, at: datetime) -> laws.LawValue:
    """Return how many founders the law asks for; where it is silent, what the legal form's pack says."""
    found = chosen_packs(names)
    law = law_among(found, "members.min", day_of(at))
    if law is not None and isinstance(law.value, int):
        return law
    form = next(each for each in found if each.kind == "legal_form")
    return laws.LawValue(
        key="members.min",
        title=form.title,
        unit="count",
        kind="min",
        binding="default",
        counting="",
        value=form.minimum_founders or 1,
        source=form.title,
        status="BACKGROUND",
        note="",
        quote="",
        valid_from=form.prepared_on,
        pack=form.name,
        on_violation="block",
        reviewed_by=None,
        hash="",
    )


def rules_to_choose(names: Sequence[str], *, values: Mapping[str, Any], currency: str, at: datetime) -> list[RuleToChoose]:
    """Return every declared bylaw with the value given for it (or its default) and the bounds of law and rule."""
    found, on = chosen_packs(names), day_of(at)
    return [_offered(each, found, on, values, currency) for each in registry.declared().values()]


def _offered(
    each: registry.Declared, found: Sequence[files.Pack], on: date, values: Mapping[str, Any], currency: str
) -> RuleToChoose:
    rule = each.rule
    laws_of_rule = tuple(law for key in rules.law_keys(rule) if (law := law_among(found, key, on)))
    given = values[rule.key] if rule.key in values else _default_within(rule, found, currency, on)
    typed = rules.normal(rule.unit, given)
    least, most = rules.bounds(rule, laws_of_rule, currency)
    return RuleToChoose(
        key=rule.key,
        chapter=each.chapter,
        title=rule.title,
        help=rule.help,
        unit=rule.unit,
        value=_for_typing(rule.unit, typed),
        least=_for_typing(rule.unit, least),
        most=_for_typing(rule.unit, most),
        choices=rules.allowed_choices(rule, laws_of_rule),
        law=laws_of_rule,
        law_in_words="; ".join(f"{wording.bound(law)} ({law.source})" for law in laws_of_rule),
        in_words=in_words(rule.key, typed, currency=currency),
    )


def moved_by_law(names: Sequence[str], *, currency: str, at: datetime) -> dict[str, Any]:
    """Return the defaults that these packs do not allow, as the nearest values that they do: for a plan that founders confirm."""
    found, on = chosen_packs(names), day_of(at)
    moved = {}
    for key, each in registry.declared().items():
        default = rules.normal(each.rule.unit, copy.deepcopy(registry.default_of(each.rule, currency)))
        lawful = _default_within(each.rule, found, currency, on)
        if lawful != default:
            moved[key] = lawful
    return moved


def _default_within(rule: module.Bylaw, found: Sequence[files.Pack], currency: str, on: date) -> Any:
    """Return what a form offers where nobody decided: the declared default, moved into the law's bounds of the day."""
    laws_of_rule = [law for key in rules.law_keys(rule) if (law := law_among(found, key, on))]
    default = rules.normal(rule.unit, copy.deepcopy(registry.default_of(rule, currency)))
    return rules.within_law(rule, default, laws_of_rule, currency)


def _for_typing(unit: str, typed: Any) -> Any:
    return money.to_decimal(typed) if unit == "money" and isinstance(typed, int) else typed


def in_words(key: str, given: Any, *, currency: str = "") -> str:
    """Return what a value means for the reader, in one sentence. Refuses an undeclared key."""
    rule = registry.rule(key)
    if rule is None:
        raise UnknownRule(key=key)
    typed = rules.normal(rule.unit, given)
    if rules.wrong_value(rule, typed):
        return str(given)
    return wording.meaning(rule, typed, currency)


def complaints(*, values: Mapping[str, Any], names: Sequence[str], currency: str, at: datetime) -> dict[str, rules.Complaint]:
    """Return, by key, why these values would be refused; keys that would be taken are not in it."""
    found, on = chosen_packs(names), day_of(at)
    return {key: complaint for key, given in values.items() if (complaint := complaint_about(key, given, found, currency, on))}


def complaint_about(key: str, given: Any, found: Sequence[files.Pack], currency: str, on: date) -> rules.Complaint | None:
    """Hold one value against its rule and the law on a day; None when it may stand."""
    rule = registry.rule(key)
    if rule is None:
        return rules.Complaint("unknown_rule", {"key": key})
    typed = rules.normal(rule.unit, given)
    wrong = rules.wrong_value(rule, typed)
    if wrong:
        return wrong
    bounds = (law_among(found, law_key, on) for law_key in rules.law_keys(rule))
    return next((bad for law in bounds if law and (bad := rules.out_of_law(rule, typed, law, currency))), None)


def day_of(at: datetime) -> date:
    """Return the day of law of a moment, in UTC."""
    return at.astimezone(UTC).date()


def used_keys() -> frozenset[str]:
    """Return the pack keys that named code reads."""
    return frozenset(registry.law_readers())


def counted(rows: Iterable[str]) -> tuple[int, int]:
    """Return how many of these row keys code reads, and how many are shown only."""
    keys = list(rows)
    used = sum(key in used_keys() for key in keys)
    return used, len(keys) - used


def chapters_of(rules_shown: Iterable[RuleToChoose]) -> list[dict[str, Any]]:
    """Group rules by the module that declared them, in order."""
    grouped: dict[str, dict[str, Any]] = {}
    for rule in rules_shown:
        grouped.setdefault(str(rule.chapter), {"title": rule.chapter, "rules": []})["rules"].append(rule)
    return list(grouped.values())


def readable_plan(values: Mapping[str, Any], names: Sequence[str], *, at: datetime, currency: str = "") -> list[dict[str, Any]]:
    """Return planned bylaws as chapters of readable rules: [{"title", "rules": [RuleToChoose]}]."""
    chosen = currency or next(each.currency for each in chosen_packs(names) if each.kind == "legal_form")
    return chapters_of(rules_to_choose(names, values=values, currency=chosen, at=at))


def declared_rule(key: str) -> module.Bylaw:
    """Return a declared bylaw. Refuses an undeclared key."""
    rule = registry.rule(key)
    if rule is None:
        raise UnknownRule(key=key)
    return rule
