"""The plug of the bylaws: its own bylaws, the effect that changes bylaws, and the checks B1 to B3."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core import checks
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rochdale.shared import action, clock, links, module


class Bylaws(module.Module):
    name = "rochdale.bylaws"
    label = "bylaws"
    title = _("Bylaws")
    url_prefix = "bylaws"

    def ready(self) -> None:
        """Tell the ledger and the audit trail which version stands, and check what modules declare."""
        from rochdale.ledger import actions as ledger

        from . import declarations, queries

        ledger.rules_in_force = queries.version_at
        action.doors.version = queries.version_at
        action.doors.bylaw = queries.value
        checks.register(declarations.check_declarations)

    def bylaws(self) -> Sequence[module.Bylaw]:
        return (
            module.Bylaw(
                key="bylaws.year_start_month",
                unit="count",
                title=_("When the financial year begins"),
                help=_("The month, from 1 for January to 12 for December, on whose first day a financial year begins."),
                default=1,
                means=_year_start,
                minimum=1,
                maximum=12,
                used_by="rochdale.bylaws.queries.documents.financial_year",
            ),
            module.Bylaw(
                key="bylaws.change_delay_days",
                unit="days",
                title=_("How long after the decision a change of bylaws begins"),
                help=_("Whole days between adopting changed bylaws and the day they bind, so that everyone can learn of them."),
                default=0,
                means=_change_delay,
                minimum=0,
                maximum=366,
                used_by="rochdale.bylaws.queries.documents.earliest_beginning",
            ),
        )

    def law_rows(self) -> Sequence[module.LawRow]:
        return (
            module.LawRow("members.min", "rochdale.bylaws.queries.choices.founders_minimum"),
            module.LawRow("bylaws.change.effective", "rochdale.bylaws.actions.change"),
            module.LawRow("report.annual", "rochdale.bylaws.queries.documents.report_due"),
        )

    def effects(self) -> Sequence[module.Effect]:
        from . import actions

        return (module.Effect("bylaws.change", _("Change the bylaws"), actions.change, actions.reverse_change),)

    def menu(self) -> Sequence[module.MenuItem]:
        return (module.MenuItem(_("Bylaws"), "bylaws:document", "more", icon="book", order=10),)

    def sealed(self) -> Sequence[module.SealedRows]:
        from . import sealed

        return sealed.ROWS

    def invariants(self) -> Sequence[module.Invariant]:
        from . import queries

        return (
            module.Invariant("B1", "Every version of the bylaws was adopted by a recorded act.", queries.versions_without_act),
            module.Invariant("B2", "No bylaw lay outside the law's bounds while it stood, until today.", _outside_until_now),
            module.Invariant("B3", "Every version and pack is what it was when adopted.", queries.versions_that_do_not_match),
        )

    def closing_checks(self) -> Sequence[module.ClosingCheck]:
        return (module.ClosingCheck("bylaws.within_law", _("The bylaws keep to the law as it stands"), _look_at_law, order=80),)

    def health(self) -> Iterator[module.HealthLine]:
        """Say whether every pack of law is the released one: an edited file would let somebody rewrite the law."""
        from . import queries

        damaged = queries.damaged_packs()
        says = "; ".join(f"{name}: {why}" for name, why in damaged) or "all packs are the released ones"
        yield module.HealthLine(
            "packs of law",
            not damaged,
            says,
            "Install Rochdale anew: a pack's file was edited or is broken.",
            float(len(damaged)),
        )

    def commands(self) -> Any:
        from . import commands

        return commands.app


def _outside_until_now() -> Sequence[dict[str, Any]]:
    from . import queries

    return queries.values_out_of_bounds(clock.now())


def _look_at_law(start: datetime, end: datetime, now: datetime) -> module.ClosingFinding:
    """Find the bylaws that the law of today does not allow; it does not keep the month from being closed."""
    from django.urls import reverse

    from . import queries

    outside = queries.outside_law(at=now)
    says = (
        _("These bylaws lie outside the law: {rules}.").format(rules=", ".join(str(each.title) for each in outside))
        if outside
        else _("No bylaw lies outside the law.")
    )
    return module.ClosingFinding(
        done=not outside, says=says, url=reverse("bylaws:document", urlconf=links.COOP_URLS), blocks=False
    )


def _year_start(month: int) -> str:
    from . import wording

    return _("A financial year begins on the first day of {month}.").format(month=wording.month(month))


def _change_delay(days: int) -> str:
    if not days:
        return str(_("Changed bylaws bind as soon as they are adopted."))
    return ngettext(
        "Changed bylaws bind {n} day after they are adopted.", "Changed bylaws bind {n} days after they are adopted.", days
    ).format(n=days)
