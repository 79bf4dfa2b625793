"""Core data: load the sample or own files, see every problem by row, answer how dates are read, browse."""

from __future__ import annotations

from qbsync.domain.records import CoreKind
from qbsync.domain.run import OutcomeStatus
from qbsync.domain.wanted import SyncKind
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


def test_each_record_says_whether_it_is_in_quickbooks(synced: Dashboard):
    synced.open("core_data").choose("core_kind", CoreKind.VENDOR_BILL)
    table = synced.at.dataframe[0].value
    states = {str(core_id): str(state[0]) for core_id, state in zip(table.index, table["State"], strict=True)}
    found = synced.app.runs.outcomes(synced.app.runs.latest(synced.app.connection().id)[0].id)
    done = {one.core_id for one in found if one.kind is SyncKind.BILL and one.status is OutcomeStatus.DONE}
    assert {core_id for core_id, state in states.items() if state == "In QuickBooks"} == done
    assert set(states.values()) == {"In QuickBooks", "Not yet"}


def pick(dashboard: Dashboard, kind: CoreKind, core_id: str) -> Dashboard:
    """Tick a record's row in the table of its kind."""
    dashboard.open("core_data").choose("core_kind", kind)
    row = list(dashboard.at.dataframe[0].value.index).index(core_id)
    dashboard.at.session_state[f"core_table_{kind}_"] = {"selection": {"rows": [row], "columns": []}}
    return dashboard.run()


def test_a_record_tells_its_whole_story(synced: Dashboard):
    found = synced.app.runs.outcomes(synced.app.runs.latest(synced.app.connection().id)[0].id)
    done = next(one for one in found if one.kind is SyncKind.BILL and one.status is OutcomeStatus.DONE)
    pick(synced, CoreKind.VENDOR_BILL, done.core_id)
    assert f"written by run {done.run_id}" in synced.said
    (written,) = synced.at.table
    assert list(written.value.columns) == ["Field", "Last written"]
    touched = synced.at.dataframe[-1].value
    assert (touched["Run"].tolist(), list(touched["Result"].iloc[0])) == ([done.run_id], ["Done"])
    synced.press("core_look")
    (both,) = synced.at.table
    assert list(both.value.columns) == ["Field", "Last written", "In QuickBooks now"]
    assert both.value["Last written"].tolist() == both.value["In QuickBooks now"].tolist()
    assert any("As it was written" in one.label for one in synced.at.expander)


def test_a_record_that_never_went_says_so(synced: Dashboard):
    row = synced.app.core.book().payroll_rows[0]
    pick(synced, CoreKind.PAYROLL_ROW, row.core_id)
    assert "Nothing of it was ever sent." in synced.said


def test_a_cost_code_has_no_story(synced: Dashboard):
    pick(synced, CoreKind.COST_CODE, next(iter(synced.app.core.book().cost_codes)))
    assert "A cost code is mapped, and never written" in synced.said
