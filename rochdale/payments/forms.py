"""What officers and members fill in about money."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rochdale.shared import money
from rochdale.shared.refusals import Refusal

from . import rules
from .banking import profiles
from .words import ADJUSTMENT_WORDS, ASIDE_WORDS, NOT_CLOSED_WORDS, PLACES

BANK_PLACES = list(PLACES.items())
PROFILES = [(each.code, each.title) for each in profiles.PROFILES.values()]
ASIDE_REASONS = list(ASIDE_WORDS.items())
NO_REASONS = list(NOT_CLOSED_WORDS.items())
ADJUSTMENT_REASONS = list(ADJUSTMENT_WORDS.items())
RAILS = [("cash", _("Cash")), ("bank", _("Bank"))]


class AmountField(forms.CharField):
    """An amount typed with digits and a point or comma; becomes micro-units. Zero only where it is allowed."""

    def __init__(self, *, currency: str, zero: bool = False, **kwargs: Any) -> None:
        self.currency, self.zero = currency, zero
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return micro-units. Refuses next to the field what is no amount the currency can pay."""
        given = super().clean(value)
        if not given:
            return None
        try:
            micro = money.parse(given, self.currency)
        except Refusal as refused:
            raise forms.ValidationError(str(refused)) from refused
        if micro != money.payable(micro, self.currency):
            raise forms.ValidationError(_("That is finer than %(currency)s can be paid."), params={"currency": self.currency})
        if not micro and not self.zero:
            raise forms.ValidationError(_("Write an amount above nothing."))
        return micro


class Counted(forms.Form):
    """The cash counted in the till."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counted"] = AmountField(
            currency=currency,
            zero=True,
            label=_("Cash counted in the till"),
            help_text=_("Count it twice; what differs from the books is booked as a difference."),
        )


class FindMember(forms.Form):
    """Find somebody by member number."""

    number = forms.IntegerField(label=_("Member number"), min_value=1)


class WalletMovement(forms.Form):
    """Money onto a wallet or back from it."""

    kind = forms.ChoiceField(
        choices=[("top_up", _("Top up the wallet")), ("refund", _("Give unspent money back"))], widget=forms.HiddenInput
    )
    bank_line = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    rail = forms.ChoiceField(label=_("How"), choices=RAILS, widget=forms.RadioSelect, initial="cash")
    reference = forms.CharField(
        label=_("Reference"), max_length=140, required=False, help_text=_("The bank's words, say. Kept encrypted.")
    )

    field_order = ("kind", "bank_line", "amount", "rail", "reference")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(currency=currency, label=_("Amount"))
        self.order_fields(self.field_order)


class SharePayment(forms.Form):
    """A payment for shares."""

    subscription = forms.IntegerField(widget=forms.HiddenInput)
    rail = forms.ChoiceField(label=_("How"), choices=RAILS, widget=forms.RadioSelect, initial="cash")

    field_order = ("subscription", "amount", "rail")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(currency=currency, label=_("Amount"))
        self.order_fields(self.field_order)


class MoveCash(forms.Form):
    """Money between the till and the bank accounts."""

    PLACES = [("desk", _("Till")), ("client", _("Bank account for members' money")), ("own", _("The co-op's own bank account"))]

    source = forms.ChoiceField(label=_("From"), choices=PLACES)
    target = forms.ChoiceField(label=_("To"), choices=PLACES, initial="client")

    field_order = ("source", "target", "amount")

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(currency=currency, label=_("Amount"))


class Checked(forms.Form):
    """What the second person says."""

    REASONS = [
        ("", "—"),
        ("amount_looks_wrong", _("The amount looks wrong")),
        ("person_not_recognised", _("The person was not recognised")),
        ("paper_missing", _("A paper is missing")),
        ("not_covered", _("Client money is not covered")),
        ("mistake", _("It was entered by mistake")),
    ]

    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[("approve", _("Approve: it is done at once")), ("reject", _("Say no, for the reason below"))],
    )
    reason_code = forms.ChoiceField(label=_("Reason of a no"), choices=REASONS, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "reject" and cleaned.get("reason_code") not in rules.REJECTIONS:
            self.add_error("reason_code", _("Choose a reason."))
        return cleaned


class StatementFile(forms.Form):
    """A bank's file, and what the treasurer says of it where it does not say so itself."""

    place = forms.ChoiceField(label=_("Account"), choices=BANK_PLACES)
    file = forms.FileField(label=_("CSV file from the bank"), max_length=200)
    profile = forms.ChoiceField(label=_("Layout"), help_text=_("“Any bank” finds the usual columns by itself."), choices=PROFILES)
    from_on = forms.DateField(
        label=_("First day downloaded"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Where left out: the day of the first line."),
    )  # fmt: skip
    until_on = forms.DateField(
        label=_("Last day downloaded"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Where left out: the day of the last line. A month is covered only to here."),
    )  # fmt: skip
    opening = forms.CharField(
        label=_("Balance before, as the bank says it"), required=False, max_length=24,
        help_text=_("Only where the file has no balances: as on the paper, with a minus where it is below nothing."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    closing = forms.CharField(
        label=_("Balance after, as the bank says it"), required=False, max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )  # fmt: skip
    mapping = forms.CharField(
        label=_("Columns of your own"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One per line, part=column, for example date=Fecha. Only where the layout does not fit."),
    )  # fmt: skip
    decimal = forms.ChoiceField(
        label=_("Decimals"), required=False, choices=[("", _("find out")), (",", _("12,50")), (".", _("12.50"))]
    )
    dates = forms.ChoiceField(
        label=_("Dates"), required=False,
        choices=[("", _("find out")), ("day first", _("31.12.2026")), ("month first", _("12/31/2026")),
                 ("year first", "2026-12-31")],
    )  # fmt: skip

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_opening(self) -> int | None:
        return self._balance("opening")

    def clean_closing(self) -> int | None:
        return self._balance("closing")

    def _balance(self, name: str) -> int | None:
        given = str(self.cleaned_data.get(name, "")).strip().replace("−", "-")
        if not given:
            return None
        try:
            micro = money.parse(given.removeprefix("-"), self.currency)
        except Refusal as refused:
            raise forms.ValidationError(str(refused)) from refused
        return -micro if given.startswith("-") else micro


class BookLine(forms.Form):
    """What a bank line is that the books know nothing of."""

    how = forms.ChoiceField(
        label=_("What is it?"), widget=forms.RadioSelect,
        choices=[("fee", _("A fee of the bank")), ("interest", _("Interest")), ("suspense", _("Not known yet: put it aside"))],
    )  # fmt: skip
    reason_code = forms.ChoiceField(label=_("Why it is put aside"), choices=[("", "—"), *ASIDE_REASONS], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("how") == "suspense" and not cleaned.get("reason_code"):
            self.add_error("reason_code", _("Choose a reason."))
        return cleaned


class PlaceSuspense(forms.Form):
    """What money put aside was."""

    how = forms.ChoiceField(
        label=_("What was it?"), widget=forms.RadioSelect,
        choices=[("returned", _("It was given back, by the line below")), ("fee", _("A fee of the bank")),
                 ("interest", _("Interest"))],
    )  # fmt: skip
    by_line = forms.IntegerField(label=_("Line it went back by"), required=False, min_value=1)


class UndoMatch(forms.Form):
    """Why a match is taken back."""

    reason_code = forms.ChoiceField(
        label=_("Why"),
        choices=[
            ("mistake", _("It was a mistake")),
            ("not_the_same_money", _("It is not the same money")),
            ("found_better", _("Something else fits better")),
        ],
    )


class CloseMonth(forms.Form):
    """What the second person says of a month."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[("close", _("Close the month for ever")), ("no", _("Not yet, for the reason below"))],
    )
    reason_code = forms.ChoiceField(label=_("Reason of a no"), choices=[("", "—"), *NO_REASONS], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "no" and cleaned.get("reason_code") not in rules.NOT_CLOSED:
            self.add_error("reason_code", _("Choose a reason."))
        return cleaned


class ProposeAdjustment(forms.Form):
    """A correction of a closed month: one amount from one account to another."""

    month = forms.ChoiceField(label=_("Closed month it corrects"))
    debit = forms.ChoiceField(label=_("Debit"), help_text=_("Grows what the co-op has or spends; lowers what it owes or earns."))
    credit = forms.ChoiceField(label=_("Credit"))
    reason_code = forms.ChoiceField(label=_("Why"), choices=ADJUSTMENT_REASONS)
    reason = forms.CharField(
        label=_("In words"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("Kept encrypted.")
    )

    field_order = ("month", "debit", "credit", "amount", "reason_code", "reason")

    def __init__(self, *args: Any, currency: str, months: list[str], accounts: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(currency=currency, label=_("Amount"))
        for name, choices in (("month", [(each, each) for each in months]), ("debit", accounts), ("credit", accounts)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # both are choice fields
        self.order_fields(self.field_order)


class DecideAdjustment(CloseMonth):
    """What the second and third person say of an adjusting entry."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("close", _("Approve")),
            ("no", _("Say no, for the reason below")),
        ]
