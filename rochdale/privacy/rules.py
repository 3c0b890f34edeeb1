"""Pure parts of the vault: the retention classes, and how names, phones and addresses are compared."""

from __future__ import annotations

import unicodedata

RETENTION_CLASSES = ("register", "contact", "desk")
"""`register`: what the law's register asks for, kept longest. `contact`: how to reach them, gone
when they leave. `desk`: what an officer noted so that a person without a log-in can be served."""


def sort_key(name: str) -> str:
    """Return what names are ordered by: marks stripped, case folded, spaces joined.

    The embedded server has no ICU and names are sealed in any case, so the order is made here.
    """
    if name.isascii():
        return " ".join(name.casefold().split())
    apart = unicodedata.normalize("NFKD", name)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def same_phone(given: str) -> str:
    """Write a phone number in the one way it is compared: a plus sign and digits."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", given) if sign.isdigit())
    international = given.strip().startswith("+") or digits.startswith("00")
    return "+" + digits.removeprefix("00") if international else digits


def same_email(given: str) -> str:
    """Write an e-mail address in the one way it is compared."""
    return unicodedata.normalize("NFKC", given).strip().casefold()
