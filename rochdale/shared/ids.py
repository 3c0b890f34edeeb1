"""Identifiers: time-ordered UUIDs, and keys that make a write idempotent."""

from __future__ import annotations

import hashlib
import uuid

from uuid_utils.compat import uuid7

KEY_LENGTH = 200


def new_id() -> uuid.UUID:
    """Return a fresh time-ordered UUID (version 7)."""
    return uuid7()


def derived_key(*parts: object) -> str:
    """Join the parts into one idempotency key; a key too long to store is shortened by its hash."""
    key = ":".join(str(part) for part in parts)
    if len(key) <= KEY_LENGTH:
        return key
    return f"{key[:100]}:{hashlib.sha256(key.encode()).hexdigest()}"
