"""The rules that companies and the installation saved, each save a version, and when old things were last cleared."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import TypeAdapter
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from qbsync.domain.errors import RulesChanged
from qbsync.domain.house_rules import CompanyRules, KeepingRules, Rules, SavedRules
from qbsync.store.database import Database
from qbsync.store.tables import ChoreRow, RuleSave

INSTALLATION = 0  # whose rules are no company's
CLEARING = "clearing"
_COMPANY = TypeAdapter(CompanyRules)
_KEEPING = TypeAdapter(KeepingRules)


class HouseRuleStore:
    """Saved rules. What was never saved has its defaults."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def company(self, connection_id: int) -> SavedRules[CompanyRules]:
        """The rules of a company."""
        return self._current(connection_id, _COMPANY, CompanyRules())

    def keeping(self) -> SavedRules[KeepingRules]:
        """The rules of the installation."""
        return self._current(INSTALLATION, _KEEPING, KeepingRules())

    def save_company(
        self, connection_id: int, rules: CompanyRules, *, over_version: int, at: datetime, who: str
    ) -> int:
        """Save over the version that was read; returns the new one. Raises RulesChanged when there is a newer."""
        return self._save(connection_id, _COMPANY.dump_json(rules).decode(), over_version, at, who)

    def save_keeping(self, rules: KeepingRules, *, over_version: int, at: datetime, who: str) -> int:
        """Like `save_company`, for the installation."""
        return self._save(INSTALLATION, _KEEPING.dump_json(rules).decode(), over_version, at, who)

    def claim_clearing(self, *, now: datetime, every: timedelta) -> bool:
        """Begin to clear, if that was not begun within `every`; of those that ask at once, one is let in.

        A time in the future is one of a wrong clock, and counts as long ago.
        """
        latest = col(ChoreRow.begun_at)
        with self._database.write() as session:
            claimed = session.execute(
                update(ChoreRow)
                .where(
                    col(ChoreRow.name) == CLEARING, or_(latest.is_(None), latest <= now - every, latest > now + every)
                )
                .values(begun_at=now)
            )
            return bool(claimed.rowcount)  # type: ignore[attr-defined]

    def save_clearing(self, at: datetime) -> None:
        """Set when clearing was last begun: it is due again a day later."""
        with self._database.write() as session:
            session.execute(update(ChoreRow).where(col(ChoreRow.name) == CLEARING).values(begun_at=at))

    def _current(self, owner: int, adapter: TypeAdapter[Rules], default: Rules) -> SavedRules[Rules]:
        with self._database.read() as session:
            row = session.execute(
                select(RuleSave).where(col(RuleSave.owner) == owner).order_by(col(RuleSave.version).desc()).limit(1)
            ).scalar_one_or_none()
            if row is None:
                return SavedRules(rules=default)
            return SavedRules(
                rules=adapter.validate_json(row.rules),
                version=row.version,
                saved_at=row.saved_at,
                saved_by=row.saved_by,
            )

    def _save(self, owner: int, rules: str, over_version: int, at: datetime, who: str) -> int:
        version = over_version + 1
        try:
            with self._database.write() as session:
                session.add(RuleSave(owner=owner, version=version, saved_at=at, saved_by=who, rules=rules))
        except IntegrityError:
            raise RulesChanged(
                "Somebody else saved these settings meanwhile. Look at theirs, and save yours again."
            ) from None
        return version
