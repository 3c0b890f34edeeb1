"""One three-leg idempotent posting at a time, 8 clients, against pgbench's TPC-B on the same server."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rochdale.ledger.actions.postings import POST

from .ground import Ground, Span

VALUES = (
    "'bench/{run}/:client_id/:n'",  # key: pgbench writes its variables into literals too
    "'\\x" + "5f" * 32 + "'",  # body
    "'bench.play'",
    "'2026-03-01 12:00:00+00'",
    "'2026-03-01 12:00:01+00'",
    "'bench.play/:n'",  # source
    "'person:00000000-0000-7000-8000-000000000001'",
    "'page'",
    "'00000000-0000-7000-8000-000000000001'",
    "'listener'",
    "'inclusive'",
    "1",
    "NULL",
    "ARRAY[:wallet, :wallet, :wallet]",
    "ARRAY[:artist, :coop, :tax]",
    "ARRAY[1400, 600, 460]",
    "'{{price,price,tax}}'",
)
"""The arguments of `ledger.actions.post`'s own SQL, in its order."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a pgbench run said: transactions per second, latencies in milliseconds, failures."""

    per_second: float
    p50: float
    p99: float
    failed: int


def script(ground: Ground, *, busy: bool, run: str) -> str:
    """Return a pgbench script that posts one play; its three receivers are shared by all clients or not."""
    thirds = _thirds(ground.busy if busy else ground.spread)
    lines = ["\\set n :n + 1", f"\\set wallet random({ground.wallets.first}, {ground.wallets.last})"]
    for name, span in zip(("artist", "coop", "tax"), thirds, strict=True):
        lines.append(f"\\set {name} random({span.first}, {span.last})")
    return "\n".join([*lines, POST % tuple(value.format(run=run) for value in VALUES) + ";"]) + "\n"


def _thirds(span: Span) -> tuple[Span, Span, Span]:
    size = (span.last - span.first + 1) // 3
    first, second, third = (span.first + size * part for part in range(3))
    return Span(first, second - 1), Span(second, third - 1), Span(third, span.last)


def prepare_tpcb(ground: Ground, scale: int) -> None:
    """Make pgbench's own tables, of ten branches and a million accounts at scale 10, in a database of their own."""
    from rochdale.shared.postgres import addresses

    with ground.connect("postgres") as root:
        root.execute("CREATE DATABASE tpcb")
    command = [ground.pgbench, "-i", "-q", "-s", str(scale), *_where(ground, "postgres", "tpcb")]
    subprocess.run(command, check=True, capture_output=True, env=_environment("postgres"))
    assert addresses.is_embedded()


def tpcb(ground: Ground, *, clients: int, seconds: int) -> Rate:
    """Run the reference: pgbench's built-in TPC-B transaction."""
    return _pgbench(ground, ["-b", "tpcb-like"], role="postgres", database="tpcb", clients=clients, seconds=seconds)


def posting(ground: Ground, *, busy: bool, run: str, clients: int, seconds: int) -> Rate:
    """Run postings and return their rate."""
    file = ground.folder / f"{run}.sql"
    file.write_text(script(ground, busy=busy, run=run))
    given = ["-f", str(file), "-D", "n=0"]
    options = f"-c search_path={ground.schema},public -c role={ground.schema}"
    return _pgbench(ground, given, role="rochdale_app", database="rochdale", clients=clients, seconds=seconds, options=options)


def middle(measure: Callable[[int], Rate], rounds: int) -> Rate:
    """Measure several times and return the run with the middle rate."""
    found = sorted((measure(number) for number in range(rounds)), key=lambda rate: rate.per_second)
    return found[len(found) // 2]


def ratio(ours: list[Rate], reference: list[Rate]) -> float:
    """Return the middle of the ratios of runs that were made in turn, so that a busy machine weighs on both."""
    return median(mine.per_second / theirs.per_second for mine, theirs in zip(ours, reference, strict=True))


def _where(ground: Ground, role: str, database: str) -> list[str]:
    return ["-h", ground.address["host"], "-U", role, database]


def _environment(role: str, options: str = "") -> dict[str, str]:
    from rochdale.shared.postgres import addresses

    password = str(addresses.server().password_file(role))
    return {**os.environ, "PGPASSFILE": password, "PGOPTIONS": options}


def _pgbench(
    ground: Ground, given: list[str], *, role: str, database: str, clients: int, seconds: int, options: str = ""
) -> Rate:
    logs = ground.folder / "logs"
    logs.mkdir(exist_ok=True)
    command = [ground.pgbench, "-n", "-c", str(clients), "-j", "2", "-T", str(seconds), "-l", "--log-prefix", str(logs / "log")]
    done = subprocess.run(
        [*command, *given, *_where(ground, role, database)],
        capture_output=True,
        text=True,
        check=False,
        env=_environment(role, options),
    )
    rate = re.search(r"tps = ([0-9.]+) \(without", done.stdout)
    if done.returncode or rate is None:
        raise RuntimeError(f"pgbench failed: {done.stdout}\n{done.stderr}")
    failed = re.search(r"number of failed transactions: (\d+)", done.stdout)
    p50, p99 = _latencies(logs)
    return Rate(float(rate[1]), p50, p99, int(failed[1]) if failed else 0)


def _latencies(logs: Path) -> tuple[float, float]:
    """Read the microseconds of each transaction from pgbench's logs, and remove them."""
    times: list[int] = []
    for file in logs.iterdir():
        times += [int(line.split(" ", 3)[2]) for line in file.read_text().splitlines() if line.split(" ", 3)[2].isdigit()]
        file.unlink()
    times.sort()
    return times[len(times) // 2] / 1000, times[len(times) * 99 // 100] / 1000
