"""The register on one day as known on another, written in one way only: the same lines whenever they are written again."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from rochdale.bylaws import queries as bylaws
from rochdale.privacy import queries as privacy
from rochdale.shared import money, tables

from .. import rules
from ..models import ClassMembership, CopyRequest, Member, RegisterExport
from .members import lasting
from .shares import Holding, holdings

SCOPES = ("full", "holdings", "names")
"""What a copy shows: all the register keeps, names with holdings, or names alone."""
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class RegisterCopy:
    """The register's canonical lines with their digests. `erased` counts lines whose name was erased since."""

    as_of: datetime
    known_at: datetime
    scope: str
    lines: list[dict[str, Any]]
    digest: str
    digest_without_names: str
    erased: int


@dataclass(frozen=True, slots=True)
class ExportView:
    """A copy that was made: of what, by whom, and its digests."""

    id: int
    as_of: datetime
    known_at: datetime
    scope: str
    members: int
    digest: str
    digest_without_names: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CopyWish:
    """Somebody asked for a copy: until when the law wants it given, and what became of it."""

    id: int
    asked_at: datetime
    due_at: datetime
    viewer: str
    scope: str
    purpose_class: str
    purpose_sealed: bytes
    party: UUID | None
    person: UUID | None
    fee: int
    currency: str
    state: str
    export: int | None


def register_copy(as_of: datetime, known_at: datetime, scope: str) -> RegisterCopy:
    """Return the register as of a moment as it was known at another, in order of numbers.

    Everything in it was recorded by `known_at`: what is recorded later, a correction too, does
    not change it. A name erased since stands as a fixed mark; then `digest_without_names` still
    tells that nothing else changed.
    """
    extra = more_fields(known_at) if scope == "full" else ()
    rows = list(_rows(as_of, known_at, former=scope == "full"))
    held = holdings(None, as_of, known_at) if scope != "names" else {}
    classes = classes_as_known([row["number"] for row in rows], as_of, known_at)
    lines: list[dict[str, Any]] = []
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        names = privacy.read_as_known([row["party_id"] for row in part], "register", known_at)
        lines += [_line(row, names, classes, held, scope, extra) for row in part]
    moments = {"as_of": written(as_of), "known_at": written(known_at)}
    made = rules.digests(lines, scope=scope, **moments)
    erased = sum(line["name"] == rules.ERASED for line in lines)
    return RegisterCopy(as_of, known_at, scope, lines, made.whole, made.without_names, erased)


def more_fields(at: datetime) -> tuple[str, ...]:
    """Return what the law's row `register.fields` asks for beyond name and address (Kenya: age, occupation, nominee)."""
    law = bylaws.rules_at(at).law("register.fields") if bylaws.version_at(at) is not None else None
    return rules.more_fields(law.value if law is not None else None)


def _rows(as_of: datetime, known_at: datetime, *, former: bool) -> Sequence[dict[str, Any]]:
    rows = entered(as_of, known_at, former=former).order_by("number")
    ends = ("ending__effective_at", "ending__recorded_at")
    found = list(rows.values("number", "party_id", "start__effective_at", *ends, "imported__reference"))
    newest = {row["party_id"]: row["number"] for row in found}
    for row in found:
        left_at, told_at = row.pop("ending__effective_at"), row.pop("ending__recorded_at")
        row["left_at"] = left_at if left_at is not None and left_at <= as_of and told_at <= known_at else None
        row["holds"] = newest[row["party_id"]] == row["number"]  # who came back holds under the new number
    return found


def entered(as_of: datetime, known_at: datetime | None, *, former: bool = False) -> Any:
    """Return the members whose membership counted at a moment as far as was known; with `former` those who had left too."""
    rows = Member.objects.filter(start__effective_at__lte=as_of)
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at, start__recorded_at__lte=known_at)
    if former:
        return rows
    lasts = lasting(as_of)
    return rows.filter(lasts if known_at is None else lasts | Q(ending__recorded_at__gt=known_at))


def classes_as_known(numbers: Sequence[int], as_of: datetime, known_at: datetime | None) -> Mapping[int, list[str]]:
    """Return the classes of members at a moment as far as was known: a class that ended with a membership whose end
    was recorded later is still open then."""
    rows = ClassMembership.objects.filter(from_at__lte=as_of)
    if len(numbers) <= CHUNK:
        rows = rows.filter(member__in=numbers)
    still = Q(until_at__isnull=True) | Q(until_at__gt=as_of)
    if known_at is not None:
        still |= Q(until_at=F("member__ending__effective_at"), member__ending__recorded_at__gt=known_at)
        rows = rows.filter(recorded_at__lte=known_at)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for number, code in rows.filter(still).values_list("member_id", "class_code_id").order_by("class_code_id"):
        found[number].append(code)
    return found


def _line(
    row: Mapping[str, Any],
    names: Mapping[UUID, dict[str, Any] | None],
    classes: Mapping[int, list[str]],
    held: Mapping[UUID, list[Holding]],
    scope: str,
    extra: Sequence[str],
) -> dict[str, Any]:
    known = names.get(row["party_id"], {})
    line: dict[str, Any] = {"number": row["number"], "name": rules.ERASED if known is None else str(known.get("name", ""))}
    if scope == "full":
        for field in ("address", *extra):
            line[field] = rules.ERASED if known is None else str(known.get(field, ""))
    line["joined_at"] = written(row["start__effective_at"])
    if row["left_at"] is not None:
        line["left_at"] = written(row["left_at"])
    if scope == "full" and row["imported__reference"]:
        line["old_number"] = row["imported__reference"]
    line["classes"] = list(classes.get(row["number"], ()))
    if scope != "names":
        line["shares"] = [
            {
                "class": each.share_class,
                "currency": each.currency,
                "shares": each.shares,
                "subscribed": f"{money.to_decimal(each.subscribed):f}",
                "paid": f"{money.to_decimal(each.paid):f}",
            }
            for each in (held.get(row["party_id"], ()) if row["holds"] else ())
        ]
    return line


def written(moment: datetime) -> str:
    """Write a moment in one way only: UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def as_json(copy: RegisterCopy) -> bytes:
    """Write a copy as canonical JSON with its digests: the same bytes always."""
    content = {
        "as_of": written(copy.as_of),
        "digest": copy.digest,
        "digest_without_names": copy.digest_without_names,
        "format": rules.REGISTER_FORMAT,
        "known_at": written(copy.known_at),
        "lines": copy.lines,
        "scope": copy.scope,
    }
    return (rules.canonical(content) + "\n").encode()


def as_csv(copy: RegisterCopy) -> bytes:
    """Write a copy as CSV (RFC 4180): field codes as heads, UTC moments, exact decimals; the same bytes always."""
    classes = sorted({(each["class"], each["currency"]) for line in copy.lines for each in line.get("shares", ())})
    said = dict.fromkeys(field for line in copy.lines for field in line) or {"number": None, "name": None}
    last = [field for field in ("left_at", "old_number") if field in said]
    fields = [field for field in said if field not in ("shares", *last)] + last
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*fields, *(f"{what}:{code}:{currency}" for code, currency in classes for what in PARTS)])
    for line in copy.lines:
        held = {(each["class"], each["currency"]): each for each in line.get("shares", ())}
        cells = [harmless(line.get(field, "")) for field in fields]
        writer.writerow([*cells, *(str(held.get(each, {}).get(what, "")) for each in classes for what in PARTS)])
    return out.getvalue().encode()


PARTS = ("shares", "subscribed", "paid")


def harmless(value: Any) -> str:
    """Write one field of a file: lists joined, and nothing that a spreadsheet would run (T21)."""
    return tables.plain("+".join(value) if isinstance(value, list) else value)


def exports(limit: int = 50) -> list[ExportView]:
    """Return the copies that were made, the newest first."""
    return [_export(row) for row in RegisterExport.objects.order_by("-id")[:limit]]


def export(number: int) -> ExportView | None:
    """Return a copy that was made, or None."""
    row = RegisterExport.objects.filter(pk=number).first()
    return _export(row) if row else None


def exports_with_digest(digest: str) -> list[ExportView]:
    """Return the copies whose digest this is (all of it, or its first sixteen digits or more)."""
    text = "".join(sign for sign in digest.lower() if sign in "0123456789abcdef")
    if len(text) < 16:
        return []
    rows = RegisterExport.objects.filter(Q(digest__startswith=text) | Q(digest_without_names__startswith=text))
    return [_export(row) for row in rows.order_by("-id")[:20]]


def copies_that_come_out_differently(latest: int = 3) -> list[dict[str, Any]]:
    """Return copies of which something but an erased name reads otherwise today: a register that was tampered with."""
    broken = []
    for row in RegisterExport.objects.order_by("-id")[:latest]:
        again = register_copy(row.as_of, row.known_at, row.scope)
        if again.digest_without_names != row.digest_without_names:
            broken.append({"copy": row.id, "was": row.digest_without_names, "is": again.digest_without_names})
    return broken


def copy_wishes(*, open_only: bool = True) -> list[CopyWish]:
    """Return who asked for a copy of the register, the most urgent first."""
    rows = CopyRequest.objects.select_related("answer").order_by("due_at", "id")
    if open_only:
        rows = rows.filter(answer__isnull=True)
    return [_wish(row) for row in rows[:500]]


def copy_wishes_of(*, person: UUID | None, party: UUID | None) -> list[CopyWish]:
    """Return one's own wishes for copies, the newest first."""
    mine = Q(pk__in=[])
    if person is not None:
        mine |= Q(person=person)
    if party is not None:
        mine |= Q(party=party)
    return [_wish(row) for row in CopyRequest.objects.select_related("answer").filter(mine).order_by("-id")[:50]]


def copy_wish(number: int) -> CopyWish | None:
    """Return one wish for a copy, or None."""
    row = CopyRequest.objects.select_related("answer").filter(pk=number).first()
    return _wish(row) if row else None


def _wish(row: CopyRequest) -> CopyWish:
    answer = getattr(row, "answer", None)
    return CopyWish(
        id=row.id,
        asked_at=row.asked_at,
        due_at=row.due_at,
        viewer=row.viewer,
        scope=row.scope,
        purpose_class=row.purpose_class,
        purpose_sealed=bytes(row.purpose_sealed),
        party=row.party,
        person=row.person,
        fee=row.fee,
        currency=row.currency,
        state=answer.state if answer else "waits",
        export=answer.export_id if answer else None,
    )


def _export(row: RegisterExport) -> ExportView:
    return ExportView(row.id, row.as_of, row.known_at, row.scope, row.members, row.digest, row.digest_without_names, row.made_at)
