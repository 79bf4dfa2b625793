"""Previews that are built in the worker, so that nobody's browser need stay open: ask, look on, cancel."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import structlog

from qbsync.domain.errors import PreviewCancelled, QbsyncError
from qbsync.domain.plan import Scope
from qbsync.domain.ports import Clock, NewId
from qbsync.domain.preview_request import STALLED_AFTER, PreviewRequest
from qbsync.services.preview import Previewing
from qbsync.services.retry import Retrying
from qbsync.services.stores import PreviewRequestStore

log = structlog.get_logger(__name__)

BUG = "Something went wrong on our side; the worker's log says what."


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The use case of Sync Now on the dashboard. The command line and schedules build where they are."""

    requests: PreviewRequestStore
    previewing: Previewing
    retrying: Retrying
    clock: Clock
    new_id: NewId

    def ask(self, connection_id: int, scope: Scope, *, who: str) -> PreviewRequest:
        """Ask the worker for a preview. Raises PreviewOpen while another one of the company is being built."""
        request = PreviewRequest(
            id=self.new_id(), connection_id=connection_id, scope=scope, asked_by=who, asked_at=self.clock()
        )
        self.requests.add(request)
        return request

    def ask_again(self, run_id: str, rows: Collection[int] = (), *, who: str) -> PreviewRequest:
        """Ask for a preview of these rows of an ended run, else of all that it did not do. Raises BadInput as well."""
        scope = self.retrying.scope(run_id, rows)
        return self.ask(self.retrying.runs.get(run_id).connection_id, scope, who=who)

    def cancel(self, request_id: str) -> None:
        """Give up a request; a worker that builds it stops at its next step. One that has ended stays as it is."""
        self.requests.cancel(request_id, self.clock())

    def latest(self, connection_id: int) -> PreviewRequest | None:
        """The newest request of a company, open or ended."""
        return self.requests.latest(connection_id)

    def work(self) -> int:
        """Build what was asked for, one after the other; returns how many were built or failed."""
        done = 0
        while request := self.requests.claim(self.clock(), stalled_before=self.clock() - STALLED_AFTER):
            self._build(request)
            done += 1
        return done

    def _build(self, request: PreviewRequest) -> None:
        try:
            plan = self.previewing.build(
                request.connection_id,
                request.scope,
                who=request.asked_by,
                tell=lambda text: self._step(request, text),
                confirmed=self.retrying.confirmed(request.scope),
            )
        except PreviewCancelled:
            log.info("preview.cancelled", request=request.id)
        except QbsyncError as error:
            self.requests.fail(request, str(error), self.clock())
        except Exception:
            self.requests.fail(request, BUG, self.clock())  # or the company could not ask again
            raise
        else:
            self.requests.finish(request, plan.id, self.clock())

    def _step(self, request: PreviewRequest, text: str) -> None:
        if not self.requests.begin_step(request, text, self.clock()):
            raise PreviewCancelled("The preview was cancelled, or another worker took it.")
