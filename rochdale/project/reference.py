"""`rochdale reference`: docs/reference, written from the code, so that it cannot be wrong for long.

Two kinds of pages: lists read from the registries (actions, refusals, bylaws, postings and
accounts, messages, checks), the environment, and the command line's own help. A test compares.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from rochdale.shared import action, module
from rochdale.shared.refusals import Refusal

from . import environment

FOLDER = Path(__file__).parents[2] / "docs" / "reference"
_APART = {"tests", "testing", "testing_leaving", "testing_pages", "testing_shares", "conftest", "migrations"}
HEAD = "<!-- Written by `rochdale reference` from the code. Do not edit. -->\n\n"


def write(*, check: bool = False) -> list[Path]:
    """Write the pages that differ (or only find them); return their paths inside the project."""
    _load_everything()
    changed = []
    for name, make in PAGES.items():
        path = FOLDER / f"{name}.md"
        text = HEAD + make()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        changed.append(path.relative_to(FOLDER.parents[1]))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return changed


def _load_everything() -> None:
    """Import every file of every module but tests and migrations, so that the registries are whole."""
    for plug in module.installed():
        for found in pkgutil.walk_packages([plug.path], f"{plug.name}."):
            if not _APART & set(found.name.split(".")):
                importlib.import_module(found.name)
    for name in (
        "shared.web",
        "shared.api",
        "shared.tables",
        "shared.keys.shares",
        "shared.keys.passphrases",
        "project.importbooks",
    ):
        importlib.import_module(f"rochdale.{name}")


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def _ours(dotted: str) -> bool:
    return dotted.startswith("rochdale.") and ".tests." not in dotted and not dotted.endswith(".testing")


def _actions() -> str:
    rows = [
        (f"`{a.code}`", a.may.words, "yes" if a.strong else "", (a.function.__doc__ or "").strip().split("\n")[0])
        for a in sorted(action.registry.values(), key=lambda a: a.code)
        if _ours(a.function.__module__)
    ]
    text = "Everything that can change something. “Second factor” asks for a fresh proof of identity; no access token has it.\n\n"
    return "# Actions\n\n" + text + _table(("Action", "Who may", "Second factor", "What it does"), rows)


def _refusals() -> str:
    rows = [
        (f"`{code}`", kind.status, "yes" if kind.may_retry else "", kind.text)
        for code, kind in sorted(Refusal.known.items())
        if _ours(kind.__module__)
    ]
    text = "The code stays the same for ever; the text may be translated. The status is that of the page and the API.\n\n"
    return "# Refusals\n\n" + text + _table(("Code", "Status", "Retry may help", "Text"), rows)


def _bylaws() -> str:
    rows = [
        (f"`{b.key}`", b.title, b.unit, "by currency" if callable(b.default) else b.default, b.law or "", f"`{b.used_by}`")
        for plug in module.installed()
        for b in plug.bylaws()
    ]
    return "# Bylaws\n\nWhat a co-op may decide, by vote.\n\n" + _table(
        ("Key", "Title", "Unit", "Default", "Bounded by", "Read by"), rows
    )


def _books() -> str:
    kinds = [
        (f"`{k.code}`", k.title, "yes" if k.patronage else "", k.measure, k.tax, k.explanation)
        for plug in module.installed()
        for k in plug.posting_kinds()
    ]
    plans = [
        (f"`{a.code}`", a.title, a.kind, a.per, "" if a.floor is None else a.floor, "yes" if a.client_money else "")
        for plug in module.installed()
        for a in plug.accounts()
    ]
    return (
        "# Postings and accounts\n\n## Kinds of posting\n\n"
        + _table(("Kind", "Title", "Patronage", "Measure", "Tax", "What it is"), kinds)
        + "\n## Accounts\n\n"
        + _table(("Account", "Title", "Kind", "One per", "Floor", "Client money"), plans)
    )


def _plug() -> str:
    effects = [(f"`{e.code}`", e.title, "yes" if e.reverse else "") for plug in module.installed() for e in plug.effects()]
    messages = [
        (f"`{m.code}`", m.title, "legal notice" if m.legal_notice else "news")
        for plug in module.installed()
        for m in plug.messages()
    ]
    checks = [(i.number, i.sentence) for plug in module.installed() for i in plug.invariants()]
    jobs = [(f"`{j.name}`", j.cron, "yes" if j.per_coop else "") for plug in module.installed() for j in plug.jobs()]
    offices = [(f"`{code}`", title) for plug in module.installed() for code, title in plug.offices.items()]
    modules = [(f"`{plug.name}`", plug.title, plug.url_prefix) for plug in module.installed()]
    return "# What the modules tell the house\n\n" + "\n".join(
        f"## {title}\n\n{_table(head, rows)}"
        for title, head, rows in (
            ("Modules", ("Module", "Title", "Address"), modules),
            ("Offices", ("Office", "Title"), offices),
            ("Effects of a resolution", ("Effect", "What it does", "Can be reversed"), effects),
            ("Messages", ("Message", "Title", "Sort"), messages),
            ("Checks of the books", ("Number", "What must be true"), checks),
            ("Jobs", ("Job", "When (cron)", "For each co-op"), jobs),
        )
    )


def _commands() -> str:
    from . import cli

    cli.mount_sectors()
    root = typer.main.get_command(cli.app)
    return "# Commands\n\n" + "\n".join(_command(root, "rochdale"))


def _command(command: Any, path: str) -> list[str]:
    if hasattr(command, "commands"):
        return [line for name in sorted(command.commands) for line in _command(command.commands[name], f"{path} {name}")]
    lines = [f"## {path}\n", f"{' '.join((command.help or '').split())}\n"]
    rows = [
        (", ".join(f"`{each}`" for each in (*parameter.opts, *parameter.secondary_opts)), getattr(parameter, "help", "") or "")
        for parameter in command.params
    ]
    return [*lines, _table(("Option", "Meaning"), rows)] if rows else lines


def _settings() -> str:
    tables = (
        f"## {title}\n\n" + _table(("Variable", "Meaning", "Where it is not set"), [(f"`{n}`", *v) for n, v in group.items()])
        for title, group in environment.GROUPS.items()
    )
    text = "All settings are environment variables; there is no file of settings to write. “On” is `1`.\n\n"
    return "# Settings\n\n" + text + "\n".join(tables)


PAGES: dict[str, Callable[[], str]] = {
    "actions": _actions,
    "refusals": _refusals,
    "bylaws": _bylaws,
    "postings": _books,
    "modules": _plug,
    "commands": _commands,
    "settings": _settings,
}
