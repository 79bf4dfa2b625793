"""A consent that ends by itself is told of in time: fourteen days, seven days and a day before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qbsync.domain.connection import ConsentEnd, TokenSet, consent_warning

NOW = datetime(2026, 11, 22, 17, 0, tzinfo=UTC)
MINUTE = 1 / 1440

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
