"""Files that come in by a page and travel in its form from step to step, so that nothing is kept in between."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy

from rochdale.shared.refusals import Refusal

from . import reader

MOST_BYTES = 1_000_000
MOST_LINES = 5_000


class TooLargeForPage(Refusal):
    code = "ledger.import_too_large_for_page"
    status = 422
    text = gettext_lazy(
        "{file} has more than {lines} lines or 1 MB, too much for a page. Nothing was imported; "
        "ask whoever runs this host to bring it in by the command: rochdale books import, or rochdale members import."
    )


class NotWhatWasShown(Refusal):
    code = "ledger.import_not_what_was_shown"
    text = gettext_lazy("The file, or the books here, are not what they were when you looked. Nothing was imported; look again.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of the form: its name, its bytes as they came, and the same as the form carries them on."""

    name: str
    data: bytes

    @property
    def carried(self) -> str:
        return base64.b64encode(gzip.compress(self.data, mtime=0)).decode()


def uploaded(given: dict[str, Any], field: str = "file", carried: str = "content", name: str = "name") -> Upload:
    """Return the file chosen now, or the one the form carries. Refuses what is too large or no longer whole."""
    if given[field]:
        if given[field].size > MOST_BYTES:
            raise TooLargeForPage(file=given[field].name, lines=f"{MOST_LINES:,}")
        return Upload(given[field].name, given[field].read())
    try:
        with gzip.open(io.BytesIO(base64.b64decode(given[carried], validate=True))) as file:
            data = file.read(MOST_BYTES + 1)
    except (binascii.Error, OSError, EOFError, ValueError) as broken:
        raise NotWhatWasShown() from broken
    if len(data) > MOST_BYTES:
        raise TooLargeForPage(file=given[name], lines=f"{MOST_LINES:,}")
    return Upload(given[name] or "books", data)


@contextmanager
def kept(upload: Upload) -> Iterator[Path]:
    """Lay the file down where only this program reads it, while it is looked through."""
    with tempfile.TemporaryDirectory(prefix="rochdale-import-") as folder:
        path = Path(folder) / "file"
        path.write_bytes(upload.data)
        yield path


def refused_if_large(source: reader.Source) -> reader.Source:
    """Return the source. Refuses what is too much to be done while somebody waits."""
    most = MOST_LINES + 1
    if source.size > MOST_BYTES or sum(1 for _line in zip(reader.lines(source), range(most), strict=False)) == most:
        raise TooLargeForPage(file=source.name, lines=f"{MOST_LINES:,}")
    return source
