"""What officers and members fill in about money."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rochdale.shared import money
from rochdale.shared.refusals import Refusal

from . import rules

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
    rail = forms.ChoiceField(label=_("How"), choices=RAILS, widget=forms.RadioSelect, initial="cash")
    reference = forms.CharField(
        label=_("Reference"), max_length=140, required=False, help_text=_("The bank's words, say. Kept encrypted.")
    )

    field_order = ("kind", "amount", "rail", "reference")

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
