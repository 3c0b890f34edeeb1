"""`rochdale upgrade`: bring a host to the version of this program, carefully; refused before anything changes.

Look first (a fresh backup, room, no newer tables, no older program that the change could break), then migrate
each schema in a transaction of its own, then check all books. Stopped in the middle it can be run again.
"""

from __future__ import annotations

from rich.console import Console
from rich.progress import Progress

from rochdale.shared.postgres import setup, unsafe

from . import checkbooks, doctor

BACKUP = "last backup"
"""What the line of the doctor is called that tells how old the newest backup is."""


class CannotUpgrade(RuntimeError):
    """The upgrade did not begin; the text says why and what to do."""


def run(out: Console, *, without_backup: bool) -> bool:
    """Look, migrate, check; return whether every check of the books holds afterwards."""
    _look(without_backup=without_backup)
    changed = _migrate(out)
    out.print(f"{len(changed)} schemas were brought up to date.", highlight=False)
    good = checkbooks.run("", out)
    if good:
        out.print("Done. Start `rochdale serve` again on every machine.", highlight=False)
    return good


def _look(*, without_backup: bool) -> None:
    with setup.as_owner():
        refused = unsafe.found()
    if refused:
        raise CannotUpgrade(" ".join(refused) + " Nothing was changed.")
    backup = next((line for line in doctor.examine() if line.what == BACKUP), None)
    if backup is not None and not backup.ok and not without_backup:
        raise CannotUpgrade(
            f"{backup.says[:1].upper()}{backup.says[1:]}: make one first (rochdale backup --to FOLDER), "
            "or say --without-backup. Nothing was changed."
        )


def _migrate(out: Console) -> list[str]:
    with Progress(console=out, transient=True) as shown:
        bar = shown.add_task("Tables …", total=None)
        return setup.prepare(
            migrate=True,
            always=True,
            progress=lambda schema, done, total: shown.update(bar, description=schema, completed=done, total=total),
        )
