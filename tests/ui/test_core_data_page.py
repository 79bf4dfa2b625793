"""Core data: load the sample or own files, see every problem by row, answer how dates are read, browse."""

from __future__ import annotations

import pytest

from qbsync.bootstrap import now
from qbsync.domain.left_alone import LeftAlone
from qbsync.domain.records import CoreKind
from qbsync.domain.run import OutcomeStatus
from qbsync.domain.wanted import SyncKind
from tests.company import WHO
from tests.ui.support import Dashboard

VENDORS = b"Vendor Number,Vendor Name\nV-1,Granite Ready Mix\nV-2,Coast Rebar\n"
BILLS = (
    b"Bill ID,Vendor,Invoice Number,Invoice Date,Due Date,Description,Amount,Total Amount,Status\n"
    b"B-1,V-1,INV-7,03/04/2026,05/04/2026,Load,100.00,100.00,Submitted\n"
)


def load(dashboard: Dashboard, *files: tuple[str, bytes, str]) -> Dashboard:
    """Choose files and press *Load files*."""
    dashboard.at.file_uploader[0].set_value(list(files))
    dashboard.run()
    return dashboard.press("core_load")


def test_one_click_loads_the_sample_contractor(nothing: Dashboard):
    nothing.open("core_data").press("core_sample")
    counts = nothing.app.core.counts()
    assert counts[CoreKind.EMPLOYEE] == 46
    assert nothing.card("Employees") == "46"
    assert "records loaded" in nothing.said
    issues = nothing.app.core.issues(nothing.app.core.imports(1)[0]["id"])
    assert f"Problems by row :gray[{len(issues)}]" in nothing.said


def test_loading_the_sample_twice_changes_nothing(nothing: Dashboard):
    nothing.open("core_data").press("core_sample")
    before = nothing.app.core.counts()
    nothing.press("core_sample")
    assert "Nothing changed: all of this was loaded before." in nothing.said
    assert nothing.app.core.counts() == before


def test_an_own_export_is_loaded_and_named(nothing: Dashboard):
    load(nothing.open("core_data"), ("vendors.csv", VENDORS, "text/csv"))
    assert "2 records loaded: 2 new." in nothing.said
    assert nothing.card("Vendors") == "2"
    nothing.choose(view_key(nothing), "Recent imports")
    assert "vendors.csv" in str(nothing.table("core_imports")["Files"].iloc[0])


def test_an_address_shows_a_record_of_core(ready: Dashboard):
    bill = ready.app.core.book().bills[-1].core_id
    ready.open("core_data", tab="vendor_bill", find=bill)
    assert list(ready.table("core_table").index) == [bill]
    ready.type("core_search", "")
    assert len(ready.table("core_table")) > 1


def view_key(dashboard: Dashboard) -> str:
    return next(str(one.key) for one in dashboard.at.button_group if str(one.key).startswith("core_view"))


def test_a_file_that_is_none_is_refused_in_one_sentence(nothing: Dashboard):
    load(nothing.open("core_data"), ("fake.xlsx", b"this is no workbook", "application/octet-stream"))
    (error,) = nothing.at.error
    assert "fake" in error.value
    assert "Traceback" not in error.value
    assert not any(nothing.app.core.counts().values())


def test_dates_that_can_be_read_two_ways_wait_for_an_answer(nothing: Dashboard):
    load(nothing.open("core_data"), ("vendors.csv", VENDORS, "text/csv"), ("bills.csv", BILLS, "text/csv"))
    assert "can be read two ways" in nothing.said
    assert not any(nothing.app.core.counts().values())
    nothing.press("core_dates_DAY_FIRST")
    assert "can be read two ways" not in nothing.said
    (bill,) = nothing.app.core.book().bills
    assert bill.bill_date.isoformat() == "2026-04-03"


def test_a_search_finds_records_by_any_column(ready: Dashboard):
    ready.open("core_data").choose("core_kind", CoreKind.VENDOR)
    everything = ready.at.dataframe[0].value
    ready.type("core_search", "GRANITE")
    found = ready.at.dataframe[0].value
    assert 0 < len(found) < len(everything)
    assert all("granite" in str(row).casefold() for row in found.to_numpy().tolist())
    assert f"{len(found)} of {len(everything)}" in ready.said


def test_each_record_says_how_it_stands(synced: Dashboard):
    synced.open("core_data").choose("core_kind", CoreKind.VENDOR_BILL)
    table = synced.at.dataframe[0].value
    states = {str(core_id): str(state[0]) for core_id, state in zip(table.index, table["State"], strict=True)}
    found = synced.app.runs.outcomes(synced.app.runs.latest(synced.app.connection().id)[0].id)
    bills = [one for one in found if one.kind is SyncKind.BILL]
    for status, state in ((OutcomeStatus.DONE, "Synced"), (OutcomeStatus.FAILED, "Failed")):
        assert {one.core_id for one in bills if one.status is status} == {one for one in states if states[one] == state}
    assert "**Blocked**: something keeps it from being sent" in synced.said
    synced.choose("core_kind", CoreKind.PROJECT)  # their bills are posted, though no run was asked for projects
    assert {str(state[0]) for state in synced.at.dataframe[0].value["State"]} >= {"Linked"}


def pick(dashboard: Dashboard, kind: CoreKind, core_id: str) -> Dashboard:
    """Click a record's row in the table of its kind."""
    dashboard.open("core_data").choose("core_kind", kind)
    row = list(dashboard.at.dataframe[0].value.index).index(core_id)
    dashboard.at.session_state[dashboard.table_key("core_table")] = {
        "selection": {"rows": [], "columns": [], "cells": [(row, "Name")]}
    }
    return dashboard.run()


def test_the_kind_and_the_search_are_kept_while_another_page_is_looked_at(ready: Dashboard):
    ready.open("core_data").choose("core_kind", CoreKind.VENDOR).type("core_search", "granite")
    found = list(ready.table("core_table").index)
    ready.open("overview").open("core_data")
    assert list(ready.table("core_table").index) == found
    assert ready.at.text_input(key="core_search").value == "granite"


def test_the_story_of_a_skipped_record_says_who_skips_it_and_takes_it_up_again(synced: Dashboard):
    connection = synced.app.connection().id
    run = synced.app.runs.latest(connection)[0]
    bill = next(one for one in synced.app.runs.outcomes(run.id) if one.kind is SyncKind.BILL)
    synced.app.leaving.leave(connection, bill.kind, bill.core_id, reason="Paid by card", who=WHO)
    pick(synced, CoreKind.VENDOR_BILL, bill.core_id)
    assert f"Left alone by {WHO}" in synced.said
    synced.press("core_unskip")
    assert synced.app.leaving.all(connection) == {}


def test_a_record_tells_its_whole_story(synced: Dashboard):
    found = synced.app.runs.outcomes(synced.app.runs.latest(synced.app.connection().id)[0].id)
    done = next(one for one in found if one.kind is SyncKind.BILL and one.status is OutcomeStatus.DONE)
    pick(synced, CoreKind.VENDOR_BILL, done.core_id)
    assert f"last synced by run {done.run_id}" in synced.said
    said, core, written, lines = (one.value for one in synced.at.table)
    bill = next(one for one in synced.app.core.book().bills if one.core_id == done.core_id)
    assert list(said.columns) == ["Field", "In Core now"]
    assert list(written.columns) == ["Field", "As agreed last"]
    assert [list(core.columns), len(core)] == [["Cost code", "Project", "Text", "Amount"], len(bill.lines)]
    assert [list(lines.columns), len(lines)] == [["Account or item", "Customer", "Text", "Amount"], len(bill.lines)]
    touched = synced.at.dataframe[-1].value
    assert (touched["Run"].tolist(), list(touched["Result"].iloc[0])) == ([done.run_id], ["Done"])
    synced.press("core_look")
    _, _, both, _ = (one.value for one in synced.at.table)
    assert list(both.columns) == ["Field", "As agreed last", "In QuickBooks now"]
    assert both["As agreed last"].tolist() == both["In QuickBooks now"].tolist()
    assert any("As it was written" in one.label for one in synced.at.expander)


def test_a_record_that_never_went_says_so(synced: Dashboard):
    row = synced.app.core.book().payroll_rows[0]
    pick(synced, CoreKind.PAYROLL_ROW, row.core_id)
    assert "Nothing of it was ever sent." in synced.said


def test_what_core_says_is_shown_before_any_company_is_connected(nothing: Dashboard):
    load(nothing.open("core_data"), ("vendors.csv", VENDORS, "text/csv"))
    nothing.choose(view_key(nothing), "Records")
    pick(nothing, CoreKind.VENDOR, "V-1")
    (said,) = (one.value for one in nothing.at.table)
    assert said["In Core now"].tolist() == ["Granite Ready Mix", "No", "Yes"]
    assert "No QuickBooks company was ever connected." in nothing.said


def test_what_nobody_has_mapped_leads_to_its_row_of_the_mapping(synced: Dashboard):
    synced.open("core_data").choose("core_kind", CoreKind.PROJECT)
    table = synced.table("core_table")
    project = next(str(one) for one in table.index if table.loc[one, "State"] == ["Unmapped"])
    pick(synced, CoreKind.PROJECT, project)
    link = next(one for one in synced.at.get("page_link") if one.proto.label == "Map it")
    assert link.proto.query_string == f"tab=project&find={project}"


def test_a_cost_code_of_which_nothing_is_made_leads_to_its_mapping(synced: Dashboard):
    pick(synced, CoreKind.COST_CODE, next(iter(synced.app.core.book().cost_codes)))
    assert "Only where its service item is to be made, something is sent." in synced.said
    assert "mapping" in synced.links


def test_a_cost_code_that_somebody_skips_is_taken_up_again_in_its_story(synced: Dashboard):
    code = next(iter(synced.app.core.book().cost_codes))
    skipped = LeftAlone(kind=SyncKind.ITEM, core_id=code, title=code, reason="Made by hand", who=WHO, at=now())
    synced.app.leaving.left.add(synced.app.connection().id, skipped)
    pick(synced, CoreKind.COST_CODE, code)
    assert f"Left alone by {WHO}" in synced.said
    synced.press("core_unskip")
    assert synced.app.leaving.all(synced.app.connection().id) == {}


FAULTY = VENDORS + b"V-3,\n"
CUSTOMERS = b"Customer ID,Customer Name\nC-1,Harborview\n"


def test_rows_to_mend_outlive_a_clean_import_of_something_else(nothing: Dashboard):
    load(nothing.open("core_data"), ("vendors.csv", FAULTY, "text/csv"))
    load(nothing, ("customers.csv", CUSTOMERS, "text/csv"))
    nothing.open("overview")
    assert "1 row from Core is left out, and nobody has mended it yet." in nothing.said
    nothing.open("core_data", view="errors")
    assert nothing.table("core_errors")["Where"].tolist() == ["vendors.csv, row 4, Vendor Name"]
    assert nothing.is_disabled("core_set_aside")
    load(nothing, ("vendors-mended.csv", VENDORS, "text/csv"))
    nothing.open("overview")
    assert "left out" not in nothing.said


def test_a_row_that_nobody_wants_is_set_aside(nothing: Dashboard):
    load(nothing.open("core_data"), ("vendors.csv", FAULTY, "text/csv"))
    nothing.open("core_data", view="errors").tick("core_errors", [0]).press("core_set_aside")
    assert "1 error set aside." in nothing.said
    assert nothing.app.core.open_errors() == []
    assert nothing.at.button_group[0].value == "Records"


def test_an_address_that_names_a_kind_is_followed_without_a_warning(ready: Dashboard, caplog: pytest.LogCaptureFixture):
    ready.open("core_data", tab="vendor", find="V-")
    assert "1099" in ready.table("core_table")
    assert "core_kind" not in caplog.text


def test_a_file_that_is_no_export_shows_no_empty_table(nothing: Dashboard):
    load(nothing.open("core_data"), ("junk.csv", b"a,b\n1,2\n", "text/csv"))
    assert "no list of ProForge Core was recognised" in nothing.said
    assert all(len(table.value) for table in [*nothing.at.dataframe, *nothing.at.table])
