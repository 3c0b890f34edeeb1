"""The form with which a treasurer brings other books in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rochdale.shared import money
from rochdale.shared.refusals import Refusal

from . import importing, reader
from .reader import charts

FORMS = [
    ("", _("Work it out")),
    ("csv", _("A table (CSV): journal of a bookkeeping program")),
    ("hledger", _("Journal of hledger")),
    ("ledger", _("Journal of ledger")),
    ("beancount", _("Beancount")),
    ("opencollective", _("Export of Open Collective")),
    ("opening", _("A list of balances (opening balances)")),
]


class BringBooks(forms.Form):
    """A file of other books, and how to read it where it does not say so itself."""

    file = forms.FileField(
        label=_("File with the old books"),
        max_length=200,
        help_text=_("Text or CSV, up to 5,000 lines and 1 MB. Nothing is booked yet: first you see what it holds."),
    )
    name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    content = forms.CharField(required=False, widget=forms.HiddenInput)
    form = forms.ChoiceField(label=_("What it is"), required=False, choices=FORMS)
    currency = forms.CharField(
        label=_("Currency (--currency)"), required=False, max_length=3, help_text=_("Only where the file names none: EUR, USD, …")
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
    on = forms.DateField(
        label=_("Day of opening balances (--date)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    signs = forms.ChoiceField(
        label=_("A positive amount means (--signs)"),
        required=False,
        choices=[("debit", _("debit")), ("credit", _("credit")), ("normal", _("more of what the account is (opening balances)"))],
    )
    kinds = forms.CharField(
        label=_("Kinds of accounts (--kind)"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One a line, such as “1200=asset”: asset, liability, equity, income or expense. It counts for all accounts below."
        ),
    )
    columns = forms.CharField(
        label=_("Columns of a table (--column)"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, only where they are not found: “amount=Betrag”."),
    )
    personal = forms.CharField(
        label=_("Accounts that are somebody's own (--personal)"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, such as “Liabilities:Loans:*”. Their names go to the vault, not into the books."),
    )
    not_personal = forms.CharField(
        label=_("Accounts that look so and are not (--not-personal)"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    conversion = forms.CharField(
        label=_("Account between currencies (--conversion)"),
        required=False,
        max_length=200,
        help_text=_("Only where currencies are exchanged: “Equity:Conversions”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not (self.data.get("content") or self.initial.get("content"))

    def clean_currency(self) -> str:
        given = str(self.cleaned_data["currency"]).strip()
        try:
            return money.currency_code(given.upper()) if given else ""
        except Refusal as refused:
            raise forms.ValidationError(str(refused)) from None

    def clean_kinds(self) -> dict[str, str]:
        found = _pairs(self.cleaned_data["kinds"])
        for account, kind in found.items():
            if kind not in charts.KINDS:
                raise forms.ValidationError(
                    _("“%(account)s=%(kind)s”: the kind is asset, liability, equity, income or expense."),
                    params={"account": account, "kind": kind},
                )
        return found

    def clean_columns(self) -> dict[str, str]:
        return _pairs(self.cleaned_data["columns"])

    def options(self, source: reader.Source) -> reader.Options:
        """Return how the file is to be read."""
        given = self.cleaned_data
        return reader.Options(
            form=given["form"] or reader.form_of(source),
            currency=given["currency"],
            dates=given["dates"],
            decimal=given["decimal"],
            opening_on=given["on"],
            signs=given["signs"] or "debit",
            kinds=given["kinds"],
            columns=given["columns"],
            conversion=given["conversion"].strip(),
        )

    def wish(self) -> importing.Wish:
        """Return what the treasurer asks for besides."""
        return importing.Wish(
            personal=_lines(self.cleaned_data["personal"]), open_names=_lines(self.cleaned_data["not_personal"])
        )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _pairs(text: str) -> dict[str, str]:
    found = {}
    for line in _lines(text):
        name, equals, value = line.rpartition("=")
        if not (equals and name.strip() and value.strip()):
            raise forms.ValidationError(_("“%(line)s” is not of the form NAME=VALUE."), params={"line": line[:60]})
        found[name.strip()] = value.strip()
    return found
