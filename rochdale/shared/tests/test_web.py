"""Pages: who may open them, keys of forms, refusals as pages, downloads."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from rochdale.cooperatives.testing import log_in_for, signed_in
from rochdale.offices.testing import holds
from rochdale.shared import action as acting
from rochdale.shared import clock, coops, tables, web
from rochdale.shared.actor import Actor
from rochdale.shared.refusals import Refusal

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = uuid4()


class Boom(Refusal):
    code = "test_web.boom"
    status = 409
    text = "The thing {what} broke. Nothing was changed."


def ok(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def boom(request: HttpRequest) -> HttpResponse:
    raise Boom(what="<b>")


class Prove(Refusal):
    code = "test_web.prove"
    text = "Prove it. Nothing was changed."


urlpatterns = [path("boom/", web.everyone(boom)), path("closed/", web.signed_in(ok))]


def ask(view: Any, *, user: Any = None, actor: Actor | None = None, address: str = "/page/?x=1", **session: Any) -> HttpResponse:
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.messages.storage.fallback import FallbackStorage

    request: Any = RequestFactory().get(address)
    request.user = user or AnonymousUser()
    request.session = session
    request.coop = None
    request._messages = FallbackStorage(request)
    if actor is not None:
        request.actor = actor
    answer: HttpResponse = view(request)
    return answer


def test_everyone_may_open_a_public_page(public_db) -> None:
    assert ask(web.everyone(ok)).content == b"ok"


def test_visitors_are_sent_to_sign_in_and_back(public_db) -> None:
    answer = ask(web.signed_in(ok))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/accounts/login/?next=%2Fpage%2F%3Fx%3D1")
    assert ask(web.signed_in(ok), user=log_in_for("ada@example.org")).content == b"ok"


def test_strangers_do_not_see_members_pages(coop) -> None:
    with coops.public():
        eve = log_in_for("eve@example.org")
    assert ask(web.members_only(ok)).status_code == 303
    with pytest.raises(web.MembersOnly):
        ask(web.members_only(ok), user=eve, actor=Actor(kind="person", via="page", person=eve.id))
    assert ask(web.members_only(ok), user=eve, actor=Actor(kind="person", via="page", person=eve.id, party=ADA)).content == b"ok"


def officer(person: Any, *, strong: bool) -> Actor:
    return Actor(kind="person", via="page", person=person.id, party=ADA, strong=strong, sure_at=NOW)


def test_officers_pages_ask_for_the_office_and_a_second_factor(coop) -> None:
    with coops.public():
        ada = log_in_for("ada@example.org")
    view = web.officers("treasurer", "cashier")(ok)
    with clock.at(NOW):
        assert ask(view).status_code == 303
        with pytest.raises(web.OfficersOnly):
            ask(view, user=ada, actor=officer(ada, strong=True))
        holds(ADA, "treasurer", NOW)
        assert ask(view, user=ada, actor=officer(ada, strong=True)).content == b"ok"
        sent = ask(view, user=ada, actor=officer(ada, strong=False))
    assert sent.headers["Location"] == "/accounts/2fa/?next=%2Fpage%2F%3Fx%3D1", "none set up yet"


def test_views_say_who_may_open_them() -> None:
    assert getattr(web.everyone(ok), "access", "") == "everyone"
    assert getattr(web.officers("treasurer", "board")(ok), "access", "") == "officers: board, treasurer"


def test_the_offices_of_nobody_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acting.doors, "held", None)
    assert acting.held(Actor(kind="person", via="page", party=ADA), NOW) == frozenset()


@pytest.mark.urls("rochdale.shared.tests.test_web")
def test_a_refusal_becomes_a_page(public_db, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.template.response import SimpleTemplateResponse

    monkeypatch.setattr(web, "render", lambda request, name, data, status: SimpleTemplateResponse(name, data, status=status))
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", property(lambda self: self.context_data["said"]))
    answer = Client().get("/boom/")
    assert answer.status_code == 409
    assert answer.content.decode() == "The thing <b> broke. Nothing was changed."


def test_the_page_of_a_refusal_shows_its_code_and_runs_nothing(public_db) -> None:
    answer = ask(lambda request: web.refusal_page(request, Boom(what="<script>")))
    page = answer.content.decode()
    assert (answer.status_code, "test_web.boom" in page) == (409, True)
    assert "&lt;script&gt;" in page
    assert "<script>broke" not in page


def test_a_missing_proof_leads_to_where_it_is_given(public_db, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Prove, "code", "offices.prove_yourself")
    answer = ask(lambda request: web.refusal_page(request, Prove()), user=log_in_for("ada@example.org"))
    assert "/accounts/2fa/?next=%2Fpage%2F%3Fx%3D1" in answer.content.decode()


@pytest.mark.parametrize("given", [{}, {"key": ""}, {"key": "x" * 201}, {"key": "a\x00b"}])
def test_a_form_without_its_key_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(web.FormWithoutKey):
        web.key_of(RequestFactory().post("/", given))


def test_a_form_carries_its_key() -> None:
    assert web.key_of(RequestFactory().post("/", {"key": " abc "})) == "abc"


@pytest.mark.parametrize("given", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_only_addresses_of_ours_are_gone_on_to(given: str) -> None:
    assert web.safe_next(RequestFactory().get("/"), given, otherwise="/here/") == "/here/"


def test_an_address_of_ours_is_gone_on_to() -> None:
    assert web.safe_next(RequestFactory().get("/"), "/c/alpha/", otherwise="/") == "/c/alpha/"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "＝1+1"])
def test_cells_cannot_run_in_a_spreadsheet(cell: str) -> None:
    """T21: what a spreadsheet would run as a formula is made harmless."""
    table = tables.Table(name="t", caption="T", columns=[tables.Column("a", "A")], rows=[{"a": cell}])
    answer = web.csv_download(table, filename="t.csv")
    assert answer.content.decode().split("\r\n", 1)[1].lstrip('"').startswith("'")


def test_a_download_is_never_shown_as_a_page() -> None:
    table = tables.Table(name="t", caption="T", columns=[tables.Column("a", "A")], rows=[])
    answer = web.csv_download(table, filename='x".html')
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_session_without_proofs_proves_nothing(public_db) -> None:
    browser = signed_in(log_in_for("ada@example.org"))
    assert browser.session["account_authentication_methods"][0]["at"] <= time.time()
