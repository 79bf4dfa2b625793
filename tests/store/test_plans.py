"""Previews are stored whole: every line comes back exactly as it was shown, whatever it holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput, Issue, Severity
from qbsync.domain.fields import differences
from qbsync.domain.ledger import Company, Content, LedgerKind
from qbsync.domain.plan import Change, PlanStatus, Scope
from qbsync.domain.wanted import SyncKind
from qbsync.store.database import Database
from qbsync.store.plans import Plans, change_of, change_text
from qbsync.store.tables import PlanRow
from tests.domain.contents import KINDS, contents
from tests.store.stored import bill, change, connected, later, plan, saved

ISSUE = Issue(
    record="INV-7",
    field="cost_code",
    problem="'03-300' is not mapped – ä.",
    remedy="Choose it.",
    severity=Severity.WARNING,
    screen="mapping",
    follows=True,
)
FULL = Change(
    seq=3,
    kind=SyncKind.BILL,
    core_id="VB|7",
    title="Granite · INV-7",
    action=Action.UPDATE,
    reason="Changed in Core.",
    ledger_kind=LedgerKind.BILL,
    ledger_id="145",
    content=bill("120.50"),
    core_content=bill("120.5"),
    posted=bill("100.00"),
    fields=differences(bill("100.00"), bill("120.50")),
    issues=(ISSUE,),
    requires=("vendor:V1", "project:P1"),
    source_hash="abc",
    scope_date=date(2026, 11, 3),
    minutes=0,
    amount=Decimal("120.50"),
    generation=2,
    decision_key="key",
)


def test_a_plan_comes_back_exactly_as_it_was_shown(database: Database):
    connection = connected(database)
    scope = Scope(
        kinds=frozenset({SyncKind.BILL, SyncKind.TIME_ENTRY}),
        weeks=frozenset({date(2026, 11, 21)}),
        projects=frozenset({"24-101", "24|102"}),
    )
    lines = (change(1), change(2, Action.LINK, link_only=True, content=None, ledger_id="9"), FULL)
    made = replace(plan(connection.id, *lines), scope=scope)
    Plans(database).save(made)
    assert Plans(database).get(made.id) == made
    assert Plans(database).changes(made.id, [3, 1, 99]) == {1: lines[0], 3: FULL}
    assert Plans(database).counts(made.id) == {Action.CREATE: 1, Action.LINK: 1, Action.UPDATE: 1}


def test_a_plan_from_before_projects_could_be_chosen_is_of_all_of_them(database: Database):
    made = saved(database)
    with database.write() as session:
        row = session.get(PlanRow, made.id)
        assert row is not None
        row.scope = '{"kinds":["bill"],"weeks":["2026-11-21"],"records":[],"retries":""}'
    kept = Plans(database).get(made.id).scope
    assert kept == Scope(kinds=frozenset({SyncKind.BILL}), weeks=frozenset({date(2026, 11, 21)}))


@given(content=contents, posted=st.booleans())
def test_any_content_survives_being_stored(content: Content, posted: bool):
    kind = KINDS[type(content)]
    one = replace(FULL, ledger_kind=kind, content=content, core_content=content, posted=content if posted else None)
    assert change_of(change_text(one)) == one


def test_an_empty_plan_is_a_plan_too(database: Database):
    connection = connected(database)
    made = replace(plan(connection.id), changes=())
    Plans(database).save(made)
    assert Plans(database).get(made.id) == made
    assert Plans(database).counts(made.id) == {}


def test_the_newest_plan_replaces_the_drafts_before_it(database: Database):
    first = saved(database)
    second = saved(database, number=2, built_at=later(1))
    store = Plans(database)
    assert store.get(first.id).status is PlanStatus.SUPERSEDED
    assert store.latest(first.connection_id) == second
    assert store.head(first.connection_id) == replace(second, changes=())


def test_another_companys_draft_stays(database: Database):
    mine = saved(database)
    other = connected(database, Company(realm_id="2", name="Bayline"))
    Plans(database).save(plan(other.id, number=2))
    assert Plans(database).get(mine.id).status is PlanStatus.DRAFT


def test_without_a_plan_there_is_nothing_to_show(sqlite: Database):
    store = Plans(sqlite)
    assert (store.latest(1), store.head(1)) == (None, None)
    with pytest.raises(BadInput, match="qbsync preview"):
        store.get("nothing")
