"""Bringing an old register in, step by step: read, hold against what is here, report, enter in parts. For the command.

Nothing is entered before both files were read whole. Each part is one transaction; a member's old number tells
whether they are there, so a run that was killed is simply started again.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import queries as cooperatives
from rochdale.ledger import catalogue, reader
from rochdale.ledger import queries as ledger
from rochdale.ledger.reader import rows
from rochdale.privacy import rules as same
from rochdale.shared import clock, coops, ids
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import actions, queries
from . import files, lots

PART = 500
AGAINST = "equity.brought_in"
T = TypeVar("T")


class HasRejects(Refusal):
    code = "members.import_has_rejects"
    status = 422
    text = gettext_lazy(
        "{count} rows cannot be taken. Nothing was imported; mend them, or take the others without them (--skip-rejects)."
    )


class NothingToImport(Refusal):
    code = "members.nothing_to_import"
    status = 422
    text = gettext_lazy("The file holds no member that could be taken. Nothing was imported.")


class NoCounterAccount(Refusal):
    code = "members.no_counter_account"
    status = 422
    text = gettext_lazy(
        "The books have no account “{account}” against which share capital could come in. Nothing was imported; "
        "bring the old books in first, or leave --against out."
    )


class NoSharesOfClass(Refusal):
    code = "members.import_without_share_class"
    status = 422
    text = gettext_lazy("This co-op has no class of shares yet, so none can be imported. Nothing was imported.")


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: of which file (`members` or `shares`), why, and as it was."""

    file: str
    line: int
    reason: str
    raw: str


@dataclass(slots=True)
class Preview:
    """What two files hold, what of it can be taken, and what it comes to."""

    schema: str
    digest: str
    currency: str
    against: str
    members: list[actions.Entrant] = field(default_factory=list)
    left: int = 0
    """How many of them have left since; they keep their row and number."""
    there: int = 0
    rejects: list[Reject] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    by_class: dict[str, int] = field(default_factory=dict)
    heads: dict[str, files.Table] = field(default_factory=dict)
    against_stood: int = 0

    @property
    def shares(self) -> int:
        return sum(lot.shares - sum(step.shares for step in lot.followed) for each in self.members for lot in each.shares)

    @property
    def subscribed(self) -> int:
        return sum(
            (lot.shares - sum(step.shares for step in lot.followed)) * lot.par_value
            for each in self.members
            for lot in each.shares
        )

    @property
    def paid(self) -> int:
        steps = [step for each in self.members for lot in each.shares for step in lot.followed]
        return sum(step.amount if step.kind == "paid" else -step.amount for step in steps)


def preview(
    schema: str,
    members_file: Path,
    shares_file: Path | None,
    *,
    options: reader.Options,
    classes: Mapping[str, str],
    against: str = AGAINST,
) -> Preview:
    """Read both files and say what would be entered. Nothing is changed.

    `classes` turns the old register's classes into this co-op's; `*` stands for members whose class is
    empty or not named. `against` is an account of the old books by its old name, or a code.
    """
    now = clock.now()
    with coops.inside(schema):
        coop = cooperatives.here()
        assert coop is not None  # the schema is a co-op's
        known = queries.known_for_import()
        par = int(bylaws.value("members.share_par_value", at=now))
        closed = [(period.starts_at, period.ends_at) for period in ledger.closed_periods()]
        code = _code_of(against)
        account = ledger.account(code, coop.currency)
        stood = (ledger.balance(account) or 0) if account is not None else 0
    table = files.table(
        reader.inspect(members_file, encoding=options.encoding), files.MEMBER_COLUMNS, ("number", "name", "joined"), options
    )
    found = Preview(
        schema, table.source.digest, coop.currency, code, heads={"members": table}, notes=list(table.notes), against_stood=stood
    )
    old = _members(table, found)
    if shares_file is not None:
        _shares(shares_file, old, found, options)
    checks = _Checks(known, dict(classes), ZoneInfo(coop.time_zone), now, par, closed, coop.currency)
    _hold_against(old, checks, found)
    with coops.inside(schema):
        _flag_known(old, found)
    return found


def _code_of(against: str) -> str:
    known = ledger.imported_accounts([against]).get(against)
    if known is not None:
        return known.code
    plan = catalogue.account_plan(against)
    if plan is None or plan.per == "party" or plan.guarded:
        raise NoCounterAccount(account=against[:80])
    return against


def _members(table: files.Table, found: Preview) -> dict[str, files.OldMember]:
    old: dict[str, files.OldMember] = {}
    for line, cells, raw in table.rows():
        try:
            member = files.member(line, cells, raw, table.order)
            if member.reference in old:
                raise reader.BadLine(
                    _("the number {number} stands in line {line} already").format(
                        number=member.reference, line=old[member.reference].line
                    )
                )
            old[member.reference] = member
        except reader.BadLine as bad:
            found.rejects.append(Reject("members", line, str(bad), raw))
    return old


def _shares(path: Path, old: dict[str, files.OldMember], found: Preview, options: reader.Options) -> None:
    table = files.table(
        reader.inspect(path, encoding=options.encoding), files.SHARE_COLUMNS, ("number", "date", "kind", "shares"), options
    )
    found.heads["shares"] = table
    found.notes += table.notes
    found.digest = hashlib.sha256(f"{found.digest}{table.source.digest}".encode()).hexdigest()
    for line, cells, raw in table.rows():
        try:
            owner = old.get(cells.get("number", ""))
            if owner is None:
                raise reader.BadLine(_("there is no member with this number in the members' file"))
            owner.movements.append(files.movement(line, cells, raw, table.order, table.mark))
        except reader.BadLine as bad:
            found.rejects.append(Reject("shares", line, str(bad), raw))


@dataclass(frozen=True, slots=True)
class _Checks:
    """What each member is held against."""

    known: queries.Known
    classes: dict[str, str]
    zone: ZoneInfo
    now: datetime
    par: int
    closed: list[tuple[datetime, datetime]]
    currency: str

    def moment(self, on: date) -> datetime:
        """Return the beginning of a day where the co-op is. Refuses the future."""
        found = datetime.combine(on, time(), self.zone)
        if found > self.now:
            raise reader.BadLine(_("{day} lies in the future").format(day=on))
        return found

    def booked(self, on: date) -> datetime:
        """Return the moment of a day at which money moved. Refuses a closed time."""
        found = self.moment(on)
        if any(start <= found < end for start, end in self.closed):
            raise reader.BadLine(_("the books of {day} are closed here; nothing can be dated into that time").format(day=on))
        return found


def _hold_against(old: dict[str, files.OldMember], checks: _Checks, found: Preview) -> None:
    for each in old.values():
        if each.reference in checks.known.references:
            found.there += 1
            continue
        try:
            entrant = _entrant(each, checks)
        except reader.BadLine as bad:
            found.rejects.append(Reject("members", each.line, str(bad), each.raw))
            found.rejects += [Reject("shares", movement.line, str(bad), movement.raw) for movement in each.movements]
            continue
        found.members.append(entrant)
        found.left += entrant.left_at is not None
        for code in entrant.classes if entrant.left_at is None else ():
            found.by_class[code] = found.by_class.get(code, 0) + 1


def _entrant(each: files.OldMember, checks: _Checks) -> actions.Entrant:
    if each.number is not None and each.number in checks.known.numbers:
        raise reader.BadLine(_("the member number {number} belongs to somebody here already").format(number=each.number))
    classes = tuple(dict.fromkeys(_class(code, checks) for code in each.classes or ("",)))
    shares = lots.laid_out(each.movements, par=checks.par, share_class=_share_class(each, checks))
    for lot in shares:
        if checks.known.share_classes.get(lot.share_class) != checks.currency:
            raise reader.BadLine(
                _("line {line}: there are no shares of the class “{share_class}” here").format(
                    line=lot.line, share_class=lot.share_class
                )
            )
    return actions.Entrant(
        reference=each.reference,
        number=each.number,
        kind=each.kind,
        register=dict(each.register),
        contact=dict(each.contact),
        classes=classes,
        joined_at=checks.moment(each.joined),
        left_at=checks.moment(each.left) if each.left is not None else None,
        left_because=each.reason,
        shares=tuple(_taken(lot, checks) for lot in shares),
    )


def _class(code: str, checks: _Checks) -> str:
    chosen = checks.classes.get(code, code if code in checks.known.classes else checks.classes.get("*", ""))
    if chosen not in checks.known.classes:
        known = ", ".join(sorted(checks.known.classes))
        raise reader.BadLine(
            _("the class “{code}” is none of {known}; say --class '{code}=…' or --class '*=…'").format(code=code, known=known)
        )
    return chosen


def _share_class(each: files.OldMember, checks: _Checks) -> str:
    if not each.movements:
        return ""
    if not checks.known.share_classes:
        raise NoSharesOfClass()
    return "member" if "member" in checks.known.share_classes else sorted(checks.known.share_classes)[0]


def _taken(lot: lots.Lot, checks: _Checks) -> actions.TakenShares:
    followed = tuple(actions.Followed(step.kind, checks.booked(step.on), step.shares, step.amount) for step in lot.steps)
    return actions.TakenShares(checks.moment(lot.on), lot.shares, lot.par, lot.share_class, checks.currency, followed)


def _flag_known(old: dict[str, files.OldMember], found: Preview) -> None:
    """Name those who may be one human: the same phone or e-mail twice in the file, or here already."""
    seen: dict[tuple[str, str], str] = {}
    told: dict[tuple[str, str], str] = {}
    for each in old.values():
        for what, compared in (("email", same.same_email), ("phone", same.same_phone)):
            text = each.contact.get(what, "")
            if not text:
                continue
            place = (what, compared(text))
            told[what, text] = each.reference
            if place in seen:
                says = _("Members {first} and {second} have the same {what}: one human, or one household?")
                found.flags.append(says.format(first=seen[place], second=each.reference, what=what))
            seen.setdefault(place, each.reference)
    for (what, text), (_party, number, reference) in queries.known_contacts(told).items():
        if told[what, text] != reference:
            says = _("Member {reference} has the same {what} as member {number} here: the same human?")
            found.flags.append(says.format(reference=told[what, text], what=what, number=number))


def rejects_of(found: Preview, which: str) -> str:
    """Return the rows of one file (`members` or `shares`) that were not taken, with their reasons, to be mended."""
    head = found.heads[which].head
    out = [head.delimiter.join([rows.written(head.names, head), *rows.REJECT_COLUMNS])]
    for reject in found.rejects:
        if reject.file == which:
            told = rows.written([str(reject.line), reject.reason], rows.Head(rows.REJECT_COLUMNS, head.delimiter, 1))
            out.append(f"{reject.raw}{head.delimiter}{told}")
    return "\n".join(out) + "\n"


def enter(
    found: Preview, *, actor: Actor, skip_rejects: bool = False, progress: Callable[[int], None] = lambda done: None
) -> dict[str, int]:
    """Enter what was looked at, in parts. Refuses rejects unless they are skipped."""
    if found.rejects and not skip_rejects:
        raise HasRejects(count=len(found.rejects))
    if not found.members and not found.there:
        raise NothingToImport()
    done = {"entered": 0, "there": found.there, "run": 0}
    if not found.members:
        return done
    ordered = sorted(found.members, key=lambda each: (each.number is None, each.number or 0, each.joined_at, each.reference))
    with coops.inside(found.schema):
        done["run"] = actions.start_register_import(
            actor=actor,
            now=clock.now(),
            key=ids.derived_key("members.import", found.digest, secrets.token_hex(8)),
            file_hash=found.digest,
            members=len(ordered),
            highest=max((each.number or 0 for each in ordered), default=0),
        )
    for start in range(0, len(ordered), PART):
        part = ordered[start : start + PART]
        with coops.inside(found.schema):
            count = actions.import_members(
                actor=actor,
                now=clock.now(),
                key=f"members.import:{done['run']}:{start}",
                run=done["run"],
                members=part,
                against=found.against,
                currency=found.currency,
            )
        done["entered"] += count["entered"]
        done["there"] += count["there"]
        progress(len(part))
    return done
