"""The composition root: the only place that reads the clock, draws random ids, and builds the edges."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import NoReturn

from structlog.contextvars import bound_contextvars

from qbsync.domain.connection import Connection, TokenSet
from qbsync.domain.errors import BadInput
from qbsync.domain.ports import Ledger, Tokens
from qbsync.domain.records import CoreKind
from qbsync.logs import configure_logs
from qbsync.notify.sender import AppriseNotifier
from qbsync.proforge.archive import write_archive
from qbsync.proforge.files import read_exports
from qbsync.proforge.layouts import DAYS
from qbsync.proforge.table_files import SpreadsheetFiles
from qbsync.proforge.templates import template_csv, template_workbook
from qbsync.qbo.auth import OAuthClient
from qbsync.qbo.client import QboLedger, item_text
from qbsync.qbo.endpoints import Endpoints, endpoints_for
from qbsync.qbo.transport import USER_AGENT, Transport
from qbsync.services.asking import Asking
from qbsync.services.clearing import Clearing
from qbsync.services.confirm import Confirming
from qbsync.services.connect import Connecting, GivenTokens, TokenKeeper
from qbsync.services.doctor import Examining
from qbsync.services.engine import Engine
from qbsync.services.house_rules import HouseRules
from qbsync.services.intake import Intake
from qbsync.services.leaving import Leaving
from qbsync.services.mapping import Mapping
from qbsync.services.notify import Notifying
from qbsync.services.preview import Previewing
from qbsync.services.pull import Pulling
from qbsync.services.record_states import Standings
from qbsync.services.retry import Retrying
from qbsync.services.run import Running
from qbsync.services.scheduling import Scheduling
from qbsync.services.story import Telling
from qbsync.services.tieout import TyingOut
from qbsync.services.upkeep import Upkeep
from qbsync.settings import Settings
from qbsync.store.clearing import OldRecords
from qbsync.store.connections import Connections, SharedThrottle
from qbsync.store.core_records import CoreRecords
from qbsync.store.database import Database
from qbsync.store.dump import dumped
from qbsync.store.history import History
from qbsync.store.house_rules import HouseRuleStore
from qbsync.store.left_alone import LeftAloneRecords
from qbsync.store.links import Links
from qbsync.store.mappings import Mappings
from qbsync.store.notices import Notices
from qbsync.store.place import worker_place
from qbsync.store.plans import Plans
from qbsync.store.preview_requests import PreviewRequests
from qbsync.store.queue import upgrade_queue
from qbsync.store.runs import Runs
from qbsync.store.schedules import Schedules
from qbsync.store.sealing import Seal, key_from_file
from qbsync.store.upgrade import upgrade
from qbsync.worker.embedded import EmbeddedEngine
from qbsync.worker.loop import Worker
from qbsync.worker.shared import ProcrastinateEngine
from qbsync.worker.waiting import Waiting

LEFT = 75  # the exit code of a worker that lost a run to another one: start it again


def now() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A fresh id for a plan or a run, short enough to be read out."""
    return uuid.uuid4().hex[:12]


def new_secret() -> str:
    """A secret that cannot be guessed."""
    return secrets.token_urlsafe(32)


def leave() -> NoReturn:
    """End this process at once, without putting anything in order: its runs are another worker's by now."""
    os._exit(LEFT)


def crash_hook(setting: str) -> CrashHook:
    """A hook that kills this process at a marked point: `point` or `point:n` for the n-th time it is passed."""
    point, _, count = setting.partition(":")
    return CrashHook(point, int(count or 1))


@dataclass
class CrashHook:
    """Kills the process, as a power cut would, when a marked point is passed for the n-th time. For tests."""

    point: str
    left: int

    def __call__(self, point: str) -> None:
        if point != self.point:
            return
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class App:
    """The whole product, built from its settings. Parts are made when they are first used, once each."""

    settings: Settings
    user_agent: str = USER_AGENT  # what QuickBooks is told who asks

    # storage -------------------------------------------------------------------------------------------------

    @cached_property
    def database(self) -> Database:
        """The database, brought to this version."""
        self.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)  # payroll is nobody else's business
        database = Database(
            self.settings.store_url,
            self.settings.data_dir / "locks",
            busy_seconds=self.settings.busy_seconds,
            idle_seconds=self.settings.idle_seconds,
            threads=self.settings.companies_at_once,
        )
        upgrade(database)
        if self.settings.is_shared:
            upgrade_queue(database)
        return database

    @cached_property
    def core(self) -> CoreRecords:
        return CoreRecords(self.database)

    @cached_property
    def connections(self) -> Connections:
        given = self.settings.encryption_keys.get_secret_value().replace(",", " ").split()
        seal = Seal(given or [key_from_file(self.settings.data_dir / "secret.key")])
        return Connections(self.database, seal, self.settings.qbo_environment)

    @cached_property
    def mappings(self) -> Mappings:
        return Mappings(self.database)

    @cached_property
    def links(self) -> Links:
        return Links(self.database)

    @cached_property
    def left_alone(self) -> LeftAloneRecords:
        return LeftAloneRecords(self.database)

    @cached_property
    def plans(self) -> Plans:
        return Plans(self.database)

    @cached_property
    def runs(self) -> Runs:
        return Runs(self.database, at_point=self.crash, environment=self.settings.qbo_environment)

    @cached_property
    def rule_store(self) -> HouseRuleStore:
        return HouseRuleStore(self.database)

    @cached_property
    def schedules(self) -> Schedules:
        return Schedules(self.database)

    @cached_property
    def notices(self) -> Notices:
        return Notices(self.database)

    @cached_property
    def history(self) -> History:
        return History(self.database)

    # QuickBooks ----------------------------------------------------------------------------------------------

    @cached_property
    def endpoints(self) -> Endpoints:
        settings = self.settings
        return endpoints_for(
            settings.qbo_environment,
            local_base=f"http://127.0.0.1:{settings.sandbox_port}",
            api_base=settings.qbo_api_base,
            discovery_url=settings.qbo_discovery_url,
            graphql_url=settings.qbo_graphql_url,
        )

    @cached_property
    def oauth(self) -> OAuthClient:
        client_id, client_secret = self.settings.client
        return OAuthClient(
            client_id=client_id,
            client_secret=client_secret,
            discovery_url=self.endpoints.discovery_url,
            clock=now,
        )

    def ledger_of(self, connection_id: int) -> Ledger:
        """The ledger of a connected company, with its own kept-alive connection.

        Raises BadInput for a company of another QuickBooks: its tokens must never go to this one.
        """
        connection = self.connections.get(connection_id)
        self._refuse_other_environment(connection)
        keeper = self._keeper(connection_id)
        return self._ledger(connection.realm_id, keeper, keeper.access_accepted)

    def _keeper(self, connection_id: int) -> TokenKeeper:
        return TokenKeeper(
            connection_id=connection_id,
            connections=self.connections,
            oauth=self.oauth,
            lock=self.database.lock,
            clock=now,
        )

    def _refuse_other_environment(self, connection: Connection) -> None:
        if connection.environment is not self.settings.qbo_environment:
            raise BadInput(
                f"{connection.company_name} was connected with QBSYNC_QBO_ENVIRONMENT={connection.environment}, which "
                f"is now {self.settings.qbo_environment}: nothing was sent. Set it back, or connect a company again."
            )

    def probe(self, realm_id: str, tokens: TokenSet) -> Ledger:
        """A ledger for the first look at a company, before there is a connection."""
        return self._ledger(realm_id, GivenTokens(tokens))

    def _ledger(self, realm_id: str, tokens: Tokens, accepted: Callable[[str], None] = lambda _: None) -> QboLedger:
        return QboLedger(
            Transport(
                endpoints=self.endpoints,
                realm_id=realm_id,
                tokens=tokens,
                accepted=accepted,
                throttle=SharedThrottle(
                    self.database, realm_id, self.settings.throttle_rates, now, self.settings.qbo_environment
                ),
                clock=now,
                sleeper=self.waiting,
                user_agent=self.user_agent,
            )
        )

    # use cases -----------------------------------------------------------------------------------------------

    @cached_property
    def crash(self) -> CrashHook:
        return crash_hook(self.settings.crash_at)

    @cached_property
    def stopping(self) -> threading.Event:
        return threading.Event()

    @cached_property
    def waiting(self) -> Waiting:
        return Waiting(self.stopping, now)

    @cached_property
    def notifying(self) -> Notifying:
        notifier = AppriseNotifier(self.settings.notify_urls.get_secret_value())
        return Notifying(notices=self.notices, notifier=notifier, clock=now)

    @cached_property
    def connecting(self) -> Connecting:
        return Connecting(
            connections=self.connections,
            notices=self.notices,
            oauth=self.oauth,
            probe=self.probe,
            ledger_of=self.ledger_of,
            lock=self.database.lock,
            environment=self.settings.qbo_environment,
            redirect_uri=self.settings.redirect_uri,
            clock=now,
            new_secret=new_secret,
        )

    @cached_property
    def examining(self) -> Examining:
        return Examining(connections=self.connections, ledger_of=self.ledger_of, clock=now)

    @cached_property
    def intake(self) -> Intake:
        read = partial(read_exports, week_ends_on=DAYS.index(self.settings.week_ends_on))
        return Intake(core=self.core, notices=self.notices, read=read, clock=now)

    def template(self, kind: CoreKind | None = None) -> bytes:
        """A file for people to fill in: one kind as CSV, or all of them as one workbook."""
        return template_csv(kind) if kind else template_workbook()

    @cached_property
    def mapping(self) -> Mapping:
        return Mapping(
            core=self.core,
            connections=self.connections,
            mappings=self.mappings,
            links=self.links,
            notices=self.notices,
            files=SpreadsheetFiles(),
            clock=now,
        )

    @cached_property
    def pulling(self) -> Pulling:
        return Pulling(connections=self.connections, links=self.links, ledger_of=self.ledger_of, clock=now)

    @cached_property
    def running(self) -> Running:
        return Running(
            connections=self.connections,
            links=self.links,
            plans=self.plans,
            runs=self.runs,
            notifying=self.notifying,
            ledger_of=self.ledger_of,
            clock=now,
            sleeper=self.waiting,
            singles_at_once=self.settings.single_writes,
            at_point=self.crash,
            stopping=self.stopping.is_set,
        )

    @cached_property
    def previewing(self) -> Previewing:
        return Previewing(
            core=self.core,
            connections=self.connections,
            mappings=self.mappings,
            links=self.links,
            left_alone=self.left_alone,
            plans=self.plans,
            running=self.running,
            pulling=self.pulling,
            ledger_of=self.ledger_of,
            clock=now,
            new_id=new_id,
        )

    @cached_property
    def asking(self) -> Asking:
        return Asking(
            requests=PreviewRequests(self.database),
            previewing=self.previewing,
            retrying=self.retrying,
            clock=now,
            new_id=new_id,
        )

    @cached_property
    def retrying(self) -> Retrying:
        return Retrying(runs=self.runs, plans=self.plans, previewing=self.previewing)

    @cached_property
    def leaving(self) -> Leaving:
        return Leaving(left=self.left_alone, runs=self.runs, history=self.history, plans=self.plans, clock=now)

    @cached_property
    def engine(self) -> Engine:
        if not self.settings.is_shared:
            return EmbeddedEngine(self.runs, now, self.settings.companies_at_once)
        return ProcrastinateEngine(
            runs=self.runs,
            clock=now,
            address=self.database.server_address,
            companies_max=self.settings.companies_at_once,
            stalled_seconds=self.settings.stalled_seconds,
            idle_seconds=self.settings.idle_seconds,
            leave=leave,
        )

    @cached_property
    def confirming(self) -> Confirming:
        return Confirming(
            core=self.core,
            left_alone=self.left_alone,
            mappings=self.mappings,
            plans=self.plans,
            rules=self.rule_store,
            runs=self.runs,
            engine=self.engine,
            clock=now,
            new_id=new_id,
        )

    @cached_property
    def scheduling(self) -> Scheduling:
        return Scheduling(
            schedules=self.schedules,
            notices=self.notices,
            rules=self.rule_store,
            previewing=self.previewing,
            confirming=self.confirming,
            notifying=self.notifying,
            clock=now,
        )

    @cached_property
    def upkeep(self) -> Upkeep:
        return Upkeep(
            connections=self.connections,
            connecting=self.connecting,
            notifying=self.notifying,
            clearing=Clearing(rules=self.rule_store, old=OldRecords(self.database), clock=now),
            tokens_of=self._keeper,
            environment=self.settings.qbo_environment,
            clock=now,
        )

    @cached_property
    def house_rules(self) -> HouseRules:
        return HouseRules(saved=self.rule_store, notices=self.notices, clock=now)

    @cached_property
    def telling(self) -> Telling:
        return Telling(links=self.links, history=self.history, ledger_of=self.ledger_of)

    @cached_property
    def standings(self) -> Standings:
        return Standings(
            core=self.core,
            connections=self.connections,
            mappings=self.mappings,
            links=self.links,
            left_alone=self.left_alone,
            history=self.history,
        )

    @cached_property
    def tying_out(self) -> TyingOut:
        return TyingOut(links=self.links, plans=self.plans, runs=self.runs)

    def export(self, target: Path) -> dict[str, int]:
        """Write every table but the secrets into a zip of CSV files; returns the rows of each. Raises BadInput."""
        if target.exists():
            raise BadInput(f"{target} is there already. Choose another name.")
        with dumped(self.database) as tables:
            return write_archive(target, tables)

    def sent_text(self, run_id: str, seq: int) -> str:
        """What was sent to QuickBooks for a change of a run, as JSON; "" when nothing was. It holds no secret."""
        body, bid = self.runs.sent_in(run_id, seq)
        return item_text(body, bid) if body else ""

    def worker(self) -> Worker:
        """A worker for this database."""
        name = f"qbsync worker {os.getpid()} on {socket.gethostname()}"
        place = worker_place(self.database, name, self.settings.takeover_seconds, shared=self.settings.is_shared)
        running = self.running  # made here, before threads ask for it

        def push(run_id: str) -> bool:
            with bound_contextvars(run=run_id), self.waiting.pushing(lambda: self.runs.get(run_id).fence):
                return running.push(run_id)

        return Worker(self.engine, push, self.scheduling, place, self.stopping, self.upkeep.tick, self.asking.work)

    def connection(self) -> Connection:
        """The connected company, by the settings where there are several. Raises as `Connecting.current`."""
        return self.connecting.current(self.settings.company)

    def known_connection(self) -> Connection:
        """The connected company, or the one that last was, by the settings where there are several."""
        return self.connecting.known(self.settings.company)


def build(settings: Settings | None = None, *, log_level: int = logging.INFO) -> App:
    """The product by the given settings, else by those of the environment."""
    settings = settings or Settings()
    if settings.is_shared and settings.store_url.startswith("sqlite"):
        raise BadInput(
            "QBSYNC_ENGINE=procrastinate needs PostgreSQL, and the database is an SQLite file. Set QBSYNC_DATABASE_URL "
            "to a PostgreSQL database, or leave QBSYNC_ENGINE out: one worker on one machine needs nothing else."
        )
    configure_logs(settings.log_format, log_level)
    return App(settings)
