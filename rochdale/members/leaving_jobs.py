"""What members does by itself when a day has come. Each is safe to repeat and to be killed at any moment."""

from __future__ import annotations

from rochdale.shared import actor, clock, ids

from . import actions, queries


def end_after_notice() -> dict[str, int]:
    """End the memberships whose last day has passed; returns how many ended and how many wait for something."""
    now, ended, waiting = clock.now(), 0, 0
    for each in queries.leaving.due_notices(now):
        done = actions.end_after_notice(
            actor=actor.job("members.end_after_notice"),
            now=now,
            key=ids.derived_key("members.end_after_notice", each.id, now.isoformat()),
            notice=each.id,
        )
        ended, waiting = ended + done["ended"], waiting + (not done["ended"])
    return {"ended": ended, "waiting": waiting}


def make_exclusions_final() -> int:
    """Make the exclusions final whose time for an appeal has passed; returns how many."""
    now = clock.now()
    due = queries.exclusion.due_to_be_final(now)
    for each in due:
        actions.make_exclusion_final(
            actor=actor.job("members.make_exclusions_final"),
            now=now,
            key=ids.derived_key("members.make_exclusion_final", each.id),
            case=each.id,
        )
    return len(due)


def forget_contacts() -> int:
    """Erase how those are reached who left long enough ago and with whom nothing is open; returns how many."""
    now = clock.now()
    due = queries.forgetting.due(now)
    for party in due:
        actions.forget_contact(
            actor=actor.job("members.forget_contacts"),
            now=now,
            key=ids.derived_key("members.forget_contact", party, now.isoformat()),
            party=party,
        )
    return len(due)


def apply_silence() -> dict[str, int]:
    """Answer applications by silence where their time has passed, and remind officers of those whose time ends soon."""
    now, by = clock.now(), actor.job("members.apply_silence")
    silent = queries.silence.silent(now)
    for row in silent:
        actions.apply_silence(actor=by, now=now, key=ids.derived_key("members.apply_silence", row.id), application=row.id)
    soon = queries.silence.due_soon(now)
    for row, _said in soon:
        actions.remind_of_application(
            actor=by, now=now, key=ids.derived_key("members.remind_of_application", row.id), application=row.id
        )
    return {"answered": len(silent), "reminded": len(soon)}
