"""The audit's work by the clock: seal each hour, show the heads to witnesses, stamp, verify each night, read the log.

What calls other hosts runs in public: the database is asked before and told after, never held meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from rochdale.shared import actor, clock, coops, ids
from rochdale.shared.action import plain
from rochdale.shared.actor import Actor
from rochdale.shared.module import Job
from rochdale.shared.postgres import addresses

from . import actions, outside, refused, rules, signing, stamping, verifying, witnessed
from .queries import logs, seals

SEAL, SEND, STAMP, VERIFY, SCAN = (
    "audit.make_seal",
    "audit.send_heads",
    "audit.stamp_heads",
    "audit.verify_seals",
    "audit.scan_log",
)
AT_ONCE = 500
"""Seals that are shown to a witness in one letter."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of showing one co-op's heads to one witness or authority."""

    schema: str
    whom: str
    number: int | None
    trouble: str = ""


def make_seal() -> int | None:
    """Seal what was recorded since the last seal."""
    now = clock.now()
    found = actions.make_seal(actor=actor.job(SEAL), now=now, key=ids.derived_key(SEAL, now.isoformat()))
    return None if found is None else int(found)


def send_heads(only: str = "", *, by: Actor | None = None) -> list[Told]:
    """Show the new heads of every co-op (or one) to each configured witness, and keep its receipts."""
    return [
        _send(schema, witness, by or actor.job(SEND))
        for schema in coops.everywhere()
        if only in ("", schema)
        for witness in outside.witnesses()
    ]


def _send(schema: str, witness: outside.Witness, by: Actor) -> Told:
    told = Told(schema, witness.url, None)
    while True:
        with coops.inside(schema):
            lines = seals.to_show(witness.url, limit=AT_ONCE)
            newest = seals.newest()
        if not lines or newest is None:
            return told
        try:
            answer = json.loads(_shown(schema, witness, lines))
            with coops.inside(schema):
                number = actions.keep_receipt(
                    actor=by,
                    now=clock.now(),
                    key=ids.derived_key(SEND, witness.url, lines[-1].number),
                    witness=witness.url,
                    witness_key=witness.key,
                    answer=answer,
                )
        except outside.NotReached as error:
            return _troubled(schema, witness.url, "witness_contradicts" if _contradicts(error) else "not_witnessed", str(error))
        except (ValueError, KeyError, TypeError, AttributeError, actions.NotHeads):
            return _troubled(schema, witness.url, "not_witnessed", "the answer was no receipt")
        told = Told(schema, witness.url, int(number))
        if lines[-1].number >= newest.number:
            return told


def _shown(schema: str, witness: outside.Witness, lines: list[rules.SealLine]) -> bytes:
    body = plain(
        {
            "format": actions.HEADS,
            "host": witnessed.own_address(),
            "host_key": signing.public_key(),
            "coop": witnessed.slug_of(schema),
            "seals": [rules.written(line) for line in lines],
        }
    ).encode()
    return outside.post(f"{witness.url}/witness/heads/", body, f"application/json; signature={signing.sign(body)}")


def send_break(schema: str, *, number: int, head: str, reason: str, by: Actor) -> list[Told]:
    """Tell every configured witness that the seals after `number` are gone here, and why. What was told is told once."""
    said = {
        "format": actions.BREAK,
        "host": witnessed.own_address(),
        "host_key": signing.public_key(),
        "coop": witnessed.slug_of(schema),
        "number": number,
        "head": head,
        "reason": reason,
        "declared_at": clock.now().isoformat(),
    }
    body, told = plain(said).encode(), []
    for each in outside.witnesses():
        try:
            outside.post(f"{each.url}/witness/breaks/", body, f"application/json; signature={signing.sign(body)}")
            told.append(Told(schema, each.url, number))
        except outside.NotReached as error:
            told.append(_troubled(schema, each.url, "not_witnessed", str(error)))
    return told


def _contradicts(error: outside.NotReached) -> bool:
    try:
        return bool(json.loads(error.body or b"{}").get("code") == actions.Contradicts.code)
    except (ValueError, AttributeError):
        return False


def _troubled(schema: str, whom: str, code: str, trouble: str) -> Told:
    with coops.inside(schema):
        actions.alert(code=f"audit.{code}", subject=whom, now=clock.now(), details={"trouble": trouble[:200]})
    return Told(schema, whom, None, trouble)


def stamp_heads(only: str = "", *, by: Actor | None = None) -> list[Told]:
    """Have the newest head of every co-op (or one) stamped by the configured authority."""
    authority = outside.authority()
    if not authority:
        return []
    return [_stamp(schema, authority, by or actor.job(STAMP)) for schema in coops.everywhere() if only in ("", schema)]


def _stamp(schema: str, authority: str, by: Actor) -> Told:
    with coops.inside(schema):
        last = seals.newest()
        done = last is None or seals.is_stamped(last.number, authority)
    if last is None or done:
        return Told(schema, authority, None)
    try:
        answer, at = stamping.stamped(last.head)
    except (stamping.NoStamp, outside.Misconfigured) as error:
        return _troubled(schema, authority, "not_stamped", str(error))
    with coops.inside(schema):
        actions.keep_stamp(
            actor=by,
            now=clock.now(),
            key=ids.derived_key(STAMP, authority, last.number),
            authority=authority,
            number=last.number,
            head=last.head,
            answer=answer,
            at=at,
        )
    return Told(schema, authority, last.number)


def verify_seals() -> None:
    """Verify everything that is sealed; what does not hold leaves an alert that names the first record."""
    first = verifying.verify().first
    if first is not None:
        subject = f"{first.source} {first.record}".strip() or f"seal {first.seal}"
        actions.alert(code="audit.seals_do_not_hold", subject=subject, now=clock.now(), details={"says": first.says})


def scan_log() -> int:
    """Read what the embedded server's log says since last time; return how many refusals were counted."""
    if not addresses.is_embedded():
        return 0
    counted = 0
    for file in sorted(addresses.server().data.glob("log/*.log")):
        with coops.public():
            start = logs.read_upto(file)
            lines, upto = logs.lines_since(file, start)
            if upto == start:
                continue
            logs.keep_place(file, upto, clock.now())
            known = set(coops.everywhere())
            for (schema, what), many in refused.in_log(lines).items():
                counted += many
                with coops.inside(schema if schema in known else coops.PUBLIC):
                    actions.alert(code=refused.REFUSED, subject=what, now=clock.now(), seen_by="log", count=many)
    return counted


def in_public(run: Callable[[], object]) -> Callable[[], None]:
    """Return a job without an answer."""

    def job() -> None:
        run()

    return job


JOBS = (
    Job(name=SEAL, cron="23 * * * *", per_coop=True, run=make_seal),
    Job(name=SEND, cron="31 * * * *", per_coop=False, run=in_public(send_heads)),
    Job(name=STAMP, cron="37 1 * * *", per_coop=False, run=in_public(stamp_heads)),
    Job(name=VERIFY, cron="11 3 * * *", per_coop=True, run=verify_seals),
    Job(name=SCAN, cron="*/10 * * * *", per_coop=False, run=in_public(scan_log)),
)
