"""Errors in every dress that QuickBooks has been seen to give them, and what each means for us."""

from __future__ import annotations

import pytest

from qbsync.domain.errors import (
    ConnectionExpired,
    Fault,
    OutcomeUnknown,
    Refused,
    Throttled,
    TransientError,
    Unavailable,
    Validation,
)
from qbsync.domain.explain import explain
from qbsync.qbo.faults import classify, parse_faults, plain_code
from tests.qbo.support import NOW

THROTTLE_WORDS = "message=ThrottleExceeded; errorCode=003001; statusCode=429"

DRESSES = {
    "throttling, in XML": (
        '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3">'
        '<Fault type="SERVICE"><Error code="3001">'
        f"<Message>{THROTTLE_WORDS}</Message><Detail>The request limit was reached.</Detail>"
        "</Error></Fault></IntuitResponse>",
        [Fault(code="3001", message=THROTTLE_WORDS, detail="The request limit was reached.")],
    ),
    "XML with a declaration and no name space": (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Fault type="SERVICE"><Error code="003100" element="x"/></Fault>',
        [Fault(code="3100", element="x")],
    ),
    "sign-in, by the gateway, in lower-case JSON": (
        '{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":"message=AuthenticationFailed; '
        'errorCode=003200; statusCode=401","detail":"Token expired","code":"3200","element":null}],'
        '"type":"AUTHENTICATION"},"report":null,"time":1633520295688}',
        [
            Fault(
                code="3200",
                message="message=AuthenticationFailed; errorCode=003200; statusCode=401",
                detail="Token expired",
            )
        ],
    ),
    "validation": (
        '{"Fault":{"Error":[{"Message":"Duplicate Name Exists Error","Detail":"The name supplied already '
        'exists.","code":"6240","element":""}],"type":"ValidationFault"},"time":"2026-01-01T00:00:00.000-08:00"}',
        [
            Fault(
                code="6240",
                message="Duplicate Name Exists Error",
                detail="The name supplied already exists.",
            )
        ],
    ),
    "several errors at once": (
        '{"Fault":{"Error":[{"Message":"Length exceeds limit","code":"2050","element":"firstname"},'
        '{"Message":"Illegal number format","code":"2080","element":"postalcode"}]}}',
        [
            Fault(code="2050", message="Length exceeds limit", element="firstname"),
            Fault(code="2080", message="Illegal number format", element="postalcode"),
        ],
    ),
    "one error that is not in a list": (
        '{"Fault":{"Error":{"Message":"m","code":610}}}',
        [Fault(code="610", message="m")],
    ),
    "the code in the message only": (
        f'{{"Fault":{{"Error":[{{"Message":"{THROTTLE_WORDS}"}}]}}}}',
        [Fault(code="3001", message=THROTTLE_WORDS)],
    ),
    "closed books under the code of a stale record": (
        '{"Fault":{"Error":[{"Message":"Account Period Closed","Detail":"The account period has closed. {1}",'
        '"code":"5010"}]}}',
        [Fault(code="6210", message="Account Period Closed", detail="The account period has closed. {1}")],
    ),
    "a gateway's bare error": (
        '{"code":"AuthenticationFailed","type":"INPUT","message":null,"detail":"Malformed bearer token"}',
        [Fault(code="AuthenticationFailed", detail="Malformed bearer token")],
    ),
    "a web page": ("<html><body><h1>Service Unavailable</h1></body></html>", []),
    "a web page that is not XML": ("<!DOCTYPE html><html><body><br><p>503", []),
    "a good answer": ('{"Bill":{"Id":"1"},"time":"2026-01-01"}', []),
    "nothing": ("", []),
    "a list": ("[]", []),
    "half a body": ('{"Fault":{"Error":[{"Mess', []),
}


@pytest.mark.parametrize(("body", "faults"), DRESSES.values(), ids=DRESSES.keys())
def test_errors_are_read_in_every_dress(body, faults):
    assert parse_faults(body) == faults


@pytest.mark.parametrize(("code", "plain"), [("003200", "3200"), ("3200", "3200"), ("0", "0"), ("AHZ-0010",) * 2])
def test_leading_zeros_do_not_matter(code, plain):
    assert plain_code(code) == plain


@pytest.mark.parametrize(
    ("codes", "meaning"),
    [
        (["3001"], Throttled),
        (["6240", "3001"], Throttled),
        (["120"], ConnectionExpired),
        (["3100"], ConnectionExpired),
        (["100"], Unavailable),
        (["110"], Unavailable),
        (["3200"], Unavailable),
        (["3202"], Unavailable),
        (["150"], Unavailable),
        (["10000"], Unavailable),
        (["140"], Unavailable),
        (["2020", "6310"], Validation),
        (["unheard-of"], Refused),
    ],
)
def test_codes_mean_one_of_our_exceptions(codes, meaning):
    error = classify([Fault(code=code) for code in codes], resume_at=NOW, trace="tid")
    assert type(error) is meaning


@pytest.mark.parametrize(("writes", "meaning"), [(True, OutcomeUnknown), (False, Unavailable)])
def test_a_fault_of_quickbooks_own_proves_nothing_of_a_write(writes, meaning):
    error = classify([Fault(code="10000")], resume_at=NOW, trace="tid", writes=writes)
    assert type(error) is meaning
    assert isinstance(error, TransientError)
    assert (error.code, error.trace) == ("10000", "tid")


@pytest.mark.parametrize(("code", "words"), [("120", "no longer has access"), ("3100", "another company")])
def test_a_consent_that_ended_says_why_and_keeps_the_trace(code, words):
    error = classify([Fault(code=code)], resume_at=NOW, trace="tid-7")
    assert isinstance(error, ConnectionExpired)
    assert words in str(error)
    assert "press Connect" in str(error)
    assert error.trace == "tid-7"


def test_a_refusal_keeps_every_reason_and_the_trace():
    faults = [Fault(code="2050", detail="too long"), Fault(code="2080")]
    error = classify(faults, resume_at=NOW, trace="tid-5")
    assert isinstance(error, Refused)
    assert (error.faults, error.trace) == (tuple(faults), "tid-5")


def test_an_unknown_code_falls_back_to_quickbooks_own_words():
    said = explain(Fault(code="9999", message="Odd", detail="The moon is full"))
    assert said.message == "QuickBooks says: The moon is full"
    assert said.remedy
    assert "9999" in explain(Fault(code="9999")).message
