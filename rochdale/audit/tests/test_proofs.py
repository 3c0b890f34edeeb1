"""A member proves a line of their statement, offline; nobody else gets it, and nothing of others is in it."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from rochdale.audit import actions as audit
from rochdale.audit import proving, rules, verifying
from rochdale.ledger import actions as books_of
from rochdale.ledger import queries as ledger
from rochdale.ledger.testing import BOOKS, NOW, declared, inside, opened, posted
from rochdale.members import testing as people
from rochdale.members.testing_pages import Page
from rochdale.project import cli
from rochdale.sectors.music import testing as music
from rochdale.shared import coops
from rochdale.shared.actor import Actor

from .conftest import Books
from .test_seals import RECORD

GUIDE = Path(__file__).parents[3] / "docs" / "howto" / "check-the-seals.md"


def proof_of(books: Books, posting: int, *, private: bool = True, parts: list[int] | None = None) -> dict[str, Any]:
    with coops.inside(books.schema):
        made = proving.proof("ledger.posting", posting, private=private, parts=parts)
    read: dict[str, Any] = json.loads(json.dumps(made))
    return read


def test_a_proof_leads_from_the_plain_fields_to_the_published_head(books: Books) -> None:
    with coops.inside(books.schema):
        head = verifying.verify().head
    for posting in range(1, 22):
        made = proof_of(books, posting)
        heads = rules.check_proof(made)
        assert heads[-1][0] == 2
        assert rules.grouped(heads[-1][1]) == head
        assert dict(zip(made["leaf"][2::2], made["leaf"][3::2], strict=True))["id"] == str(posting)


def test_a_record_in_a_set_of_thousands_is_proven(books: Books) -> None:
    many = 2 * rules.CHUNK + 5
    with coops.inside(books.schema), connection.cursor() as cursor:
        cursor.execute(RECORD, [many])
    books.seal()
    with coops.inside(books.schema):
        for record in (1, rules.CHUNK, rules.CHUNK + 1, many):
            assert rules.check_proof(proving.proof("audit.record", record, private=True))[-1][0] == 3


def test_the_program_in_the_guide_says_the_same_without_rochdale(books: Books, tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "proof.json"
    made = proof_of(books, 5)
    file.write_text(json.dumps(made), encoding="utf-8")
    run = [sys.executable, "-I", "-c", program, str(file)]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert rules.grouped(rules.check_proof(made)[-1][1]) in done.stdout
    for forged in forgeries(made):
        file.write_text(json.dumps(forged), encoding="utf-8")
        assert subprocess.run(run, capture_output=True, text=True, check=False, cwd=tmp_path).returncode != 0
        with pytest.raises(rules.Unproven):
            rules.check_proof(forged)


def forgeries(made: dict[str, Any]) -> list[dict[str, Any]]:
    """The same proof with one thing changed: a date, the whose-part, an amount, a step of the path, a seal."""
    found = []
    for change in (
        lambda p: p["leaf"].__setitem__(7, "0"),
        lambda p: p["private"].__setitem__(2, "another key"),
        lambda p: p["parts"][0].__setitem__(9, "999999"),
        lambda p: p["path"].pop(),
        lambda p: p["set"].__setitem__(1, "ledger.hold"),
        lambda p: p["seals"][0].__setitem__(2, 0),
    ):
        forged = copy.deepcopy(made)
        change(forged)
        found.append(forged)
    return found


@pytest.mark.parametrize("given", [[], {}, {"format": rules.PROOF}, {"format": rules.PROOF, "leaf": 1, "set": []}, 7, None])
def test_what_is_no_proof_is_refused(given: Any) -> None:
    with pytest.raises(rules.Unproven):
        rules.check_proof(given)


def test_who_sees_only_their_own_transfer_gets_the_rest_as_hashes(books: Books) -> None:
    artist = uuid4()
    with declared(), coops.inside(books.schema):
        payable = opened("liabilities.test.payable", party=artist)
        number = posted((books.wallet, payable, 14), (books.wallet, books.sales, 6), key="play:secret", party=books.party)
    books.seal()
    with coops.inside(books.schema):
        found, legs = ledger.posting_for(Actor(kind="person", via="page", person=uuid4(), party=artist), number, NOW)
    made = proof_of(books, number, private=bool(found.key), parts=[leg.place for leg in legs])
    assert rules.check_proof(made)
    text = json.dumps(made)
    assert "play:secret" not in text
    assert str(books.party) not in text
    assert [part is not None for part in made["parts"]] == [True, False]


def test_what_is_in_no_seal_has_no_proof_yet(books: Books) -> None:
    (number, *_rest) = books.sell(1)
    with coops.inside(books.schema), pytest.raises(proving.NotSealedYet):
        proving.proof("ledger.posting", number, private=True)


def test_what_was_altered_has_no_proof(books: Books) -> None:
    with books.superuser() as root:
        root.execute("UPDATE ledger_posting SET source = 'other' WHERE id = 5")
    with coops.inside(books.schema), pytest.raises(proving.NotAsSealed):
        proving.proof("ledger.posting", 5, private=True)


def test_the_command_checks_a_proof_file(books: Books, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "proof.json"
    file.write_text(json.dumps(proof_of(books, 5)), encoding="utf-8")
    assert cli._guarded(lambda: cli._run(["audit", "prove", str(file)]), debug=True) == 0
    assert "Proven: inside seal no. 1" in capsys.readouterr().out
    file.write_text("{", encoding="utf-8")
    assert cli._guarded(lambda: cli._run(["audit", "prove", str(file)]), debug=True) == 1


def test_only_whose_line_it_is_gets_the_proof(coop: Any) -> None:
    bruno, _hana = people.join("bruno"), people.join("hana", office=False)
    music.top_up(bruno, "10", people.NOW)
    with inside():
        books_of.make_checkpoint(actor=BOOKS, now=people.NOW, key="close", whole=True, at_least=1)
    (posting,) = [row.id for row in ledger.postings_of(party=bruno) if row.kind.endswith("top_up")]
    address = f"ledger/postings/{posting}/proof.json"
    assert Page("bruno").get(address).status_code == 409, "not sealed yet"
    audit.make_seal(actor=BOOKS, now=people.NOW, key="seal")
    answer = Page("bruno").get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    made = json.loads(answer.content)
    assert rules.check_proof(made)
    assert "Bruno" not in json.dumps(made)
    assert Page("hana").get(address).status_code == 404
    people.join("grace")
    assert Page("grace").get(address).status_code == 200, "the chair answers for the books"
    assert Page("").get(address).status_code == 303, "asked to sign in"
