"""What the database refuses, and what is asked for that is not here, leaves an alert that somebody sees (T10, T17)."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection

from rochdale.audit import actions, health, jobs, refused
from rochdale.audit.queries import alerts
from rochdale.ledger import queries as ledger_queries
from rochdale.members import testing as people
from rochdale.members.testing import NOW
from rochdale.members.testing_pages import Page
from rochdale.shared import clock, coops
from rochdale.shared.actor import operator
from rochdale.shared.postgres import addresses
from rochdale.shared.postgres import testing as server


def raised() -> list[tuple[str, str, int]]:
    return [(each.code, each.subject, each.count) for each in alerts.latest()]


def test_a_storm_within_an_hour_is_one_alert_with_a_count(coop: Any) -> None:
    for minute in range(50):
        actions.alert(code="audit.refused_by_database", subject="UPDATE x", now=NOW + timedelta(minutes=minute))
    actions.alert(code="audit.refused_by_database", subject="UPDATE x", now=NOW + timedelta(minutes=70))
    assert [count for _code, _subject, count in raised()] == [1, 50]


BY_HAND = (
    "UPDATE audit_alert SET subject = 'other', count = count + 1",
    "UPDATE audit_alert SET count = count - 1",
    "DELETE FROM audit_alert",
    "TRUNCATE audit_alert",
)


def test_of_an_alert_only_the_count_grows(own_database: Any) -> None:
    with coops.inside(own_database.coop.schema_name):
        actions.alert(code="test.alert", subject="x", now=NOW, count=3)
    with own_database.connect("rochdale_owner") as owner:
        owner.execute(f"SET search_path TO {own_database.coop.schema_name}, public")
        for sql in BY_HAND:
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                owner.execute(sql)
        owner.execute("UPDATE audit_alert SET count = count + 1")


def tampering(request: Any, posting: int) -> Any:
    """Stand for a flaw in a page: it changes what may only be added to."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_record SET action = 'x'")


def test_t10_what_the_database_refuses_a_page_leaves_an_alert(coop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people.officer("carmen")
    carmen, bruno = Page("carmen"), (people.join("bruno"), Page("bruno"))[1]
    monkeypatch.setattr(ledger_queries, "posting_for", lambda actor, posting, now: tampering(None, posting))
    bruno.client.raise_request_exception = False
    logging.disable()
    assert [bruno.get("ledger/postings/1/").status_code for _each in range(3)] == [500] * 3
    logging.disable(logging.NOTSET)
    assert raised() == [("audit.refused_by_database", "permission denied for audit_record", 3)]
    assert "The database refused" in carmen.get("audit/alerts/").content.decode()
    assert "look at it" in carmen.get("audit/alerts/").content.decode()
    assert "Somebody should look at this" in carmen.get("me/").content.decode()
    assert bruno.get("audit/alerts/").status_code == 403
    assert "Somebody should look at this" not in bruno.get("me/").content.decode()
    with clock.at(NOW):
        assert not next(line for line in health.look() if line.what == "alerts").ok


def test_t10_a_program_that_goes_round_rochdale_is_found_in_the_servers_log(
    own_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "server", lambda: server.server)
    schema = own_database.coop.schema_name
    jobs.scan_log()
    with coops.inside(schema), clock.at(NOW):
        actions.note(action="test.note", actor=operator("x"), references={}, now=NOW)
    before = count_of(schema), count_of(coops.PUBLIC)
    with own_database.connect() as app, own_database.connect("rochdale_owner") as owner:
        app.execute(f"SET ROLE {schema}")
        for _each in range(2):
            with pytest.raises(psycopg.Error, match="permission denied"):
                app.execute(f"DELETE FROM {schema}.audit_record")
        with pytest.raises(psycopg.Error, match="append-only"):
            owner.execute(f"UPDATE {schema}.audit_record SET action = 'x'")
    jobs.scan_log()
    assert (count_of(schema), count_of(coops.PUBLIC)) == (before[0] + 1, before[1] + 2)
    jobs.scan_log()
    assert (count_of(schema), count_of(coops.PUBLIC)) == (before[0] + 1, before[1] + 2), "a line is read once"
    with coops.inside(schema):
        seen = {(each.subject, each.on_host) for each in alerts.for_officers()}
    assert {("UPDATE audit_record", False), ("permission denied for audit_record", True)} <= seen, "its officers see both"


def count_of(schema: str) -> int:
    with coops.inside(schema):
        return sum(each.count for each in alerts.latest(limit=1000) if each.seen_by == "log" and "audit_record" in each.subject)


def test_t17_ids_that_are_not_here_are_counted_and_shown(coop: Any) -> None:
    people.officer("carmen")
    bruno = people.join("bruno")
    page = Page("bruno")
    for number in range(4):
        assert page.get(f"ledger/postings/{900_001 + number}/").status_code == 404
    assert [each.serious for each in alerts.latest()] == [False], "a mistyped address is no attack"
    assert page.get("api/ledger/accounts/900001/statement").status_code == 404
    (found,) = alerts.latest()
    assert (found.code, found.count, found.party, found.serious) == ("audit.unknown_ids", 5, bruno, True)
    assert "that are not in this co-op" in Page("carmen").get("audit/alerts/").content.decode()
    assert page.get("no/such/page/").status_code == 404
    assert alerts.latest()[0].count == 5, "an address that leads nowhere is only mistyped"


def test_a_job_that_runs_into_a_refusal_leaves_an_alert(own_database: Any) -> None:
    from types import SimpleNamespace

    from rochdale.shared import jobs as queue

    def tamper() -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM audit_record")

    schema = own_database.coop.schema_name
    context: Any = SimpleNamespace(job=SimpleNamespace(task_kwargs={"coop": schema}, task_name="test"))
    with pytest.raises(Exception, match="permission denied"):
        queue.in_coop(tamper, context, None)
    with coops.inside(schema):
        assert raised() == [("audit.refused_by_database", "permission denied for audit_record", 1)]


LOG = [
    "2026-11-22 10:00:00 UTC [7] ERROR:  append-only: DELETE on coop_a.ledger_posting is refused; correct by adding",
    "2026-11-22 10:00:00 UTC [7] rochdale_app@rochdale ERROR:  permission denied for table members_member",
    "2026-11-22 10:00:01 UTC [7] rochdale_app@rochdale ERROR:  must be owner of table ledger_posting",
    "2026-11-22 10:00:02 UTC [7] rochdale_app@rochdale LOG:  permission denied for table members_member",
    '2026-11-22 10:00:03 UTC [7] rochdale_app@rochdale ERROR:  duplicate key value violates unique constraint "x"',
]


def test_only_refusals_on_principle_are_read_from_the_log() -> None:
    assert dict(refused.in_log(LOG)) == {
        ("coop_a", "DELETE ledger_posting"): 1,
        ("", "permission denied for members_member"): 1,
        ("", "must be owner of ledger_posting"): 1,
    }
    assert refused.said_by(ValueError("x")) is None
