"""Faults on demand: what shall go wrong, on which calls, how often."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import Any, Final

KINDS: Final = {
    "drop_before": "the connection is cut before anything is done",
    "drop_after_write": "the work is committed, then the connection is cut without an answer",
    "half_batch": "the first half of a batch is committed, then the connection is cut",
    "status": "an HTML page with the given status (500, 502, 503 or 504) and nothing done",
    "slow": "the call waits `ms`, or until the faults are cleared, before it is carried out",
    "slow_after": "the call is carried out and committed, then the answer waits `ms`, or until the faults are cleared",
    "truncated": "the answer stops half way and the connection is cut",
    "malformed": "the answer is carried out but its JSON is broken",
    "throttle": "429 without counting the call",
    "unauthorized": "401 as for an expired token",
    "system": "fault 10000 with HTTP 500 and nothing done",
    "maintenance": "fault 150 with HTTP 503 and nothing done",
    "subscription": "fault 6190 as for a subscription that has ended, and nothing done",
    "authentication": "401 with fault 100 in JSON",
    "user_removed": "401 with fault 120: the user who connected the app was removed",
    "period_closed": "a closed period in its other wording, under code 5010",
    "wrong_realm": "403 as for a token of another company",
    "poison": "any write whose JSON holds the text `match` is refused with fault 10000",
}


@dataclass(kw_only=True)
class Mischief:
    """One armed fault: `skip` calls pass first, `left` None means until cleared, `rate` is the share that it hits."""

    kind: str
    route: str = "*"
    skip: int = 0
    left: int | None = None
    rate: float = 1.0
    status: int = 503
    ms: int = 0
    match: str = ""
    seed: int = 1
    throws: int = 0
    hits: int = 0
    cleared: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> None:
        """As long as it says, or until it is cleared."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.cleared.wait(), self.ms / 1000)

    def applies(self, labels: tuple[str, ...]) -> bool:
        return any(fnmatchcase(label, self.route) for label in labels)

    def throw(self) -> float:
        """The next throw of this fault's dice, from 0 up to 1: the same ones for the same seed."""
        self.throws += 1
        digest = sha256(f"{self.seed}:{self.throws}".encode()).digest()
        return int.from_bytes(digest[:8]) / 2**64

    def as_json(self) -> dict[str, Any]:
        shown = ("kind", "route", "skip", "left", "rate", "status", "ms", "match", "hits")
        return {name: getattr(self, name) for name in shown}


class Armed:
    """The faults that are armed, oldest first; at most one kind of trouble hits one call."""

    def __init__(self) -> None:
        self.faults: list[Mischief] = []

    def arm(self, wish: dict[str, Any]) -> Mischief:
        """ValueError names what is wrong with the wish."""
        kind = wish.get("kind")
        if kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        unknown = wish.keys() - {"kind", "route", "skip", "count", "rate", "seed", "status", "ms", "match"}
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        count = wish.get("count")
        fault = Mischief(
            kind=kind,
            route=str(wish.get("route", "*")),
            skip=int(wish.get("skip", 0)),
            left=None if count is None else int(count),
            rate=float(wish.get("rate", 1.0)),
            status=int(wish.get("status", 503)),
            ms=int(wish.get("ms", 0)),
            match=str(wish.get("match", "")),
            seed=int(wish.get("seed", 1)),
        )
        self.faults.append(fault)
        return fault

    def clear(self) -> None:
        for fault in self.faults:
            fault.cleared.set()
        self.faults.clear()

    def strike(self, labels: tuple[str, ...]) -> Mischief | None:
        """The fault that hits this call, spent by one."""
        for fault in self.faults:
            if fault.kind == "poison" or fault.left == 0 or not fault.applies(labels):
                continue
            if fault.kind == "half_batch" and "batch" not in labels:
                continue
            if fault.kind == "drop_after_write" and "write" not in labels and fault.route not in labels:
                continue  # a token is lost only when its endpoint is named
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.rate < 1.0 and fault.throw() >= fault.rate:
                continue
            _spend(fault)
            return fault
        return None

    @property
    def has_poison(self) -> bool:
        return any(fault.kind == "poison" for fault in self.faults)

    def poisoned(self, text: str) -> bool:
        """Is there a poison for a write with this JSON?"""
        for fault in self.faults:
            if fault.kind == "poison" and fault.left != 0 and fault.match and fault.match in text:
                _spend(fault)
                return True
        return False


def _spend(fault: Mischief) -> None:
    fault.hits += 1
    if fault.left is not None:
        fault.left -= 1
