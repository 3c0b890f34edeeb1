"""What can be done with the vault, its keys, and what is closed in it."""

from .generations import (
    NotANote,
    RotatedJustNow,
    StillNeeded,
    UnknownGeneration,
    note_key_copy,
    retire_generation,
    rewrap_keys,
    rotate_host_key,
    rotate_key,
)
from .vault import ChangedMeanwhile, Forgotten, UnknownRetentionClass, forget, keep

__all__ = [
    "ChangedMeanwhile",
    "Forgotten",
    "NotANote",
    "RotatedJustNow",
    "StillNeeded",
    "UnknownGeneration",
    "UnknownRetentionClass",
    "forget",
    "keep",
    "note_key_copy",
    "retire_generation",
    "rewrap_keys",
    "rotate_host_key",
    "rotate_key",
]
