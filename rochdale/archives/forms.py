"""What people fill in after a move."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ClaimForm(forms.Form):
    """The code somebody was given."""

    code = forms.CharField(
        label=_("Your code"),
        max_length=40,
        help_text=_("Four groups of four letters and digits, as printed. Small or capital letters, with or without the dashes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}),
    )
