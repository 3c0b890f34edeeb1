"""A co-op is founded under each legal form that ships, with as many founders as its law asks for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rochdale.bylaws import queries as bylaws
from rochdale.cooperatives import testing as log_ins
from rochdale.founding import actions, queries, testing
from rochdale.founding.rules import Invited
from rochdale.payments import queries as payments
from rochdale.project import found
from rochdale.shared import coops, money
from rochdale.shared.refusals import Refusal

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("public_db")

FORMS = {
    "de": ("EUR", 3),
    "es": ("EUR", 3),
    "eu-sce": ("EUR", 5),
    "fr-scic": ("EUR", 3),
    "ie": ("EUR", 7),
    "in-mscs": ("INR", 100),
    "in-prodco": ("INR", 10),
    "it": ("EUR", 9),
    "ke": ("KES", 10),
    "uk": ("GBP", 3),
    "us": ("USD", 3),
}
NO_WALLET = {"in-mscs", "in-prodco", "ke", "us"}


def people(count: int) -> list[Invited]:
    """Return so many founders, the first offices among them."""
    first = [
        Invited("grace@example.org", ("listener",), ("chair", "cashier")),
        Invited("carmen@example.org", ("worker",), ("secretary", "treasurer")),
    ]
    return [*first, *(Invited(f"founder-{number}@example.org", ("listener",)) for number in range(count - 2))]


def begin(pack: str, count: int, now: datetime = NOW) -> str:
    return testing.begin(now, packs=[pack, *found.for_country(pack)], currency=FORMS[pack][0], founders=people(count))


def test_every_legal_form_is_tried_here() -> None:
    assert {pack.name for pack in bylaws.packs() if pack.kind == "legal_form"} == set(FORMS)


@pytest.mark.parametrize("pack", FORMS)
def test_a_co_op_lives_under_each_legal_form(pack: str) -> None:
    currency, minimum = FORMS[pack]
    schema = testing.schema_of(begin(pack, minimum))
    with coops.inside(schema):
        for name in testing.invitations():
            outcome = testing.confirm(name, NOW)
        assert outcome["founded"]
        standing = bylaws.rules_at(NOW)
        assert standing.currency == currency
        assert dict(standing.edition.packs)[pack] == bylaws.pack(pack).hash
        terms = payments.wallet_terms(NOW)
        assert (len(terms.missing) == 4) == (pack in NO_WALLET), "where no pack speaks of wallets, none is offered"


@pytest.mark.parametrize("pack", FORMS)
def test_one_founder_too_few_is_refused(pack: str) -> None:
    with pytest.raises(actions.TooFewFounders):
        begin(pack, FORMS[pack][1] - 1)


def test_rows_that_nobody_read_are_accepted_by_name() -> None:
    asked: dict[str, Any] = {
        pack: {row.key for row in bylaws.rows_to_accept([pack], at=NOW)} for pack in FORMS if pack not in ("ie", "uk")
    }
    assert asked["es"] == asked["de"] == asked["eu-sce"] == set()
    assert asked["in-mscs"] == {"members.min", "members.min.per_state", "members.min.states", "dividend.capital.cap"}
    assert asked["in-prodco"] == {
        "members.min", "members.min.institutions", "gm.notice", "gm.quorum.first", "records.retention"
    }  # fmt: skip
    assert asked["it"] == {"vote.investors.max", "records.retention"}
    assert asked["fr-scic"] == {"audit.cooperative_review", "records.retention"}
    assert asked["ke"] == {"records.retention"}
    assert asked["us"] == {"patronage.qualified.cash", "patronage.qualified.consent", "patronage.qualified.deadline"}


def test_an_italian_share_costs_what_its_law_allows() -> None:
    with coops.inside(testing.schema_of(begin("it", 9))):
        assert queries.planned_values()["members.share_par_value"] == 25 * money.ONE
    with pytest.raises(Refusal) as refused:
        testing.begin(NOW, key="cheap", slug="cheap", packs=["it"], values={"members.share_par_value": "24"}, founders=people(9))
    assert refused.value.code == "bylaws.out_of_bounds"


@pytest.mark.parametrize(
    ("at", "article", "proxies"),
    [
        (datetime(2026, 3, 31, 10, tzinfo=UTC), "Ley 27/1999 art. 24.1", None),
        (datetime(2026, 5, 1, 10, tzinfo=UTC), "Ley 27/1999 art. 24 (as worded by Ley 1/2026)", 2),
    ],
)
def test_a_spanish_co_op_is_founded_under_the_law_of_its_day(at: datetime, article: str, proxies: int | None) -> None:
    with coops.inside(testing.schema_of(begin("es", 3, at))):
        for name in testing.invitations():
            testing.confirm(name, at)
        notice, most = bylaws.law("gm.notice", at=at), bylaws.law("vote.proxy.max", at=at)
        assert notice is not None
        assert notice.source == article
        assert (most.value if most else None) == proxies
        later = bylaws.law("vote.proxy.max", at=datetime(2026, 6, 1, tzinfo=UTC))
        assert later is not None, "the text that was adopted knows the change that comes"


PURPOSE = {"name": "Nine Plays", "purpose": "Music of its members.", "slug": ""}


@pytest.mark.parametrize("pack", FORMS)
def test_the_wizard_begins_a_co_op_under_each_legal_form(pack: str) -> None:
    currency, minimum = FORMS[pack]
    with coops.public():
        grace = log_ins.signed_in(log_ins.log_in_for("grace@example.org"))
    grace.post("/found/purpose/", PURPOSE)
    chosen = {"kit": "music", "law": pack, "activities": found.for_country(pack), "currency": currency, "languages": ["en"]}
    assert grace.post("/found/law/", {**chosen, "time_zone": "UTC"}).headers["Location"] == "/found/bylaws/"
    offered = {each.name: each.value() for each in grace.get("/found/bylaws/").context["form"]}
    kept = {key: value for key, value in offered.items() if value is not False and value is not None}
    assert grace.post("/found/bylaws/", kept).headers["Location"] == "/found/founders/"
    rows: dict[str, str] = {}
    for row, invited in enumerate(people(minimum), start=1):
        first, second = (*invited.offices, "", "")[:2]
        rows |= {f"address_{row}": invited.address, f"class_{row}": "listener", f"office_{row}": first, f"also_{row}": second}
    if minimum > 3:
        rows |= {"office_1": "chair", "office_2": "secretary", "office_3": "treasurer", "office_4": "cashier"}
    answer = grace.post("/found/founders/", rows)
    assert answer.status_code == 302 or answer.status_code == 303, answer.context["form"].errors
    assert f"the law asks for {minimum}" in grace.get("/found/check/").content.decode()
    assert grace.post("/found/check/", {"key": "wizard"}).headers["Location"] == "/c/nine-plays/founding/"


def test_the_wizard_refuses_another_countrys_activity_beside_its_field() -> None:
    with coops.public():
        grace = log_ins.signed_in(log_ins.log_in_for("grace@example.org"))
    grace.post("/found/purpose/", PURPOSE)
    chosen = {"kit": "music", "law": "ke", "activities": ["activity-wallet-eu"], "currency": "KES", "languages": ["en"]}
    answer = grace.post("/found/law/", {**chosen, "time_zone": "Africa/Nairobi"})
    assert answer.status_code == 200
    assert "activity-wallet-eu is not for KE" in answer.content.decode()
