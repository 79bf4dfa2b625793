"""Read the errors in any answer of QuickBooks, whatever its dress, and name our exception for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from qbsync.domain.errors import ConnectionExpired, Fault, QbsyncError, Refused, Throttled, Unavailable
from qbsync.qbo.wire_json import loads

THROTTLED = "3001"
STALE = "5010"
BOOKS_CLOSED = "6210"
CONNECT_AGAIN = frozenset({"100", "110", "120", "3100", "3200", "3202"})
TRY_LATER = frozenset({"130", "140", "150", "4002", "10000"})
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


def classify(faults: Sequence[Fault], *, resume_at: datetime, trace: str = "") -> QbsyncError:
    """The exception for these errors (at least one). `resume_at` is when to go on if they say "too many"."""
    codes = {fault.code for fault in faults}
    if THROTTLED in codes:
        return Throttled(resume_at, trace=trace)
    if asks_to_connect_again(faults):
        return consent_ended()
    if codes & TRY_LATER:
        return Unavailable(
            "QuickBooks could not do this just now and did not carry it out. Try again in a few minutes.",
            trace=trace,
        )
    return Refused(faults, trace=trace)


def asks_to_connect_again(faults: Sequence[Fault]) -> bool:
    """Whether one of these errors says that QuickBooks does not accept us for this company."""
    return any(fault.code in CONNECT_AGAIN for fault in faults)


def consent_ended() -> ConnectionExpired:
    """What to raise when QuickBooks no longer accepts us for this company."""
    return ConnectionExpired(
        "QuickBooks no longer accepts our access to this company. "
        "An administrator of the QuickBooks company must press Connect on the Connection page again."
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
