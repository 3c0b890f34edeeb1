"""The command line: `rochdale …`. Errors are one clear line and a non-zero exit; `--debug` shows the trace."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from . import backups

out = Console(emoji=False)
errors = Console(stderr=True, emoji=False)
app = typer.Typer(
    name="rochdale",
    help="An operating system for digital co-operatives.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
books = typer.Typer(help="The books of a co-operative.", no_args_is_help=True)
app.add_typer(books, name="books")
app.add_typer(backups.backup, name="backup", invoke_without_command=True)
app.command()(backups.restore)

Coop = Annotated[str, typer.Option("--coop", help="The co-op's slug, as in its address /c/SLUG/.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")]


@app.callback()
def settings(debug: Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")] = False) -> None:
    """Take the options that every command shares."""


ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  # addresses to listen on that no link can name


def database(*, migrate: bool = True) -> None:
    """Start or reach the database and Django; the first time, make roles and tables."""
    from rochdale.shared.postgres import setup

    setup.prepare(migrate=migrate)


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    web_only: Annotated[bool, typer.Option("--web-only", help="Serve pages and API; run no jobs.")] = False,
    worker_only: Annotated[bool, typer.Option("--worker-only", help="Run jobs; serve no pages.")] = False,
    together: Annotated[bool, typer.Option("--together", help="Both, also with a database of your own.")] = False,
) -> None:
    """Serve the pages and run the jobs until Ctrl-C; with a database of your own the jobs run apart (--worker-only)."""
    from rochdale.shared.postgres import addresses

    from . import serve as processes

    os.environ.setdefault("ROCHDALE_URL", f"http://{'127.0.0.1' if host in ANYWHERE else host}:{port}")
    apart = not addresses.is_embedded() and not together
    if apart and not worker_only:
        errors.print(
            "Serving pages only. Run the jobs beside it: rochdale serve --worker-only (or serve --together).", highlight=False
        )
    database()
    processes.run(host=host, port=port, web=not worker_only, worker=not (web_only or (apart and not worker_only)))


@app.command()
def demo(
    reset: Annotated[bool, typer.Option("--reset", help="Throw the demo away and begin anew.")] = False,
    seed: Annotated[int, typer.Option(help="The seed of its people and their days.")] = 1844,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Only set the stage.")] = False,
) -> None:
    """Found a living music co-op, let some months pass, print what happened, and serve it."""
    from . import demo as stage

    stage.run(reset=reset, seed=seed, host=host, port=port, serve=not no_serve)


@app.command()
def migrate() -> None:
    """Bring the tables of the host and of every co-op up to date; can be run again after a stop."""
    from rochdale.shared.postgres import addresses, setup

    if not addresses.is_embedded() and not os.environ.get("DATABASE_URL"):
        raise setup.CannotPrepare(
            "Only the owner of the database may change tables, and DATABASE_URL with the owner's address is not set. "
            "Nothing was changed; set it and run this again."
        )
    with Progress(console=errors, transient=True) as shown:
        bar = shown.add_task("Tables …", total=None)
        changed = setup.prepare(
            migrate=True,
            always=True,
            progress=lambda schema, done, total: shown.update(bar, description=schema, completed=done, total=total),
        )
    out.print(f"{len(changed)} schemas are up to date.", highlight=False)


@app.command()
def upgrade(
    without_backup: Annotated[bool, typer.Option("--without-backup", help="Even where no fresh backup is known.")] = False,
) -> None:
    """Bring the host to this version: look whether it is safe, change the tables of every co-op, check all books."""
    database(migrate=False)
    from . import upgrade as carefully

    if not carefully.run(out, without_backup=without_backup):
        raise typer.Exit(1)


@app.command("doctor")
def doctor_command() -> None:
    """Look at versions, database, roles, tables, disk, clock, mail and worker; say what to do."""
    database(migrate=False)
    from . import doctor

    lines = doctor.examine()
    for line in lines:
        mark = "[green]ok[/]" if line.ok else "[red]to do[/]"
        out.print(f"{mark:<14} {line.what}: {line.says}", highlight=False)
        if not line.ok:
            out.print(f"               → {line.to_do}", highlight=False)
    if not all(line.ok for line in lines):
        raise typer.Exit(1)


@app.command("check-books")
def check_books(coop: Annotated[str, typer.Option("--coop", help="Only this co-op (slug).")] = "") -> None:
    """Run every numbered check of the books; print what breaks one, and exit non-zero then."""
    database(migrate=False)
    from . import checkbooks

    if not checkbooks.run(coop, out):
        raise typer.Exit(1)


@app.command()
def found(
    name: Annotated[str, typer.Option(prompt="Name of the co-operative")],
    founder: Annotated[list[str], typer.Option(help="ADDRESS:CLASS[+CLASS][:OFFICE[+OFFICE]], once per founder.")],
    kit: Annotated[str, typer.Option(help="What it does: the sector's kit.")] = "music",
    law: Annotated[str, typer.Option(help="The legal-form pack.")] = "ie",
    activity: Annotated[
        list[str] | None, typer.Option(help="An activity pack, once per pack; those for wallets in its country when left out.")
    ] = None,
    slug: Annotated[str, typer.Option(help="Its address /c/SLUG/; made from the name when left out.")] = "",
    purpose: Annotated[str, typer.Option(help="One sentence: what it is for.")] = "",
    currency: Annotated[str, typer.Option(help="Three-letter code; the pack's own when left out.")] = "",
    time_zone: Annotated[str, typer.Option(help="For example Europe/Dublin.")] = "Europe/Dublin",
    language: Annotated[list[str] | None, typer.Option(help="A language of its pages, once per language.")] = None,
    bylaw: Annotated[list[str] | None, typer.Option(help="KEY=VALUE, once per rule that differs from the kit's.")] = None,
    initiator: Annotated[str, typer.Option(help="Who begins: the address of one of the founders; the first when left out.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="Mark it as a demo: people and money are made up.")] = False,
) -> None:
    """Begin a founding: a co-op in formation, with an invitation for each founder."""
    database()
    from . import found as founding

    founding.run(
        out,
        name=name,
        founders=founder,
        kit=kit,
        law_pack=law,
        activities=activity,
        slug=slug,
        purpose=purpose,
        currency=currency,
        time_zone=time_zone,
        languages=language or ["en"],
        bylaws=bylaw or [],
        initiator=initiator,
        is_demo=demo,
    )


@books.command("export")
def books_export(
    coop: Coop,
    form: Annotated[str, typer.Option("--format", help="beancount, hledger or csv.")] = "beancount",
    to: Annotated[Path | None, typer.Option("--to", help="A file; the screen when left out.")] = None,
) -> None:
    """Write the whole books of a co-op in a form that other programs read."""
    database(migrate=False)
    from . import checkbooks

    checkbooks.export(coop, form, to)


Texts = list[str] | None


@books.command("import")
def books_import(
    file: Annotated[Path, typer.Argument(help="The file: text or CSV, plain or gzipped.", show_default=False)],
    coop: Coop,
    form: Annotated[
        str, typer.Option("--format", help="csv, beancount, hledger, ledger, opening or opencollective; worked out if left out.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look and report; change nothing.")] = False,
    mapping: Annotated[Path | None, typer.Option("--map", help="CSV: old,new,kind,personal. What old accounts become.")] = None,
    personal: Annotated[Texts, typer.Option(help="Accounts that are people's own, such as 'Liabilities:Loans:*'.")] = None,
    not_personal: Annotated[Texts, typer.Option(help="Accounts that are nobody's own, though they look so.")] = None,
    kind: Annotated[Texts, typer.Option(help="ACCOUNT=asset|liability|equity|income|expense, for all below it too.")] = None,
    expect: Annotated[
        Path | None, typer.Option(help="CSV of account and balance to compare with; any difference refuses.")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(help="Where rejected lines go; FILE.rejects.… here if left out.")] = None,
    skip_rejects: Annotated[bool, typer.Option("--skip-rejects", help="Take the good transactions without the others.")] = False,
    profile: Annotated[str, typer.Option(help="Whose CSV it is: hledger, gnucash, quickbooks, fec or rochdale.")] = "",
    column: Annotated[Texts, typer.Option(help="OURS=THEIRS, such as amount=Betrag; once per column.")] = None,
    currency: Annotated[str, typer.Option(help="The currency, where the file names none.")] = "",
    symbol: Annotated[Texts, typer.Option(help="SIGN=CODE, such as '$=CAD'.")] = None,
    signs: Annotated[str, typer.Option(help="What a positive amount means: debit, credit or normal.")] = "debit",
    dates: Annotated[str, typer.Option(help="dmy, mdy or ymd, where the file leaves it open.")] = "",
    decimal: Annotated[str, typer.Option(help="The mark before decimals, . or , where the file leaves it open.")] = "",
    delimiter: Annotated[str, typer.Option(help="What separates columns; worked out if left out.")] = "",
    encoding: Annotated[str, typer.Option(help="Such as utf-8 or latin-1; worked out if left out.")] = "",
    date: Annotated[str, typer.Option(help="The day of opening balances.")] = "",
    conversion: Annotated[str, typer.Option(help="The account over which currencies are exchanged.")] = "",
    apart: Annotated[str, typer.Option(help="A word that makes this file count apart from an earlier, equal one.")] = "",
) -> None:
    """Bring other books in: their transactions with their old dates, or opening balances. Can be stopped and run again."""
    database()
    from . import importbooks

    words = importbooks.Words(
        form=form, profile=profile, columns=tuple(column or ()), currency=currency, symbols=tuple(symbol or ()), signs=signs,
        dates=dates, decimal=decimal, delimiter=delimiter, encoding=encoding, on=date, conversion=conversion,
        kinds=tuple(kind or ()),
    )  # fmt: skip
    done = importbooks.run(
        out, coop=coop, file=file, words=words, mapping=mapping, personal=personal or (), not_personal=not_personal or (),
        dry_run=dry_run, skip_rejects=skip_rejects, rejects=rejects, expect=expect, apart=apart,
    )  # fmt: skip
    if not done:
        raise typer.Exit(1)


@app.command("new-sector")
def new_sector(name: Annotated[str, typer.Argument(help="One lower-case word, for example tools.")]) -> None:
    """Make a new sector: a folder with every file it needs, plugged in and working."""
    from . import newsector

    for line in newsector.make(name):
        out.print(line, highlight=False)


@app.command("reference")
def reference(
    check: Annotated[bool, typer.Option("--check", help="Only say whether docs/reference is up to date.")] = False,
) -> None:
    """Write docs/reference from the code: actions, refusals, bylaws, posting kinds, settings, commands."""
    _django()
    from . import reference as pages

    changed = pages.write(check=check)
    for path in changed:
        out.print(f"{'differs' if check else 'written'}: {path}", highlight=False)
    if check and changed:
        raise typer.Exit(1)


def _django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rochdale.project.settings")
    django.setup()


def mount_sectors() -> None:
    """Mount each module's own commands, once. Only their shape is needed here, so no database is touched."""
    from rochdale.shared import module

    _django()
    mounted = {group.name for group in app.registered_groups}
    for plug in module.installed():
        commands = plug.commands()
        name = (commands.info.name if commands is not None else "") or plug.url_prefix
        if commands is not None and name not in mounted:
            app.add_typer(commands, name=name)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and turn every expected error into one line."""
    given = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given
    given = [word for word in given if word != "--debug"]
    sys.exit(_guarded(lambda: _run(given), debug=debug))


def _run(given: list[str]) -> Any:
    mount_sectors()
    return app(args=given, standalone_mode=False)


def _guarded(run: Callable[[], Any], *, debug: bool) -> int:
    try:
        result = run()
    except typer.Exit as stop:
        return int(stop.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        errors.print("Stopped. What was already acknowledged is kept.")
        return 130
    except Exception as error:
        if hasattr(error, "show") and hasattr(error, "exit_code"):  # a mistyped command or option explains itself
            error.show()
            return int(error.exit_code)
        _alarm(error)
        if debug:
            raise
        errors.print(f"rochdale: {_one_line(error)}", highlight=False, markup=False, soft_wrap=True)
        return 1
    return result if isinstance(result, int) else 0


def _alarm(error: Exception) -> None:
    """Leave an alert where a command ran into what the database refuses on principle."""
    if not getattr(error, "__cause__", None):
        return
    from rochdale.shared import action, clock, coops

    action.alarm(error, schema=coops.PUBLIC, now=clock.now())


def _one_line(error: Exception) -> str:
    from rochdale.shared.refusals import Refusal

    if isinstance(error, Refusal):
        return f"{error} [{error.code}]"
    text = " ".join(str(error).split()) or type(error).__name__
    return f"{text} (--debug shows where)"


if __name__ == "__main__":
    main()
