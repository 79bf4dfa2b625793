"""Keys can be changed without a stop, a wrong one is said plainly, and the key file is its owner's alone."""

from __future__ import annotations

import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from qbsync.domain.errors import BadInput, StoreUnavailable
from qbsync.store.sealing import Seal, key_from_file
from tests.store.racing import RACERS, race


def new_key() -> str:
    return Fernet.generate_key().decode()


def test_what_is_sealed_is_not_readable_and_opens_again():
    seal = Seal([new_key()])
    sealed = seal.seal("refresh-token – ä")
    assert "refresh" not in sealed
    assert seal.open(sealed) == "refresh-token – ä"
    assert seal.seal("refresh-token – ä") != sealed


def test_a_new_key_seals_while_the_old_one_still_opens():
    old, new = new_key(), new_key()
    sealed_before = Seal([old]).seal("secret")
    both = Seal([new, old])
    assert both.open(sealed_before) == "secret"
    sealed_now = both.seal("secret")
    assert Seal([new]).open(sealed_now) == "secret"
    with pytest.raises(StoreUnavailable, match="Put the earlier key back"):
        Seal([new]).open(sealed_before)
    with pytest.raises(StoreUnavailable):
        Seal([old]).open(sealed_now)


def test_what_was_sealed_again_needs_the_old_key_no_more():
    old, new = new_key(), new_key()
    sealed = Seal([old]).seal("secret")
    assert Seal([new]).open(Seal([new, old]).seal_again(sealed)) == "secret"
    with pytest.raises(StoreUnavailable, match="Put the earlier key back"):
        Seal([new]).seal_again(sealed)


def test_a_sealed_text_that_was_tampered_with_does_not_open():
    seal = Seal([new_key()])
    sealed = seal.seal("secret")
    with pytest.raises(StoreUnavailable):
        seal.open(sealed[:-4] + "AAAA")


@pytest.mark.parametrize("key", ["not-a-key", "", "ä" * 44], ids=["a word", "nothing", "other letters"])
def test_a_key_that_is_none_is_said_without_showing_it(key: str):
    with pytest.raises(BadInput, match="QBSYNC_ENCRYPTION_KEYS") as refused:
        Seal([new_key(), key])
    assert not key or key not in str(refused.value)


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "data" / "secret.key"
    key = key_from_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key_from_file(path) == key
    assert Seal([key]).open(Seal([key]).seal("secret")) == "secret"
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns so often that they meet in every gap."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless")
def test_all_that_start_together_get_the_same_whole_key(tmp_path: Path):
    for attempt in range(20):
        path = tmp_path / str(attempt) / "secret.key"

        def start(_: int, path: Path = path) -> str:
            return key_from_file(path)

        keys = race(start)
        assert keys == [path.read_text()] * RACERS
        assert len(keys[0]) == 44
