"""The audit's actions: records and keys (steps of every action), seals, alerts, witnessing."""

from __future__ import annotations

from .alerting import alert
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
    "HEADS",
    "Contradicts",
    "HeadsMissing",
    "KeyTooLong",
    "NotHeads",
    "UnknownHost",
    "alert",
    "claim",
    "claim_id",
    "keep_heads",
    "keep_receipt",
    "keep_stamp",
    "make_seal",
    "note",
    "receipt_holds",
    "write",
]
