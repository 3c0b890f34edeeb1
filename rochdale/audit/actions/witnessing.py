"""Both sides of witnessing: keep another host's heads and sign for them; keep the receipts and stamps of our own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from rochdale.shared import may
from rochdale.shared.action import action, plain
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import outside, rules, signing, witnessed
from ..models import Receipt, TimeStamp, WitnessedSeal
from ..queries import seals

HEADS, RECEIPT = "rochdale.heads.1", "rochdale.receipt.1"


class UnknownHost(Refusal):
    code = "audit.unknown_host"
    status = 403
    text = _("This host is no witness for the one that asks, or the signature is not its own. Nothing was kept.")


class NotHeads(Refusal):
    code = "audit.not_heads"
    status = 422
    text = _("What was sent is no list of seals, or does not hold in itself. Nothing was kept.")


class HeadsMissing(Refusal):
    code = "audit.heads_missing"
    status = 409
    text = _("Seals between no. {last} and what was sent are missing. Nothing was kept; send those after no. {last}.")


class Contradicts(Refusal):
    code = "audit.heads_contradict"
    status = 409
    text = _("Seal no. {number} is not the one this witness holds. Nothing was kept, and an alert was raised.")


@action("audit.keep_heads", may=may.jobs, recorded=False)
def keep_heads(*, actor: Actor, now: datetime, key: str, body: bytes, signature: str) -> dict[str, Any]:
    """Keep the seals of a co-op on another host, and return a signed receipt for the last of them.

    `body` is the document as it came, signed by the host. What is held already is compared, and
    only what follows it is added. Refuses hosts this one is no witness for, seals that do not
    follow each other, a gap, another head than the one held, and fewer seals than are held.
    """
    given, lines = _read(body, signature)
    host_key, coop = given["host_key"], given["coop"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock('audit_witnessedseal'::regclass::oid::integer, hashtext(%s))", [host_key + coop]
        )
    held = seals.standing(host_key, coop)
    last = held.order_by("-number").first()
    known = {row.number: bytes(row.head) for row in held.filter(number__gte=lines[0].number)}
    for line in lines:
        if known.get(line.number, line.head) != line.head:
            raise Contradicts(number=line.number)
    reached = last.number if last else 0
    if lines[-1].number < reached:
        raise Contradicts(number=lines[-1].number + 1)
    if lines[0].number > reached + 1:
        raise HeadsMissing(last=reached)
    fresh = [line for line in lines if line.number > reached]
    if fresh and fresh[0].previous != (bytes(last.head) if last else rules.NOTHING):
        raise Contradicts(number=reached)
    WitnessedSeal.objects.bulk_create(
        WitnessedSeal(
            host_key=host_key, host=given["host"][:200], coop=coop, number=line.number, sealed_at=line.sealed_at,
            records=line.records, root=line.root, previous=line.previous, head=line.head, received_at=now,
            era=seals.era(host_key, coop),
        )
        for line in fresh
    )  # fmt: skip
    receipt = {
        "format": RECEIPT,
        "witness": witnessed.own_address(),
        "witness_key": signing.public_key(),
        "host_key": host_key,
        "coop": coop,
        "number": lines[-1].number,
        "head": lines[-1].head.hex(),
        "received_at": now.isoformat(),
    }
    return {"receipt": receipt, "signature": signing.sign(plain(receipt).encode())}


@action("audit.keep_receipt", may=may.jobs | may.host_operator, recorded=False)
def keep_receipt(*, actor: Actor, now: datetime, key: str, witness: str, witness_key: str, answer: Mapping[str, Any]) -> int:
    """Keep a witness's signed receipt for one of our seals; return the seal's number. Refuses one that is not its own."""
    receipt = answer.get("receipt")
    if not isinstance(receipt, Mapping) or not receipt_holds(answer, witness_key):
        raise NotHeads()
    Receipt.objects.bulk_create(
        [
            Receipt(
                number=int(receipt["number"]),
                head=bytes.fromhex(receipt["head"]),
                witness=witness[:200],
                received_at=datetime.fromisoformat(receipt["received_at"]),
                document=dict(answer),
            )
        ],
        ignore_conflicts=True,
    )
    return int(receipt["number"])


@action("audit.keep_stamp", may=may.jobs | may.host_operator, recorded=False)
def keep_stamp(
    *, actor: Actor, now: datetime, key: str, authority: str, number: int, head: bytes, answer: bytes, at: datetime
) -> None:
    """Keep a time stamp over the head of one of our seals; a second one of the same authority changes nothing."""
    TimeStamp.objects.bulk_create(
        [TimeStamp(number=number, head=head, authority=authority[:200], stamped_at=at, answer=answer)], ignore_conflicts=True
    )


def receipt_holds(answer: Mapping[str, Any], witness_key: str) -> bool:
    """Return whether a receipt is signed by a witness's key."""
    signed = plain(answer.get("receipt")).encode()
    return signing.is_signed(signed, str(answer.get("signature", "")), witness_key)


def _read(body: bytes, signature: str) -> tuple[dict[str, Any], list[rules.SealLine]]:
    try:
        given = json.loads(body)
        lines = [rules.read(each) for each in given["seals"]]
        words = [given[name] for name in ("host_key", "coop", "host")]
        if given["format"] != HEADS or not lines or not all(isinstance(each, str) for each in words) or len(given["coop"]) > 40:
            raise NotHeads()
    except (KeyError, TypeError, ValueError, RecursionError):
        raise NotHeads() from None
    if given["host_key"] not in outside.witnessed_hosts() or not signing.is_signed(body, signature, given["host_key"]):
        raise UnknownHost()
    if (
        lines[-1].number >= 2**31
        or max(line.records for line in lines) >= 2**63
        or rules.first_break(lines, after=lines[0].number - 1, previous=lines[0].previous)
    ):
        raise NotHeads()
    return given, lines
