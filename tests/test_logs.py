"""Logs are for people or for machines, go to standard error, and never show a secret."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from qbsync.domain.connection import TokenSet
from qbsync.logs import configure_logs, hide_secrets
from tests.store.stored import tokens

HIDDEN = [
    # key                   hidden
    ("access_token", True),
    ("refresh_token", True),
    ("client_secret", True),
    ("Authorization", True),
    ("password", True),
    ("code", True),
    ("id_token_hint", True),
    ("client_assertion", True),
    ("realm_id", False),
    ("request_id", False),
    ("status_code", False),
    ("event", False),
    ("error", False),
]


@pytest.mark.parametrize(("key", "hidden"), HIDDEN, ids=[row[0] for row in HIDDEN])
def test_a_value_is_hidden_by_the_sound_of_its_name(key: str, hidden: bool):
    shown = hide_secrets(None, "info", {key: "s3cret"})
    assert shown == {key: "•••" if hidden else "s3cret"}


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_reaches_the_log(form: str, capsys: pytest.CaptureFixture[str]):
    configure_logs(form, logging.DEBUG)
    log = structlog.get_logger("tests")
    log.info("connected", refresh_token="s3cret", code="s3cret", company="Ridgeline", tokens=repr(tokens("s3cret")))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Ridgeline" in printed.err
    assert "s3cret" not in printed.err


@pytest.mark.parametrize("form", ["console", "json"])
def test_an_exception_is_logged_without_the_values_around_it(form: str, capsys: pytest.CaptureFixture[str]):
    configure_logs(form)
    log = structlog.get_logger("tests")

    def refresh(pair: TokenSet) -> None:
        access = pair.access_token
        raise ZeroDivisionError(f"a bug with {len(access)} letters")

    pair = tokens("s3cret")
    try:
        refresh(pair)
    except ZeroDivisionError:
        log.exception("worker.bug")
    said = capsys.readouterr().err
    assert "ZeroDivisionError" in said
    assert "in refresh" in said
    assert "s3cret" not in said


def test_a_machine_reads_one_object_a_line(capsys: pytest.CaptureFixture[str]):
    configure_logs("json")
    structlog.get_logger("tests").warning("run.transient", run="r1", failures=2)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["run"], line["failures"]) == ("run.transient", "warning", "r1", 2)
    assert line["timestamp"].endswith("Z")


def test_lines_below_the_chosen_level_are_left_out(capsys: pytest.CaptureFixture[str]):
    configure_logs("json", logging.WARNING)
    log = structlog.get_logger("tests")
    log.info("too quiet")
    log.warning("loud enough")
    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["loud enough"]
