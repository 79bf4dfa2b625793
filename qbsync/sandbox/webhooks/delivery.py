"""Bring notices to the app: now or late, once or again, in order or not, and again after a failure."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import requests

from qbsync.sandbox.clock import Clock, stamp
from qbsync.sandbox.company.faults import whole_text
from qbsync.sandbox.company.store import Store
from qbsync.sandbox.webhooks.notices import CONTENT_TYPES, ENTITIES, OPERATIONS, Form, Notice, body_of, headers_of

ANSWER_SECONDS: Final = 3.0
RETRY_MINUTES: Final = (20, 30, 50)
TRY_AGAIN: Final = frozenset({0, 400, 408, 500, 502, 503, 504})  # 0: no answer
LOOK_SECONDS: Final = 0.1
NOTICES_MAX: Final = 500  # in one delivery
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
Send = Callable[[str, bytes, dict[str, str]], int]


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """Where notices go and how. Without an address nothing is told. `active` ends when all retries failed."""

    url: str = ""
    verifier: str = "local-verifier"
    form: Form = "events"
    delay_ms: int = 0
    repeat: int = 1
    order: Literal["kept", "reversed"] = "kept"
    active: bool = True

    def __post_init__(self) -> None:
        if not all(isinstance(text, str) and text == whole_text(text) for text in (self.url, self.verifier)):
            raise ValueError("url and verifier must be texts")
        if self.url and not _is_loopback(self.url):
            raise ValueError("url must be an http address of this machine")
        if self.form not in CONTENT_TYPES:
            raise ValueError(f"form must be one of {', '.join(CONTENT_TYPES)}")
        if self.order not in {"kept", "reversed"}:
            raise ValueError("order must be kept or reversed")
        if not (isinstance(self.delay_ms, int) and 0 <= self.delay_ms <= 86_400_000):
            raise ValueError("delay_ms must lie between 0 and a day")
        if not (isinstance(self.repeat, int) and 1 <= self.repeat <= 10):
            raise ValueError("repeat must lie between 1 and 10")


def _is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer, or 0 without one in time."""
    try:
        answer = requests.post(url, data=body, headers=headers, timeout=ANSWER_SECONDS, allow_redirects=False)
    except requests.RequestException:
        return 0
    return answer.status_code


class Deliverer:
    """Reads the company file's history onwards, and keeps what was not delivered in the file."""

    def __init__(self, store: Store, clock: Clock, send: Send = post) -> None:
        self.store = store
        self.clock = clock
        self.send = send
        self.told = self._last_seq()
        self._one_at_a_time = asyncio.Lock()

    @property
    def subscription(self) -> Subscription:
        held = self.store.setting("webhooks")
        return Subscription(**json.loads(held)) if held else Subscription()

    def subscribe(self, changes: dict[str, Any]) -> Subscription:
        """ValueError or TypeError names what is wrong. An address that had failed for good is tried again."""
        held = self.subscription
        wanted = replace(held, **{**changes, "active": True})
        if not held.url or not held.active:
            self.restart()
        with self.store.writing():
            self.store.set_setting("webhooks", json.dumps(asdict(wanted)))
        return wanted

    def restart(self) -> None:
        """What the file holds now is the beginning: earlier changes are not told."""
        self.told = self._last_seq()

    def waiting(self) -> list[dict[str, Any]]:
        found = self.store.rows("SELECT seq, attempts, due, body FROM delivery ORDER BY seq")
        return [
            {"seq": seq, "attempts": attempts, "due": stamp(due), "body": body.decode()}
            for seq, attempts, due, body in found
        ]

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with contextlib.suppress(ValueError):  # a subscription of an older version of the file
                await self.step()

    async def step(self, *, at_once: bool = False) -> int:
        """Pack what happened since, send what is due. The number of deliveries that were answered with 2xx."""
        async with self._one_at_a_time:
            subscription = self.subscription
            if not subscription.url or not subscription.active:
                self.restart()
                return 0
            self._pack(subscription)
            return sum([await self._deliver(subscription, *row) for row in self._due(subscription, at_once=at_once)])

    def _last_seq(self) -> int:
        found = self.store.row("SELECT COALESCE(MAX(seq), 0) FROM history")
        return int(found[0]) if found else 0

    def _pack(self, subscription: Subscription) -> None:
        notices = self._news()
        if not notices:
            return
        due = self.clock.seconds() + subscription.delay_ms / 1000
        bodies = [body_of(group, subscription.form) for group in _groups(notices, subscription)]
        with self.store.writing():
            for body in bodies * subscription.repeat:
                self.store.change("INSERT INTO delivery (body, form, attempts, due) VALUES (?,?,0,?)",
                                  body, subscription.form, due)  # fmt: skip

    def _news(self) -> list[Notice]:
        found = self.store.rows(
            "SELECT seq, realm, entity, id, operation, at, body FROM history WHERE seq > ? ORDER BY seq LIMIT ?",
            self.told,
            NOTICES_MAX,
        )
        if found:
            self.told = int(found[-1][0])
        return [_notice(row) for row in found if row[2] in ENTITIES and row[4] in OPERATIONS]

    def _due(self, subscription: Subscription, *, at_once: bool) -> list[tuple[int, bytes, Form, int]]:
        """Reversed: the last change of all that wait, so the order does not hang on when each was packed."""
        until = float("inf") if at_once else self.clock.seconds()
        rows = self.store.rows("SELECT seq, body, form, attempts FROM delivery WHERE due <= ? ORDER BY seq", until)
        due = [(int(seq), bytes(body), form, int(attempts)) for seq, body, form, attempts in rows]
        return due if subscription.order == "kept" else due[::-1]

    async def _deliver(self, subscription: Subscription, seq: int, body: bytes, form: Form, attempts: int) -> bool:
        headers = headers_of(body, subscription.verifier, CONTENT_TYPES[form], self.clock.seconds())
        status = await asyncio.to_thread(self.send, subscription.url, body, headers)
        with self.store.writing():
            if status in TRY_AGAIN and attempts < len(RETRY_MINUTES):
                due = self.clock.seconds() + RETRY_MINUTES[attempts] * 60
                self.store.change("UPDATE delivery SET attempts = ?, due = ? WHERE seq = ?", attempts + 1, due, seq)
            else:
                self.store.change("DELETE FROM delivery WHERE seq = ?", seq)
            if status in TRY_AGAIN and attempts == len(RETRY_MINUTES):
                self.store.set_setting("webhooks", json.dumps(asdict(replace(subscription, active=False))))
        return 200 <= status < 300


def _groups(notices: Sequence[Notice], subscription: Subscription) -> list[Sequence[Notice]]:
    """One delivery, or one for each notice where they are to come out of order."""
    return [notices] if subscription.order == "kept" else [[notice] for notice in notices]


def _notice(row: tuple[Any, ...]) -> Notice:
    seq, realm, entity, key, operation, at, body = row
    merged = json.loads(body).get("MergedId") if operation == "merge" else None
    return Notice(seq=seq, realm=realm, entity=entity, id=key, operation=operation, at=at, merged_id=merged)
