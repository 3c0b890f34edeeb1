"""The plug of payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module, money

LARGE_UNITS = {"INR": 100, "KES": 100, "JPY": 100, "NGN": 1000, "UGX": 4000, "TZS": 2500, "XOF": 500}


def a_hundred(currency: str) -> int:
    """Return about a hundred euros' worth in a currency, as a default."""
    return 100 * LARGE_UNITS.get(currency, 1) * money.ONE


class Payments(module.Module):
    """Money in and out of the co-op: wallets, the cash desk, two people above a limit."""

    name = "rochdale.payments"
    label = "payments"
    title = _("Money in and out")
    url_prefix = "money"

    def posting_kinds(self) -> Sequence[module.PostingKind]:
        return (
            module.PostingKind(
                "payments.top_up",
                _("Wallet topped up"),
                _("Money came in for a wallet; it stays the member's."),
                flow=("members", "wallets"),
            ),
            module.PostingKind(
                "payments.refund",
                _("Wallet paid back"),
                _("Unspent money was given back at par."),
                flow=("wallets", "members"),
            ),
            module.PostingKind(
                "payments.cash_moved",
                _("Money moved between accounts"),
                _("Cash was banked, or money went between the co-op's accounts."),
            ),
            module.PostingKind(
                "payments.desk_difference",
                _("Desk difference"),
                _("The till was counted and did not hold what the books say."),
            ),
            module.PostingKind(
                "payments.suspense",
                _("Money put aside"),
                _("The bank shows money nobody can place yet, or it was given back."),
            ),
            module.PostingKind("payments.bank_fee", _("Bank fee"), _("What the bank takes for its services.")),
            module.PostingKind(
                "payments.bank_interest", _("Bank interest"), _("What the bank pays, or takes, for money that lies there.")
            ),
        )

    def accounts(self) -> Sequence[module.AccountPlan]:
        return (
            module.AccountPlan(code="assets.bank.client", title=_("Bank account for members' money"), kind="asset"),
            module.AccountPlan(code="assets.bank.own", title=_("The co-op's own bank account"), kind="asset"),
            module.AccountPlan(code="assets.cash.desk", title=_("Cash in the till"), kind="asset", guarded=True, floor=0),
            module.AccountPlan(
                code="liabilities.wallet",
                title=_("Wallet"),
                kind="liability",
                per="party",
                guarded=True,
                floor=0,
                client_money=True,
                place=_("Wallets"),
            ),
            module.AccountPlan(
                code="liabilities.suspense",
                title=_("Money put aside, owed to somebody"),
                kind="liability",
                guarded=True,
                floor=0,
                client_money=True,
                place=_("Put aside"),
            ),
            module.AccountPlan(
                code="assets.suspense", title=_("Money gone, not yet explained"), kind="asset", guarded=True, floor=0
            ),
            module.AccountPlan(code="expenses.bank_fees", title=_("Bank fees"), kind="expense"),
            module.AccountPlan(code="income.bank_interest", title=_("Bank interest"), kind="income"),
            module.AccountPlan(code="expenses.desk_differences", title=_("Desk differences"), kind="expense"),
        )

    def bylaws(self) -> Sequence[module.Bylaw]:
        return (
            module.Bylaw(
                key="payments.two_people_above",
                unit="money",
                title=_("Two people above"),
                help=_("Top-ups and refunds above this, alone or together within 24 hours, need a second person."),
                default=a_hundred,
                minimum=0,
                means=lambda amount: str(
                    _("Nobody moves more than {amount} in a day alone: a second person looks at it.")
                ).format(amount=amount),
                used_by="rochdale.payments.actions.top_up",
            ),
            module.Bylaw(
                key="payments.wallet_cap",
                unit="money",
                title=_("Most in a wallet"),
                help=_("The most a wallet may hold. The law's cap, where there is one, comes first."),
                default=a_hundred,
                minimum=money.ONE,
                law="wallet.cap",
                means=lambda amount: str(_("A wallet holds at most {amount}.")).format(amount=amount),
                used_by="rochdale.payments.queries.wallet_terms",
            ),
            module.Bylaw(
                key="payments.bank_line_first",
                unit="yes_no",
                title=_("The bank's line first"),
                help=_(
                    "A wallet is topped up by bank only with the line of the bank's statement that brought the money; "
                    "whoever brought the statement in does not do it alone."
                ),
                default=False,
                means=lambda wanted: (
                    _("A wallet is topped up by bank only when the bank's statement shows the money.")
                    if wanted
                    else _("A wallet may be topped up by bank before the statement shows the money; it is held against it later.")
                ),
                used_by="rochdale.payments.actions.top_up",
            ),
        )

    def law_rows(self) -> Sequence[module.LawRow]:
        reader = "rochdale.payments.queries.wallet_terms"
        return tuple(module.LawRow(key, reader) for key in ("wallet.kind", "wallet.refund", "escrow.holder"))

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("Wallet"), "payments:wallet", "money", icon="money", order=10, members_only=True),
            module.MenuItem(
                _("Treasurer's desk"), "payments:desk", "money", icon="desk", order=20, for_offices=("treasurer", "cashier")
            ),
            module.MenuItem(
                _("Bank and months"),
                "payments:months",
                "money",
                icon="books",
                order=30,
                for_offices=("treasurer", "cashier", "auditor", "board", "chair"),
            ),
        )

    def home_cards(self, party: UUID, now: datetime) -> Sequence[module.Card]:
        from . import cards

        return cards.home_cards(party, now)

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import cards

        return cards.personal_data()

    def obligations(self, party: UUID, now: datetime) -> Sequence[module.Obligation]:
        from . import cards

        return cards.obligations(party, now)

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs

        return (module.Job("payments.check_cover", "15 5 * * *", True, jobs.check_cover),)

    def messages(self) -> Sequence[module.MessageKind]:
        return (
            module.MessageKind("payments.not_covered", _("Members' money is not covered"), True, "payments/messages/not_covered"),
        )

    def closing_checks(self) -> Sequence[module.ClosingCheck]:
        from . import queries

        return queries.checks()

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries

        return (
            module.Invariant("P1", "Every movement that needs two people has them", queries.large_movements_without_approval),
            module.Invariant("P2", "Money held for people covers what is owed to them", queries.client_money_not_covered),
            module.Invariant("P3", "Receipt numbers run from 1 without a gap", queries.receipts_with_gaps),
            module.Invariant("P4", "What is matched adds up to the same in bank and books", queries.sums_that_differ),
            module.Invariant("P5", "No bank line and no entry is matched twice", queries.matched_twice),
            module.Invariant(
                "P6", "Every adjusting entry was approved by two besides its maker", queries.adjusting_entries_without_two
            ),
            module.Invariant("P7", "Nobody closed a month alone", queries.months_closed_alone),
            module.Invariant("P8", "A desk day closed when its cash was counted", queries.desk_days_unlike_their_count),
        )

    def commands(self) -> Any:
        from . import commands

        return commands.app
