"""`rochdale bylaws …`: which packs of law there are, whether they can be trusted, and pinning them for a release."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from rochdale.shared import clock

from . import packs, queries, wording

app = typer.Typer(help="Packs of law that bound the bylaws.", no_args_is_help=True)
out = Console()


@app.command("packs")
def list_packs() -> None:
    """List the shipped packs, and say of each whether its text is the released one."""
    table = Table("pack", "title", "rows", "used", "unconfirmed", "prepared", "reviewed by", "text")
    broken = False
    for each in queries.shelf(at=clock.now(), afresh=True):
        if each.pack is None:
            broken = True
            table.add_row(each.name, "", "", "", "", "", "", f"[red]{each.problem}[/]")
            continue
        pack, reviewed = each.pack, each.pack.reviewed_by or "nobody yet"
        counts = (str(len(pack.rows)), str(each.used), str(each.unconfirmed))
        table.add_row(each.name, pack.title, *counts, pack.prepared_on.isoformat(), reviewed, f"ok {pack.hash[:12]}")
    out.print(table)
    if broken:
        raise typer.Exit(1)


@app.command("pack-diff")
def pack_diff(
    name: Annotated[str, typer.Argument(help="The pack, as `rochdale bylaws packs` names it.")],
    first: Annotated[str, typer.Option("--from", help="The first day, as 2026-03-01.")],
    second: Annotated[str, typer.Option("--to", help="The second day; today when left out.")] = "",
) -> None:
    """Show what a shipped pack says differently on two days. Changes nothing."""
    try:
        pack = packs.load(name)
        days = date.fromisoformat(first), date.fromisoformat(second) if second else clock.now().date()
    except packs.PackError as problem:
        out.print(f"{name}: {problem.detail}", style="red", highlight=False)
        raise typer.Exit(2) from None
    except ValueError:
        out.print("Write both days as 2026-03-01.", style="red", highlight=False)
        raise typer.Exit(2) from None
    found = queries.pack_differences(pack, days[0], pack, days[1])
    table = Table("rule", "change", f"on {days[0]}", f"on {days[1]}", "article", show_lines=True)
    for each in found:
        article = each.article_after or each.article_before
        change = wording.change(each.change)
        table.add_row(f"{each.title}\n[dim]{each.key}[/]", change, each.before or "–", each.after or "–", article)
    out.print(table if found else f"{pack.title}: on both days the same.")
    out.print(f"{len(found)} of {len(pack.rows)} rules differ.", highlight=False)


@app.command("pin-packs")
def pin_packs() -> None:
    """Write the hashes of all packs as they are now, as a step of a release; the change shows in the diff."""
    for name, text_hash in packs.pin().items():
        out.print(f"{name} {text_hash}", highlight=False, soft_wrap=True)
