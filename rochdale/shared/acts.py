"""Acts of the members in words: the reference of an act (`founding:1`, `resolution:17`) as a reader knows it."""

from __future__ import annotations

from django.utils.translation import gettext as _


def in_words(act: str) -> str:
    """Return who decided an act, to stand after "by"; a reference of an unknown sort stays as it is."""
    kind, _colon, number = act.partition(":")
    if kind == "founding":
        return _("the founders")
    if kind == "resolution" and number:
        return _("resolution {number} of the members").format(number=number)
    return act
