"""Read the errors in any answer of QuickBooks, whatever its dress, and name our exception for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from qbsync.domain.errors import (
    BillLinked,
    CompanyRefused,
    CompanyReset,
    ConnectionExpired,
    DuplicateName,
    DuplicateNumber,
    Fault,
    FeatureOff,
    InactiveReference,
    NotPermitted,
    OutcomeUnknown,
    PeriodClosed,
    QbsyncError,
    Refused,
    StaleObject,
    SubscriptionEnded,
    Throttled,
    TimeRefused,
    Unavailable,
    Validation,
)
from qbsync.domain.explain import is_explained
from qbsync.qbo.wire_json import loads

THROTTLED = "3001"
STALE = "5010"
BOOKS_CLOSED = "6210"
CONSENT_ENDED = {
    "120": "The person who connected this company no longer has access to it in QuickBooks.",
    "3100": "QuickBooks does not let our app into this company: the consent was withdrawn, or is another company's.",
}
SIGN_IN = frozenset({"100", "110", "3200", "3202"})  # the access token is not good: a newer one may be
SYSTEM_FAULT = "10000"  # something broke in QuickBooks, before or after it did what was asked
TRY_LATER = frozenset({"130", "140", "150", "4002"})  # it says itself that it did nothing
VAGUE = frozenset({"500", "1000", "1010", "1020", "4000", "4001"})  # they give no reason that would hold next time
# What a refusal is, by its code. Codes that speak of our request, or of nothing at all, are plainly Refused.
_CODES_OF: Mapping[type[Refused], str] = {
    StaleObject: STALE,
    DuplicateName: "6240",
    DuplicateNumber: "6140",
    InactiveReference: "610 700 2030 2500 6250",
    PeriodClosed: f"6200 {BOOKS_CLOSED}",
    TimeRefused: "6290 6300 6310 6320 6330 6340 6350 6360 6370 6380 6390",
    BillLinked: "620 800 6400 6480 6540",
    FeatureOff: "5030",
    NotPermitted: "5020",
    SubscriptionEnded: "6190",
    CompanyReset: "10200",
    Validation: (
        "630 900 2010 2020 2040 2050 2060 2070 2080 2090 2100 2110 2120 2140 2150 2160 2170 2180 2190 2200 2210 2220 "
        "2230 2240 2250 2260 2270 2280 2290 2300 2600 3000 6000 6010 6030 6040 6041 6050 6060 6070 6080 6090 6100 "
        "6110 6120 6130 6150 6160 6170 6180 6220 6230 6270 6280 6420 6430 6440 6450 6460 6470 6490 6500 6510 6520 6530"
    ),
}
REFUSAL_OF = {code: refusal for refusal, codes in _CODES_OF.items() for code in codes.split()}
_ERROR_CODE = re.compile(r"errorCode=0*(\d+)")
_BOOKS_CLOSED_TEXT = re.compile(r"account period (has )?closed", re.IGNORECASE)


def parse_faults(body: str) -> list[Fault]:
    """All errors that a body names, JSON or XML; none in a good answer, a web page or anything unreadable."""
    if body.lstrip().startswith("<"):
        return _faults_in_xml(body)
    try:
        return faults_in(loads(body))
    except ValueError:
        return []


def faults_in(answer: Any) -> list[Fault]:
    """All errors that a parsed JSON object names at its top: in `Fault`, `fault`, or bare."""
    if not isinstance(answer, Mapping):
        return []
    fault = _member(answer, "fault")
    errors = _member(fault if isinstance(fault, Mapping) else answer, "error")
    found = [_fault_from(error) for error in _listed(errors) if isinstance(error, Mapping)]
    if not found and isinstance(fault, Mapping):
        return [_fault_from(fault)]
    if not found and "code" in answer and ("detail" in answer or "message" in answer):
        return [_fault_from(answer)]
    return found


def classify(faults: Sequence[Fault], *, resume_at: datetime, trace: str = "", writes: bool = False) -> QbsyncError:
    """The exception for these errors (at least one).

    `resume_at` is when to go on if they say "too many"; `writes` says whether something may have been left behind.
    """
    codes = {fault.code for fault in faults}
    if THROTTLED in codes:
        return Throttled(resume_at, trace=trace)
    if codes & CONSENT_ENDED.keys():
        return _consent_ended(min(codes & CONSENT_ENDED.keys()), trace)
    if rejects_our_token(faults):
        return Unavailable(
            "QuickBooks turned our sign-in away; nothing was carried out. Try again in a few minutes.",
            trace=trace,
            code=min(codes & SIGN_IN),
            faults=faults,
        )
    if SYSTEM_FAULT in codes and writes:
        return OutcomeUnknown(
            "QuickBooks had a fault of its own and may have done this already; it is looked for before anything else.",
            trace=trace,
            code=SYSTEM_FAULT,
            faults=faults,
        )
    later = codes & (TRY_LATER | {SYSTEM_FAULT})
    if later:
        return Unavailable(
            "QuickBooks could not do this just now and did not carry it out. Try again in a few minutes.",
            trace=trace,
            code=min(later),
            faults=faults,
        )
    return refused(faults, trace)


def refused(faults: Sequence[Fault], trace: str = "") -> Refused:
    """The refusal for these errors, all of them kept: one of the whole company comes first, else the first decides."""
    first, *rest = sorted(faults, key=lambda fault: not issubclass(_refusal(fault), CompanyRefused))
    return _refusal(first)((first, *rest), trace=trace)


def _refusal(fault: Fault) -> type[Refused]:
    return REFUSAL_OF.get(fault.code, Refused)


def is_plain_refusal(error: QbsyncError) -> bool:
    """Whether an error is a refusal for a reason that we know, so that nothing was carried out whatever the status."""
    return isinstance(error, Refused) and all(
        is_explained(fault.code) and fault.code not in VAGUE for fault in error.faults
    )


def rejects_our_token(faults: Sequence[Fault]) -> bool:
    """Whether one of these errors says that our access token is not good."""
    return any(fault.code in SIGN_IN for fault in faults)


def _consent_ended(code: str, trace: str) -> ConnectionExpired:
    """What to raise when QuickBooks no longer accepts us for this company."""
    return ConnectionExpired(
        f"{CONSENT_ENDED[code]} "
        "An administrator of the QuickBooks company must press Connect on the Connection page again.",
        trace=trace,
    )


def plain_code(code: str) -> str:
    """ "003200" and "3200" are the same code; one that is not a number stays as it is."""
    return code.lstrip("0") or "0" if code.isdigit() else code


def _fault_from(error: Mapping[str, Any]) -> Fault:
    return _fault(
        code=_text(_member(error, "code")),
        message=_text(_member(error, "message")),
        detail=_text(_member(error, "detail")),
        element=_text(_member(error, "element")),
    )


def _fault(*, code: str, message: str, detail: str, element: str) -> Fault:
    named = _ERROR_CODE.search(message)
    known = plain_code(code or (named.group(1) if named else ""))
    if known == STALE and _BOOKS_CLOSED_TEXT.search(f"{message} {detail}"):
        known = BOOKS_CLOSED  # closed books are at times given the code of a stale record
    return Fault(code=known, message=message, detail=detail, element=element)


def _member(record: Mapping[str, Any], name: str) -> Any:
    """A member by its name, whatever its capitals."""
    return next((value for key, value in record.items() if key.lower() == name), None)


def _listed(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _faults_in_xml(body: str) -> list[Fault]:
    try:
        root = fromstring(body.strip())
    except (ParseError, DefusedXmlException):
        return []
    fault = next((node for node in root.iter() if _local(node.tag) == "fault"), None)
    return [] if fault is None else [_fault_from_xml(node) for node in fault if _local(node.tag) == "error"]


def _fault_from_xml(node: Element) -> Fault:
    texts = {_local(child.tag): _text(child.text) for child in node}
    return _fault(
        code=_text(node.get("code") or texts.get("code")),
        message=texts.get("message", ""),
        detail=texts.get("detail", ""),
        element=_text(node.get("element")),
    )


def _local(tag: str) -> str:
    """A tag without its name space and its capitals."""
    return tag.rpartition("}")[2].lower()
