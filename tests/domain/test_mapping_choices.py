"""Choices that QuickBooks has and that are not open here say why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qbsync.domain.ledger import Company
from qbsync.domain.mapping_choices import why_no_class, why_no_payroll_item, why_no_project

OFF = Company(realm_id="1", name="Ridgeline", projects=False)
ON = Company(realm_id="1", name="Ridgeline", projects=True, classes_per_line=True, payroll=True)


@pytest.mark.parametrize(
    ("why", "off", "on"),
    [
        (why_no_project, "projects are off in this company", "choose it in the table below"),
        (why_no_class, "classes are off in this company", "gives classes to single lines"),
        (why_no_payroll_item, "Payroll is off in this company", "a closed group of apps"),
    ],
)
def test_a_choice_that_is_not_open_says_why(why: Callable[[Company], str], off: str, on: str):
    assert off in why(OFF)
    assert on in why(ON)


def test_a_class_is_open_where_classes_are_given_to_transactions():
    assert why_no_class(Company(realm_id="1", name="Ridgeline", classes_per_transaction=True)) == ""
