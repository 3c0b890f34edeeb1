"""Pure rules about addresses: how an e-mail address and a phone number are written."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[^@\s<>\"',;:]+@[^@\s<>\"',;:]+\.[^@\s<>\"',;:.]+")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


def email_address(given: str) -> str | None:
    """Return an e-mail address trimmed and in lower case, or None where it cannot be one."""
    text = given.strip().lower()
    return text if len(text) <= 254 and _EMAIL.fullmatch(text) else None


def phone_number(given: str) -> str | None:
    """Return a phone number in E.164 form (+ country number), or None where it cannot be one.

    Spaces, dots, hyphens, brackets and a leading 00 are read as people write them; a number
    without its country is not guessed.
    """
    text = re.sub(r"[\s.\-/()\u00a0]", "", given.strip())
    if text.startswith("00"):
        text = "+" + text[2:]
    return text if _PHONE.fullmatch(text) else None
