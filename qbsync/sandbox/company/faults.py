"""Every refusal this QuickBooks answers with, in the words of the service where they are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

VALIDATION: Final = "ValidationFault"
SYSTEM: Final = "SystemFault"
# code → its HTTP status and the type of its Fault; every other refusal is 400 and a ValidationFault
KINDS: Final[Mapping[str, tuple[int, str]]] = {
    "100": (401, "AuthenticationFault"),
    "120": (401, "AuthorizationFault"),
    "150": (503, SYSTEM),
    "6030": (413, VALIDATION),
    "10000": (500, SYSTEM),
}

# code → its Message. Where no sample is known the text keeps to the official short name of the code.
MESSAGES: Final[Mapping[str, str]] = {
    "100": "General Authentication Error",
    "120": "Authorization Failure",
    "150": "Service under maintenance",
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
    "2150": "Invalid Percent",
    "2170": "Invalid Enumeration",
    "2190": "Invalid Date Range",
    "2210": "Invalid Email Address",
    "2220": "Invalid Currency",
    "2230": "Invalid Boolean",
    "2240": "Invalid Number Range",
    "2250": "No lines",
    "2260": "Journal entry line without a valid PostingType",
    "2290": "Negative amount in a journal entry line",
    "2300": "Total debits do not equal total credits",
    "2500": "Invalid Reference Id",
    "2600": "Conflicting elements",
    "4000": "Error parsing query",
    "4001": "Invalid query",
    "5010": "Stale Object Error",
    "5030": "Feature Not Supported Error",
    "6000": "A business validation error has occurred while processing your request",
    "6010": "Invalid AccountType/AccountSubType",
    "6020": "Content length is not the one of the file",
    "6030": "Upload size exceeded",
    "6040": "Attachable without a file name or a note",
    "6041": "Attachable without its file",
    "6050": "Attachable of another content type",
    "6070": "Amount is not equal to UnitPrice * Qty",
    "6080": "No name provided",
    "6090": "Invalid discount line",
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
    "6420": "E-mail address needed",
    "6430": "Invalid account type used",
    "6440": "Line needs an item or an account",
    "6490": "Invalid budget period",
    "6500": "Invalid budget date",
    "6510": "Duplicate budget amount",
    "6450": "Transaction cannot be voided",
    "6540": "Deposited Transaction cannot be changed",
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
    message: str = ""  # where it differs from the code's usual one

    def as_json(self) -> dict[str, str]:
        return {
            "Message": self.message or MESSAGES[self.code],
            "Detail": whole_text(self.detail),
            "code": self.code,
            "element": whole_text(self.element),
        }


class RefusalError(Exception):
    """A write, read or query that QuickBooks will not carry out; the transaction or batch item is undone."""

    def __init__(self, code: str, detail: str, element: str = "", *, message: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.fault = Fault(code=code, detail=detail, element=element, message=message)
        self.http_status, self.kind = KINDS.get(code, (400, VALIDATION))

    def as_json(self) -> dict[str, Any]:
        return {"Error": [self.fault.as_json()], "type": self.kind}


def unknown_property(path: str) -> RefusalError:
    return RefusalError(
        "2010",
        "Property Name:failed to parse json object; a property specified is unsupported or invalid",
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


def subscription_ended() -> RefusalError:
    return RefusalError(
        "6190",
        "Subscription period has ended or canceled or there was a billing problem : You can't add data to QuickBooks "
        "Online Plus because your trial or subscription period ended, or there was a billing problem.",
    )
