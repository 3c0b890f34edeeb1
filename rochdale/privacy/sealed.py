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
)
