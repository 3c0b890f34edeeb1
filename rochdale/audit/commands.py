"""`rochdale audit …`: seal, verify, keep what a witness keeps, check a proof, and see what was refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from django.utils.translation import gettext_lazy as _
from rich.console import Console
from rich.table import Table

from rochdale.shared import clock, coops, ids
from rochdale.shared.actor import operator
from rochdale.shared.postgres import addresses, setup
from rochdale.shared.refusals import Refusal

from . import actions, jobs, outside, rules, signing, verifying, witnessed
from .queries import alerts, seals

app = typer.Typer(help="Seals, proofs, witnesses and alerts.", no_args_is_help=True)
out = Console()

Coop = Annotated[str, typer.Option("--coop", help="The co-op's slug, as in its address /c/SLUG/.")]
AnyCoop = Annotated[str, typer.Option("--coop", help="Only this co-op (slug); all when left out.")]
PROOF_MOST = 2**20


class NoSuchCoop(Refusal):
    code = "audit.no_such_coop"
    status = 404
    text = _("There is no co-op “{slug}” on this host. Nothing was done.")


class NoSuchFile(Refusal):
    code = "audit.no_such_file"
    status = 404
    text = _("The file {name} cannot be read. Nothing was done.")


@app.command("seal")
def seal_now(coop: AnyCoop = "") -> None:
    """Seal what was recorded since the last seal; what the ledger has not closed yet comes into the next one."""
    setup.prepare(migrate=False)
    for schema in schemas(coop):
        now = clock.now()
        with coops.inside(schema):
            key = ids.derived_key("audit.make_seal", now.isoformat())
            actions.make_seal(actor=operator("audit seal"), now=now, key=key)
            say(f"{witnessed.slug_of(schema)}: {seals.head_line() or 'nothing is recorded yet'}")


@app.command("seals")
def list_seals(coop: Coop, most: Annotated[int, typer.Option(min=1, help="How many of the newest.")] = 20) -> None:
    """List the newest seals and who else has seen them."""
    setup.prepare(migrate=False)
    (schema,) = schemas(coop)
    with coops.inside(schema):
        others: dict[int, list[str]] = {}
        for each in seals.attested():
            others.setdefault(each.number, []).append(each.who)
        for line in seals.latest(limit=most):
            say(f"no. {line.number}  {line.sealed_at:%Y-%m-%d %H:%M}  {rules.grouped(line.head)}  {line.records:,} records")
            for who in others.get(line.number, []):
                say(f"    also known to {who}")


@app.command("verify")
def verify(
    coop: AnyCoop = "",
    witness: Annotated[Path | None, typer.Option("--witness", help="A witness file of this co-op.")] = None,
) -> None:
    """Verify all seals against the rows, and against a witness's list; name what is wrong and exit with 1 then."""
    setup.prepare(migrate=False)
    kept = witnessed.read(_read(witness)) if witness is not None else None
    slug = coop or (kept.coop if kept else "")
    if kept is not None and kept.coop != slug:
        say(f"Note: the witness file speaks of a co-op named {kept.coop}.")
    good = True
    with setup.as_auditor():
        for schema in schemas(slug):
            with coops.inside(schema):
                found = verifying.verify(kept)
            good = found.ok and good
            _tell(witnessed.slug_of(schema), found)
    for each in kept.breaks if kept is not None else ():
        say(f"The witness notes a break: {each}")
    if not good:
        raise typer.Exit(1)


@app.command("witness")
def write_witness(
    coop: Coop,
    to: Annotated[Path, typer.Option("--to", help="The file to write.")],
    with_leaves: Annotated[
        bool, typer.Option("--with-leaves", help="All hashes too: a changed record can then be named after a re-seal.")
    ] = False,
) -> None:
    """Write the seals as a file to be kept elsewhere, by somebody else."""
    setup.prepare(migrate=False)
    (schema,) = schemas(coop)
    with coops.inside(schema):
        chunks = seals.chunks() if with_leaves else []
        said = witnessed.write(
            coop=coop,
            host=witnessed.own_address(),
            made_at=clock.now().isoformat(),
            lines=seals.chain(),
            sets=seals.sets() if with_leaves else (),
            chunks=chunks,
        )
    to.write_text(json.dumps(said, indent=None if with_leaves else 1), encoding="utf-8")
    say(f"{len(said['seals'])} seals written to {to}. Keep it where this host's operator cannot change it.")


@app.command("prove")
def prove(
    file: Annotated[Path, typer.Argument(help="A proof, as downloaded from a statement line.", show_default=False)],
    witness: Annotated[Path | None, typer.Option("--witness", help="A witness file that names the seal.")] = None,
) -> None:
    """Check a proof, without the database; with a witness file also that it saw the same head. Exit with 1 if not."""
    try:
        given: dict[str, Any] = json.loads(_read(file, PROOF_MOST))
        heads = rules.check_proof(given)
    except (rules.Unproven, json.JSONDecodeError, RecursionError) as error:
        text = str(error) if isinstance(error, rules.Unproven) else "This is not a proof as Rochdale writes it."
        say(f"Not proven. {text}")
        raise typer.Exit(1) from None
    if witness is not None:
        kept = witnessed.read(_read(witness))
        known = {line.number: line.head for line in kept.lines}
        if kept.broken is not None or not any(known.get(number) == head for number, head in heads):
            say("Not proven. The witness saw no such head.")
            raise typer.Exit(1)
    for name, value in zip(given["leaf"][2::2], given["leaf"][3::2], strict=True):
        if not name.startswith("~"):
            say(f"{name}: {value}")
    say(f"Proven: inside seal no. {heads[0][0]}, {rules.grouped(heads[0][1])}")
    if len(heads) > 1:
        say(f"and so inside no. {heads[-1][0]}, {rules.grouped(heads[-1][1])}")


@app.command("host-key")
def host_key() -> None:
    """Print this host's public key, by which other hosts know its seals and receipts."""
    say(signing.public_key())


@app.command("send")
def send(coop: AnyCoop = "") -> None:
    """Show the new heads to the configured witnesses now, and keep their receipts."""
    setup.prepare(migrate=False)
    if not outside.witnesses():
        raise outside.Misconfigured("ROCHDALE_WITNESSES names no witness, so nothing was sent.")
    _report([each for schema in schemas(coop) for each in jobs.send_heads(schema, by=operator("audit send"))])


@app.command("break")
def declare_break(
    coop: Coop,
    witness: Annotated[Path, typer.Option("--witness", help="What the witness holds, downloaded from it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why seals are gone; everybody will read it.")],
) -> None:
    """After a restore, declare aloud that seals a witness holds are gone here, so that it takes the new ones."""
    setup.prepare(migrate=False)
    if not outside.witnesses():
        raise outside.Misconfigured("ROCHDALE_WITNESSES names no witness, so nothing was declared.")
    kept = witnessed.read(_read(witness))
    (schema,) = schemas(coop)
    now, by = clock.now(), operator("audit break")
    with coops.inside(schema):
        here = {line.number: line.head for line in seals.chain()}
        common = [line for line in kept.lines if here.get(line.number) == line.head]
        number, head = (common[-1].number, common[-1].head.hex()) if common else (0, "")
        key = ids.derived_key("audit.declare_break", now.isoformat())
        actions.declare_break(actor=by, now=now, key=key, number=number, upto=kept.last, reason=reason)
        actions.alert(code="audit.break_declared", subject=f"after no. {number}", now=now, details={"upto": kept.last})
    _report(jobs.send_break(schema, number=number, head=head, reason=reason.strip(), by=by))
    _report(jobs.send_heads(schema, by=by))


@app.command("stamp")
def stamp(coop: AnyCoop = "") -> None:
    """Have the newest heads stamped by the configured time stamp authority now."""
    setup.prepare(migrate=False)
    if not outside.authority():
        raise outside.Misconfigured("ROCHDALE_TSA_URL names no time stamp authority, so nothing was stamped.")
    _report([each for schema in schemas(coop) for each in jobs.stamp_heads(schema, by=operator("audit stamp"))])


@app.command("alerts")
def list_alerts(coop: AnyCoop = "", days: Annotated[int, typer.Option(min=1, help="How many days back.")] = 7) -> None:
    """Read the database server's log for refusals, and list the alerts of the host and of the co-ops."""
    setup.prepare(migrate=False)
    if not addresses.is_embedded():
        say("The database's server is not ours: its log is not read here. Watch it for “append-only” and “permission denied”.")
    jobs.scan_log()
    since = clock.now() - timedelta(days=days)
    table = Table("where", "last (UTC)", "times", "seen by", "what", "about")
    for schema in [coops.PUBLIC, *schemas(coop)]:
        with coops.inside(schema):
            for each in alerts.latest(limit=200, since=since):
                where = "the host" if schema == coops.PUBLIC else witnessed.slug_of(schema)
                moment = f"{each.last_at:%Y-%m-%d %H:%M}"
                table.add_row(where, moment, str(each.count), each.seen_by, each.words, each.subject)
    out.print(table if table.row_count else "No alerts.")


def _report(told: list[jobs.Told]) -> None:
    for each in told:
        done = f"no. {each.number}" if each.number is not None else "nothing new"
        say(f"{witnessed.slug_of(each.schema)} → {each.whom}: {each.trouble or done}")
    if any(each.trouble for each in told):
        raise typer.Exit(1)


def schemas(slug: str) -> Iterator[str]:
    """Yield the schema of one co-op, or of all. Refuses a slug that is nobody's."""
    known = coops.everywhere()
    if not slug:
        yield from known
        return
    try:
        wanted = coops.schema_of(slug)
    except ValueError:
        wanted = ""
    if wanted not in known:
        raise NoSuchCoop(slug=slug)
    yield wanted


def say(text: str) -> None:
    """Print a plain line."""
    out.print(text, highlight=False, markup=False, soft_wrap=True)


def _tell(slug: str, found: verifying.Verdict) -> None:
    if found.ok:
        seen = f"; the witness saw the same up to no. {found.witnessed}" if found.witnessed is not None else ""
        say(f"{slug}: {found.seals} seals over {found.records:,} records hold{seen}.")
        return
    say(f"{slug}: NOT as it was sealed. First:")
    for each in found.findings:
        say(f"    {each.says}")


def _read(file: Path, most: int = 0) -> str:
    try:
        if most and file.stat().st_size > most:
            raise NoSuchFile(name=file)
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise NoSuchFile(name=file) from None
