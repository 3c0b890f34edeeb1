"""The audit's pages: the trail, the seals, the alerts, and what is kept for other hosts."""

from __future__ import annotations

from .alerts import alerts
from .seals import seal, seals, seals_json, witness_file
from .trail import trail
from .witness import receive, receive_break, witnessed_file, witnessed_list

__all__ = [
    "alerts",
    "receive",
    "receive_break",
    "seal",
    "seals",
    "seals_json",
    "trail",
    "witness_file",
    "witnessed_file",
    "witnessed_list",
]
