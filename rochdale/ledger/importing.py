"""Bringing a file of other books in, step by step: look, plan, book in parts, read back. For the command and the page.

Nothing is booked before the whole file was looked at. Each part is one transaction, so a run that was killed is simply
started again: what is there stays and the rest follows.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import clock, coops, ids, money
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from . import actions, plan, queries, reader
from .reader import charts, rows
from .survey import Facts, Keys, Survey, look

PART = 500
"""Transactions that are booked at once."""


class HasRejects(Refusal):
    code = "ledger.import_has_rejects"
    status = 422
    text = gettext_lazy(
        "{count} transactions of {file} cannot be taken. Nothing was imported; mend them, "
        "or take the others without them (--skip-rejects)."
    )


class NotAsExpected(Refusal):
    code = "ledger.import_not_as_expected"
    status = 422
    text = gettext_lazy("{count} balances are not those of {file}. Nothing was imported.")


class FileChanged(Refusal):
    code = "ledger.import_file_changed"
    text = gettext_lazy("{file} was changed while it was read. What was booked so far stays; look at it again and repeat.")


class NothingToImport(Refusal):
    code = "ledger.nothing_to_import"
    status = 422
    text = gettext_lazy("{file} holds no transaction that could be taken. Nothing was imported.")


class NotReconciled(Refusal):
    code = "ledger.import_not_reconciled"
    text = gettext_lazy("The books do not hold what the file says: {accounts}. Please report this; check-books shows more.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What the treasurer asks for besides how to read the file."""

    chosen: Mapping[str, charts.Chosen] = field(default_factory=dict)
    personal: Sequence[str] = ()
    open_names: Sequence[str] = ()
    skip_rejects: bool = False
    apart: str = ""
    expect: Path | None = None
    rejects: Path | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """A balance that is not the expected one; None where only one side has the account."""

    account: str
    currency: str
    expected: int | None
    found: int | None


@dataclass(slots=True)
class Preview:
    """What a dry run found out, and all that the import itself needs."""

    schema: str
    source: reader.Source
    options: reader.Options
    facts: Facts
    survey: Survey
    chart: plan.Chart
    wish: Wish
    there: int = 0
    differences: list[Difference] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What an import did. `read_back` is what its postings put on each old account, debits positive, read from the books."""

    run: int
    posted: int = 0
    there: int = 0
    read_back: dict[tuple[str, str], int] = field(default_factory=dict)
    standing: dict[tuple[str, str], int] = field(default_factory=dict)


def preview(schema: str, source: reader.Source, options: reader.Options, wish: Wish) -> Preview:
    """Look through a file and say what would be booked. Nothing is changed; a rejects file is written where one is wished."""
    with coops.inside(schema):
        coop = cooperatives.here()
        assert coop is not None  # the schema is a co-op's
        closed = [(period.starts_at, period.ends_at) for period in queries.closed_periods()]
        facts = Facts(clock.now(), coop.time_zone, closed)
        with _rejects_file(wish.rejects, source, options) as rejected:
            survey = look(source, options, facts, rejected=rejected)
        chart = plan.chart(survey, options, chosen=wish.chosen, personal=wish.personal, open_names=wish.open_names)
        found = Preview(schema, source, options, facts, survey, chart, wish)
        found.there = _there(found)
    found.differences = _differences(wish.expect, options, survey) if wish.expect else []
    return found


def _there(found: Preview) -> int:
    """Count the transactions that the books have already; accounts nobody has seen cannot be in any of them."""
    keys = Keys(found.chart.called, found.wish.apart)
    known, count = found.chart.known, 0
    keys_of = (
        key
        for each in reader.read(found.source, found.options)
        if isinstance(each, reader.Transaction) and (key := keys.key(each)) and all(line.account in known for line in each.lines)
    )
    if not known:
        return 0
    while part := list(islice(keys_of, PART)):
        count += len(queries.keys_there(part))
    return count


def book(found: Preview, *, actor: Actor, progress: Callable[[int], None] = lambda done: None) -> Outcome:
    """Book what was looked at, in parts, and read it back. Refuses rejects (unless skipped) and what differs from expected."""
    _refuse(found)
    outcome = Outcome(_start(found, actor))
    keys = Keys(found.chart.called, found.wish.apart)
    with coops.inside(found.schema):
        found.chart.bind(found.survey.sums)
    waiting = plan.postings(found.source, found.options, found.facts, found.chart, keys)
    back: dict[int, int] = {}
    while part := list(islice(waiting, PART)):
        with coops.inside(found.schema):
            done = actions.import_postings(
                actor=actor, now=clock.now(), key=f"ledger.import:{outcome.run}:{part[0].line}", run=outcome.run, postings=part
            )
            for account, amount in queries.sums_of_keys([posting.key for posting in part]).items():
                back[account] = back.get(account, 0) + amount
        outcome.posted += done["posted"]
        outcome.there += done["there"]
        progress(len(part))
    _read_back(found, back, outcome)
    return outcome


def _refuse(found: Preview) -> None:
    if found.survey.rejected and not found.wish.skip_rejects:
        raise HasRejects(count=found.survey.rejected, file=found.source.name)
    if not found.survey.transactions:
        raise NothingToImport(file=found.source.name)
    if found.differences:
        raise NotAsExpected(count=len(found.differences), file=found.wish.expect.name if found.wish.expect else "")
    if reader.inspect(found.source.path, name=found.source.name, encoding=found.source.encoding).digest != found.source.digest:
        raise FileChanged(file=found.source.name)


def _start(found: Preview, actor: Actor) -> int:
    with coops.inside(found.schema):
        return int(
            actions.start_import(
                actor=actor,
                now=clock.now(),
                key=ids.derived_key("ledger.import", found.source.digest, secrets.token_hex(8)),
                file_hash=found.source.digest,
                form=found.options.form,
                transactions=found.survey.transactions,
                accounts=list(found.chart.accounts.values()),
            )
        )


def _read_back(found: Preview, back: Mapping[int, int], outcome: Outcome) -> None:
    """Compare what the books hold of this file with what the file says, account by account. Refuses any difference."""
    said: dict[int, int] = {}
    for (account, currency), amount in found.survey.sums.items():
        number = found.chart.number(account, currency)
        said[number] = said.get(number, 0) + amount
    wrong = sorted(number for number in said.keys() | back.keys() if said.get(number, 0) != back.get(number, 0))
    if wrong:
        raise NotReconciled(accounts=", ".join(str(number) for number in wrong[:20]))
    with coops.inside(found.schema):
        standing = queries.totals(accounts=list(said))
    for account, currency in found.survey.sums:
        number = found.chart.number(account, currency)
        outcome.read_back[account, currency] = back.get(number, 0)
        total = standing.get(number)
        outcome.standing[account, currency] = total.debits - total.credits if total else 0


def _differences(expect: Path, options: reader.Options, survey: Survey) -> list[Difference]:
    """Compare the file's sums with a file of expected balances (account, balance), account by account."""
    source = reader.inspect(expect)
    how = replace(options, form="opening", opening_on=survey.last or clock.now().date(), columns={}, profile="", delimiter="")
    expected: dict[tuple[str, str], int] = {}
    for each in reader.read(source, how):
        if isinstance(each, reader.Transaction):
            line = each.lines[0]
            expected[line.account, line.currency] = expected.get((line.account, line.currency), 0) + line.amount
        elif isinstance(each, reader.Reject) and each.line:
            raise reader.UnreadableFile(
                file=expect.name, why=_("line {line}: {reason}.").format(line=each.line, reason=each.reason)
            )
    places = sorted(expected.keys() | {place for place, total in survey.sums.items() if total})
    return [
        Difference(*place, expected.get(place), survey.sums.get(place))
        for place in places
        if expected.get(place, 0) != survey.sums.get(place, 0) or (place in expected and place not in survey.sums)
    ]


@contextmanager
def _rejects_file(
    target: Path | None, source: reader.Source, options: reader.Options
) -> Iterator[Callable[[reader.Reject], None]]:
    """Give what writes each reject with its reason, in the form it had, so that it can be mended and taken in alone."""
    if target is None:
        yield lambda reject: None
        return
    as_table = options.form in ("csv", "opening", "opencollective")
    file = None

    def write(reject: reader.Reject) -> None:
        nonlocal file
        if file is None:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # names stand in it
            file = os.fdopen(descriptor, "w", encoding="utf-8", newline="\n")
            if as_table:
                head = rows.head(source, options.delimiter)
                names = replace(head, names=(*head.names, *rows.REJECT_COLUMNS))
                file.write(rows.written(names.names, names) + "\n")
        if as_table:
            file.writelines(f"{text}{_behind(reject, source, options)}\n" for text in reject.raw)
        else:
            file.write(f"; line {reject.line}: {reject.reason}\n" + "\n".join(reject.raw) + "\n\n")

    try:
        yield write
    finally:
        if file is not None:
            file.close()


def _behind(reject: reader.Reject, source: reader.Source, options: reader.Options) -> str:
    head = rows.head(source, options.delimiter)
    return head.delimiter + rows.written([str(reject.line), reject.reason], replace(head, names=rows.REJECT_COLUMNS))


def totals(survey: Survey) -> list[str]:
    """Say in sentences what a file comes to in all, to be held against the totals that the other program prints."""
    read = survey.transactions + survey.empty + survey.rejected
    says = _("{read} entries were read: {taken} can be taken, {empty} move nothing, {rejected} are rejected.")
    said = [says.format(read=read, taken=survey.transactions, empty=survey.empty, rejected=survey.rejected)]
    sums: dict[str, int] = {}
    for (_account, currency), total in survey.sums.items():
        sums[currency] = sums.get(currency, 0) + total
    says = _(
        "In {currency} all debits come to {debits}, all credits to {credits}; between them {rest}. Your program says the same?"
    )
    for currency, total in sorted(sums.items()):
        debits = survey.debits[currency]
        shown = {"debits": amount(debits, currency), "credits": amount(debits - total, currency), "rest": amount(total, currency)}
        said.append(says.format(currency=currency, **shown))
    return said


def amount(micro: int, currency: str) -> str:
    """Write an amount with its sign for a report, debits positive."""
    return money.formatted(micro, currency)
