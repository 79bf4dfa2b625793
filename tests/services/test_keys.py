"""After the keys are rotated the older ones can go: every sealed pair opens with the newest alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from qbsync.domain.connection import ConnectionState, Environment, TokenSet
from qbsync.domain.errors import StoreUnavailable
from qbsync.domain.ledger import Company
from qbsync.services.connect import token_lock
from qbsync.services.keys import Rotation, rotate_keys
from qbsync.store.connections import Connections
from qbsync.store.database import Database
from qbsync.store.notices import Notices
from qbsync.store.sealing import Seal
from qbsync.store.tables import AuditRow
from tests.store.stored import KEY, NOW, WHO, tokens

NEW_KEY = Fernet.generate_key().decode()


def with_keys(database: Database, *keys: str) -> Connections:
    return Connections(database, Seal(keys))


def companies(database: Database) -> list[int]:
    """Three companies whose tokens are sealed with the old key: one renewed, one idle, one disconnected."""
    store = with_keys(database, KEY)
    ids = [
        store.save(Company(realm_id=name, name=name), Environment.LOCAL, tokens(name), at=NOW, who=WHO).id
        for name in ("Renewed", "Idle", "Gone")
    ]
    store.save_tokens(ids[0], tokens("newer"), NOW, sent="refresh-Renewed")
    store.set_state(ids[2], ConnectionState.DISCONNECTED)
    return ids


def rotate(database: Database, *keys: str) -> Rotation:
    return rotate_keys(with_keys(database, *keys), Notices(database), database.lock, who=WHO, clock=lambda: NOW)


def test_every_pair_opens_with_the_new_key_alone_after_a_rotation(database: Database):
    renewed, idle, gone = companies(database)
    assert rotate(database, NEW_KEY, KEY) == Rotation(pairs=3, unopened=())
    store = with_keys(database, NEW_KEY)
    assert [store.tokens(one) for one in (renewed, idle, gone)] == [tokens("newer"), tokens("Idle"), None]
    assert store.step_back(renewed, refused="refresh-newer") == tokens("Renewed")  # the pair before is among them
    with pytest.raises(StoreUnavailable):
        with_keys(database, KEY).tokens(idle)


def test_rotating_again_changes_no_token(database: Database):
    renewed, *_ = companies(database)
    for _ in range(2):
        assert rotate(database, NEW_KEY, KEY).pairs == 3
    assert with_keys(database, NEW_KEY).tokens(renewed) == tokens("newer")


def test_a_company_whose_key_is_lost_is_named_and_holds_up_no_other(database: Database):
    renewed, idle, _ = companies(database)
    assert rotate(database, NEW_KEY) == Rotation(pairs=0, unopened=("Renewed", "Idle"))
    with_keys(database, NEW_KEY).save(
        Company(realm_id="Renewed", name="Renewed"), Environment.LOCAL, tokens("again"), at=NOW, who=WHO
    )
    assert rotate(database, NEW_KEY) == Rotation(pairs=1, unopened=("Idle",))
    assert with_keys(database, KEY).tokens(idle) == tokens("Idle")  # nothing was lost of it
    assert with_keys(database, NEW_KEY).tokens(renewed) == tokens("again")


def test_a_rotation_waits_for_a_refresh_that_is_under_way(database: Database):
    renewed, *_ = companies(database)
    newest = TokenSet(access_token="a", refresh_token="r", access_expires_at=NOW, refresh_expires_at=NOW)
    with ThreadPoolExecutor(1) as pool:
        with database.lock(token_lock(renewed)):
            rotation = pool.submit(rotate, database, NEW_KEY, KEY)
            with pytest.raises(FutureTimeout):
                rotation.result(timeout=0.2)
            with_keys(database, KEY).save_tokens(renewed, newest, NOW, sent="refresh-newer")
        assert rotation.result(timeout=30).unopened == ()
    assert with_keys(database, NEW_KEY).tokens(renewed) == newest


def test_a_rotation_is_in_the_audit_trail(database: Database):
    companies(database)
    rotate(database, NEW_KEY, KEY)
    with database.read() as session:
        line = session.execute(select(AuditRow)).scalar_one()
    assert (line.who, line.what, line.subject) == (WHO, "rotated the encryption keys", "3 pairs")
