"""The ways in which the product is broken on purpose, and the tests that do it: `python -m tests.fault_table`.

A test says which by its marker: `@pytest.mark.fault(5)`.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from tests.markers import Holder, holders

WIDTH = 118
PAGE = Path(__file__).resolve().parents[1] / "docs" / "faults.md"

# What breaks, and what the product does then.
FAULTS: dict[int, tuple[str, str]] = {
    0: (
        "A negative control: the protection is taken out",
        "The checker names what goes wrong.",
    ),
    1: (
        "A worker is killed before or after it sends or records",
        "The next one settles what was sent, and goes on.",
    ),
    2: ("The answer is lost after the write", "The same bytes go again under the same request id."),
    3: (
        "429 storms, with several processes",
        "All processes wait; no window holds more than is allowed.",
    ),
    4: (
        "503 on many batches; a record that QuickBooks chokes on",
        "The run rests and goes on; the record fails alone.",
    ),
    5: (
        "Two workers at once, and a frozen one that wakes after it was replaced",
        "One works at a time. On PostgreSQL a silent worker is replaced by the server's clock and records no more. "
        "On SQLite a frozen worker keeps its place until it wakes or is killed.",
    ),
    6: (
        "The database is locked by another process, for less and for more than is waited",
        "Nothing is sent meanwhile; the run goes on afterwards. Times are a tenth of 8, 30 and 40 seconds.",
    ),
    7: ("The disk is full, and has room again", "What cannot be recorded is not sent; the run goes on with room."),
    8: (
        "A worker's clock is an hour ahead; days that have 23 or 25 hours",
        "Pauses, places and firings do not last an hour longer for it. Schedules keep to local time.",
    ),
    9: (
        "Four processes refresh the tokens at once; one dies between refresh and store",
        "One refreshes. A pair that died on its way leaves the one before; where that is void at once, the run rests "
        "until somebody connects again.",
    ),
    10: (
        "Webhooks twice, late, out of order",
        "The product takes no webhooks: no address listens for them. Each preview reads what it speaks of, whole, so a "
        "notice that is lost or late can mislead nobody. The local QuickBooks sends them, for others to practise with.",
    ),
    11: (
        "Two schedulers, killed at random, and down for a while",
        "Each moment fires once; missed ones are one firing.",
    ),
    12: (
        "An upgrade in mid-run, with steps of the database",
        "The next version upgrades the tables and goes on.",
    ),
    13: (
        "PostgreSQL ends all sessions, or falls and comes back",
        "The worker takes its place again and goes on.",
    ),
    14: (
        "Queue rows are lost",
        "The embedded engine has no queue beside the run table: a run is found there by a worker that was never told.",
    ),
    15: (
        "A run is cancelled while a write is under way, and its worker dies",
        "The write is heard out or settled; the run ends as cancelled and counts what QuickBooks has.",
    ),
    16: ("Everything at random, by seeds", "All invariants hold after every move. More games: `make chaos SEEDS=200`."),
    17: (
        "Power loss: the files as they are on disk at any moment",
        "They are whole, and what they say holds against QuickBooks; every connection commits to the disk.",
    ),
}
WITHOUT_TEST = {10}  # there is nothing to break

HEAD = """# Faults

How the product is broken on purpose, with real processes on SQLite and PostgreSQL, against the local QuickBooks' own
record; one checker of ten invariants ([invariants.py](../tests/faults/invariants.py)) judges each. Written by
`python -m tests.fault_table` from the tests' own markers (`@pytest.mark.fault(5)`); a test fails when a fault has none.
"""


def page(held: dict[int, list[Holder]]) -> str:
    """docs/faults.md."""
    return "\n".join([HEAD, *(_section(number, held.get(number, [])) for number in FAULTS)])


def _section(number: int, tests: list[Holder]) -> str:
    fault, answer = FAULTS[number]
    lines = [f"## {number}. {fault}", "", fill(answer, WIDTH)]
    if tests:
        lines += ["", *(str(one) for one in tests)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(holders("fault")), encoding="utf-8")
    print(f"docs/{PAGE.name}: {len(FAULTS)} faults")
