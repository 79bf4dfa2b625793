"""What the facts of a company mean for a sync: one row a fact, and what holds records back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from qbsync.domain.capability import EVERYTHING, Finding, Standing, bars, blocking, findings, issue_of
from qbsync.domain.ledger import Company
from qbsync.domain.wanted import SyncKind

PLAIN = Company(
    realm_id="9",
    name="Ridgeline Builders",
    country="US",
    edition="QuickBooks Online Plus",
    projects=True,
    warns_duplicate_bill_number=True,
    default_time_item_id="2",
    subscription="PAID",
)
OK, NOTICE, BLOCKS = Standing.OK, Standing.NOTICE, Standing.BLOCKS

FACTS: list[tuple[dict[str, Any], str, str, Standing, str]] = [
    # what is different              topic                state                    standing  a clerk must read
    ({"name": ""}, "Company", "has no name", NOTICE, "told apart"),
    ({"subscription": ""}, "Subscription", "not told", OK, ""),
    ({"subscription": "TRIAL"}, "Subscription", "trial", NOTICE, "the day the trial ends"),
    ({"subscription": "TRIAL_EXTENDED"}, "Subscription", "trial", NOTICE, "the day the trial ends"),
    ({"subscription": "TRIAL_EXPIRED"}, "Subscription", "ended (TRIAL_EXPIRED)", BLOCKS, "takes no entries"),
    ({"subscription": "EXPIRED"}, "Subscription", "ended (EXPIRED)", BLOCKS, "takes no entries"),
    ({"subscription": "ended"}, "Subscription", "ended (ended)", BLOCKS, "takes no entries"),
    ({"subscription": "CANCELED"}, "Subscription", "ended (CANCELED)", BLOCKS, "takes no entries"),
    ({"subscription": "PAUSED"}, "Subscription", "PAUSED", NOTICE, "do not know this status"),
    ({"edition": ""}, "Edition", "not told", OK, ""),
    ({"edition": "QuickBooks Online Advanced"}, "Edition", "QuickBooks Online Advanced", OK, ""),
    ({"edition": "Intuit Enterprise Suite"}, "Edition", "Intuit Enterprise Suite", OK, ""),
    (
        {"edition": "QuickBooks Online Essentials"},
        "Edition",
        "QuickBooks Online Essentials",
        NOTICE,
        "Plus and Advanced",
    ),
    ({"country": ""}, "Country", "not told", OK, ""),
    ({"country": "CA"}, "Country", "CA", NOTICE, "tax codes"),
    ({"home_currency": "CAD"}, "Currency", "CAD", OK, ""),
    ({"several_currencies": True}, "Currency", "USD, and others", NOTICE, "kept in another currency are blocked"),
    ({"time_tracking": False}, "Time tracking", "off", BLOCKS, "takes no hours"),
    ({"default_time_item_id": ""}, "Usual service item of hours", "none chosen", OK, "cost code"),
    ({"projects": False}, "Projects", "off", OK, "sub-customers"),
    ({"classes_per_line": True}, "Classes", "one a line", NOTICE, "carries no class"),
    ({"classes_per_transaction": True}, "Classes", "one a transaction", NOTICE, "carries no class"),
    ({"locations": True}, "Locations", "on", NOTICE, "carries no location"),
    ({"books_closed_through": date(2026, 8, 31)}, "Books", "closed through 31 Aug 2026", NOTICE, "or earlier"),
    ({"warns_duplicate_bill_number": False}, "Bill numbers used twice", "QuickBooks allows them", NOTICE, "by hand"),
    ({"payroll": True}, "Payroll", "on", NOTICE, "employees that are made"),
    ({"sales_tax": True}, "Sales tax", "on", NOTICE, "without tax codes"),
]


def of(topic: str, company: Company) -> Finding:
    return next(finding for finding in findings(company) if finding.topic == topic)


@pytest.mark.parametrize(("facts", "topic", "state", "standing", "said"), FACTS, ids=[str(row[0]) for row in FACTS])
def test_a_fact_is_told_with_its_reason(facts: dict[str, Any], topic: str, state: str, standing: Standing, said: str):
    finding = of(topic, replace(PLAIN, **facts))
    assert (finding.state, finding.standing) == (state, standing)
    assert said in finding.why
    others = [one for one in findings(replace(PLAIN, **facts)) if one.topic != topic]
    assert all(one == of(one.topic, PLAIN) for one in others)


@pytest.mark.promise(23)
def test_a_plain_company_has_nothing_to_be_told():
    assert {finding.standing for finding in findings(PLAIN)} == {OK}
    assert bars(PLAIN) == {}


def test_every_topic_is_in_the_table_and_has_an_own_name():
    topics = [finding.topic for finding in findings(PLAIN)]
    assert len(set(topics)) == len(topics)
    assert {row[1] for row in FACTS} == set(topics)


def test_whatever_is_not_in_order_says_why_and_where():
    for facts, topic, *_ in FACTS:
        finding = of(topic, replace(PLAIN, **facts))
        if finding.standing is not OK:
            assert finding.why.endswith("."), topic
            assert finding.where.endswith("."), topic


HELD: list[tuple[dict[str, Any], frozenset[SyncKind]]] = [
    ({}, frozenset()),
    ({"time_tracking": False}, frozenset({SyncKind.TIME_ENTRY})),
    ({"subscription": "EXPIRED"}, EVERYTHING),
    ({"subscription": "EXPIRED", "time_tracking": False}, EVERYTHING),
]


@pytest.mark.promise(23)
@pytest.mark.parametrize(("facts", "held"), HELD)
def test_what_blocks_holds_back_its_kinds(facts: dict[str, Any], held: frozenset[SyncKind]):
    company = replace(PLAIN, **facts)
    assert bars(company).keys() == held
    assert bool(blocking(findings(company))) == bool(held)


def test_a_blocking_fact_becomes_an_issue_of_each_record():
    finding = bars(replace(PLAIN, time_tracking=False))[SyncKind.TIME_ENTRY]
    issue = issue_of(finding, "Ada Stone, Monday")
    assert str(issue).startswith("Ada Stone, Monday: Time tracking is off")
    assert issue.screen == "connection"
    assert "Time; then preview again" in issue.remedy
