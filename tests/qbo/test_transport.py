"""Every way in which a request to QuickBooks can fail, against a real socket."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta

import pytest

from qbsync.domain.errors import (
    ConnectionExpired,
    OutcomeUnknown,
    PeriodClosed,
    QbsyncError,
    Refused,
    SubscriptionEnded,
    Throttled,
    Unavailable,
)
from qbsync.domain.ports import LastLook
from qbsync.qbo.transport import Transport
from tests.doubles.edges import StandingClock
from tests.qbo.support import NOW, REALM, Reply, harness, serving

XML_429 = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3" time="2013-11-22T09:57:36.000-08:00">'
    '<Fault type="SERVICE"><Error code="3001">'
    "<Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message>"
    "<Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>"
)
XML_401 = (
    "<IntuitResponse><Fault type='AUTHENTICATION'><Error code='3200'>"
    "<Message>message=AuthenticationFailed; errorCode=003200; statusCode=401</Message>"
    "<Detail>Token expired</Detail></Error></Fault></IntuitResponse>"
)
FAULT_6210 = (
    '{"Fault":{"Error":[{"Message":"Account Period Closed","Detail":"closed","code":"6210","element":""}],'
    '"type":"ValidationFault"},"time":"2026-11-23T01:00:00.000-08:00"}'
)
HTML_401 = "<html><body><h1>401 Authorization Required</h1><hr>nginx</body></html>"
HTML_503 = "<html><head><title>503</title></head><body><h1>Service Unavailable</h1></body></html>"


def test_a_good_answer_brings_its_body_and_its_trace():
    with serving(Reply(body='{"Bill":{"TotalAmt":12.30}}', headers={"intuit_tid": "tid-1"})) as server:
        answer = harness(server.base).transport.get("bill/1")
    assert str(answer.body["Bill"]["TotalAmt"]) == "12.30"
    assert answer.trace == "tid-1"


def test_a_request_says_who_asks_and_which_version():
    with serving() as server:
        harness(server.base).transport.query("SELECT * FROM Bill")
    asked = server.asked[0]
    assert asked.path == f"/v3/company/{REALM}/query?minorversion=75"
    assert asked.body == "SELECT * FROM Bill"
    assert asked.headers["content-type"] == "application/text"
    assert asked.headers["accept"] == "application/json"
    assert asked.headers["authorization"] == "Bearer token-1"
    assert asked.headers["user-agent"].startswith("qbsync/")
    assert "gzip" in asked.headers["accept-encoding"]


def test_a_batch_carries_its_request_id_and_takes_a_place_in_the_batch_lane():
    with serving() as server:
        talk = harness(server.base)
        talk.transport.write_batch("run-1-batch-1", "{}")
    assert server.asked[0].path == f"/v3/company/{REALM}/batch?requestid=run-1-batch-1&minorversion=75"
    assert talk.throttle.reserved == ["batch", "write"]  # QuickBooks counts it among all requests too


def test_each_request_waits_for_its_place():
    with serving() as server:
        talk = harness(server.base)
        talk.throttle.seconds = 1.5
        talk.transport.get("preferences")
    assert talk.slept == [1.5]


class Replaced(Exception):
    """Another worker does this one's work by now."""


WRITES: list[Callable[[Transport, LastLook], object]] = [
    lambda transport, look: transport.write_batch("r", "{}", last_look=look),
    lambda transport, look: transport.write_one("bill", "r", "{}", last_look=look),
]


@pytest.mark.parametrize("write", WRITES, ids=["a batch", "a single record"])
def test_a_write_takes_a_last_look_after_its_waits_and_may_be_kept_from_leaving(
    write: Callable[[Transport, LastLook], object],
):
    with serving() as server:
        talk = harness(server.base)
        talk.throttle.seconds = 1.5

        def look() -> None:
            raise Replaced(f"after {len(talk.slept)} of {len(talk.throttle.reserved)} waits")

        with pytest.raises(Replaced, match=r"after (1 of 1|2 of 2) waits"):
            write(talk.transport, look)
    assert server.asked == []
    assert talk.throttle.unanswered == ["write"]


def test_a_write_that_goes_again_with_a_new_token_takes_another_last_look():
    looks: list[int] = []
    with serving(Reply(status=401, body=XML_401), Reply()) as server:
        harness(server.base).transport.write_batch("r", "{}", last_look=lambda: looks.append(len(server.asked)))
    assert looks == [0, 1]


def passes(clock: StandingClock, seconds: float) -> None:
    clock.now += timedelta(seconds=seconds)


LATE = [
    # place      woken so late  places taken
    ("request", 0.1, 1),
    ("request", 0.2, 4),  # always late: in the end it goes anyway
    ("write", 0.2, 4),
    ("batch", 0.2, 1),  # QuickBooks counts those by the minute
]


@pytest.mark.parametrize(("place", "seconds", "places"), LATE)
def test_a_place_that_was_slept_past_is_given_up_for_another(place: str, seconds: float, places: int):
    """Late requests would leave at once with those after them, more than QuickBooks takes in a second."""
    clock = StandingClock(NOW)
    with serving() as server:
        talk = harness(server.base, clock=clock, sleeper=lambda wait: passes(clock, wait + seconds))
        if place == "request":
            talk.transport.get("preferences")
        elif place == "write":
            talk.transport.write_one("bill", "r", "{}")
        else:
            talk.transport.write_batch("r", "{}")
    assert talk.throttle.reserved.count(place) == places
    assert talk.throttle.unanswered.count(place) == places - 1  # a read that was not made is not metered
    assert len(server.asked) == 1


def test_a_netrc_file_does_not_replace_the_access_token(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving() as server:
        harness(server.base).transport.get("preferences")
    assert server.asked[0].headers["authorization"] == "Bearer token-1"


@pytest.mark.parametrize("writes", [False, True])
def test_a_rejected_token_is_renewed_once_and_the_request_repeated(writes):
    with serving(Reply(status=401, body=XML_401, content_type="application/xml"), Reply()) as server:
        talk = harness(server.base)
        send_either(talk.transport, writes)
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer token-1", "Bearer token-2"]
    assert talk.throttle.reserved == (["batch", "write"] if writes else ["request"]) * 2


SIGN_INS = [(401, "100"), (401, "110"), (401, "3200"), (401, "3202"), (403, "3200"), (400, "100")]


@pytest.mark.parametrize(("status", "code"), SIGN_INS)
def test_a_token_rejected_twice_is_a_passing_trouble_and_no_end_of_the_consent(status, code):
    body = XML_401.replace("3200", code)
    reply = Reply(status=status, body=body, content_type="application/xml", headers={"intuit_tid": "tid-3"})
    with serving(reply) as server:
        with pytest.raises(Unavailable, match="nothing was carried out") as caught:
            harness(server.base).transport.write_batch("r", "{}")
        assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer token-1", "Bearer token-2"]
    assert caught.value.trace == "tid-3"


@pytest.mark.parametrize("writes", [False, True])
def test_a_user_who_was_removed_needs_a_person(writes):
    body = XML_401.replace("3200", "120")
    reply = Reply(status=401, body=body, content_type="application/xml", headers={"intuit_tid": "tid-4"})
    with serving(reply) as server:
        with pytest.raises(ConnectionExpired, match="press Connect") as caught:
            send_either(harness(server.base).transport, writes)
        assert len(server.asked) == 2
    assert caught.value.trace == "tid-4"


HICCUPS = {
    "a web page": Reply(status=401, body=HTML_401, content_type="text/html"),
    "nothing": Reply(status=401, body=""),
    "an error that is no consent's": Reply(status=401, body='{"fault":{"error":[{"code":"7","message":"?"}]}}'),
}


@pytest.mark.parametrize("reply", HICCUPS.values(), ids=HICCUPS.keys())
def test_a_new_token_turned_away_without_that_reason_is_a_hiccup_and_nothing_was_written(reply):
    with serving(reply) as server:
        with pytest.raises(Unavailable, match="nothing was carried out"):
            harness(server.base).transport.write_batch("r", "{}")
        assert len(server.asked) == 2


def test_a_read_goes_on_after_such_a_hiccup():
    hiccup = Reply(status=401, body=HTML_401, content_type="text/html")
    with serving(hiccup, hiccup, Reply(body='{"ok":1}')) as server:
        assert harness(server.base).transport.get("preferences").body == {"ok": 1}


def test_each_new_token_that_brought_a_good_answer_is_told_once():
    expired = Reply(status=401, body=XML_401, content_type="application/xml")
    with serving(Reply(), Reply(), expired, Reply(status=400, body=FAULT_6210), Reply()) as server:
        talk = harness(server.base)
        for _ in range(2):
            talk.transport.get("preferences")
        with pytest.raises(Refused):
            talk.transport.get("preferences")
        assert talk.accepted == ["token-1"]
        talk.transport.get("preferences")
    assert talk.accepted == ["token-1", "token-2"]


@pytest.mark.promise(11)
@pytest.mark.parametrize(
    ("status", "body", "retry_after", "seconds"),
    [
        (429, XML_429, None, 60),
        (429, XML_429, "17", 17),
        (429, XML_429, "Mon, 23 Nov 2026 09:30:45 GMT", 45),
        (429, XML_429, "soon", 60),
        (429, XML_429, "999999", 3600),
        (429, XML_429, "9" * 15, 3600),
        (429, XML_429, "9" * 5000, 3600),
        (429, XML_429, "²", 60),
        (429, XML_429, "Fri, 31 Dec 9999 23:59:59 -2300", 60),
        (429, "", None, 60),
        (429, HTML_503, None, 60),
        (403, XML_429, None, 60),
        (403, '{"fault":{"error":[{"message":"m","detail":"d","code":"003001"}]}}', None, 60),
        (200, '{"Fault":{"Error":[{"Message":"ThrottleExceeded","code":"3001"}]}}', None, 60),
    ],
)
@pytest.mark.parametrize("writes", [False, True])
def test_too_many_requests_pause_the_whole_company(status, body, retry_after, seconds, writes):
    headers = {"Retry-After": retry_after} if retry_after else {}
    with serving(Reply(status=status, body=body, headers=headers)) as server:
        talk = harness(server.base)
        with pytest.raises(Throttled) as caught:
            send_either(talk.transport, writes)
        assert len(server.asked) == 1
    assert caught.value.resume_at == NOW + timedelta(seconds=seconds)
    assert talk.throttle.paused == [caught.value.resume_at]


def too_many(seconds: int) -> Reply:
    return Reply(status=429, body=XML_429, content_type="application/xml", headers={"Retry-After": str(seconds)})


def test_a_read_waits_out_a_short_pause_by_itself():
    with serving(too_many(1), too_many(5), Reply()) as server:
        talk = harness(server.base)
        talk.transport.get("preferences")
        assert len(server.asked) == 3
    assert talk.throttle.paused == [NOW + timedelta(seconds=1), NOW + timedelta(seconds=5)]


def test_a_write_never_waits_out_a_pause():
    with serving(too_many(1), Reply()) as server:
        with pytest.raises(Throttled):
            harness(server.base).transport.write_batch("r", "{}")
        assert len(server.asked) == 1


LOST_ANSWERS = {
    "connection reset after sending": Reply(manner="reset"),
    "truncated body": Reply(body='{"Bill":{"Id":"1"', manner="truncated"),
    "no answer in time": Reply(manner="silent"),
    "status 500 with a system fault": Reply(
        status=500, body='{"Fault":{"Error":[{"Message":"An application error","code":"10000"}]}}'
    ),
    "status 503 as a web page": Reply(status=503, body=HTML_503, content_type="text/html"),
    "status 504": Reply(status=504, body="", content_type="text/plain"),
    "status 200 as a web page": Reply(body=HTML_503, content_type="text/html"),
    "status 200 that is no JSON": Reply(body='{"Bill":'),
    "status 200 that is a list": Reply(body="[]"),
    "status 200 with a broken letter": Reply(body="{}", content_type="application/json; charset=nonsense"),
    "a redirect": Reply(status=302, headers={"Location": "/elsewhere"}),
}


@pytest.mark.parametrize("reply", LOST_ANSWERS.values(), ids=LOST_ANSWERS.keys())
def test_a_write_whose_answer_is_lost_is_of_unknown_outcome_and_is_not_repeated(reply):
    with serving(reply) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            harness(server.base, read_seconds=0.2).transport.write_batch("r", "{}")
        assert len(server.asked) == 1
    assert "<" not in str(caught.value)


@pytest.mark.parametrize("reply", LOST_ANSWERS.values(), ids=LOST_ANSWERS.keys())
def test_a_read_whose_answer_is_lost_is_repeated_a_few_times(reply):
    with serving(reply) as server:
        talk = harness(server.base, read_seconds=0.2)
        with pytest.raises(Unavailable) as caught:
            talk.transport.get("preferences")
        assert len(server.asked) == 4
    assert "<" not in str(caught.value)
    assert [pause for pause in talk.slept if pause] == [1, 2, 4]


def test_a_read_succeeds_when_a_later_attempt_does():
    with serving(Reply(status=503, body=HTML_503), Reply(manner="reset"), Reply(body='{"ok":1}')) as server:
        assert harness(server.base).transport.get("preferences").body == {"ok": 1}


@pytest.mark.parametrize("writes", [False, True])
def test_a_refused_connection_means_that_nothing_was_sent(writes):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(Unavailable, match="could not be reached"):
            send_either(harness(base).transport, writes)


def test_an_unknown_host_means_that_nothing_was_sent():
    talk = harness("https://quickbooks.invalid")
    with pytest.raises(Unavailable, match="could not be reached"):
        talk.transport.write_batch("r", "{}")


@pytest.mark.promise(13)
@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("writes", [False, True])
def test_a_fault_is_a_refusal_whatever_the_status(status, writes):
    with serving(Reply(status=status, body=FAULT_6210, headers={"intuit_tid": "tid-9"})) as server:
        with pytest.raises(Refused) as caught:
            send_either(harness(server.base).transport, writes)
        assert len(server.asked) == 1
    assert (caught.value.code, caught.value.trace) == ("6210", "tid-9")


@pytest.mark.parametrize("code", ["120", "3100"])
def test_a_withdrawn_permission_needs_a_person(code):
    body = f"<IntuitResponse><Fault type='SERVICE'><Error code='00{code}'/></Fault></IntuitResponse>"
    with (
        serving(Reply(status=403, body=body, content_type="application/xml")) as server,
        pytest.raises(ConnectionExpired),
    ):
        harness(server.base).transport.get("preferences")


@pytest.mark.parametrize("body", ["", HTML_503])
@pytest.mark.parametrize("status", [403, 404, 413])
@pytest.mark.parametrize("writes", [False, True])
def test_an_error_without_words_is_no_refusal_of_a_record(status, body, writes):
    reply = Reply(status=status, body=body, content_type="text/html", headers={"intuit_tid": "tid-5"})
    with serving(reply) as server, pytest.raises(Unavailable, match=f"status {status}") as caught:
        send_either(harness(server.base).transport, writes)
    assert caught.value.trace == "tid-5"


@pytest.mark.parametrize("status", [200, 400, 500, 503])
def test_a_fault_of_quickbooks_own_leaves_a_write_unknown_whatever_the_status(status):
    body = FAULT_6210.replace("6210", "10000")
    with serving(Reply(status=status, body=body, headers={"intuit_tid": "tid-6"})) as server:
        with pytest.raises(OutcomeUnknown) as caught:
            harness(server.base).transport.write_batch("r", "{}")
        assert len(server.asked) == 1
    assert (caught.value.code, caught.value.trace) == ("10000", "tid-6")


IN_TROUBLE = [
    # code     status   what it means for a write
    ("6190", 503, SubscriptionEnded),
    ("6210", 500, PeriodClosed),
    ("120", 503, ConnectionExpired),
    ("150", 503, OutcomeUnknown),
    ("1000", 500, OutcomeUnknown),
    ("unheard-of", 502, OutcomeUnknown),
]


@pytest.mark.parametrize(("code", "status", "meaning"), IN_TROUBLE)
def test_beside_a_status_of_trouble_a_plain_reason_is_believed(code, status, meaning):
    with serving(Reply(status=status, body=FAULT_6210.replace("6210", code))) as server:
        with pytest.raises(QbsyncError) as caught:
            harness(server.base).transport.write_batch("r", "{}")
        assert len(server.asked) == 1
    assert type(caught.value) is meaning


def test_no_token_is_ever_logged(capfd):
    with serving() as server:
        harness(server.base).transport.write_batch("r", '{"secret":"body-of-mine"}')
    written = "".join(capfd.readouterr())
    assert "token-1" not in written
    assert "body-of-mine" not in written


def send_either(transport, writes):
    return transport.write_batch("request-1", "{}") if writes else transport.get("preferences")
