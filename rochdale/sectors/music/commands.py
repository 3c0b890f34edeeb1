"""`rochdale music …`: bring listening files in, and see what was brought in."""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from rochdale.shared import clock, coops, money
from rochdale.shared.actor import operator
from rochdale.shared.postgres import setup
from rochdale.shared.refusals import Refusal

from . import reader

app = typer.Typer(help="Music: listening files, and what became of them.", no_args_is_help=True)
out = Console()
errors = Console(stderr=True)

CHUNK = 1000
TRIES = 8
"""How often a chunk is tried when the database goes away in between; each wait is longer, 20 s in all."""
COUNTS = ("counted", "too_short", "not_charged", "duplicates", "unpaid")
AMOUNTS = ("charged", "to_artists", "to_coop", "tax")

Coop = Annotated[str, typer.Option("--coop", help="The co-op's slug, as in its address /c/SLUG/.")]
File = Annotated[Path, typer.Argument(help="CSV, TSV or JSON lines, plain or gzipped.", show_default=False)]


class NoSuchCoop(Refusal):
    code = "music.no_such_coop"
    status = 404
    text = gettext_lazy("There is no co-op “{slug}” on this host. Nothing was imported.")


class BadMapping(Refusal):
    code = "music.bad_mapping"
    status = 422
    text = gettext_lazy("“{given}” is not of the form theirs=ours. Nothing was imported.")


class ListenerNamedTwice(Refusal):
    code = "music.listener_named_twice"
    status = 422
    text = gettext_lazy(
        "The file has a column for the listener, so --listener is not needed. Nothing was imported; leave it out."
    )


class CannotWriteRejects(Refusal):
    code = "music.cannot_write_rejects"
    status = 422
    text = gettext_lazy("The rejects file {file} cannot be written: {why}. Nothing was imported; name another with --rejects.")


@dataclass(slots=True)
class _Sums:
    """What came of all chunks together."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*COUNTS, *AMOUNTS), 0))
    rejects: list[reader.Reject] = field(default_factory=list)
    currency: str = ""

    def add(self, chunk: dict[str, Any]) -> None:
        for name in self.counts:
            self.counts[name] += chunk[name]
        self.rejects += [reader.Reject(number, reason) for number, reason in chunk["rejects"]]
        self.currency = chunk["currency"]


@app.command("import-listens")
def import_listens(
    file: File,
    coop: Coop,
    fund_from: Annotated[
        str, typer.Option(help="Demo co-ops only: the account that pays into the listeners' wallets, such as assets.bank.client.")
    ] = "",
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="theirs=ours, for a column under another name; once per column.")
    ] = None,
    listener: Annotated[str, typer.Option(help="Whose plays they are, where the file has no column for it.")] = "",
    rejects: Annotated[
        Path | None, typer.Option(help="Where the lines that were not taken go; FILE.rejects.csv in this folder if left out.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only read the file and say what is in it.")] = False,
) -> None:
    """Take a listening file: charge each counted play by the ladder, pay the artists, keep the rest as it was.

    Can be stopped at any point and started again: what is there is not taken twice.
    """
    setup.prepare()
    schema = _schema_of(coop)
    target = rejects or Path(f"{file.name}.rejects.csv")
    mapping = _mapping(columns or [])
    if not dry_run:
        _check_writable(target)
    listening = _read(file, mapping, listener)
    sums = _Sums(rejects=list(listening.rejects))
    if dry_run:
        _tell_dry(file, listening)
        return
    began = time.monotonic()
    try:
        _import(listening, file, schema, fund_from, sums)
    finally:
        _write_rejects(target, sums.rejects)
    _tell(file, listening, sums, target, time.monotonic() - began)


@app.command("imports")
def list_imports(coop: Coop) -> None:
    """List the latest imports of a co-op and what became of them."""
    from . import queries

    setup.prepare()
    with coops.inside(_schema_of(coop)):
        found = queries.imports()
    table = Table("import", "started", "lines", "done", "counted", "charged", "to artists")
    for each in found:
        amounts = [
            money.formatted(each.sums[name], each.currency) if each.currency else "–" for name in ("charged", "to_artists")
        ]
        done = f"{each.sums['lines']:,}"
        table.add_row(
            str(each.run), f"{each.started_at:%Y-%m-%d %H:%M}", f"{each.expected:,}", done, f"{each.sums['counted']:,}", *amounts
        )
    out.print(table)


def _schema_of(slug: str) -> str:
    from rochdale.cooperatives import queries as cooperatives

    with coops.public():
        found = cooperatives.coop_by_slug(slug)
    if found is None:
        raise NoSuchCoop(slug=slug[:60])
    return found.schema_name


def _mapping(given: Iterable[str]) -> dict[str, str]:
    mapping = {}
    for pair in given:
        theirs, equals, ours = pair.rpartition("=")
        if not (equals and theirs.strip() and ours.strip()):
            raise BadMapping(given=pair[:60])
        mapping[theirs.strip()] = ours.strip()
    return mapping


def _read(file: Path, mapping: dict[str, str], listener: str) -> reader.Listening:
    with _bar(_("Reading"), counted=False) as bar:
        task = bar.add_task(_("Reading"), total=file.stat().st_size if file.is_file() else None)
        listening = reader.read(
            file,
            now=clock.now(),
            mapping=mapping,
            listener=listener or "listener",
            progress=lambda done: bar.update(task, completed=done),
        )
    if listener and listening.listeners_named and listening.read:
        raise ListenerNamedTwice()
    return listening


def _import(listening: reader.Listening, file: Path, schema: str, fund_from: str, sums: _Sums) -> None:
    from . import actions

    by = operator("music import-listens")
    with coops.inside(schema):
        now = clock.now()
        run = actions.start_import(
            actor=by,
            now=now,
            key=f"music.import:{now.isoformat()}:{time.monotonic_ns()}",
            file_hash=_hash_of(file),
            lines=len(listening.lines),
            fund_from=fund_from,
        )
    done = 0
    with _bar(_("Importing"), counted=True) as bar:
        task = bar.add_task(_("Importing"), total=len(listening.lines))
        for number, lines in reader.numbered(listening.lines, CHUNK):
            sums.add(_chunk(schema, run, number, lines))
            bar.advance(task, len(lines))
            done += len(lines)
            if not errors.is_terminal:  # a log gets a line for each part instead of a moving bar
                errors.print(_("{done} of {all} lines done").format(done=done, all=len(listening.lines)), highlight=False)


def _chunk(schema: str, run: int, number: int, lines: list[reader.Line]) -> dict[str, Any]:
    """Import one chunk; when the database goes away, wait for it. The key tells what was committed unseen."""
    from . import actions

    for attempt in range(1, TRIES + 1):
        try:
            with coops.inside(schema):
                done: dict[str, Any] = actions.import_batch(
                    actor=operator("music import-listens"),
                    now=clock.now(),
                    key=f"music.import:{run}:{number}",
                    run=run,
                    number=number,
                    lines=lines,
                )
            return done
        except (OperationalError, InterfaceError) as lost:
            if attempt == TRIES:
                raise
            errors.print(_("The database went away ({why}); trying again.").format(why=_first_line(lost)), highlight=False)
            time.sleep(0.2 * 2 ** min(attempt, 4))
            _reconnect()
    raise AssertionError("the loop returns or raises")


def _reconnect() -> None:
    """Drop every broken connection, and start the embedded server again if it is gone."""
    with suppress(OperationalError, InterfaceError):
        connection.close()
    with suppress(OperationalError, InterfaceError):
        connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    with suppress(Exception):  # the next try tells what is wrong
        setup.hold()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _hash_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _check_writable(target: Path) -> None:
    """Refuse before the first line rather than after the last."""
    existed = target.exists()
    try:
        with target.open("a"):
            pass
    except OSError as refused:
        raise CannotWriteRejects(file=str(target), why=refused.strerror or "") from None
    if not existed:
        target.unlink()


def _write_rejects(target: Path, rejects: list[reader.Reject]) -> None:
    """Write the lines that were not taken; without any, no file is left (one of an earlier run is emptied)."""
    if not rejects and not target.exists():
        return
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["line", "reason"])
        writer.writerows(sorted(rejects))


def _tell(file: Path, listening: reader.Listening, sums: _Sums, target: Path, seconds: float) -> None:
    table = Table(title=str(file.name), show_header=False, title_justify="left")
    for words, number in (
        (_("Lines read"), listening.read),
        (_("Counted and charged"), sums.counts["counted"]),
        (_("Too short to count"), sums.counts["too_short"]),
        (_("Owned, free or own: not charged"), sums.counts["not_charged"]),
        (_("Duplicates, already there"), sums.counts["duplicates"]),
        (_("Rejected"), len(sums.rejects)),
    ):
        table.add_row(words, f"{number:,}")
    if sums.currency:
        for words, name in (
            (_("Charged"), "charged"),
            (_("To artists"), "to_artists"),
            (_("To the co-op"), "to_coop"),
            (_("Tax"), "tax"),
        ):
            table.add_row(words, money.formatted(sums.counts[name], sums.currency))
    out.print(table)
    _tell_notes(listening)
    if sums.rejects:
        out.print(_("Rejected lines, with their reasons: {file}").format(file=target), highlight=False)
    if listening.lines:
        out.print(
            _("{count} lines a second.").format(count=f"{len(listening.lines) / max(seconds, 0.001):,.0f}"), highlight=False
        )


def _tell_dry(file: Path, listening: reader.Listening) -> None:
    lines = listening.lines
    table = Table(title=str(file.name), show_header=False, title_justify="left")
    table.add_row(_("Lines read"), f"{listening.read:,}")
    table.add_row(_("Good plays"), f"{len(lines):,}")
    table.add_row(_("Rejected"), f"{len(listening.rejects):,}")
    table.add_row(_("Listeners"), f"{len({line.listener for line in lines}):,}")
    table.add_row(_("Artists"), f"{len({line.artist for line in lines}):,}")
    table.add_row(_("Tracks"), f"{len({(line.artist, line.track) for line in lines}):,}")
    if lines:
        table.add_row(_("From"), f"{lines[0].played_at:%Y-%m-%d %H:%M} UTC")
        table.add_row(_("To"), f"{lines[-1].played_at:%Y-%m-%d %H:%M} UTC")
    out.print(table)
    for reject in listening.rejects[:20]:
        out.print(_("line {line}: {reason}").format(line=reject.line, reason=reject.reason), highlight=False, markup=False)
    _tell_notes(listening)
    out.print(_("Nothing was imported: this was a dry run."))


def _tell_notes(listening: reader.Listening) -> None:
    if listening.lines and not listening.with_play_time:
        out.print(_("The file does not say how long each play was: every line counts as a full play."))
    if listening.naive_times:
        out.print(_("{count} times name no zone: they were read as UTC.").format(count=listening.naive_times))


@contextmanager
def _bar(words: str, *, counted: bool) -> Iterator[Progress]:
    columns: list[Any] = [TextColumn(words), BarColumn()]
    columns += [MofNCompleteColumn(), TimeRemainingColumn()] if counted else []
    with Progress(*columns, console=errors, transient=True) as bar:
        yield bar
