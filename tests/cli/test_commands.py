"""The whole job on the command line, each command with one JSON object for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.company import SAMPLE, Company
from tests.local_books import REALM, LocalBooks

WEEK = "2026-10-03"
OTHER_REALM = "9130357766900200"  # the second company of the local QuickBooks


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Company]:
    """An empty data folder beside a QuickBooks that nobody has connected."""
    with LocalBooks.running(tmp_path / "quickbooks.db") as books:
        yield Company(folder=tmp_path / "data", books=books)


def asked(company: Company, *arguments: str, code: int = 0) -> Any:
    """Run a command with --json; returns its object."""
    done = company.command(*arguments, "--json")
    assert done.returncode == code, f"{arguments}: {done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def test_a_script_can_do_the_whole_job(fresh: Company, tmp_path: Path):
    loaded = asked(fresh, "import", str(SAMPLE), code=1)  # the sample has three bad rows
    assert sum(1 for issue in loaded["issues"] if issue["severity"] == "error") == 3
    assert loaded["counts"]["project"]["new"] == 14
    again = asked(fresh, "import", str(SAMPLE), code=1)
    assert {kind: counts.get("new", 0) for kind, counts in again["counts"].items() if counts.get("new")} == {}

    assert asked(fresh, "connect", "--auto", "--company", REALM)["company_name"] == "Ridgeline Builders, Inc."
    suggested = asked(fresh, "mapping", "suggest", "--accept-over", "90")
    assert suggested["accepted"] > 100
    assert "99-999" in {one["core_id"] for one in suggested["left"]}

    file = tmp_path / "mapping.csv"
    asked(fresh, "mapping", "export", str(file))
    assert asked(fresh, "mapping", "import", str(file), "--check")["changed"] == 0
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    by_hand = [line for line in lines if line.startswith("Kind,")] + ["cost_code,99-999,,,Item,,General Labor"]
    file.write_text("\n".join(by_hand))
    assert asked(fresh, "mapping", "import", str(file))["changed"] == 1
    assert [one["version"] for one in asked(fresh, "mapping", "history")["versions"]] == [2, 1]
    assert len(asked(fresh, "mapping", "restore", "1", "--check")["difference"]["rules"]) == 1
    assert asked(fresh, "mapping", "restore", "1")["version"] == 3
    assert asked(fresh, "mapping", "restore", "2")["version"] == 4

    plan = asked(fresh, "preview", "--only", "timesheets", "--week", WEEK)
    assert plan["counts"]["create"] > 300
    assert all(change["reason"] for change in plan["changes"])
    assert asked(fresh, "plan", "show", plan["id"])["digest"] == plan["digest"]

    run = asked(fresh, "confirm", plan["id"], "--digest", plan["digest"], "--as", "clerk@ridgeline.example")
    assert (run["status"], run["confirmed_by"]) == ("queued", "clerk@ridgeline.example")
    assert asked(fresh, "worker", "--once") == {"pushed": 1}
    shown = asked(fresh, "run", "show", run["id"])
    assert (shown["run"]["status"], shown["ties"]) == ("done", True)
    assert shown["counts"] == {"done": plan["counts"]["create"]}
    assert [one["id"] for one in asked(fresh, "log")["runs"]] == [run["id"]]
    assert asked(fresh, "log", "--run", run["id"], "--errors")["records"] == []
    assert asked(fresh, "pull")["report"]["edited"] == []
    assert asked(fresh, "conflicts")["conflicts"] == []

    entry = plan["changes"][-1]
    skipped = asked(fresh, "record", "skip", entry["kind"], entry["core_id"], "--reason", "Payroll posts it")
    assert (skipped["title"], skipped["reason"]) == (entry["title"], "Payroll posts it.")
    assert [one["core_id"] for one in asked(fresh, "record", "list")["left_alone"]] == [entry["core_id"]]
    asked(fresh, "record", "unskip", entry["kind"], entry["core_id"])
    assert asked(fresh, "record", "list")["left_alone"] == []

    set_to = asked(fresh, "schedule", "set", "weekdays", "--at", "05:30", "--zone", "America/Denver")
    assert (set_to["frequency"], set_to["policy"], set_to["enabled"]) == (
        "weekdays",
        "prepare a preview and notify",
        True,
    )
    assert asked(fresh, "schedule", "pause")["enabled"] is False
    assert len(asked(fresh, "schedule", "list")["schedules"]) == 1

    assert asked(fresh, "db", "backup", str(tmp_path / "copies"))["file"].endswith(".db")
    assert asked(fresh, "db", "export", str(tmp_path / "all.zip"))["tables"]["connection"] == 1
    again = fresh.command("db", "export", str(tmp_path / "all.zip"))
    assert (again.returncode, "is there already" in again.stdout + again.stderr) == (2, True)
    assert asked(fresh, "disconnect")["disconnected"] == "Ridgeline Builders, Inc."


def test_only_the_rows_that_are_named_are_sent(company: Company):
    plan = asked(company, "preview", "--only", "projects")
    rows = [change["row"] for change in plan["changes"] if change["ticked"]][:3]
    run = asked(company, "confirm", plan["id"], "--only-rows", f"{rows[0]}-{rows[1]},{rows[2]}")
    assert len(asked(company, "log", "--run", run["id"], code=0)["records"]) == rows[1] - rows[0] + 2
    assert asked(company, "cancel", run["id"]) == {"cancelling": run["id"]}
    assert asked(company, "worker", "--once") == {"pushed": 1}
    ended = asked(company, "log", "--run", run["id"], code=1)
    assert ended["run"]["status"] == "cancelled"
    assert {one["status"] for one in ended["records"]} == {"cancelled"}


def test_people_read_tables_and_the_next_command(company: Company):
    done = company.command("preview", "--only", "timesheets", "--week", WEEK)
    assert "Confirm with: qbsync confirm" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_preview_of_one_project_holds_nothing_of_the_others(company: Company):
    plan = asked(company, "preview", "--only", "timesheets", "--project", "24-101")
    assert plan["scope"] == "time_entry of project 24-101"
    hours = [change["core_id"] for change in plan["changes"] if change["kind"] == "time_entry"]
    assert hours
    assert {core_id.split("|")[2] for core_id in hours} == {"24-101"}


def test_the_doctor_says_what_a_company_allows_and_fails_where_something_blocks(company: Company):
    well = asked(company, "doctor")
    assert (well["blocks"], well["company"]["name"]) == (False, "Ridgeline Builders, Inc.")
    assert {one["standing"] for one in well["findings"]} == {"ok", "notice"}
    company.books.control(f"{REALM}/preference", name="TimeTrackingFeatureEnabled", value="false")
    ill = asked(company, "doctor", code=1)
    assert ill["blocks"]
    assert [one["topic"] for one in ill["findings"] if one["standing"] == "blocks"] == ["Time tracking"]
    said = company.command("doctor").stdout
    assert "blocks  Time tracking: off" in said
    assert "Account and settings, Time" in said
    assert "1 of 14 findings block a sync." in said


def test_an_ended_subscription_holds_everything_back(company: Company):
    company.books.control(f"{REALM}/subscription", status="EXPIRED")
    assert asked(company, "doctor", code=1)["blocks"]
    counts = asked(company, "preview")["counts"]
    assert counts["blocked"] > 300
    assert (counts["create"], counts["update"], counts["delete"]) == (0, 0, 0)


def test_the_doctor_needs_a_connection(fresh: Company):
    done = fresh.command("doctor")
    assert done.returncode == 3
    assert "connect" in done.stderr


@pytest.mark.promise(5)
def test_with_two_companies_a_command_says_which_one_it_works_with(fresh: Company):
    asked(fresh, "import", str(SAMPLE), code=1)
    asked(fresh, "connect", "--auto", "--company", REALM)
    asked(fresh, "connect", "--auto", "--company", OTHER_REALM, "--beside")
    unsaid = fresh.command("preview")
    assert unsaid.returncode == 2
    assert "Ridgeline Builders, Inc. (id 9130357766900100)" in unsaid.stderr
    assert f"Ridgeline Service Co (id {OTHER_REALM})" in unsaid.stderr
    assert fresh.command("--company", REALM, "preview", "--only", "projects").returncode == 0
    assert fresh.command("preview", "--only", "projects", QBSYNC_COMPANY=OTHER_REALM).returncode == 0
    app = fresh.app()
    plans = {one.realm_id: app.plans.latest(one.id) for one in app.connections.ours()}
    assert all(plan is not None and plan.connection_id for plan in plans.values())
    assert len({plan.connection_id for plan in plans.values() if plan}) == 2
