"""What is killed in the crash matrix: a process that forks one child for each piece of work it is told on its input.

Django is loaded once and no connection is open when it forks, so that a hundred kills cost a hundred
forks and not a hundred starts. Each piece of work is what an entrance does: a command, or an action with its key.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rochdale.project.settings")
django.setup()

from django.db import transaction  # noqa: E402

from rochdale.cooperatives.models import Coop  # noqa: E402
from rochdale.ledger import actions as ledger  # noqa: E402
from rochdale.members import testing as people  # noqa: E402
from rochdale.payments import actions as payments  # noqa: E402
from rochdale.payments import testing as money  # noqa: E402
from rochdale.project import cli  # noqa: E402
from rochdale.shared import actor as actors  # noqa: E402
from rochdale.shared import coops, keys  # noqa: E402
from rochdale.shared.money import ONE  # noqa: E402
from rochdale.shared.postgres import setup  # noqa: E402

NOW = people.NOW
SCHEMA = coops.schema_of("tormented")
FUND = 90 * ONE
PAYOUT = ONE // 10
LINES = 120
"""Transactions of each small file that is imported."""


def stage() -> None:
    """Found the co-op that will be tormented and one that will be carried away and brought back."""
    setup.prepare()
    for slug in ("tormented", "mover"):
        _found(slug, NOW - timedelta(days=59))


def _found(slug: str, since: datetime) -> None:
    """Ada keeps the money, Grace presides, Bruno has a wallet."""
    schema = coops.schema_of(slug)
    with transaction.atomic():
        coops.found(schema)
        Coop.objects.create(
            slug=slug, schema_name=schema, name=slug, state="active", is_demo=True, country="IE", currency="EUR",
            languages=["en"], kit="music", created_at=since,
        )  # fmt: skip
    keys.coop_key(schema)
    with coops.inside(schema):
        people.settle(since, {"payments.two_people_above": 1000 * ONE})
        for name in ("ada", "grace", "bruno"):
            people.join(name, since)
        money.top_up(people.known("bruno", NOW), FUND, NOW, rail="cash")


def write_books(file: Path, number: int) -> None:
    """Write a small journal of other books, different for each number."""
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["transaction", "date", "payee", "account", "amount_eur"])
        began = datetime(2025, 1, 1, tzinfo=UTC)
        for line in range(LINES):
            day = (began + timedelta(days=line)).date().isoformat()
            amount = f"{number * 1000 + line + 1}.{line % 100:02}"
            rows.writerow([line + 1, day, "Toad Lane Stores", "Assets:Bank", amount])
            rows.writerow([line + 1, day, "Toad Lane Stores", "Income:Sales", f"-{amount}"])


def import_books(number: int, folder: Path) -> None:
    cli.main(["books", "import", str(folder / f"books-{number}.csv"), "--coop", "tormented", "--apart", f"moment {number}"])


def back_up(number: int, folder: Path) -> None:
    file = folder / f"archive-{number}.tar"
    if not file.exists():
        cli.main(["backup", "--coop", "tormented", "--to", str(file)])


def restore(number: int, folder: Path) -> None:
    if "coop_mover" not in _there():
        cli.main(["restore", "--coop", "mover", "--from", str(folder / "whole.tar")])


def seal(number: int, folder: Path) -> None:
    pay_out(10_000 + number, folder)
    cli.database(migrate=False)
    with coops.inside(SCHEMA):
        ledger.make_checkpoint(
            actor=actors.job("crash"), now=NOW + timedelta(minutes=number), key=f"checkpoint:{number}", whole=True
        )
    cli.main(["audit", "seal", "--coop", "tormented"])


def close_month(number: int, folder: Path) -> None:
    """Close a month of long ago: each number another, the oldest first."""
    cli.database(migrate=False)
    starts, ends = (datetime(1990 + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in (number, number + 1))
    with coops.inside(SCHEMA), people.inside("payments.decide_month"):
        if ends not in _closed():
            ledger.close_period(actor=_officer("ada"), now=NOW, key=f"close:{number}", starts_at=starts, ends_at=ends)


def pay_out(number: int, folder: Path) -> None:
    cli.database(migrate=False)
    with coops.inside(SCHEMA):
        payments.refund_wallet(
            actor=_officer("ada"), now=NOW, key=f"payout:{number}", party=people.known("bruno", NOW), amount=PAYOUT,
            currency="EUR", rail="cash",
        )  # fmt: skip


def _officer(name: str) -> Any:
    return people.officer(name, NOW)


def _closed() -> set[datetime]:
    from rochdale.ledger.models import ClosedPeriod

    return set(ClosedPeriod.objects.values_list("ends_at", flat=True))


def _there() -> list[str]:
    cli.database(migrate=False)
    return coops.everywhere()


WORK = {
    "import": import_books,
    "backup": back_up,
    "restore": restore,
    "seal": seal,
    "close": close_month,
    "payout": pay_out,
}


def _child(name: str, number: int, folder: Path) -> int:
    os.setsid()
    try:
        WORK[name](number, folder)
    except SystemExit as end:
        return int(end.code or 0)
    except Exception as broken:  # the parent judges by the code, the test by what is there afterwards
        print(f"{name} {number}: {type(broken).__name__}: {broken}", file=sys.stderr, flush=True)
        return 1
    return 0


def serve(folder: Path) -> None:
    """Read `{"work": name, "number": n}` lines; answer each with the child's pid, and when it has ended with its code."""
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = _child(told["work"], told["number"], folder)
            sys.stderr.flush()
            os._exit(code)
        print(json.dumps({"pid": pid}), flush=True)
        _pid, status = os.waitpid(pid, 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    stage() if sys.argv[1] == "stage" else serve(Path(sys.argv[2]))
