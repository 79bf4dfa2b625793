"""What the worker does once a day: keep seldom used companies connected, and clear what nobody wants to keep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from qbsync.domain.connection import Connection, ConnectionState, Environment, consent_warning
from qbsync.domain.errors import ConnectionExpired, QbsyncError
from qbsync.domain.ports import Clock, Tokens
from qbsync.services.clearing import Clearing
from qbsync.services.connect import Connecting
from qbsync.services.notify import Notifying
from qbsync.services.stores import ConnectionStore

log = structlog.get_logger(__name__)

EVERY = timedelta(days=1)
AGAIN_AFTER = timedelta(hours=1)  # when it did not work


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """Renews the consent, reads the company's facts and lists again, and warns before the consent ends by itself."""

    connections: ConnectionStore
    connecting: Connecting
    notifying: Notifying
    clearing: Clearing
    tokens_of: Callable[[int], Tokens]
    environment: Environment
    clock: Clock

    def tick(self) -> int:
        """Do what is due now; returns for how many companies."""
        ours = [
            one
            for one in self.connections.all()
            if one.environment is self.environment and one.state is ConnectionState.CONNECTED
        ]
        due = [one for one in ours if self.connections.claim_upkeep(one.id, now=self.clock(), every=EVERY)]
        for connection in due:
            self._keep(connection)
        for connection in ours:
            self._warn(connection)
        self.clearing.tick()
        return len(due)

    def _keep(self, connection: Connection) -> None:
        """An access token lasts an hour: asking for one a day later renews the consent, and the rest needs it too."""
        try:
            self.tokens_of(connection.id).access_token()
            self.connecting.refresh_lists(connection.id)
        except ConnectionExpired as error:
            self.notifying.connection_lost(connection.id, str(error))
        except QbsyncError as error:
            self.connections.save_upkeep(connection.id, self.clock() - EVERY + AGAIN_AFTER)
            log.warning("upkeep.failed", company=connection.company_name, error=str(error))
        else:
            log.info("upkeep.done", company=connection.company_name)

    def _warn(self, connection: Connection) -> None:
        try:
            tokens = self.connections.tokens(connection.id)
            warning = consent_warning(tokens, self.clock()) if tokens else None
            if warning is not None:
                self.notifying.consent_ends(connection, warning)
        except QbsyncError as error:
            log.warning("upkeep.failed", company=connection.company_name, error=str(error))
