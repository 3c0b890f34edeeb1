"""What people fill in about shares and copies of the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules
from .actions.parties import LONGEST_DETAIL
from .reasons import COPY_REFUSALS, PURPOSES, TRANSFER_REFUSALS


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    return forms.DateField(label=label, help_text=help_text, widget=forms.DateInput(attrs={"type": "date"}))


def _evidence() -> forms.CharField:
    return forms.CharField(
        label=_("Why, and where the paper lies"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept encrypted with the entry."),
    )


def _refusal(reasons: dict[str, Any], yes: Any) -> tuple[forms.ChoiceField, forms.ChoiceField]:
    decision = forms.ChoiceField(
        label=_("Decision"), widget=forms.RadioSelect, choices=[("yes", yes), ("no", _("Refuse, for the reason below"))]
    )
    return decision, forms.ChoiceField(label=_("Reason of a refusal"), required=False, choices=[("", "—"), *reasons.items()])


class OfShares(forms.Form):
    """Something about shares of one class."""

    share_class = forms.ChoiceField(label=_("Class of shares"))

    def __init__(self, *args: Any, classes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("share_class", "into"):
            if name in self.fields:
                self.fields[name].choices = list(classes)  # type: ignore[attr-defined]  # a choice field


class Transfer(OfShares):
    """Shares for another member."""

    number = forms.IntegerField(label=_("Member number of who gets them"), min_value=1)
    count = forms.IntegerField(label=_("How many shares"), min_value=1)
    field_order = ("number", "count", "share_class")


class AskBuyBack(OfShares):
    """Shares to be bought back."""

    count = forms.IntegerField(label=_("How many shares"), min_value=1)
    field_order = ("count", "share_class")


class OfClass(OfShares):
    """A class of shares, for a certificate."""


class AnswerOffer(forms.Form):
    """Whether one takes shares over."""

    answer = forms.ChoiceField(
        label=_("Your answer"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Yes, I take them over")), ("no", _("No, I do not want them"))],
    )


class KeepAPart(forms.Form):
    """Why a part of a leaver's shares is kept."""

    reason = forms.CharField(
        label=_("Why they left without a reason the bylaws accept"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They read it. Kept encrypted with the decision."),
    )


class DecideTransfer(forms.Form):
    """A yes, or a no with its reason."""

    decision, reason_code = _refusal(TRANSFER_REFUSALS, _("Approve: the shares change hands at once"))


class Inheritance(OfShares):
    """Who stands in for shares of somebody who died."""

    heir = forms.IntegerField(
        label=_("Member number of the heir"),
        min_value=1,
        help_text=_("Somebody who is no member yet is written down at the desk first and applies there."),
    )
    count = forms.IntegerField(label=_("How many shares"), min_value=1)
    died_on = _day(_("Day of death"))
    evidence = _evidence()
    field_order = ("heir", "count", "share_class", "died_on", "evidence")


class SettleInheritance(forms.Form):
    """What becomes of inherited shares."""

    outcome = forms.ChoiceField(
        label=_("What happens"),
        widget=forms.RadioSelect,
        choices=[
            ("shares", _("The heir takes the shares over")),
            ("buy_back", _("The shares go into the buy-back queue")),
        ],
    )


class Convert(OfShares):
    """Shares of one class become shares of another."""

    into = forms.ChoiceField(label=_("become shares of the class"))
    count = forms.IntegerField(label=_("How many shares"), min_value=1)
    field_order = ("count", "share_class", "into")


class EnterSubscription(OfShares):
    """Shares that were taken on paper."""

    count = forms.IntegerField(label=_("How many shares"), min_value=1)
    effective_on = _day(_("Taken on"))
    evidence = _evidence()
    field_order = ("count", "share_class", "effective_on", "evidence")


class EnterPayment(forms.Form):
    """A payment that came in earlier."""

    subscription = forms.ChoiceField(label=_("For which shares"))
    amount = forms.CharField(label=_("Amount"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    rail = forms.ChoiceField(label=_("Came in"), choices=[("bank", _("by bank")), ("cash", _("in cash at the desk"))])
    effective_on = _day(_("Paid on"))
    evidence = _evidence()

    def __init__(self, *args: Any, lots: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subscription"].choices = list(lots)  # type: ignore[attr-defined]  # a choice field


class Correct(forms.Form):
    """Why an entry is wrong."""

    reason = _evidence()


class RegisterEntry(forms.Form):
    """What the register says of somebody; what is left empty stays as it was."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_DETAIL, required=False)
    address = forms.CharField(label=_("Postal address"), max_length=LONGEST_DETAIL, required=False)
    occupation = forms.CharField(label=_("Occupation"), max_length=LONGEST_DETAIL, required=False)
    nominee = forms.CharField(label=_("Nominee, if they die"), max_length=LONGEST_DETAIL, required=False)
    born_on = forms.DateField(label=_("Born on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    evidence = _evidence()

    def __init__(self, *args: Any, asked: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in rules.REGISTER_FIELDS:
            if field not in ("name", "address", *asked):
                del self.fields[field]


class AddClass(forms.Form):
    """One more class for a member."""

    class_code = forms.ChoiceField(label=_("Class"))

    def __init__(self, *args: Any, classes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["class_code"].choices = list(classes)  # type: ignore[attr-defined]  # a choice field


class Round(forms.Form):
    """How much may be paid to the front of the queue."""

    currency = forms.ChoiceField(label=_("Currency"))
    budget = forms.CharField(
        label=_("At most"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("An amount, like 500."),
    )

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(each, each) for each in currencies]  # type: ignore[attr-defined]  # a choice field


class MakeCopy(forms.Form):
    """Of which moments a copy of the register is, and what it shows."""

    as_of = _day(_("Members on this day"))
    known_on = _day(_("as the register said on"))
    scope = forms.ChoiceField(
        label=_("What it shows"),
        choices=[("full", _("all the register keeps")), ("holdings", _("names and holdings")), ("names", _("names only"))],
    )


class AskCopy(forms.Form):
    """What a copy is for."""

    purpose_class = forms.ChoiceField(label=_("What is it for?"), choices=list(PURPOSES.items()))
    purpose = forms.CharField(
        label=_("In a sentence"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Members see when and for which kind of purpose a copy was asked for; officers read this sentence."),
    )


class AnswerCopy(forms.Form):
    """A copy, or a no with its reason."""

    decision, reason_code = _refusal(COPY_REFUSALS, _("Give the copy, as the register stands now"))


class FindCopy(forms.Form):
    """The digest printed on an old copy."""

    digest = forms.CharField(label=_("Digest on the paper"), max_length=90, help_text=_("The first sixteen signs are enough."))


class CheckCertificate(forms.Form):
    """The code on a certificate."""

    code = forms.CharField(label=_("Check code"), max_length=30, help_text=_("Like ABCD-EFGH-2345-6789."))


class Nothing(forms.Form):
    """Nothing to fill in: only a button."""
