"""When something counts as recorded. A step of every action that writes in the register."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max

from ..models import Counter, RegisterExport

REGISTER = "register"
"""The counter whose row lock stands between writers of the register and whoever makes a copy of it."""


def recorded(now: datetime) -> datetime:
    """Return the moment under which something is recorded now, and keep copies out until this transaction ends.

    It lies after every moment as of which a copy of the register was made, so that "as known on
    that day" stays what it was, whatever was under way and whatever a clock says.
    """
    Counter.objects.bulk_create([Counter(name=REGISTER, last=0)], ignore_conflicts=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT last FROM members_counter WHERE name = %s FOR SHARE", [REGISTER])
    closed = RegisterExport.objects.aggregate(last=Max("known_at"))["last"]
    return now if closed is None or now > closed else closed + timedelta(microseconds=1)
