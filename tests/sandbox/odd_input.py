"""What no program should send: strategies for odd values, and for valid bodies with something odd put into them."""

import json
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

HALF: Final = "\ud800"
LONG: Final = "x" * 70_000
# numbers that JSON can say and Python's floats cannot: written without the quotes
TOKENS: Final = (
    "1e400", "-1e400", "1e-400", "1E+1000000", "1e-1000000", "1e999999999999999999999", "9" * 400, "9" * 5000,
    "-0", "0.1234567890123456789012345678901234567890", "12345678901234567890123456789.01", "99999999999.99999",
)  # fmt: skip
MARK: Final = "number as written "


def tried(examples: int) -> Any:
    """So many examples, the same in each run."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def _deep(levels: int) -> Any:
    value: Any = []
    for level in range(levels):
        value = [value] if level % 2 else {"value": value}
    return value


ODD: Final = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 0.5, -0.01, 1e308, float("nan"),
    float("inf"), float("-inf"), "", " ", "0", "1", "-1", "007", "٣", "1_000", "true", "null", "NaN", "1e5", HALF,
    f"a{HALF}b", "\x00", "a\x00b", "\x1b[2J", "\uffff", "\n", ":", "\t", "<b>&\"'", "]]>", "😀" * 50, "%s%n{0}",
    "' or 1=1 --", "../../etc/passwd", LONG, "2026-02-30", "2026-11-16", "2026-W01-1", "20261116", "0001-01-01",
    "9999-12-31", "0000-00-00", "25:61:00", "08:00:00-08:00", "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00+14:00", "2026-11-16T08:00:00", "2026-11-16T08:00:00+99:99", [], {}, [[]], [None], [{}],
    [1], ["1"], [[[]]], {"value": None}, {"value": 1}, {"value": ""}, {"value": "1"}, {"value": "x"},
    {"value": HALF}, {"value": "٣"}, {"value": "9" * 30}, {"value": ["1"]}, {"value": {}}, {"value": "1", "type": []},
    {"value": "1", "type": HALF}, {"name": "n"}, {"": 1}, {HALF: 1}, {LONG: 1}, [{"value": "1"}] * 40,
    *(MARK + token for token in TOKENS), _deep(40), _deep(450), _deep(900),
)  # fmt: skip

TEXTS = st.text(max_size=12) | st.sampled_from([value for value in ODD if isinstance(value, str)])
VALUES = st.sampled_from(ODD) | TEXTS | st.integers() | st.floats()


def as_sent(body: Any) -> bytes:
    """JSON with the numbers that were to be written as they stand."""
    text = json.dumps(body)
    for token in TOKENS:
        text = text.replace(f'"{MARK}{token}"', token)
    return text.encode()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path to every part of a body, the body itself first."""
    found = [path]
    if isinstance(value, dict):
        for name, part in value.items():
            found += places(part, (*path, name))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            found += places(part, (*path, position))
    return found


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value at this place."""
    if not path:
        return new
    head, rest = path[0], path[1:]
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[head] = changed(value[head], rest, new)
    return copy


@st.composite
def spoiled(draw: st.DrawFn, body: Any) -> Any:
    """The body with one to three odd values at places of it, or under new names."""
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(body)))
        new = draw(VALUES)
        held = body
        for step in path:
            held = held[step]
        if isinstance(held, dict) and draw(st.booleans()):
            new = {**held, draw(st.sampled_from([*held, "Id", "SyncToken", "sparse", "Active", "", HALF])): new}
        body = changed(body, path, new)
    return body


# what an address or a form can carry
SHORT_TEXTS = st.sampled_from(
    [value for value in ODD if isinstance(value, str) and HALF not in value and len(value) < 999]
)
