"""The plug of members."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rochdale.shared import action, module

OFFICERS = ("board", "chair", "secretary")


class Members(module.Module):
    """Who belongs to the co-op, and what they hold of it."""

    name = "rochdale.members"
    label = "members"
    title = _("Members")
    url_prefix = "members"

    def ready(self) -> None:
        """Answer the modules below: who acts for an organisation, whose offices rest, who is in imported books."""
        from rochdale.ledger import actions as ledger

        from . import actions, queries

        ledger.people_of_books = actions.take_in_people
        action.doors.stands_for = queries.stands_for
        action.doors.same_human = queries.is_same_human
        action.doors.rests = queries.exclusion.rests

    def posting_kinds(self) -> Sequence[module.PostingKind]:
        return (
            module.PostingKind(
                code="members.share_payment",
                title=_("Shares paid"),
                explanation=_("A member paid for shares; the money is the co-op's own capital."),
                flow=("members", "share capital"),
            ),
            module.PostingKind(
                code="members.share_capital_brought_in",
                title=_("Share capital brought in"),
                explanation=_(
                    "What members had paid for their shares in the register and books kept before; it came in with them."
                ),
            ),
            module.PostingKind(
                code="members.share_withdrawal",
                title=_("Shares given back"),
                explanation=_(
                    "Shares were given back at par; what is kept of a leaver's shares went to the reserve (role “kept”)."
                ),
                flow=("share capital", "members"),
            ),
        )

    def accounts(self) -> Sequence[module.AccountPlan]:
        return (
            module.AccountPlan(code="equity.share_capital", title=_("Share capital"), kind="equity"),
            module.AccountPlan(
                code="equity.kept_of_leavers", title=_("Kept of the shares of members who left (reserve)"), kind="equity"
            ),
            module.AccountPlan(code="equity.brought_in", title=_("Brought in with an old register"), kind="equity"),
        )

    def bylaws(self) -> Sequence[module.Bylaw]:
        from . import bylaws

        return bylaws.declared()

    def law_rows(self) -> Sequence[module.LawRow]:
        return (
            module.LawRow("register.visibility", "rochdale.members.queries.register.register_view"),
            module.LawRow("register.view_without_holdings", "rochdale.members.queries.register.register_view"),
            module.LawRow("share.withdrawable", "rochdale.members.queries.shares.withdrawable"),
            module.LawRow("share.max_per_member.assets_pct", "rochdale.members.queries.shares.maximum_holding"),
            module.LawRow("share.max_per_member.capital_part", "rochdale.members.queries.shares.maximum_holding"),
            module.LawRow("exit.refund.years", "rochdale.members.queries.requests.buy_back_due"),
            module.LawRow("exit.refund.months", "rochdale.members.queries.requests.buy_back_due"),
            module.LawRow("exit.refund.min_part_a_year", "rochdale.members.queries.requests.due_by_now"),
            module.LawRow("exit.refund.heirs_years", "rochdale.members.queries.requests.heirs_term"),
            module.LawRow("register.fields", "rochdale.members.queries.copies.more_fields"),
            module.LawRow("raise.max_without_permission", "rochdale.members.actions.shares.buy_shares"),
        )

    def messages(self) -> Sequence[module.MessageKind]:
        from . import leaving_plug

        return (
            module.MessageKind("members.admitted", _("You were admitted"), True, "members/messages/admitted"),
            module.MessageKind("members.refused", _("Your application was refused"), True, "members/messages/refused"),
            module.MessageKind(
                "members.transfer_offered", _("Somebody offers you shares"), True, "members/messages/transfer_offered"
            ),
            module.MessageKind("members.transfer_done", _("Shares were transferred"), True, "members/messages/transfer_done"),
            module.MessageKind(
                "members.transfer_refused", _("A transfer of shares was refused"), True, "members/messages/transfer_refused"
            ),
            module.MessageKind("members.bought_back", _("Shares were bought back"), True, "members/messages/bought_back"),
            module.MessageKind(
                "members.instalment_overdue",
                _("An instalment for shares is overdue"),
                True,
                "members/messages/instalment_overdue",
            ),
            module.MessageKind(
                "members.appeal_rejected", _("Your appeal was rejected"), True, "members/messages/appeal_rejected"
            ),
            *leaving_plug.messages(),
        )

    def menu(self) -> Sequence[module.MenuItem]:
        return (
            module.MenuItem(_("My membership"), "members:membership", "more", icon="card", order=20, members_only=True),
            module.MenuItem(_("My shares"), "members:shares", "more", icon="share", order=22, members_only=True),
            module.MenuItem(
                _("Shares: what waits"),
                "members:share_desk",
                "more",
                icon="share",
                order=42,
                for_offices=(*OFFICERS, "treasurer"),
            ),
            module.MenuItem(_("Register of members"), "members:register", "more", icon="people", order=30),
            module.MenuItem(
                _("Bring your members"), "members:bring_members", "more", icon="people", order=63, for_offices=("secretary",)
            ),
            module.MenuItem(_("Applications"), "members:applications", "more", icon="inbox", order=40, for_offices=OFFICERS),
            module.MenuItem(_("Leaving and exclusion"), "members:leavers", "more", icon="people", order=42, for_offices=OFFICERS),
            module.MenuItem(
                _("Serve at the desk"),
                "members:desk",
                "more",
                icon="desk",
                order=45,
                for_offices=(*OFFICERS, "treasurer", "cashier"),
            ),
        )

    def home_cards(self, party: UUID, now: datetime) -> Sequence[module.Card]:
        from . import cards

        return cards.home_cards(party, now)

    def personal_data(self) -> Sequence[module.PersonalData]:
        from . import export

        return export.declared()

    def obligations(self, party: UUID, now: datetime) -> Sequence[module.Obligation]:
        from . import queries

        return queries.leaving.own_obligations(party, now)

    def jobs(self) -> Sequence[module.Job]:
        from . import jobs, leaving_plug

        return (
            module.Job("members.remind_instalments", "20 6 * * *", per_coop=True, run=jobs.remind_instalments),
            *leaving_plug.jobs(),
        )

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealing

        return sealing.declared()

    def commands(self) -> Any:
        from . import commands

        return commands.app

    def invariants(self) -> Sequence[module.Invariant]:
        from . import leaving_plug, queries

        return (
            *leaving_plug.invariants(),
            module.Invariant("M1", "Every admission has the act that allowed it", queries.admissions_without_act),
            module.Invariant("M2", "Member numbers run from 1 without a gap", queries.numbers_with_gaps),
            module.Invariant("M3", "Shares paid in equal the ledger's share capital", queries.register_differs_from_ledger),
            module.Invariant("M4", "Nobody subscribed for more than bylaws and law allow", queries.holdings_above_maximum),
            module.Invariant("M5", "No holding is ever below nothing or paid beyond its price", queries.overpaid_subscriptions),
            module.Invariant("M6", "Every member belongs to a class", queries.classes_without_start),
            module.Invariant("M7", "Shares that changed hands came in as they went out", queries.halves_without_their_other),
            module.Invariant("M8", "No more was bought back than was asked for", queries.bought_back_beyond_the_request),
            module.Invariant(
                "M9", "Copies made of the register come out again as they were", queries.copies_that_come_out_differently
            ),
        )
