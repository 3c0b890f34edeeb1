"""`rochdale backup`, `rochdale restore`: called by the command line once database and Django are there."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from rich.console import Console

from rochdale.privacy import erasures as log
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops, ids

from . import actions, drilling, keeping, manifest, queries, restoring, rules

GIGABYTE = 1 << 30


def most_bytes() -> int:
    """Return how much an archive may unpack to."""
    return int(settings.ROCHDALE_RESTORE_MOST_GB) * GIGABYTE


def back_up(to: Path, coop: str, out: Console) -> None:
    """Write one co-op's archive to a file, or the whole host's backup into a folder."""
    now = clock.now()
    made = keeping.back_up_coop(coop, to, now=now) if coop else keeping.back_up_host(to, now=now)
    rows = sum(file.rows for file in made.manifest.files())
    out.print(
        f"{made.path}: {len(made.manifest.coops)} co-ops, {rows:,} rows, {made.size:,} bytes.", highlight=False, soft_wrap=True
    )
    out.print("The keys are not in it: copy ROCHDALE_HOME/keys and erasures.log apart from it.", highlight=False, soft_wrap=True)


def verify(file: Path, out: Console) -> None:
    """Look a file through without a database: structure, and the hash of every part."""
    with file.open("rb") as content:
        said = manifest.read(content, most=most_bytes()).manifest
    rows = sum(each.rows for each in said.files())
    out.print(
        f"Whole. {'One co-op' if said.kind == 'co-op' else f'A host of {len(said.coops)} co-ops'}, made {said.made_at} by "
        f"Rochdale {said.rochdale}: {len(said.files())} tables, {rows:,} rows.",
        highlight=False,
        soft_wrap=True,
    )


def drill(file: Path | None, out: Console) -> bool:
    """Restore last night's backup, or a file, into a throw-away server; return whether it holds."""
    chosen = file or keeping.newest(Path(settings.ROCHDALE_BACKUPS or "."))
    proof = drilling.drill(chosen, now=clock.now(), most=most_bytes())
    out.print(
        f"{chosen}, made {proof.made_at or 'unknown'}, drilled {proof.drilled_at}: {proof.seconds:.0f} s",
        highlight=False,
        soft_wrap=True,
    )
    if proof.failure:
        out.print(f"It could not be restored: {proof.failure}", highlight=False, markup=False, soft_wrap=True)
        return False
    out.print(
        f"{proof.coops} co-ops and {proof.rows:,} rows were restored; all books and seals hold.", highlight=False, soft_wrap=True
    )
    if proof.closed:
        out.print(f"Names stay closed: the keys of {', '.join(proof.closed)} are not here.", highlight=False, soft_wrap=True)
    return True


def _warn_of_unsealed(archive: manifest.Archive, out: Console) -> None:
    """Say which co-ops were believed without a seal."""
    names = manifest.unsealed(archive.manifest)
    if names:
        out.print(
            f"Warning: no seal came with {', '.join(names)}. Only the numbered checks speak for these books: rows that were "
            "changed so that the sums still fit are not found.",
            highlight=False,
            soft_wrap=True,
        )


def restore_coop(file: Path, slug: str, out: Console, *, claims: Path | None, erasures: Path | None) -> None:
    """Load one co-op's archive under a slug, forget again who was forgotten, and write claim codes."""
    now, operator = clock.now(), actors.operator("rochdale restore")
    gone = log.read(erasures)
    with file.open("rb") as content:
        archive = manifest.read(content, most=most_bytes())
        key = ids.derived_key("restore", slug, now.isoformat())
        done = actions.load_coop(actor=operator, now=now, key=key, archive=archive, slug=slug, erasures=gone)
    out.print(
        f"{slug} is here, with its books and seals in order. {done['erasures']} erasures were done again.",
        highlight=False,
        soft_wrap=True,
    )
    _warn_of_unsealed(archive, out)
    if done["key"] != "fits":
        out.print(
            f"Its key is not here: names stay closed until `rochdale keys import` brings it ({done['schema']}).",
            highlight=False,
            soft_wrap=True,
        )
    if done["logins"]:
        _write_claims(done["schema"], claims, operator, now, out)


def _write_claims(schema: str, to: Path | None, operator: actors.Actor, now: Any, out: Console) -> None:
    """Give out the first codes: with a file to everybody who had a log-in, else to officers, who give out the others."""
    with coops.inside(schema):
        parties = queries.returning_parties()
        if to is None:
            parties = [each for each in parties if queries.holds_office(each, now)]
        codes = {each: rules.new_code() for each in parties}
        actions.issue_claims(
            actor=operator,
            now=now,
            key=ids.derived_key("claims", now.isoformat()),
            parties=[str(each) for each in codes],
            code_hashes=[rules.code_hash(code) for code in codes.values()],
        )
        lines = [
            (queries.number_of(party) or "", str(party), ", ".join(queries.offices_of(party, now)), code)
            for party, code in codes.items()
        ]
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(("member", "party", "offices", "code"))
    writer.writerows(lines)
    if to is not None:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(target.getvalue())
        out.print(
            f"{len(lines)} claim codes are in {to}: hand each to its person, then delete the file.",
            highlight=False,
            soft_wrap=True,
        )
        return
    out.print(
        "Claim codes of the officers (hand them over; they give out the others on the page):", highlight=False, soft_wrap=True
    )
    out.print(target.getvalue(), highlight=False, markup=False, soft_wrap=True)


def restore_host(file: Path, out: Console, *, erasures: Path | None, without_keys: bool) -> None:
    """Restore a whole host into this empty one."""
    with file.open("rb") as content:
        archive = manifest.read(content, most=most_bytes())
        done = restoring.restore_host(
            archive,
            actor=actors.operator("rochdale restore"),
            now=clock.now(),
            erasures=log.read(erasures),
            without_keys=without_keys,
            progress=lambda schema, place, count: out.print(f"{place}/{count} {schema}", highlight=False, soft_wrap=True),
        )
    out.print(
        f"{done.coops} co-ops and {done.rows:,} rows are here; books and seals hold. {done.erasures} erasures were done again.",
        highlight=False,
        soft_wrap=True,
    )
    _warn_of_unsealed(archive, out)
    if done.closed:
        out.print(f"Names stay closed: the keys of {', '.join(done.closed)} are not here.", highlight=False, soft_wrap=True)
