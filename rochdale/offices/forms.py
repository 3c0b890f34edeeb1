"""The form for an access token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rochdale.shared.api import READ


class TokenForm(forms.Form):
    """Name, life and scopes of a new access token."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("So that you recognise it later, like “backup of my statements”.")
    )
    days = forms.TypedChoiceField(
        label=_("How long is it good?"),
        coerce=int,
        choices=[(7, _("One week")), (30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
        initial=30,
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Give as little as it needs. Voting and paying out cannot be given to a token."),
    )

    def __init__(self, *args: Any, offered: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(READ, _("Read what I may see")), *offered.items()]  # type: ignore[attr-defined]  # a choice field
