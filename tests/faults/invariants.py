"""What must hold whatever breaks (invariants I1 to I10), by the local QuickBooks' own record and our database."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from qbsync.bootstrap import App
from qbsync.domain.ledger import Content
from qbsync.domain.plan import Change
from qbsync.domain.run import Attempt, AttemptState, Channel, Outcome, OutcomeStatus, RunStatus
from qbsync.store.run_values import attempt_of
from qbsync.store.runs import Runs
from qbsync.store.tables import AttemptRow
from tests.company import Company
from tests.local_books import REALM

Row = dict[str, Any]
SINGLES = {"create", "update", "delete"}
SENT = {AttemptState.SENDING, AttemptState.ANSWERED, AttemptState.UNANSWERED}
MAY_BE_THERE = {OutcomeStatus.WAITING, OutcomeStatus.UNANSWERED}
MARK = re.compile(r"\[PF-[0-9A-Z]{10}\]")
SINGLE = re.compile(r"([0-9a-f-]{36})-(\d{1,2})")  # the request id of one record of an attempt that was sent singly


@dataclass(frozen=True, kw_only=True)
class Limits:
    """QuickBooks' published limits in one window, which a throttle factor makes shorter."""

    seconds: float = 60
    requests: int = 500
    batches: int = 40


@dataclass(frozen=True, kw_only=True)
class Sight:
    """Both sides of one run at one moment."""

    status: RunStatus
    total: int
    counted: dict[OutcomeStatus, int]
    attempts: list[Attempt]
    payloads: dict[str, str]  # request id → digest of the bytes that we kept for it
    items: dict[tuple[str, str], int]  # request id and bid → the change that the kept body has there
    outcomes: dict[int, Outcome]
    changes: dict[int, Change]
    applied: list[Row]
    requests: list[Row]

    @property
    def done(self) -> int:
        return self.counted.get(OutcomeStatus.DONE, 0)


@dataclass
class Invariants:
    """Checks one run, at any moment and at its end. Each broken rule is a sentence that names what broke."""

    company: Company
    run_id: str
    limits: Limits | None = None
    make_runs: Callable[..., Runs] = Runs
    after: int | None = None  # the number of QuickBooks' last write before the run; None: of its last one now
    realm: str = REALM
    before: Sight | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._app: App = self.company.app()
        self._app.runs = self.make_runs(self._app.database)
        self._heard = len(self.company.books.requests())
        latest = max((int(row["seq"]) for row in self.company.books.applied(self.realm)), default=0)
        self.first = latest if self.after is None else self.after

    def broken(self) -> list[str]:
        """What does not hold now. To be asked after each fault, in the middle of a run as well."""
        sight, before = self._look(), self.before
        self.before = sight
        found = [*_i1(sight), *_i2(sight), *_i3(sight), *_i4(sight), *_i5(sight), *_i6(sight), *_i9(sight)]
        if self.limits:
            found += _i7(sight.requests[self._heard :], self.limits)
        if before:
            found += [*_fallen(before, sight), *_i10(before, sight)]
        return found

    def broken_at_end(self) -> list[str]:
        """What does not hold after all faults are over and the run had its time."""
        found = self.broken()
        sight = self._look()
        return [*found, *_i8(sight), *_explained(sight), *_cancelled(sight), *self._in_the_books(sight)]

    def _in_the_books(self, sight: Sight) -> Iterator[str]:
        """I1 and I2 once more, by reading the records themselves and the marks that they carry."""
        for entity in sorted({row["entity"] for row in sight.applied}):
            names = "WHERE Active IN (true, false)" if entity in ("Customer", "Vendor", "Employee") else ""
            records = self.company.books.read_all(entity, names, self.realm)
            missing = _ids_of(sight, entity) - {str(record["Id"]) for record in records}
            if missing:
                yield f"I1: {entity} {', '.join(sorted(missing))} is done here and does not exist in QuickBooks."
            text = "Description" if entity == "TimeActivity" else "PrivateNote"
            marks = Counter(mark for record in records for mark in MARK.findall(record.get(text) or ""))
            for mark, count in marks.items():
                if count > 1:
                    yield f"I2: {entity} {mark} is in QuickBooks {count} times."

    def _look(self) -> Sight:
        app, books = self._app, self.company.books
        run, progress = app.runs.get(self.run_id), app.runs.progress(self.run_id)
        outcomes = {one.seq: one for one in app.runs.outcomes(self.run_id)}
        with app.database.read() as session:
            rows = session.execute(select(AttemptRow).where(col(AttemptRow.run_id) == self.run_id)).scalars().all()
            attempts = [attempt_of(session, row) for row in rows]
            payloads = {
                request: digest
                for attempt, row in zip(attempts, rows, strict=True)
                for request, digest in _digests(attempt, row.payload_hash).items()
            }
        changes = app.plans.changes(run.plan_id, outcomes)
        return Sight(
            status=run.status,
            total=progress.total,
            counted=dict(progress.counts),
            attempts=attempts,
            payloads=payloads,
            outcomes=outcomes,
            items=_items(attempts, changes),
            changes=changes,
            applied=[row for row in books.applied(self.realm) if int(row["seq"]) > self.first],
            requests=[row for row in books.requests() if row["realm"] in ("", self.realm)],
        )


def _ids_of(sight: Sight, entity: str) -> set[str]:
    """The QuickBooks ids of what is done here, but for what was done by deleting."""
    return {
        one.ledger_id
        for seq, one in sight.outcomes.items()
        if one.status is OutcomeStatus.DONE
        and sight.changes[seq].ledger_kind.value == entity
        and one.action.value != "delete"
    }


def _writes(sight: Sight) -> list[Row]:
    """Every write with a request id, batches and single ones, in order."""
    rows = (row for row in sight.requests if row["kind"] == "batch" or (row["kind"] in SINGLES and row["request_id"]))
    return sorted(rows, key=lambda row: float(row["started"]))


def attempt_id(request_id: str) -> str:
    """The request id of the attempt that a write belongs to: its own, or that of which its own is made."""
    single = SINGLE.fullmatch(request_id)
    return single.group(1) if single else request_id


def _asked_by(row: Row) -> tuple[str, str]:
    """The attempt and the item of it that asked for a write that was carried out."""
    single = SINGLE.fullmatch(row["requestid"] or "")
    return (single.group(1), single.group(2)) if single else (row["requestid"], row["bId"])


def _digests(attempt: Attempt, payload: str) -> dict[str, str]:
    """What each request of an attempt must consist of: the kept body as it is, or the text of one of its records."""
    if not attempt.body or attempt.channel is Channel.BATCH:
        return {attempt.request_id: payload}
    found, decoder = {}, json.JSONDecoder()
    for item in json.loads(attempt.body)["BatchItemRequest"]:
        entity = next(key for key, value in item.items() if isinstance(value, dict))
        for place in re.finditer(f'"{entity}":', attempt.body):
            record, end = decoder.raw_decode(attempt.body, place.end())
            if record == item[entity]:
                text = attempt.body[place.end() : end]
                found[f"{attempt.request_id}-{item['bId']}"] = hashlib.sha256(text.encode()).hexdigest()
    return found


def _items(attempts: Sequence[Attempt], changes: dict[int, Change]) -> dict[tuple[str, str], int]:
    """Which change each item of a kept body is, by its mark or its name: a change may move to a later attempt."""
    seqs = {(change.ledger_kind.value, _known_by(change.content)): seq for seq, change in changes.items()}
    found = {}
    for attempt in attempts:
        for item in json.loads(attempt.body)["BatchItemRequest"] if attempt.body else []:
            entity, record = next((key, value) for key, value in item.items() if isinstance(value, dict))
            mark = MARK.search(json.dumps(record))
            found[attempt.request_id, item["bId"]] = seqs[entity, mark.group() if mark else record["DisplayName"]]
    return found


def _known_by(content: Content | None) -> str:
    mark = MARK.search(str(content))
    return mark.group() if mark else str(getattr(content, "display_name", ""))


def _i1(sight: Sight) -> Iterator[str]:
    """Each change that is done has one QuickBooks id of its own, and QuickBooks carried it out, once."""
    made: dict[int, list[str]] = {}
    for row in sight.applied:
        seq = sight.items.get(_asked_by(row))
        if seq is not None:
            made.setdefault(seq, []).append(str(row["id"]))
    owners: dict[tuple[str, str], int] = {}
    for seq, one in sight.outcomes.items():
        change = sight.changes[seq]
        if one.status is not OutcomeStatus.DONE or change.operation is None:
            continue
        if made.get(seq) != [one.ledger_id]:
            yield f"I1: change {seq} ({one.title}) is {one.ledger_id!r} here, and {made.get(seq)} in QuickBooks."
        other = owners.setdefault((change.ledger_kind.value, one.ledger_id), seq)
        if other != seq:
            yield f"I1: changes {other} and {seq} have the same QuickBooks id {one.ledger_id}."


def _i2(sight: Sight) -> Iterator[str]:
    """No request is carried out twice, and the ids are distinct."""
    for (request, bid), count in Counter(map(_asked_by, sight.applied)).items():
        if count > 1:
            yield f"I2: item {bid} of request {request} was carried out {count} times."
    created = Counter((row["entity"], str(row["id"])) for row in sight.applied if row["operation"] == "create")
    for (entity, record_id), count in created.items():
        if count > 1:
            yield f"I2: {entity} {record_id} was created {count} times."


def _i3(sight: Sight) -> Iterator[str]:
    """Intent before effect: all that is in QuickBooks is sent or done here."""
    sent = {attempt.request_id: attempt for attempt in sight.attempts if attempt.state in SENT}
    for row in sight.applied:
        attempt = sent.get(_asked_by(row)[0])
        if attempt is None:
            yield f"I3: {row['entity']} {row['id']} is in QuickBooks by request {row['requestid']}, not sent here."
            continue
        one = sight.outcomes[sight.items[_asked_by(row)]]
        open_still = attempt.state is not AttemptState.ANSWERED and one.status in MAY_BE_THERE
        if one.status is not OutcomeStatus.DONE and not open_still:
            yield f"I3: {row['entity']} {row['id']} is in QuickBooks, and change {one.seq} says {one.status.value!r}."


def _i4(sight: Sight) -> Iterator[str]:
    """One request id, one body: the one that we kept before it was sent."""
    digests: dict[str, set[str]] = {}
    for row in _writes(sight):
        digests.setdefault(row["request_id"], set()).add(row["body_sha256"])
    for request, found in digests.items():
        if len(found) > 1:
            yield f"I4: request {request} was sent with {len(found)} different bodies."
        if request in sight.payloads and found != {sight.payloads[request]}:
            yield f"I4: request {request} was sent with another body than the one kept for it."
        if request not in sight.payloads and attempt_id(request) in {one.request_id for one in sight.attempts}:
            yield f"I4: request {request} is not how its attempt was to be sent: it went over the other channel."


def _i5(sight: Sight) -> Iterator[str]:
    """Never two writes under way at once from two workers of one company."""
    last: Row | None = None
    for row in _writes(sight):
        if last and row["caller"] != last["caller"] and row["started"] < last["ended"]:
            yield f"I5: {row['caller']} sent {row['request_id']} while {last['caller']}'s write was under way."
        if last is None or row["ended"] > last["ended"]:
            last = row


def _i6(sight: Sight) -> Iterator[str]:
    """Only the highest fence goes on: after a take-over, the worker before it begins no new write.

    What it had begun (kept as *sending*) it may still send: frozen between its last look and the socket, it knows of
    nothing when it wakes, and the request id keeps that from being done twice.
    """
    began_at = {one.request_id: one.sent_at.timestamp() for one in sight.attempts if one.sent_at is not None}
    known: set[str] = set()
    callers: list[str] = []
    taken_at: list[float] = []  # when each of them made its first write
    for row in _writes(sight):
        caller, request = row["caller"], attempt_id(row["request_id"])
        if caller not in callers:
            callers.append(caller)
            taken_at.append(float(row["started"]))
        following = callers.index(caller) + 1
        is_replaced = following < len(callers)
        if is_replaced and request not in known and began_at.get(request, math.inf) > taken_at[following]:
            yield f"I6: {caller} began {request} after {callers[-1]} had taken the run over."
        known.add(request)


def _i7(requests: Sequence[Row], limits: Limits) -> Iterator[str]:
    """The published limits hold in every window."""
    calls = [row for row in requests if row["realm"]]
    batches = [row for row in calls if row["kind"] == "batch"]
    for name, rows, most in (("requests", calls, limits.requests), ("batches", batches, limits.batches)):
        starts = sorted(float(row["started"]) for row in rows)
        for first, last in zip(starts, starts[most:], strict=False):
            if last - first < limits.seconds:
                yield f"I7: more than {most} {name} within {limits.seconds:g} s."
                break


def _i8(sight: Sight) -> Iterator[str]:
    """Once the faults stop, every open run ends."""
    if sight.status not in (RunStatus.DONE, RunStatus.PARTLY_FAILED, RunStatus.FAILED, RunStatus.CANCELLED):
        yield f"I8: the run is still {sight.status.value!r} after the faults are over."
    for attempt in sight.attempts:
        if attempt.state is AttemptState.SENDING:
            yield f"I8: attempt {attempt.number} is still being sent."


def _i9(sight: Sight) -> Iterator[str]:
    """The counters equal the rows."""
    rows = Counter(one.status for one in sight.outcomes.values())
    if dict(rows) != sight.counted or sight.total != len(sight.outcomes):
        yield f"I9: the run counts {sight.counted}, and its rows are {dict(rows)}."


def _fallen(before: Sight, sight: Sight) -> Iterator[str]:
    if sight.done < before.done or sight.total != before.total:
        yield f"I9: the counters fell from {before.done} of {before.total} to {sight.done} of {sight.total}."


def _i10(before: Sight, sight: Sight) -> Iterator[str]:
    """What has ended stays as it ended; only what was never answered may be settled later."""
    for seq, was in before.outcomes.items():
        now = sight.outcomes[seq]
        if was.status not in MAY_BE_THERE and now != was:
            yield f"I10: change {seq} was {was.status.value!r} and is {now.status.value!r} now, or was rewritten."
    ended = before.status in (RunStatus.DONE, RunStatus.PARTLY_FAILED, RunStatus.FAILED, RunStatus.CANCELLED)
    if ended and sight.status is not before.status:
        yield f"I10: the run had ended as {before.status.value!r} and is {sight.status.value!r} now."


def _cancelled(sight: Sight) -> Iterator[str]:
    """What a cancelled run counts as done is what it left in QuickBooks."""
    ours = {attempt.request_id for attempt in sight.attempts}
    there = sum(_asked_by(row)[0] in ours for row in sight.applied)
    written = sum(
        one.status is OutcomeStatus.DONE and sight.changes[seq].operation is not None
        for seq, one in sight.outcomes.items()
    )
    if sight.status is RunStatus.CANCELLED and there != written:
        yield f"I10: the cancelled run counts {written} as done, and QuickBooks carried out {there}."


def _explained(sight: Sight) -> Iterator[str]:
    """Nothing is lost: a change is in QuickBooks, or says why it is not."""
    for seq, one in sight.outcomes.items():
        if one.status is OutcomeStatus.WAITING or (one.status is not OutcomeStatus.DONE and not one.message):
            yield f"I1: change {seq} ({one.title}) is neither in QuickBooks nor explained."
