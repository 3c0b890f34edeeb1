"""A key as a file for moving it: sealed with a passphrase by scrypt (RFC 7914), so that the file alone opens nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets

from django.utils.translation import gettext_lazy as _

from rochdale.shared.refusals import Refusal

from . import rings, sealing
from .rings import Ring

FORMAT = "rochdale exported key 1"
LEAST = 12
_N, _R, _P = 1 << 16, 8, 1
_MOST_MEMORY = 160 << 20


class PassphraseShort(Refusal):
    code = "shared.passphrase_short"
    status = 422
    text = _("A passphrase for a key has at least {least} characters. Nothing was written; take five or six words.")


class WrongPassphrase(Refusal):
    code = "shared.wrong_passphrase"
    status = 422
    text = _("The passphrase does not open this file, or the file was changed. Nothing was written.")


class NotAKeyFile(Refusal):
    code = "shared.not_an_exported_key"
    status = 422
    text = _("This is no file that “rochdale keys export” wrote, or it was cut. Nothing was written.")


def seal_ring(ring: Ring, *, passphrase: str, coop: str) -> bytes:
    """Return a file's content that holds a key for whoever knows the passphrase. Refuses a short one."""
    if len(passphrase) < LEAST:
        raise PassphraseShort(least=LEAST)
    salt = secrets.token_bytes(16)
    sealed = sealing.seal(ring.to_bytes(), key=_stretched(passphrase, salt), about=f"exported key:{coop}")
    kept = {"format": FORMAT, "coop": coop, "generation": ring.newest, "check": ring.checks[ring.newest]}
    kept |= {"salt": salt.hex(), "scrypt": [_N, _R, _P], "sealed": base64.b64encode(sealed).decode()}
    return json.dumps(kept, indent=1).encode() + b"\n"


def open_ring(given: bytes, *, passphrase: str) -> tuple[str, Ring]:
    """Return the slug and the key in such a file. Refuses another file and a wrong passphrase."""
    try:
        kept = json.loads(given)
        if kept["format"] != FORMAT or kept["scrypt"] != [_N, _R, _P]:
            raise NotAKeyFile()
        salt, sealed, coop = bytes.fromhex(kept["salt"]), base64.b64decode(kept["sealed"]), str(kept["coop"])
    except (ValueError, KeyError, TypeError):
        raise NotAKeyFile() from None
    try:
        plain = sealing.unseal(sealed, key=_stretched(passphrase, salt), about=f"exported key:{coop}")
        return coop, rings.from_bytes(plain)
    except (sealing.NotOpened, rings.RingDamaged):
        raise WrongPassphrase() from None


def _stretched(passphrase: str, salt: bytes) -> bytes:
    """64 MB and some 0.2 s for each try (N=2^16, r=8, p=1): guessing costs memory, not only time."""
    return hashlib.scrypt(passphrase.encode(), salt=salt, n=_N, r=_R, p=_P, dklen=32, maxmem=_MOST_MEMORY)
