"""What leaving, exclusion and silence add to the plug of members."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from rochdale.shared import module


def messages() -> Sequence[module.MessageKind]:
    """Return the notices they send; all are legal notices but the reminder to officers."""
    kinds = {
        "notice_given": _("Your notice of leaving"),
        "leaving_blocked": _("Something is missing before a membership can end"),
        "left": _("Your membership has ended"),
        "refund_cut": _("A part of your shares is kept"),
        "exclusion_charge": _("A case for your exclusion"),
        "exclusion_decided": _("Decision about your exclusion"),
        "exclusion_closed": _("Your case is closed and you stay a member"),
        "exclusion_rejected": _("Decision about your appeal against an exclusion"),
        "decision_due_soon": _("An application has to be decided soon"),
    }
    return tuple(
        module.MessageKind(f"members.{code}", title, code != "decision_due_soon", f"members/messages/{code}")
        for code, title in kinds.items()
    )


def jobs() -> Sequence[module.Job]:
    """Return what happens by itself once its day has come."""
    from . import leaving_jobs

    return (
        module.Job("members.end_after_notice", "7 * * * *", True, leaving_jobs.end_after_notice),
        module.Job("members.make_exclusions_final", "11 * * * *", True, leaving_jobs.make_exclusions_final),
        module.Job("members.forget_contacts", "40 3 * * *", True, leaving_jobs.forget_contacts),
        module.Job("members.apply_silence", "13 * * * *", True, leaving_jobs.apply_silence),
    )


def invariants() -> Sequence[module.Invariant]:
    """Return the truths about ends of memberships."""
    from .queries import ending_checks as checks

    return (
        module.Invariant("ML1", "Every end of a membership has the recorded act that caused it", checks.ends_without_act),
        module.Invariant("ML2", "Who has left is in no class, holds no office and acts for nobody", checks.rights_after_the_end),
        module.Invariant("ML3", "Every exclusion went through notice, hearing, decision and appeal", checks.exclusions_too_early),
        module.Invariant("ML4", "What ended is what was recorded and sealed as its end", checks.ends_unlike_what_was_sealed),
        module.Invariant("ML5", "Everybody's log-in is the one they were last given", checks.log_ins_unlike_what_was_sealed),
    )
