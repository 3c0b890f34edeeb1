"""What every seal covers of the books: columns that never change (docs/explanation/seals.md)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rochdale.shared.module import SealedParts, SealedRows

ROWS = (
    SealedRows(
        code="ledger.posting",
        title=_("Postings with their transfers"),
        table="ledger_posting",
        columns=("kind", "happened_at", "recorded_at", "source", "via", "tax", "bylaws_version", "reverses", "legs", "epoch"),
        private=("key", "body", "actor", "party", "standing"),
        parts=SealedParts("ledger_transfer", "posting_id", "place", ("place", "debit_id", "credit_id", "amount", "role")),
        salt="body",
        closes=("epoch", "SELECT max(epoch) FROM ledger_checkpoint"),
        hint="key",
    ),
    SealedRows(
        code="ledger.account",
        title=_("Accounts"),
        table="ledger_account",
        columns=("code", "party", "currency", "kind", "scale", "floor", "client_money", "opened_at"),
        hint="code",
    ),
    SealedRows(
        code="ledger.hold",
        title=_("Holds"),
        table="ledger_hold",
        columns=("key", "body", "account_id", "amount", "kind", "placed_at", "expires_at", "source", "actor", "via"),
        hint="key",
    ),
    SealedRows(
        code="ledger.hold_resolution",
        title=_("Ends of holds"),
        table="ledger_holdresolution",
        columns=("key", "body", "outcome", "captured", "resolved_at", "actor"),
        key="hold_id",
        hint="key",
    ),
    SealedRows(
        code="ledger.closed_period",
        title=_("Closed periods"),
        table="ledger_closedperiod",
        columns=("starts_at", "ends_at", "closed_at", "epoch", "actor"),
    ),
    SealedRows(
        code="ledger.import",
        title=_("Imports of other books"),
        table="ledger_importrun",
        columns=("file_hash", "form", "transactions", "begun_at", "actor"),
        hint="file_hash",
    ),
    SealedRows(
        code="ledger.imported_account",
        title=_("Accounts of other books"),
        table="ledger_importedaccount",
        columns=("mark", "code", "party", "kind", "title", "run", "recorded_at"),
        hint="code",
    ),
    SealedRows(
        code="ledger.imported_text",
        title=_("Words of imported bookings"),
        table="ledger_importedtext",
        columns=("run", "line", "sealed"),
        key="posting_id",
    ),
)
