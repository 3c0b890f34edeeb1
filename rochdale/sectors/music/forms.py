"""What people fill in: a name to publish under, a release, a track."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules

RELEASE_KINDS = [
    ("album", _("Album")),
    ("ep", _("EP")),
    ("single", _("Single")),
    ("compilation", _("Compilation")),
    ("live", _("Live")),
]


class ArtistName(forms.Form):
    """The name an artist publishes under; it is public."""

    name = forms.CharField(
        label=_("Name"),
        max_length=rules.LONGEST_NAME,
        help_text=_("Everybody sees it. Each name can be used once in this co-op."),
    )


class Release(forms.Form):
    """An album, EP, single or the like."""

    title = forms.CharField(label=_("Title"), max_length=rules.LONGEST_NAME)
    kind = forms.ChoiceField(label=_("Kind"), choices=RELEASE_KINDS)
    released_on = forms.DateField(
        label=_("Released on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave it empty if you do not know."),
    )


class Track(forms.Form):
    """A track with its length."""

    title = forms.CharField(label=_("Title"), max_length=rules.LONGEST_NAME)
    release = forms.ChoiceField(label=_("Release"), required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=1439, required=False)
    seconds = forms.IntegerField(label=_("Seconds"), min_value=0, max_value=59, required=False)
    free = forms.BooleanField(
        label=_("Free to hear"), required=False, help_text=_("Nobody pays for it, and nobody can come to own it.")
    )

    def __init__(self, *args: Any, releases: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["release"].choices = [("", _("None")), *((str(number), title) for number, title in releases)]  # type: ignore[attr-defined]  # a choice field

    @property
    def length_ms(self) -> int | None:
        """Return the length in milliseconds, None where it was left empty."""
        whole = (self.cleaned_data.get("minutes") or 0) * 60 + (self.cleaned_data.get("seconds") or 0)
        return whole * 1000 or None

    @property
    def release_number(self) -> int | None:
        """Return the chosen release, None for a track alone."""
        chosen = self.cleaned_data.get("release")
        return int(chosen) if chosen else None
