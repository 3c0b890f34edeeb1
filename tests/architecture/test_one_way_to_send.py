"""The outbox is the only way anything is sent: nobody else speaks to a mail server or a carrier."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "rochdale"
SENDERS = {"django.core.mail", "smtplib", "aiosmtplib"}


def imported(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{each.name}" for each in node.names}
    return found


def test_only_the_outbox_sends() -> None:
    others = [file for file in ROOT.rglob("*.py") if ROOT / "messages" not in file.parents]
    guilty = [str(file.relative_to(ROOT)) for file in others if imported(file) & SENDERS]
    assert guilty == []


def test_inside_the_outbox_one_file_sends() -> None:
    files = [file for file in (ROOT / "messages").rglob("*.py") if "tests" not in file.parts]
    assert [file.name for file in files if imported(file) & SENDERS] == ["transports.py"]
