"""`rochdale books import`: look other books through, say what would be booked, and book it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from rochdale.cooperatives import queries as cooperatives
from rochdale.ledger import importing, plan, reader
from rochdale.ledger.reader import charts
from rochdale.shared import coops, money
from rochdale.shared.actor import operator
from rochdale.shared.refusals import Refusal

from .checkbooks import NoSuchCoop

SHOWN = 20
ACTOR = operator("books import")


class BadOption(Refusal):
    code = "project.bad_import_option"
    status = 422
    text = "“{given}” is not understood: {why} Nothing was imported."


class CannotWriteRejects(Refusal):
    code = "project.cannot_write_rejects"
    status = 422
    text = "The rejects file {file} cannot be written: {why}. Nothing was imported; name another with --rejects."


@dataclass(frozen=True, slots=True)
class Words:
    """The options as they were typed."""

    form: str = ""
    profile: str = ""
    columns: tuple[str, ...] = ()
    currency: str = ""
    symbols: tuple[str, ...] = ()
    signs: str = "debit"
    dates: str = ""
    decimal: str = ""
    delimiter: str = ""
    encoding: str = ""
    on: str = ""
    conversion: str = ""
    kinds: tuple[str, ...] = ()


def run(
    out: Console,
    *,
    coop: str,
    file: Path,
    words: Words,
    mapping: Path | None,
    personal: Iterable[str],
    not_personal: Iterable[str],
    dry_run: bool,
    skip_rejects: bool,
    rejects: Path | None,
    expect: Path | None,
    apart: str,
) -> bool:
    """Look, report, and unless it is a dry run book; return whether all is as it should be."""
    with coops.public():
        found = cooperatives.coop_by_slug(coop)
    if found is None:
        raise NoSuchCoop(coop)
    source = reader.inspect(file, encoding=words.encoding)
    options = _options(words, source)
    target = rejects or Path(f"{file.name.removesuffix('.gz')}.rejects{'.csv' if _is_table(options) else '.txt'}")
    _refuse_unwritable(target, file)
    wish = importing.Wish(
        chosen=plan.mapping(mapping) if mapping else {},
        personal=tuple(personal),
        open_names=tuple(not_personal),
        skip_rejects=skip_rejects,
        apart=apart,
        expect=expect,
        rejects=target,
    )
    seen = importing.preview(found.schema_name, source, options, wish)
    report(out, seen, target)
    if dry_run:
        out.print(_("Nothing was imported: this was a dry run."), highlight=False)
        return not (seen.differences or (seen.survey.rejected and not skip_rejects))
    outcome = _book(seen)
    tell(out, seen, outcome)
    return True


def _is_table(options: reader.Options) -> bool:
    return options.form in ("csv", "opening", "opencollective")


def _options(words: Words, source: reader.Source) -> reader.Options:
    form = words.form or reader.form_of(source, words.delimiter)
    if words.signs not in ("debit", "credit", "normal"):
        raise BadOption(given=words.signs, why=_("--signs is debit, credit or normal."))
    if words.dates not in ("", "dmy", "mdy", "ymd") or words.decimal not in ("", ".", ","):
        raise BadOption(given=words.dates or words.decimal, why=_("--dates is dmy, mdy or ymd; --decimal is . or ,"))
    delimiter = {"tab": "\t", "\\t": "\t"}.get(words.delimiter, words.delimiter)
    if len(delimiter) > 1:
        raise BadOption(given=words.delimiter, why=_("--delimiter is one sign, or tab."))
    return reader.Options(
        form=form,
        columns=_pairs(words.columns),
        profile=words.profile,
        currency=money.currency_code(words.currency) if words.currency else "",
        symbols={sign: money.currency_code(code) for sign, code in _pairs(words.symbols).items()},
        signs=words.signs,
        dates=words.dates,
        decimal=words.decimal,
        delimiter=delimiter,
        encoding=words.encoding,
        opening_on=_day(words.on),
        conversion=words.conversion,
        kinds=_kinds(words.kinds),
    )


def _pairs(given: Iterable[str]) -> dict[str, str]:
    found = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise BadOption(given=pair[:60], why=_("it is not of the form NAME=VALUE."))
        found[name.strip()] = value.strip()
    return found


def _kinds(given: Iterable[str]) -> dict[str, str]:
    found = {}
    for pair in given:
        account, _equals, kind = pair.rpartition("=")
        if not account or kind not in charts.KINDS:
            raise BadOption(given=pair[:60], why=_("--kind is ACCOUNT=asset, liability, equity, income or expense."))
        found[account] = kind
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadOption(given=text[:20], why=_("--date is a day such as 2025-12-31.")) from None


def _refuse_unwritable(target: Path, file: Path) -> None:
    """Refuse before the first line rather than after the last; a rejects file never takes the place of the file itself."""
    if target.exists() and file.exists() and target.samefile(file):
        raise CannotWriteRejects(file=str(target), why=_("it is the file to be imported"))
    existed = target.exists()
    try:
        with target.open("a"):
            pass
        if not existed or not target.stat().st_size:
            target.unlink()
    except OSError as refused:
        raise CannotWriteRejects(file=str(target), why=refused.strerror or "") from None


def report(out: Console, seen: importing.Preview, target: Path) -> None:
    """Print what a file holds and what would become of it."""
    survey = seen.survey
    head = Table(title=escape(seen.source.name), show_header=False, title_justify="left")
    for name, value in (
        (_("Form"), seen.options.form),
        (_("Letters"), seen.source.said),
        (_("Transactions"), f"{survey.transactions + survey.empty:,}"),
        (_("Lines"), f"{survey.lines:,}"),
        (_("Accounts"), f"{len(seen.chart.accounts):,}"),
        (_("From"), str(survey.first or "–")),
        (_("Until"), str(survey.last or "–")),
        (_("In the books already"), f"{seen.there:,}"),
        (_("Would be booked now"), f"{survey.transactions - seen.there:,}"),
        (_("Rejected"), f"{survey.rejected:,}"),
    ):
        head.add_row(name, escape(value))
    if survey.empty:
        head.add_row(_("Move nothing, left aside"), f"{survey.empty:,}")
    out.print(head)
    _accounts(out, seen)
    for says, count in survey.notes.items():
        out.print(f"• {says}" + (_(" ({count} times)").format(count=count) if count > 1 else ""), markup=False, highlight=False)
    for says in seen.chart.told:
        out.print(f"• {says}", markup=False, highlight=False)
    for finding in survey.findings[:SHOWN]:
        where = _(" (line {line})").format(line=finding.line) if finding.line else ""
        out.print(f"! {_('For the treasurer')}: {finding.says}{where}", markup=False, highlight=False)
    if len(survey.findings) > SHOWN:
        out.print(_("! … and {count} more stated balances that differ.").format(count=len(survey.findings) - SHOWN))
    _rejects(out, seen, target)
    _expected(out, seen)


def _accounts(out: Console, seen: importing.Preview) -> None:
    table = Table(title=_("Accounts and what they come to (debits positive)"), title_justify="left")
    for name in (_("account"), _("becomes"), _("kind")):
        table.add_column(name, overflow="fold")
    table.add_column(_("lines"), justify="right")
    table.add_column(_("balance"), justify="right")
    for (account, currency), total in sorted(seen.survey.sums.items()):
        made = seen.chart.accounts[account]
        becomes = f"{made.code} ({_('a person')})" if made.personal else made.code
        count = seen.survey.counts[account, currency]
        table.add_row(escape(account), becomes, made.kind, f"{count:,}", importing.amount(total, currency))
    out.print(table)
    for says in importing.totals(seen.survey):
        out.print(says, highlight=False)


def _rejects(out: Console, seen: importing.Preview, target: Path) -> None:
    survey = seen.survey
    for reject in survey.rejects[:SHOWN]:
        where = _("line {line}: ").format(line=reject.line) if reject.line else ""
        out.print(f"✗ {where}{reject.reason}", markup=False, highlight=False)
    if survey.rejected > SHOWN:
        out.print(_("… and {count} more.").format(count=survey.rejected - SHOWN))
    if survey.rejected and target.exists():
        out.print(_("Rejected lines with their reasons, to be mended: {file}").format(file=target), markup=False, highlight=False)


def _expected(out: Console, seen: importing.Preview) -> None:
    if seen.wish.expect is None:
        return
    if not seen.differences:
        out.print(_("Every balance is as {file} says.").format(file=seen.wish.expect.name), markup=False, highlight=False)
        return
    table = Table(_("account"), _("expected"), _("found"), title=_("Not as expected"), title_justify="left")
    for each in seen.differences:
        shown = [
            _("no such account") if value is None else importing.amount(value, each.currency)
            for value in (each.expected, each.found)
        ]
        table.add_row(escape(each.account), *shown)
    out.print(table)


def _book(seen: importing.Preview) -> importing.Outcome:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    errors = Console(stderr=True, emoji=False)
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task(_("Booking"), total=seen.survey.transactions)
        done = 0

        def progress(count: int) -> None:
            nonlocal done
            done += count
            bar.advance(task, count)
            if not errors.is_terminal:
                errors.print(
                    _("{done} of {all} transactions done").format(done=done, all=seen.survey.transactions), highlight=False
                )

        return importing.book(seen, actor=ACTOR, progress=progress)


def tell(out: Console, seen: importing.Preview, outcome: importing.Outcome) -> None:
    """Print what was booked, and that the books hold of this file what the file says."""
    told = _("Import {run}: {posted} transactions booked, {there} were there already.")
    out.print(told.format(run=outcome.run, posted=f"{outcome.posted:,}", there=f"{outcome.there:,}"), highlight=False)
    out.print(
        _("Read back from the books: all {count} account sums are exactly those of the file.").format(
            count=len(outcome.read_back)
        ),
        highlight=False,
    )
    more = [place for place, total in outcome.standing.items() if total != outcome.read_back[place]]
    for account, currency in sorted(more)[:SHOWN]:
        out.print(
            _("{account} stands at {all} in all: it has other bookings besides this file's {mine}.").format(
                account=account,
                all=importing.amount(outcome.standing[account, currency], currency),
                mine=importing.amount(outcome.read_back[account, currency], currency),
            ),
            markup=False,
            highlight=False,
        )
    out.print(_("Next: rochdale check-books, and look at the open books."), highlight=False)


__all__ = ["BadOption", "Words", "report", "run", "tell"]
