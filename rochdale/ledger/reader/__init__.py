"""Reads other books: CSV, beancount, hledger and ledger journals, opening balances, Open Collective exports. Pure: no database.

`inspect` looks a file through once, `form_of` says what it is, `read` yields what it holds, a transaction at a time.
What is understood and what is refused stands in docs/howto/import-your-books.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

from django.utils.translation import gettext as _

from . import beancounts, journals, opencollective, openings, rows, tables
from .found import (
    FORMS,
    BadLine,
    Declared,
    Finding,
    Found,
    Line,
    Note,
    Options,
    Reject,
    Stated,
    Transaction,
    UnreadableFile,
)
from .sources import Source, inspect, lines

__all__ = [
    "FORMS",
    "BadLine",
    "Declared",
    "Finding",
    "Found",
    "Line",
    "Note",
    "Options",
    "Reject",
    "Source",
    "Stated",
    "Transaction",
    "UnreadableFile",
    "form_of",
    "inspect",
    "lines",
    "read",
]

READERS: dict[str, Callable[[Source, Options], Iterator[Found]]] = {
    "csv": tables.read,
    "beancount": beancounts.read,
    "hledger": journals.read,
    "ledger": journals.read,
    "opening": openings.read,
    "opencollective": opencollective.read,
}
_ENDINGS = {
    ".beancount": "beancount",
    ".bean": "beancount",
    ".journal": "hledger",
    ".hledger": "hledger",
    ".j": "hledger",
    ".ledger": "ledger",
    ".dat": "ledger",
}
_BEANCOUNT = re.compile(r'(option|plugin) "|\d{4}-\d\d-\d\d (open|balance|commodity|txn) |\d{4}-\d\d-\d\d [*!] ".*"')
_JOURNAL = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(=\S+)?(\s|$)")


def form_of(source: Source, delimiter: str = "") -> str:
    """Return in which form a file is, by its ending, else by its first lines. Refuses one that looks like none."""
    name = source.name.lower().removesuffix(".gz")
    found = next((form for ending, form in _ENDINGS.items() if name.endswith(ending)), "")
    if found:
        return found
    first = [text for _number, text in islice(lines(source), 200)]
    if any(_BEANCOUNT.match(text) for text in first):
        return "beancount"
    if any(_JOURNAL.match(text) and not re.search(r"[,;\t|].*[,;\t|]", text) for text in first):
        return "hledger"
    head = rows.head(source, delimiter)
    if opencollective.looks_like(head.names):
        return "opencollective"
    if len(head.names) < 2:
        raise UnreadableFile(file=source.name, why=_("it looks like no books we know; say what it is with --format."))
    return "csv"


def read(source: Source, options: Options) -> Iterator[Found]:
    """Yield what a file holds, in its order. Refuses a form nobody reads, and what each reader refuses as a whole."""
    if options.form not in READERS:
        why = _("“{form}” is not a form of books; there are {known}.").format(form=options.form[:30], known=", ".join(FORMS))
        raise UnreadableFile(file=source.name, why=why)
    yield from READERS[options.form](source, options)
