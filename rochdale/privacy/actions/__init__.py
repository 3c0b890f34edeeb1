"""What can be done with the vault, its keys, and what is closed in it."""

from .access import (
    ASK,
    OPEN,
    AlreadyOpened,
    NoSuchRequest,
    NothingKept,
    OwnData,
    ReasonMissing,
    RequestLapsed,
    SecondHuman,
    ask_access,
    look,
    open_access,
)
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
from .many import keep_many
from .vault import ChangedMeanwhile, Forgotten, UnknownRetentionClass, forget, keep

__all__ = [
    "ASK",
    "OPEN",
    "AlreadyOpened",
    "ChangedMeanwhile",
    "Forgotten",
    "NoSuchRequest",
    "NotANote",
    "NothingKept",
    "OwnData",
    "ReasonMissing",
    "RequestLapsed",
    "RotatedJustNow",
    "SecondHuman",
    "StillNeeded",
    "UnknownGeneration",
    "UnknownRetentionClass",
    "ask_access",
    "forget",
    "keep",
    "keep_many",
    "look",
    "note_key_copy",
    "open_access",
    "retire_generation",
    "rewrap_keys",
    "rotate_host_key",
    "rotate_key",
]
