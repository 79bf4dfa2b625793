"""The mapping in the database: every save is a version, and nobody overwrites another's."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from qbsync.domain.errors import MappingChanged
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet, Preferences
from qbsync.store.database import Database
from qbsync.store.tables import MappingRuleRow, MappingSave

_PREFERENCES = TypeAdapter(Preferences)


class Mappings:
    """Saved mappings of the connected companies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, connection_id: int) -> MappingSet:
        """The mapping in force; version 0 with defaults when none was saved."""
        with self._database.read() as session:
            save = session.execute(
                select(MappingSave)
                .where(col(MappingSave.connection_id) == connection_id)
                .order_by(col(MappingSave.version).desc())
                .limit(1)
            ).scalar_one_or_none()
            if save is None:
                return MappingSet(version=0, rules=(), preferences=Preferences())
            rows = session.execute(
                select(MappingRuleRow)
                .where(
                    col(MappingRuleRow.connection_id) == connection_id,
                    col(MappingRuleRow.until_version).is_(None),
                )
                .order_by(col(MappingRuleRow.kind), col(MappingRuleRow.core_id), col(MappingRuleRow.project))
            ).scalars()
            return MappingSet(
                version=save.version,
                rules=tuple(_rule(row) for row in rows),
                preferences=_PREFERENCES.validate_json(save.preferences),
                saved_at=save.saved_at,
                saved_by=save.saved_by,
            )

    def save(
        self,
        connection_id: int,
        rules: tuple[MappingRule, ...],
        preferences: Preferences,
        *,
        over_version: int,
        at: datetime,
        who: str,
    ) -> int:
        """Save over the version that was read; returns the new version. Raises MappingChanged when there is a newer."""
        version = over_version + 1
        wanted = {(rule.kind, rule.core_id, rule.project): rule for rule in rules}
        try:
            with self._database.write() as session:
                session.add(
                    MappingSave(
                        connection_id=connection_id,
                        version=version,
                        saved_at=at,
                        saved_by=who,
                        preferences=_PREFERENCES.dump_json(preferences).decode(),
                    )
                )
                session.flush()
                current = session.execute(
                    select(MappingRuleRow).where(
                        col(MappingRuleRow.connection_id) == connection_id,
                        col(MappingRuleRow.until_version).is_(None),
                    )
                ).scalars()
                for row in current:
                    rule = _rule(row)
                    key = (rule.kind, rule.core_id, rule.project)
                    if wanted.get(key) == rule:
                        wanted.pop(key)
                    else:
                        row.until_version = version
                session.add_all(_row(connection_id, rule, version) for rule in wanted.values())
        except IntegrityError:
            raise MappingChanged(
                "Somebody else saved the mapping meanwhile. Reload it, look at their changes, and save yours again."
            ) from None
        return version


def _rule(row: MappingRuleRow) -> MappingRule:
    return MappingRule(
        kind=MapKind(row.kind),
        core_id=row.core_id,
        project=row.project,
        ledger_kind=LedgerKind(row.ledger_kind),
        ledger_id=row.ledger_id,
        create_name=row.create_name,
    )


def _row(connection_id: int, rule: MappingRule, version: int) -> MappingRuleRow:
    return MappingRuleRow(
        connection_id=connection_id,
        kind=rule.kind.value,
        core_id=rule.core_id,
        project=rule.project,
        ledger_kind=rule.ledger_kind.value,
        ledger_id=rule.ledger_id,
        create_name=rule.create_name,
        since_version=version,
    )
