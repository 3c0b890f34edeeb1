"""Officers take the archive out together, members see it; after a move people come back by their codes."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse

from rochdale.archives import actions, jobs, keeping, queries, rules
from rochdale.archives.models import Returning
from rochdale.members import actions as members_do
from rochdale.members import queries as register
from rochdale.members import testing as members
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page
from rochdale.shared import clock, coops, keys
from rochdale.shared.action import NotAllowed
from rochdale.shared.refusals import Refusal

from . import stage


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


class TestTakeItWithYou:
    def test_two_officers_take_the_archive_out_and_every_member_sees_it(
        self, own_database: Any, monkeypatch: Any, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(keeping, "export_path", lambda schema, number: tmp_path / f"{schema}-{number}.tar")
        with coops.inside("coop_alpha"):
            for name in ("grace", "carmen", "bruno"):
                members.join(name)
        grace, carmen, bruno = Page("grace"), Page("carmen"), Page("bruno")
        assert "No archive was ever asked for" in text_of(bruno.get("archives/"))
        assert bruno.get("archives/ask/").status_code == 403
        assert "A second officer has to agree" in text_of(grace.get("archives/ask/"))
        assert grace.post("archives/ask/").status_code == 303
        assert "already" in text_of(carmen.post("archives/ask/"))
        assert "Nothing was changed; ask another officer" in text_of(grace.post("archives/1/agree/"))
        assert "waits for a second officer" in text_of(bruno.get("archives/"))
        assert carmen.post("archives/1/agree/").status_code == 303
        coops.enter(coops.PUBLIC)
        with clock.at(NOW):
            jobs.make_exports()
            jobs.make_exports()
        assert "ready" in text_of(bruno.get("archives/")) and "Download" not in text_of(bruno.get("archives/"))
        assert "Download" in text_of(carmen.get("archives/"))
        link = carmen.post("archives/1/fetch/")["Location"].removeprefix("/c/alpha/")
        whole = carmen.get(link)
        content = b"".join(whole.streaming_content)  # type: ignore[attr-defined]  # a stream
        assert stage.opened(content).manifest.coops[0].directory["slug"] == "alpha"
        part = carmen.get(link, HTTP_RANGE="bytes=1000-")
        assert (part.status_code, b"".join(part.streaming_content)) == (206, content[1000:])  # type: ignore[attr-defined]  # a stream
        assert carmen.get(link, HTTP_RANGE="bytes=999999999-").status_code == 416
        assert grace.get(link).status_code == 404, "a link is one person's"
        assert carmen.get(link.replace("file/", "file/x")).status_code == 404
        carmen = Page("carmen", NOW + timedelta(days=8))
        assert "no longer kept" in text_of(carmen.get("archives/"))
        assert carmen.post("archives/1/fetch/").status_code == 404
        coops.enter(coops.PUBLIC)

    def test_without_a_fresh_second_factor_nobody_asks(self, coop: Any) -> None:
        members.join("grace")
        with pytest.raises(Refusal):
            actions.ask_for_export(actor=members.actor("grace", sure=False), now=NOW, key="x")
        with pytest.raises(NotAllowed):
            actions.ask_for_export(actor=members.officer("ada"), now=NOW, key="x")

    def test_what_failed_is_told(self, own_database: Any, monkeypatch: Any, tmp_path: Path) -> None:
        monkeypatch.setattr(keeping, "export_path", lambda schema, number: tmp_path / f"{schema}-{number}.tar")
        monkeypatch.setattr(keeping, "back_up_coop", lambda *given, **more: 1 / 0)
        with coops.inside("coop_alpha"):
            actions.ask_for_export(actor=members.officer("grace"), now=NOW, key="ask")
            actions.agree_to_export(actor=members.officer("carmen"), now=NOW, key="agree", export=1)
            with pytest.raises(actions.NotWaitingForYou):
                actions.agree_to_export(actor=members.officer("hana"), now=NOW, key="agree", export=1)
            with pytest.raises(actions.NotReady):
                actions.fetch_export(actor=members.officer("carmen"), now=NOW, key="fetch", export=1)
        with clock.at(NOW):
            jobs.make_exports()
        with coops.inside("coop_alpha"):
            [found] = queries.exports(NOW)
            assert (found.state, found.failure) == ("failed", "ZeroDivisionError")
            assert queries.open_export() is None


@pytest.fixture
def moved(coop: Any) -> Any:
    """Let Ada be somebody who had a log-in before the move, and Eve a person with a log-in here."""
    members.join("carmen")
    with members.inside():
        party = members_do.make_party(actor=stage.OPERATOR, now=NOW, key="ada", register={"name": "Ada Byrne"})
    Returning.objects.create(party=party, since=NOW)
    return party


class TestComingBack:
    def test_somebody_comes_back_by_their_code(self, moved: Any) -> None:
        carmen, eve = Page("carmen"), Page("eve")
        assert "Ada Byrne" in text_of(carmen.get("archives/returning/"))
        shown = text_of(carmen.post("archives/returning/", {"party": ""}))
        [code] = re.findall(r"[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}", shown)
        assert code not in text_of(carmen.get("archives/returning/"))
        assert "I was here before" in text_of(eve.get("archives/come-back/"))
        assert eve.post("archives/come-back/", {"code": code.lower().replace("-", " ")}).status_code == 303
        assert str(register.party_of(members.log_in("eve"))) == str(moved)
        assert "Nobody is waiting" in text_of(carmen.get("archives/returning/"))
        assert Page("bruno").get("archives/returning/").status_code == 403

    def claim(self, code: str, *, name: str = "eve", now: Any = NOW) -> str:
        done = actions.claim_party(actor=members.actor(name, now), now=now, key=members.fresh_key(), code=code)
        return str(done["reason"])

    def issue(self, party: str, now: Any = NOW) -> str:
        code = rules.new_code()
        actions.issue_claims(
            actor=members.officer("carmen"), now=now, key=members.fresh_key(), parties=[party],
            code_hashes=[rules.code_hash(code)],
        )  # fmt: skip
        return code

    def test_a_code_works_once_until_a_newer_one_or_its_end(self, moved: Any) -> None:
        old, new = self.issue(moved), self.issue(moved)
        assert self.claim(old) == "wrong"
        assert self.claim(new, now=NOW + timedelta(days=91)) == "wrong"
        assert self.claim(new) == ""
        assert self.claim(new, name="bruno") == "wrong"
        with pytest.raises(actions.NotWaiting):
            self.issue(moved)

    def test_after_five_wrong_codes_a_log_in_waits_a_day(self, moved: Any) -> None:
        code = self.issue(moved)
        assert [self.claim("wrong") for _ in range(5)] == ["wrong"] * 5
        assert self.claim(code) == "later"
        assert self.claim(code, name="bruno", now=NOW) == "", "another log-in does not wait"
        assert "tomorrow" in text_of(Page("eve").post("archives/come-back/", {"code": "AAAA-AAAA-AAAA-AAAA"}))

    def test_a_log_in_that_is_somebody_here_is_not_linked_again(self, moved: Any) -> None:
        code = self.issue(moved)
        members.join("bruno")
        with pytest.raises(Refusal) as refused:
            self.claim(code, name="bruno")
        assert refused.value.code == "members.already_linked"
        assert self.claim(code) == "", "the code is not used up by that"

    def test_codes_can_be_given_out_before_the_key_is_here(self, moved: Any, monkeypatch: Any, tmp_path: Path) -> None:
        operator = stage.OPERATOR
        monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
        code = rules.new_code()
        marks = [rules.code_hash(code)]
        actions.issue_claims(actor=operator, now=NOW, key="x", parties=[str(moved)], code_hashes=marks)
        assert "Ada" not in str(queries.names([UUID(moved)]))
        person = uuid4()
        assert queries.claim_of(rules.code_hash(code), NOW) is not None
        assert not queries.must_wait(person, NOW)
        assert not keys.has_key("coop_alpha"), "no key is made for that"

    def test_nobody_issues_to_themselves_or_without_an_office(self, moved: Any) -> None:
        carmen = members.officer("carmen")
        assert carmen.party is not None
        Returning.objects.create(party=carmen.party, since=NOW)
        with pytest.raises(actions.NotWaiting):
            actions.issue_claims(actor=carmen, now=NOW, key="a", parties=[str(carmen.party)], code_hashes=["x"])
        with pytest.raises(NotAllowed):
            actions.issue_claims(actor=members.officer("ada"), now=NOW, key="b", parties=[str(moved)], code_hashes=["x"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [("", (0, 99)), ("bytes=0-", (0, 99)), ("bytes=10-19", (10, 19)), ("bytes=-5", (95, 99)), ("bytes=90-500", (90, 99))],
)
def test_ranges(asked: str, found: tuple[int, int]) -> None:
    assert rules.byte_range(asked, 100) == found


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=5-4", "bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=" + "9" * 99 + "-"])
def test_ranges_that_are_none(asked: str) -> None:
    with pytest.raises(ValueError, match=r"bytes|lines"):
        rules.byte_range(asked, 100)
