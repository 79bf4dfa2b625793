"""After a run: the Sync Log names every record, History counts them, and the Overview says what needs attention."""

from __future__ import annotations

import json

import pytest

from qbsync.bootstrap import App
from qbsync.domain.run import Outcome, OutcomeStatus, Run, RunStatus
from qbsync.domain.wanted import SyncKind
from tests.company import WHO
from tests.ui.conftest import BILLS
from tests.ui.support import Dashboard, refused_bill


def the_run(dashboard: Dashboard) -> Run:
    (run,) = dashboard.app.runs.latest(dashboard.app.connection().id)
    return run


def outcome_count(dashboard: Dashboard, *statuses: OutcomeStatus) -> int:
    found = dashboard.app.runs.outcomes(the_run(dashboard).id)
    return sum(1 for one in found if one.status in statuses)


def test_the_log_lists_the_run_with_its_counts(synced: Dashboard):
    synced.open("sync_log")
    (row,) = synced.at.dataframe[0].value.to_dict("records")
    assert row["Run"] == the_run(synced).id
    assert (row["Done"], row["Failed"]) == (
        outcome_count(synced, OutcomeStatus.DONE),
        outcome_count(synced, OutcomeStatus.FAILED),
    )
    assert (list(row["Result"]), row["Confirmed by"]) == (["Partly failed"], WHO)


def test_the_records_view_begins_with_what_was_not_done(synced: Dashboard):
    synced.open("sync_log").choose("log_view", "Records")
    table = synced.at.dataframe[0].value
    (failed,) = [one for one in synced.app.runs.outcomes(the_run(synced).id) if one.status is OutcomeStatus.FAILED]
    assert table["Record"].tolist() == [failed.title]
    for said in (failed.title, failed.message, failed.remedy, f"Core id {failed.core_id}"):
        assert said
        assert said in synced.said


def test_the_records_view_can_show_everything_and_search_in_it(synced: Dashboard):
    synced.open("sync_log").choose("log_view", "Records")
    synced.at.toggle(key="log_only").set_value(False)
    synced.run()
    everything = synced.at.dataframe[0].value
    assert len(everything) == len(synced.app.runs.outcomes(the_run(synced).id))
    done = next(one for one in synced.app.runs.outcomes(the_run(synced).id) if one.status is OutcomeStatus.DONE)
    synced.type("log_records_search", done.core_id)
    assert done.title in synced.at.dataframe[0].value["Record"].tolist()
    assert len(synced.at.dataframe[0].value) < len(everything)


def test_a_click_on_any_cell_shows_the_record_below(synced: Dashboard):
    synced.open("sync_log").choose("log_view", "Records")
    synced.at.toggle(key="log_only").set_value(False)
    synced.run()
    everything = synced.at.dataframe[0].value
    for row in (0, 7, len(everything) - 1):
        synced.look_at("log_records", row)
        assert f"**{everything['Record'][row]}**" in {one.value.replace("\\", "") for one in synced.at.markdown}


def the_failure(dashboard: Dashboard) -> Outcome:
    (failed,) = [
        one for one in dashboard.app.runs.outcomes(the_run(dashboard).id) if one.status is OutcomeStatus.FAILED
    ]
    return failed


def test_what_was_sent_for_a_record_can_be_read_and_holds_no_secret(synced: Dashboard):
    found = synced.app.runs.outcomes(the_run(synced).id)
    done = next(one for one in found if one.kind is SyncKind.BILL and one.status is OutcomeStatus.DONE)
    synced.open("sync_log").choose("log_view", "Records")
    synced.at.toggle(key="log_only").set_value(False)
    synced.type("log_records_search", done.core_id)
    (sent,) = synced.at.code
    assert json.loads(sent.value)["Bill"]["DocNumber"] in done.title
    for word in ("Bearer", "access_token", "secret"):
        assert word not in sent.value


def test_what_quickbooks_answered_is_kept_beside_what_was_sent(synced: Dashboard):
    failed = the_failure(synced)
    synced.open("sync_log").choose("log_view", "Records")
    sent, answer = (json.loads(one.value) for one in synced.at.code)
    assert sent["Bill"]["DocNumber"] in failed.title
    assert [error["code"] for error in answer["Fault"]["Error"]] == [failed.code]
    assert failed.trace in synced.said


def test_a_failed_record_can_be_tried_again(synced: Dashboard):
    failed = the_failure(synced)
    synced.open("sync_log").choose("log_view", "Records")
    (retry,) = [key for key in synced.buttons if "_retry_" in key]
    synced.press(retry)
    assert "Building the preview" in synced.said  # it went to the Sync page
    request = synced.app.asking.latest(synced.app.connection().id)
    assert request
    assert (request.scope.retries, request.scope.records) == (failed.run_id, frozenset({failed.key}))
    synced.app.asking.cancel(request.id)


def test_a_run_offers_all_that_it_did_not_do(synced: Dashboard):
    run = the_run(synced)
    synced.open("sync_log", run=run.id)
    assert "**1 record** did not go over." in synced.said
    synced.press(f"run_{run.id}_retry")
    request = synced.app.asking.latest(synced.app.connection().id)
    assert request
    assert request.scope.records == frozenset({the_failure(synced).key})
    synced.app.asking.cancel(request.id)


def test_the_preview_that_was_sent_shows_both_totals_and_offers_what_did_not_go(synced: Dashboard):
    synced.open("sync")
    assert "This preview was sent (partly failed)" in synced.said
    assert {"Totals", "Core", "QuickBooks", "Difference"} <= set(synced.at.table[0].value.columns)
    synced.press("sync_retry")
    assert "Building the preview" in synced.said
    request = synced.app.asking.latest(synced.app.connection().id)
    assert request
    assert request.scope.records == frozenset({the_failure(synced).key})
    synced.app.asking.cancel(request.id)


def test_a_failed_record_is_skipped_with_a_reason_and_taken_up_again(synced: Dashboard):
    failed, run = the_failure(synced), the_run(synced)
    synced.open("sync_log").choose("log_view", "Records")
    (leave,) = [key for key in synced.buttons if "_leave_" in key]
    assert synced.is_disabled(leave)
    synced.type(leave.replace("_leave_", "_why_"), "Entered *by hand*").press(leave)
    assert f"Left alone by {synced.app.settings.user}" in synced.said
    assert ": Entered *by hand*." in synced.said  # its text is no Markdown
    assert not [key for key in synced.buttons if "_retry_" in key]
    assert set(synced.app.leaving.all(run.connection_id)) == {failed.key}
    assert "did not go over" not in synced.open("sync_log", run=run.id).said
    assert "did not go over" not in synced.open("overview").said

    synced.open("sync_log").choose("log_view", "Records")
    (again,) = [key for key in synced.buttons if "_unskip_" in key]
    synced.press(again)
    assert synced.app.leaving.all(run.connection_id) == {}
    assert [key for key in synced.buttons if "_retry_" in key]


def test_what_a_later_run_did_is_no_longer_to_do_and_says_so_where_it_failed(writing: Dashboard):
    company, app = writing.company, writing.app
    plan = app.previewing.build(app.connection().id, BILLS, who=WHO)
    company.books.control("faults", kind="poison", match=refused_bill(plan).core_id)
    first = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    push(app, first)
    (failed,) = [one for one in app.runs.outcomes(first.id) if one.status is OutcomeStatus.FAILED]
    again = try_again(app, first)
    writing.open("sync_log", run=first.id)
    assert f"**Tried again since:** Failed. Run {again.id}" in writing.said
    assert [key for key in writing.buttons if "_retry_" in key]

    company.books.disarm()
    plan = app.retrying.build(again.id, who=WHO)
    last = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    records = writing.open("sync_log").choose("log_view", "Records").said
    assert "All that was sent is done." not in records
    assert "What is being sent is counted above." in records
    push(app, last)

    writing.choose("log_view", "Runs").open("sync_log", run=first.id)
    assert failed.message in writing.said
    assert f"**Done since.** It was made in QuickBooks. Run {last.id}" in writing.said
    assert not [key for key in writing.buttons if "_retry_" in key or "_skip_" in key]
    assert "All that was sent is done." in writing.open("sync_log").choose("log_view", "Records").said


def push(app: App, run: Run) -> None:
    while app.runs.get(run.id).is_open:  # it rests before it tries the refused bill again
        app.running.push(run.id)


def try_again(app: App, run: Run) -> Run:
    """Preview again what a run did not do, and send it."""
    plan = app.retrying.build(run.id, who=WHO)
    again = app.confirming.confirm(plan.id, plan.digest, who=WHO)
    push(app, again)
    return again


FILTERS = [
    # the widget, what is chosen, and whether the failure is found
    ("log_who", WHO, True),
    ("log_since", "Today", True),
    ("log_codes", ["6000"], True),
    ("log_kinds", [SyncKind.BILL], True),
    ("log_kinds", [SyncKind.VENDOR], False),
]


@pytest.mark.parametrize(("widget", "chosen", "found"), FILTERS)
def test_records_are_narrowed_by_person_time_code_and_type(synced: Dashboard, widget: str, chosen: object, found: bool):
    synced.open("sync_log").choose("log_view", "Records").choose(widget, chosen)
    assert (the_failure(synced).message in synced.said) is found
    assert ("Nothing that is not done matches." in synced.said) is not found


def test_a_link_to_a_run_opens_it_once(synced: Dashboard):
    run = the_run(synced)
    synced.open("sync_log", run=run.id)
    assert f"{outcome_count(synced, *OutcomeStatus)} of {outcome_count(synced, *OutcomeStatus)} records" in synced.said
    assert synced.table(f"run_{run.id}")["Result"].iloc[0] == ["Failed"]  # what was not done first
    assert "run" not in synced.at.query_params
    synced.run()
    assert not [one for one in synced.at.dataframe if str(one.key).startswith("run_")]


def test_a_link_to_a_run_opens_it_where_the_records_were_looked_at(synced: Dashboard):
    run = the_run(synced)
    synced.open("sync_log").choose("log_view", "Records")
    synced.at.query_params["run"] = run.id
    synced.run()
    assert synced.table(f"run_{run.id}")["Result"].iloc[0] == ["Failed"]


def test_a_link_to_a_run_that_is_not_there_is_one_sentence(synced: Dashboard):
    synced.open("sync_log", run="no-such-run")
    assert len(synced.at.error) == 1
    assert "Traceback" not in synced.said


def test_a_run_is_found_by_who_confirmed_it(synced: Dashboard):
    synced.open("sync_log").type("log_runs_search", WHO.upper())
    assert len(synced.at.dataframe[0].value) == 1
    synced.type("log_runs_search", "nobody")
    assert "No run matches." in synced.said
    synced.type("log_runs_search", "").choose("log_results", [RunStatus.PARTLY_FAILED])
    assert len(synced.at.dataframe[0].value) == 1


@pytest.mark.parametrize("span", ["7 days", "30 days", "90 days"])
def test_history_counts_what_went_over_and_what_did_not(synced: Dashboard, span: str):
    synced.open("history").choose("span", span)
    done, failed = outcome_count(synced, OutcomeStatus.DONE), outcome_count(synced, OutcomeStatus.FAILED)
    assert synced.card("Records done") == str(done)
    assert synced.card("Not done") == str(failed)
    assert synced.card("Runs without a failure") == "0 %"
    assert "Runs :gray[1]" in synced.said


def test_the_overview_says_what_did_not_go_over_and_leads_to_it(synced: Dashboard):
    assert "1 record of the last sync did not go over." in synced.said
    link = next(link for link in synced.at.get("page_link") if link.proto.label == "See why")
    assert link.proto.query_string == f"run={the_run(synced).id}"
    assert "blocked in the latest preview (vendors, vendor bills)." in synced.said


def test_the_settings_show_the_notice_of_the_run(synced: Dashboard):
    synced.open("settings")
    (notice,) = synced.app.notices.latest(5)
    assert notice.title in synced.said
    assert "1 unread" in synced.said


def test_the_preview_of_an_ended_run_can_be_read_and_not_sent(synced: Dashboard):
    synced.open("sync")
    progress = synced.app.runs.progress(the_run(synced).id)
    said = f"This preview was sent (partly failed): {progress.done} records done, {progress.not_done} not."
    assert said in synced.said
    assert "sync_confirm" not in synced.buttons
    assert len(synced.table("sync_table")) > 100
