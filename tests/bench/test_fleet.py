"""The cheap ledger of the fleet counts what its bench is there to find."""

from __future__ import annotations

import threading
from typing import Any

from bench.ledger import Books


def batch(*names: str) -> dict[str, Any]:
    items = [
        {"bId": str(place), "operation": "create", "Vendor": {"DisplayName": name}} for place, name in enumerate(names)
    ]
    return {"BatchItemRequest": items}


def test_a_repeated_request_id_is_carried_out_once_and_a_new_one_with_the_same_names_is_doubled() -> None:
    books = Books()
    assert books.batch("1", "first", batch("Ada", "Bo")) == books.batch("1", "first", batch("Ada", "Bo"))
    books.batch("2", "first", batch("Ada"))
    assert (len(books.names), b'"doubled": 0' in books.stats()) == (3, True)
    books.batch("1", "second", batch("Ada"))
    assert b'"doubled": 1' in books.stats()


def test_two_batches_of_one_company_at_once_overlap_and_of_two_companies_do_not() -> None:
    for realms, overlapping in ((("1", "1"), 1), (("1", "2"), 0)):
        books = Books(latency=0.3)
        threads = [threading.Thread(target=books.batch, args=(realm, realm, batch("Ada"))) for realm in realms]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert books.overlapping == overlapping
