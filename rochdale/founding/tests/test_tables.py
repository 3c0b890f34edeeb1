"""Tables as people type them: what is shown can be read back, and what cannot be read is said."""

from typing import Any

import pytest
from django import forms

from rochdale.founding import tables


@pytest.mark.parametrize(
    ("table", "lists", "text"),
    [
        ({"*": 1, "supporter": 10}, False, "*: 1\nsupporter: 10"),
        ({"*": [2, 4, 8], "JPY": [1]}, True, "*: 2, 4, 8\nJPY: 1"),
    ],
)
def test_a_table_is_shown_as_lines_and_read_back(table: dict[str, Any], lists: bool, text: str) -> None:
    assert tables.as_lines(table) == text
    assert tables.from_lines(text, lists=lists) == table
    assert tables.from_lines(f"\n {text.replace(':', ' :')} \n", lists=lists) == table


@pytest.mark.parametrize("text", ["listener", ": 1", "listener: 1\nlistener: 2", "listener:", "listener: 1, 2"])
def test_what_cannot_be_read_is_said_next_to_the_field(text: str) -> None:
    assert tables.from_lines(text, lists=False) is None
    with pytest.raises(forms.ValidationError, match="one line per name"):
        tables.TableField(lists=False).clean(text)


def test_what_was_typed_stays_as_it_was_typed() -> None:
    assert tables.TableField(lists=False).prepare_value("listener 1") == "listener 1"
