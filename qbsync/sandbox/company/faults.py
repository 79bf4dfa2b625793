"""Every refusal this QuickBooks answers with, in the words of the service where they are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

VALIDATION: Final = "ValidationFault"
SYSTEM: Final = "SystemFault"

# code → its Message. Where no sample is known the text keeps to the official short name of the code.
MESSAGES: Final[Mapping[str, str]] = {
    "500": "Unsupported Operation",
    "600": "Duplicate Request ID",
    "610": "Object Not Found",
    "620": "Transaction cannot be linked",
    "800": "Cannot delete, dependencies exist",
    "900": "Parent and child are the same",
    "1040": "Batch size exceeded",
    "1050": "Invalid content type",
    "2010": "Request has invalid or unsupported property",
    "2020": "Required param missing, need to supply the required value for the API",
    "2030": "Invalid ID",
    "2040": "Invalid String",
    "2050": "String length is either shorter or longer than supported by specification",
    "2060": "Invalid Date format",
    "2090": "Invalid Number",
    "2110": "Invalid Decimal",
    "2130": "Invalid Request Id Format",
    "2140": "Invalid Amount",
    "2170": "Invalid Enumeration",
    "2210": "Invalid Email Address",
    "2220": "Invalid Currency",
    "2230": "Invalid Boolean",
    "2240": "Invalid Number Range",
    "2250": "No lines",
    "2500": "Invalid Reference Id",
    "2600": "Conflicting elements",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "5010": "Stale Object Error",
    "5030": "Feature Not Supported Error",
    "6000": "A business validation error has occurred while processing your request",
    "6010": "Invalid AccountType/AccountSubType",
    "6070": "Amount is not equal to UnitPrice * Qty",
    "6080": "No name provided",
    "6100": "Invalid line tax code",
    "6140": "Duplicate Document Number Error",
    "6150": "ParentRef required",
    "6170": "Invalid TxnTaxDetail",
    "6180": "More than five levels",
    "6190": "Invalid Company Status",
    "6210": "Account Period Closed, Cannot Update Through Services API",
    "6220": "Name has a balance",
    "6240": "Duplicate Name Exists Error",
    "6280": "Name has unbilled charges",
    "6290": "Invalid Employee or Vendor",
    "6300": "Invalid NameOf",
    "6310": "Customer required for billable entries",
    "6320": "Invalid Billable Status",
    "6330": "Invalid hourly rate",
    "6340": "Time missing",
    "6350": "Start or end time missing",
    "6360": "Invalid start, end or break time",
    "6370": "Start time is after end time",
    "6380": "Invalid duration",
    "6390": "Duration and start and end time cannot both be given",
    "6430": "Invalid account type used",
    "6440": "Line needs an item or an account",
    "10000": "An application error has occurred while processing your request",
}

MADE_INACTIVE: Final = (
    "Something you're trying to use has been made inactive. "
    "Check the fields with accounts, customers, items, vendors or employees."
)
CLOSED: Final = (
    "The account period has closed and the account books cannot be updated through through the "
    "QBO Services API. Please use the QBO website to make these changes."
)


def whole_text(text: str) -> str:
    """JSON may carry half a character, which neither an answer nor the company file can hold."""
    return text.encode(errors="replace").decode()


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One entry of a Fault's Error list."""

    code: str
    detail: str
    element: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "Message": MESSAGES[self.code],
            "Detail": whole_text(self.detail),
            "code": self.code,
            "element": whole_text(self.element),
        }


class RefusalError(Exception):
    """A write, read or query that QuickBooks will not carry out; the transaction or batch item is undone."""

    def __init__(self, code: str, detail: str, element: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.fault = Fault(code=code, detail=detail, element=element)

    @property
    def http_status(self) -> int:
        return 500 if self.fault.code == "10000" else 400

    def as_json(self) -> dict[str, Any]:
        kind = SYSTEM if self.fault.code == "10000" else VALIDATION
        return {"Error": [self.fault.as_json()], "type": kind}


def unknown_property(path: str) -> RefusalError:
    return RefusalError(
        "2010",
        f"Property Name:failed to parse json object; a property specified is unsupported or invalid: {path}",
        path,
    )


def missing(name: str) -> RefusalError:
    return RefusalError("2020", f"Required parameter {name} is missing in the request", name)


def bad_length(name: str, least: int, most: int, supplied: int) -> RefusalError:
    return RefusalError(
        "2050",
        "String length specified does not match the supported length. "
        f"Min:{least} Max:{most:,} supported. Supplied length: {supplied:,}",
        name,
    )


def bad_choice(name: str, value: object) -> RefusalError:
    return RefusalError("2170", f"Invalid Enumeration : {value}", name)


def not_found() -> RefusalError:
    return RefusalError("610", f"Object Not Found : {MADE_INACTIVE}")


def no_such_reference(kind: str, value: str, name: str) -> RefusalError:
    return RefusalError("2500", f"Invalid Reference Id : {kind} element id {value} not found", name)


def inactive_reference(name: str) -> RefusalError:
    return RefusalError("2500", f"Invalid Reference Id : {MADE_INACTIVE}", name)


def stale(writer: str) -> RefusalError:
    return RefusalError(
        "5010",
        f"Stale Object Error : You and {writer} were working on this at the same time. "
        f"{writer} finished before you did, so your work was not saved.",
    )


def duplicate_name(kind: str) -> RefusalError:
    return RefusalError(
        "6240",
        f"The name supplied already exists. : Another {kind} is already using this \nname. "
        "Please use a different name.",
    )


def duplicate_number(number: str, kind: str, txn_id: int) -> RefusalError:
    return RefusalError(
        "6140",
        "Duplicate Document Number Error : You must specify a different number. "
        "This number has already been used. "
        f"DocNumber={number} is assigned to TxnType={kind} with TxnId={txn_id}",
    )


def closed_books() -> RefusalError:
    return RefusalError("6210", CLOSED)


def business(sentence: str, element: str = "") -> RefusalError:
    return RefusalError("6000", f"Business Validation Error: {sentence}", element)


def unsupported(operation: str) -> RefusalError:
    return RefusalError("500", f"Operation {operation} is not supported.")
