"""Key files: closed to others, wrapped by a program, moved under a passphrase, shared out among a board."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rochdale.shared import keys
from rochdale.shared.keys import passphrases, rings, shares

KMS = """
import sys
what, name = sys.argv[1:]
data = sys.stdin.buffer.read()
if what == "unwrap" and not data.startswith(b"kms:"):
    sys.exit(3)
turned = bytes(byte ^ 0x5A for byte in (data if what == "wrap" else data[4:]))
sys.stdout.buffer.write(b"kms:" + turned if what == "wrap" else turned)
"""
WORDS = "five words are long enough"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
    monkeypatch.delenv("ROCHDALE_KEY_COMMAND", raising=False)
    return tmp_path


@pytest.fixture
def kms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    script = tmp_path / "kms.py"
    script.write_text(KMS)
    monkeypatch.setenv("ROCHDALE_KEY_COMMAND", f"{sys.executable} {script}")
    return script


def file_of(schema: str) -> Path:
    return keys.path_of(schema)


# the file itself


@pytest.mark.parametrize("rights", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_may_read_is_refused(rights: int) -> None:
    keys.coop_key("alpha")
    file_of("alpha").chmod(rights)
    with pytest.raises(keys.KeyExposed, match="chmod 600"):
        keys.coop_key("alpha")
    assert keys.state("alpha").exposed


def test_an_old_file_of_one_line_is_read() -> None:
    file_of("alpha").parent.mkdir()
    file_of("alpha").write_text("ab" * 32 + "\n")
    file_of("alpha").chmod(0o600)
    assert keys.coop_key("alpha") == b"\xab" * 32
    assert keys.rotate("alpha", beyond=1).generations[1] == b"\xab" * 32


@pytest.mark.parametrize("damage", ["", "ab" * 31, "{}", '{"format": "rochdale key 2"}', "ringring"])
def test_a_damaged_file_is_named(damage: str) -> None:
    keys.coop_key("alpha")
    file_of("alpha").write_text(damage)
    with pytest.raises(keys.KeyDamaged, match=r"coop-alpha\.key"):
        keys.coop_key("alpha")


def test_another_process_sees_a_new_generation_at_once() -> None:
    keys.coop_key("alpha")
    ring = keys.ring("alpha")
    keys.files.replace(file_of("alpha"), rings.turned(ring))
    assert keys.generation("alpha") == 2


def test_of_many_rotations_at_once_none_loses_anothers_key() -> None:
    keys.coop_key("alpha")
    start, seen = threading.Barrier(12), []

    def turn() -> None:
        start.wait()
        seen.append(keys.rotate("alpha", beyond=1).generations[2])

    threads = [threading.Thread(target=turn) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {keys.ring("alpha").generations[2]}
    assert keys.generation("alpha") == 2


def test_a_host_that_had_its_key_before_is_remembered(own_home: Path) -> None:
    file_of("public").parent.mkdir()
    file_of("public").write_text("ab" * 32)
    file_of("public").chmod(0o600)
    keys.host_key()
    file_of("public").unlink()
    with pytest.raises(keys.KeyMissing):
        keys.host_key()


def test_a_lost_host_key_is_not_made_anew(own_home: Path) -> None:
    keys.host_key()
    file_of("public").unlink()
    file_of("public").parent.rmdir()
    with pytest.raises(keys.KeyMissing):
        keys.secret("django")


# the program that wraps


def test_with_a_program_the_file_holds_only_the_wrapped_key(kms: Path) -> None:
    key = keys.coop_key("alpha")
    assert key.hex().encode() not in file_of("alpha").read_bytes()
    assert keys.state("alpha").wrapped
    keys.files._read.clear()
    assert keys.coop_key("alpha") == key


def test_a_plain_file_is_wrapped_and_unwrapped_on_request(kms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = f"{sys.executable} {kms}"
    monkeypatch.delenv("ROCHDALE_KEY_COMMAND")
    key = keys.coop_key("alpha")
    monkeypatch.setenv("ROCHDALE_KEY_COMMAND", command)
    assert keys.coop_key("alpha") == key
    keys.wrap_anew("alpha")
    assert keys.state("alpha").wrapped
    monkeypatch.delenv("ROCHDALE_KEY_COMMAND")
    keys.files._read.clear()
    with pytest.raises(keys.KeyCommandFailed, match="not set"):
        keys.coop_key("alpha")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("import sys; sys.exit(9)", "code 9"),
        ("", "answered nothing"),
        ("import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())", "as it was"),
    ],
)
def test_a_program_that_fails_is_named_and_nothing_is_written(kms: Path, script: str, says: str) -> None:
    kms.write_text(script)
    with pytest.raises(keys.KeyCommandFailed, match=says):
        keys.coop_key("alpha")
    assert not keys.has_key("alpha")


def test_a_program_that_fails_is_not_asked_again_at_once(kms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.coop_key("alpha")
    keys.files._read.clear()
    counter = kms.with_name("asked")
    kms.write_text(f"open({str(counter)!r}, 'a').write('x'); raise SystemExit(9)")
    for _ in range(5):
        with pytest.raises(keys.KeyCommandFailed, match="code 9"):
            keys.coop_key("alpha")
    assert counter.read_text() == "x"
    monkeypatch.setattr(keys.files, "FAILURE_SECONDS", 0.0)
    kms.write_text(KMS)
    keys.coop_key("alpha")


def test_a_program_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROCHDALE_KEY_COMMAND", "/no/such/program")
    with pytest.raises(keys.KeyCommandFailed, match="could not be started"):
        keys.coop_key("alpha")


def test_a_program_that_never_answers_is_given_up(kms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kms.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(keys.files, "COMMAND_SECONDS", 0.2)
    with pytest.raises(keys.KeyCommandFailed, match="did not answer"):
        keys.coop_key("alpha")


# moving


def test_a_key_is_adopted_once_and_never_over_another() -> None:
    keys.coop_key("alpha")
    brought = keys.portable("alpha")
    assert keys.adopt("beta", brought) == keys.ring("alpha")
    assert keys.adopt("beta", brought) == keys.ring("alpha"), "the same key again changes nothing"
    with pytest.raises(keys.KeyDiffers):
        keys.adopt("beta", keys.new_key())
    with pytest.raises(keys.KeyDamaged):
        keys.adopt("gamma", b"nothing of ours")
    assert not keys.has_key("gamma")


def test_an_adopted_key_brings_its_generations() -> None:
    keys.coop_key("alpha")
    keys.adopt("beta", keys.portable("alpha"))
    keys.rotate("alpha", beyond=1)
    assert keys.adopt("beta", keys.portable("alpha")).newest == 2


def test_an_exported_key_opens_with_its_passphrase_only() -> None:
    keys.coop_key("alpha")
    ring = keys.ring("alpha")
    sealed = passphrases.seal_ring(ring, passphrase=WORDS, coop="alpha")
    assert ring.generations[1].hex().encode() not in sealed
    assert passphrases.open_ring(sealed, passphrase=WORDS) == ("alpha", ring)
    with pytest.raises(passphrases.WrongPassphrase):
        passphrases.open_ring(sealed, passphrase=WORDS + "!")
    with pytest.raises(passphrases.WrongPassphrase):
        passphrases.open_ring(sealed.replace(b'"alpha"', b'"gamma"'), passphrase=WORDS)
    with pytest.raises(passphrases.NotAKeyFile):
        passphrases.open_ring(sealed[:40], passphrase=WORDS)
    with pytest.raises(passphrases.PassphraseShort):
        passphrases.seal_ring(ring, passphrase="short", coop="alpha")


# the board


def test_any_three_of_five_bring_the_key_back_and_two_do_not() -> None:
    ring = rings.turned(rings.new_ring())
    made = shares.split(ring, coop="alpha", total=5, needed=3)
    named = [(str(each.index), each) for each in made]
    for picked in ([0, 1, 2], [4, 2, 0], [1, 3, 4], [0, 1, 2, 3, 4]):
        assert shares.combine([named[place] for place in picked], coop="alpha") == (2, ring.generations[2])
    with pytest.raises(shares.TooFewShares, match="2 different shares were given, 3 are needed"):
        shares.combine(named[:2], coop="alpha")
    with pytest.raises(shares.TooFewShares):
        shares.combine([named[0], named[0], named[0]], coop="alpha")
    with pytest.raises(shares.TooFewShares):
        shares.combine([], coop="alpha")


def test_wrong_sets_and_co_ops_and_forged_shares_are_refused() -> None:
    ring = rings.new_ring()
    first, second = (shares.split(ring, coop="alpha", total=4, needed=2) for _ in range(2))
    with pytest.raises(shares.SharesOfSeveralSets):
        shares.combine([("a", first[0]), ("b", second[1])], coop="alpha")
    with pytest.raises(shares.ShareOfAnotherCoop):
        shares.combine([("a", first[0]), ("b", first[1])], coop="beta")
    forged = shares.Share(**{name: getattr(first[1], name) for name in shares.Share.__slots__} | {"value": first[1].value ^ 1})
    with pytest.raises(shares.SharesDoNotFit):
        shares.combine([("a", first[0]), ("b", forged)], coop="alpha")
    with pytest.raises(shares.SharesDoNotFit):
        shares.combine([("a", first[0]), ("c", first[2]), ("b", forged)], coop="alpha")


@pytest.mark.parametrize(("total", "needed"), [(1, 1), (5, 1), (3, 4), (41, 3)])
def test_a_key_is_not_split_in_ways_that_protect_nothing(total: int, needed: int) -> None:
    with pytest.raises(shares.NotASplit):
        shares.split(rings.new_ring(), coop="alpha", total=total, needed=needed)


def test_a_share_is_typed_as_people_type() -> None:
    share = shares.split(rings.new_ring(), coop="alpha", total=3, needed=2)[0]
    typed = "-".join(share.groups()).lower().replace("0", "o").replace("1", "l")
    assert shares.read(typed, name="mine") == share


def test_a_mistyped_group_is_named() -> None:
    groups = shares.split(rings.new_ring(), coop="alpha", total=3, needed=2)[0].groups()
    for place, group in enumerate(groups):
        for at in range(5):
            wrong = "Z" if group[at] != "Z" else "Y"
            typed = [*groups[:place], group[:at] + wrong + group[at + 1 :], *groups[place + 1 :]]
            with pytest.raises(shares.ShareDamaged, match=f"group {place + 1}, "):
                shares.read(" ".join(typed), name="mine")


def test_swapped_missing_and_strange_groups_are_refused() -> None:
    groups = shares.split(rings.new_ring(), coop="alpha", total=3, needed=2)[0].groups()
    for typed in (groups[1:], groups[::-1], [*groups, groups[0]], ["AAAAA"] * 22, [], [groups[0][:4] + "U", *groups[1:]]):
        with pytest.raises(shares.ShareDamaged):
            shares.read(" ".join(typed), name="mine")


@settings(max_examples=60, deadline=None)
@given(key=st.binary(min_size=32, max_size=32), total=st.integers(2, 9), data=st.data())
def test_every_key_comes_back_from_any_choice_of_enough_shares(key: bytes, total: int, data: st.DataObject) -> None:
    needed = data.draw(st.integers(2, total))
    made = shares.split(rings.from_key(key), coop="alpha", total=total, needed=needed)
    picked = data.draw(st.permutations(made))[:needed]
    typed = [(str(each.index), shares.read(" ".join(each.groups()), name="x")) for each in picked]
    assert shares.combine(typed, coop="alpha") == (1, key)
