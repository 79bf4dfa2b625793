"""Say why QuickBooks refused one record, with the names of what it was posted with and of what posted it there.

The fixed texts of the codes are in `explain`; here they become sentences about a record wherever a fault says enough.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qbsync.domain.errors import Fault
from qbsync.domain.explain import Said, explain
from qbsync.domain.ledger import (
    NAME_KINDS,
    BillDocument,
    Content,
    ItemCard,
    LedgerKind,
    TimeEntry,
)
from qbsync.domain.mapping import MapKind
from qbsync.domain.place import CORE_DATA, NOWHERE, Place, common
from qbsync.domain.plan import Change
from qbsync.domain.references import Targets, filled
from qbsync.domain.resolve import MAP_KINDS, place_of
from qbsync.domain.texts import day_text
from qbsync.domain.uses import EntryOf, Use, coded, named, place_in_core, uses_of

SHOWN_MAX = 4
ANSWER_MAX = 20_000  # characters of an answer that are kept
CUSTOMER_INACTIVE = "6250"
GONE, INACTIVE, EITHER = "is no longer in QuickBooks", "is inactive in QuickBooks", "is gone or inactive in QuickBooks"
CHOOSE = "Choose another on the Mapping page."
REACTIVATE = "Reactivate it there or choose another on the Mapping page."

KIND_OF_ELEMENT = {
    "AccountRef": LedgerKind.ACCOUNT,
    "ItemRef": LedgerKind.ITEM,
    "CustomerRef": LedgerKind.CUSTOMER,
    "ParentRef": LedgerKind.CUSTOMER,
    "VendorRef": LedgerKind.VENDOR,
    "EmployeeRef": LedgerKind.EMPLOYEE,
    "ClassRef": LedgerKind.CLASS,
    "IncomeAccountRef": LedgerKind.ACCOUNT,
}
KINDS_OF_LIST = {  # as QuickBooks calls its lists in "… element id 7 not found"
    "accounts": (LedgerKind.ACCOUNT,),
    "items": (LedgerKind.ITEM,),
    "names": NAME_KINDS,
    "customers": (LedgerKind.CUSTOMER,),
    "vendors": (LedgerKind.VENDOR,),
    "employees": (LedgerKind.EMPLOYEE,),
    "klasses": (LedgerKind.CLASS,),
}
NOT_OURS = {  # what a record may carry in QuickBooks that is not written from here; a class sometimes is
    "ClassRef": "class",
    "klasses": "class",
    "DepartmentRef": "location",
    "depts": "location",
    "SalesTermRef": "payment terms",
    "APAccountRef": "payables account",
    "TaxCodeRef": "tax code",
}
FIELDS = {
    "AccountRef": "account",
    "BillAddr": "address",
    "CustomerRef": "customer",
    "Description": "description",
    "DisplayName": "name",
    "DocNumber": "bill number",
    "DueDate": "due date",
    "EmployeeRef": "employee",
    "FamilyName": "family name",
    "GivenName": "given name",
    "HourlyRate": "hourly rate",
    "ItemRef": "service item",
    "Line": "lines",
    "PrimaryEmailAddr": "e-mail address",
    "PrivateNote": "memo",
    "TxnDate": "date",
    "VendorRef": "vendor",
}

_KNOWN = KIND_OF_ELEMENT.keys() | NOT_OURS.keys() | FIELDS.keys() | {"CurrencyRef"}
_ELEMENT_ID = re.compile(r"\b(\w+) element id (\S+) not found", re.IGNORECASE)
_LENGTHS = re.compile(r"Max:\s*([\d,]+).*?Supplied length:\s*([\d,]+)", re.IGNORECASE | re.DOTALL)
_NUMBER_TAKEN = re.compile(r"DocNumber=(.+?) is assigned to TxnType=(\w+) with TxnId=(\w+)")
_LAST_WRITER = re.compile(r"You and (.+?) were working on this at the same time")
_PROGRAMS = {"api api", "root", "system administration"}


@dataclass(frozen=True, kw_only=True)
class Record:
    """A refused record: its change, with what was really sent, and QuickBooks' lists as last read."""

    change: Change
    content: Content | None
    entry_of: EntryOf

    def uses(self) -> list[Use]:
        """Everything it points at, each once."""
        found = {(use.kind, use.reference.id): use for use in reversed(list(uses_of(self.change, self.content)))}
        return list(reversed(found.values()))


def explain_refusal(
    faults: Sequence[Fault],
    change: Change,
    targets: Targets | None = None,
    entry_of: EntryOf = lambda kind, record_id: None,
) -> Said:
    """What happened and what to do, for all the reasons that QuickBooks gave, each said once."""
    content = filled(change.content, targets or {}) if change.content else None
    record = Record(change=change, content=content, entry_of=entry_of)
    said = [_said(fault, record) for fault in faults]
    return Said(
        " ".join(dict.fromkeys(one.message for one in said)),
        " ".join(dict.fromkeys(one.remedy for one in said)),
        common(one.place for one in said if one.place != NOWHERE),
    )


def answer_text(faults: Sequence[Fault]) -> str:
    """What QuickBooks answered, in the form in which it names errors, for whoever has to show it to somebody.

    "" where it named none.
    """
    if not faults:
        return ""
    errors = [
        {"code": fault.code, "Message": fault.message, "Detail": fault.detail, "element": fault.element}
        for fault in faults
    ]
    return json.dumps({"Fault": {"Error": errors}}, indent=2, ensure_ascii=False)[:ANSWER_MAX]


def _said(fault: Fault, record: Record) -> Said:
    say = _SAYERS.get(fault.code)
    said = (say(fault, record) if say else None) or explain(fault)
    return replace(said, place=place_in_core(record.change)) if said.place == CORE_DATA else said


# the codes that say enough ----------------------------------------------------------------------------------


def _points_at(fault: Fault, record: Record) -> Said | None:
    """610, 2500, 6250: something that the record points at is gone or inactive."""
    element = _element(fault)
    named = _ELEMENT_ID.search(fault.detail)
    listed, record_id = (named.group(1).lower(), named.group(2)) if named else ("", "")
    state = GONE if named else _state(fault)
    thing = NOT_OURS.get(element) or NOT_OURS.get(listed)
    gives_class = any(use.kind is LedgerKind.CLASS for use in record.uses())
    if thing and not (thing == "class" and gives_class):
        id_text = f" (id {record_id})" if record_id else ""
        return Said(
            f"The {thing} that the record carries in QuickBooks{id_text} {state}.",
            "Open the record in QuickBooks and choose another; then preview again.",
        )
    own = LedgerKind.CUSTOMER if fault.code == CUSTOMER_INACTIVE else KIND_OF_ELEMENT.get(element)
    kinds = (own,) if own else KINDS_OF_LIST.get(listed, ())
    suspects = [
        use
        for use in record.uses()
        if (not kinds or use.kind in kinds) and (not record_id or use.reference.id == record_id)
    ]
    if not kinds and not record_id and record.change.ledger_id:
        return None  # it may be the record itself that is gone
    return _suspected(suspects, state, record.entry_of)


def _state(fault: Fault) -> str:
    said = fault.code == CUSTOMER_INACTIVE or "inactive" in f"{fault.message} {fault.detail}".lower()
    return INACTIVE if said else EITHER


def _suspected(suspects: Sequence[Use], state: str, entry_of: EntryOf) -> Said | None:
    """A sentence about the one thing, or about the few of which it is one."""
    inactive = [use for use in suspects if (entry := entry_of(use.kind, use.reference.id)) and not entry.active]
    suspects = inactive if inactive and state != GONE else suspects
    names = [named(use, entry_of) for use in suspects]
    remedy = CHOOSE if state == GONE else REACTIVATE
    match names:
        case []:
            return None
        case [name]:
            return Said(f"{name}, which {state}.", remedy, suspects[0].place)
    more = f"; and {len(names) - SHOWN_MAX} more" if len(names) > SHOWN_MAX else ""
    place = common(use.place for use in suspects)
    return Said(f"One of these {state}: {'; '.join(names[:SHOWN_MAX])}{more}.", remedy, place)


def _missing(fault: Fault, record: Record) -> Said | None:
    """2020: a field is empty."""
    element = _element(fault)
    if element == "CurrencyRef":
        return Said(
            "The company keeps several currencies in QuickBooks by now, and what was sent names none.",
            "Build a new preview: it names the company's own currency.",
        )
    field = FIELDS.get(element)
    return _saying(fault, f"QuickBooks needs the {field}, which is empty.") if field else None


def _too_long(fault: Fault, record: Record) -> Said | None:
    """2050: a text is too long."""
    field, found = FIELDS.get(_element(fault), "text"), _LENGTHS.search(fault.detail)
    if found is None:
        return None if field == "text" else _saying(fault, f"The {field} is longer than QuickBooks allows.")
    return _saying(fault, f"The {field} has {found.group(2)} characters; QuickBooks takes {found.group(1)}.")


def _other_currency(fault: Fault, record: Record) -> Said | None:
    """2220: the vendor of a bill is kept in another currency."""
    content = record.content
    if not isinstance(content, BillDocument):
        return None
    entry = record.entry_of(LedgerKind.VENDOR, content.vendor.id)
    name = (entry.name if entry else "") or content.vendor.name or content.vendor.id
    kept = f"in {entry.currency}" if entry and entry.currency else "in another currency"
    bills = f" and the bill is in {content.currency}" if content.currency else " than the bill"
    return Said(
        f'Vendor "{name}" is kept {kept}{bills}.',
        "Choose a vendor that is kept in the company's own currency on the Mapping page, or enter the bill in "
        "QuickBooks by hand.",
        Place("mapping", MapKind.VENDOR, content.vendor.name),
    )


def _name_taken(fault: Fault, record: Record) -> Said | None:
    """6240: another name record, or another item, has the name."""
    name = getattr(record.content, "display_name", "")
    if not name:
        return None
    taken = f'Another customer, vendor or employee of QuickBooks is named "{name}" already; the three share one list.'
    if isinstance(record.content, ItemCard):
        taken = f'Another product or service of QuickBooks is named "{name}" already.'
    kind = MAP_KINDS.get(record.change.kind)
    return _saying(fault, taken, place_of(kind, record.change.core_id) if kind else None)


def _number_taken(fault: Fault, record: Record) -> Said | None:
    """6140: another document has the number."""
    found = _NUMBER_TAKEN.search(fault.detail)
    number = found.group(1) if found else getattr(record.content, "number", "")
    if not number:
        return None
    holder = f": its {found.group(2)} with the id {found.group(3)}" if found else ""
    return _saying(fault, f"QuickBooks already has a document with the number {number}{holder}.")


def _books_closed(fault: Fault, record: Record) -> Said | None:
    """6200, 6210: the date lies in a closed period."""
    if not isinstance(record.content, BillDocument | TimeEntry):
        return None
    day = record.content.txn_date
    return _saying(fault, f"QuickBooks' books are closed for {day:%A}, {day_text(day)}.")


def _changed_meanwhile(fault: Fault, record: Record) -> Said | None:
    """5010: somebody else was faster."""
    found = _LAST_WRITER.search(fault.detail)
    if found is None or found.group(1).lower() in _PROGRAMS:
        return None
    return _saying(
        fault, f"{found.group(1)} changed this record in QuickBooks at the same time; nothing of ours was saved."
    )


def _account_kind(fault: Fault, record: Record) -> Said | None:
    """6430: an account is of a kind that cannot stand there."""
    accounts = [use for use in record.uses() if use.kind is LedgerKind.ACCOUNT]
    names = [named(use, record.entry_of) for use in accounts]
    if not names:
        return None
    if len(names) == 1:
        return _saying(fault, f"{names[0]}, which is of a kind that cannot stand there.", accounts[0].place)
    shown = "; ".join(names[:SHOWN_MAX])
    place = common(use.place for use in accounts)
    return _saying(fault, f"One of these accounts is of a kind that cannot stand there: {shown}.", place)


def _of_the_worker(fault: Fault, record: Record) -> Said | None:
    """6290, 6300: whose hours they are."""
    return _about_hours(fault, record, MapKind.EMPLOYEE)


def _of_the_project(fault: Fault, record: Record) -> Said | None:
    """6310: for whom the hours were worked."""
    return _about_hours(fault, record, MapKind.PROJECT)


def _about_hours(fault: Fault, record: Record, kind: MapKind) -> Said | None:
    if not isinstance(record.content, TimeEntry):
        return None
    employee, project, _ = coded(record.change)
    code = employee if kind is MapKind.EMPLOYEE else project
    return _saying(fault, explain(fault).message, place_of(kind, code))


def _in_its_words(fault: Fault, record: Record) -> Said | None:
    """Codes that say little by themselves: QuickBooks' own words are kept behind ours."""
    words = " ".join((fault.detail or fault.message).split())
    if not words:
        return None
    return _saying(fault, f"{explain(fault).message} QuickBooks says: {words.rstrip('.')}.")


def _saying(fault: Fault, message: str, place: Place | None = None) -> Said:
    """What a code means, in a sentence of its own."""
    said = explain(fault)
    return Said(message, said.remedy, place or said.place)


def _element(fault: Fault) -> str:
    """The field that a fault names, without the path to it."""
    words = re.findall("[A-Za-z]+", fault.element)
    return next((word for word in reversed(words) if word in _KNOWN), words[-1] if words else "")


_SAYERS: dict[str, Callable[[Fault, Record], Said | None]] = {
    "610": _points_at,
    "2500": _points_at,
    "6250": _points_at,
    "2020": _missing,
    "2050": _too_long,
    "2220": _other_currency,
    "5010": _changed_meanwhile,
    "6140": _number_taken,
    "6200": _books_closed,
    "6210": _books_closed,
    "6240": _name_taken,
    "6290": _of_the_worker,
    "6300": _of_the_worker,
    "6310": _of_the_project,
    "6430": _account_kind,
    **dict.fromkeys(
        ("500", "1000", "1010", "1020", "2010", "3000", "5030", "6000", "6460", "6520", "6530"), _in_its_words
    ),
}
