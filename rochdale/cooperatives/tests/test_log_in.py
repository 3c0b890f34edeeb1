"""Signing up and in: by code, by password, with a second factor; nothing tells strangers who has a log-in."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client, RequestFactory

from rochdale.cooperatives import queries
from rochdale.cooperatives.models import Person
from rochdale.cooperatives.testing import log_in_for, signed_in
from rochdale.messages import queries as messages
from rochdale.shared import web

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def fresh_limits(public_db) -> None:
    cache.clear()


def last_code() -> str:
    found = re.search(r"\b([A-Z0-9]{3,4}-?[A-Z0-9]{3,4}|[0-9]{6})\b", messages.sent(limit=1)[0].body)
    assert found is not None
    return found[1]


def person_of(browser: Client) -> str | None:
    return browser.session.get("_auth_user_id")


def ask_for_code(browser: Client, **address: str) -> Any:
    return browser.post("/accounts/login/code/", address, follow=True)


def confirm(browser: Client, code: str) -> Any:
    return browser.post("/accounts/login/code/confirm/", {"code": code})


@pytest.mark.parametrize("page", ["login/", "signup/", "login/code/", "password/reset/"])
def test_the_pages_open_in_our_frame(page: str) -> None:
    answer = Client().get(f"/accounts/{page}")
    assert answer.status_code == 200
    assert 'href="#main"' in answer.content.decode()


def test_a_code_by_e_mail_signs_in() -> None:
    ada, browser = log_in_for("ada@example.org"), Client()
    ask_for_code(browser, email="ada@example.org")
    assert messages.sent()[0].channel == "email"
    assert confirm(browser, last_code()).status_code == 302
    assert person_of(browser) == str(ada.id)
    assert EmailAddress.objects.get(user=ada).verified, "using the code proves the address"


def test_a_code_by_sms_signs_in() -> None:
    dilip, browser = log_in_for("+353861234567"), Client()
    ask_for_code(browser, phone="+353 86 123 4567")
    (sms,) = messages.sent()
    assert (sms.channel, sms.address) == ("sms", "+353861234567")
    confirm(browser, last_code())
    assert person_of(browser) == str(dilip.id)
    dilip.refresh_from_db()
    assert dilip.phone_verified


@pytest.mark.parametrize("address", [{"email": "ada@example.org"}, {"phone": "+353861234567"}])
def test_a_password_that_a_stranger_set_before_the_address_was_proven_opens_nothing(address: dict[str, str]) -> None:
    [text] = address.values()
    ada, browser = log_in_for(text, password=PASSWORD), Client()
    ask_for_code(browser, **address)
    confirm(browser, last_code())
    assert person_of(browser) == str(ada.id), "its owner is in"
    assert browser.get("/my-coops/").status_code == 200, "and stays in"
    stranger = Client()
    stranger.post("/accounts/login/", {"login": text, "password": PASSWORD})
    assert person_of(stranger) is None


def test_a_password_set_by_who_proved_the_address_outlives_a_log_in_by_code() -> None:
    ada, browser = proven(), Client()
    ask_for_code(browser, email="ada@example.org")
    confirm(browser, last_code())
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


def test_nothing_is_sent_past_the_outbox(mailoutbox: list[Any]) -> None:
    log_in_for("ada@example.org")
    ask_for_code(Client(), email="ada@example.org")
    assert mailoutbox == []


def test_codes_lie_encrypted_in_the_outbox() -> None:
    from django.db import connection

    log_in_for("ada@example.org")
    ask_for_code(Client(), email="ada@example.org")
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text, m.body_sealed FROM messages_message m")
        text, sealed = cursor.fetchone()
    assert last_code() not in text
    assert last_code().encode() not in bytes(sealed)


def test_three_wrong_codes_end_the_attempt() -> None:
    log_in_for("ada@example.org")
    browser = Client()
    ask_for_code(browser, email="ada@example.org")
    good = last_code()
    for _attempt in range(3):
        confirm(browser, "WRONG1")
    confirm(browser, good)
    assert person_of(browser) is None


def test_an_unknown_address_gets_the_same_answer() -> None:
    log_in_for("ada@example.org")
    answers = []
    for address in ("ada@example.org", "eve@example.org"):
        browser = Client()
        answer = ask_for_code(browser, email=address)
        page = re.sub(r"nonce=\"[^\"]+\"|value=\"[^\"]+\"", "", answer.content.decode()).replace(address, "ADDRESS")
        answers.append((answer.status_code, answer.redirect_chain, page))
    assert answers[0] == answers[1]
    assert messages.sent()[0].kind == "account.unknown_account", "its owner is told, nobody else"


def test_an_unknown_phone_gets_the_same_answer() -> None:
    log_in_for("+353861234567")
    known, unknown = ask_for_code(Client(), phone="+353861234567"), ask_for_code(Client(), phone="+353869999999")
    assert known.redirect_chain == unknown.redirect_chain


def test_asking_again_and_again_is_limited() -> None:
    log_in_for("ada@example.org")
    for _attempt in range(8):
        ask_for_code(Client(), email="ada@example.org")
    assert len(messages.sent()) < 8


def test_sign_up_by_e_mail_proves_the_address_first() -> None:
    browser = Client()
    answer = browser.post("/accounts/signup/", {"email": "Finn@Example.org"})
    assert answer.status_code == 302
    assert person_of(browser) is None
    assert browser.post("/accounts/confirm-email/", {"code": last_code()}).status_code == 302
    finn = queries.person_at("finn@example.org")
    assert finn is not None
    assert person_of(browser) == str(finn.id)
    assert not finn.has_usable_password()


def test_sign_up_by_phone_alone() -> None:
    browser = Client()
    browser.post("/accounts/signup/", {"phone": "+353 86 555 0000"})
    (sms,) = messages.sent()
    assert sms.channel == "sms"
    browser.post("/accounts/phone/verify/", {"code": last_code()})
    person = Person.objects.get(phone="+353865550000")
    assert (person.email, person.phone_verified) == (None, True)
    assert person_of(browser) == str(person.id)


def test_sign_up_with_neither_is_refused() -> None:
    answer = Client().post("/accounts/signup/", {"email": "", "phone": ""})
    assert answer.status_code == 200
    assert "so that we can reach you" in answer.content.decode()
    assert not Person.objects.exists()


def test_signing_up_twice_makes_nothing_and_tells_nobody() -> None:
    log_in_for("ada@example.org", password=PASSWORD)
    first = Client().post("/accounts/signup/", {"email": "ada@example.org", "password1": "a thief's password"})
    second = Client().post("/accounts/signup/", {"email": "new@example.org", "password1": "a thief's password"})
    assert first.headers["Location"] == second.headers["Location"]
    ada = queries.person_at("ada@example.org")
    assert ada is not None
    assert ada.check_password(PASSWORD)


def test_nobody_gives_themselves_more_than_the_form_asks() -> None:
    """T23: extra fields are ignored."""
    Client().post(
        "/accounts/signup/", {"email": "eve@example.org", "is_active": "0", "phone_verified": "1", "is_superuser": "1", "id": "1"}
    )
    eve = queries.person_at("eve@example.org")
    assert eve is not None
    assert (eve.is_active, eve.phone_verified, eve.phone) == (True, False, None)


def proven(address: str = "ada@example.org") -> Person:
    ada = log_in_for(address, password=PASSWORD)
    EmailAddress.objects.filter(user=ada).update(verified=True)
    return ada


def test_a_password_signs_in() -> None:
    ada, browser = proven(), Client()
    browser.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert person_of(browser) == str(ada.id)


def test_a_wrong_password_does_not_and_is_limited() -> None:
    proven()
    browser = Client()
    for _attempt in range(12):
        browser.post("/accounts/login/", {"login": "ada@example.org", "password": "wrong"})
    browser.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert person_of(browser) is None


def test_a_second_factor_is_asked_for() -> None:
    ada, browser = proven(), Client()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(ada, secret)
    answer = browser.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert person_of(browser) is None
    assert answer.headers["Location"].startswith("/accounts/2fa/authenticate/")
    browser.post("/accounts/2fa/authenticate/", {"code": code_now(secret)})
    assert person_of(browser) == str(ada.id)
    assert [each["method"] for each in browser.session["account_authentication_methods"]] == ["password", "mfa"]


def code_now(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def test_the_secret_of_a_factor_is_stored_encrypted() -> None:
    ada = proven()
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(ada, secret)
    stored = Authenticator.objects.get(user=ada).data["secret"]
    assert secret not in stored
    assert get_adapter().decrypt(stored) == secret


def test_setting_up_an_app_works_in_our_pages() -> None:
    browser = signed_in(proven())
    page = browser.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    assert "data:image" not in page.content.decode(), "the policy allows pictures from here only"
    secret = browser.session["mfa.totp.secret"]
    assert browser.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)}).status_code == 302
    assert Authenticator.objects.filter(type="totp").exists()


@pytest.mark.parametrize(
    "page", ["email/", "phone/change/", "password/set/", "2fa/", "2fa/webauthn/add/", "logout/", "reauthenticate/"]
)
def test_account_pages_open(page: str) -> None:
    ada = proven()
    if page == "password/set/":
        ada.set_unusable_password()
        ada.save()
    answer = signed_in(ada).get(f"/accounts/{page}")
    assert answer.status_code == 200
    assert 'style="' not in answer.content.decode(), "the policy allows no style attributes"


def test_log_in_cookies_are_not_for_scripts_or_other_sites(settings: Any) -> None:
    proven()
    browser = Client()
    browser.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    cookie = browser.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


def test_a_foreign_address_to_go_on_to_is_ignored() -> None:
    proven()
    answer = Client().post("/accounts/login/?next=https://evil.example/", {"login": "ada@example.org", "password": PASSWORD})
    assert answer.headers["Location"] == "/my-coops/"


def test_one_goes_on_to_the_co_op_one_came_from() -> None:
    proven()
    answer = Client().post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD, "next": "/c/alpha/me/"})
    assert answer.headers["Location"] == "/c/alpha/me/"


def test_a_closed_log_in_opens_nothing() -> None:
    ada = proven()
    ada.is_active = False
    ada.save()
    browser = Client()
    browser.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert person_of(browser) is None


def test_the_proof_of_a_session_is_read_for_actions() -> None:
    ada, request = proven(), RequestFactory().get("/")
    request.user = ada
    request.session = signed_in(ada, strong=True).session
    proof = web.proof_of(request)
    assert proof.strong
    assert proof.sure_at is not None
    request.session = signed_in(ada).session
    assert not web.proof_of(request).strong


def test_a_password_typed_again_does_not_make_an_old_second_factor_fresh() -> None:
    ada, request = proven(), RequestFactory().get("/")
    request.user = ada
    request.session = signed_in(ada, strong=True).session
    request.session["account_authentication_methods"] = [
        {"method": "password", "at": 1000.0},
        {"method": "mfa", "type": "totp", "at": 1001.0},
        {"method": "password", "at": 9000.0, "reauthenticated": True},
    ]
    assert web.proof_of(request) == web.Proof(datetime.fromtimestamp(1001, UTC), True)


def test_the_proof_of_another_person_does_not_count() -> None:
    eve, request = proven("eve@example.org"), RequestFactory().get("/")
    request.user = eve
    request.session = signed_in(proven(), strong=True).session
    assert web.proof_of(request) == web.Proof(None, False)


def test_a_number_somebody_else_wrote_down_does_not_open_their_log_in() -> None:
    """Eve put Dilip's phone beside her own e-mail address; Dilip still comes into a log-in of his own."""
    eve = log_in_for("eve@example.org")
    Person.objects.filter(pk=eve.pk).update(phone="+353861234567")
    browser = Client()
    browser.post("/accounts/signup/", {"phone": "+353 86 123 4567"})
    browser.post("/accounts/phone/verify/", {"code": last_code()})
    dilip = Person.objects.get(phone="+353861234567")
    assert (dilip.pk != eve.pk, dilip.phone_verified) == (True, True)
    eve.refresh_from_db()
    assert eve.phone is None
