"""The ledger's plug."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module


class Ledger(module.Module):
    name = "rochdale.ledger"
    label = "ledger"
    title: ClassVar[Any] = _("Ledger")
    url_prefix = "ledger"
    schemas = frozenset({"co-op"})

    def posting_kinds(self) -> Sequence[module.PostingKind]:
        return (
            module.PostingKind(
                code="ledger.shortfall",
                title=_("Shortfall"),
                explanation=_("A payment was taken back after its money had been spent; what was missing is owed to the co-op."),
            ),
            module.PostingKind(
                code="ledger.adjustment",
                title=_("Adjusting entry"),
                explanation=_("A closed month was corrected: made by one officer, approved by two others, with its reason."),
            ),
            module.PostingKind(
                code="ledger.imported",
                title=_("Brought in from other books"),
                explanation=_(
                    "It was booked before in the books this co-op kept elsewhere, and came in with them, with its old date."
                ),
            ),
            module.PostingKind(
                code="ledger.opening_balance",
                title=_("Opening balance"),
                explanation=_("What an account stood at on the day these books began."),
            ),
        )

    def accounts(self) -> Sequence[module.AccountPlan]:
        return (
            module.AccountPlan(code="assets.receivable.shortfall", title=_("Owed to the co-op after reversals"), kind="asset"),
        )

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("Accounts"), "ledger:accounts", "money", icon="money", order=80, members_only=True),
            module.MenuItem(
                _("Bring your books"), "ledger:bring_books", "more", icon="books", order=62, for_offices=("treasurer",)
            ),
        )

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def invariants(self) -> Sequence[module.Invariant]:
        from . import invariants

        return invariants.BOOK_CHECKS

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import queries

        return (
            module.PersonalData(
                what=str(_("Words of imported bookings: who was paid and what for, sealed")),
                why=str(_("To show what the books say that were kept before")),
                basis="legal duty",
                retention_class="books",
                kept_for=str(_("As long as the books must be kept")),
                export=queries.old_texts_of,
                erase=None,
            ),
        )

    def closing_checks(self) -> Sequence[module.ClosingCheck]:
        from . import closing

        return closing.checks()

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return jobs.JOBS
