"""Which columns count as sealed with the co-op's key, and which long bytes do not."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from rochdale.privacy import queries
from rochdale.privacy.queries.generations import UNDER_NO_KEY


@pytest.fixture
def lists_of_hashes(coop: Any) -> None:
    """A set of a seal whose first hash happens to begin like a sealed text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_seal (number, sealed_at, records, root, previous, head) "
            "VALUES (1, now(), 2, %(hash)s, %(hash)s, %(hash)s)",
            {"hash": bytes(32)},
        )
        cursor.execute(
            "INSERT INTO audit_sealedchunk (seal_id, source, place, root, ids, names, hashes) "
            "VALUES (1, 'ledger.posting', 0, %s, '{[1,3)}', NULL, %s)",
            [bytes(32), b"\x01" + bytes(63)],
        )


@pytest.mark.usefixtures("lists_of_hashes")
def test_hashes_that_begin_like_a_sealed_text_keep_nobody_from_the_first_key() -> None:
    assert queries.recorded_checks() is None


def test_what_is_named_as_under_no_key_is_there() -> None:
    columns = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BinaryField)
    }
    assert columns >= UNDER_NO_KEY
