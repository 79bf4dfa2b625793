"""The mapping in the database: every save is a version, and nobody overwrites another's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from qbsync.domain.errors import BadInput, MappingChanged
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.mapping import MapKind, MappingRule, MappingSet, Preferences, RuleKey, SavedVersion
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
            return _set(save, session.execute(_rules_of(connection_id)).scalars())

    def at(self, connection_id: int, version: int) -> MappingSet:
        """The mapping as an earlier save left it. Raises BadInput where there is no such version."""
        with self._database.read() as session:
            save = session.get(MappingSave, (connection_id, version))
            if save is None:
                raise BadInput(f"There is no version {version} of the mapping. Choose one of its history.")
            return _set(save, session.execute(_rules_of(connection_id, version)).scalars())

    def history(self, connection_id: int, limit: int = 200) -> list[SavedVersion]:
        """The saves, newest first."""
        with self._database.read() as session:
            saves = session.execute(
                select(col(MappingSave.version), col(MappingSave.saved_at), col(MappingSave.saved_by))
                .where(col(MappingSave.connection_id) == connection_id)
                .order_by(col(MappingSave.version).desc())
                .limit(limit)
            ).all()
            begun, ended = self._turns(session, connection_id, since=saves[-1].version if saves else 0)
        return [
            SavedVersion(
                version=version,
                saved_at=saved_at,
                saved_by=saved_by,
                added=len(begun[version] - ended[version]),
                changed=len(begun[version] & ended[version]),
                removed=len(ended[version] - begun[version]),
            )
            for version, saved_at, saved_by in saves
        ]

    @staticmethod
    def _turns(
        session: Session, connection_id: int, since: int
    ) -> tuple[dict[int, set[RuleKey]], dict[int, set[RuleKey]]]:
        """The keys of the rules that each version began, and of those that it ended."""
        begun: dict[int, set[RuleKey]] = defaultdict(set)
        ended: dict[int, set[RuleKey]] = defaultdict(set)
        rows = session.execute(
            select(
                col(MappingRuleRow.kind),
                col(MappingRuleRow.core_id),
                col(MappingRuleRow.project),
                col(MappingRuleRow.since_version),
                col(MappingRuleRow.until_version),
            ).where(
                col(MappingRuleRow.connection_id) == connection_id,
                (col(MappingRuleRow.since_version) >= since) | (col(MappingRuleRow.until_version) >= since),
            )
        )
        for kind, core_id, project, since_version, until_version in rows:
            key = (MapKind(kind), core_id, project)
            begun[since_version].add(key)
            if until_version is not None:
                ended[until_version].add(key)
        return begun, ended

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
        wanted = {rule.key: rule for rule in rules}
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
                    if wanted.get(rule.key) == rule:
                        wanted.pop(rule.key)
                    else:
                        row.until_version = version
                session.add_all(_row(connection_id, rule, version) for rule in wanted.values())
        except IntegrityError:
            raise MappingChanged("Somebody else saved the mapping meanwhile: nothing was saved over theirs.") from None
        return version


def _rules_of(connection_id: int, version: int | None = None) -> Select[Any]:
    """The rules in force, or those that were in force after the save of a version."""
    until = col(MappingRuleRow.until_version)
    statement = select(MappingRuleRow).where(col(MappingRuleRow.connection_id) == connection_id)
    if version is None:
        statement = statement.where(until.is_(None))
    else:
        statement = statement.where(col(MappingRuleRow.since_version) <= version, until.is_(None) | (until > version))
    return statement.order_by(col(MappingRuleRow.kind), col(MappingRuleRow.core_id), col(MappingRuleRow.project))


def _set(save: MappingSave, rows: Iterable[MappingRuleRow]) -> MappingSet:
    return MappingSet(
        version=save.version,
        rules=tuple(_rule(row) for row in rows),
        preferences=_PREFERENCES.validate_json(save.preferences),
        saved_at=save.saved_at,
        saved_by=save.saved_by,
    )


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
