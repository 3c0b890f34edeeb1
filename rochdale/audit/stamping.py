"""RFC 3161 time stamps over the heads of seals: ask for one, and check one again later."""

from __future__ import annotations

from datetime import datetime

import rfc3161_client as rfc3161
from cryptography import x509
from rfc3161_client.errors import VerificationError

from . import outside


class NoStamp(RuntimeError):
    """The authority did not answer with a good time stamp."""


def stamped(head: bytes) -> tuple[bytes, datetime]:
    """Ask the configured authority to stamp a head; return its whole answer and the moment in it. Raises NoStamp."""
    request = rfc3161.TimestampRequestBuilder().data(head).hash_algorithm(rfc3161.HashAlgorithm.SHA256).build()
    try:
        answer = outside.post(outside.authority(), request.as_bytes(), "application/timestamp-query")
    except outside.NotReached as error:
        raise NoStamp(str(error)) from None
    return answer, check(answer, head, nonce=request.nonce)


def check(answer: bytes, head: bytes, *, nonce: int | None = None) -> datetime:
    """Return the moment of a stamp over a head. Raises NoStamp where the configured authority did not make it."""
    root, *between = x509.load_pem_x509_certificates(outside.authority_certificates())
    builder = rfc3161.VerifierBuilder().add_root_certificate(root)
    for certificate in between:
        builder = builder.add_intermediate_certificate(certificate)
    if nonce is not None:
        builder = builder.nonce(nonce)
    try:
        read = rfc3161.decode_timestamp_response(answer)
        builder.build().verify_message(read, head)
    except (VerificationError, ValueError) as error:
        raise NoStamp(f"the time stamp is not good: {error}") from None
    return read.tst_info.gen_time
