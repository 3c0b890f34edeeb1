"""The bylaws over the API: what stands, every version, and the law beside them. Nothing here changes one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from rochdale.shared import api, clock

from . import actions, queries

router = Router(tags=["bylaws"], auth=None)


class LawOut(Schema):
    """A row of law that bounds a bylaw."""

    key: str
    pack: str
    bound: str
    article: str
    status: str
    accepted: bool
    binding: str
    on_violation: str
    since: date
    note: str


class RuleOut(Schema):
    """One bylaw. A percentage is text, an amount a whole number of micro-units."""

    key: str
    chapter: str
    title: str
    unit: str
    value: Any
    means: str
    decided: bool
    since_version: int
    law: list[LawOut]


class PackOut(Schema):
    """A pack as adopted, by the hash of its text."""

    name: str
    title: str
    kind: str
    hash: str
    reviewed_by: str | None
    rows: int
    used_by_code: int
    shown_only: int


class BylawsOut(Schema):
    """The bylaws at a moment."""

    version: int
    valid_from: datetime
    act: str
    currency: str
    packs: list[PackOut]
    rules: list[RuleOut]


class VersionOut(Schema):
    """One version, and the keys it changed."""

    version: int
    valid_from: datetime
    adopted_at: datetime
    act: str
    seal: str
    packs: dict[str, str]
    changed: list[str]


class PackRowOut(Schema):
    """One rule of law in a pack."""

    key: str
    title: str
    unit: str
    kind: str
    bound: str
    article: str
    status: str
    binding: str
    on_violation: str
    since: date
    note: str
    accepted: bool
    used_by: list[str]


class PackTextOut(Schema):
    """A pack of law as this co-op adopted it."""

    name: str
    title: str
    hash: str
    reviewed_by: str | None
    caution: str
    used_by_code: int
    shown_only: int
    rows: list[PackRowOut]


class AtIn(Schema):
    """The moment asked about; now if it is left out."""

    at: api.Moment | None = None


@router.get("/", response=BylawsOut, summary="The bylaws standing now, or at a moment")
def standing(request: HttpRequest, given: Query[AtIn]) -> BylawsOut:
    """Return every bylaw with its value, its meaning in words and the law beside it."""
    return _document(queries.document(at=_moment(given.at)))


@router.get("/versions", response=list[VersionOut], summary="All versions, newest first")
def versions(request: HttpRequest) -> list[VersionOut]:
    """Return the history of the bylaws."""
    editions = queries.editions()
    before = [*editions[1:], None]
    return [_version(each, earlier) for each, earlier in zip(editions, before, strict=False)]


@router.get("/versions/{int:number}", response=BylawsOut, summary="One version")
def one_version(request: HttpRequest, number: int) -> BylawsOut:
    """Return a version as it stood from its first moment."""
    found = queries.edition(number)
    if found is None:
        raise actions.NoSuchVersion(number=number)
    return _document(queries.readable(queries.Rules(found, found.valid_from)))


@router.get("/packs/{name}", response=PackTextOut, summary="A pack of law as adopted")
def pack(request: HttpRequest, name: str) -> PackTextOut:
    """Return each rule of law of a pack, and which code reads it."""
    now = clock.now()
    found = queries.adopted_pack(name, at=now)
    if found is None:
        raise queries.UnknownPack(pack=name[:60])
    rows = queries.pack_rows(found, at=now)
    used, shown_only = queries.counted(found.rows)
    return PackTextOut(
        name=found.name,
        title=found.title,
        hash=found.hash,
        reviewed_by=found.reviewed_by,
        caution=found.caution,
        used_by_code=used,
        shown_only=shown_only,
        rows=[
            PackRowOut(
                key=row.law.key,
                title=row.law.title,
                unit=row.unit,
                kind=row.kind,
                bound=row.law.bound,
                article=row.law.article,
                status=row.law.status,
                binding=row.law.binding,
                on_violation=row.on_violation,
                since=row.law.since,
                note=row.law.note,
                accepted=row.law.accepted,
                used_by=list(row.readers),
            )
            for row in rows
        ],
    )


def _moment(given: datetime | None) -> datetime:
    return given or clock.now()


def _document(shown: queries.Document) -> BylawsOut:
    rules = [_rule(rule, str(chapter.title)) for chapter in shown.chapters for rule in chapter.rules]
    packs = [
        PackOut(
            name=each.name,
            title=each.title,
            kind=each.kind,
            hash=each.hash,
            reviewed_by=each.reviewed_by,
            rows=each.rows,
            used_by_code=each.used,
            shown_only=each.shown_only,
        )
        for each in shown.packs
    ]
    edition = shown.edition
    return BylawsOut(
        version=edition.number,
        valid_from=edition.valid_from,
        act=edition.act,
        currency=edition.currency,
        packs=packs,
        rules=rules,
    )


def _rule(rule: queries.RuleShown, chapter: str) -> RuleOut:
    return RuleOut(
        key=rule.key,
        chapter=chapter,
        title=str(rule.title),
        unit=rule.unit,
        value=str(rule.value) if rule.unit == "percent" else rule.value,
        means=rule.in_words,
        decided=rule.decided,
        since_version=rule.since_version,
        law=[
            LawOut(
                key=row.key,
                pack=row.pack,
                bound=row.bound,
                article=row.article,
                status=row.status,
                accepted=row.accepted,
                binding=row.binding,
                on_violation=row.on_violation,
                since=row.since,
                note=row.note,
            )
            for row in rule.law
        ],
    )


def _version(edition: queries.Edition, before: queries.Edition | None) -> VersionOut:
    return VersionOut(
        version=edition.number,
        valid_from=edition.valid_from,
        adopted_at=edition.adopted_at,
        act=edition.act,
        seal=edition.seal,
        packs=dict(edition.packs),
        changed=[each.key for each in queries.differences(before, edition)] if before else [],
    )
