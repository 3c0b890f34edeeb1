"""`python -m bench`: measure, print a table and JSON, and fail when a target is missed with `--strict`."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

import django


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: what was measured, its rate or time, the reference's, their ratio, and what it should be."""

    what: str
    ours: str
    reference: str
    ratio: float
    reach: str
    reached: bool
    p50: float | None = None
    p99: float | None = None
    errors: int = 0


def main(words: list[str] | None = None) -> int:
    """Run the chosen benches on one server and print what came of them; returns the exit code."""
    given = _arguments(words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rochdale.project.settings")
    from . import ground

    with ground.laid(wallets=given.wallets, folder=given.folder) as laid:
        django.setup()
        lines: list[Line] = []
        facts: dict[str, Any] = {"python": platform.python_version(), "processors": os.cpu_count(), "clients": given.clients}
        with laid.connect("postgres") as root:
            version = root.execute("SHOW server_version").fetchone()
            facts["postgresql"] = version[0] if version else ""
        if "single" in given.only:
            lines += _single(laid, given, facts)
        if "batch" in given.only:
            lines.append(_batch(laid, given))
        if "sealing" in given.only:
            lines.append(_sealing(laid, given, facts))
        if "archives" in given.only:
            lines += _archives(laid, given, facts)
        if "balance" in given.only:
            lines.append(_balance(laid, given, facts))
        if "names" in given.only:
            lines += _names(laid, given, facts)
        facts |= _afterwards(laid)
    _show(lines, facts)
    good = facts["sum"] == 0 and not facts["broken"]
    return 0 if good and (not given.strict or all(line.reached for line in lines)) else 1


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", help="single, batch, sealing, archives, balance, names; all when none is named")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=10, help="of each run of single postings")
    parser.add_argument("--rounds", type=int, default=5, help="of reference and ours in turn; the middle ratio counts")
    parser.add_argument("--scale", type=int, default=20, help="pgbench's scale of the reference")
    parser.add_argument("--wallets", type=int, default=10_000)
    parser.add_argument("--batches", type=int, default=60)
    parser.add_argument("--large", type=int, default=1_000_000, help="transfers of the large account")
    parser.add_argument("--postings", type=int, default=100_000, help="in the co-op that is written and loaded")
    parser.add_argument("--people", type=int, default=100_000, help="sealed names that are sorted and searched")
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--tail", type=int, default=1_000, help="transfers after the last checkpoint, on both")
    parser.add_argument("--folder", default="", help="an empty folder for the server's data (default: a temporary one)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a target is missed")
    given = parser.parse_args(words)
    given.only = set(given.only) or {"single", "batch", "sealing", "archives", "balance", "names"}
    return given


def _single(laid: Any, given: argparse.Namespace, facts: dict[str, Any]) -> list[Line]:
    from . import single

    sizes = {"clients": given.clients, "seconds": given.seconds}
    single.prepare_tpcb(laid, given.scale)
    single.tpcb(laid, clients=given.clients, seconds=2)
    single.posting(laid, busy=False, run="warm", clients=given.clients, seconds=2)
    before = _size(laid)
    reference, quiet, busy = [], [], []
    for number in range(given.rounds):
        reference.append(single.tpcb(laid, **sizes))
        quiet.append(single.posting(laid, busy=False, run=f"quiet{number}", **sizes))
        busy.append(single.posting(laid, busy=True, run=f"busy{number}", **sizes))
    after = _size(laid)
    facts["bytes_per_posting"] = round((after[0] - before[0]) / max(1, after[1] - before[1]))
    return [
        _rates("one three-leg posting, against TPC-B", quiet, reference, reach=1.0),
        _rates("the same, all to three shared accounts", busy, quiet, reach=0.9),
    ]


def _rates(what: str, ours: list[Any], reference: list[Any], *, reach: float) -> Line:
    from . import single

    found = single.ratio(ours, reference)
    rates = [median(each.per_second for each in side) for side in (ours, reference)]
    p50, p99 = median(each.p50 for each in ours), median(each.p99 for each in ours)
    errors = sum(each.failed for each in ours)
    return Line(what, f"{rates[0]:,.0f}/s", f"{rates[1]:,.0f}/s", found, f"≥ {reach}", found >= reach, p50, p99, errors)


def _batch(laid: Any, given: argparse.Namespace) -> Line:
    from . import batch

    found = batch.measure(laid, batches=given.batches)
    times = sorted(1_000_000 / rate for rate in found.ours)
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    rates = [median(side) for side in (found.ours, found.copied)]
    what = "1,000 three-leg postings a statement, against COPY"
    return Line(what, f"{rates[0]:,.0f}/s", f"{rates[1]:,.0f}/s", found.ratio, "≥ 0.5", found.ratio >= 0.5, p50, p99)


def _sealing(laid: Any, given: argparse.Namespace, facts: dict[str, Any]) -> Line:
    from . import sealing

    found = sealing.measure(laid, batches=given.batches)
    facts["records_verified_per_second"] = round(found.checked)
    rates = [median(side) for side in (found.sealed, found.posted)]
    what = "sealing three-leg postings, against posting them in batches"
    return Line(what, f"{rates[0]:,.0f}/s", f"{rates[1]:,.0f}/s", found.ratio, "≥ 1.0", found.ratio >= 1.0)


def _archives(laid: Any, given: argparse.Namespace, facts: dict[str, Any]) -> list[Line]:
    from . import archives

    found = archives.measure(laid, postings=given.postings)
    facts["archive_bytes"], facts["dump_bytes"] = found.archive_bytes, found.dump_bytes
    return [
        _seconds(f"writing an archive of {given.postings:,} postings, against pg_dump", found.written, found.dumped),
        _seconds("loading it into tables of the host, against psql", found.loaded, found.restored),
        _seconds("the same with seals and every check of the books", found.loaded + found.checked, found.restored),
    ]


def _seconds(what: str, ours: float, reference: float) -> Line:
    ratio = ours / reference
    return Line(what, f"{ours:.1f} s", f"{reference:.1f} s", ratio, "≤ 3.0", ratio <= 3.0)


def _balance(laid: Any, given: argparse.Namespace, facts: dict[str, Any]) -> Line:
    from . import balance

    found = balance.measure(laid, large=given.large, small=given.small, tail=given.tail)
    facts["balance_before_its_checkpoint_ms"] = round(found.unclosed, 1)
    what = f"balance with {given.large:,} transfers, against {given.small:,}"
    return Line(what, f"{found.large:.2f} ms", f"{found.small:.2f} ms", found.ratio, "≤ 1.5", found.ratio <= 1.5, found.large)


def _names(laid: Any, given: argparse.Namespace, facts: dict[str, Any]) -> list[Line]:
    from . import names

    found = names.measure(laid, people=given.people)
    facts["names_cold_ms"] = round(found.cold * 1000)
    bare, lines = median(found.bare) * 1000, []
    for what, ours, reach in (("a page of", found.sorted, 4.0), ("a search among", found.searched, 3.0)):
        ratio, middle = names.ratio(ours, found.bare), median(ours) * 1000
        what = f"{what} {given.people:,} sealed names, against reading the parties"
        lines.append(
            Line(what, f"{middle:.0f} ms", f"{bare:.0f} ms", ratio, f"≤ {reach:g}", ratio <= reach, middle, max(ours) * 1000)
        )
    return lines


def _size(laid: Any) -> tuple[int, int]:
    with laid.connect("postgres") as root:
        root.execute("VACUUM ledger_posting, ledger_transfer")
        row = root.execute(
            "SELECT pg_total_relation_size('ledger_posting') + pg_total_relation_size('ledger_transfer'),"
            " (SELECT count(*) FROM ledger_posting)"
        ).fetchone()
    return int(row[0]), int(row[1])


def _afterwards(laid: Any) -> dict[str, Any]:
    """Ask whether the books still hold: the sum over all accounts, and every numbered truth."""
    from rochdale.ledger import invariants
    from rochdale.shared import coops

    with laid.connect() as app:
        row = app.execute(
            "SELECT coalesce(sum(c.amount), 0) FROM ("
            "SELECT amount FROM ledger_transfer t JOIN ledger_account a ON a.id = t.credit_id"
            " UNION ALL SELECT -amount FROM ledger_transfer t JOIN ledger_account a ON a.id = t.debit_id) c"
        ).fetchone()
        count = app.execute("SELECT count(*) FROM ledger_posting").fetchone()
    with coops.inside(laid.schema):
        broken = {number: len(rows) for number, rows in invariants.check_all().items()}
    return {"sum": int(row[0]) if row else None, "postings": count[0] if count else 0, "broken": broken}


def _show(lines: list[Line], facts: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Rochdale's ledger, each line against a reference of the same run")
    for head in ("what", "ours", "reference", "ratio", "reach", "p50 ms", "p99 ms", "errors"):
        table.add_column(head, justify="left" if head == "what" else "right")
    for line in lines:
        mark = "green" if line.reached else "red"
        times = ["" if value is None else f"{value:.2f}" for value in (line.p50, line.p99)]
        table.add_row(line.what, line.ours, line.reference, f"[{mark}]{line.ratio:.2f}[/]", line.reach, *times, str(line.errors))
    Console(stderr=True).print(table)
    sys.stdout.write(json.dumps({"lines": [asdict(line) for line in lines], "facts": facts}, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
