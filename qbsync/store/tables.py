"""The tables of the sync. Names are singular; all that belongs to a QuickBooks company carries its connection."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from qbsync.store.columns import ExactDecimal, UtcDateTime


class ConnectionRow(SQLModel, table=True):
    """A QuickBooks company we may talk to."""

    __tablename__ = "connection"
    id: int | None = Field(default=None, primary_key=True)
    realm_id: str
    environment: str
    company_name: str
    state: str
    connected_at: datetime = Field(sa_type=UtcDateTime)
    connected_by: str
    company: str = Field(default="", sa_type=Text)  # JSON: what it is and allows
    pulled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    kept_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # the worker's latest daily upkeep
    __table_args__ = (Index("connection_realm", "realm_id", "environment", unique=True),)


class TokenRow(SQLModel, table=True):
    """A company's tokens, encrypted; the previous pair is kept until the new one has worked."""

    __tablename__ = "token"
    connection_id: int = Field(primary_key=True, foreign_key="connection.id")
    sealed: str = Field(sa_type=Text)
    previous_sealed: str = Field(default="", sa_type=Text)
    updated_at: datetime = Field(sa_type=UtcDateTime)


class OAuthState(SQLModel, table=True):
    """One request for consent. Spent once, and only while fresh; the state itself is not stored, only its hash."""

    __tablename__ = "oauth_state"
    state_hash: str = Field(primary_key=True)
    requested_by: str
    redirect_uri: str
    beside: bool = False  # one more company beside those that are connected
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ThrottleRow(SQLModel, table=True):
    """When the next request of a channel to a company may leave, in seconds since 1970, for all processes."""

    __tablename__ = "throttle"
    environment: str = Field(primary_key=True)
    realm_id: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    next_at: float = 0
    set_at: float = 0  # when a pause was asked for


class MeteredRead(SQLModel, table=True):
    """How many reads of a company QuickBooks answered in a month (UTC): it meters those, and no writes."""

    __tablename__ = "metered_read"
    environment: str = Field(primary_key=True)
    realm_id: str = Field(primary_key=True)
    month: str = Field(primary_key=True)  # such as 2026-11
    count: int


class QboList(SQLModel, table=True):
    """A row of one of QuickBooks' lists as last read."""

    __tablename__ = "qbo_list"
    connection_id: int = Field(primary_key=True, foreign_key="connection.id")
    kind: str = Field(primary_key=True)
    ledger_id: str = Field(primary_key=True)
    entry: str = Field(sa_type=Text)  # JSON


class MappingSave(SQLModel, table=True):
    """One save of the mapping: who, when, and the preferences as of then."""

    __tablename__ = "mapping_save"
    connection_id: int = Field(primary_key=True, foreign_key="connection.id")
    version: int = Field(primary_key=True)
    saved_at: datetime = Field(sa_type=UtcDateTime)
    saved_by: str
    preferences: str = Field(sa_type=Text)  # JSON


class MappingRuleRow(SQLModel, table=True):
    """A mapping rule, valid from one version until another."""

    __tablename__ = "mapping_rule"
    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="connection.id")
    kind: str
    core_id: str
    project: str
    ledger_kind: str
    ledger_id: str
    create_name: str
    since_version: int
    until_version: int | None = Field(default=None)
    __table_args__ = (Index("mapping_rule_current", "connection_id", "until_version"),)


class LinkRow(SQLModel, table=True):
    """A Core record and its QuickBooks record, with what both said when they last agreed."""

    __tablename__ = "link"
    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="connection.id")
    kind: str
    core_id: str
    title: str
    ledger_kind: str
    ledger_id: str
    sync_token: str
    agreed_core: str = Field(default="", sa_type=Text)
    agreed_posted: str = Field(default="", sa_type=Text)
    link_only: bool = False
    dropped: bool = False
    generation: int = 0
    scope_date: date | None = Field(default=None)
    total: Decimal | None = Field(default=None, sa_type=ExactDecimal)
    balance: Decimal | None = Field(default=None, sa_type=ExactDecimal)
    paid_on: date | None = Field(default=None)
    run_id: str = ""
    updated_at: datetime = Field(sa_type=UtcDateTime)
    __table_args__ = (
        Index("link_core", "connection_id", "kind", "core_id", unique=True),
        Index("link_ledger", "connection_id", "ledger_kind", "ledger_id"),
        Index("link_scope", "connection_id", "kind", "scope_date"),
    )


class PlanRow(SQLModel, table=True):
    """A preview as stored."""

    __tablename__ = "plan"
    id: str = Field(primary_key=True)
    connection_id: int = Field(foreign_key="connection.id")
    status: str
    digest: str
    built_at: datetime = Field(sa_type=UtcDateTime)
    built_by: str
    scope: str = Field(sa_type=Text)  # JSON
    mapping_version: int
    runs_ended: int | None = Field(default=None)  # of the company when it began; older previews do not know
    __table_args__ = (Index("plan_recent", "connection_id", "built_at"),)


class ChangeRow(SQLModel, table=True):
    """One line of a plan; contents are JSON."""

    __tablename__ = "change"
    plan_id: str = Field(primary_key=True, foreign_key="plan.id")
    seq: int = Field(primary_key=True)
    kind: str
    core_id: str
    action: str
    body: str = Field(sa_type=Text)  # JSON: the whole change


class PreviewRequestRow(SQLModel, table=True):
    """A preview that the dashboard asked the worker for. Only the latest claim of a worker may report on it."""

    __tablename__ = "preview_request"
    id: str = Field(primary_key=True)
    connection_id: int = Field(foreign_key="connection.id")
    scope: str = Field(sa_type=Text)  # JSON
    asked_by: str
    asked_at: datetime = Field(sa_type=UtcDateTime)
    touched_at: datetime = Field(sa_type=UtcDateTime)
    status: str
    claim: int = 0
    step: int = 0
    doing: str = ""
    plan_id: str = ""
    note: str = Field(default="", sa_type=Text)
    __table_args__ = (
        Index(
            "preview_request_open",
            "connection_id",
            unique=True,
            sqlite_where=text("status IN ('asked', 'building')"),
            postgresql_where=text("status IN ('asked', 'building')"),
        ),
        Index("preview_request_latest", "connection_id", "asked_at"),
    )


class RunRow(SQLModel, table=True):
    """One execution of a plan. `fence` goes up each time a worker takes it: only the highest may record."""

    __tablename__ = "run"
    id: str = Field(primary_key=True)
    plan_id: str = Field(foreign_key="plan.id", unique=True)
    connection_id: int = Field(foreign_key="connection.id")
    status: str
    trigger: str
    confirmed_by: str
    fence: int = 0
    failures: int = 0
    cancel_requested: bool = False
    retry_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    note: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    touched_at: datetime = Field(sa_type=UtcDateTime)
    __table_args__ = (
        Index(
            "run_one_open",
            "connection_id",
            unique=True,
            sqlite_where=text("status IN ('queued', 'running', 'paused')"),
            postgresql_where=text("status IN ('queued', 'running', 'paused')"),
        ),
        Index("run_recent", "connection_id", "created_at"),
    )


class AttemptRow(SQLModel, table=True):
    """One write to QuickBooks of up to 30 changes, frozen at confirm. Its body never changes once it was sent."""

    __tablename__ = "attempt"
    run_id: str = Field(primary_key=True, foreign_key="run.id")
    number: int = Field(primary_key=True)
    request_id: str = Field(unique=True)
    state: str = Field(index=True)
    body: str = Field(default="", sa_type=Text)
    payload_hash: str = ""
    tries: int = 0
    any_order: bool = False
    channel: str = "batch"  # chosen when it is first sent
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class OutcomeRow(SQLModel, table=True):
    """What became of one change of a run."""

    __tablename__ = "outcome"
    run_id: str = Field(primary_key=True, foreign_key="run.id")
    seq: int = Field(primary_key=True)
    connection_id: int
    attempt_number: int | None = Field(default=None)
    bid: str = ""  # its name within that attempt
    sent_number: int | None = Field(default=None)  # the attempt in which it was sent, once it was moved to a later one
    sent_bid: str = ""
    kind: str
    core_id: str
    title: str
    action: str
    status: str
    ledger_id: str = ""
    code: str = ""
    message: str = Field(default="", sa_type=Text)
    remedy: str = Field(default="", sa_type=Text)
    place: str = ""  # where the remedy is carried out: a screen, its tab, the row there
    answer: str = Field(default="", sa_type=Text)  # QuickBooks' own, where it was a refusal
    trace: str = ""
    at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    posted_minutes: int | None = Field(default=None)  # what QuickBooks held of it then
    posted_amount: Decimal | None = Field(default=None, sa_type=ExactDecimal)
    __table_args__ = (
        Index("outcome_status", "run_id", "status"),
        Index("outcome_record", "connection_id", "kind", "core_id"),
        Index("outcome_day", "connection_id", "at"),
    )


class ConflictRow(SQLModel, table=True):
    """What a person chose for a conflict. The key holds both values, so a new edit asks again."""

    __tablename__ = "conflict"
    connection_id: int = Field(primary_key=True, foreign_key="connection.id")
    decision_key: str = Field(primary_key=True)
    kind: str
    core_id: str
    choice: str
    chosen_by: str
    chosen_at: datetime = Field(sa_type=UtcDateTime)


class LeftAloneRow(SQLModel, table=True):
    """A record that a person leaves alone. Who did so before, and who took it up again, is in the audit trail."""

    __tablename__ = "left_alone"
    connection_id: int = Field(primary_key=True, foreign_key="connection.id")
    kind: str = Field(primary_key=True)
    core_id: str = Field(primary_key=True)
    title: str
    reason: str = Field(sa_type=Text)
    who: str
    at: datetime = Field(sa_type=UtcDateTime)


class ScheduleRow(SQLModel, table=True):
    """Automatic sync of one company."""

    __tablename__ = "schedule"
    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="connection.id", index=True)
    frequency: str
    at_time: str  # HH:MM in the time zone
    weekday: int  # Monday is 0; for weekly
    month_day: int  # for monthly
    time_zone: str
    policy: str
    enabled: bool
    next_due: datetime | None = Field(default=None, sa_type=UtcDateTime)
    saved_by: str
    saved_at: datetime = Field(sa_type=UtcDateTime)


class FiringRow(SQLModel, table=True):
    """One due moment of a schedule. The id is made of the schedule and the moment: it can fire once."""

    __tablename__ = "firing"
    id: str = Field(primary_key=True)
    schedule_id: int = Field(foreign_key="schedule.id", index=True)
    due_at: datetime = Field(sa_type=UtcDateTime)
    fired_at: datetime = Field(sa_type=UtcDateTime)  # of its last try
    tries: int = 1
    result: str = Field(default="", sa_type=Text)
    plan_id: str = ""
    run_id: str = ""


class NotificationRow(SQLModel, table=True):
    """A notice for people, in the dashboard and outside it."""

    __tablename__ = "notification"
    id: int | None = Field(default=None, primary_key=True)
    connection_id: int | None = Field(default=None)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    severity: str
    title: str
    body: str = Field(sa_type=Text)
    page: str = ""
    once: str | None = Field(default=None, unique=True)  # of notices with one of these there is one
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditRow(SQLModel, table=True):
    """Who did what, and when. Only ever added to."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    connection_id: int | None = Field(default=None)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str
    what: str
    subject: str
    detail: str = Field(default="", sa_type=Text)


class RuleSave(SQLModel, table=True):
    """One save of the rules of a company, or of the installation (owner 0): who, when, and all rules as of then."""

    __tablename__ = "rule_save"
    owner: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = Field(primary_key=True)
    saved_at: datetime = Field(sa_type=UtcDateTime)
    saved_by: str
    rules: str = Field(sa_type=Text)  # JSON


class ChoreRow(SQLModel, table=True):
    """What is done once a day for the whole installation, and when it was last begun."""

    __tablename__ = "chore"
    name: str = Field(primary_key=True)
    begun_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class QueueStep(SQLModel, table=True):
    """A step of the shared engine's own tables (procrastinate's) that was applied here; none with the embedded one."""

    __tablename__ = "queue_step"
    name: str = Field(primary_key=True)
