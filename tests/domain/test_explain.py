"""QuickBooks' error codes become a sentence and a remedy; a code that nobody knows keeps QuickBooks' own words."""

from __future__ import annotations

import pytest

from qbsync.domain.errors import Fault
from qbsync.domain.explain import explain, is_explained

EXPLAINED = [
    # code    what a clerk must read                    where it is mended
    ("6240", "already has this name", "Mapping page"),
    ("6140", "already has a document with this number", "another number in ProForge Core"),
    ("5010", "Somebody changed this record", "Preview again"),
    ("610", "gone or inactive", "Mapping page"),
    ("2500", "inactive", "Mapping page"),
    ("6210", "books are closed", "after the closing date"),
    ("6190", "subscription or trial has ended", "Renew the subscription"),
    ("6310", "need a customer", "Map the project"),
    ("6330", "need an hourly rate", "bill rate"),
    ("3001", "slow down", "goes on within a minute"),
    ("2250", "at least one line", "ProForge Core"),
]


@pytest.mark.parametrize(("code", "said", "remedy"), EXPLAINED, ids=[row[0] for row in EXPLAINED])
def test_a_known_code_is_said_in_plain_words(code: str, said: str, remedy: str):
    found = explain(Fault(code=code, message="raw", detail="raw detail"))
    assert said in found.message
    assert remedy in found.remedy
    assert code not in found.message  # never a code alone
    assert is_explained(code)


def test_an_unknown_code_keeps_quickbooks_own_words():
    said = explain(Fault(code="7777", message="Odd", detail="The widget is sad."))
    assert said.message == "QuickBooks says: The widget is sad."
    assert said.remedy
    assert not is_explained("7777")


def test_a_refusal_without_words_at_least_names_its_code():
    assert explain(Fault(code="7777")).message == "QuickBooks refused this without saying why (code 7777)."


def test_every_text_is_a_whole_sentence_with_a_remedy():
    for code in (str(number) for number in range(100, 10_300)):
        if is_explained(code):
            said = explain(Fault(code=code))
            assert said.message[0].isupper(), code
            assert said.message.endswith("."), code
            assert said.remedy.endswith("."), code


NAMED_IN = {"mapping": "Mapping page", "connection": "Connection page", "core_data": "in ProForge Core"}


def test_a_remedy_that_names_a_place_of_ours_leads_there():
    found = [explain(Fault(code=str(number))) for number in range(100, 10_300) if is_explained(str(number))]
    for said in found:
        named = [screen for screen, words in NAMED_IN.items() if words in said.remedy]
        assert said.place.screen in (named or [""]), said.remedy
    assert {said.place.screen for said in found} == {"", *NAMED_IN}
