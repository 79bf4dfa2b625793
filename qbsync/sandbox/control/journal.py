"""What was asked of this QuickBooks: the last calls one by one, and counters of all of them."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any, Final

CALLS_KEPT_MAX: Final = 20_000
METERED: Final = {"read", "query", "cdc"}  # data out; a batch is metered when it carries a query or a cdc


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
    fault: str | None = None
    replayed: bool = False
    metered: bool = False
    items: int = 0  # of a batch


class Journal:
    """Kept in memory: it tells about this process, while the applied writes are in the company file."""

    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT_MAX)
        self.counters: Counter[str] = Counter()

    def add(self, call: Call) -> None:
        call.metered = call.metered and call.status == 200
        self.calls.append(call)
        outcome = "dropped" if call.status == 0 else f"{call.status // 100}xx"
        self.counters.update({"calls": 1, f"kind:{call.kind}": 1, f"outcome:{outcome}": 1})
        self.counters["metered" if call.metered else "free"] += 1
        if call.status == 429:
            self.counters["throttled"] += 1
        if call.replayed:
            self.counters["replayed"] += 1

    def last(self, limit: int) -> list[dict[str, Any]]:
        calls = list(self.calls)[-limit:] if limit else []
        return [asdict(call) for call in calls]

    def clear(self) -> None:
        self.calls.clear()
        self.counters.clear()
