"""Fixtures for tests in a real browser: the site on a database of its own, pages, axe, a weight meter.

Use them by `from rochdale.shared.testing_browser import *` in a conftest.py, or name the plugin
`pytest_plugins = ["rochdale.shared.testing_browser"]` in the root one. Each page a test opens
is watched: a request to any other address than the test's own fails it, and so does an error
in the page's console.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

__all__ = ["Watched", "browser", "browser_page", "live_site", "log_in", "open_page"]

CHROMIUM = os.environ.get("ROCHDALE_CHROMIUM", "") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}
WEIGHT_MOST = 100 * 1024
HTML_MOST = 14 * 1024
TOO_WIDE = """[...document.querySelectorAll('body *')].filter(e => {
    const box = e.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1) && !e.closest('svg, .sr, .skip, details:not([open])');
}).map(e => e.outerHTML.slice(0, 90)).slice(0, 6)"""


@dataclass
class Watched:
    """A page with what it asked for and what went wrong in it. `page` is playwright's page."""

    page: Any
    root: str
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bodies: dict[str, int] = field(default_factory=dict)
    html: int = 0

    def go(self, path: str) -> Any:
        """Open an address of the site and return playwright's response."""
        self.bodies.clear()
        return self.page.goto(f"{self.root}{path}")

    def check_axe(self) -> None:
        """Fail on a serious or critical finding of axe on the page as it stands."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page).response["violations"]
        grave = [
            f"{each['id']} ({each['impact']}): {each['nodes'][0]['html'][:160]}"
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        assert not grave, f"axe on {self.page.url}: {grave}"

    def check_weight(self, *, html_most: int = HTML_MOST, most: int = WEIGHT_MOST) -> int:
        """Fail when what the page loaded is heavier, compressed, than the house allows; return the bytes."""
        weight = sum(self.bodies.values())
        assert weight <= most, f"{self.page.url} weighs {weight} bytes: {self.bodies}"
        assert self.html <= html_most, f"the HTML of {self.page.url} weighs {self.html} bytes"
        return weight

    def check_fits(self) -> None:
        """Fail when the page is wider than its window."""
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            wide = self.page.evaluate(TOO_WIDE)
            raise AssertionError(f"{self.page.url} is {over} pixels too wide at {self.page.viewport_size}: {wide}")

    def check_quiet(self) -> None:
        """Fail when the page asked anybody else, or complained in its console."""
        strangers = [url for url in self.asked if not url.startswith((self.root, "data:", "about:"))]
        assert not strangers, f"third-party requests: {strangers}"
        assert not self.errors, f"the console of {self.page.url} says: {self.errors}"

    def check(self, *, html_most: int = HTML_MOST) -> None:
        """Run all four checks on the page as it stands."""
        self.check_fits()
        self.check_quiet()
        self.check_weight(html_most=html_most)
        self.check_axe()


def watch(page: Any, root: str) -> Watched:
    """Begin to watch a playwright page."""
    watched = Watched(page, root)

    def finished(response: Any) -> None:
        if response.request.method != "GET" or response.status >= 300:
            return
        try:
            weight = len(gzip.compress(response.body()))
        except Exception:  # a navigation threw the body away: there is nothing to weigh
            return
        watched.bodies[response.url] = weight
        if response.request.resource_type == "document":
            watched.html = weight

    page.on("request", lambda request: watched.asked.append(request.url))
    page.on("requestfinished", lambda request: finished(request.response()))
    page.on("console", lambda message: watched.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    return watched


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start the system's Chromium once per file; skip where there is none.

    Not once per run: playwright keeps an event loop running in the thread, and tests of other files need theirs.
    """
    if not CHROMIUM:
        pytest.skip("no Chromium on this machine: install it, or name it in ROCHDALE_CHROMIUM")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright leaves an event loop in the thread
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if os.geteuid() == 0 else [])
        yield chromium
        chromium.close()


@pytest.fixture
def live_site(own_database: Any) -> Iterator[str]:
    """Serve the site on a database of its own; return its address without a slash at the end."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def open_page(browser: Any, live_site: str) -> Iterator[Callable[..., Watched]]:
    """Return a function that opens a watched page in a fresh context.

    `open_page(width=360, dark=True, script=False, language="de")`: all optional.
    """
    contexts: list[Any] = []

    def make(*, width: int = 1280, dark: bool = False, script: bool = True, language: str = "en-IE") -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": PHONE["height"] if width < 500 else WIDE["height"]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            locale=language,
        )
        contexts.append(context)
        return watch(context.new_page(), live_site)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def browser_page(open_page: Callable[..., Watched]) -> Watched:
    """Open one watched page on a wide screen."""
    return open_page()


def log_in(watched: Watched, person: Any, *, strong: bool = False) -> None:
    """Give the page's context a session of this person (made directly, as after signing in just now).

    `strong=True` writes down a second factor too.
    """
    import time
    from urllib.parse import urlsplit

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from rochdale.shared import coops

    methods: list[dict[str, Any]] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    if strong:
        methods.append({"method": "mfa", "type": "totp", "at": time.time()})
    with coops.public():
        session = SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session["account_authentication_methods"] = methods
        session["account_authentication_methods_user"] = str(person.pk)
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
    host = urlsplit(watched.root).hostname or ""
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "domain": host, "path": "/"}
    watched.page.context.add_cookies([cookie])
