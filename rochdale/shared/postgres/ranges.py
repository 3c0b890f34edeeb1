"""A column for a set of whole numbers kept as stretches: PostgreSQL's int8multirange, which Django does not know."""

from __future__ import annotations

from django.db import models


class Ranges(models.Field):  # type: ignore[type-arg]  # not generic at run time
    """A set of whole numbers as stretches. Read and written by SQL, as text."""

    def db_type(self, connection: object) -> str:
        """Return the type of the column."""
        return "int8multirange"
