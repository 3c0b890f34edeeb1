"""The catalogue of keys: what each key of law is called and means, for a reader who is no lawyer.

A pack may only use keys that stand here. Texts are translatable; the rows of packs are data and are not.
"""

from __future__ import annotations

from typing import Any

from . import deciding, money, people

KEYS: dict[str, tuple[Any, Any]] = {**people.KEYS, **deciding.KEYS, **money.KEYS}


def known(key: str) -> bool:
    """Tell whether packs may use this key."""
    return key in KEYS


def title(key: str, otherwise: str = "") -> str:
    """Return what a key is called in the reader's language; `otherwise` for one that an older text had."""
    return str(KEYS[key][0]) if key in KEYS else otherwise or key


def explanation(key: str) -> str:
    """Return in one sentence what a key means, or the empty string."""
    return str(KEYS[key][1]) if key in KEYS else ""
