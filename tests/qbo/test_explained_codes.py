"""The words for a code promise another try only where one is made."""

from __future__ import annotations

from datetime import UTC, datetime

from qbsync.domain.errors import Fault, TransientError
from qbsync.domain.explain import explain, is_explained
from qbsync.qbo.faults import classify

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CODES = [str(number) for number in range(100, 10_300) if is_explained(str(number))]


def is_tried_again(code: str) -> bool:
    return isinstance(classify([Fault(code=code)], resume_at=NOW), TransientError)


def test_only_what_is_really_tried_again_is_promised_to_be():
    promised = {code for code in CODES if "it is tried again" in explain(Fault(code=code)).remedy}
    assert promised
    assert {code for code in promised if not is_tried_again(code)} == set()


def test_what_is_refused_for_good_says_that_it_is_not_tried_again():
    for code in ("1000", "1010", "1020"):
        assert not is_tried_again(code)
        assert "not tried again by itself" in explain(Fault(code=code)).remedy
