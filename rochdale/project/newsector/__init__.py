"""`make new-sector NAME=…`: copy the smallest sector there can be, plug it in, write its first migration.

The template's files end in `.txt`, so that no tool takes them for code; `@name@` and `@Title@` stand
for the sector's name. `tests/architecture/test_new_sector.py` makes one and runs its tests.
"""

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
OUR_OWN = frozenset({"tests", "testing", "template", "templates", "static", "thing", "things", "use", "uses", "locale", "sector"})
"""Words that stand for something else in a sector's folder."""


class CannotMake(ValueError):
    """The sector cannot be made; the text says why and what to do."""


def make(name: str, root: Path = ROOT) -> list[str]:
    """Write the sector's folder, its line in the settings and its migration; return what to read next.

    Refuses a name that is not one lower-case word, is Python's own, or is taken. `root` is the checkout.
    """
    folder, settings = root / "rochdale" / "sectors" / name, root / "rochdale" / "project" / "settings.py"
    _check_name(name, root)
    text = settings.read_text(encoding="utf-8")
    if text.count(LAST_LINE) != 1:
        raise CannotMake(
            "The list MODULES in rochdale/project/settings.py was changed: add the sector there by hand. Nothing was made."
        )
    for source in sorted(TEMPLATE.rglob("*.txt")):
        target = folder / place_of(source, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled(source.read_text(encoding="utf-8"), name), encoding="utf-8")
    settings.write_text(text.replace(LAST_LINE, f'{LAST_LINE}    "rochdale.sectors.{name}",\n'), encoding="utf-8")
    _migration(name, folder, root)
    return [
        f"Made rochdale/sectors/{name}/ and plugged it into rochdale/project/settings.py.",
        f"Next: read rochdale/sectors/{name}/README.md.",
        "Then: .venv/bin/rochdale reference && make format && make test",
    ]


def place_of(source: Path, name: str) -> Path:
    """Return where a template's file goes inside the sector's folder."""
    parts = [name if part == "NAME" else part for part in source.relative_to(TEMPLATE).parts]
    return Path(*parts).with_suffix("")


def filled(text: str, name: str) -> str:
    """Return a template's text with the sector's name in place."""
    return text.replace("@name@", name).replace("@Title@", name.title())


def _check_name(name: str, root: Path) -> None:
    if not WORD.fullmatch(name) or keyword.iskeyword(name) or name in OUR_OWN:
        raise CannotMake(
            f"“{name}” cannot be a sector. Use one word of 3 to 20 letters a–z that says what is shared, "
            "for example tools. Nothing was made."
        )
    taken = (root / "rochdale" / "sectors" / name).exists() or (root / "rochdale" / name).exists()
    if taken or name in _words_in_use():
        raise CannotMake(f"“{name}” is in use: there is a module or an address of this name. Nothing was made; choose another.")


def _words_in_use() -> set[str]:
    """Return the labels of all installed apps, and the first words of addresses inside a co-op."""
    from django.apps import apps
    from django.urls import get_resolver

    addresses = {str(pattern.pattern).partition("/")[0] for pattern in get_resolver("rochdale.project.urls_coop").url_patterns}
    inner = {
        str(pattern.pattern).partition("/")[0]
        for resolver in get_resolver("rochdale.project.urls_coop").url_patterns
        if not str(resolver.pattern)
        for pattern in getattr(resolver, "url_patterns", [])
    }
    return {config.label for config in apps.get_app_configs()} | addresses | inner


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
