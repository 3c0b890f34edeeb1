"""The way of a request into its co-op and out again, with nothing left behind; on a database without an outer transaction."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import get_script_prefix

from rochdale.cooperatives.testing import log_in_for, signed_in
from rochdale.shared import coops, links


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


def test_links_lead_into_a_co_op_and_out_of_it(browsers):
    assert links.coop_url("alpha", "bylaws:history") == "/c/alpha/bylaws/history/"
    assert links.root_url("account_login") == "/accounts/login/"
    assert get_script_prefix() == "/"
