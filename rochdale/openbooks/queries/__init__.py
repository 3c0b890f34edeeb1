"""What the open books show, split by noun; import this package, not its files."""

from __future__ import annotations

from .acts import Act, latest_acts
from .figures import (
    Books,
    Figure,
    Sums,
    books,
    code_explanation,
    currencies,
    figure,
    kind_title,
    kinds_title,
    sum_explanation,
    sums,
    title_of,
)
from .people import People, members_explanation, name_of, people, shares_explanation
from .pictures import band_explanation, picture
from .sight import BooksNotOpen, NoSuchFigure, may_see, seen_by, smallest_group
from .years import Year, year_at, year_numbered, years

__all__ = [
    "Act",
    "Books",
    "BooksNotOpen",
    "Figure",
    "NoSuchFigure",
    "People",
    "Sums",
    "Year",
    "band_explanation",
    "books",
    "code_explanation",
    "currencies",
    "figure",
    "kind_title",
    "kinds_title",
    "latest_acts",
    "may_see",
    "members_explanation",
    "name_of",
    "people",
    "picture",
    "seen_by",
    "shares_explanation",
    "smallest_group",
    "sum_explanation",
    "sums",
    "title_of",
    "year_at",
    "year_numbered",
    "years",
]
