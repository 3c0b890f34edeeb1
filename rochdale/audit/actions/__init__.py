"""The audit's actions: records and keys (steps of every action), seals, alerts, witnessing."""

from __future__ import annotations

from .records import KeyTooLong, claim, claim_id, note, write
from .sealing import make_seal

__all__ = ["KeyTooLong", "claim", "claim_id", "make_seal", "note", "write"]
