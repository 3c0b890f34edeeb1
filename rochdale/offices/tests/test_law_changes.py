"""When the law changes, those who answer for it are told: once each, with what it means for their bylaws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.template.loader import render_to_string

from rochdale.bylaws import queries as law
from rochdale.bylaws import testing as bylaws
from rochdale.messages import queries as outbox
from rochdale.offices import actions, cards, jobs, queries, testing
from rochdale.shared import actor, clock
from rochdale.shared.refusals import Refusal

BEFORE = datetime(2026, 3, 20, 12, tzinfo=UTC)
AFTER = datetime(2026, 4, 10, 6, tzinfo=UTC)


@pytest.fixture
def officers(coop: Any) -> dict[str, Any]:
    bylaws.adopt(BEFORE, packs=["es"])
    found = {office: uuid4() for office in ("chair", "secretary", "treasurer")}
    for office, party in found.items():
        testing.holds(party, office, BEFORE)
    return found


def notices() -> list[Any]:
    return [each for each in outbox.sent(limit=100) if each.kind == "offices.law_changed"]


def test_officers_who_answer_for_the_law_are_told_once(officers: dict[str, Any]) -> None:
    with clock.at(BEFORE):
        assert jobs.tell_of_law() == 0
    with clock.at(AFTER):
        assert jobs.tell_of_law() == 2
        assert jobs.tell_of_law() == 2
    with clock.at(AFTER + timedelta(days=1)):
        jobs.tell_of_law()
    told = notices()
    assert len(told) == 2
    assert all(each.legal_notice for each in told)
    assert "vote for how many absent members" in told[0].body or "one person may vote" in told[0].body
    assert "2026-04-09" in told[0].body
    assert "None of your bylaws lies outside of it." in told[0].body


def test_a_month_later_it_is_no_news(officers: dict[str, Any]) -> None:
    with clock.at(AFTER + timedelta(days=40)):
        assert jobs.tell_of_law() == 0


def test_their_home_page_says_so_and_the_treasurers_does_not(officers: dict[str, Any]) -> None:
    assert not cards.home_cards(officers["chair"], BEFORE)
    [card] = cards.home_cards(officers["chair"], AFTER)
    assert len(card.data["law"].changes) == 16
    assert not cards.home_cards(officers["treasurer"], AFTER)
    assert not cards.home_cards(uuid4(), AFTER)


def test_the_card_and_every_kind_of_notice_read_well(officers: dict[str, Any]) -> None:
    [card] = cards.home_cards(officers["chair"], AFTER)
    assert "16 rules of law say something else" in render_to_string(card.template, {"data": card.data})
    outside = law.OutsideLaw("test.proxies", "How many proxies", "3", "at most 2", "Ley 27/1999 art. 27", date(2026, 4, 9))
    newer = law.NewerText("es", "Spain", "f" * 64, 2, (outside,))
    found = law.Attention((), (outside,), (newer,), ("A rule nobody read",))
    text = render_to_string(card.template, {"data": {"law": found, "url": "/"}})
    assert "1 bylaw lies outside the law" in text
    assert "A newer text of “Spain” is here: 2 rules differ." in text
    for channel in ("email", "letter", "sms"):
        given = {"name": "Carmen", "changes": [], "outside": [outside]}
        assert "outside" in render_to_string(f"offices/messages/law_changed.{channel}.txt", given)
        assert (
            "3" in render_to_string(f"offices/messages/law_changed.{channel}.txt", {**given, "newer": newer}) or channel == "sms"
        )


def test_a_newer_text_of_the_law_is_told_once(officers: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    newer = law.NewerText("es", "Co-operative society, Spain", "f" * 64, 2, ())
    monkeypatch.setattr(law, "attention", lambda *, at: law.Attention((), (), (newer,), ()))
    with clock.at(BEFORE):
        assert jobs.tell_of_law() == 2
    with clock.at(BEFORE + timedelta(days=50)):
        jobs.tell_of_law()
    assert len(notices()) == 2
    assert "in which 2 rules differ" in notices()[0].body


def test_before_the_first_version_there_is_no_law_to_speak_of(coop: Any) -> None:
    party = uuid4()
    with clock.at(AFTER):
        assert jobs.tell_of_law() == 0
    assert queries.held_by(party, AFTER) == frozenset()


def test_only_the_job_tells(officers: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        actions.tell_of_law(actor=testing.officer(officers["chair"], AFTER), now=AFTER, key="mine")
    assert refused.value.code == "offices.not_allowed"
    assert actor.job("offices.tell_of_law").kind == "job"
