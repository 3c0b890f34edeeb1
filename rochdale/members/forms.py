"""What people fill in to join, to take shares, and at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import rules
from .actions.parties import LONGEST_DETAIL
from .reasons import PURPOSES, REASONS


class Details(forms.Form):
    """Who somebody is and how they are reached. Only a name is needed: people without e-mail or phone are members too."""

    name = forms.CharField(
        label=_("Name"),
        max_length=LONGEST_DETAIL,
        help_text=_("As it stands in the register of members. One field, in your own order."),
    )
    address = forms.CharField(label=_("Postal address"), max_length=LONGEST_DETAIL, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=LONGEST_DETAIL, required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, help_text=_("With the country's code, like +353 85 123 4567.")
    )
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES, required=False)

    def told(self, fields: Sequence[str]) -> dict[str, Any]:
        """Return those of the fields that were filled in."""
        return {field: self.cleaned_data[field] for field in fields if self.cleaned_data.get(field)}

    @property
    def register(self) -> dict[str, Any]:
        return self.told(rules.REGISTER_FIELDS)

    @property
    def contact(self) -> dict[str, Any]:
        return self.told(rules.CONTACT_FIELDS)


class Join(Details):
    """An application for a class of membership."""

    class_code = forms.ChoiceField(label=_("I want to join as"), widget=forms.RadioSelect)
    agrees = forms.BooleanField(label=_("I have read the bylaws and agree to them"))

    field_order = ("class_code", "name", "address", "email", "phone", "language", "old_enough", "agrees")

    def __init__(self, *args: Any, classes: Sequence[tuple[str, str]], age: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if age:
            said = _("I am {age} years old or older, or I apply for an organisation").format(age=age)
            help_text = _("Your day of birth is not asked for and not kept.")
            self.fields["old_enough"] = forms.BooleanField(label=said, help_text=help_text)
            self.order_fields(self.field_order)
        self.fields["class_code"].choices = list(classes)  # type: ignore[attr-defined]  # a choice field


class AtTheDesk(Details):
    """Somebody who has no log-in, written down by an officer; with a class they apply at once."""

    class_code = forms.ChoiceField(label=_("Applies as"), required=False)

    field_order = ("name", "phone", "address", "email", "language", "class_code")

    def __init__(self, *args: Any, classes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["class_code"].choices = [("", _("Not now")), *classes]  # type: ignore[attr-defined]  # a choice field


class Organisation(forms.Form):
    """An organisation, and the person who first acts for it."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=LONGEST_DETAIL)
    address = forms.CharField(label=_("Postal address"), max_length=LONGEST_DETAIL, required=False)
    number = forms.IntegerField(label=_("Member number of who acts for it"), min_value=1)


class Contact(forms.Form):
    """How one is reached."""

    email = forms.EmailField(label=_("E-mail"), max_length=LONGEST_DETAIL, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=30, required=False)
    language = forms.ChoiceField(label=_("Language of letters"), choices=settings.LANGUAGES, required=False)


class BuyShares(forms.Form):
    """How many shares of which class."""

    count = forms.IntegerField(label=_("How many shares"), min_value=1)
    share_class = forms.ChoiceField(label=_("Class of shares"))

    def __init__(self, *args: Any, classes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["share_class"].choices = list(classes)  # type: ignore[attr-defined]  # a choice field


class Decision(forms.Form):
    """A yes, or a no with its reason, about an application or an appeal."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[("admit", _("Admit")), ("refuse", _("Refuse, for the reason below"))],
    )
    reason_code = forms.ChoiceField(label=_("Reason of a refusal"), required=False, choices=[("", "—"), *REASONS.items()])
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept encrypted in the trail of acts."),
    )


class Appeal(forms.Form):
    """Why the refusal is wrong, in the applicant's words."""

    words = forms.CharField(
        label=_("Why do you think the refusal is wrong?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Proof(forms.Form):
    """Member number, PIN and the next one-time code."""

    number = forms.IntegerField(label=_("Member number"), min_value=1)
    pin = forms.CharField(
        label=_("PIN"), max_length=12, widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"})
    )
    code = forms.CharField(
        label=_("Next code on the sheet"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("With its number, like 3-KXWM-7Q2P."),
    )


class Find(forms.Form):
    """Find a member by number."""

    number = forms.IntegerField(label=_("Member number"), min_value=1)


class Purpose(forms.Form):
    """What somebody from outside wants the register for."""

    purpose_class = forms.ChoiceField(label=_("Kind of purpose"), choices=list(PURPOSES.items()), required=False)

    purpose = forms.CharField(
        label=_("What do you want to use it for?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your visit and this purpose are logged; members can see that it happened."),
    )
