"""The composition root: what it builds keeps the books of one QuickBooks apart from those of another."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from qbsync.bootstrap import App, build, now
from qbsync.domain.connection import Connection, ConnectionState, Environment, TokenSet
from qbsync.domain.errors import BadInput, NotConnected
from qbsync.domain.ledger import Company
from qbsync.settings import Settings
from qbsync.store.tables import TokenRow
from tests.company import Company as Books


def app(folder: Path, environment: Environment) -> App:
    """The product on one data folder, set to talk to one QuickBooks."""
    settings = Settings(
        _env_file=None, data_dir=folder, qbo_environment=environment, qbo_client_id="id", qbo_client_secret="secret"
    )
    return build(settings, log_level=logging.CRITICAL)


def connected_locally(folder: Path) -> Connection:
    """A company of the QuickBooks on this machine."""
    tokens = TokenSet(
        access_token="access",
        refresh_token="refresh",
        access_expires_at=now() + timedelta(hours=1),
        refresh_expires_at=now() + timedelta(days=100),
    )
    company = Company(realm_id="9130357766900100", name="Ridgeline Builders")
    store = app(folder, Environment.LOCAL).connections
    return store.save(company, Environment.LOCAL, tokens, at=now(), who="controller@ridgeline.example")


@pytest.mark.parametrize("environment", [Environment.SANDBOX, Environment.PRODUCTION])
def test_a_company_of_the_local_quickbooks_is_not_connected_in_intuits(tmp_path: Path, environment: Environment):
    connected_locally(tmp_path)
    with pytest.raises(NotConnected, match="No QuickBooks company is connected"):
        app(tmp_path, environment).connection()


@pytest.mark.promise(5)
@pytest.mark.parametrize("environment", [Environment.SANDBOX, Environment.PRODUCTION])
def test_a_local_token_is_never_sent_to_intuit(tmp_path: Path, environment: Environment):
    local = connected_locally(tmp_path)
    with pytest.raises(BadInput, match=f"ENVIRONMENT=local, which is now {environment}"):
        app(tmp_path, environment).ledger_of(local.id)


def test_a_company_of_the_quickbooks_in_use_has_its_ledger(tmp_path: Path):
    local = connected_locally(tmp_path)
    product = app(tmp_path, Environment.LOCAL)
    assert product.connection() == local
    assert product.ledger_of(local.id) is not None


def kept_before(product: App, connection_id: int) -> str:
    """The sealed pair of tokens before the stored one."""
    with product.database.read() as session:
        return session.get_one(TokenRow, connection_id).previous_sealed


def test_the_pair_before_is_forgotten_when_quickbooks_answers_the_new_one(company: Books):
    product = company.app()
    connection = product.connection()
    stored = product.connections.tokens(connection.id)
    assert stored is not None
    fresh = product.oauth.refresh(stored.refresh_token)
    product.connections.save_tokens(connection.id, fresh, now(), sent=stored.refresh_token)
    assert kept_before(product, connection.id)
    product.ledger_of(connection.id).company()
    assert not kept_before(product, connection.id)


def test_the_worker_does_the_upkeep_that_is_due(company: Books):
    product = company.app()
    connection = product.connection()
    product.connections.save_upkeep(connection.id, now() - timedelta(days=2))
    product.worker().once()
    assert not product.connections.claim_upkeep(connection.id, now=now(), every=timedelta(hours=1))
    assert product.connection().state is ConnectionState.CONNECTED
