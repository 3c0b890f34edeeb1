"""What can be done in music, split by noun; import this package, not its files."""

from __future__ import annotations

from .catalogue import add_release, add_track, price_track, register_artist, withdraw_track
from .imports import forget_imported_name, import_batch, start_import
from .plays import is_own, record_play

__all__ = [
    "add_release",
    "add_track",
    "forget_imported_name",
    "import_batch",
    "is_own",
    "price_track",
    "record_play",
    "register_artist",
    "start_import",
    "withdraw_track",
]
