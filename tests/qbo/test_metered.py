"""QuickBooks meters the reads that it answers with 200: every other place is given back to the count."""

from __future__ import annotations

from contextlib import suppress

import pytest

from qbsync.domain.connection import Environment
from qbsync.domain.errors import QbsyncError, Stopped
from qbsync.qbo.endpoints import endpoints_for
from qbsync.qbo.transport import Transport
from tests.qbo.support import NOW, REALM, CountingTokens, RecordingThrottle, Reply, harness, serving

READS = [
    # status of the answer  metered
    (200, True),
    (400, False),
    (503, False),
]


@pytest.mark.parametrize(("status", "metered"), READS)
def test_only_a_good_answer_is_metered(status: int, metered: bool):
    with serving(Reply(status=status)) as server:
        talk = harness(server.base)
        with suppress(QbsyncError):
            talk.transport.get("preferences")
    places = len(talk.throttle.reserved)
    assert places - len(talk.throttle.unanswered) == (places if metered else 0)
    assert places >= 1


def test_a_request_that_never_left_is_not_metered():
    throttle = RecordingThrottle()

    def stop(seconds: float) -> None:
        raise Stopped(NOW)

    with serving() as server:
        transport = Transport(
            endpoints=endpoints_for(Environment.LOCAL, local_base=server.base),
            realm_id=REALM,
            tokens=CountingTokens(),
            throttle=throttle,
            clock=lambda: NOW,
            sleeper=stop,
        )
        with pytest.raises(Stopped):
            transport.get("preferences")
    assert server.asked == []
    assert throttle.unanswered == throttle.reserved != []
