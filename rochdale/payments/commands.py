"""`rochdale money …`: bring bank statements in, and see what is left before a month can be closed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext_lazy as _
from rich.console import Console

from rochdale.shared import clock, coops, ids, money
from rochdale.shared.actor import operator
from rochdale.shared.postgres import setup
from rochdale.shared.refusals import Refusal

from .banking import profiles, refused, tables

app = typer.Typer(help="Money in and out: bank statements, and closing months.", no_args_is_help=True)
out = Console(emoji=False)

Coop = Annotated[str, typer.Option("--coop", help="The co-op's slug, as in its address /c/SLUG/.")]
DAY, SAID = ["%Y-%m-%d"], "Where the file does not say it: 2026-05-31."


class NoSuchCoop(Refusal):
    code = "payments.no_such_coop"
    status = 404
    text = _("There is no co-op “{slug}” on this host. Nothing was kept.")


class NoSuchFile(Refusal):
    code = "payments.no_such_file"
    status = 404
    text = _("The file {file} cannot be read: {why}. Nothing was kept.")


@app.command("import-statement")
def import_statement(
    file: Annotated[Path, typer.Argument(help="The CSV file as the bank gave it.", show_default=False)],
    coop: Coop,
    account: Annotated[str, typer.Option(help="client (members' money) or own.")] = "client",
    profile: Annotated[str, typer.Option(help=f"The layout: {', '.join(profiles.PROFILES)}.")] = "generic",
    columns: Annotated[list[str] | None, typer.Option("--map", help="part=column, as in date=Fecha; once per column.")] = None,
    decimal: Annotated[str, typer.Option(help="The decimal sign, , or .; found out when left out.")] = "",
    dates: Annotated[str, typer.Option(help=f"{', '.join(profiles.DATES)}; found out when left out.")] = "",
    from_on: Annotated[datetime | None, typer.Option("--from", formats=DAY, help=SAID)] = None,
    until_on: Annotated[datetime | None, typer.Option("--until", formats=DAY, help=SAID)] = None,
    opening: Annotated[str, typer.Option(help="The balance before, from the paper, where the file has none.")] = "",
    closing: Annotated[str, typer.Option(help="The balance after, from the paper, where the file has none.")] = "",
) -> None:
    """Keep a bank statement. The same file again keeps nothing twice; a stopped import is simply run again."""
    content = _content(file)
    setup.prepare()
    schema, currency = _coop(coop)
    said = tables.Said(
        from_on.date() if from_on else None,
        until_on.date() if until_on else None,
        _amount(opening, currency),
        _amount(closing, currency),
    )
    chosen = profiles.chosen(profile, mapping=tuple(columns or ()), decimal=decimal, dates=dates)
    statement = tables.read(content, chosen, currency=currency, said=said)
    from . import actions

    with coops.inside(schema):
        now = clock.now()
        done = actions.import_statement(
            actor=operator("money import-statement"),
            now=now,
            key=f"statement:{ids.new_id()}",  # what is in the file makes it count once
            place=account,
            currency=currency,
            statement=statement,
        )
    _tell(done, currency)


def _tell(done: dict[str, Any], currency: str) -> None:
    if done["again"]:
        out.print(f"Statement {done['statement']} was here already; nothing was kept twice.", highlight=False)
        return
    out.print(
        f"Statement {done['statement']}: {done['from_on']} to {done['until_on']}, {done['lines']} lines, {done['new']} new.",
        highlight=False,
    )
    if done["off_by"] is None:
        out.print("It carries no balances, so it proves no balance.", highlight=False)
    elif done["off_by"]:
        out.print(f"It does not tie out: off by {money.formatted(done['off_by'], currency)}.", highlight=False)
    if done["gap"]:
        out.print(f"Missing before it: {money.formatted(done['gap'], currency)}; a statement was left out.", highlight=False)


@app.command("checklist")
def checklist(
    coop: Coop,
    month: Annotated[str, typer.Option(help="For example 2026-05; the month to close next when left out.")] = "",
) -> None:
    """Show the checklist of a month. Two people close it, on its page; exit 1 while something must be done."""
    setup.prepare(migrate=False)
    schema, _currency = _coop(coop)
    from . import queries

    with coops.inside(schema):
        found = queries.month_of_code(month) if month else queries.next_month()
        points = queries.checklist(found, clock.now()) if found is not None else []
    if found is None:
        out.print("There is no month to close." if not month else f"{month} is no month; write it like 2026-05.", highlight=False)
        raise typer.Exit(1 if month else 0)
    out.print(f"{found.code}", highlight=False)
    for point in points:
        mark = "[green]done[/]" if point.done else ("[red]to do[/]" if point.blocks else "[yellow]look[/]")
        out.print(f"{mark:<16} {point.title}: {point.says}", highlight=False)
    if any(point.stops for point in points):
        raise typer.Exit(1)


def _content(file: Path) -> bytes:
    try:
        if file.stat().st_size > tables.MOST_BYTES:
            raise refused.TooMuch(most=f"{tables.MOST_BYTES // 1_000_000} MB")
        return file.read_bytes()
    except OSError as error:
        raise NoSuchFile(file=file.name, why=error.strerror or "unreadable") from None


def _amount(given: str, currency: str) -> int | None:
    if not given.strip():
        return None
    micro = money.parse(given.strip().removeprefix("-"), currency)
    return -micro if given.strip().startswith("-") else micro


def _coop(slug: str) -> tuple[str, str]:
    from rochdale.cooperatives import queries as cooperatives

    with coops.public():
        found = cooperatives.coop_by_slug(slug)
    if found is None:
        raise NoSuchCoop(slug=slug[:60])
    return found.schema_name, found.currency
