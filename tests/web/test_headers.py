"""What every answer forbids the browser: other people's scripts, frames around us, cookies in the clear."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import requests
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from qbsync.web.headers import SecurityHeaders, content_policy
from tests.cli.test_up import free_ports
from tests.company import ROOT
from tests.web.support import HERE, Browser

START_SECONDS_MAX = 60


def policy_of(headers: object) -> dict[str, str]:
    """The policy as directive → sources."""
    text = headers["content-security-policy"]  # type: ignore[index]
    return dict(part.partition(" ")[::2] for part in text.split("; "))


@pytest.fixture(scope="module")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The dashboard as it is really started, as a process of its own; gives its address."""
    (port,) = free_ports(1)
    environment = os.environ | {"QBSYNC_DATA_DIR": str(tmp_path_factory.mktemp("dashboard"))}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=15)


def _wait_for(address: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline and process.poll() is None:
        try:
            requests.get(address, timeout=START_SECONDS_MAX)
        except requests.ConnectionError:
            continue
        return
    raise AssertionError("the dashboard did not start")


PATHS = [
    # path                        status
    ("/", 200),
    ("/sync", 200),
    ("/healthz", 200),
    ("/_stcore/health", 200),
    ("/oauth/qbo/callback", 303),
    ("/media/no-such-file.png", 404),
]


@pytest.mark.parametrize(("path", "status"), PATHS, ids=[row[0] for row in PATHS])
def test_every_answer_of_the_dashboard_carries_the_headers(dashboard: str, path: str, status: int):
    answer = requests.get(f"{dashboard}{path}", timeout=30, allow_redirects=False)
    assert answer.status_code == status
    policy = policy_of(answer.headers)
    assert (policy["default-src"], policy["frame-ancestors"], policy["object-src"]) == ("'self'", "'none'", "'none'")
    assert "unsafe-inline" not in policy["script-src"]
    assert "http:" not in policy["img-src"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_each_script_that_stands_inside_the_page_is_allowed_by_its_hash(dashboard: str):
    answer = requests.get(dashboard, timeout=30)
    inside = answer.text.count("<script") - answer.text.count(' src="./static/js')
    assert inside >= 1
    assert policy_of(answer.headers)["script-src"].count("'sha256-") == inside


HOSTS = [
    # the Host header                          what the sockets may go to
    ("127.0.0.1:8501", "ws://127.0.0.1:8501 wss://127.0.0.1:8501"),
    ("books.example", "ws://books.example wss://books.example"),
    ("[::1]:8501", "ws://[::1]:8501 wss://[::1]:8501"),
    ("evil.example; script-src *", ""),
    ("evil.example script-src", ""),
    ("a,b", ""),
    ("*", ""),
    ("'unsafe-inline'", ""),
    ("x" * 256, ""),
    ("", ""),
]


@pytest.mark.parametrize(("host", "sockets"), HOSTS, ids=[row[0][:30] for row in HOSTS])
def test_a_host_that_is_none_does_not_get_into_the_policy(browser: Browser, host: str, sockets: str):
    policy = policy_of(browser.open("/healthz", host=host).headers)
    assert policy["connect-src"] == f"'self' {sockets}".strip()
    assert policy == policy_of({"content-security-policy": content_policy(host)})
    assert policy["script-src"].startswith("'self' 'wasm-unsafe-eval' 'sha256-")


COOKIES = [
    # the proxy speaks   the cookie is marked Secure
    ("https", True),
    ("http", False),
    ("", False),
]


@pytest.mark.parametrize(("spoken", "secure"), COOKIES, ids=["https", "http", "no proxy"])
def test_behind_a_proxy_that_speaks_https_the_cookie_never_goes_in_the_clear(
    browser: Browser, spoken: str, secure: bool
):
    headers = {"x-forwarded-proto": spoken} if spoken else {}
    answer = browser.open("/oauth/qbo/start", **headers)
    assert answer.headers["set-cookie"].endswith("; Secure") is secure
    assert ("strict-transport-security" in answer.headers) is secure


def _two_cookies(_request: Request) -> Response:
    answer = PlainTextResponse("")
    answer.set_cookie("insecure_name", "1")
    answer.set_cookie("second", "2", secure=True)
    return answer


def test_each_of_several_cookies_is_marked_once():
    site = Starlette(routes=[Route("/", _two_cookies)], middleware=[Middleware(SecurityHeaders)])
    answer = TestClient(site, base_url=HERE).get("/", headers={"x-forwarded-proto": "https"})
    cookies = answer.headers.get_list("set-cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["insecure_name", "second"]
    assert [cookie.count("; Secure") for cookie in cookies] == [1, 1]
