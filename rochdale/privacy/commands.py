"""`rochdale keys …`: what keys this host holds, and to change, share out, put together, move and close them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext_lazy as _
from rich.console import Console
from rich.table import Table

from rochdale.cooperatives import queries as cooperatives
from rochdale.shared import clock, coops, keys
from rochdale.shared.actor import operator
from rochdale.shared.keys import passphrases, rings, shares
from rochdale.shared.postgres import setup
from rochdale.shared.refusals import Refusal

from . import actions, health, queries, sheets

app = typer.Typer(name="keys", help="The keys of co-ops and of this host.", no_args_is_help=True)
out = Console(highlight=False)
HOST = health.HOST

Coop = Annotated[str, typer.Option("--coop", help="The co-op's slug, as in its address /c/SLUG/.")]
Host = Annotated[bool, typer.Option("--host", help="The host's own key instead of a co-op's.")]
Words = Annotated[Path | None, typer.Option("--passphrase-file", help="A file with the passphrase; asked for when left out.")]


class NoSuchCoop(Refusal):
    code = "privacy.no_such_coop"
    status = 404
    text = _("There is no co-op “{slug}” on this host. Nothing was changed; name one with --coop, or say --host.")


class FileInTheWay(Refusal):
    code = "privacy.file_in_the_way"
    text = _("{file} is there already and was not overwritten. Nothing was changed; name another place.")


class PassphrasesDiffer(Refusal):
    code = "privacy.passphrases_differ"
    status = 422
    text = _("The two passphrases are not the same. Nothing was written.")


@app.command("list")
def list_keys() -> None:
    """List the keys of this host: whose, whether the file is there and closed to others, and its generations."""
    setup.prepare(migrate=False)
    table = Table("key", "file", "state", "generations", "kept elsewhere")
    found = list(health.of_keys())
    for each in found:
        kept = ("yes" if each.kept_elsewhere else "not noted") if each.generations else ""
        table.add_row(each.name, keys.path_of(each.schema).name, each.says, ", ".join(map(str, each.generations)), kept)
    out.print(table)
    if not all(each.ok for each in found):
        raise typer.Exit(1)


@app.command()
def status(coop: Coop) -> None:
    """Say what of a co-op still needs which generation of its key."""
    with _inside(coop) as schema:
        ring = keys.ring(schema)
        table = Table("generation", "column", "rows", "")
        for need in queries.needs(schema):
            named = "none here" if need.generation is None else str(need.generation)
            moves = need.moves and need.generation not in (None, ring.newest)
            table.add_row(named, f"{need.table}.{need.column}", str(need.rows), "moved by: keys rotate" if moves else "")
        out.print(table)
        needed = {need.generation for need in queries.needs(schema)}
        for number in sorted(ring.generations):
            use = (
                "seals" if number == ring.newest else "kept for reading" if number in needed else "needed by nothing: keys retire"
            )
            out.print(
                f"generation {number}: {use}; {'kept elsewhere' if queries.kept_elsewhere(number) else 'NOT KEPT ELSEWHERE'}"
            )


@app.command()
def rotate(
    coop: Coop = "",
    host: Host = False,
    batch: Annotated[int, typer.Option(min=1, max=20000, help="Data keys wrapped anew in one transaction.")] = 2000,
) -> None:
    """Give a key a new generation and wrap all data keys with it; stopped in the middle, run it again."""
    with _inside(coop, host) as schema:
        if schema == coops.PUBLIC:
            found = actions.rotate_host_key(actor=operator("keys rotate"), now=clock.now(), key=_fresh())
            out.print(f"host: generation {found['generation']} seals now; {found['second_factors']} second factors sealed anew.")
            return
        unfinished = queries.to_rewrap(keys.generation())
        if not unfinished:
            actions.rotate_key(actor=operator("keys rotate"), now=clock.now(), key=_fresh())
        number = keys.generation()
        out.print(f"{coop}: {'going on with' if unfinished else 'new'} generation {number}.")
    while _rewrapped(schema, batch):
        pass
    out.print("All data keys are wrapped with it. Keep the new key file elsewhere now: keys split, or keys export.")


def _rewrapped(schema: str, batch: int) -> int:
    """Do one bounded step in a transaction of its own; return how many data keys are left."""
    with coops.inside(schema):
        found = actions.rewrap_keys(actor=operator("keys rotate"), now=clock.now(), key=_fresh(), most=batch)
    out.print(f"{found['rewrapped']} wrapped anew, {found['left']} left")
    return int(found["left"])


@app.command()
def retire(coop: Coop, generation: Annotated[int, typer.Option(help="An older generation that nothing needs.")]) -> None:
    """Take an older generation out of a key file for ever; refused while anything needs it."""
    with _inside(coop):
        actions.retire_generation(actor=operator("keys retire"), now=clock.now(), key=_fresh(), number=generation)
    out.print(f"{coop}: generation {generation} is gone from the key file. Keep the file elsewhere anew.")


@app.command()
def split(
    to: Annotated[Path, typer.Option("--to", help="A new or empty folder for the sheets.")],
    coop: Coop = "",
    host: Host = False,
    total: Annotated[int, typer.Option("--shares", help="How many people get a sheet.")] = 5,
    needed: Annotated[int, typer.Option("--needed", help="How many of them can bring the key back.")] = 3,
) -> None:
    """Share a key out among the board: any NEEDED of the sheets bring it back, fewer tell nothing."""
    with _inside(coop, host) as schema:
        ring, name = keys.ring(schema), _name(coop, host)
        made = shares.split(ring, coop=name, total=total, needed=needed)
        now = clock.now()
        _write_all(to, sheets.files(made, ring, coop=name, day=now.date()))
        _note(schema, "split", ring, shares=total, needed=needed, set_id=made[0].set_id)
    out.print(f"{total} sheets in {to} (set {made[0].set_id}, generation {ring.newest}); any {needed} bring the key back.")
    out.print("Give each to its holder, then delete the folder: all sheets together are the key.")


@app.command()
def combine(
    coop: Coop = "",
    host: Host = False,
    share: Annotated[list[Path] | None, typer.Option("--share", help="A sheet as a file, once per sheet.")] = None,
    earlier: Annotated[Path | None, typer.Option(help="earlier-generations.sealed, where the database is lost too.")] = None,
) -> None:
    """Bring a key back from sheets (files, or typed in) and put it in its place; never over another key."""
    with _inside(coop, host) as schema:
        name = _name(coop, host)
        given = [(each.name, shares.read(each.read_text(errors="replace"), name=each.name)) for each in share or []]
        number, key = shares.combine(given or list(_typed(name)), coop=name)
        recorded = queries.check_of(number) if schema != coops.PUBLIC else ""
        if recorded and recorded != rings.check_of(key):
            raise shares.SharesDoNotFit()
        older = earlier.read_bytes() if earlier else queries.earlier_of(number) if schema != coops.PUBLIC else None
        ring = keys.adopt(schema, rings.with_earlier(number, key, older).to_bytes())
        _note(schema, "combined", ring)
    out.print(f"The key of {name} is in its place ({keys.path_of(schema).name}, generation {ring.newest}).")


def _typed(name: str) -> Iterator[tuple[str, shares.Share]]:
    """Ask for share after share until there are enough; a mistyped one is asked for again."""
    wanted, seen = 2, 0
    while seen < wanted:
        try:
            found = shares.read(typer.prompt(f"Share {seen + 1} of {name} (22 groups)"), name=str(seen + 1))
        except shares.ShareDamaged as refused:
            out.print(str(refused))
            continue
        wanted, seen = found.needed, seen + 1
        yield str(seen), found


@app.command()
def export(
    to: Annotated[Path, typer.Option("--to", help="The file to write.")],
    coop: Coop = "",
    host: Host = False,
    passphrase_file: Words = None,
) -> None:
    """Write a key into a file sealed with a passphrase, for moving a co-op or keeping the key elsewhere."""
    with _inside(coop, host) as schema:
        ring = keys.ring(schema)
        sealed = passphrases.seal_ring(ring, passphrase=_passphrase(passphrase_file, twice=True), coop=_name(coop, host))
        _write_all(to.parent, {to.name: sealed})
        _note(schema, "exported", ring)
    out.print(f"{to}: the key of {_name(coop, host)}, generation {ring.newest}. Send the passphrase another way than the file.")


@app.command("import")
def import_key(
    file: Annotated[Path, typer.Argument(help="What keys export wrote.", show_default=False)],
    coop: Coop = "",
    host: Host = False,
    passphrase_file: Words = None,
) -> None:
    """Take a key out of such a file into its place on this host; never over another key."""
    with _inside(coop, host) as schema:
        whose, ring = passphrases.open_ring(file.read_bytes(), passphrase=_passphrase(passphrase_file, twice=False))
        recorded = queries.recorded_checks() if schema != coops.PUBLIC else None
        if recorded and not recorded & set(ring.checks.values()):
            raise keys.KeyForeign(file=file.name)
        kept = keys.adopt(schema, ring.to_bytes())
        _note(schema, "imported", kept)
    out.print(f"The key of {_name(coop, host)} is in its place (exported as {whose}, generation {kept.newest}).")


@app.command()
def wrap(coop: Coop = "", host: Host = False) -> None:
    """Write a key file anew as ROCHDALE_KEY_COMMAND now says: wrapped by that program, or plain without one."""
    with _inside(coop, host) as schema:
        keys.wrap_anew(schema)
        wrapped = keys.state(schema).wrapped
    out.print(f"{_name(coop, host)}: the file holds {'only the wrapped key' if wrapped else 'the key itself'}.")


def _note(schema: str, what: str, ring: keys.Ring, **details: Any) -> None:
    actions.note_key_copy(
        actor=operator(f"keys {what}"), now=clock.now(), key=_fresh(), what=what, kept_generation=ring.newest, **details
    )


@contextmanager
def _inside(slug: str, host: bool = False) -> Iterator[str]:
    """Run the block in a co-op (or in public for the host's key), in one transaction."""
    setup.prepare(migrate=False)
    with coops.public():
        coop = cooperatives.coop_by_slug(slug) if slug and not host else None
    if coop is None and not (host and not slug):
        raise NoSuchCoop(slug=slug)
    schema = coops.PUBLIC if coop is None else coop.schema_name
    with coops.inside(schema):
        yield schema


def _name(slug: str, host: bool) -> str:
    return HOST if host else slug


def _fresh() -> str:
    return f"keys:{secrets.token_hex(12)}"


def _passphrase(file: Path | None, *, twice: bool) -> str:
    if file is not None:
        return file.read_text().strip("\r\n")
    first: str = typer.prompt("Passphrase", hide_input=True)
    if twice and typer.prompt("Once more", hide_input=True) != first:
        raise PassphrasesDiffer()
    return first


def _write_all(folder: Path, contents: dict[str, bytes]) -> None:
    """Write files that only we may read; none is overwritten."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in contents:
        if (folder / name).exists():
            raise FileInTheWay(file=str(folder / name))
    for name, content in contents.items():
        with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
