"""What a row of a file is called when something is wrong with it: the record that it is of, in the field's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from qbsync.domain.records import CoreRecord, PayrollRow, VendorBill


@dataclass(frozen=True, kw_only=True)
class RowName:
    """The name of what a row speaks of, such as "Bill 4711 of Acme Supply, line 2"; empty where it does not say.

    `whose` is the vendor or employee as the file has it, until `with_names` knows better.
    """

    what: str = ""
    whose: str = ""
    detail: str = ""

    def __str__(self) -> str:
        owned = f"{self.what} of {self.whose}" if self.whose else self.what
        return ", ".join(part for part in (owned, self.detail) if part)

    def with_names(self, names: Mapping[str, str]) -> RowName:
        """The same, with the name of whoever is known by a number."""
        return replace(self, whose=names[self.whose]) if self.whose in names else self


UNNAMED = RowName()


def called(record: CoreRecord) -> str:
    """What a record is called where its row is named beside it: an id that is made of others says nothing."""
    match record:
        case PayrollRow():
            return "The row"
        case VendorBill():
            return "The bill"
        case _:
            return f"'{record.core_id}'"
