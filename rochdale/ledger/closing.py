"""What the ledger looks at before a month is closed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rochdale.shared import action as acting
from rochdale.shared import module
from rochdale.shared.links import here_url

from . import queries

UNFINISHED = {"AU1": 1}
"""While an action looks, its own key is claimed and its record not yet written: that is no fault."""


def checks() -> tuple[module.ClosingCheck, ...]:
    """Return the ledger's points, in order."""
    return (
        module.ClosingCheck("ledger.holds", gettext_lazy("Holds of the month have ended"), _holds, 40),
        module.ClosingCheck("ledger.invariants", gettext_lazy("The numbered checks of the books hold"), _invariants, 50),
        module.ClosingCheck("ledger.trial_balance", gettext_lazy("The trial balance balances"), _trial_balance, 60),
        module.ClosingCheck("ledger.checkpoint", gettext_lazy("The set of postings was closed"), _checkpoint, 70),
    )


def _holds(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    still_open = queries.holds_open_since(ends_at)
    if still_open:
        return module.ClosingFinding(
            False, _("{n} holds from before the month's end are open; they go on.").format(n=still_open), blocks=False
        )
    return module.ClosingFinding(True, _("No hold is left from before the month's end."))


def _invariants(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    rules = [rule for plug in module.installed() for rule in plug.invariants()]
    unfinished = UNFINISHED if acting.running() else {}
    broken = [rule.number for rule in rules if len(rule.offending()) > unfinished.get(rule.number, 0)]
    if broken:
        return module.ClosingFinding(
            False, _("Broken: {numbers}. Ask the operator to run check-books.").format(numbers=", ".join(broken))
        )
    return module.ClosingFinding(True, _("All of them hold now."))


def _trial_balance(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    sums: dict[str, int] = {}
    for line in queries.trial_balance(until=ends_at):
        sums[line.currency] = sums.get(line.currency, 0) + line.debits - line.credits
    off = sorted(currency for currency, difference in sums.items() if difference)
    if off:
        return module.ClosingFinding(False, _("Debits and credits differ in {currencies}.").format(currencies=", ".join(off)))
    return module.ClosingFinding(True, _("Debits and credits are equal in every currency."), here_url("ledger:accounts"))


def _checkpoint(starts_at: datetime, ends_at: datetime, now: datetime) -> module.ClosingFinding:
    last = queries.last_checkpoint()
    if last is None or last[1] < ends_at:
        return module.ClosingFinding(
            False, _("It will be: closing the month closes the set of all postings so far."), blocks=False
        )
    return module.ClosingFinding(True, _("Checkpoint {n} was made after the month's end.").format(n=last[0]))
