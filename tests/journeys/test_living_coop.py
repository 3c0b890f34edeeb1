"""From the founding to the open books, in a real browser, as the people themselves do it.

The same story is walked three times: on a wide screen, on a phone of 360 pixels, and with script
switched off. Every page on the way is looked at by axe, must fit its window, and asks nobody else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rochdale.cooperatives import actions as cooperatives
from rochdale.cooperatives import queries as directory
from rochdale.founding import queries as founding_queries
from rochdale.founding import testing as founding
from rochdale.shared import actor as actors
from rochdale.shared import clock, coops, module
from rochdale.shared.testing_browser import Watched, log_in

pytestmark = pytest.mark.browser
FOUNDERS = {
    "grace": ("listener", "chair"),
    "carmen": ("worker", "secretary"),
    "ada": ("listener", "treasurer"),
    "finn": ("listener", "cashier"),
    "bruno": ("artist", "board"),
    "hana": ("artist", ""),
    "ivo": ("worker", ""),
}
BOTH_WAYS = pytest.mark.parametrize(
    ("width", "script"), [(1280, True), (360, True), (1280, False)], ids=["wide", "phone", "no-script"]
)


class Story:
    """Who is at which screen, and where the co-op lies."""

    def __init__(self, open_page: Callable[..., Watched], *, width: int, script: bool) -> None:
        self.open = lambda: open_page(width=width, script=script)
        self.script = script
        self.screens: dict[str, Watched] = {}
        self.base = "/c/nine-plays"

    def person(self, name: str) -> Any:
        """Give a person a log-in of their own, if they have none."""
        with coops.public():
            by = actors.operator("test")
            made = cooperatives.register_person(actor=by, now=clock.now(), key=f"person:{name}", email=f"{name}@example.org")
            found = directory.person(made)
            assert found is not None
            return found

    def screen(self, name: str, *, strong: bool = False) -> Watched:
        """Return the screen this person sits at, signed in."""
        if name not in self.screens:
            watched = self.open()
            if name != "visitor":
                log_in(watched, self.person(name), strong=strong)
            self.screens[name] = watched
        return self.screens[name]

    def at(self, name: str, path: str, *, strong: bool = False, look: bool = True) -> Any:
        """Let somebody open a page of the co-op and look at it carefully; returns playwright's page."""
        watched = self.screen(name, strong=strong)
        answer = watched.go(f"{self.base}{path}")
        assert answer.status == 200, f"{name} got {answer.status} at {path}"
        if look and self.script:
            watched.check()
        return watched.page

    def schema(self) -> str:
        return founding.schema_of("nine-plays")


def press(page: Any, name: str) -> None:
    """Press a button or link of the page itself (no menu) by what stands on it, and wait for what comes."""
    main = page.get_by_role("main")
    main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()
    page.wait_for_load_state("networkidle")


def begin_founding(story: Story) -> None:
    watched = story.screen("grace")
    page = watched.page
    watched.go("/found/")
    page.get_by_label("Name", exact=True).fill("Nine Plays")
    page.get_by_label("What it is for").fill("Music that belongs to the people who listen, play and work here.")
    press(page, "Next: law")
    page.get_by_label("Music: listeners and artists own the service").check()
    page.get_by_label("Legal form").select_option("ie")
    page.get_by_label("wallet", exact=False).first.check()
    page.get_by_label("Currency").select_option("EUR")
    press(page, "Next: bylaws")
    page.get_by_label("Who admits members").select_option("secretary")
    press(page, "Next: founders")
    for row, (name, (class_code, office)) in enumerate(FOUNDERS.items(), start=1):
        page.locator(f"[name=address_{row}]").fill(f"{name}@example.org")
        page.locator(f"[name=class_{row}]").select_option(class_code)
        page.locator(f"[name=office_{row}]").select_option(office)
    press(page, "Next: check")
    if story.script:
        watched.check()
    press(page, "Begin the founding")
    assert page.url.endswith("/c/nine-plays/founding/")
    assert "0 of 7 founders have confirmed" in page.inner_text("main")


def confirm_founders(story: Story) -> None:
    """Two confirm in the browser, the first and the last; the others by the same action."""
    with coops.inside(story.schema()):
        invitations = founding.invitations()
    in_browser = ("grace", "ivo")
    confirm_at_screen(story, "grace", invitations["grace"])
    with coops.inside(story.schema()):
        for name in FOUNDERS:
            if name not in in_browser:
                founding.confirm(name, clock.now())
    confirm_at_screen(story, "ivo", invitations["ivo"])
    page = story.screen("ivo").page
    assert "Founded!" in page.inner_text("body")
    with coops.inside(story.schema()):
        assert founding_queries.act() is not None


def confirm_at_screen(story: Story, name: str, invitation: Any) -> None:
    founder, token = invitation
    page = story.at(name, f"/founding/confirm/{founder}/{token}/")
    page.get_by_label("Your name").fill(f"{name.title()} Founder")
    page.get_by_label("Postal address").fill("31 Toad Lane, Rochdale")
    page.get_by_label("I have read these bylaws and accept them.").check()
    page.get_by_label("not yet confirmed by a lawyer", exact=False).check()
    press(page, "Confirm as a founder")


def join_and_be_admitted(story: Story) -> None:
    page = story.at("noor", "/members/join/")
    page.get_by_label("Listener", exact=True).check()
    page.get_by_label("Name", exact=True).fill("Noor Haddad")
    page.get_by_label("I have read the bylaws and agree to them").check()
    press(page, "Send my application")
    page = story.at("carmen", "/members/applications/", strong=True)
    assert "Noor Haddad" in page.inner_text("main")
    press(page, "Decide")
    page.get_by_label("Admit", exact=False).first.check()
    press(page, "Decide")


def buy_and_pay_a_share(story: Story) -> None:
    page = story.at("noor", "/members/")
    assert "8" in page.inner_text("main")
    page = story.at("noor", "/members/shares/buy/?count=1&share_class=member")
    press(page, "Take")
    page = story.at("ada", "/money/desk/day/", strong=True)
    page.get_by_label("Cash counted in the till").fill("0")
    press(page, "Open the desk")
    page = story.at("ada", "/money/desk/members/8/")
    press(page, "Take the payment")
    press(page, "Take")


def top_up(story: Story, amount: str) -> None:
    page = story.at("ada", "/money/desk/members/8/")
    page.get_by_label("Amount").first.fill(amount)
    press(page, "Go on")
    press(page, "Take the money")


def publish(story: Story) -> None:
    """Bruno pays his share, takes a name and publishes one track."""
    page = story.at("bruno", "/members/shares/buy/?count=1&share_class=member", strong=True)
    press(page, "Take")
    page = story.at("ada", "/money/desk/members/5/")
    press(page, "Take the payment")
    press(page, "Take")
    page = story.at("bruno", "/music/studio/begin/")
    page.get_by_label("Name").fill("Amber Quartet")
    page.locator("main form button").last.click()
    page.wait_for_load_state("networkidle")
    page = story.at("bruno", "/music/studio/tracks/add/")
    page.get_by_label("Title").fill("Slow Ferry")
    page.get_by_label("Minutes").fill("3")
    page.locator("main form button").last.click()
    page.wait_for_load_state("networkidle")


def play_nine_times(story: Story) -> None:
    page = story.at("noor", "/music/")
    press(page, "Slow Ferry")
    assert "Play 1 of 9" in page.inner_text("main")
    for step in range(1, 10):
        page.get_by_role("button", name="I listened").click()
        page.get_by_text("You own this track." if step == 9 else f"Play {step + 1} of 9").first.wait_for()
    page = story.at("noor", "/music/collection/")
    assert "Slow Ferry" in page.inner_text("main")


def everybody_sees_it(story: Story) -> None:
    page = story.at("noor", "/money/wallet/")
    assert "€3.978" in page.inner_text("main")
    page = story.at("bruno", "/music/studio/")
    assert "€0.7154" in page.inner_text("main")
    page = story.at("visitor", "/books/")
    text = page.inner_text("main")
    assert "€0.3066" in text
    assert "Noor" not in text
    story.at("visitor", "/")
    story.at("noor", "/me/")
    story.at("noor", "/members/register/")
    story.at("visitor", "/bylaws/")


@BOTH_WAYS
def test_a_co_op_is_founded_lives_and_shows_its_books(open_page: Callable[..., Watched], width: int, script: bool) -> None:
    story = Story(open_page, width=width, script=script)
    begin_founding(story)
    confirm_founders(story)
    join_and_be_admitted(story)
    buy_and_pay_a_share(story)
    top_up(story, "5")
    publish(story)
    play_nine_times(story)
    everybody_sees_it(story)
    with coops.inside(story.schema()):
        assert [row for plug in module.installed() for rule in plug.invariants() for row in rule.offending()] == []
