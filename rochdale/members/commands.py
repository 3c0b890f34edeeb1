"""`rochdale members …`: bring an old register in."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from rochdale.ledger import queries as ledger
from rochdale.ledger import reader
from rochdale.shared import coops, money
from rochdale.shared.actor import operator
from rochdale.shared.postgres import setup
from rochdale.shared.refusals import Refusal

from . import importing

app = typer.Typer(help="Members: bring an old register in.", no_args_is_help=True)
out = Console(emoji=False)
errors = Console(stderr=True, emoji=False)
SHOWN = 20

Coop = Annotated[str, typer.Option("--coop", help="The co-op's slug, as in its address /c/SLUG/.")]


class NoSuchCoop(Refusal):
    code = "members.no_such_coop"
    status = 404
    text = gettext_lazy("There is no co-op “{slug}” on this host. Nothing was imported.")


class BadOption(Refusal):
    code = "members.bad_import_option"
    status = 422
    text = gettext_lazy("“{given}” is not of the form THEIRS=OURS. Nothing was imported.")


class CannotWriteRejects(Refusal):
    code = "members.cannot_write_rejects"
    status = 422
    text = gettext_lazy("The rejects file {file} cannot be written: {why}. Nothing was imported.")


@app.callback()
def members() -> None:
    """Keep `import` a command of its own, also while it is the only one."""


@app.command("import")
def import_register(
    file: Annotated[
        Path, typer.Argument(help="CSV of members: number, name, joined; address, email, phone, …", show_default=False)
    ],
    coop: Coop,
    shares: Annotated[Path | None, typer.Option(help="CSV of share movements: number, date, kind, shares, amount.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look and report; change nothing.")] = False,
    member_class: Annotated[
        list[str] | None, typer.Option("--class", help="THEIRS=OURS, such as 'ordinary=listener'; '*=listener' for all others.")
    ] = None,
    against: Annotated[
        str, typer.Option(help="The account that holds the share capital in the books brought in, by its old name.")
    ] = importing.AGAINST,
    rejects: Annotated[Path | None, typer.Option(help="Where rejected rows go; FILE.rejects.csv here if left out.")] = None,
    skip_rejects: Annotated[bool, typer.Option("--skip-rejects", help="Take the good rows without the others.")] = False,
    column: Annotated[list[str] | None, typer.Option(help="OURS=THEIRS, such as joined=Eintritt; once per column.")] = None,
    dates: Annotated[str, typer.Option(help="dmy, mdy or ymd, where the files leave it open.")] = "",
    decimal: Annotated[str, typer.Option(help="The mark before decimals, . or , where the files leave it open.")] = "",
    encoding: Annotated[str, typer.Option(help="Such as utf-8 or latin-1; worked out if left out.")] = "",
) -> None:
    """Bring an old register in: members with their old numbers and days, and their shares. Can be stopped and run again."""
    setup.prepare()
    options = reader.Options(columns=_pairs(column or ()), dates=dates, decimal=decimal, encoding=encoding)
    seen = importing.preview(_schema_of(coop), file, shares, options=options, classes=_pairs(member_class or ()), against=against)
    written = _write_rejects(seen, file, shares, rejects)
    _report(seen, written)
    if dry_run:
        out.print(_("Nothing was imported: this was a dry run."))
        raise typer.Exit(1 if seen.rejects and not skip_rejects else 0)
    with Progress(TextColumn(_("Entering")), BarColumn(), MofNCompleteColumn(), console=errors, transient=True) as bar:
        task = bar.add_task("", total=len(seen.members))
        done = importing.enter(
            seen, actor=operator("members import"), skip_rejects=skip_rejects, progress=lambda count: bar.advance(task, count)
        )
    _tell(seen, done)


def _schema_of(slug: str) -> str:
    from rochdale.cooperatives import queries as cooperatives

    with coops.public():
        found = cooperatives.coop_by_slug(slug)
    if found is None:
        raise NoSuchCoop(slug=slug[:60])
    return found.schema_name


def _pairs(given: Iterable[str]) -> dict[str, str]:
    found = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not (equals and value.strip()):
            raise BadOption(given=pair[:60])
        found[name.strip()] = value.strip()
    return found


def _report(seen: importing.Preview, written: list[Path]) -> None:
    table = Table(title=escape(seen.heads["members"].source.name), show_header=False, title_justify="left")
    for name, value in (
        (_("Members to enter"), f"{len(seen.members):,}"),
        (_("Of them left since"), f"{seen.left:,}"),
        (_("Came before, left as they are"), f"{seen.there:,}"),
        (_("Rejected rows"), f"{len(seen.rejects):,}"),
        (_("Shares held"), f"{seen.shares:,}"),
        (_("Subscribed"), money.formatted(seen.subscribed, seen.currency)),
        (_("Paid in"), money.formatted(seen.paid, seen.currency)),
        *((_("In the class {code}").format(code=code), f"{count:,}") for code, count in sorted(seen.by_class.items())),
    ):
        table.add_row(name, value)
    out.print(table)
    for line in (*dict.fromkeys(seen.notes), *_capital(seen)):
        out.print(f"• {line}", markup=False, highlight=False)
    for line in seen.flags[:SHOWN]:
        out.print(f"! {line}", markup=False, highlight=False)
    if len(seen.flags) > SHOWN:
        out.print(_("! … and {count} more.").format(count=len(seen.flags) - SHOWN))
    for reject in seen.rejects[:SHOWN]:
        told = _("{file}, line {line}: {reason}").format(file=reject.file, line=reject.line, reason=reject.reason)
        out.print(f"✗ {told}", markup=False, highlight=False)
    if len(seen.rejects) > SHOWN:
        out.print(_("… and {count} more.").format(count=len(seen.rejects) - SHOWN))
    for path in written:
        out.print(_("Rejected rows with their reasons, to be mended: {file}").format(file=path), markup=False, highlight=False)


def _capital(seen: importing.Preview) -> list[str]:
    """Say what becomes of the account that held the capital: it comes to zero where register and books agree."""
    if not seen.paid:
        return []
    rest = seen.against_stood - seen.paid
    says = _("Share capital comes in against {account}, which stands at {stood}; {rest} would be left there.")
    lines = [
        says.format(
            account=seen.against,
            stood=money.formatted(seen.against_stood, seen.currency),
            rest=money.formatted(rest, seen.currency),
        )
    ]
    if rest:
        lines.append(
            _("Register and old books differ by that much, or --against names another account than the old share capital's.")
        )
    return lines


def _tell(seen: importing.Preview, done: dict[str, int]) -> None:
    out.print(
        _("Import {run}: {entered} members entered, {there} were there already.").format(
            run=done["run"], entered=f"{done['entered']:,}", there=f"{done['there']:,}"
        ),
        highlight=False,
    )
    with coops.inside(seen.schema):
        account = ledger.account("equity.share_capital", seen.currency)
        stands = (ledger.balance(account) or 0) if account is not None else 0
    out.print(
        _("Share capital in the books now: {stands}. Next: rochdale check-books.").format(
            stands=money.formatted(stands, seen.currency)
        ),
        highlight=False,
    )


def _write_rejects(seen: importing.Preview, members_file: Path, shares_file: Path | None, target: Path | None) -> list[Path]:
    """Write the rows that were not taken, each file's into its own, readable by the user alone: names stand in them."""
    written = []
    for which, file in (("members", members_file), ("shares", shares_file)):
        rejects = [reject for reject in seen.rejects if reject.file == which]
        if not rejects or file is None:
            continue
        path = (
            (target or Path(f"{file.name}.rejects.csv")) if which == "members" or target is None else Path(f"{target}.shares.csv")
        )
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as opened:
                opened.write(importing.rejects_of(seen, which))
        except OSError as refused:
            raise CannotWriteRejects(file=str(path), why=refused.strerror or "") from None
        written.append(path)
    return written
