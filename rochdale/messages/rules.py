"""Pure rules: when to try again, how a rendered text falls into subject and body, how long an SMS is."""

from __future__ import annotations

from datetime import timedelta

MOST_ATTEMPTS = 6
CLAIM_LASTS = timedelta(minutes=10)
"""A message whose sender was killed is tried again after this long."""

CODES_ARE_KEPT = timedelta(days=1)

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_TWICE = frozenset("^{}\\[~]|€")


def wait_before(attempt: int) -> timedelta | None:
    """Return how long to wait after so many failed attempts: 1, 4, 16, 64, 256 minutes; None gives up."""
    return None if attempt >= MOST_ATTEMPTS else timedelta(minutes=4 ** max(0, attempt - 1))


def subject_and_body(rendered: str) -> tuple[str, str]:
    """Split a rendered e-mail or letter: its first line is the subject, the rest after an empty line the body."""
    first, _, rest = rendered.strip().partition("\n")
    return " ".join(first.split()), rest.strip() + "\n"


def sms_parts(text: str) -> int:
    """Return how many parts an SMS takes: 160 GSM-7 characters or 70 others in one, 153 or 67 in each of several."""
    if all(letter in _GSM7 or letter in _GSM7_TWICE for letter in text):
        length = len(text) + sum(letter in _GSM7_TWICE for letter in text)
        return 1 if length <= 160 else -(-length // 153)
    length = len(text.encode("utf-16-be")) // 2
    return 1 if length <= 70 else -(-length // 67)


def masked(address: str) -> str:
    """Return an address of which only enough is left to recognise it: a…@example.org, +353…67."""
    if "@" in address:
        name, _, host = address.partition("@")
        return f"{name[:1]}…@{host}"
    return f"{address[:4]}…{address[-2:]}" if address.startswith("+") else "…"
