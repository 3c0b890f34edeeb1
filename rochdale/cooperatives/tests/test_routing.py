"""The way of a request into its co-op and out again, with nothing left behind; on a database without an outer transaction."""

from __future__ import annotations

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, get_script_prefix

from rochdale.cooperatives.testing import log_in_for, signed_in
from rochdale.shared import coops, links, web


@pytest.fixture
def browsers(own_database):
    with coops.public():
        person = log_in_for("eve@example.org")
    return {"a stranger": Client(), "somebody signed in": signed_in(person)}


@pytest.mark.parametrize("who", ["a stranger", "somebody signed in"])
@pytest.mark.parametrize(
    "address", ["/c/nobody/", "/c/alpha/no/such/page/", "/c/alpha/music/tracks/999999/", "/no/such/page/", "/c/ALPHA/"]
)
def test_what_is_not_there_is_a_page_that_says_so(who, address, browsers):
    assert browsers[who].get(address).status_code == 404
    assert (coops.current(), get_script_prefix()) == ("public", "/")


@pytest.mark.parametrize("who", ["a stranger", "somebody signed in"])
def test_a_page_of_the_co_op_opens_and_leaves_nothing_behind(who, browsers):
    assert browsers[who].get("/c/alpha/bylaws/").status_code == 200
    assert (coops.current(), get_script_prefix()) == ("public", "/")


@pytest.mark.parametrize("who", ["a stranger", "somebody signed in"])
def test_a_refusal_in_the_co_op_is_a_page(who, browsers):
    answer = browsers[who].get("/c/alpha/members/applications/")
    assert answer.status_code in (303, 403)
    assert coops.current() == "public"


def test_a_broken_view_is_answered_in_public(browsers, monkeypatch):
    def broken(request: HttpRequest) -> None:
        raise ZeroDivisionError

    browser = browsers["somebody signed in"]
    browser.raise_request_exception = False
    monkeypatch.setattr("django.core.handlers.base.BaseHandler.make_view_atomic", lambda self, view: broken)
    assert browser.get("/c/alpha/bylaws/").status_code == 500
    assert coops.current() == "public"


class Deadlock:
    """A view that meets a deadlock the first few times, then answers or refuses."""

    def __init__(self, times, then=None):
        self.times, self.then, self.seen = times, then, []

    def __call__(self, request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user::text")
            self.seen.append(cursor.fetchone()[0])
            if len(self.seen) <= self.times:
                cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$")
        if self.then is not None:
            raise self.then
        return HttpResponse("done")


def visit_failing(browser, view, monkeypatch):
    page = get_resolver(links.COOP_URLS).resolve("/bylaws/")
    monkeypatch.setattr(page, "func", view)
    monkeypatch.setattr("django.urls.resolvers.URLResolver.resolve", lambda self, path: page)
    browser.raise_request_exception = False
    return browser.get("/c/alpha/bylaws/")


def test_a_deadlock_is_tried_again_in_the_same_co_op(browsers, monkeypatch):
    view = Deadlock(2)
    answer = visit_failing(browsers["a stranger"], view, monkeypatch)
    assert (answer.status_code, answer.content) == (200, b"done")
    assert view.seen == ["coop_alpha"] * 3
    assert coops.current() == "public"


def test_deadlocks_without_end_are_an_error_in_the_end(browsers, monkeypatch):
    view = Deadlock(99)
    assert visit_failing(browsers["a stranger"], view, monkeypatch).status_code == 500
    assert len(view.seen) == 4
    assert coops.current() == "public"


def test_a_refusal_at_the_second_try_is_a_refusal(browsers, monkeypatch):
    view = Deadlock(1, then=web.FormWithoutKey())
    answer = visit_failing(browsers["somebody signed in"], view, monkeypatch)
    assert answer.status_code == 400
    assert len(view.seen) == 2


def test_links_lead_into_a_co_op_and_out_of_it(browsers):
    assert links.coop_url("alpha", "bylaws:history") == "/c/alpha/bylaws/history/"
    assert links.root_url("account_login") == "/accounts/login/"
    assert get_script_prefix() == "/"


def test_a_request_that_cannot_be_understood_is_answered_kindly(own_database, client, settings):
    settings.ALLOWED_HOSTS = ["coop.example"]
    answer = client.get("/c/alpha/", headers={"host": "another.example"})
    assert answer.status_code == 400
    assert "Nothing was changed; open the page again and repeat." in answer.content.decode()
