from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from rochdale.shared import keys


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ROCHDALE_HOME", str(tmp_path))
    return tmp_path


def test_what_is_encrypted_can_be_read_again() -> None:
    sealed = keys.encrypt_text("Ada Byrne", about="person:1:name")
    assert b"Ada" not in sealed
    assert keys.decrypt_text(sealed, about="person:1:name") == "Ada Byrne"


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert keys.encrypt(b"x", about="a") != keys.encrypt(b"x", about="a")


def test_sealed_bytes_cannot_be_moved_to_another_place() -> None:
    sealed = keys.encrypt(b"+353861234567", about="person:1:phone")
    with pytest.raises(keys.NotOpened):
        keys.decrypt(sealed, about="person:2:phone")


def test_changed_bytes_are_refused() -> None:
    sealed = bytearray(keys.encrypt(b"x", about="a"))
    sealed[-1] ^= 1
    with pytest.raises(keys.NotOpened):
        keys.decrypt(bytes(sealed), about="a")


def test_another_key_does_not_open() -> None:
    sealed = keys.seal(b"x", key=keys.new_key(), about="a")
    with pytest.raises(keys.NotOpened):
        keys.unseal(sealed, key=keys.new_key(), about="a")


def test_each_coop_has_its_own_key() -> None:
    assert len({keys.coop_key("public"), keys.coop_key("alpha"), keys.coop_key("beta")}) == 3
    assert keys.coop_key("public") == keys.host_key()


def test_key_files_are_readable_by_nobody_else(own_home: Path) -> None:
    keys.coop_key("alpha")
    file = own_home / "keys" / "coop-alpha.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [f.name for f in file.parent.iterdir()] == ["coop-alpha.key"], "no draft is left behind"


def test_a_lost_key_is_an_error_and_not_a_new_key(own_home: Path) -> None:
    sealed = keys.encrypt(b"x", about="a")
    (own_home / "keys" / "host.key").unlink()
    with pytest.raises(keys.KeyMissing):
        keys.decrypt(sealed, about="a")


def test_a_schema_name_cannot_leave_the_folder() -> None:
    with pytest.raises(ValueError, match="not the name"):
        keys.coop_key("../etc")


def test_twenty_at_once_make_one_key(own_home: Path) -> None:
    found: set[bytes] = set()
    start = threading.Barrier(20)

    def make() -> None:
        start.wait()
        found.add(keys.coop_key("alpha"))

    threads = [threading.Thread(target=make) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_fingerprints_tell_equal_texts_and_nothing_else() -> None:
    assert keys.fingerprint("Ada@Example.org ") == keys.fingerprint("ada@example.org")
    assert keys.fingerprint("a") != keys.fingerprint("b")
    assert len(keys.fingerprint("a")) == 64
