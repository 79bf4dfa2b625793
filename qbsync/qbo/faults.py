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
    ConnectionExpired,
    Fault,
    OutcomeUnknown,
    QbsyncError,
    Refused,
    Throttled,
    Unavailable,
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
        )
    if SYSTEM_FAULT in codes and writes:
        return OutcomeUnknown(
            "QuickBooks had a fault of its own and may have done this already; it is looked for before anything else.",
            trace=trace,
            code=SYSTEM_FAULT,
        )
    later = codes & (TRY_LATER | {SYSTEM_FAULT})
    if later:
        return Unavailable(
            "QuickBooks could not do this just now and did not carry it out. Try again in a few minutes.",
            trace=trace,
            code=min(later),
        )
    return Refused(faults, trace=trace)


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
