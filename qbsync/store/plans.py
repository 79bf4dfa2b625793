"""Plans in the database: a preview is stored whole, and can be confirmed once."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from qbsync.domain.codec import from_json, to_json
from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import LedgerKind
from qbsync.domain.plan import Change, Plan, PlanStatus, Scope
from qbsync.store.database import Database
from qbsync.store.tables import ChangeRow, PlanRow

_CHANGE = TypeAdapter(Change)
_SCOPE = TypeAdapter(Scope)
_CONTENTS = ("content", "core_content", "posted")


class Plans:
    """Stored previews of the connected companies."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, plan: Plan) -> None:
        """Store a new draft; older drafts of the company are superseded, and forget what they would have left alone."""
        with self._database.write(alone=f"plan-{plan.connection_id}") as session:
            _supersede_drafts(session, plan.connection_id)
            session.add(
                PlanRow(
                    id=plan.id,
                    connection_id=plan.connection_id,
                    status=plan.status.value,
                    digest=plan.digest,
                    built_at=plan.built_at,
                    built_by=plan.built_by,
                    scope=_SCOPE.dump_json(plan.scope).decode(),
                    mapping_version=plan.mapping_version,
                    runs_ended=plan.runs_ended,
                )
            )
            session.flush()
            rows = [_row(plan.id, change) for change in plan.changes]
            if rows:
                session.execute(insert(ChangeRow), rows)

    def get(self, plan_id: str) -> Plan:
        """A plan with all its changes. Raises BadInput when there is none of this id."""
        with self._database.read() as session:
            row = session.get(PlanRow, plan_id)
            if row is None:
                raise BadInput(f"There is no plan {plan_id}. `qbsync preview` makes one.")
            bodies = session.execute(
                select(col(ChangeRow.body)).where(col(ChangeRow.plan_id) == plan_id).order_by(col(ChangeRow.seq))
            ).scalars()
            return _plan(row, tuple(change_of(body) for body in bodies))

    def latest(self, connection_id: int) -> Plan | None:
        """The newest plan of a company, whatever became of it."""
        with self._database.read() as session:
            plan_id = session.execute(
                select(col(PlanRow.id))
                .where(col(PlanRow.connection_id) == connection_id)
                .order_by(col(PlanRow.built_at).desc())
                .limit(1)
            ).scalar_one_or_none()
        return self.get(plan_id) if plan_id else None

    def head(self, connection_id: int) -> Plan | None:
        """The newest plan of a company without its changes: cheap enough for every rerun of a page."""
        with self._database.read() as session:
            row = session.execute(
                select(PlanRow)
                .where(col(PlanRow.connection_id) == connection_id)
                .order_by(col(PlanRow.built_at).desc())
                .limit(1)
            ).scalar_one_or_none()
            return _plan(row, ()) if row else None

    def built_at(self, plan_id: str) -> datetime:
        """When a plan was built. Raises BadInput when there is none of this id."""
        return self._row(plan_id).built_at

    def connection_of(self, plan_id: str) -> int:
        """The company of a plan. Raises BadInput when there is none of this id."""
        return self._row(plan_id).connection_id

    def scope_of(self, plan_id: str) -> Scope:
        """What a plan was asked for. Raises BadInput when there is none of this id."""
        return _SCOPE.validate_json(self._row(plan_id).scope)

    def _row(self, plan_id: str) -> PlanRow:
        with self._database.read() as session:
            row = session.get(PlanRow, plan_id)
            if row is None:
                raise BadInput(f"There is no plan {plan_id}. `qbsync preview` makes one.")
            return row

    def changes(self, plan_id: str, seqs: Iterable[int]) -> dict[int, Change]:
        """Some changes of a plan, by their number."""
        with self._database.read() as session:
            rows = session.execute(
                select(col(ChangeRow.seq), col(ChangeRow.body)).where(
                    col(ChangeRow.plan_id) == plan_id, col(ChangeRow.seq).in_(list(seqs))
                )
            )
            return {seq: change_of(body) for seq, body in rows}

    def counts(self, plan_id: str) -> dict[Action, int]:
        """How many changes of each action a plan has."""
        with self._database.read() as session:
            rows = session.execute(
                select(col(ChangeRow.action), func.count())
                .where(col(ChangeRow.plan_id) == plan_id)
                .group_by(col(ChangeRow.action))
            )
            return Counter({Action(action): count for action, count in rows})


def _supersede_drafts(session: Session, connection_id: int) -> None:
    drafts = select(col(PlanRow.id)).where(
        col(PlanRow.connection_id) == connection_id, col(PlanRow.status) == PlanStatus.DRAFT.value
    )
    session.execute(
        delete(ChangeRow).where(col(ChangeRow.plan_id).in_(drafts), col(ChangeRow.action) == Action.SKIP.value)
    )
    session.execute(update(PlanRow).where(col(PlanRow.id).in_(drafts)).values(status=PlanStatus.SUPERSEDED.value))


def _row(plan_id: str, change: Change) -> dict[str, object]:
    return {
        "plan_id": plan_id,
        "seq": change.seq,
        "kind": change.kind.value,
        "core_id": change.core_id,
        "action": change.action.value,
        "body": change_text(change),
    }


def change_text(change: Change) -> str:
    """A change as JSON. Contents go in as texts of their own, since only their kind tells their type."""
    plain = dataclasses.replace(change, content=None, core_content=None, posted=None)
    body = _CHANGE.dump_python(plain, mode="json")
    body.update({name: to_json(getattr(change, name)) for name in _CONTENTS})
    return json.dumps(body, ensure_ascii=False)


def change_of(text: str) -> Change:
    """A stored change as a value. Most of its contents are equal texts, so each is read once."""
    body = json.loads(text)
    kind = LedgerKind(body["ledger_kind"])
    read = {text: from_json(kind, text) for text in {body[name] for name in _CONTENTS}}
    contents = {name: read[body[name]] for name in _CONTENTS}
    return _CHANGE.validate_python(body | contents, strict=False)


def _plan(row: PlanRow, changes: tuple[Change, ...]) -> Plan:
    return Plan(
        id=row.id,
        connection_id=row.connection_id,
        status=PlanStatus(row.status),
        digest=row.digest,
        built_at=row.built_at,
        built_by=row.built_by,
        scope=_SCOPE.validate_json(row.scope),
        mapping_version=row.mapping_version,
        changes=changes,
        runs_ended=row.runs_ended,
    )
