"""`rochdale backup` and `rochdale restore` on the command line; what they do is `archives.commands`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

backup = typer.Typer(
    help="Write a backup of the host, or one co-op's archive (--coop); look through and try out what was written."
)


@backup.callback()
def backup_command(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option("--to", help="A folder; with --coop a file.")] = None,
    coop: Annotated[str, typer.Option("--coop", help="Only this co-op (slug), as an archive it can take elsewhere.")] = "",
) -> None:
    """Write a backup of the whole host, or one co-op's archive with --coop, at one moment and without stopping anything."""
    if context.invoked_subcommand is not None:
        return
    if to is None:
        raise typer.BadParameter("say where: --to FOLDER, or --coop SLUG --to FILE")
    from . import cli

    cli.database(migrate=False)
    from rochdale.archives import commands

    commands.back_up(to, coop, cli.out)


@backup.command("verify")
def backup_verify(file: Annotated[Path, typer.Argument(help="A backup or an archive.")]) -> None:
    """Look a file through without a database: structure, and the hash of every part."""
    from . import cli

    cli.mount_sectors()
    from rochdale.archives import commands

    commands.verify(file, cli.out)


@backup.command("drill")
def backup_drill(
    file: Annotated[Path | None, typer.Option("--file", help="A backup; the newest in ROCHDALE_BACKUPS when left out.")] = None,
) -> None:
    """Restore a backup into a throw-away server, check books and seals, keep a dated proof; exit with 1 when it fails."""
    from . import cli

    cli.mount_sectors()
    from rochdale.archives import commands

    if not commands.drill(file, cli.out):
        raise typer.Exit(1)


def restore(
    file: Annotated[Path, typer.Option("--from", help="A backup, or with --coop an archive.")],
    coop: Annotated[str, typer.Option("--coop", help="Load one co-op's archive under this slug.")] = "",
    erasures: Annotated[
        Path | None, typer.Option("--erasures", help="An erasures.log: who was forgotten since is forgotten again.")
    ] = None,
    claims: Annotated[
        Path | None, typer.Option("--claims", help="With --coop: write everybody's claim code here; else officers' are shown.")
    ] = None,
    without_keys: Annotated[bool, typer.Option("--without-keys", help="Restore although keys lack: names stay closed.")] = False,
) -> None:
    """Restore a host into an empty one, or load one co-op's archive (--coop). What is refused changes nothing."""
    from rochdale.shared.postgres import setup

    from . import cli

    cli.database()
    from rochdale.archives import commands

    with setup.as_owner():
        if coop:
            commands.restore_coop(file, coop, cli.out, claims=claims, erasures=erasures)
        else:
            commands.restore_host(file, cli.out, erasures=erasures, without_keys=without_keys)
