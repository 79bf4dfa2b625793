"""Consent without a browser: on this machine only, for the company that was meant."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from qbsync.domain.errors import BadInput, ConsentRefused, Unavailable
from qbsync.qbo.consent import consent_locally
from tests.qbo.support import Reply, serving

RADIOS = """
<html><body><h1>Allow access?</h1><form method="post" action="/connect/oauth2/decide">
<input type="hidden" name="ticket" value="t&amp;1">
<label><input type="radio" name="realm" value="111" checked> Ridgeline Builders</label>
<label><input type="radio" name="realm" value="222"> Craig's Design &amp; Co</label>
<button name="decision" value="deny">No, thanks</button>
<button name="decision" value="allow">Connect</button></form></body></html>
"""
SELECT = """
<form method="post"><input type=hidden name=ticket value=t>
<select name="realmId"><option value="111">Ridgeline Builders</option>
<option value="222">Craig's Design</option></select>
<input type="submit" name="decision" value="Cancel">
<input type="submit" name="decision" value="Authorize"></form>
"""
BACK = "http://127.0.0.1:8501/callback?code=c-1&state=s-1&realmId=222"


def consent(page, company, location=BACK):
    """Give consent on this page; returns what came of it and the form that was sent."""
    leads = Reply(status=302, body="", headers={"Location": location} if location else {})
    with serving(Reply(body=page, content_type="text/html"), leads) as server:
        found = consent_locally(f"{server.base}/connect/oauth2?state=s-1", company)
        return found, server.asked[1].path, parse_qs(server.asked[1].body)


@pytest.mark.parametrize(
    ("company", "realm"),
    [
        (None, "111"),
        ("222", "222"),
        ("craig's design & co", "222"),
        ("Craig", "222"),
        ("Ridgeline Builders", "111"),
    ],
)
def test_the_wanted_company_is_chosen_else_the_first(company, realm):
    found, path, sent = consent(RADIOS, company)
    assert found == ("c-1", "s-1", "222")
    assert path == "/connect/oauth2/decide"
    assert sent == {"ticket": ["t&1"], "realm": [realm], "decision": ["allow"]}


def test_a_list_works_like_buttons_and_a_form_without_action_goes_to_its_own_page():
    _, path, sent = consent(SELECT, "222")
    assert path == "/connect/oauth2?state=s-1"
    assert sent == {"ticket": ["t"], "realmId": ["222"], "decision": ["Authorize"]}


def test_an_unknown_company_is_said():
    with pytest.raises(BadInput, match="no company 'Nobody'"):
        consent(RADIOS, "Nobody")


def test_another_machine_is_never_asked():
    with pytest.raises(BadInput, match="this machine only"):
        consent_locally("https://appcenter.intuit.com/connect/oauth2?client_id=x", None)


def test_a_form_that_goes_to_another_machine_is_not_sent():
    with pytest.raises(ConsentRefused, match="another machine"):
        consent('<form action="https://evil.example/"><input type="radio" name="r" value="1"></form>', None)


def test_a_refusal_is_said():
    with pytest.raises(ConsentRefused, match="access_denied"):
        consent(RADIOS, None, "http://127.0.0.1:8501/callback?error=access_denied&state=s-1")


@pytest.mark.parametrize("location", ["http://127.0.0.1:8501/callback?code=c-1", None])
def test_a_return_without_what_we_need_is_said(location):
    with pytest.raises(ConsentRefused):
        consent(RADIOS, None, location)


def test_a_page_without_a_form_is_said():
    with pytest.raises(ConsentRefused, match="no form"):
        consent("<p>Invalid redirect</p>", None)


def test_a_quickbooks_that_is_not_running_is_said():
    with serving() as server:
        base = server.base
    with pytest.raises(Unavailable, match="running"):
        consent_locally(base, None)
