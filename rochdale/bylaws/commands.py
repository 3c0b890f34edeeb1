"""`rochdale bylaws …`: which packs of law there are, whether they can be trusted, and pinning them for a release."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.table import Table

from . import packs

app = typer.Typer(help="Packs of law that bound the bylaws.", no_args_is_help=True)
out = Console()


@app.command("packs")
def list_packs() -> None:
    """List the shipped packs, and say of each whether its text is the released one."""
    table = Table("pack", "title", "rows", "prepared", "reviewed by", "text")
    broken = False
    for name in packs.names():
        try:
            pack = packs.load(name)
        except packs.PackError as problem:
            broken = True
            table.add_row(name, "", "", "", "", f"[red]{problem.detail}[/]")
            continue
        reviewed = pack.reviewed_by or "nobody yet"
        table.add_row(name, pack.title, str(len(pack.rows)), pack.prepared_on.isoformat(), reviewed, f"ok {pack.hash[:12]}")
    out.print(table)
    if broken:
        raise typer.Exit(1)


@app.command("pin-packs")
def pin_packs() -> None:
    """Write the hashes of all packs as they are now, as a step of a release; the change shows in the diff."""
    for name, text_hash in packs.pin().items():
        out.print(f"{name} {text_hash}", highlight=False, soft_wrap=True)
