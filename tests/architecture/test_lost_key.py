"""A co-op's key file is lost: its pages still work with closed names, nothing is kept, and no new key is made over the old."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rochdale.cooperatives.models import Person
from rochdale.cooperatives.testing import signed_in
from rochdale.members import actions as people
from rochdale.members import queries
from rochdale.members import testing as members
from rochdale.members.testing import fresh_key
from rochdale.privacy import health
from rochdale.shared import clock, coops, keys

PAGES = (
    "",
    "members/",
    "members/register/",
    "members/register/?sort=name",
    "members/register/?q=byr",
    "members/register/register.csv",
    "members/applications/",
    "members/desk/",
    "privacy/",
    "privacy/closed/",
    "audit/",
    "messages/",
    "offices/",
    "books/",
    "bylaws/",
    "payments/",
)


@pytest.fixture
def lost(coop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Alpha Music with people, free text in its trail and a refused application; then its key file is gone."""
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
    now = clock.now()
    for name in ("ada", "bruno", "grace"):
        members.join(name, now)
    application = members.apply("eve", "listener", now)
    people.refuse_application(
        actor=members.actor("grace", now), now=now, key=fresh_key(), application=application, reason_code="details_not_proved",
        words="no letter came",
    )  # fmt: skip
    keys.path_of(coop.schema_name).unlink()
    return coop


def browser(name: str) -> Any:
    with coops.public():
        return signed_in(Person.objects.get(pk=members.log_in(name)), strong=True)


def test_every_page_of_a_member_and_of_an_officer_still_opens(lost: Any) -> None:
    number = queries.number_of(members.known("bruno"))
    seen: dict[str, int] = {}
    for name in ("bruno", "grace"):
        page = browser(name)
        for path in (*PAGES, f"members/{number}/"):
            answer = page.get(f"/c/alpha/{path}")
            seen[f"{name} {path}"] = answer.status_code
    broken = {path: status for path, status in seen.items() if status >= 500}
    assert broken == {}
    assert seen["grace members/register/"] == seen[f"grace members/{number}/"] == seen["bruno "] == seen["grace audit/"] == 200
    register = browser("grace").get("/c/alpha/members/register/").content.decode()
    assert "name closed" in register
    assert "Bruno Okafor" not in register
    assert "closed: the co-op" in browser("grace").get("/c/alpha/audit/").content.decode()


def test_whatever_is_personal_is_refused_with_a_code_and_no_key_is_made(lost: Any) -> None:
    given = {"email": "new@example.org", "phone": "", "language": "en", "key": fresh_key()}
    answer = browser("bruno").post("/c/alpha/members/contact/", given)
    assert answer.status_code in (422, 503)
    assert "restores it from its backup" in " ".join(answer.content.decode().split())
    with coops.inside(lost.schema_name), pytest.raises(keys.KeyMissing) as refused:
        people.change_contact(
            actor=members.actor("bruno"),
            now=clock.now(),
            key=fresh_key(),
            party=members.known("bruno"),
            contact={"phone": "+353861"},
        )
    assert refused.value.code == "shared.key_missing"
    assert not keys.has_key(lost.schema_name)


def test_the_doctor_says_so_clearly(lost: Any) -> None:
    says = [f"{line.says}. {line.to_do}" for line in health.lines() if not line.ok and line.what == "key file"]
    missing = "alpha: missing: names and contacts are closed; restore the file, or rochdale keys combine. "
    assert says == [missing + "See docs/howto/keep-the-keys.md."]
