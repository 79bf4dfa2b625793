"""Snapshots: the books come back as they were, and who is connected stays connected."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.sandbox_client import REALM, Company, Served


@pytest.fixture(params=["in memory", "in a file"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    options = ["--state", str(tmp_path / "company.db")] if request.param == "in a file" else []
    served = Served.start("--no-throttle", *options)
    yield served
    served.stop()


def count(company: Company, entity: str) -> int:
    told = company.ask(f"select count(*) from {entity}").json()["QueryResponse"]
    return int(told["totalCount"])


def test_what_was_written_since_a_snapshot_is_undone(kept: Served) -> None:
    company = kept.connect()
    bills, applied = count(company, "Bill"), company.applied()
    kept.control("snapshots", {"name": "before-the-lesson"})
    made = company.create("Bill", **company.bill(DocNumber="L-1"))
    kept.control(f"{REALM}/delete", {"entity": "Bill", "id": made["Id"]})
    company.create("Bill", **company.bill(DocNumber="L-2"))
    kept.control("restore", {"name": "before-the-lesson"})
    assert (count(company, "Bill"), company.applied()) == (bills, applied)


def test_a_snapshot_can_be_restored_again_and_again(kept: Served) -> None:
    company = kept.connect()
    bills = count(company, "Bill")
    kept.control("snapshots", {"name": "start"})
    for _ in range(2):
        company.create("Bill", **company.bill())
        kept.control("restore", {"name": "start"})
        assert count(company, "Bill") == bills


def test_a_restore_leaves_connections_as_they_are(kept: Served) -> None:
    kept.control("snapshots", {"name": "nobody-connected"})
    company = kept.connect()
    kept.control("restore", {"name": "nobody-connected"})
    assert company.call("GET", "preferences").status_code == 200
    assert kept.refresh(company.tokens["refresh_token"]).status_code == 200


def test_a_restore_brings_back_the_time_of_the_snapshot(kept: Served) -> None:
    kept.control("snapshots", {"name": "today"})
    before = kept.control("clock", method="GET")["now"][:13]
    kept.control("clock", {"advance_seconds": 40 * 86_400})
    kept.control("restore", {"name": "today"})
    assert kept.control("clock", method="GET")["now"][:13] == before


def test_a_request_id_used_after_the_snapshot_is_free_again(kept: Served) -> None:
    company = kept.connect()
    kept.control("snapshots", {"name": "start"})
    first = company.post("Bill", company.bill(DocNumber="R-1"), requestid="r-1")
    kept.control("restore", {"name": "start"})
    again = company.post("Bill", company.bill(DocNumber="R-1"), requestid="r-1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert [row["requestid"] for row in company.applied()] == ["r-1"]


def test_snapshots_are_listed_and_forgotten_by_name(kept: Served) -> None:
    kept.control("snapshots", {"name": "b"})
    kept.control("snapshots", {"name": "a"})
    assert kept.control("snapshots", method="GET") == {"snapshots": ["a", "b"]}
    assert kept.control("snapshots", {"name": "a"}, method="DELETE") == {"snapshots": ["b"]}


@pytest.mark.parametrize("name", ["", "../company", "A", "a b", "-a", "x" * 41, "a/b", "a\x00b"])
def test_a_name_that_could_be_a_path_is_refused(kept: Served, name: str) -> None:
    with pytest.raises(AssertionError, match="small letters"):
        kept.control("snapshots", {"name": name})


@pytest.mark.parametrize("call", ["restore", "snapshots"])
def test_a_snapshot_that_is_not_there_is_named(kept: Served, call: str) -> None:
    with pytest.raises(AssertionError, match="there is no snapshot 'never'"):
        kept.control(call, {"name": "never"}, method="POST" if call == "restore" else "DELETE")


def test_a_company_file_opened_again_still_has_its_snapshots(tmp_path: Path) -> None:
    options = ("--no-throttle", "--state", str(tmp_path / "company.db"))
    served = Served.start(*options)
    served.control("snapshots", {"name": "kept"})
    served.stop()
    again = Served.start(*options)
    try:
        assert again.control("snapshots", method="GET") == {"snapshots": ["kept"]}
        again.control("restore", {"name": "kept"})
        assert count(again.connect(), "Customer") > 0
    finally:
        again.stop()
