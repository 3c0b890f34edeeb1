"""Signing in, in a real browser: by code without script, by passkey, and how the pages look."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache

from rochdale.cooperatives import queries
from rochdale.cooperatives.testing import log_in_for
from rochdale.messages import queries as messages
from rochdale.shared import coops
from rochdale.shared.testing_browser import Watched, log_in

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def ada(own_database: Any) -> Any:
    with coops.public():
        cache.clear()
        person = log_in_for("ada@example.org")
        EmailAddress.objects.filter(user=person).update(verified=True)
        return person


def shot(watched: Watched, name: str) -> None:
    """Keep a picture for somebody to look at, where ROCHDALE_SHOTS names a folder."""
    folder = os.environ.get("ROCHDALE_SHOTS")
    if folder:
        watched.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def last_code() -> str:
    with coops.public():
        found = re.search(r"\b[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\b", messages.sent(limit=1)[0].body)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(("width", "dark"), [(360, False), (360, True), (1280, False)])
def test_the_pages_fit_and_are_sound(ada: Any, open_page: Callable[..., Watched], width: int, dark: bool) -> None:
    watched = open_page(width=width, dark=dark)
    for name in ("login/", "login/code/", "signup/", "password/reset/"):
        assert watched.go(f"/accounts/{name}").status == 200
        shot(watched, f"account-{name.strip('/').replace('/', '-')}-{width}-{'dark' if dark else 'light'}")
        watched.check()
    log_in(watched, ada)
    for name in ("email/", "phone/change/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "logout/"):
        assert watched.go(f"/accounts/{name}").status == 200
        shot(watched, f"account-{name.strip('/').replace('/', '-')}-{width}-{'dark' if dark else 'light'}")
        watched.check(html_most=40 * 1024)


def test_a_code_signs_in_without_script(ada: Any, open_page: Callable[..., Watched]) -> None:
    watched = open_page(width=360, script=False)
    watched.go("/accounts/login/")
    watched.page.get_by_role("link", name="Send me a code").click()
    watched.page.locator("input[name=email]").fill("ada@example.org")
    watched.page.get_by_role("button", name="Send the code").click()
    shot(watched, "account-code-360")
    watched.page.locator("input[name=code]").fill(last_code())
    watched.page.locator("form.form button").first.click()
    watched.page.wait_for_url("**/my-coops/")
    watched.check_quiet()


def test_a_passkey_is_made_and_signs_in(ada: Any, open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    watched.root = watched.root.replace("127.0.0.1", "localhost")  # a passkey belongs to a name, not to a number
    log_in(watched, ada)
    protocol = watched.page.context.new_cdp_session(watched.page)
    protocol.send("WebAuthn.enable")
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    watched.go("/accounts/2fa/webauthn/add/")
    watched.page.locator("input[name=name]").fill("My phone")
    watched.page.locator("input[name=passwordless]").check()
    watched.page.locator("#mfa_webauthn_add").click()
    watched.page.wait_for_url(re.compile(r"/accounts/2fa/(recovery-codes|webauthn)/"))
    shot(watched, "account-passkey-made")

    watched.page.context.clear_cookies()
    watched.go("/accounts/login/")
    watched.page.get_by_role("button", name="Use a passkey").click()
    watched.page.wait_for_url("**/my-coops/")
    watched.check_quiet()
    with coops.public():
        found = queries.person(ada.id)
    assert found is not None
    assert found.last_login is not None
