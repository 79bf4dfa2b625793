"""Links in the database: which Core record is which QuickBooks record, and what people chose for conflicts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from qbsync.domain.codec import from_json, to_json
from qbsync.domain.decide import Agreed, Choice
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.link import Link, PaymentStatus
from qbsync.domain.plan import Change
from qbsync.domain.references import Targets, filled
from qbsync.domain.wanted import NAME_SYNC_KINDS, SyncKind, key_of
from qbsync.store.database import Database
from qbsync.store.tables import ConflictRow, LinkRow, RunRow

IDS_MAX = 500  # in one question to the database
NEW = '"new:'  # in the JSON of a reference to a record that is still to be made


class Links:
    """The links of the connected companies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, connection_id: int) -> list[Link]:
        return self._read(connection_id, _links_of(connection_id))

    def among(self, connection_id: int, kinds: Collection[SyncKind], weeks: Collection[date]) -> list[Link]:
        """The links of these kinds; of time entries those of these weeks only, unless none is given."""
        statement = _links_of(connection_id).where(col(LinkRow.kind).in_([kind.value for kind in kinds]))
        if weeks:
            statement = statement.where(
                (col(LinkRow.kind) != SyncKind.TIME_ENTRY.value) | col(LinkRow.scope_date).in_(list(weeks))
            )
        return self._read(connection_id, statement)

    def of_records(self, connection_id: int, kind: SyncKind, core_ids: Collection[str]) -> list[Link]:
        """The links of these Core records."""
        asked = sorted(core_ids)
        statement = _links_of(connection_id).where(col(LinkRow.kind) == kind.value)
        parts = (asked[start : start + IDS_MAX] for start in range(0, len(asked), IDS_MAX))
        return self._read(connection_id, *(statement.where(col(LinkRow.core_id).in_(part)) for part in parts))

    def of_bills(self, connection_id: int, first: date, last: date) -> list[Link]:
        """The links of the bills dated from one day to another, also of those that Core has no more."""
        statement = _links_of(connection_id).where(
            col(LinkRow.kind) == SyncKind.BILL.value, col(LinkRow.scope_date).between(first, last)
        )
        return self._read(connection_id, statement)

    def of_record(self, connection_id: int, kind: SyncKind, core_id: str, *, parts: bool = False) -> list[Link]:
        """The links of one Core record; with `parts` those of all that begins with its id and a bar."""
        statement = _links_of(connection_id).where(
            col(LinkRow.kind) == kind.value, named_by(col(LinkRow.core_id), core_id, parts=parts)
        )
        return sorted(self._read(connection_id, statement), key=lambda link: link.core_id)

    def _read(self, connection_id: int, *statements: Select[LinkRow]) -> list[Link]:
        """The links; what was agreed on before a name was made that it refers to has that name's id by now."""
        with self._database.read() as session:
            rows = [row for statement in statements for row in session.execute(statement).scalars()]
            found = [link_of(row) for row in rows]
            name_new_ones = any(NEW in row.agreed_core for row in rows)
        if not name_new_ones:
            return found
        targets = self.targets(connection_id)
        return [_by_now(link, link.agreed, targets) if link.agreed else link for link in found]

    def targets(self, connection_id: int) -> dict[str, tuple[LedgerKind, str]]:
        """Each linked name's QuickBooks kind and id, by key: what references resolve to.

        Records that the mapping names are not among them: the mapping itself says which they are now.
        """
        names = [kind.value for kind in NAME_SYNC_KINDS]
        with self._database.read() as session:
            rows = session.execute(
                select(col(LinkRow.kind), col(LinkRow.core_id), col(LinkRow.ledger_kind), col(LinkRow.ledger_id)).where(
                    col(LinkRow.connection_id) == connection_id,
                    col(LinkRow.kind).in_(names),
                    col(LinkRow.dropped).is_(False),
                    col(LinkRow.link_only).is_(False),
                )
            )
            return {
                key_of(SyncKind(kind), core_id): (LedgerKind(ledger_kind), ledger_id)
                for kind, core_id, ledger_kind, ledger_id in rows
            }

    def linked(self, connection_id: int, records: Iterable[tuple[LedgerKind, str]]) -> set[tuple[LedgerKind, str]]:
        """Of these QuickBooks records, those that a Core record has a link to."""
        asked: dict[LedgerKind, set[str]] = defaultdict(set)
        for kind, record_id in records:
            asked[kind].add(record_id)
        with self._database.read() as session:
            return {
                (kind, record_id)
                for kind, ids in asked.items()
                for record_id in session.execute(
                    select(col(LinkRow.ledger_id)).where(
                        col(LinkRow.connection_id) == connection_id,
                        col(LinkRow.ledger_kind) == kind.value,
                        col(LinkRow.ledger_id).in_(ids),
                        col(LinkRow.dropped).is_(False),
                    )
                ).scalars()
            }

    def posted(self, connection_id: int, kind: SyncKind, core_ids: Sequence[str]) -> set[str]:
        """Of these records of Core, those that we have posted, and that were not taken out again."""
        found: set[str] = set()
        with self._database.read() as session:
            for first in range(0, len(core_ids), IDS_MAX):
                found.update(
                    session.execute(
                        select(col(LinkRow.core_id)).where(
                            col(LinkRow.connection_id) == connection_id,
                            col(LinkRow.kind) == kind.value,
                            col(LinkRow.core_id).in_(core_ids[first : first + IDS_MAX]),
                            col(LinkRow.dropped).is_(False),
                        )
                    ).scalars()
                )
        return found

    def save(self, connection_id: int, links: Iterable[Link], at: datetime) -> None:
        """Make or renew links."""
        with self._database.write() as session:
            put_links(session, connection_id, list(links), at)

    def save_payments(self, connection_id: int, found: Iterable[tuple[Link, PaymentStatus]], at: datetime) -> None:
        """Note how far bills are paid, of links as they were then: one that a run renewed meanwhile knows better."""
        with self._database.write() as session:
            for link, status in found:
                session.execute(
                    update(LinkRow)
                    .where(
                        col(LinkRow.connection_id) == connection_id,
                        col(LinkRow.kind) == SyncKind.BILL.value,
                        col(LinkRow.core_id) == link.core_id,
                        col(LinkRow.ledger_id) == link.ledger_id,
                        col(LinkRow.sync_token) == link.sync_token,
                    )
                    .values(total=status.total, balance=status.balance, paid_on=status.paid_on, updated_at=at)
                )

    def choose(
        self,
        connection_id: int,
        conflicts: Iterable[Change],
        choice: Choice,
        *,
        who: str,
        at: datetime,
    ) -> None:
        """Keep what a person chose for conflicts; the last choice counts."""
        with self._database.write(alone=f"choice-{connection_id}") as session:
            for conflict in conflicts:
                session.merge(
                    ConflictRow(
                        connection_id=connection_id,
                        decision_key=conflict.decision_key,
                        kind=conflict.kind.value,
                        core_id=conflict.core_id,
                        choice=choice.value,
                        chosen_by=who,
                        chosen_at=at,
                    )
                )

    def choices(self, connection_id: int) -> dict[str, Choice]:
        """What was chosen, by the conflict's key."""
        with self._database.read() as session:
            rows = session.execute(select(ConflictRow).where(col(ConflictRow.connection_id) == connection_id)).scalars()
            return {row.decision_key: Choice(row.choice) for row in rows}


def named_by(column: Mapped[str], core_id: str, *, parts: bool) -> ColumnElement[bool]:
    """Whether a row is of a Core record, or with `parts` of something that is part of it."""
    return column.startswith(f"{core_id}|", autoescape=True) if parts else column == core_id


def put_links(session: Session, connection_id: int, links: Sequence[Link], at: datetime) -> None:
    """Make or renew links inside somebody's transaction."""
    known = _known(session, connection_id, links)
    for link in links:
        values = _values(link, at)
        row = known.get((link.kind.value, link.core_id))
        if row is None:
            session.add(LinkRow(connection_id=connection_id, kind=link.kind.value, core_id=link.core_id, **values))
            continue
        for name, value in values.items():
            setattr(row, name, value)


def keys_linked_since(session: Session, connection_id: int, links: Sequence[Link], moment: datetime) -> set[str]:
    """The keys of these links whose stored link was written by a run that was confirmed after this moment."""
    known = _known(session, connection_id, links)
    later = set(
        session.execute(
            select(col(RunRow.id)).where(
                col(RunRow.id).in_({row.run_id for row in known.values()}), col(RunRow.created_at) > moment
            )
        ).scalars()
    )
    return {key_of(SyncKind(kind), core_id) for (kind, core_id), row in known.items() if row.run_id in later}


def _known(session: Session, connection_id: int, links: Sequence[Link]) -> dict[tuple[str, str], LinkRow]:
    """The stored rows of these links, by kind and core id."""
    if not links:
        return {}
    rows = session.execute(
        select(LinkRow).where(
            col(LinkRow.connection_id) == connection_id,
            col(LinkRow.kind).in_({link.kind.value for link in links}),
            col(LinkRow.core_id).in_({link.core_id for link in links}),
        )
    ).scalars()
    return {(row.kind, row.core_id): row for row in rows}


def _values(link: Link, at: datetime) -> dict[str, Any]:
    return {
        "title": link.title,
        "ledger_kind": link.ledger_kind.value,
        "ledger_id": link.ledger_id,
        "sync_token": link.sync_token,
        "agreed_core": to_json(link.agreed.core) if link.agreed else "",
        "agreed_posted": to_json(link.agreed.posted) if link.agreed else "",
        "link_only": link.link_only,
        "dropped": link.dropped,
        "generation": link.generation,
        "scope_date": link.scope_date,
        "total": link.total,
        "balance": link.balance,
        "paid_on": link.paid_on,
        "run_id": link.run_id,
        "updated_at": at,
    }


def drop_link(session: Session, connection_id: int, kind: SyncKind, core_id: str) -> None:
    """Forget one link inside somebody's transaction."""
    session.execute(
        delete(LinkRow).where(
            col(LinkRow.connection_id) == connection_id,
            col(LinkRow.kind) == kind.value,
            col(LinkRow.core_id) == core_id,
        )
    )


def _links_of(connection_id: int) -> Select[LinkRow]:
    return select(LinkRow).where(col(LinkRow.connection_id) == connection_id).order_by(col(LinkRow.id))


def _by_now(link: Link, agreed: Agreed, targets: Targets) -> Link:
    return replace(link, agreed=replace(agreed, core=filled(agreed.core, targets)))


def link_of(row: LinkRow) -> Link:
    """A stored link as a value."""
    kind = LedgerKind(row.ledger_kind)
    core, posted = from_json(kind, row.agreed_core), from_json(kind, row.agreed_posted)
    return Link(
        kind=SyncKind(row.kind),
        core_id=row.core_id,
        title=row.title,
        ledger_kind=kind,
        ledger_id=row.ledger_id,
        sync_token=row.sync_token,
        agreed=Agreed(core=core, posted=posted) if core is not None and posted is not None else None,
        link_only=row.link_only,
        dropped=row.dropped,
        generation=row.generation,
        scope_date=row.scope_date,
        total=row.total,
        balance=row.balance,
        paid_on=row.paid_on,
        run_id=row.run_id,
    )
