"""Two companies of one contractor in one database, both ready to sync, beside one local QuickBooks."""

from __future__ import annotations

from qbsync.bootstrap import App, now
from qbsync.domain.connection import Environment
from qbsync.qbo.consent import consent_locally
from tests.company import WHO, Company

SECOND_REALM = "9130357766900200"


def connect_second(company: Company) -> int:
    """Connect the contractor's other QuickBooks company beside the first one; returns its connection's id."""
    app = company.app()
    code, _, realm = consent_locally(app.connecting.begin(WHO), SECOND_REALM)
    tokens = app.oauth.exchange(code, app.settings.redirect_uri)
    facts = app.probe(realm, tokens).company()
    connection = app.connections.save(facts, Environment.LOCAL, tokens, at=now(), who=WHO).id
    app.connecting.refresh_lists(connection)
    app.mapping.accept(connection, 90, who=WHO)
    app.database.close()
    return connection


def confirm_latest(app: App, connection: int, most: int) -> str:
    """Confirm the latest preview of one company, at most so many rows of it; returns the run's id."""
    plan = app.plans.latest(connection)
    assert plan is not None
    ticked = [change.seq for change in plan.changes if change.ticked_by_default][:most]
    return app.confirming.confirm(plan.id, plan.digest, ticked, who=WHO).id
