"""Say what needs attention: in the dashboard's list in any case, and outside it where an address is set."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.connection import Connection, ConsentEnd, ConsentWarning
from qbsync.domain.notice import Notice, NoticeSeverity
from qbsync.domain.ports import Clock, Notifier
from qbsync.domain.run import Progress, Run, RunStatus
from qbsync.services.stores import NoticeStore

WHY_CONSENT_ENDS = {
    ConsentEnd.NOT_RENEWED: "it could not be renewed for a long time (the worker's log says why).",
    ConsentEnd.LIMIT: "QuickBooks lets none last longer, however often it is renewed.",
}


@dataclass(frozen=True, kw_only=True)
class Notifying:
    """Makes notices of what happened."""

    notices: NoticeStore
    notifier: Notifier
    clock: Clock

    def tell(self, notice: Notice, connection_id: int | None = None) -> None:
        """Keep a notice, and send it unless it is mere information."""
        self.notices.add(notice, at=self.clock(), connection_id=connection_id)
        if notice.severity is not NoticeSeverity.INFO:
            self.notifier.send(notice.title, notice.body)

    def run_ended(self, run: Run, progress: Progress) -> None:
        """One notice a run, however many records failed."""
        if run.status is RunStatus.DONE:
            records = "record" if progress.done == 1 else "records"
            severity, title = NoticeSeverity.INFO, f"Sync finished: {progress.done:,} {records} done"
        else:
            severity = NoticeSeverity.ATTENTION
            title = f"Sync {run.status.value}: {progress.done:,} done, {progress.not_done:,} not"
        body = run.note or f"Run {run.id}, confirmed by {run.confirmed_by}. See the Sync Log for each record."
        self.tell(Notice(severity=severity, title=title, body=body, page="sync_log"), run.connection_id)

    def connection_lost(self, connection_id: int, sentence: str) -> None:
        """The consent ended while a run was open: it waits."""
        self.tell(
            Notice(
                severity=NoticeSeverity.ERROR,
                title="QuickBooks must be connected again",
                body=f"{sentence} The sync waits and goes on by itself afterwards.",
                page="connection",
            ),
            connection_id,
        )

    def consent_ends(self, connection: Connection, warning: ConsentWarning) -> None:
        """The consent ends soon: said once for each number of days, by whichever process comes to it first."""
        days = "a day" if warning.days == 1 else f"{warning.days} days"
        notice = Notice(
            severity=NoticeSeverity.ERROR if warning.days == 1 else NoticeSeverity.ATTENTION,
            title=f"QuickBooks must be connected again within {days}",
            body=f"The consent for {connection.company_name} ends on {warning.ends_at:%d %B %Y, %H:%M} UTC: "
            f"{WHY_CONSENT_ENDS[warning.end]} Connect again on the Connection page before that; the mapping, the links "
            "and the history stay.",
            page="connection",
        )
        # The limit's moment is reckoned anew with each refresh, but there is only one of it a consent.
        of = connection.connected_at if warning.end is ConsentEnd.LIMIT else warning.ends_at
        once = f"consent-{connection.id}-{warning.end.value}-{of.isoformat()}-{warning.days}"
        if self.notices.add_once(once, notice, at=self.clock(), connection_id=connection.id):
            self.notifier.send(notice.title, notice.body)
