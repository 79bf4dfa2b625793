"""What was asked of this QuickBooks: the last calls one by one, and counters of all of them."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final

CALLS_KEPT_MAX: Final = 20_000
BODIES_KEPT_MAX: Final = 500
BODY_CHARACTERS_MAX: Final = 20_000
# Data out; a batch is metered when it carries a query or a cdc.
METERED: Final = {"read", "query", "cdc", "report", "graphql"}


@dataclass(kw_only=True)
class Call:
    """One HTTP call. `status` 0 means that the connection was cut without an answer."""

    method: str
    path: str
    kind: str  # read, query, cdc, batch, create, update, delete, void, token, revoke, …
    realm: str = ""
    request_id: str | None = None
    status: int = 0
    tid: str = ""
    body_sha256: str = ""
    started: float = 0.0
    ended: float = 0.0
    caller: str = ""
    app: str = ""  # its client id
    fault: str | None = None
    replayed: bool = False
    metered: bool = False
    items: int = 0  # of a batch

    @property
    def outcome(self) -> str:
        return "dropped" if self.status == 0 else f"{self.status // 100}xx"


@dataclass(frozen=True, kw_only=True)
class Bodies:
    """What was asked, sent and answered, each cut at its first 20,000 characters."""

    parameters: str  # of the address, a line each
    sent: str
    answered: str


class Journal:
    """Kept in memory: it tells about this process, while the applied writes are in the company file."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT_MAX)
        self.counters: Counter[str] = Counter()
        self._bodies: dict[str, Bodies] = {}

    def add(self, call: Call) -> None:
        call.metered = call.metered and call.status == 200
        self.calls.append(call)
        self.counters.update({"calls": 1, f"kind:{call.kind}": 1, f"outcome:{call.outcome}": 1})
        self.counters["metered" if call.metered else "free"] += 1
        if call.status == 429:
            self.counters["throttled"] += 1
        if call.replayed:
            self.counters["replayed"] += 1

    def keep_bodies(
        self, tid: str, sent: bytes, answered: bytes, parameters: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        """Of calls to the company API and of projects alone: no code, token or secret is ever in them."""
        while len(self._bodies) >= BODIES_KEPT_MAX:
            self._bodies.pop(next(iter(self._bodies)))
        lines = "\n".join(f"{name} = {value}" for name, value in parameters.items())
        self._bodies[tid] = Bodies(parameters=lines[:BODY_CHARACTERS_MAX], sent=_text(sent), answered=_text(answered))

    def bodies(self, tid: str) -> Bodies | None:
        return self._bodies.get(tid)

    def call(self, tid: str) -> Call | None:
        return next((call for call in reversed(self.calls) if call.tid == tid), None)

    def last(self, limit: int) -> list[dict[str, Any]]:
        calls = list(self.calls)[-limit:] if limit else []
        return [asdict(call) for call in calls]

    def clear(self) -> None:
        self.calls.clear()
        self.counters.clear()
        self._bodies.clear()


def _text(body: bytes) -> str:
    """Four bytes are the most that a character takes."""
    return body[: 4 * BODY_CHARACTERS_MAX].decode(errors="replace")[:BODY_CHARACTERS_MAX]
