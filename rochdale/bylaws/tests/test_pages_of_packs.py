"""The packs as anybody reads them: without a log-in, without script, and with nothing typed trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rochdale.bylaws import packs, queries
from rochdale.bylaws import testing as bylaws
from rochdale.shared import clock

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


def page(client: Any, path: str, query: dict[str, str] | None = None, *, status: int = 200) -> str:
    with clock.at(NOW):
        answer = client.get(path, query)
    assert answer.status_code == status, answer.content[:2000]
    return str(answer.content.decode())


def test_the_shelf_lists_every_pack_and_says_that_nobody_signed(public_db: None, client: Any) -> None:
    text = page(client, "/packs/")
    assert all(f'href="/packs/{name}/"' in text for name in packs.names())
    assert text.count("not reviewed") == len(packs.names())
    assert "No lawyer has signed them" in text


@pytest.mark.parametrize("name", packs.names())
def test_each_pack_has_a_page_with_every_rule(public_db: None, client: Any, name: str) -> None:
    text = page(client, f"/packs/{name}/")
    rows = packs.shipped(name).rows
    assert all(f'id="{key}"' in text for key in rows)
    used, shown_only = queries.counted(rows)
    assert f"{used} read by the program, {shown_only} shown only" in text
    page(client, f"/packs/{name}/changes/")


def test_a_reader_finds_words_and_kinds(public_db: None, client: Any) -> None:
    text = page(client, "/packs/es/", {"q": "proxy WRITTEN", "show": "all"})
    assert "0 of 61 rules are shown" in text
    assert "No rule has these words" in text
    text = page(client, "/packs/es/", {"q": "absent members"})
    assert "1 of 61 rules are shown" in text
    assert 'id="vote.proxy.max"' in text
    assert 'id="members.min"' in page(client, "/packs/es/", {"show": "used"})
    assert 'id="vote.plural"' not in page(client, "/packs/es/", {"show": "used"})
    assert "61 of 61" in page(client, "/packs/es/", {"show": "<script>"})


def test_a_reader_sees_the_law_of_another_day(public_db: None, client: Any) -> None:
    text = page(client, "/packs/es/", {"on": "2026-03-31", "q": "absent members"})
    assert "not yet law" in text
    assert "The law as it stood" in text
    assert "not yet law" not in page(client, "/packs/es/", {"q": "absent members"})
    assert "That is not a day" in page(client, "/packs/es/", {"on": "yesterday"})


def test_two_days_are_compared_for_a_lay_reader(public_db: None, client: Any) -> None:
    text = page(client, "/packs/es/changes/", {"from": "2026-03-01", "to": "2026-05-01"})
    assert "16 rules differ between the two days" in text
    assert "at most 2" in text
    assert "same rule, another text" in text
    assert "Ley 27/1999 art. 24.1" in text
    assert "16 rules differ" in page(client, "/packs/es/changes/"), "by default the last change is shown"
    text = page(client, "/packs/es/changes/", {"from": "<script>", "to": "2026-05-01"})
    assert "is not a day" in text
    assert "<script>“" not in text
    assert "Nothing is different" in page(client, "/packs/es/changes/", {"from": "2026-05-01", "to": "2026-05-01"})


@pytest.mark.parametrize("path", ["/packs/atlantis/", "/packs/atlantis/changes/", "/packs/pinned/"])
def test_a_pack_that_is_not_there_is_not_found(public_db: None, client: Any, path: str) -> None:
    page(client, path, status=404)


def test_a_co_op_reads_the_law_it_stands_under_and_what_changed(coop: Any, client: Any) -> None:
    bylaws.adopt(NOW - timedelta(days=60), packs=["es"])
    shown = page(client, "/c/alpha/bylaws/")
    assert "The law changed" in shown
    assert 'href="/packs/"' in shown
    text = page(client, "/c/alpha/bylaws/law/es/", {"show": "changing"})
    assert 'id="gm.notice"' in text
    assert 'id="members.min"' not in text
    text = page(client, "/c/alpha/bylaws/law/es/changes/", {"from": "2026-03-01", "to": "2026-05-01"})
    assert "16 rules differ." in text
    assert "One text of the law is read on two days." in text
    page(client, "/c/alpha/bylaws/law/es/changes/", {"old": "1", "new": "shipped"})
    for wrong in ({"old": "9"}, {"new": "x"}, {"old": "9" * 30}):
        page(client, "/c/alpha/bylaws/law/es/changes/", wrong, status=404)
    page(client, "/c/alpha/bylaws/law/it/changes/", status=404)


def test_the_wizard_leads_to_the_packs(public_db: None, client: Any) -> None:
    from rochdale.cooperatives import testing as people

    people.signed_in(people.log_in_for("finn@example.org"), client=client)
    with clock.at(NOW):
        client.post("/found/", {"name": "Vino", "purpose": "Wine of its members", "slug": "vino", "key": "a-key-of-mine"})
    assert 'href="/packs/"' in page(client, "/found/law/")
