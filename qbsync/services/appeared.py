"""Look, before a batch of creates leaves, whether somebody has entered one of its records in QuickBooks meanwhile.

The preview found none of them there, but it may be weeks old: a run that waited for a new consent goes on by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from qbsync.domain.ledger import NAMED_KINDS, BillDocument, Content, LedgerKind, Posted, TimeEntry
from qbsync.domain.plan import Change
from qbsync.domain.ports import Clock, Ledger
from qbsync.domain.posted import Ledgerbook, mark_in, natural_key
from qbsync.domain.run import OutcomeStatus, Settled
from qbsync.domain.wanted import Wanted, mark_of
from qbsync.services.look import windows

# From a preview to its confirmation a person takes a few minutes: a look that young is not worth another one a batch.
# Bills are looked for each time all the same: it is one short question, and a bill paid twice is money lost.
LOOK_GOOD_FOR = timedelta(minutes=10)

Record = tuple[LedgerKind, str]
Creates = Mapping[int, tuple[Change, Content]]  # seq → the change, and what would be sent
SpokenFor = Callable[[Collection[Record]], Collection[Record]]  # of these records, those that stand for others


def read_like(ledger: Ledger, contents: Iterable[tuple[LedgerKind, Content]]) -> list[Posted]:
    """What QuickBooks holds that may be one of these: bills by number, hours by day, names by name."""
    days: set[date] = set()
    words: dict[LedgerKind, list[str]] = defaultdict(list)
    for kind, content in contents:
        match content:
            case TimeEntry():
                days.add(content.txn_date)
            case BillDocument():
                words[kind].append(content.number)
            case _:
                words[kind].append(content.display_name)
    found = [posted for first, last in windows(days) for posted in ledger.time_entries(first, last)]
    for kind, asked in words.items():
        found += ledger.by_names(kind, asked) if kind in NAMED_KINDS else ledger.bills_numbered(kind, asked)
    return found


@dataclass(kw_only=True)
class Appearing:
    """What appeared in QuickBooks since a plan was built. Remembers its looks at hours for one push of a run."""

    ledger: Ledger
    built_at: datetime  # the preview's own look
    spoken_for: SpokenFor
    clock: Clock
    _looked_at: dict[date, datetime] = field(default_factory=dict)
    _hours: dict[str, Posted] = field(default_factory=dict)

    def among(self, creates: Creates) -> dict[int, Settled]:
        """The creates whose record somebody entered since the preview, each with its end."""
        found = self._alike(creates)
        if not found:
            return {}
        taken = self.spoken_for([(posted.kind, posted.id) for posted in found])
        seen = Ledgerbook.of(found, taken)
        later = Ledgerbook.of((one for one in found if one.updated_at and one.updated_at > self.built_at), taken)
        settled = {}
        for seq, (change, content) in creates.items():
            book = later if change.is_match else seen  # who chose to make another one decided over what was there then
            posted = book.match(_wanted(change, content))
            if posted is not None:
                settled[seq] = _entered_meanwhile(change, content, posted)
        return settled

    def _alike(self, creates: Creates) -> list[Posted]:
        """The records there that carry the mark of one of these, or its natural key and no mark at all."""
        marks = {mark_of(change.core_id) for change, _ in creates.values()}
        keys = {(change.ledger_kind, natural_key(content)) for change, content in creates.values()}

        def is_alike(posted: Posted) -> bool:
            mark = mark_in(posted.content)
            return mark in marks if mark else (posted.kind, natural_key(posted.content)) in keys

        return [posted for posted in self._read(creates) if posted.active and is_alike(posted)]

    def _read(self, creates: Creates) -> list[Posted]:
        """All that may be one of these: what was looked at a short while ago is not asked for again."""
        hours = [content for _, content in creates.values() if isinstance(content, TimeEntry)]
        others = [
            (change.ledger_kind, content)
            for change, content in creates.values()
            if isinstance(content, BillDocument) or (not isinstance(content, TimeEntry) and self._is_old(self.built_at))
        ]
        self._look_at_hours({entry.txn_date for entry in hours})
        return [*read_like(self.ledger, others), *(self._hours.values() if hours else ())]

    def _look_at_hours(self, days: Collection[date]) -> None:
        old = {day for day in days if self._is_old(self._looked_at.get(day, self.built_at))}
        if not old:
            return
        now = self.clock()
        for first, last in windows(old):
            self._hours.update({posted.id: posted for posted in self.ledger.time_entries(first, last)})
        self._looked_at.update(dict.fromkeys(old, now))

    def _is_old(self, looked_at: datetime) -> bool:
        return self.clock() - looked_at > LOOK_GOOD_FOR


def _wanted(change: Change, content: Content) -> Wanted:
    return Wanted(
        kind=change.kind,
        core_id=change.core_id,
        title=change.title,
        ledger_kind=change.ledger_kind,
        content=content,
    )


def _entered_meanwhile(change: Change, content: Content, posted: Posted) -> Settled:
    return Settled(
        seq=change.seq,
        status=OutcomeStatus.STALE,
        ledger_id=posted.id,
        message=f"It was entered in QuickBooks meanwhile: {posted.kind} {posted.id} there has "
        f"{_alike_in(content, posted)}, so it was not sent.",
        remedy="Build a new preview: it links the two, or shows how they differ.",
    )


def _alike_in(content: Content, posted: Posted) -> str:
    if mark_in(posted.content):
        return "our mark of it"
    match content:
        case TimeEntry():
            return "the same worker, day, customer, item and minutes"
        case BillDocument():
            return "the same vendor and number"
        case _:
            return "the same name"
