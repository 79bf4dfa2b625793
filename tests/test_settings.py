"""Settings come from the environment and a .env file, keep their secrets to themselves, and refuse unsafe addresses."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from qbsync.bootstrap import App
from qbsync.domain.connection import Environment
from qbsync.domain.errors import BadInput
from qbsync.domain.intake import SourceFile
from qbsync.domain.records import PayrollRow
from qbsync.settings import Settings

SECRETS = {
    "qbo_client_secret": "s3cret-of-the-app",
    "encryption_keys": "s3cret-key-of-the-tokens",
    "notify_urls": "mailto://sync:s3cret-of-the-mailbox@mail.example",
}


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test starts in an empty folder, without any of our variables."""
    for name in os.environ:
        if name.upper().startswith("QBSYNC_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def settings(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)


def test_without_any_setting_everything_stays_on_this_machine():
    usual = settings()
    assert (usual.qbo_environment, usual.is_local) == (Environment.LOCAL, True)
    assert usual.store_url == "sqlite:///data/qbsync.db"
    assert usual.redirect_uri == "http://127.0.0.1:8501/oauth/qbo/callback"
    assert usual.client == ("local-client", "local-secret")


def test_no_secret_is_shown_by_a_setting():
    given = settings(**SECRETS)
    shown = [repr(given), str(given), str(given.model_dump()), given.model_dump_json()]
    for text in shown:
        assert "s3cret" not in text
    assert given.qbo_client_secret.get_secret_value() == "s3cret-of-the-app"


def test_the_environment_is_read_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("QBSYNC_QBO_ENVIRONMENT", "production")
    monkeypatch.setenv("QBSYNC_QBO_CLIENT_ID", "our-app")
    monkeypatch.setenv("QBSYNC_QBO_CLIENT_SECRET", "s3cret")
    monkeypatch.setenv("QBSYNC_PUBLIC_URL", "https://sync.ridgeline.example/")
    given = Settings()
    assert (given.qbo_environment, given.is_local) == (Environment.PRODUCTION, False)
    assert given.client == ("our-app", "s3cret")
    assert given.redirect_uri == "https://sync.ridgeline.example/oauth/qbo/callback"


def test_a_file_beside_the_program_is_read_and_the_environment_comes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    (tmp_path / ".env").write_text(
        "QBSYNC_USER=file@ridgeline.example\nQBSYNC_DATA_DIR=/srv/qbsync\nSOMETHING_ELSE=1\n"
    )
    monkeypatch.setenv("QBSYNC_USER", "environment@ridgeline.example")
    given = Settings()
    assert given.user == "environment@ridgeline.example"
    assert given.store_url == "sqlite:////srv/qbsync/qbsync.db"


def test_the_day_that_weeks_end_on_is_used_when_files_are_read():
    daily = b"Date,Hours,Status,Employee,Project,Cost Code\n2026-11-22,8,Submitted,E,P,C\n"
    for given, week in ((None, date(2026, 11, 28)), (" Sunday ", date(2026, 11, 22))):
        app = App(settings(**({"week_ends_on": given} if given else {})))
        (row,) = app.intake.read([SourceFile(name="daily.csv", data=daily)]).records
        assert isinstance(row, PayrollRow)
        assert row.week_ending == week


def test_the_local_quickbooks_has_its_own_pair_only_while_none_is_given():
    assert settings(qbo_client_id="mine", qbo_client_secret="own").client == ("mine", "own")
    assert settings(qbo_environment="production").client == ("", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"qbo_environment": "real"},
        {"log_format": "xml"},
        {"week_ends_on": "someday"},
        {"requests_per_minute": 0},
        {"requests_per_second": -1},
        {"batches_per_minute": 0},
        {"single_writes": -1},
        {"single_writes": 8},
        {"dashboard_port": "http"},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        settings(**wrong)


@pytest.mark.promise(11)
def test_rate_and_burst_together_stay_within_quickbooks_limits():
    limits = {"second": (10, 1 / 60), "request": (500, 1), "batch": (40, 1)}  # most requests in so many minutes
    for channel, (per_minute, burst) in settings().throttle_rates.items():
        most, minutes = limits[channel]
        assert per_minute * minutes + burst <= most, channel


ADDRESSES = ("qbo_api_base", "qbo_discovery_url", "qbo_graphql_url")
SAFE = [
    ("https://quickbooks.example/v3", True),
    ("http://127.0.0.1:8610", True),
    ("http://localhost:8610", True),
    ("http://[::1]:8610", True),
    ("http://quickbooks.example", False),
    ("http://127.0.0.1.quickbooks.example", False),
    ("ftp://quickbooks.example", False),
    ("quickbooks.example", False),
]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize(("url", "safe"), SAFE, ids=[row[0] for row in SAFE])
def test_secrets_travel_by_https_or_stay_on_this_machine(name: str, url: str, safe: bool):
    app = App(settings(**{name: url}))
    if safe:
        assert app.endpoints.environment is Environment.LOCAL
        return
    with pytest.raises(BadInput, match=f"QBSYNC_{name.upper()}.*https://"):
        app.endpoints  # noqa: B018  (it is worked out when it is first asked for)


@pytest.mark.parametrize(
    ("engine", "stalled_seconds", "idle_seconds"),
    [("embedded", 20, 60), ("procrastinate", 20, 20), ("procrastinate", 1.5, 5), ("procrastinate", 90, 90)],
)
def test_a_transaction_may_be_idle_as_long_as_a_worker_may_be_silent(
    engine: Any, stalled_seconds: float, idle_seconds: float
):
    assert Settings(engine=engine, stalled_seconds=stalled_seconds).idle_seconds == idle_seconds
