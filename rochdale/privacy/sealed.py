"""What every seal covers of the vault, ciphertext and tombstones: columns that never change (docs/explanation/seals.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.module import SealedRows

ROWS = (
    SealedRows(
        code="privacy.sealed_record",
        title=_("Records of the vault, encrypted"),
        table="privacy_sealedrecord",
        columns=("party", "retention_class", "version", "sealed", "recorded_at"),
    ),
    SealedRows(
        code="privacy.tombstone",
        title=_("What was erased"),
        table="privacy_tombstone",
        columns=("party", "retention_class", "forgotten_at", "reason_code"),
    ),
    SealedRows(
        code="privacy.key_generation",
        title=_("Generations of the co-op's key"),
        table="privacy_keygeneration",
        columns=("number", "check_value", "made_at"),
    ),
    SealedRows(
        code="privacy.access_request",
        title=_("Requests to see what is closed"),
        table="privacy_accessrequest",
        columns=("party", "retention_class", "asked_by", "asked_by_person", "reason_sealed", "asked_at"),
    ),
    SealedRows(
        code="privacy.access_opening",
        title=_("Openings by a second person"),
        table="privacy_accessopening",
        columns=("request_id", "opened_by", "opened_at", "until_at"),
    ),
    SealedRows(
        code="privacy.access_look",
        title=_("Looks at what was opened"),
        table="privacy_accesslook",
        columns=("request_id", "looked_at"),
    ),
)
