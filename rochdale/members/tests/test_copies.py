"""Copies of the register: the same bytes whenever they are made again, and who gets one."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rochdale.members import actions, paper, queries, rules
from rochdale.members import testing as people
from rochdale.members.actions import certificates, copies, membership, recording
from rochdale.members.models import RegisterExport, ShareMovement
from rochdale.members.testing import NOW, fresh_key, holding_of
from rochdale.members.testing_shares import LATER, ask, by, held, offer, prepare
from rochdale.privacy import actions as privacy
from rochdale.shared import actor as actors
from rochdale.shared.action import NotAllowed
from rochdale.shared.money import ONE
from rochdale.shared.refusals import Refusal

pytestmark = pytest.mark.usefixtures("coop")


def made(as_of: datetime = NOW, known_at: datetime = NOW, scope: str = "full", now: datetime = LATER) -> dict[str, Any]:
    found: dict[str, Any] = actions.copy_register(**by("carmen", now), as_of=as_of, known_at=known_at, scope=scope)
    return found


def bytes_of(as_of: datetime = NOW, known_at: datetime = NOW, scope: str = "full") -> tuple[bytes, bytes, bytes, bytes]:
    """Write a copy in all four forms."""
    copy = queries.register_copy(as_of, known_at, scope)
    pdf = paper.register_pdf(copy, coop="Alpha Music", language="en")
    return queries.as_csv(copy), queries.as_json(copy), pdf, paper.register_xlsx(copy)


def test_a_copy_comes_out_the_same_after_everything_that_is_recorded_later() -> None:
    people.settle(NOW, {"members.share_transfers": "between_members"})
    holding_of("bruno", 5)
    people.join("finn")
    people.officer("carmen"), people.officer("ada")
    first, before = made(), bytes_of()
    offer(3)
    payment = ShareMovement.objects.filter(kind="paid", party=people.known("finn")).get()
    actions.correct_movement(**by("carmen"), movement=payment.id, reason="Entered by mistake")
    actions.enter_subscription(**by("carmen"), party=people.known("finn"), count=2, effective_at=NOW, evidence="Sheet 4, signed")
    people.join("hana", NOW)  # a clock that stands still: recorded after the copy all the same
    with translation.override("de"), timezone.override("Asia/Kolkata"):
        assert queries.as_csv(queries.register_copy(NOW, NOW, "full")) == before[0]
    assert bytes_of() == before
    assert made() | {"export": 0} == first | {"export": 0}
    assert queries.copies_that_come_out_differently() == []
    assert queries.register_copy(NOW, LATER, "full").digest != first["digest"]


def test_what_is_written_at_the_moment_of_a_copy_counts_as_known_after_it() -> None:
    people.officer("carmen")
    made(known_at=NOW, now=NOW)
    holding_of("bruno", 2, now=NOW)
    rows = ShareMovement.objects.filter(party=people.known("bruno"))
    assert {row.effective_at for row in rows} == {NOW}
    assert all(row.recorded_at == NOW + timedelta(microseconds=1) for row in rows)


def test_names_stand_as_they_were_known_and_a_mark_stands_for_an_erased_one() -> None:
    people.officer("carmen")
    bruno = people.join("bruno")
    first = made()
    actions.change_register_entry(
        **by("carmen"), party=bruno, fields={"name": "Bruno Okafor-Lim"}, evidence="Marriage certificate, folder 7"
    )
    then, today = queries.register_copy(NOW, NOW, "full"), queries.register_copy(NOW, LATER, "full")
    assert "Bruno Okafor" in {line["name"] for line in then.lines}
    assert "Bruno Okafor-Lim" in {line["name"] for line in today.lines}
    with people.inside():
        privacy.forget(
            actor=actors.job("test"), now=LATER, key=fresh_key(), party=bruno, retention_class="register", reason_code="asked"
        )
    after = queries.register_copy(NOW, NOW, "full")
    assert rules.ERASED in {line["name"] for line in after.lines}
    assert (after.erased, after.digest == first["digest"]) == (1, False)
    assert after.digest_without_names == first["digest_without_names"]
    assert queries.copies_that_come_out_differently() == []


def test_an_old_copy_is_known_by_its_digest_and_a_changed_register_is_found() -> None:
    people.officer("carmen")
    holding_of("bruno", 3)
    first = made()
    content = json.loads(queries.as_json(queries.register_copy(NOW, NOW, "full")))
    body = {key: content[key] for key in ("as_of", "format", "known_at", "lines", "scope")}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == content["digest"] == first["digest"]
    [found] = queries.exports_with_digest(first["digest"][:16].upper())
    assert found.id == first["export"]
    assert queries.exports_with_digest("abc") == []
    RegisterExport.objects.create(
        as_of=NOW,
        known_at=NOW,
        scope="full",
        members=2,
        digest="0" * 64,
        digest_without_names="0" * 64,
        made_at=NOW,
        act="forged",
    )
    assert len(queries.copies_that_come_out_differently()) == 1


def test_files_run_nothing_in_a_spreadsheet() -> None:
    """T21: a name that begins like a formula is text, in the CSV and in the spreadsheet."""
    people.officer("carmen")
    bruno = people.join("bruno")
    actions.change_register_entry(
        **by("carmen"), party=bruno, fields={"name": '=HYPERLINK("http://evil")'}, evidence="A test of formulas"
    )
    copy = queries.register_copy(LATER, LATER, "full")
    assert "'=HYPERLINK" in queries.as_csv(copy).decode()
    sheet = openpyxl.load_workbook(io.BytesIO(paper.register_xlsx(copy))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert [(cell.data_type, str(cell.value)[0]) for cell in cells] == [("s", "'")]


def test_the_scopes_show_what_their_names_say() -> None:
    people.officer("carmen")
    holding_of("bruno", 3)
    names, with_holdings, full = (queries.register_copy(NOW, NOW, scope).lines[-1] for scope in ("names", "holdings", "full"))
    assert "shares" not in names and "address" not in names
    assert "shares" in with_holdings and "address" not in with_holdings
    assert "shares" in full and "address" in full


def test_copies_are_refused_by_name() -> None:
    people.officer("carmen")
    bruno = people.join("bruno")
    with pytest.raises(copies.NotKnownYet):
        made(known_at=LATER + timedelta(days=1))
    with pytest.raises(copies.UnknownScope):
        made(scope="everything")
    with pytest.raises(NotAllowed):
        actions.copy_register(**by("bruno"), as_of=NOW, known_at=NOW)
    with pytest.raises(recording.EvidenceMissing):
        actions.change_register_entry(**by("carmen"), party=bruno, fields={"name": "B"}, evidence="")


# Somebody asks for a copy


def wish(name: str = "eve", purpose_class: str = "credit", purpose: str = "Before lending to the co-op") -> dict[str, Any]:
    found: dict[str, Any] = actions.ask_copy(**by(name), purpose=purpose, purpose_class=purpose_class)
    return found


def test_in_ireland_anybody_gets_a_copy_with_holdings_within_ten_days() -> None:
    people.settle()
    people.known("eve")
    asked = wish()
    assert (asked["due_at"], asked["fee"]) == ((LATER + timedelta(days=10)).isoformat(), 10 * ONE)
    [waits] = queries.copy_wishes()
    assert (waits.viewer, waits.scope, waits.state) == ("outsider", "holdings", "waits")
    assert b"lending" not in waits.purpose_sealed
    given_ = actions.answer_copy(**by("carmen"), request=asked["request"], given=True)
    assert queries.export(given_["export"]) is not None
    assert queries.copy_wishes() == []
    with pytest.raises(copies.CopyAnswered):
        actions.answer_copy(**by("carmen"), request=asked["request"], given=False, reason_code="fee_not_paid")


def test_in_the_uk_members_get_names_only_and_outsiders_nothing() -> None:
    people.settle(NOW, packs=("uk",))
    people.join("finn")
    people.known("eve")
    with pytest.raises(membership.NotOpenToYou):
        wish()
    wish("finn", "members_rights", "To call a meeting of members")
    assert queries.copy_wishes()[0].scope == "names"


def test_wishes_for_copies_are_refused_by_name() -> None:
    people.settle()
    people.known("eve")
    with pytest.raises(copies.UnknownPurpose):
        wish(purpose_class="gossip")
    with pytest.raises(membership.PurposeMissing):
        wish(purpose="no")
    with pytest.raises(copies.NoSuchCopyRequest):
        actions.answer_copy(**by("carmen"), request=10**9, given=True)
    asked = wish()
    with pytest.raises(copies.CopyRefusalNeedsReason):
        actions.answer_copy(**by("carmen"), request=asked["request"], given=False)
    actions.answer_copy(**by("carmen"), request=asked["request"], given=False, reason_code="fee_not_paid")
    assert queries.copy_wishes(open_only=False)[0].state == "refused"


# Certificates


def test_a_certificate_is_numbered_checked_by_its_code_and_says_when_it_no_longer_stands() -> None:
    holding_of("bruno", 3)
    bruno = people.known("bruno")
    number = actions.issue_certificate(**by("bruno"), party=bruno)["certificate"]
    assert actions.issue_certificate(**by("bruno"), party=bruno)["certificate"] == number
    paper_ = queries.certificate(number, LATER)
    assert paper_ is not None and paper_.stands and paper_.shares == 3
    checked = queries.certificate_with_code(paper_.code.lower().replace("-", " "), LATER)
    assert checked is not None and checked.number == number
    holding_of("bruno", 5, now=LATER)
    again = queries.certificate(number, LATER)
    assert again is not None and not again.stands
    assert actions.issue_certificate(**by("bruno"), party=bruno)["certificate"] == number + 1
    with pytest.raises(certificates.NothingToCertify):
        actions.issue_certificate(**by("bruno"), party=bruno, share_class="supporter")


def test_documents_are_pdf_a_with_a_language() -> None:
    holding_of("bruno", 3)
    number = actions.issue_certificate(**by("bruno"), party=people.known("bruno"))["certificate"]
    found = queries.certificate(number, LATER)
    assert found is not None
    made_ = paper.certificate_pdf(
        found, coop="Alpha", name="محمد الفارابي", share_class="Member share", check_url="https://example.org/", language="ar"
    )
    assert made_.startswith(b"%PDF-1.7") and b"pdfaid:part>2<" in made_ and b"/Lang" in made_


# Any history


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["transfer", "buy", "ask", "round", "correct", "rename", "copy"]), st.integers(1, 3)),
        max_size=9,
    ),
    cut=st.integers(0, 8),
)
def test_any_history_leaves_the_register_as_known_then_byte_for_byte(coop: Any, steps: list[tuple[str, int]], cut: int) -> None:
    with transaction.atomic():
        people.settle(NOW, {"members.share_transfers": "between_members"}, packs=("uk",))
        for name in ("bruno", "finn", "hana"):
            holding_of(name, 4)
        people.officer("ada"), people.officer("carmen"), people.officer("grace")
        kept: bytes | None = None
        for place, (kind, count) in enumerate(steps):
            if place == cut:
                made(LATER, LATER)
                kept = queries.as_json(queries.register_copy(LATER, LATER, "full"))
            try:
                _step(kind, count)
            except Refusal:
                continue
        if kept is not None:
            assert queries.as_json(queries.register_copy(LATER, LATER, "full")) == kept
            assert queries.copies_that_come_out_differently() == []
        transaction.set_rollback(True)


def _step(kind: str, count: int) -> None:
    name = ("bruno", "finn", "hana")[count - 1]
    if kind == "transfer":
        offer(count, giver=name, receiver="hana" if name != "hana" else "bruno")
    elif kind == "buy":
        holding_of(name, 4 + count, now=LATER)
    elif kind == "ask":
        ask(name, count)
    elif kind == "round":
        actions.release_buy_backs(**by("grace"), round=prepare(count))
    elif kind == "correct":
        row = ShareMovement.objects.filter(party=people.known(name)).order_by("-id").first()
        assert row is not None
        actions.correct_movement(**by("carmen"), movement=row.id, reason="Entered by mistake")
    elif kind == "rename":
        actions.change_register_entry(
            **by("carmen"), party=people.known(name), fields={"name": f"Name {count}"}, evidence="A court's order"
        )
    else:
        made(LATER, LATER)
    assert held(name)[0] >= 0
