"""`rochdale demo`: set the stage once, print what happened and who can be signed in as, and serve it."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from rich.console import Console
from rich.table import Table

from rochdale.shared import home

from .cast import PASSWORD

__all__ = ["PASSWORD", "log_ins", "run"]

DAYS = 150
out = Console()


@dataclass(frozen=True, slots=True)
class LogIn:
    """A person whom a visitor may be."""

    name: str
    does: str
    email: str
    offices: tuple[str, ...]
    code: str


def marker() -> Path:
    """Return the file that says what the demo is: missing before the first, unfinished while it is made."""
    return home.data_root() / "demo.json"


def run(*, reset: bool, seed: int, host: str, port: int, serve: bool) -> None:
    """Make the demo if there is none, tell about it, and serve it."""
    os.environ["ROCHDALE_DEMO"] = "1"
    os.environ.setdefault("ROCHDALE_URL", f"http://{host}:{port}")
    from rochdale.project import serve as processes

    if serve:
        processes.refuse_taken_port(host, port)
    known = _known()
    if reset or (known and not known.get("finished")):
        from .away import throw_away

        out.print("Throwing the old demo away …")
        throw_away()
        marker().unlink(missing_ok=True)
        known = None
    _prepare()
    if known is None:
        with _in_a_hurry():
            _make(seed)
    else:
        for line in known["told"]:
            out.print(f"  {line}", highlight=False)
    _tell(host, port)
    if serve:
        processes.run(host=host, port=port)


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """Do not wait for the disk at each of the story's thousands of steps: a demo that is cut short is begun anew."""
    from rochdale.shared.postgres import addresses, setup

    wanted = addresses.django_settings()
    options = " ".join(filter(None, [wanted["OPTIONS"].get("options"), "-c synchronous_commit=off"]))
    with setup.connected_as({**wanted, "OPTIONS": {**wanted["OPTIONS"], "options": options}}):
        yield


def _known() -> dict[str, Any] | None:
    path = marker()
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def _prepare() -> None:
    from rochdale.shared.postgres import setup

    setup.prepare()


def _make(seed: int) -> None:
    """Play the whole story, with progress; the marker says it is unfinished until the end."""
    from . import listening, story
    from .stage import Stage

    ends_at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    marker().parent.mkdir(parents=True, exist_ok=True)
    marker().write_text(json.dumps({"finished": False}), encoding="utf-8")
    told: list[str] = []
    began = time.monotonic()
    with out.status("Founding …") as status:

        def say(line: str) -> None:
            told.append(line)
            out.print(f"  {line}", highlight=False)
            status.update("Time passes …")

        stage = Stage(
            slug=story.SLUG, schema="", currency=story.CURRENCY, rng=random.Random(seed),  # noqa: S311  # repeatable, not secret
            now=ends_at - timedelta(days=DAYS), ends_at=ends_at - timedelta(days=2), say=say,
        )  # fmt: skip
        story.found(stage)
        story.first_week(stage)
        story.months(stage, listening.Listening(seed).day)
        stage.ends_at = ends_at
        story.refund_and_second_eyes(stage)
        story.sum_up(stage)
    kept = {"finished": True, "seed": seed, "told": told, "seconds": round(time.monotonic() - began, 1)}
    marker().write_text(json.dumps(kept), encoding="utf-8")


def _tell(host: str, port: int) -> None:
    from . import cast, story

    out.print(f"\n[bold]{story.NAME}[/] lives at http://{host}:{port}/c/{story.SLUG}/", highlight=False)
    table = Table(title="Log-ins", title_justify="left")
    for head in ("Who", "E-mail"):
        table.add_column(head, no_wrap=True)
    table.add_column("What they do")
    for role in (*cast.FOUNDERS, cast.REFUSED):
        table.add_row(role.name, role.email, f"{', '.join((role.class_code, *role.offices))}: {role.does}")
    out.print(table)
    out.print(f"Everybody's password: {cast.PASSWORD}", highlight=False)
    out.print(
        f"Officers are asked for a code too: http://{host}:{port}/demo/ shows it. What was sent: /c/{story.SLUG}/messages/sent/",
        highlight=False,
    )


def log_ins() -> Sequence[LogIn]:
    """Return the demo's people, with the code each authenticator shows now."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    from . import cast

    counter = int(time.time()) // settings.MFA_TOTP_PERIOD
    return [
        LogIn(
            role.name,
            role.does,
            role.email,
            (role.class_code, *role.offices),
            format_hotp_value(hotp_value(role.secret, counter)),
        )
        for role in (*cast.FOUNDERS, cast.REFUSED)
    ]
