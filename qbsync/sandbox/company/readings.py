"""Where the facts leave two readings: a switch for each, of which the first value is the default and the stricter."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal


def switch(*values: Any, help: str) -> Any:
    """A dataclass field that an operator may set to one of these values."""
    return field(default=values[0], metadata={"values": values, "help": help})


def switches_of(kind: type) -> dict[str, tuple[tuple[Any, ...], str]]:
    """Name of each switch → its values, the default first, and what it is about."""
    return {
        each.name: (each.metadata["values"], each.metadata["help"])
        for each in fields(kind)
        if "values" in each.metadata
    }


@dataclass(kw_only=True)
class Readings:
    """How the books read the facts."""

    sparse: Literal["documented", "all"] = switch(
        "documented", "all", help="which entities take a sparse update: those that the documents name, or all"
    )
    text_numbers: bool = switch(False, True, help='take numbers written as text ("12.50") in JSON')
    billable_status: Literal["settable", "read-only"] = switch(
        "settable", "read-only", help="may a time entry say that it is billable, or is that only read"
    )
    time_class: Literal["per-txn", "always"] = switch(
        "per-txn", "always", help="classes on time entries: only while they go on whole transactions, or also on lines"
    )
    neighbours: Literal["raise", "keep"] = switch(
        "raise", "keep", help="does a payment raise the SyncToken of its bill, and so on for every side effect"
    )
    changed_request: Literal["replay", "refuse"] = switch(
        "replay", "refuse", help="a known request id with another body: the first answer, or fault 600"
    )
    batch_most: int = switch(30, 25, 10, 50, help="items in one batch")
    batch_order: Literal["sent", "reversed"] = switch(
        "sent", "reversed", help="the order in which the items of a batch are carried out and answered"
    )
    page_over: Literal["cap", "refuse"] = switch("cap", "refuse", help="MAXRESULTS over 1000: taken as 1000, or 4001")
    cdc_time_activity: bool = switch(False, True, help="change data capture tells of TimeActivity too")
    project_fills_customer: bool = switch(False, True, help="a ProjectRef alone brings its customer with it")
    project_from_customer: bool = switch(False, True, help="a project's customer alone brings the ProjectRef")
