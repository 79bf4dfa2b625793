"""Sends notices to the addresses in QBSYNC_NOTIFY_URLS: e-mail, chat and whatever else Apprise knows."""

from __future__ import annotations

import logging

import apprise
import structlog

log = structlog.get_logger(__name__)

# Apprise logs an address that it cannot read as it stands, password included. We say ourselves what is wrong.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class AppriseNotifier:
    """Delivers a notice to every address. A failure is logged and never stops the sync."""

    def __init__(self, urls: str) -> None:
        """`urls`: addresses separated by blanks or commas; empty sends nowhere."""
        self._apprise = apprise.Apprise()
        for url in urls.replace(",", " ").split():
            if not self._apprise.add(url):
                log.error("notify.bad_address", remedy="Correct QBSYNC_NOTIFY_URLS: one address is not understood.")

    def send(self, title: str, body: str) -> None:
        if not len(self._apprise):
            return
        if not self._apprise.notify(title=title, body=body):
            log.error(
                "notify.failed",
                title=title,
                remedy="Check QBSYNC_NOTIFY_URLS; the notice is in the dashboard.",
            )
