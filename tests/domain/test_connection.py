"""A consent that ends by itself is told of in time: fourteen days, seven days and a day before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qbsync.domain.connection import (
    Connection,
    ConnectionState,
    ConsentEnd,
    Environment,
    TokenSet,
    consent_warning,
    to_choose_from,
)

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
MINUTE = 1 / 1440
LIVE, EXPIRED, ENDED = ConnectionState.CONNECTED, ConnectionState.EXPIRED, ConnectionState.DISCONNECTED

WARNINGS = [
    # refresh token ends in, the consent's limit in (days)  → why, within how many days
    (100, 1500, None),
    (100, None, None),
    (14 + MINUTE, 1500, None),
    (14, 1500, (ConsentEnd.NOT_RENEWED, 14)),
    (7 + MINUTE, None, (ConsentEnd.NOT_RENEWED, 14)),
    (7, 1500, (ConsentEnd.NOT_RENEWED, 7)),
    (1, 1500, (ConsentEnd.NOT_RENEWED, 1)),
    (MINUTE, 1500, (ConsentEnd.NOT_RENEWED, 1)),
    (0, 1500, None),  # it is over, and that is said elsewhere
    (100, 10, (ConsentEnd.LIMIT, 14)),
    (5, 5, (ConsentEnd.LIMIT, 7)),
    (5 - MINUTE, 5, (ConsentEnd.LIMIT, 7)),  # QuickBooks shortens the last refresh token to the limit
    (5, 10, (ConsentEnd.NOT_RENEWED, 7)),
]


@pytest.mark.parametrize(("refresh", "limit", "told"), WARNINGS)
def test_the_nearer_end_of_a_consent_is_warned_of(
    refresh: float, limit: float | None, told: tuple[ConsentEnd, int] | None
):
    tokens = TokenSet(
        access_token="a",
        refresh_token="r",
        access_expires_at=NOW,
        refresh_expires_at=NOW + timedelta(days=refresh),
        hard_expires_at=None if limit is None else NOW + timedelta(days=limit),
    )
    warning = consent_warning(tokens, NOW)
    assert (warning and (warning.end, warning.days)) == told
    if warning is not None:
        ends = {ConsentEnd.NOT_RENEWED: tokens.refresh_expires_at, ConsentEnd.LIMIT: tokens.hard_expires_at}
        assert warning.ends_at == ends[warning.end]


ENDS = [
    # refresh token ends in, the consent's limit in (days)  → the consent ends in
    (100, None, 100),
    (100, 30, 30),
    (30, 100, 30),
    (-1, None, -1),
]


@pytest.mark.promise(4)
@pytest.mark.parametrize(("refresh", "limit", "ends"), ENDS)
def test_a_consent_ends_by_itself_with_the_first_of_its_ends(refresh: int, limit: int | None, ends: int):
    tokens = TokenSet(
        access_token="a",
        refresh_token="r",
        access_expires_at=NOW,
        refresh_expires_at=NOW + timedelta(days=refresh),
        hard_expires_at=None if limit is None else NOW + timedelta(days=limit),
    )
    assert tokens.ends_at == NOW + timedelta(days=ends)


def company(name: str, state: ConnectionState, day: int = 1) -> Connection:
    return Connection(
        id=day,
        realm_id=f"91{day}",
        environment=Environment.LOCAL,
        company_name=name,
        state=state,
        connected_at=NOW + timedelta(days=day),
        connected_by="controller@ridgeline.example",
    )


CHOICES = [
    # what is known → what can be chosen from
    ([], []),
    ([company("B", LIVE), company("a", LIVE, 2)], ["a", "B"]),
    ([company("B", LIVE), company("a", EXPIRED, 2)], ["a", "B"]),
    ([company("B", LIVE), company("A", ENDED, 2)], ["B"]),
    ([company("B", ENDED, 2), company("A", ENDED)], ["B"]),  # its log can still be read
]


@pytest.mark.parametrize(("known", "names"), CHOICES)
def test_the_companies_that_no_person_ended_can_be_chosen_from(known: list[Connection], names: list[str]):
    assert [one.company_name for one in to_choose_from(known)] == names
