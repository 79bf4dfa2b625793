"""Every code that QuickBooks publishes is one of our exceptions, in every dress, with a sentence and a remedy."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.sax.saxutils import quoteattr

import pytest

from qbsync.domain import errors
from qbsync.domain.errors import Fault, Refused
from qbsync.domain.explain import explain, is_explained
from qbsync.qbo.client import QboLedger
from qbsync.qbo.faults import REFUSAL_OF, classify, parse_faults
from tests.qbo.support import NOW, Reply, harness, serving

# From QuickBooks' own list of codes; the exception is what it means for a write.
CODES = """
Unavailable         100 110 130 140 150 3200 3202 4002
ConnectionExpired   120 3100
Throttled           3001
OutcomeUnknown      10000
StaleObject         5010
DuplicateName       6240
DuplicateNumber     6140
InactiveReference   610 700 2030 2500 6250
PeriodClosed        6200 6210
TimeRefused         6290 6300 6310 6320 6330 6340 6350 6360 6370 6380 6390
BillLinked          620 800 6400 6480 6540
FeatureOff          5030
NotPermitted        5020
SubscriptionEnded   6190
CompanyReset        10200
Validation          630 900 2010 2020 2040 2050 2060 2070 2080 2090 2100 2110 2120 2140 2150 2160 2170 2180 2190 2200
Validation          2210 2220 2230 2240 2250 2260 2270 2280 2290 2300 2600 3000
Validation          6000 6010 6030 6040 6041 6050 6060 6070 6080 6090 6100 6110 6120 6130 6150 6160 6170 6180 6220
Validation          6230 6270 6280 6420 6430 6440 6450 6460 6470 6490 6500 6510 6520 6530
Refused             500 600 1000 1010 1020 1040 1050 2000 2130 4000 4001 5000 6020 10100
"""
MEANINGS = [(code, line.split()[0]) for line in CODES.strip().splitlines() for code in line.split()[1:]]


@pytest.mark.parametrize(("code", "meaning"), MEANINGS)
def test_every_published_code_is_one_of_our_exceptions_and_explained(code: str, meaning: str):
    error = classify([Fault(code=code)], resume_at=NOW, trace="tid", writes=True)
    assert type(error) is getattr(errors, meaning)
    assert getattr(error, "trace", "tid") == "tid"
    assert is_explained(code)
    said = explain(Fault(code=code))
    for sentence in (said.message, said.remedy):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert code not in sentence


def test_the_table_of_refusals_knows_no_code_that_is_not_published():
    assert REFUSAL_OF.keys() <= dict(MEANINGS).keys()


def json_as_documented(code: str) -> str:
    error = {"Message": "m", "Detail": "d", "code": code, "element": ""}
    return json.dumps({"Fault": {"Error": [error], "type": "ValidationFault"}, "time": "2026-01-01"})


def json_in_small_letters(code: str) -> str:
    error = {"message": "m", "detail": "d", "code": code, "element": None}
    return json.dumps({"warnings": None, "fault": {"error": [error], "type": "SERVICE"}})


def xml_as_documented(code: str) -> str:
    return (
        '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="ValidationFault">'
        f"<Error code={quoteattr(code)}><Message>m</Message><Detail>d</Detail></Error></Fault></IntuitResponse>"
    )


def xml_in_small_letters(code: str) -> str:
    return f"<fault><error><code>{code.zfill(6)}</code><message>m</message><detail>d</detail></error></fault>"


Dress = Callable[[str], str]
DRESSES: list[Dress] = [json_as_documented, json_in_small_letters, xml_as_documented, xml_in_small_letters]


@pytest.mark.parametrize("dress", DRESSES, ids=lambda dress: dress.__name__)
def test_every_code_is_read_in_every_dress(dress: Dress):
    found = {code: parse_faults(dress(code)) for code, _ in MEANINGS}
    assert found == {code: [Fault(code=code, message="m", detail="d")] for code, _ in MEANINGS}


ON_THE_WIRE = ["StaleObject", "DuplicateName", "PeriodClosed", "TimeRefused", "SubscriptionEnded", "Validation"]


@pytest.mark.parametrize("meaning", ON_THE_WIRE)
@pytest.mark.parametrize("dress", DRESSES, ids=lambda dress: dress.__name__)
@pytest.mark.parametrize("status", [200, 400])
def test_a_refusal_on_the_wire_is_its_exception_whatever_status_and_dress(meaning: str, dress: Dress, status: int):
    code = next(code for code, one in MEANINGS if one == meaning)
    kind = "application/xml" if "xml" in dress.__name__ else "application/json"
    reply = Reply(status=status, body=dress(code), content_type=kind, headers={"intuit_tid": "tid-9"})
    with serving(reply) as server, pytest.raises(Refused) as caught:
        QboLedger(harness(server.base).transport).company()
    assert type(caught.value) is getattr(errors, meaning)
    assert (caught.value.code, caught.value.trace) == (code, "tid-9")


SEVERAL = [
    # codes of one answer   the exception          the code that decides
    (["2050", "2080"], "Validation", "2050"),
    (["6240", "2050"], "DuplicateName", "6240"),
    (["2050", "6190"], "SubscriptionEnded", "6190"),
    (["7777", "6140"], "Refused", "7777"),
]


@pytest.mark.parametrize(("codes", "meaning", "deciding"), SEVERAL)
def test_all_reasons_are_kept_and_one_of_the_whole_company_decides(codes: list[str], meaning: str, deciding: str):
    error = classify([Fault(code=code) for code in codes], resume_at=NOW)
    assert isinstance(error, Refused)
    assert type(error) is getattr(errors, meaning)
    assert error.code == deciding
    assert sorted(fault.code for fault in error.faults) == sorted(codes)
