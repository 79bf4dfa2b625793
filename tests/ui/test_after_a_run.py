"""After a run: the Sync Log names every record, History counts them, and the Overview says what needs attention."""

from __future__ import annotations

import pytest

from qbsync.domain.run import OutcomeStatus, Run, RunStatus
from tests.company import WHO
from tests.ui.support import Dashboard


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


def test_a_link_to_a_run_opens_it_once(synced: Dashboard):
    run = the_run(synced)
    synced.open("sync_log", run=run.id)
    assert f"{outcome_count(synced, *OutcomeStatus)} of {outcome_count(synced, *OutcomeStatus)} records" in synced.said
    assert synced.table(f"run_{run.id}")["Result"].iloc[0] == ["Failed"]  # what was not done first
    assert "run" not in synced.at.query_params
    synced.run()
    assert not [one for one in synced.at.dataframe if str(one.key).startswith("run_")]


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
