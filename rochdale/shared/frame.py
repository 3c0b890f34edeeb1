"""The frame around every page: which places its reader sees, and where they are now.

`frame` is the context processor. It reads what the middleware already put on the request
(`coop`, `actor`, `offices`, `my_coops`) and asks the plugs for their menus; it asks the
database nothing, so that an error page can use it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from . import module

# The sector's place has the name of its first page.
PLACES: tuple[tuple[module.Place, Any, str], ...] = (
    ("home", _("Home"), "home"),
    ("sector", "", "star"),
    ("vote", _("Vote"), "vote"),
    ("money", _("Money"), "money"),
    ("more", _("More"), "more"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the menu."""

    title: str
    url: str
    icon: str = "dot"
    current: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One of the at most five places, with its links."""

    title: str
    icon: str
    entries: Sequence[Entry]

    @property
    def alone(self) -> bool:
        return len(self.entries) == 1

    @property
    def current(self) -> bool:
        return any(entry.current for entry in self.entries)


class Frame:
    """What `base.html` shows around the content; each part is worked out only when it is asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.coop: Any = getattr(request, "coop", None)

    @cached_property
    def actor(self) -> Any:
        """Return who is acting; asked late, because finding out may ask the database, and error pages must not."""
        return getattr(self.request, "actor", None)

    @property
    def layout(self) -> str:
        """Return the base a page for the explain dialog extends: all of it, or only its main part."""
        target = self.request.headers.get("HX-Target", "")
        return "shared/part.html" if target == "explain-body" else "shared/base.html"

    @property
    def coop_name(self) -> str:
        return str(self.coop.name) if self.coop else ""

    @property
    def coop_initials(self) -> str:
        return initials(self.coop_name)

    @property
    def demo(self) -> bool:
        return bool(getattr(self.coop, "is_demo", False) or settings.ROCHDALE_DEMO)

    @property
    def signed_in(self) -> bool:
        user = getattr(self.request, "user", None)
        return bool(user is not None and user.is_authenticated)

    @property
    def member(self) -> bool:
        return self.actor is not None and self.actor.party is not None

    @property
    def desk_end_url(self) -> str:
        """Return where acting for somebody at the desk ends, while an officer does; else the empty string."""
        return (reverse_or_none("members:desk_end") or "") if self.actor is not None and self.actor.via == "desk" else ""

    @property
    def root_url(self) -> str:
        return str(self.request.META.get("SCRIPT_NAME", "")).rstrip("/") + "/"

    @property
    def home_url(self) -> str:
        return reverse_or_none("openbooks:home") or "/" if self.coop else self.root_url

    @property
    def join_url(self) -> str:
        return (reverse_or_none("members:join") or "") if self.coop and getattr(self.coop, "state", "") != "formation" else ""

    @property
    def sign_in_url(self) -> str:
        """Return the sign-in page, which leads back here; from a co-op's front page it leads to one's home."""
        back = self.here if self.here != self.home_url else self.home_url + ("me/" if self.coop else "")
        if back.startswith(f"{self.root_url}accounts/"):
            back = self.root_url
        return f"{self.root_url}accounts/login/?{urlencode({'next': back})}"

    @property
    def here(self) -> str:
        """Return the address of the page itself, the co-op's prefix included."""
        inside = f"c/{self.coop.slug}" if self.coop else ""
        path = self.request.path_info if inside else self.request.path_info.lstrip("/")
        query = self.request.META.get("QUERY_STRING", "")
        return f"{self.root_url}{inside}{path}" + (f"?{query}" if query else "")

    @property
    def account_links(self) -> list[Entry]:
        return [
            Entry(str(_("Ways to sign in")), f"{self.root_url}accounts/email/"),
            Entry(str(_("Second factor")), f"{self.root_url}accounts/2fa/"),
            Entry(str(_("Sign out")), f"{self.root_url}accounts/logout/"),
        ]

    @cached_property
    def coops(self) -> list[Entry]:
        """Return the reader's co-ops, when the middleware put any on the request."""
        here = self.coop.slug if self.coop else ""
        return [
            Entry(each.name, f"{self.root_url}c/{each.slug}/me/", current=each.slug == here)
            for each in getattr(self.request, "my_coops", ())
        ]

    @cached_property
    def places(self) -> list[Place]:
        """Return the places with at least one link for this reader, in their fixed order."""
        if not self.coop:
            return []
        items = sorted(self._shown(), key=lambda item: item.order)
        found = []
        for code, title, icon in PLACES:
            mine = [(item, reverse_or_none(item.url_name)) for item in items if item.place == code]
            here = self._here([url for _item, url in mine if url])
            entries = [Entry(str(item.title), url, item.icon or "dot", url == here) for item, url in mine if url]
            if entries:
                name = entries[0].title if code == "sector" else str(title)
                found.append(Place(name, entries[0].icon if code == "sector" else icon, entries))
        return found

    def _shown(self) -> Iterator[module.MenuItem]:
        offices: frozenset[str] = getattr(self.request, "offices", frozenset())
        for plug in module.installed():
            for item in plug.menu():
                if item.for_offices and not offices & set(item.for_offices):
                    continue
                if item.members_only and not self.member:
                    continue
                yield item

    def _here(self, urls: Sequence[str]) -> str:
        """Return the longest menu address that the page lies under (the home page only when it is the page)."""
        path = self.here.partition("?")[0]
        home = self.home_url
        under = [url for url in urls if path == url or (url != home and path.startswith(url))]
        return max(under, key=len, default="")


def initials(name: str) -> str:
    """Return up to two letters that stand for a name."""
    words = [word for word in name.split() if word[:1].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def reverse_or_none(url_name: str) -> str | None:
    """Return the address of a page, or None where no module offers it."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return None


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give every template its frame (context processor)."""
    return {"frame": Frame(request), "languages": settings.LANGUAGES}
