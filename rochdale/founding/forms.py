"""The wizard's steps, and the founder's confirmation, as forms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from moneyed import CURRENCIES

from rochdale.bylaws import actions as bylaws
from rochdale.bylaws import queries as law
from rochdale.shared import locales, module
from rochdale.shared.refusals import Refusal

from . import rules, tables

FIRST_COUNTRY = "IE"
"""Whose legal form, currency and time zone stand in the form before anybody chose."""


class Purpose(forms.Form):
    """Step 1: what it is for and what it is called."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("As it will stand on the register."))
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences that a neighbour understands. They open your public page."),
    )
    slug = forms.CharField(
        label=_("Address"),
        max_length=40,
        required=False,
        help_text=_("The last part of your address, /c/…/. Leave it empty and we make it from the name."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "name" not in cleaned and not cleaned.get("slug"):
            return cleaned
        slug = cleaned.get("slug") or rules.slug_from(cleaned.get("name", ""))
        if not rules.slug_is_good(slug):
            self.add_error("slug", _("Use 3 to 40 of the letters a–z, digits and single hyphens, beginning with a letter."))
        cleaned["slug"] = slug
        return cleaned


class Law(forms.Form):
    """Step 2: what it does, under which law, in which currency, time and languages."""

    kit = forms.ChoiceField(label=_("What it does"), widget=forms.RadioSelect)
    law = forms.ChoiceField(label=_("Legal form"), help_text=_("Its law sets bounds to your bylaws."))
    activities = forms.MultipleChoiceField(
        label=_("Further law that applies"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Where two laws bound the same rule, the stricter counts."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=lambda: currency_choices(), initial="EUR")
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=lambda: [(zone, zone) for zone in sorted(available_timezones())], initial="Europe/Dublin"
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=settings.LANGUAGES, initial=["en"], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        packs, known = law.packs(), kits()
        self.fields["kit"].choices = [(kit.code, kit.title) for kit in known]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["kit"].initial = known[0].code if len(known) == 1 else None
        self.fields["law"].initial = next((p.name for p in packs if p.kind == "legal_form" and p.country == FIRST_COUNTRY), None)
        self.fields["law"].choices = [(p.name, p.title) for p in packs if p.kind == "legal_form"]  # type: ignore[attr-defined]  # same
        self.fields["activities"].choices = [(p.name, p.title) for p in packs if p.kind == "activity"]  # type: ignore[attr-defined]  # same

    def clean(self) -> dict[str, Any]:
        """Refuse an activity's law of another country here, where it was chosen."""
        cleaned = super().clean() or {}
        if cleaned.get("law"):
            try:
                law.chosen_packs([cleaned["law"], *cleaned.get("activities", [])])
            except Refusal as refused:
                self.add_error("activities", str(refused))
        return cleaned


class Bylaws(forms.Form):
    """Step 3: the bylaws, one field per rule the kit's modules declare, within the law's bounds."""

    def __init__(
        self,
        *args: Any,
        rules_shown: Sequence[law.RuleToChoose],
        packs: Sequence[str],
        currency: str,
        at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.packs, self.currency, self.at = packs, currency, at
        for rule in rules_shown:
            self.fields[rule.key] = _field_for(rule)

    def clean(self) -> dict[str, Any]:
        """Hold each value against its rule and the law, and say beside the field what is not allowed."""
        cleaned = super().clean() or {}
        moved = law.moved_by_law(self.packs, currency=self.currency, at=self.at)
        for key, value in self.values().items():
            try:
                bylaws.check_values(values={**moved, key: value}, packs=self.packs, currency=self.currency, at=self.at)
            except Refusal as refused:
                self.add_error(key, str(refused))
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the chosen values as the bylaws want them written."""
        return {key: value for key, value in self.cleaned_data.items() if value is not None and value != ""}


class Founders(forms.Form):
    """Step 4: who founds. Rows of address, class and office."""

    ROWS = 15

    def __init__(self, *args: Any, classes: Sequence[module.MemberClass], minimum: int, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minimum, self.rows = minimum, max(min(rows, self.ROWS), minimum, len(rules.FIRST_OFFICES))
        offices = [("", _("No office")), *office_choices()]
        for row in range(1, self.rows + 1):
            self.fields[f"address_{row}"] = forms.CharField(
                label=_("Founder %(row)d: e-mail or phone") % {"row": row},
                required=False,
                max_length=120,
                validators=[_reachable],
            )
            self.fields[f"class_{row}"] = forms.ChoiceField(
                label=_("Joins as"), required=False, choices=[(each.code, each.title) for each in classes]
            )
            self.fields[f"office_{row}"] = forms.ChoiceField(label=_("First office"), required=False, choices=offices)
            if minimum < len(rules.FIRST_OFFICES):
                self.fields[f"also_{row}"] = forms.ChoiceField(label=_("Second office"), required=False, choices=offices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            empty = rules.offices_left_empty(self.founders())
            if empty:
                titles = dict(office_choices())
                named = ", ".join(str(titles.get(code, code)) for code in empty)
                raise forms.ValidationError(_("Choose a founder for each of these offices: %(offices)s.") % {"offices": named})
        return cleaned

    def founders(self) -> list[rules.Invited]:
        """Return the rows that name an address."""
        given = self.cleaned_data
        return [
            rules.Invited(
                given[f"address_{row}"].strip(),
                (given[f"class_{row}"],),
                rules.offices_of(given, row),
            )
            for row in range(1, self.rows + 1)
            if given.get(f"address_{row}")
        ]


class Confirm(forms.Form):
    """A founder's own details, and that they accept the bylaws."""

    name = forms.CharField(label=_("Your name"), max_length=120, help_text=_("As it shall stand on the register."))
    address = forms.CharField(
        label=_("Postal address"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
        help_text=_("The law asks for it in the register. Other members do not see it."),
    )
    text_hash = forms.CharField(widget=forms.HiddenInput)
    accept = forms.BooleanField(label=_("I have read these bylaws and accept them."))
    accept_rows = forms.BooleanField(
        label=_("I know that the rules listed above are not yet confirmed by a lawyer, and accept them as they are."),
        required=False,
    )


_reachable = RegexValidator(
    r"^(\+[1-9]\d{6,14}|[^@\s]+@[^@\s]+\.[^@\s]+)$", _("Write an e-mail address, or a phone number like +353861234567.")
)


def currency_choices() -> list[tuple[str, str]]:
    """Return the currencies that are money somewhere today, by code, with their names in the reader's language."""
    today = {code for place in get_global("territory_currencies") for code in get_territory_currencies(place)}
    names = Locale.parse(locales.locale_name(get_language() or "en")).currencies
    return [(code, f"{code} – {names[code]}") for code in sorted(today & set(CURRENCIES)) if code in names]


def kits() -> list[module.Kit]:
    """Return every kit that an installed sector brings."""
    return [kit for plug in module.installed() for kit in plug.kits()]


def office_choices() -> list[tuple[str, Any]]:
    """Return the offices that the installed modules know."""
    return [(code, title) for plug in module.installed() for code, title in plug.offices.items()]


def _field_for(rule: law.RuleToChoose) -> forms.Field:
    texts = {"label": rule.title, "help_text": rule.help, "required": True, "initial": rule.value}
    if rule.unit in ("count", "days", "months", "years", "seconds"):
        return forms.IntegerField(min_value=_whole(rule.least), max_value=_whole(rule.most), **texts)
    if rule.unit in ("percent", "money"):
        texts["initial"] = None if rule.value is None else f"{Decimal(rule.value).normalize():f}"
        return forms.DecimalField(min_value=rule.least, max_value=rule.most, max_digits=18, decimal_places=6, **texts)
    if rule.unit == "yes_no":
        return forms.BooleanField(**{**texts, "required": False})
    if rule.unit == "choice":
        return forms.ChoiceField(choices=[(each, law.in_words(rule.key, each)) for each in rule.choices], **texts)
    if isinstance(rule.value, dict) and all(isinstance(each, int | str | list) for each in rule.value.values()):
        help_text = f"{rule.help} {_('One line per name; * stands for all that are not named.')}"
        lists = any(isinstance(each, list) for each in rule.value.values())
        return tables.TableField(lists=lists, **{**texts, "help_text": help_text})
    return forms.JSONField(widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}), **texts)


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
