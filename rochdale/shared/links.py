"""Addresses that lead out of a co-op, or into one, whatever the request of the moment is.

Inside a co-op `reverse()` and `{% url %}` give that co-op's addresses by themselves (the script
prefix); these two are for the other directions, and for mail and jobs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.urls import get_script_prefix, reverse, set_script_prefix

PUBLIC_URLS = "rochdale.project.urls"
COOP_URLS = "rochdale.project.urls_coop"
_IN_COOP = re.compile(r"/c/[a-z0-9-]+/$")


def root_url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a public page (log-in, directory), from wherever we are."""
    with _prefix(_root()):
        return reverse(name, urlconf=PUBLIC_URLS, args=args or None, kwargs=kwargs or None)


def coop_url(slug: str, name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a page inside the co-op with this slug, from wherever we are."""
    with _prefix(f"{_root()}c/{slug}/"):
        return reverse(name, urlconf=COOP_URLS, args=args or None, kwargs=kwargs or None)


def here_url(name: str, *args: Any) -> str:
    """Return the address of a page of the co-op of the moment; also in a job or a command, where no request says so."""
    return reverse(name, urlconf=COOP_URLS, args=args or None)


def _root() -> str:
    """Return the prefix of the whole site: what stands before `c/<slug>/`."""
    return _IN_COOP.sub("/", get_script_prefix())


@contextmanager
def _prefix(prefix: str) -> Iterator[None]:
    earlier = get_script_prefix()
    set_script_prefix(prefix)
    try:
        yield
    finally:
        set_script_prefix(earlier)
