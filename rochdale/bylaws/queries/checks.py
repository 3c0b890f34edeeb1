"""The book checks of the bylaws: B1, B2 and B3. Each returns the rows that break it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any

from rochdale.audit import queries as audit
from rochdale.bylaws import packs as files
from rochdale.bylaws import registry, rules
from rochdale.bylaws.models import AcceptedRow, PackText, Value, Version

from . import choices, standing


def versions_without_act() -> Sequence[dict[str, Any]]:
    """B1: versions that no recorded step adopted, or whose act nobody knows."""
    found = list(Version.objects.order_by("number").values_list("number", "act"))
    recorded = audit.acts_about("version", [str(number) for number, _act in found], action="bylaws.keep_version")
    return [{"version": number, "act": act} for number, act in found if str(number) not in recorded or not _act_exists(act)]


def _act_exists(act: str) -> bool:
    kind = act.partition(":")[0]
    known = registry.known_acts.get(kind)
    return known is None or known(act)


def values_out_of_bounds(now: datetime) -> Sequence[dict[str, Any]]:
    """B2: values outside what their rule or the law allowed on a day their version stood, until now.

    So a bylaw that was lawful when it was adopted is found on the day the law changes under it.
    """
    broken: list[dict[str, Any]] = []
    editions = list(reversed(standing.editions()))
    for place, edition in enumerate(editions):
        until = min(editions[place + 1].valid_from, now) if place + 1 < len(editions) else now
        broken += _out_of_bounds(edition, until)
    return broken


def _out_of_bounds(edition: standing.Edition, until: datetime) -> Iterator[dict[str, Any]]:
    try:
        values, packs = standing.content(edition).values, standing.packs_of(edition)
    except standing.VersionDamaged:
        return
    for key, stored in values.items():
        rule = registry.rule(key)
        if rule is None:
            continue
        for at in _days_to_check(edition, until, packs, rules.law_keys(rule)):
            given = rules.from_json(rule.unit, stored)
            bad = choices.complaint_about(key, given, packs, edition.currency, choices.day_of(at))
            if bad:
                yield {"version": edition.number, "key": key, "on": choices.day_of(at).isoformat(), "why": bad.reason}


def _days_to_check(
    edition: standing.Edition, until: datetime, packs: Sequence[files.Pack], keys: Sequence[str]
) -> list[datetime]:
    """Return when the version began, and each later day on which the law changed while it stood."""
    days = {edition.valid_from}
    for pack in packs:
        for row in (pack.rows[key] for key in keys if key in pack.rows):
            changes = (datetime.combine(dated.valid_from, time.min, UTC) for dated in row.values)
            days |= {day for day in changes if edition.valid_from < day < until}
    return sorted(days)


def versions_that_do_not_match() -> Sequence[dict[str, Any]]:
    """B3: versions whose stored values differ from their seal, and packs that differ from their hash.

    Reads the tables afresh, whatever this process remembers.
    """
    broken: list[dict[str, Any]] = []
    for version in Version.objects.order_by("number"):
        values = dict(Value.objects.filter(version=version).values_list("key", "value"))
        seal = rules.seal(values, packs=version.packs, currency=version.currency, accepted=version.accepted_hashes)
        accepted = set(AcceptedRow.objects.filter(version__number__lte=version.number).values_list("row_hash", flat=True))
        if accepted != set(version.accepted_hashes):
            broken.append({"version": version.number, "why": "the rows it accepted are not the ones recorded"})
        if seal != version.seal or len(values) != version.size:
            broken.append({"version": version.number, "why": "its values are not the ones it was adopted with"})
        missing = {pack["hash"] for pack in version.packs} - set(PackText.objects.values_list("hash", flat=True))
        broken += [{"version": version.number, "why": f"the text of the pack {each} is missing"} for each in sorted(missing)]
    for text in PackText.objects.order_by("hash"):
        if files.hash_of(text.content) != text.hash:
            broken.append({"pack": text.name, "why": "its text does not match its hash"})
    return broken
