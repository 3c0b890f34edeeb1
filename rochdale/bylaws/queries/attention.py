"""What a co-op should know of its law: rules that began to hold, bylaws that lie outside of it, texts that are newer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from rochdale.bylaws import catalogue, registry, rules, wording
from rochdale.bylaws import law as laws
from rochdale.bylaws import packs as files

from . import choices, standing
from .documents import shipped_hash
from .shelf import pack_differences

REMEMBERED = timedelta(days=30)
"""How long a change of law stays news."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LawChange:
    """A rule of an adopted pack that began to say something else on a day."""

    pack: str
    key: str
    title: str
    since: date
    before: str
    after: str
    article: str


@dataclass(frozen=True, slots=True)
class OutsideLaw:
    """A bylaw that the law does not allow: what it says, what the law asks for, and since when."""

    key: str
    title: Any
    says: str
    bound: str
    article: str
    since: date


@dataclass(frozen=True, slots=True)
class NewerText:
    """A pack of which the software ships another text than the co-op adopted: how many rules differ today, and which
    bylaws would lie outside of it."""

    pack: str
    title: str
    hash: str
    differences: int
    outside: tuple[OutsideLaw, ...]


@dataclass(frozen=True, slots=True)
class Attention:
    """All of it at a moment. `unaccepted` are binding rules that nobody read in the law and the co-op did not accept."""

    changes: tuple[LawChange, ...]
    outside: tuple[OutsideLaw, ...]
    newer: tuple[NewerText, ...]
    unaccepted: tuple[str, ...]

    @property
    def calls(self) -> bool:
        """Tell whether anybody needs to look."""
        return bool(self.changes or self.outside or self.newer or self.unaccepted)


def attention(*, at: datetime) -> Attention | None:
    """Return what a co-op should know of its law at a moment; None before its first version."""
    head = standing.head_at(at)
    if head is None:
        return None
    found, on = standing.Rules(head, at), choices.day_of(at)
    adopted = list(standing.packs_of(head))
    accepted = standing.content(head).accepted
    return Attention(
        changes=tuple(law_changes(after=_since(found, on), until=on, at=at)),
        outside=tuple(_outside(found, adopted, on)),
        newer=tuple(newer for pack in adopted if (newer := _newer(found, pack, adopted, on))),
        unaccepted=tuple(
            catalogue.title(row.key, row.title) for row in files.unconfirmed(adopted, on) if row.hash not in accepted
        ),
    )


def _since(found: standing.Rules, on: date) -> date:
    """Return the day before which changes are no news: a month ago, or the day the standing version was adopted."""
    return max(on - REMEMBERED, choices.day_of(found.edition.adopted_at))


def law_changes(*, after: date, until: date, at: datetime) -> list[LawChange]:
    """Return the rules of the adopted packs that changed after one day and until another, by the version of a moment."""
    head = standing.head_at(at)
    if head is None:
        return []
    return [
        _law_change(pack, row, dated)
        for pack in standing.packs_of(head)
        for _key, row in sorted(pack.rows.items())
        for dated in row.values
        if after < dated.valid_from <= until
    ]


def _law_change(pack: files.Pack, row: files.Row, dated: files.Dated) -> LawChange:
    before = row.at(dated.valid_from - A_DAY)
    return LawChange(
        pack=pack.name,
        key=row.key,
        title=catalogue.title(row.key, row.title),
        since=dated.valid_from,
        before=wording.bound(laws.law_of(pack, row, before)) if before else "",
        after=wording.bound(laws.law_of(pack, row, dated)),
        article=dated.source,
    )


def outside_law(*, at: datetime) -> list[OutsideLaw]:
    """Return the bylaws standing at a moment that the adopted law of that day does not allow."""
    head = standing.head_at(at)
    return _outside(standing.Rules(head, at), list(standing.packs_of(head)), choices.day_of(at)) if head else []


def _outside(found: standing.Rules, packs: list[files.Pack], on: date) -> list[OutsideLaw]:
    broken = []
    for key, each in registry.declared().items():
        if not each.rule.law:
            continue
        value = found.value(key)
        for law in (law for law_key in rules.law_keys(each.rule) if (law := choices.law_among(packs, law_key, on))):
            if rules.out_of_law(each.rule, value, law, found.currency):
                since = max(law.valid_from, choices.day_of(found.edition.valid_from))
                says = wording.value(each.rule.unit, value, found.currency)
                broken.append(OutsideLaw(key, each.rule.title, says, wording.bound(law), law.source, since))
    return broken


def _newer(found: standing.Rules, pack: files.Pack, adopted: list[files.Pack], on: date) -> NewerText | None:
    shipped = shipped_hash(pack.name)
    if shipped in ("", pack.hash):
        return None
    newer = choices.pack(pack.name)
    others = [newer if each.name == pack.name else each for each in adopted]
    differ = pack_differences(pack, on, newer, on)
    return NewerText(pack.name, newer.title, shipped, len(differ), tuple(_outside(found, others, on)))
