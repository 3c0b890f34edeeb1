"""Makers for tests of leaving and exclusion: a case that was opened or decided, and what bylaws about them change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from rochdale.shared import actor as actors
from rochdale.shared import clock

from . import actions, queries
from . import testing as people


def organisation(*names: str, now: datetime = people.NOW) -> UUID:
    """Make an organisation for which these people act, and return its party."""
    with people.inside():
        made = UUID(
            actions.make_organisation(
                actor=actors.job("test"), now=now, key=people.fresh_key(), register={"name": "Corner Shop Ltd"}, contact=None,
                representative=people.known(names[0], now),
            )
        )  # fmt: skip
        for name in names[1:]:
            actions.appoint_representative(
                actor=actors.job("test"),
                now=now,
                key=people.fresh_key(),
                organisation=made,
                representative=people.known(name, now),
            )
    return made


def _silence() -> Any:
    now = clock.now()
    people.settle(now)
    return queries.silence.terms(now).means


def _age() -> Any:
    now = clock.now()
    people.settle(now)
    people.known("eve", now)
    by = people.actor("eve", now)
    return people.outcome(
        lambda: bool(actions.apply(actor=by, now=now, key=people.fresh_key(), class_code="listener")["application"])
    )


def _last_day() -> Any:
    now = clock.now()
    party = people.join("bruno", now)
    return actions.give_notice(actor=people.actor("bruno", now), now=now, key=people.fresh_key(), party=party)["last_on"]


def _contact_kept() -> Any:
    now = clock.now()
    people.settle(now)
    return queries.forgetting.kept_days(now)


def _debt_holds() -> Any:
    now = clock.now()
    party = people.join("bruno", now)
    actions.buy_shares(actor=people.actor("bruno", now), now=now, key=people.fresh_key(), party=party, count=5)
    return [each.blocks for each in queries.leaving.own_obligations(party, now)]


def _shares_back() -> Any:
    now = clock.now()
    party = people.join("bruno", now)
    with withdrawable_shares():
        back = queries.leaving.shares_back(party, now.date(), now)
    return [each.least for each in back]


@contextmanager
def withdrawable_shares() -> Iterator[None]:
    """Look at shares as if the law let them be given back, which Ireland's does not."""
    from .queries import shares

    known_rule = shares.withdrawable
    shares.withdrawable = lambda share_class, at: (True, "")
    try:
        yield
    finally:
        shares.withdrawable = known_rule


FACTS = "On three evenings he took the till home and did not bring it back when he was asked to."


def opened_case(now: datetime) -> int:
    """Let Grace open a case against Bruno, whose text he was handed; Hana sits on the board with her."""
    party = people.join("bruno", now)
    people.officer("hana", now)
    by = people.officer("grace", now)
    found = actions.open_exclusion(
        actor=by, now=now, key=people.fresh_key(), party=party, ground="harm_to_the_co-op", facts=FACTS
    )
    hand_over(found["case"], "charge", now)
    return int(found["case"])


def hand_over(case: int, what: str, now: datetime) -> None:
    """Let Grace put a text of a case into Bruno's hands."""
    actions.hand_over_case_text(
        actor=people.actor("grace", now), now=now, key=people.fresh_key(), case=case, what=what, handed_on=now.date()
    )


def decided_case(now: datetime) -> int:
    """Let the case be heard and decided by Grace and Hana a month later, and the decision be handed over."""
    case = opened_case(now)
    for name in ("grace", "hana"):
        actions.decide_exclusion(
            actor=people.actor(name, now + timedelta(days=200)), now=now + timedelta(days=200), key=people.fresh_key(), case=case,
            outcome="excluded", reasons=FACTS,
        )  # fmt: skip
    hand_over(case, "decision", now + timedelta(days=200))
    return case


def _case_decided() -> Any:
    now = clock.now()
    return people.outcome(lambda: bool(decided_case(now)))


def _hearing() -> Any:
    now = clock.now()
    view = queries.exclusion.case(opened_case(now), now)
    assert view is not None and view.hearing_until is not None
    return view.hearing_until - now


def _appeal_until() -> Any:
    now = clock.now()
    view = queries.exclusion.case(decided_case(now), now + timedelta(days=200))
    assert view is not None and view.appeal_until is not None
    return view.appeal_until - now


def _rests() -> Any:
    now = clock.now()
    decided_case(now)
    return queries.exclusion.rests(people.known("bruno", now), now + timedelta(days=201))


def _exclusion_appealed() -> Any:
    now = clock.now()
    case, later = decided_case(now), now + timedelta(days=201)
    actions.appeal_exclusion(
        actor=people.actor("bruno", later), now=later, key=people.fresh_key(), case=case, words="It was not me."
    )
    people.join("ada", now)
    people.fill("ada", "board", now)
    by = people.actor("ada", later)
    return people.outcome(
        lambda: actions.decide_exclusion_appeal(
            actor=by, now=later, key=people.fresh_key(), case=case, upheld=True, reasons=FACTS
        )["decided"]
    )


OBSERVATIONS: dict[str, Callable[[], Any]] = {
    "members.admission_silence": _silence,
    "members.minimum_age": _age,
    "members.leave_notice_days": _last_day,
    "members.leave_at": _last_day,
    "members.contact_kept_days": _contact_kept,
    "members.debts_hold_leaving": _debt_holds,
    "members.unjustified_leave_cut": _shares_back,
    "members.exclusion_decided_by": _case_decided,
    "members.exclusion_hearing_days": _hearing,
    "members.exclusion_rests_offices": _rests,
    "members.exclusion_appeal_days": _appeal_until,
    "members.exclusion_appeal_decided_by": _exclusion_appealed,
}
