"""Say in plain words what QuickBooks means by its error codes, and what to do about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from qbsync.domain.errors import Fault
from qbsync.domain.place import CONNECTION, CORE_DATA, MAPPING, NOWHERE, Place


@dataclass(frozen=True)
class Said:
    """What happened, what to do, and where in the product that is done."""

    message: str
    remedy: str
    place: Place = NOWHERE

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class _Remedy(NamedTuple):
    text: str
    place: Place


def _in_core(text: str) -> _Remedy:
    return _Remedy(text, CORE_DATA)


def _by_mapping(text: str) -> _Remedy:
    return _Remedy(text, MAPPING)


_LINES = _in_core("Correct the lines in ProForge Core and preview again.")
_DATES = _in_core("Correct the date in ProForge Core and preview again.")
_CUSTOMER = _in_core("Give the project a customer in ProForge Core and preview again.")
_LENGTH = _in_core("Shorten the text in ProForge Core and preview again.")
_REPORT = "Please report this: it should not happen. The details are in the log."
_MAPPING = _by_mapping("Choose another record for it on the Mapping page, or make it active again in QuickBooks.")
_LATER = "Nothing needs to be done; it is tried again. After an hour, look at QuickBooks' status page."
_OFFERED = (
    "It is not tried again by itself: the next preview offers it. If that fails too, make the entry in QuickBooks."
)
_AGAIN = _Remedy(
    "An administrator of the QuickBooks company must press Connect on the Connection page again.", CONNECTION
)
_ITS_USERS = "Ask the administrator of the QuickBooks company."
_TAX = "Set the tax code of the line in QuickBooks, or ask whoever keeps your sales tax."

_EXPLANATIONS: dict[str, tuple[str, str | _Remedy]] = {
    # Signing in and permission
    "100": ("QuickBooks did not accept our sign-in.", _AGAIN),
    "110": ("QuickBooks did not accept our sign-in.", _AGAIN),
    "120": ("The person who connected the company no longer has access to it.", _AGAIN),
    "130": ("QuickBooks is moving this company to other machines.", _LATER),
    "140": ("The company is locked in QuickBooks just now.", _LATER),
    "150": ("QuickBooks is down for maintenance.", _LATER),
    "3001": ("QuickBooks asked us to slow down.", "Nothing needs to be done; it goes on within a minute."),
    "3100": ("QuickBooks does not allow our app into this company.", _AGAIN),
    "3200": ("Our access to the company has run out.", _AGAIN),
    "3202": ("Our access to the company has run out.", _AGAIN),
    "5020": ("The person who connected the company may not do this.", _ITS_USERS),
    "5030": (
        "This QuickBooks plan does not have the feature that is needed.",
        "Switch the feature on in QuickBooks' settings, or choose a plan that has it.",
    ),
    "6190": (
        "QuickBooks takes no entries: the company's subscription or trial has ended.",
        "Renew the subscription in QuickBooks; then start the sync again.",
    ),
    # The request itself
    "500": ("QuickBooks does not offer this operation.", _REPORT),
    "600": ("QuickBooks had a request of this name already.", _REPORT),
    "1000": ("QuickBooks could not carry this out.", _OFFERED),
    "1010": ("QuickBooks could not create the record.", _OFFERED),
    "1020": ("QuickBooks could not change the record.", _OFFERED),
    "1040": ("More records were sent at once than QuickBooks takes.", _REPORT),
    "1050": ("QuickBooks did not understand the kind of request.", _REPORT),
    "2000": ("QuickBooks does not know this kind of record.", _REPORT),
    "2010": ("QuickBooks does not know a field that was sent.", _REPORT),
    "2130": ("QuickBooks did not accept the name of our request.", _REPORT),
    "2600": ("Two fields that were sent contradict each other.", _REPORT),
    "3000": ("A custom field was not accepted.", "Check the custom fields in QuickBooks' settings."),
    "4000": ("QuickBooks could not read our question.", _REPORT),
    "4001": ("QuickBooks could not answer our question.", _REPORT),
    "4002": ("QuickBooks failed while answering our question.", _LATER),
    "5000": ("QuickBooks no longer takes a field that was sent.", _REPORT),
    "6020": ("More was sent at once than QuickBooks takes.", _REPORT),
    "6030": ("The attached file is too large for QuickBooks.", "Attach a file of less than 100 MB."),
    "6040": ("The attachment was not accepted.", "Check the file's kind and name."),
    "6041": ("The attachment was not accepted.", "Check the file's kind and name."),
    "6050": ("The attachment was not accepted.", "Check the file's kind and name."),
    "10000": ("QuickBooks had a fault of its own.", _LATER),
    "10100": ("The answer would be too large for QuickBooks.", "Choose a shorter span of dates."),
    "10200": ("The company's data was reset in QuickBooks.", "Connect again and check every link."),
    # The record or what it points at
    "610": (
        "A record that is needed is gone or inactive in QuickBooks: "
        "an account, a customer, an item, a vendor or an employee.",
        _MAPPING,
    ),
    "620": ("The two transactions cannot be linked.", "Look at both in QuickBooks and link them there."),
    "630": ("QuickBooks has this record already.", "Link to the existing record instead."),
    "700": ("The customer that this job belongs to was not accepted.", _MAPPING),
    "800": (
        "QuickBooks does not delete this, because other records depend on it.",
        "Take the payments or links off it in QuickBooks first, or leave it there.",
    ),
    "900": ("A record cannot be its own parent.", _by_mapping("Choose another parent on the Mapping page.")),
    "2030": ("QuickBooks does not know the id that was sent.", _MAPPING),
    "2500": ("A record that this points at does not exist in QuickBooks, or is inactive.", _MAPPING),
    "5010": (
        "Somebody changed this record in QuickBooks at the same time; nothing of ours was saved.",
        "Preview again: it shows both versions, and you choose.",
    ),
    "6150": (
        "A job must say which customer it belongs to.",
        _CUSTOMER,
    ),
    "6180": ("QuickBooks keeps at most five levels of jobs below a customer.", "Choose a higher parent."),
    "6220": (
        "This record still has a balance, so QuickBooks does not make it inactive.",
        "Settle the balance in QuickBooks first.",
    ),
    "6240": (
        "Another customer, vendor or employee of QuickBooks already has this name; the three share one list.",
        _by_mapping("Link to the existing record on the Mapping page, or give this one another name."),
    ),
    "6250": ("The customer is inactive in QuickBooks.", _MAPPING),
    "6280": (
        "The customer still has charges that were not invoiced, so QuickBooks does not make it inactive.",
        "Invoice the charges or take them off in QuickBooks first.",
    ),
    # Fields and their form
    "2020": ("A field that QuickBooks needs is empty.", _in_core("Fill it in in ProForge Core and preview again.")),
    "2040": ("A text has characters that QuickBooks does not take.", _in_core("Take them out in ProForge Core.")),
    "2050": ("A text is longer than QuickBooks allows.", _LENGTH),
    "2060": ("A date is not written as QuickBooks wants it.", _DATES),
    "2070": ("A date does not exist.", _DATES),
    "2080": ("A number is not written as QuickBooks wants it.", _LINES),
    "2090": ("A number was not accepted.", _LINES),
    "2100": ("A number was not accepted.", _LINES),
    "2110": ("A number was not accepted.", _LINES),
    "2120": ("A field holds another kind of value than QuickBooks wants.", _REPORT),
    "2140": ("An amount was not accepted.", _LINES),
    "2150": ("A percentage was not accepted.", _LINES),
    "2160": ("A quantity was not accepted.", _LINES),
    "2170": ("A field holds a word that QuickBooks does not take there.", _REPORT),
    "2180": ("A text is outside what QuickBooks allows.", _LENGTH),
    "2190": ("A date is outside what QuickBooks allows.", _DATES),
    "2200": ("A web address was not accepted.", _in_core("Correct it in ProForge Core and preview again.")),
    "2210": ("An e-mail address was not accepted.", _in_core("Correct it in ProForge Core and preview again.")),
    "2220": (
        "The currency was not accepted.",
        _in_core("Check that the vendor or customer has the same currency in QuickBooks as in ProForge Core."),
    ),
    "2230": ("A yes-or-no field was not accepted.", _REPORT),
    "2240": ("A number is outside what QuickBooks allows.", _LINES),
    "2250": ("A bill needs at least one line.", _LINES),
    "2260": ("A line of the journal entry says neither debit nor credit.", _LINES),
    "2270": ("The tax of the journal entry was not accepted.", _TAX),
    "2280": ("The tax of the journal entry was not accepted.", _TAX),
    "2290": ("A journal entry takes no negative amounts.", _LINES),
    "2300": ("The journal entry's debits and credits differ.", _LINES),
    "6080": ("The record has no name.", _in_core("Give it a name in ProForge Core and preview again.")),
    "6420": ("QuickBooks needs an e-mail address here.", _in_core("Add it in ProForge Core and preview again.")),
    # Bills, accounts and dates
    "6000": ("A rule of QuickBooks was broken.", "See QuickBooks' own words, correct it and preview again."),
    "6010": ("The account has no type.", "Give the account a type in QuickBooks."),
    "6060": ("An opening balance needs its date.", "Enter the opening balance in QuickBooks itself."),
    "6070": ("A line's amount is not its quantity times its price.", _LINES),
    "6090": ("A discount line was not accepted.", _LINES),
    "6100": ("A line's tax code was not accepted; American companies use TAX or NON.", _TAX),
    "6110": ("The amounts of the transaction do not fit together.", _LINES),
    "6120": ("The amounts of the transaction do not fit together.", _LINES),
    "6130": (
        "A job that is billed with its customer must belong to one.",
        _CUSTOMER,
    ),
    "6140": (
        "QuickBooks already has a document with this number.",
        _in_core("If it is the same bill, link to it. If not, give this one another number in ProForge Core."),
    ),
    "6160": ("A tax code is missing or was not accepted.", _TAX),
    "6170": ("The tax details were not accepted.", _TAX),
    "6200": (
        "The books are closed for this date.",
        "Hold the record back, use a date after the closing date, or ask your accountant to open the books.",
    ),
    "6210": (
        "The books are closed for this date, and a password protects them.",
        "Hold the record back, use a date after the closing date, or ask your accountant to open the books.",
    ),
    "6230": ("A tax code is missing or was not accepted.", _TAX),
    "6270": ("The date lies before the item's inventory start date.", "Use a later date."),
    "6400": (
        "A purchase linked to this one stands in the way.",
        "Look at that purchase in QuickBooks.",
    ),
    "6430": (
        "The account is of a kind that cannot be used here.",
        _by_mapping("Choose an account of the right kind on the Mapping page."),
    ),
    "6440": ("A line names neither an item nor an account.", _by_mapping("Map its cost code on the Mapping page.")),
    "6450": ("QuickBooks does not void this.", "Void or delete it in QuickBooks itself."),
    "6460": ("QuickBooks does not allow this change.", "Make the change in QuickBooks itself."),
    "6470": ("The tax of the transaction was not accepted.", _TAX),
    "6480": (
        "The transaction is matched with the bank's statement and cannot be changed.",
        "Undo the match in QuickBooks first, or leave it.",
    ),
    "6490": ("The budget was not accepted.", "Make the change in QuickBooks itself."),
    "6500": ("The budget was not accepted.", "Make the change in QuickBooks itself."),
    "6510": ("The budget was not accepted.", "Make the change in QuickBooks itself."),
    "6520": ("QuickBooks does not allow this change.", "Make the change in QuickBooks itself."),
    "6530": ("QuickBooks does not allow this change.", "Make the change in QuickBooks itself."),
    "6540": (
        "The transaction is part of a deposit and cannot be changed.",
        "Take it off the deposit in QuickBooks first, or leave it.",
    ),
    # Hours
    "6290": (
        "A time entry belongs to an employee or to a vendor, not to both.",
        _by_mapping("Choose which of the two the worker is on the Mapping page."),
    ),
    "6300": (
        "The time entry does not say whose hours they are.",
        _by_mapping("Map the worker on the Mapping page to an employee or a vendor."),
    ),
    "6310": (
        "Hours that are billed need a customer.",
        _by_mapping("Map the project on the Mapping page, or make the hours not billable."),
    ),
    "6320": (
        "Whether the hours are billed cannot be set like this; perhaps they are on an invoice already.",
        "Look at the time entry in QuickBooks; take it off the invoice first if it must change.",
    ),
    "6330": (
        "Hours that are billed need an hourly rate.",
        _in_core("Enter the worker's bill rate in ProForge Core, or make the hours not billable."),
    ),
    "6340": ("The time entry has no hours.", _in_core("Enter the hours in ProForge Core and preview again.")),
    "6350": ("The time entry has no hours.", _in_core("Enter the hours in ProForge Core and preview again.")),
    "6360": ("The break does not fit between the start and the end.", "Correct the times and preview again."),
    "6370": ("The start time lies after the end time.", "Correct the times and preview again."),
    "6380": ("The hours are outside what QuickBooks allows.", _in_core("Correct the hours in ProForge Core.")),
    "6390": ("A time entry has either hours or clock times, not both.", _REPORT),
}


def explain(fault: Fault) -> Said:
    """What happened and what to do, in plain words; QuickBooks' own words where we know the code not."""
    known = _EXPLANATIONS.get(fault.code)
    if known is None:
        return Said(_own_words(fault), "Correct it and preview again, or ask for help with the log.")
    message, remedy = known
    return Said(message, remedy) if isinstance(remedy, str) else Said(message, *remedy)


def is_explained(code: str) -> bool:
    """Whether we have words of our own for a code."""
    return code in _EXPLANATIONS


def _own_words(fault: Fault) -> str:
    words = (fault.detail or fault.message).strip()
    if not words:
        return f"QuickBooks refused this without saying why (code {fault.code})."
    return f"QuickBooks says: {words}"
