"""The product keeps to QuickBooks' published limits by itself, from the very first look at a company."""

from __future__ import annotations

from pathlib import Path

from qbsync.bootstrap import App, build
from qbsync.domain.ledger import LIST_KINDS
from qbsync.domain.plan import Scope
from qbsync.qbo.consent import consent_locally
from qbsync.settings import Settings
from tests.company import WHO, sample_files
from tests.local_books import REALM, LocalBooks


def at_published_limits(folder: Path, books: LocalBooks) -> App:
    """The product as it is delivered: no test makes it faster."""
    return build(Settings(_env_file=None, data_dir=folder, sandbox_port=books.port), log_level=40)


def test_connecting_and_previewing_are_never_told_to_slow_down(tmp_path: Path):
    with LocalBooks.running(tmp_path / "quickbooks.db", throttled=True) as books:
        app = at_published_limits(tmp_path, books)
        app.intake.load(sample_files(), who=WHO)
        code, state, realm_id = consent_locally(app.connecting.begin(WHO), REALM)
        connection = app.connecting.finish(state=state, code=code, realm_id=realm_id)
        lists = app.connections.lists(connection.id)
        assert all(lists.get(kind) for kind in LIST_KINDS)
        app.mapping.accept(connection.id, 90, who=WHO)
        app.previewing.build(connection.id, Scope(), who=WHO)
        statuses = {request["status"] for request in books.requests()}
        app.database.close()
    assert 429 not in statuses
