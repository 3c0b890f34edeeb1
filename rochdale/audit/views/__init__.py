"""The audit's pages: the trail, the seals, the alerts."""

from __future__ import annotations

from .seals import seal, seals, seals_json, witness_file
from .trail import trail

__all__ = ["seal", "seals", "seals_json", "trail", "witness_file"]
