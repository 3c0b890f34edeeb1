"""The audit's actions: records and keys (steps of every action), seals, alerts, witnessing."""

from __future__ import annotations

from .alerting import alert
from .breaking import BREAK, NothingBroken, ReasonMissing, declare_break, keep_break
from .records import KeyTooLong, claim, claim_id, note, write
from .sealing import make_seal
from .witnessing import (
    HEADS,
    Contradicts,
    HeadsMissing,
    NotHeads,
    UnknownHost,
    keep_heads,
    keep_receipt,
    keep_stamp,
    receipt_holds,
)

__all__ = [
    "BREAK",
    "HEADS",
    "Contradicts",
    "HeadsMissing",
    "KeyTooLong",
    "NotHeads",
    "NothingBroken",
    "ReasonMissing",
    "UnknownHost",
    "alert",
    "claim",
    "claim_id",
    "declare_break",
    "keep_break",
    "keep_heads",
    "keep_receipt",
    "keep_stamp",
    "make_seal",
    "note",
    "receipt_holds",
    "write",
]
