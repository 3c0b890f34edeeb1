"""The bylaws as people read them: chapters, history, differences, and the packs of law beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rochdale.bylaws import catalogue, registry, rules, wording
from rochdale.bylaws import law as laws
from rochdale.bylaws import packs as files
from rochdale.bylaws.models import AcceptedRow

from . import choices, standing

YEAR_START = "bylaws.year_start_month"
CHANGE_DELAY = "bylaws.change_delay_days"


@dataclass(frozen=True, slots=True)
class LawBeside:
    """A row of law as it stands in the margin of a bylaw or on a pack's page."""

    key: str
    title: str
    bound: str
    article: str
    pack: str
    status: str
    status_words: str
    confirmed: bool
    accepted: bool
    binding: str
    note: str
    quote: str
    since: date
    reviewed_by: str | None
    on_violation: str


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One bylaw in the readable document. `decided` is False where only the software's default stands."""

    key: str
    title: Any
    help: Any
    unit: str
    value: Any
    value_words: str
    in_words: str
    law: tuple[LawBeside, ...]
    decided: bool
    since_version: int
    used_by: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The bylaws of one module."""

    title: Any
    label: str
    rules: tuple[RuleShown, ...]


@dataclass(frozen=True, slots=True)
class PackStanding:
    """A pack as a co-op adopted it. `newer_text` says that the software ships another text by now."""

    name: str
    title: str
    kind: str
    hash: str
    prepared_on: date
    reviewed_by: str | None
    caution: str
    rows: int
    used: int
    shown_only: int
    newer_text: bool


@dataclass(frozen=True, slots=True)
class Document:
    """The bylaws at a moment, readable."""

    edition: standing.Edition
    chapters: tuple[Chapter, ...]
    packs: tuple[PackStanding, ...]
    unconfirmed: int

    @property
    def reviewed(self) -> bool:
        """Tell whether a named reviewer signed every pack behind these bylaws."""
        return all(pack.reviewed_by for pack in self.packs)


@dataclass(frozen=True, slots=True)
class Difference:
    """One bylaw that two versions say differently, in words; "" where one does not have it."""

    key: str
    title: Any
    before: str
    after: str
    before_means: str
    after_means: str


def document(*, at: datetime) -> Document:
    """Return the bylaws standing at a moment as chapters of readable rules. Refuses before the first version."""
    return readable(standing.rules_at(at))


def readable(found: standing.Rules) -> Document:
    """Return a version as chapters of readable rules, with the law of the moment beside them."""
    edition = found.edition
    since = _since(edition)
    grouped: dict[str, tuple[Any, list[RuleShown]]] = {}
    for each in registry.declared().values():
        grouped.setdefault(each.label, (each.chapter, []))[1].append(_shown(each, found, since))
    chapters = tuple(Chapter(title, label, tuple(shown)) for label, (title, shown) in grouped.items())
    doubtful = sum(not row.confirmed for chapter in chapters for rule in chapter.rules for row in rule.law)
    return Document(edition, chapters, tuple(pack_standings(edition)), doubtful)


def rule_shown(key: str, *, at: datetime) -> RuleShown:
    """Return one bylaw as it stands at a moment. Refuses an undeclared key."""
    found = standing.rules_at(at)
    each = registry.declared().get(key)
    if each is None:
        raise standing.UnknownRule(key=key[:120])
    return _shown(each, found, _since(found.head))


def history_of(key: str) -> list[tuple[standing.Edition, str, str]]:
    """Return each version that gave a bylaw another value, newest first: the version, the value, what it means."""
    lines: list[tuple[standing.Edition, str, str]] = []
    before: Any = None
    for edition in reversed(standing.editions()):
        values = standing.content(edition).values
        if key in values and values[key] != before:
            before = values[key]
            lines.append((edition, _words(key, values, edition.currency), _means(key, values, edition.currency)))
    return lines[::-1]


def _since(edition: standing.Head) -> dict[str, int]:
    """Return, for each key, the version that last gave it the value it has in this one."""
    since: dict[str, int] = {}
    before: dict[str, Any] = {}
    for each in reversed([each for each in standing.editions() if each.number <= edition.number]):
        now = dict(standing.content(each).values)
        since.update(dict.fromkeys(rules.changed(before, now), each.number))
        before = now
    return since


def _shown(each: registry.Declared, found: standing.Rules, since: dict[str, int]) -> RuleShown:
    rule, value = each.rule, found.value(each.rule.key)
    margin = tuple(beside(law) for key in rules.law_keys(rule) if (law := found.law(key)))
    return RuleShown(
        key=rule.key,
        title=rule.title,
        help=rule.help,
        unit=rule.unit,
        value=value,
        value_words=wording.value(rule.unit, value, found.currency),
        in_words=wording.meaning(rule, value, found.currency),
        law=margin,
        decided=rule.key in since,
        since_version=since.get(rule.key, found.number),
        used_by=rule.used_by,
    )


def beside(law: laws.LawValue) -> LawBeside:
    """Return a row of law in words."""
    return LawBeside(
        key=law.key,
        title=catalogue.title(law.key, law.title),
        bound=wording.bound(law),
        article=law.source,
        pack=law.pack,
        status=law.status,
        status_words=wording.status(law.status),
        confirmed=law.status != "BACKGROUND",
        accepted=law.accepted,
        binding=law.binding,
        note=law.note,
        quote=law.quote,
        since=law.valid_from,
        reviewed_by=law.reviewed_by,
        on_violation=law.on_violation,
    )


def pack_standings(edition: standing.Head) -> list[PackStanding]:
    """Return the packs a version rests on, with how many of their rows code reads."""
    return [_standing_of(pack) for pack in standing.packs_of(edition)]


def _standing_of(pack: files.Pack) -> PackStanding:
    used, shown_only = choices.counted(pack.rows)
    return PackStanding(
        name=pack.name,
        title=pack.title,
        kind=pack.kind,
        hash=pack.hash,
        prepared_on=pack.prepared_on,
        reviewed_by=pack.reviewed_by,
        caution=pack.caution,
        rows=len(pack.rows),
        used=used,
        shown_only=shown_only,
        newer_text=shipped_hash(pack.name) != pack.hash,
    )


def shipped_hash(name: str) -> str:
    """Return the hash of the text the software ships, or the empty string where it ships none that can be trusted."""
    try:
        return choices.pack(name).hash
    except (choices.UnknownPack, choices.PackDamaged):
        return ""


def adopted_pack(name: str, *, at: datetime) -> files.Pack | None:
    """Return a pack as the version standing at a moment adopted it, or None where it rests on no such pack."""
    found = standing.rules_at(at)
    return next((pack for pack in standing.packs_of(found.head) if pack.name == name), None)


def accepted(name: str) -> dict[str, str]:
    """Return which unconfirmed rows of a pack were accepted, by key, and by which act."""
    return dict(AcceptedRow.objects.filter(pack=name).values_list("key", "act"))


def differences(first: standing.Edition, second: standing.Edition) -> list[Difference]:
    """Return what two versions say differently, in words, in the order of keys."""
    before, after = standing.content(first).values, standing.content(second).values
    return [
        Difference(
            key=key,
            title=(rule.title if (rule := registry.rule(key)) else key),
            before=_words(key, before, first.currency),
            after=_words(key, after, second.currency),
            before_means=_means(key, before, first.currency),
            after_means=_means(key, after, second.currency),
        )
        for key in rules.changed(before, after)
    ]


def _words(key: str, values: Any, currency: str) -> str:
    rule = registry.rule(key)
    if key not in values:
        return ""
    return wording.value(rule.unit, rules.from_json(rule.unit, values[key]), currency) if rule else str(values[key])


def _means(key: str, values: Any, currency: str) -> str:
    rule = registry.rule(key)
    return wording.meaning(rule, rules.from_json(rule.unit, values[key]), currency) if rule and key in values else ""


def financial_year(*, at: datetime) -> tuple[date, date]:
    """Return the first and last day of the financial year that holds a moment, by the bylaws standing then."""
    return rules.financial_year(choices.day_of(at), standing.value(YEAR_START, at=at))


def report_due(*, at: datetime) -> tuple[date, laws.LawValue] | None:
    """Return by when the return of the financial year before a moment's is due, and the article; None if no law says."""
    found = standing.rules_at(at)
    law = found.law("report.annual")
    if law is None:
        return None
    start, _end = rules.financial_year(choices.day_of(at), found.value(YEAR_START))
    due = rules.report_due(law, date.fromordinal(start.toordinal() - 1))
    return (due, law) if due else None


def earliest_beginning(now: datetime, *, settling: timedelta) -> datetime:
    """Return from when bylaws adopted now may begin: after the delay the members decided, at least `settling`."""
    found = standing.head_at(now)
    days = standing.Rules(found, now).value(CHANGE_DELAY) if found else 0
    return now + max(settling, timedelta(days=days))
