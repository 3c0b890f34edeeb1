"""Heads leave the host: to another host that keeps them, and to a time stamp authority. All over real HTTP."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from rochdale.audit import jobs, outside, rules, signing, stamping, verifying, witnessed
from rochdale.audit import testing as authorities
from rochdale.audit.queries import alerts, seals
from rochdale.project import cli
from rochdale.shared import coops
from rochdale.shared.action import plain

from .conftest import Books


@pytest.fixture
def witness(books: Books, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A host that serves on localhost and is a witness for whoever holds our own key: for ourselves, that is."""
    from pytest_django.live_server_helper import LiveServer

    server = LiveServer("127.0.0.1")
    monkeypatch.setenv("ROCHDALE_WITNESS_FOR", signing.public_key())
    monkeypatch.setenv("ROCHDALE_WITNESSES", f"{server.url}={signing.public_key()}")
    yield str(server.url)
    server.stop()


def alerts_in(schema: str) -> list[str]:
    with coops.inside(schema):
        return [each.code for each in alerts.latest()]


def test_a_witness_keeps_the_heads_and_signs_for_them(books: Books, witness: str) -> None:
    assert [(told.number, told.trouble) for told in jobs.send_heads()] == [(2, ""), (None, "")]
    with coops.inside(books.schema):
        ((number, head, document),) = seals.receipts()
        assert (number, head) == (2, seals.chain()[-1].head)
    signed = plain(document["receipt"]).encode()
    assert signing.is_signed(signed, document["signature"], signing.public_key())
    assert [told.number for told in jobs.send_heads(books.schema)] == [None], "nothing new, nothing sent"


def test_what_the_witness_shows_publicly_verifies_the_co_op(books: Books, witness: str) -> None:
    jobs.send_heads(books.schema)
    page = Client().get("/witness/")
    assert books.slug in page.content.decode()
    file = Client().get(f"/witness/{signing.public_key()}/{books.slug}.json")
    kept = witnessed.read(file.content.decode())
    assert kept.last == 2
    with coops.inside(books.schema):
        assert verifying.verify(kept).ok


def anew(books: Books) -> None:
    with books.superuser() as root:
        root.execute("TRUNCATE audit_seal, audit_sealedset, audit_sealedchunk")
        root.execute("UPDATE ledger_transfer SET amount = 1 WHERE posting_id = 15")
    books.seal()


def test_t11_a_witness_refuses_what_was_sealed_anew_and_both_sides_are_alerted(books: Books, witness: str) -> None:
    jobs.send_heads(books.schema)
    anew(books)
    (told,) = jobs.send_heads(books.schema)
    assert told.trouble
    assert "audit.witness_contradicts" in alerts_in(books.schema)
    assert alerts_in(coops.PUBLIC) == ["audit.heads_contradict"]
    with coops.inside(books.schema):
        assert {each.code for each in verifying.verify().findings} == {"receipt"}, "our own receipts speak against us too"
    with coops.public():
        assert seals.witnessed_coops()[0][3] == 2, "the witness holds what it held"


def test_t11_as_many_seals_made_anew_are_refused_too(books: Books, witness: str) -> None:
    jobs.send_heads(books.schema)
    anew(books)
    for _each in range(2):
        books.sell()
        books.seal()
    (told,) = jobs.send_heads(books.schema)
    assert told.trouble
    assert "audit.witness_contradicts" in alerts_in(books.schema)


def letter(books: Books, **changed: Any) -> bytes:
    with coops.inside(books.schema):
        lines = seals.chain()
    said = {
        "format": "rochdale.heads.1",
        "host": "https://a.example",
        "host_key": signing.public_key(),
        "coop": books.slug,
        "seals": [rules.written(line) for line in lines],
    }
    return plain(said | changed).encode()


def sent(body: bytes, signature: str = "") -> tuple[int, str]:
    answer = Client().post("/witness/heads/", body, content_type=f"application/json; signature={signature or signing.sign(body)}")
    return answer.status_code, json.loads(answer.content).get("code", "")


def test_a_witness_refuses_what_it_should(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    body = letter(books)
    assert sent(body) == (403, "audit.unknown_host"), "we are no witness for that host"
    monkeypatch.setenv("ROCHDALE_WITNESS_FOR", signing.public_key())
    assert sent(body, "00" * 64) == (403, "audit.unknown_host"), "not signed by it"
    assert sent(b"{}") == (422, "audit.not_heads")
    assert sent(letter(books, seals=[])) == (422, "audit.not_heads")
    forged = json.loads(body)["seals"]
    forged[0]["records"] += 1
    assert sent(letter(books, seals=forged)) == (422, "audit.not_heads"), "the head does not follow"
    assert sent(letter(books, seals=json.loads(body)["seals"][1:])) == (409, "audit.heads_missing")
    assert Client().get("/witness/heads/").status_code == 405
    with coops.public():
        assert seals.witnessed_coops() == []
    assert sent(body)[0] == 200
    with coops.public(), pytest.raises(Exception, match=r"permission denied|append-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_witnessedseal SET head = '\\x00'")


def test_a_witness_that_does_not_answer_leaves_an_alert(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROCHDALE_WITNESSES", f"http://127.0.0.1:9={'0' * 64}")
    (told,) = jobs.send_heads(books.schema)
    assert told.trouble
    assert alerts_in(books.schema) == ["audit.not_witnessed"]


def test_a_redirect_is_not_followed(books: Books, witness: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with authorities.serving(authorities.redirecting(f"{witness}/witness/heads/")) as away:
        monkeypatch.setenv("ROCHDALE_WITNESSES", f"{away}={signing.public_key()}")
        (told,) = jobs.send_heads(books.schema)
    assert "307" in told.trouble
    with coops.public():
        assert seals.witnessed_coops() == []


def test_a_receipt_signed_by_somebody_else_is_not_kept(books: Books, witness: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROCHDALE_WITNESSES", f"{witness}={'ab' * 32}")
    (told,) = jobs.send_heads(books.schema)
    assert told.trouble == "the answer was no receipt"


@pytest.mark.parametrize("setting", ["other.example", "ftp://x=00", "https://x=zz"])
def test_a_setting_that_names_no_witness_is_refused(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROCHDALE_WITNESSES", setting)
    with pytest.raises(outside.Misconfigured):
        outside.witnesses()


@pytest.fixture
def tsa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A time stamp authority on localhost, configured; yields its folder."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl program, which plays the authority, is not installed")
    root = authorities.make_authority(tmp_path / "tsa")
    with authorities.serving(authorities.authority(root.parent)) as url:
        monkeypatch.setenv("ROCHDALE_TSA_URL", url)
        monkeypatch.setenv("ROCHDALE_TSA_CERTIFICATE", str(root))
        yield root.parent


def test_a_head_is_time_stamped_and_the_stamp_verifies(books: Books, tsa: Path) -> None:
    assert [(told.number, told.trouble) for told in jobs.stamp_heads(books.schema)] == [(2, "")]
    with coops.inside(books.schema):
        ((number, head, answer),) = seals.stamps()
        assert number == 2
        assert stamping.check(answer, head)
        assert verifying.verify().ok
        with pytest.raises(stamping.NoStamp):
            stamping.check(answer, bytes(32))
    assert [told.number for told in jobs.stamp_heads(books.schema)] == [None], "stamped once is enough"


def test_t11_a_time_stamp_speaks_against_seals_made_anew(books: Books, tsa: Path) -> None:
    jobs.stamp_heads(books.schema)
    anew(books)
    with coops.inside(books.schema):
        assert {each.code for each in verifying.verify().findings} == {"stamp"}


def test_a_stamp_of_another_authority_is_not_kept(books: Books, tsa: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("ROCHDALE_TSA_CERTIFICATE", str(authorities.make_authority(tmp_path / "other")))
    (told,) = jobs.stamp_heads(books.schema)
    assert "not good" in told.trouble
    assert alerts_in(books.schema) == ["audit.not_stamped"]
    assert os.environ["ROCHDALE_TSA_URL"]


def restored(books: Books) -> None:
    """Come back as the backup of after the first seal: what followed is gone, and other things happen."""
    with books.superuser() as root:
        for table, column in (("audit_seal", "number"), ("audit_sealedset", "seal_id"), ("audit_sealedchunk", "seal_id")):
            root.execute(f"DELETE FROM {table} WHERE {column} > 1")
        root.execute("DELETE FROM audit_receipt")
        root.execute("DELETE FROM ledger_transfer WHERE epoch > 0")
        root.execute("DELETE FROM ledger_posting WHERE epoch > 0")
    books.sell()
    books.seal()


def broken(books: Books, file: Path, reason: str = "Restored last night's backup: the disk died.") -> int:
    said = Client().get(f"/witness/{signing.public_key()}/{books.slug}.json").content
    file.write_bytes(said)
    try:
        cli.main(["audit", "break", "--coop", books.slug, "--witness", str(file), "--reason", reason])
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_after_a_restore_a_declared_break_lets_the_witness_take_the_new_seals(books: Books, witness: str, tmp_path: Path) -> None:
    jobs.send_heads(books.schema)
    withdrawn = json.loads(Client().get(f"/witness/{signing.public_key()}/{books.slug}.json").content)["seals"][1]
    restored(books)
    assert jobs.send_heads(books.schema)[0].trouble, "without a word it refuses"
    assert broken(books, tmp_path / "held.json") == 0
    assert "audit.break_declared" in alerts_in(books.schema)
    assert "audit.break_declared" in alerts_in(coops.PUBLIC)
    said = json.loads(Client().get(f"/witness/{signing.public_key()}/{books.slug}.json").content)
    with coops.inside(books.schema):
        assert [each["head"] for each in said["seals"]] == [line.head.hex() for line in seals.chain()]
    ((told,),) = [said["breaks"]]
    assert (told["number"], told["upto"]) == (1, 2)
    assert [each["head"] for each in told["withdrawn"]] == [withdrawn["head"]], "nothing the witness saw is lost"
    assert signing.is_signed(plain(told["said"]).encode(), told["signature"], signing.public_key())
    assert "the disk died" in Client().get("/witness/").content.decode()
    kept = witnessed.read(json.dumps(said))
    assert "the disk died" in kept.breaks[0]
    with coops.inside(books.schema):
        assert verifying.verify(kept).ok


def test_a_break_is_refused_where_nothing_is_gone_or_nothing_is_said(books: Books, witness: str, tmp_path: Path) -> None:
    jobs.send_heads(books.schema)
    assert broken(books, tmp_path / "held.json") == 1
    restored(books)
    assert broken(books, tmp_path / "held.json", "oops") == 1
    with coops.public():
        assert seals.breaks(signing.public_key(), books.slug) == []


def test_a_witness_refuses_a_break_that_is_not_the_hosts_own_or_of_other_seals(
    books: Books, witness: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.send_heads(books.schema)

    def answer(signature: str = "", **changed: Any) -> tuple[int, str]:
        said: dict[str, Any] = {
            "format": "rochdale.break.1",
            "host": "https://a.example",
            "host_key": signing.public_key(),
            "coop": books.slug,
        }
        said |= {"number": 0, "head": "", "reason": "The disk died at night.", "declared_at": "2026-03-01T12:00:00+00:00"}
        body = plain(said | changed).encode()
        sent = Client().post(
            "/witness/breaks/", body, content_type=f"application/json; signature={signature or signing.sign(body)}"
        )
        return sent.status_code, json.loads(sent.content).get("code", "")

    assert answer("00" * 64) == (403, "audit.unknown_host")
    assert answer(reason="no") == (422, "audit.not_heads")
    assert answer(declared_at="yesterday") == (422, "audit.not_heads")
    assert answer(number=1, head="00" * 32) == (409, "audit.heads_contradict")
    assert Client().get("/witness/breaks/").status_code == 405
    assert answer() == (200, "")
    assert answer() == (200, ""), "said again, it counts once"
    assert answer(declared_at="2026-03-01T12:00:01+00:00") == (409, "audit.nothing_broken")
    with coops.public():
        assert len(seals.breaks(signing.public_key(), books.slug)) == 1
