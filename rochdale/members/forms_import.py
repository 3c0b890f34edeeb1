"""The form with which a secretary brings an old register in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rochdale.ledger import reader

from . import importing


class BringMembers(forms.Form):
    """A list of members, perhaps one of their shares, and how to read them where they do not say so themselves."""

    file = forms.FileField(
        label=_("List of members (CSV)"),
        max_length=200,
        help_text=_(
            "Columns number, name and joined; also address, email, phone, language, kind, classes, left, reason. "
            "Up to 5,000 lines and 1 MB. Nothing is entered yet: first you see what it holds."
        ),
    )
    shares = forms.FileField(
        label=_("List of share movements (CSV)"),
        required=False,
        max_length=200,
        help_text=_("Columns number, date, kind (subscribed, paid, bought or withdrawn), shares and amount."),
    )
    name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    content = forms.CharField(required=False, widget=forms.HiddenInput)
    shares_name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    shares_content = forms.CharField(required=False, widget=forms.HiddenInput)
    classes = forms.CharField(
        label=_("Classes (--class)"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, theirs=ours, such as “ordinary=listener”; “*=listener” for all others."),
    )
    against = forms.CharField(
        label=_("Account of the share capital in the old books (--against)"),
        required=False,
        max_length=200,
        help_text=_("By its old name, if the old books were brought in: “Equity:Member shares”."),
    )
    columns = forms.CharField(
        label=_("Columns (--column)"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, only where they are not found: “joined=Eintritt”."),
    )
    dates = forms.ChoiceField(
        label=_("Days such as 03/04/2020 (--dates)"),
        required=False,
        choices=[("", _("Work it out")), ("dmy", _("Day first")), ("mdy", _("Month first")), ("ymd", _("Year first"))],
    )
    decimal = forms.ChoiceField(
        label=_("Before decimals stands (--decimal)"),
        required=False,
        choices=[("", _("Work it out")), (".", _("a point: 1,234.56")), (",", _("a comma: 1.234,56"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not (self.data.get("content") or self.initial.get("content"))

    def clean_classes(self) -> dict[str, str]:
        return _pairs(self.cleaned_data["classes"])

    def clean_columns(self) -> dict[str, str]:
        return _pairs(self.cleaned_data["columns"])

    def options(self) -> reader.Options:
        """Return how the files are to be read."""
        given = self.cleaned_data
        return reader.Options(columns=given["columns"], dates=given["dates"], decimal=given["decimal"])

    def against_account(self) -> str:
        """Return the account the share capital comes from."""
        return str(self.cleaned_data["against"]).strip() or importing.AGAINST


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not (equals and name.strip() and value.strip()):
            raise forms.ValidationError(_("“%(line)s” is not of the form NAME=VALUE."), params={"line": line[:60]})
        found[name.strip()] = value.strip()
    return found
