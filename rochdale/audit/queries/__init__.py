"""What the audit tells: the trail, the seals, the alerts."""

from __future__ import annotations

from .records import NOTED, SEES_ALL, VIA, Line, acts_about, export, keys_without_record, sees_all, times, trail

__all__ = [
    "NOTED",
    "SEES_ALL",
    "VIA",
    "Line",
    "acts_about",
    "export",
    "keys_without_record",
    "sees_all",
    "times",
    "trail",
]
