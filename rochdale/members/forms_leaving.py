"""What people fill in to leave, to answer in a case, and what officers write down about both."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .actions.exclusion_steps import MOST_WORDS
from .reasons import GROUNDS


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _words(label: Any, rows: int = 6, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": rows}), **more)


class GiveNotice(forms.Form):
    """The last day, and that the preview was read."""

    last_on = _day(_("My last day"), help_text=_("The earliest day is filled in; a later one is fine."))
    understood = forms.BooleanField(label=_("I have read what will happen and want to leave"))


class WrittenNotice(forms.Form):
    """A notice that a member gave at the desk or in a letter."""

    last_on = _day(_("Last day"), required=False, help_text=_("Empty: the earliest that bylaws and law allow."))
    evidence = _words(_("What shows it"), rows=2, help_text=_("The letter, who came and signed. Kept encrypted."))


class RecordEnd(forms.Form):
    """A death or a dissolution, with what shows it."""

    reason = forms.ChoiceField(
        label=_("What happened"), choices=[("died", _("The person died")), ("dissolved", _("The organisation was dissolved"))]
    )
    ended_on = _day(_("On which day"))
    evidence = _words(_("What shows it"), rows=2, help_text=_("Certificate and where it lies. Kept encrypted."))


class OpenCase(forms.Form):
    """The ground and the facts of a case for exclusion."""

    ground = forms.ChoiceField(label=_("Ground"), choices=list(GROUNDS.items()))
    facts = _words(_("What happened"), help_text=_("Exactly this text is sent to the member. Say when, where, and who saw it."))


class Answer(forms.Form):
    """What the member says."""

    words = _words(_("Your answer"))


class AppealCase(forms.Form):
    """Why the exclusion is wrong."""

    words = _words(_("Why is the decision wrong?"))


class Decide(forms.Form):
    """An officer's decision in a case."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[("dismissed", _("Dismiss the case: they stay")), ("excluded", _("Exclude them, for the reasons below"))],
    )
    reasons = _words(_("Reasons"), help_text=_("The member reads this text."))


class DecideAppeal(forms.Form):
    """An officer's decision about an appeal."""

    outcome = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[("upheld", _("Uphold the appeal: they stay")), ("rejected", _("Reject the appeal: they are excluded now"))],
    )
    reasons = _words(_("Reasons"), help_text=_("The member reads this text."))


class HandOver(forms.Form):
    """On which day a text was put into the member's hands."""

    handed_on = _day(_("Handed over on"))


class Withdraw(forms.Form):
    """Why a case is withdrawn."""

    reasons = _words(_("Why it is withdrawn"), rows=2)
