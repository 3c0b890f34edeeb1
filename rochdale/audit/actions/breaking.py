"""A declared break: after a restore seals are gone that a witness holds. Said aloud, and kept beside what it contradicts."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from rochdale.shared import may
from rochdale.shared.action import action
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

from .. import outside, signing
from ..models import WitnessedBreak
from ..queries import seals
from .witnessing import Contradicts, NotHeads, UnknownHost

BREAK = "rochdale.break.1"
LEAST, MOST = 10, 500


class NothingBroken(Refusal):
    code = "audit.nothing_broken"
    status = 409
    text = _("The witness holds no seal that is not here, so there is no break to declare. Nothing was done.")


class ReasonMissing(Refusal):
    code = "audit.break_reason"
    status = 422
    text = _("Say in {least} to {most} characters why seals are gone: everybody will read it. Nothing was done.")


@action("audit.declare_break", may=may.host_operator, about=("number", "upto"), private=("reason",))
def declare_break(*, actor: Actor, now: datetime, key: str, number: int, upto: int, reason: str) -> None:
    """Record that the seals after `number`, up to `upto`, which a witness holds, are gone here, and why.

    The witness is told afterwards. Refuses a reason that says nothing, and a break where nothing is gone.
    """
    if not LEAST <= len(reason.strip()) <= MOST:
        raise ReasonMissing(least=LEAST, most=MOST)
    if upto <= number:
        raise NothingBroken()


@action("audit.keep_break", may=may.jobs, recorded=False)
def keep_break(*, actor: Actor, now: datetime, key: str, body: bytes, signature: str) -> dict[str, Any]:
    """Keep that another host declared a break; what it withdraws stays kept and shown, and its next seals begin a new era.

    Returns what was withdrawn. The same declaration again changes nothing. Refuses hosts this one
    is no witness for, a last common seal that is not held here, and a break where nothing is withdrawn.
    """
    given, declared_at = _read(body, signature)
    host_key, coop, number = given["host_key"], given["coop"], given["number"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock('audit_witnessedseal'::regclass::oid::integer, hashtext(%s))", [host_key + coop]
        )
    mine = WitnessedBreak.objects.filter(host_key=host_key, coop=coop)
    known = mine.filter(declared_at=declared_at).first()
    if known is not None:
        return {"number": known.number, "upto": known.upto}
    standing = seals.standing(host_key, coop)
    heads = dict(standing.values_list("number", "head"))
    if number and (number not in heads or bytes(heads[number]).hex() != given["head"]):
        raise Contradicts(number=number)
    upto = max(heads, default=0)
    if upto <= number:
        raise NothingBroken()
    era = (mine.aggregate(last=Max("era"))["last"] or 0) + 1
    WitnessedBreak.objects.create(
        host_key=host_key, coop=coop, era=era, number=number, upto=upto, reason=given["reason"], declared_at=declared_at,
        received_at=now, document={"said": given, "signature": signature},
    )  # fmt: skip
    return {"number": number, "upto": upto}


def _read(body: bytes, signature: str) -> tuple[dict[str, Any], datetime]:
    try:
        given = json.loads(body)
        words = [given[name] for name in ("host_key", "coop", "host", "reason", "head", "declared_at")]
        declared_at = datetime.fromisoformat(given["declared_at"])
        if (
            given["format"] != BREAK
            or not all(isinstance(each, str) for each in words)
            or type(given["number"]) is not int
            or not 0 <= given["number"] < 2**31
            or not LEAST <= len(given["reason"].strip()) <= MOST
            or len(given["coop"]) > 40
            or declared_at.tzinfo is None
        ):
            raise NotHeads()
    except (KeyError, TypeError, ValueError, RecursionError):
        raise NotHeads() from None
    if given["host_key"] not in outside.witnessed_hosts() or not signing.is_signed(body, signature, given["host_key"]):
        raise UnknownHost()
    return given, declared_at
