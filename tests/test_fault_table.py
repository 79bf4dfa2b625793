"""Every fault is tried by a test, and docs/faults.md says by which."""

from __future__ import annotations

from tests.fault_table import FAULTS, PAGE, WITHOUT_TEST, page
from tests.markers import holders


def test_every_fault_has_a_test_but_those_that_the_product_gives_no_hold_for():
    assert FAULTS.keys() - holders("fault").keys() == WITHOUT_TEST


def test_no_test_names_a_fault_that_there_is_none_of():
    assert holders("fault").keys() <= FAULTS.keys()


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(holders("fault")), "run: python -m tests.fault_table"
