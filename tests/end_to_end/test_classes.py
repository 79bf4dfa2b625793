"""Shifts as classes: hours carry them to QuickBooks, and classes that are given there by hand are left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from qbsync.bootstrap import App
from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput
from qbsync.domain.mapping import ShiftTarget
from qbsync.domain.plan import Plan, Scope
from qbsync.domain.records import Shift
from qbsync.domain.wanted import SyncKind
from tests.company import WHO, Company
from tests.local_books import REALM


@pytest.fixture
def classed(company: Company) -> tuple[Company, dict[str, str]]:
    """A company that gives classes to transactions, with one for days and one for nights."""
    company.books.control(f"{REALM}/preference", name="ClassTrackingPerTxn", value="true")
    ids = {name: str(company.books.make("Class", Name=name)["Id"]) for name in ("Days", "Nights")}
    company.app().connecting.refresh_lists(company.app().connection().id)
    return company, ids


def one_week(app: App) -> Scope:
    """The week with the fewest rows that are not drafts, and nothing else."""
    weeks: dict[Any, int] = {}
    for row in app.core.book().payroll_rows:
        if row.status.value == "Submitted":
            weeks[row.week_ending] = weeks.get(row.week_ending, 0) + 1
    return Scope(kinds=frozenset({SyncKind.TIME_ENTRY}), weeks=frozenset({min(weeks, key=lambda week: weeks[week])}))


def to_classes(app: App, **ids: str) -> None:
    """Shifts go to these classes."""
    connection_id = app.connection().id
    current = app.mappings.current(connection_id)
    shifts = {Shift(name): class_id for name, class_id in ids.items()}
    preferences = replace(current.preferences, shift_target=ShiftTarget.CLASS, shift_class_ids=shifts)
    app.mapping.save(connection_id, [], preferences, over_version=current.version, who=WHO)


def sync(app: App, scope: Scope) -> Plan:
    plan = app.previewing.build(app.connection().id, scope, who=WHO)
    run = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    app.running.push(run.id)
    hours = [one for one in app.runs.outcomes(run.id) if one.kind is SyncKind.TIME_ENTRY]
    assert {one.status.value for one in hours} == {"done"}, [one.message for one in hours]
    return plan


def actions(app: App, scope: Scope) -> set[Action]:
    plan = app.previewing.build(app.connection().id, scope, who=WHO)
    return {change.action for change in plan.changes if change.kind is SyncKind.TIME_ENTRY} - {Action.BLOCKED}


def class_ids(company: Company) -> set[str]:
    return {str((entry.get("ClassRef") or {}).get("value", "")) for entry in company.books.read_all("TimeActivity")}


def test_hours_carry_the_class_of_their_shift_and_are_posted_once(classed: tuple[Company, dict[str, str]]):
    company, ids = classed
    app = company.app()
    scope = one_week(app)
    to_classes(app, Day=ids["Days"])
    sync(app, scope)
    assert ids["Days"] in class_ids(company)
    assert actions(app, scope) == {Action.SKIP}
    to_classes(app, Day=ids["Nights"])
    assert Action.UPDATE in actions(app, scope)


def test_a_class_that_is_no_record_of_quickbooks_is_refused(classed: tuple[Company, dict[str, str]]):
    with pytest.raises(BadInput, match="class of the day shift"):
        to_classes(classed[0].app(), Day="999999")


def test_a_class_that_somebody_gives_by_hand_is_neither_edit_nor_conflict(classed: tuple[Company, dict[str, str]]):
    company, ids = classed
    app = company.app()
    scope = one_week(app)
    sync(app, scope)
    entry = company.books.read_all("TimeActivity")[-1]
    company.books.make("TimeActivity", **{**entry, "ClassRef": {"value": ids["Nights"]}})
    assert ids["Nights"] in class_ids(company)
    assert actions(app, scope) == {Action.SKIP}
    assert app.pulling.pull(app.connection().id).edited == ()
