"""`make new-sector NAME=…`: copy the smallest sector there can be, plug it in, write its first migration."""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"
ROOT = Path(__file__).parents[3]
WORD = re.compile(r"[a-z]{3,20}")
LAST_LINE = '    "rochdale.sectors.music",\n'


class CannotMake(ValueError):
    """The sector cannot be made; the text says why and what to do."""


def make(name: str, root: Path = ROOT) -> list[str]:
    """Write the sector's folder, its line in the settings and its migration; return what to read next.

    Refuses a name that is not one lower-case word, is Python's own, or is taken. `root` is the checkout.
    """
    folder = root / "rochdale" / "sectors" / name
    if not WORD.fullmatch(name) or keyword.iskeyword(name):
        raise CannotMake(
            f"“{name}” cannot be a sector. Use one word of 3 to 20 letters a–z, for example tools. Nothing was made."
        )
    if folder.exists() or (root / "rochdale" / name).exists():
        raise CannotMake(f"There is a module “{name}” already. Nothing was made.")
    settings = root / "rochdale" / "project" / "settings.py"
    text = settings.read_text(encoding="utf-8")
    if text.count(LAST_LINE) != 1:
        raise CannotMake(
            "The list MODULES in rochdale/project/settings.py was changed: add the sector there by hand. Nothing was made."
        )
    for source in sorted(TEMPLATE.rglob("*.txt")):
        place = source.relative_to(TEMPLATE).as_posix().removesuffix(".txt").replace("NAME", name)
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled(source.read_text(encoding="utf-8"), name), encoding="utf-8")
    settings.write_text(text.replace(LAST_LINE, f'{LAST_LINE}    "rochdale.sectors.{name}",\n'), encoding="utf-8")
    _migration(name, folder, root)
    return [
        f"Made rochdale/sectors/{name}/ and plugged it into rochdale/project/settings.py.",
        f"Next: read rochdale/sectors/{name}/README.md, then `make demo` or `make test`.",
    ]


def filled(text: str, name: str) -> str:
    """Return a template's text with the sector's name in place."""
    return text.replace("NAME", name).replace("TITLE", name.title())


def _migration(name: str, folder: Path, root: Path) -> None:
    """Let Django write the first migration, and make the facts append-only in it."""
    program = [sys.executable, "-m", "rochdale.project.manage", "makemigrations", name]
    done = subprocess.run(program, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMake(f"The files are there, but the migration could not be written: {done.stderr.strip()[-500:]}")
    written = folder / "migrations" / "0001_initial.py"
    text = written.read_text(encoding="utf-8").rstrip()
    end = text.rindex("]")
    imports, _, rest = f'{text[:end]}    scripts.append_only("{name}_use"),\n    ]\n'.partition("\n\nclass Migration")
    written.write_text(
        f"{imports.rstrip()}\n\nfrom rochdale.shared.postgres import scripts\n\n\nclass Migration{rest}", encoding="utf-8"
    )
