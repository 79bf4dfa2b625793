"""Small stand-ins for the outside world that several tests share: a clock, ids, a notifier, an engine and a sign-in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from qbsync.domain.connection import TokenSet
from qbsync.domain.errors import ConnectionExpired, QbsyncError
from qbsync.services.engine import MayBegin, Push, Transaction


class StandingClock:
    """A clock that moves only when it is told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: int) -> datetime:
        """Let time pass; returns the new present."""
        self.now += timedelta(**amount)
        return self.now


def counted(word: str) -> Callable[[], str]:
    """Ids that can be read: word-1, word-2, …"""
    numbers = itertools.count(1)
    return lambda: f"{word}-{next(numbers)}"


class KeptNotices:
    """A notifier that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, title: str, body: str) -> None:
        self.sent.append((title, body))


class ListEngine:
    """An engine whose queue is a list: what is pushed once is done."""

    def __init__(self) -> None:
        self.waiting: list[str] = []

    def submit(self, transaction: Transaction, run_id: str, connection_id: int) -> None:
        self.waiting.append(run_id)

    def work(self, push: Push, may_begin: MayBegin, *, stay: bool) -> int:
        due, self.waiting = self.waiting, []
        for run_id in due:
            push(run_id)
        return len(due)


class MemorySignIn:
    """QuickBooks' sign-in: each code and each refresh token is good once, and refreshing gives a new pair."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock, self._numbers = clock, itertools.count(1)
        self.codes: dict[str, str] = {}  # code → the redirect URI it was given for
        self.good: set[str] = set()  # refresh tokens that may still be used
        self.refreshed: list[str] = []
        self.revoked: list[str] = []
        self.trouble: list[QbsyncError] = []

    def consent(self, redirect_uri: str) -> str:
        """A person consents; returns the code that comes back."""
        code = f"code-{next(self._numbers)}"
        self.codes[code] = redirect_uri
        return code

    def pair(self, access_minutes: int = 60) -> TokenSet:
        """A new pair of tokens."""
        number = next(self._numbers)
        self.good.add(f"refresh-{number}")
        return TokenSet(
            access_token=f"access-{number}",
            refresh_token=f"refresh-{number}",
            access_expires_at=self._clock() + timedelta(minutes=access_minutes),
            refresh_expires_at=self._clock() + timedelta(days=100),
        )

    def authorize_url(self, state: str, redirect_uri: str) -> str:
        return f"https://quickbooks.example/consent?state={state}&redirect_uri={redirect_uri}"

    def exchange(self, code: str, redirect_uri: str) -> TokenSet:
        self._fail_if_told()
        assert self.codes.pop(code) == redirect_uri
        return self.pair()

    def refresh(self, refresh_token: str) -> TokenSet:
        self._fail_if_told()
        if refresh_token not in self.good:
            raise ConnectionExpired(f"invalid_grant: {refresh_token} was spent or withdrawn.")
        self.good.remove(refresh_token)
        self.refreshed.append(refresh_token)
        return self.pair()

    def revoke(self, token: str) -> None:
        self._fail_if_told()
        self.revoked.append(token)
        self.good.discard(token)

    def _fail_if_told(self) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
