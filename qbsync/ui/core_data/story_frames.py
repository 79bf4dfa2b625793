"""What the story of one record shows, as tables. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import pandas as pd

from qbsync.domain.fields import differences
from qbsync.domain.ledger import BillDocument, Content, ExpenseLine
from qbsync.domain.link import Link
from qbsync.domain.records import CoreKind
from qbsync.domain.run import Outcome
from qbsync.domain.wanted import TITLES as KINDS
from qbsync.services.story import Now
from qbsync.ui.sync_log.frames import OUTCOMES
from qbsync.ui.text import local

LINES = "Lines"  # of a bill: they stand in a table of their own
WRITTEN, THERE = "As agreed last", "In QuickBooks now"


def readable(kind: CoreKind, core_id: str) -> str:
    """A Core id as people read it: the parts of one that is made of several stand apart."""
    return core_id.replace("|", " · ") if kind in (CoreKind.PAYROLL_ROW, CoreKind.VENDOR_BILL) else core_id


def state_of(link: Link, now: Now | None) -> tuple[str, str]:
    """What is known of a record in QuickBooks, and the colour of its badge; `now` is what was just seen there."""
    if link.dropped:
        return "Deletion accepted", "gray"
    if now is None:
        return ("Written" if link.agreed else "Linked"), "gray"
    posted = now.get((link.ledger_kind, link.ledger_id))
    if posted is None:
        return "Not there any more", "red"
    if not posted.active:
        return "Inactive there", "orange"
    if link.agreed is not None and posted.content != link.agreed.posted:
        return "Edited there since", "orange"
    return ("As it was written" if link.agreed else "Linked"), "green"


def side_rows(link: Link, now: Now | None) -> list[dict[str, str]]:
    """Each field of a record as it was last agreed, and as it stands in QuickBooks where that was just asked."""
    if link.agreed is None:
        return []
    written = _fields(link.agreed.posted)
    posted = now.get((link.ledger_kind, link.ledger_id)) if now is not None else None
    if posted is None:
        return [{"Field": name, WRITTEN: value} for name, value in written.items()]
    there = _fields(posted.content)
    return [
        {"Field": name, WRITTEN: written.get(name, ""), THERE: there.get(name, "")}
        for name in dict.fromkeys([*written, *there])
    ]


def _fields(content: Content) -> dict[str, str]:
    return {one.field: one.after for one in differences(None, content) if one.field != LINES}


def lines_of(link: Link, now: Now | None) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The lines of a bill under their title: as both agreed last, and as they are in QuickBooks where that differs."""
    written = link.agreed.posted if link.agreed else None
    if isinstance(written, BillDocument):
        yield f"Lines as both agreed last (total {written.total:,.2f})", [_line(one) for one in written.lines]
    posted = now.get((link.ledger_kind, link.ledger_id)) if now is not None else None
    there = posted.content if posted is not None else None
    if isinstance(there, BillDocument) and not (isinstance(written, BillDocument) and written.lines == there.lines):
        yield f"Lines in QuickBooks now (total {there.total:,.2f})", [_line(one) for one in there.lines]


def _line(line: ExpenseLine) -> dict[str, str]:
    target = line.account or line.item
    return {
        "Account or item": (target.name or target.id) if target else "",
        "Customer": (line.customer.name or line.customer.id) if line.customer else "",
        "Text": line.description,
        "Amount": f"{line.amount:,.2f}",
    }


def touched(found: Sequence[Outcome], zone: ZoneInfo) -> pd.DataFrame:
    """What became of a record in each run, one a row."""
    return pd.DataFrame(
        [
            {
                "When": local(one.at, zone),
                "Result": [OUTCOMES[one.status][0]],
                "What happened": one.message or one.action.word.capitalize(),
                "Record": f"{KINDS[one.kind]}: {one.title}",
                "Run": one.run_id,
            }
            for one in found
        ]
    )
