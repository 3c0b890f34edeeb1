"""`rochdale check-books` and `rochdale books export`: every numbered check, and the books for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import IO

from rich.console import Console
from rich.markup import escape

from rochdale.cooperatives import queries as cooperatives
from rochdale.ledger import export as books
from rochdale.shared import coops, module

SHOWN_ROWS = 20


class NoSuchCoop(Exception):
    """The slug is nobody's."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"There is no co-op “{slug}” here. Nothing was done. The directory shows the slugs.")


def run(slug: str, out: Console) -> bool:
    """Check one co-op, or all; print each broken truth with its rows; return whether all hold."""
    with coops.public():
        chosen = [coop for coop in cooperatives.everyone() if not slug or coop.slug == slug]
    if slug and not chosen:
        raise NoSuchCoop(slug)
    good = True
    checked = 0
    for coop in chosen:
        with coops.inside(coop.schema_name):
            for plug in module.installed():
                for rule in plug.invariants():
                    checked += 1
                    good = _hold(rule, coop.slug, out) and good
    out.print(
        f"{checked} checks on {len(chosen)} co-ops: {'all hold' if good else 'some are broken, see above'}.", highlight=False
    )
    return good


def _hold(rule: module.Invariant, slug: str, out: Console) -> bool:
    rows = list(rule.offending())
    if not rows:
        return True
    out.print(f"[red]{slug}: {rule.number} does not hold[/]: {escape(str(rule.sentence))}", highlight=False)
    for row in rows[:SHOWN_ROWS]:
        out.print("    " + escape(", ".join(f"{name} {value}" for name, value in row.items())), highlight=False)
    if len(rows) > SHOWN_ROWS:
        out.print(f"    … and {len(rows) - SHOWN_ROWS} more", highlight=False)
    return False


def export(slug: str, form: str, to: Path | None) -> None:
    """Write a co-op's books as beancount, hledger or csv, to a file or the screen."""
    if form not in books.FORMATS:
        raise ValueError(f"“{form}” is not a format of the books. Choose one of {', '.join(sorted(books.FORMATS))}.")
    chosen: books.Format = next(each for each in books.FORMATS if each == form)
    with coops.public():
        coop = cooperatives.coop_by_slug(slug)
    if coop is None:
        raise NoSuchCoop(slug)
    if to is None:
        _write(coop.schema_name, chosen, sys.stdout)
        return
    with to.open("w", encoding="utf-8") as target:
        count = _write(coop.schema_name, chosen, target)
    Console(stderr=True).print(f"{count:,} transfers written to {to}.", highlight=False)


def _write(schema: str, form: books.Format, target: IO[str]) -> int:
    with coops.inside(schema):
        return books.write(form, target)
