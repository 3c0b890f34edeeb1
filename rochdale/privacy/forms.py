"""What an officer fills in to see what is closed to them."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

CLASSES = (
    ("contact", _("How they are reached: e-mail, phone")),
    ("register", _("What the register keeps: name, postal address")),
    ("desk", _("What an officer noted to serve them at the desk")),
)


class Ask(forms.Form):
    """What somebody wants to see, and why."""

    retention_class = forms.ChoiceField(label=_("What you need to see"), choices=CLASSES, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("What you need it for"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The person concerned reads this, and your name with it."),
    )
