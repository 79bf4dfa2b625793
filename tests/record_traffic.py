"""Sync the sample company once and write every body of that traffic to a file, to be held against a schema.

python -m tests.record_traffic FILE.ndjson
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from qbsync.bootstrap import App
from qbsync.domain.decide import Action, Choice
from qbsync.domain.plan import Scope
from tests.company import WHO, Company, make_ready
from tests.local_books import REALM, LocalBooks


def main(target: str) -> int:
    """A push of everything, a payment, an edit, a deletion, a pull, and a run that answers them."""
    with TemporaryDirectory() as folder, LocalBooks.running(Path(folder) / "books.db", "--record", target) as books:
        company = Company(folder=Path(folder), books=books)
        make_ready(company)
        push_all(company)
        act_as_a_colleague(company)
        answer_the_colleague(company)
    written = Path(target).read_text(encoding="utf-8").count("\n")
    print(f"{written} bodies written to {target}")
    return 0


def push_all(company: Company) -> None:
    _, run_id = company.confirmed_run(Scope())
    app = company.app()
    app.running.push(run_id)
    status = app.runs.get(run_id).status.value
    app.database.close()
    assert status == "done", status


def act_as_a_colleague(company: Company) -> None:
    app = company.app()
    bill, entry, gone = (
        first_of(app, kind, skip) for kind, skip in (("Bill", 0), ("TimeActivity", 0), ("TimeActivity", 1))
    )
    app.database.close()
    company.books.control(f"{REALM}/pay", bill_id=bill, amount=float(Decimal(10)), date="2026-11-20")
    company.books.control(f"{REALM}/edit", entity="TimeActivity", id=entry, changes={"Hours": 1, "Minutes": 5})
    company.books.control(f"{REALM}/delete", entity="TimeActivity", id=gone)


def first_of(app: App, kind: str, skip: int) -> str:
    ids = [link.ledger_id for link in app.links.all(app.connection().id) if link.ledger_kind.value == kind]
    return ids[skip]


def answer_the_colleague(company: Company) -> None:
    app = company.app()
    app.pulling.pull(app.connection().id)
    plan = app.previewing.build(app.connection().id, Scope(), who=WHO)
    for change in plan.changes:
        if change.action is Action.CONFLICT:
            app.previewing.choose(plan.id, change.seq, Choice.KEEP_CORE, who=WHO)
    plan = app.previewing.build(app.connection().id, Scope(), who=WHO)
    app.running.push(app.confirming.confirm(plan.id, plan.digest, who=WHO).id)
    app.database.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
