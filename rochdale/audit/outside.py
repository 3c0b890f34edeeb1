"""Calls that leave the host: to configured witnesses and time stamp authorities only, for a limited time, never redirected."""

from __future__ import annotations

import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 10
ANSWER_MOST = 1 << 20
_KEY = re.compile(r"[0-9a-f]{64}")


class NotReached(RuntimeError):
    """The other side did not answer, or not as it should."""

    def __init__(self, text: str, status: int = 0, body: bytes = b"") -> None:
        super().__init__(text)
        self.status, self.body = status, body


class Misconfigured(RuntimeError):
    """A setting for witnesses or time stamps cannot be read."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A host to which heads are sent, and the key it signs receipts with."""

    url: str
    key: str


def witnesses() -> list[Witness]:
    """Return the configured witnesses (ROCHDALE_WITNESSES, `URL=KEY` with commas between)."""
    found = []
    for each in filter(None, map(str.strip, os.environ.get("ROCHDALE_WITNESSES", "").split(","))):
        url, _equals, key = each.rpartition("=")
        if not url.startswith(("https://", "http://")) or not _KEY.fullmatch(key):
            raise Misconfigured("ROCHDALE_WITNESSES is not of the form https://host=KEY,… (KEY: 64 hex digits)")
        found.append(Witness(url.rstrip("/"), key))
    return found


def witnessed_hosts() -> frozenset[str]:
    """Return the keys of the hosts whose heads we keep (ROCHDALE_WITNESS_FOR)."""
    return frozenset(filter(None, map(str.strip, os.environ.get("ROCHDALE_WITNESS_FOR", "").split(","))))


def authority() -> str:
    """Return the address of the time stamp authority (ROCHDALE_TSA_URL), or the empty string."""
    return os.environ.get("ROCHDALE_TSA_URL", "").strip()


def authority_certificates() -> bytes:
    """Return the authority's certificates (ROCHDALE_TSA_CERTIFICATE). Raises Misconfigured where there are none."""
    name = os.environ.get("ROCHDALE_TSA_CERTIFICATE", "")
    try:
        return Path(name).read_bytes()
    except OSError:
        raise Misconfigured(f"ROCHDALE_TSA_CERTIFICATE names no file that can be read: {name!r}") from None


def post(url: str, body: bytes, content_type: str) -> bytes:
    """Send bytes and return the answer's. Raises NotReached: no answer in time, a redirect, an error, too much."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": content_type, "User-Agent": "Rochdale"})  # noqa: S310  # configured addresses only
    try:
        with _opener.open(request, timeout=SECONDS) as answer:
            found: bytes = answer.read(ANSWER_MOST + 1)
    except urllib.error.HTTPError as error:
        raise NotReached(f"{url} answered {error.code}", error.code, error.read(ANSWER_MOST)) from None
    except (OSError, ValueError) as error:
        raise NotReached(f"{url} did not answer ({type(error).__name__})") from None
    if len(found) > ANSWER_MOST:
        raise NotReached(f"{url} answered more than it should")
    return found


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
