"""Batches and request ids: items stand alone, and a repetition never has a second effect."""

from pathlib import Path
from typing import Any

import pytest
import requests

from tests.sandbox.sandbox_client import Company, Json, Served, fault_of


def item(b_id: str, operation: str = "create", **entity: Any) -> Json:
    return {"bId": b_id, "operation": operation, **entity}


def test_items_are_independent_and_answered_by_their_b_id(company: Company) -> None:
    made = company.create("TimeActivity", **company.time())
    answer = company.batch(
        item("a", TimeActivity=company.time()),
        item("b", Vendor={"DisplayName": "Summit Electric"}),
        item("c", "update", TimeActivity={**made, "Hours": 8}),
        item("d", "delete", TimeActivity={"Id": "99999", "SyncToken": "0"}),
        {"bId": "e", "Query": "select Id from Customer where Job = true"},
        item("f", Castle={"Towers": 4}),
        item("g", "explode", Vendor={"DisplayName": "New"}),
        {"bId": "h", "Query": "select nonsense"},
        item("i", Bill=company.bill()),
    )
    assert answer.status_code == 200
    results = answer.json()["BatchItemResponse"]
    assert [result["bId"] for result in results] == list("abcdefghi")
    codes = [result["Fault"]["Error"][0]["code"] if "Fault" in result else "" for result in results]
    assert codes == ["", "6240", "", "610", "", "2010", "2170", "4000", ""]
    assert results[2]["TimeActivity"]["Hours"] == 8
    assert results[4]["QueryResponse"]["Customer"][0]["Id"] == "7"
    assert [(write["bId"], write["entity"]) for write in company.applied()[1:]] == [
        ("a", "TimeActivity"),
        ("c", "TimeActivity"),
        ("i", "Bill"),
    ]


def test_a_refused_item_leaves_no_trace(company: Company) -> None:
    count = len(company.applied())
    bad = company.bill(Line=[company.account_line(10), {"Amount": 5}])
    company.batch(item("a", Bill=bad))
    assert len(company.applied()) == count
    made = company.create("Bill", **company.bill())
    newest = company.rows("select Id from Bill orderby Id desc maxresults 1")
    assert [row["Id"] for row in newest] == [made["Id"]]


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "2020"),
        ([{"operation": "create", "Vendor": {"DisplayName": "x"}}], "2020"),
        ([item("a", Vendor={"DisplayName": "x"}), item("a", Vendor={"DisplayName": "y"})], "600"),
        ([item(str(number), Vendor={"DisplayName": f"v{number}"}) for number in range(31)], "1040"),
    ],
)
def test_a_batch_that_is_badly_formed_is_refused_whole(company: Company, items: list[Json], code: str) -> None:
    answer = company.batch(*items)
    assert answer.status_code == 400
    assert fault_of(answer)["code"] == code
    assert company.applied() == []


def test_a_batch_may_allow_a_duplicate_number(company: Company) -> None:
    company.create("Bill", **company.bill(DocNumber="7"))
    results = company.batch(
        item("a", Bill=company.bill(DocNumber="7")),
        item("b", Bill=company.bill(DocNumber="7"), optionsData="allowduplicatedocnum"),
    ).json()["BatchItemResponse"]
    assert results[0]["Fault"]["Error"][0]["code"] == "6140"
    assert results[1]["Bill"]["DocNumber"] == "7"


# request ids


def test_a_repeated_request_id_replays_the_answer_byte_for_byte(company: Company) -> None:
    body = company.time()
    first = company.post("timeactivity", body, requestid="r-1")
    company.served.control("clock", {"advance_seconds": 60})
    second = company.post("timeactivity", body, requestid="r-1")
    assert second.content == first.content
    assert second.headers["intuit_tid"] != first.headers["intuit_tid"]
    assert len(company.applied()) == 1


def test_another_body_under_the_same_request_id_still_gets_the_first_answer(company: Company) -> None:
    first = company.post("timeactivity", company.time(), requestid="r-1")
    second = company.post("timeactivity", company.time(Hours=1), requestid="r-1")
    assert second.content == first.content


def test_a_refusal_is_replayed_too(company: Company) -> None:
    first = company.post("vendor", {"DisplayName": "Summit Electric"}, requestid="r-2")
    second = company.post("vendor", {"DisplayName": "Quite New"}, requestid="r-2")
    assert (second.status_code, second.content) == (400, first.content)


def test_a_replay_outlives_the_record(company: Company) -> None:
    first = company.post("timeactivity", company.time(), requestid="r-3")
    made = first.json()["TimeActivity"]
    company.post("timeactivity", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert company.post("timeactivity", company.time(), requestid="r-3").content == first.content


def test_request_ids_belong_to_one_company(company: Company) -> None:
    company.post("vendor", {"DisplayName": "Both"}, requestid="r-4")
    other = company.served.connect("9130357766900200")
    assert other.post("vendor", {"DisplayName": "Both"}, requestid="r-4").status_code == 200
    assert len(other.applied()) == 1


def test_a_repeated_batch_replays_byte_for_byte(company: Company) -> None:
    items = [item(str(number), TimeActivity=company.time()) for number in range(30)]
    first = company.batch(*items, requestid="batch-1")
    second = company.batch(*items, requestid="batch-1")
    assert second.content == first.content
    assert len(company.applied()) == 30


def test_known_items_of_another_batch_are_replayed_and_new_ones_carried_out(company: Company) -> None:
    first = company.batch(item("1", TimeActivity=company.time()), requestid="batch-2").json()
    both = company.batch(
        item("1", TimeActivity=company.time()), item("2", TimeActivity=company.time()), requestid="batch-2"
    ).json()
    assert both["BatchItemResponse"][0] == first["BatchItemResponse"][0]
    assert [(write["requestid"], write["bId"]) for write in company.applied()] == [
        ("batch-2", "1"),
        ("batch-2", "2"),
    ]


@pytest.mark.parametrize(
    ("entity", "request_id", "b_id", "status"),
    [
        ("single", "x" * 50, "", 200),
        ("single", "x" * 51, "", 400),
        ("single", "", "", 400),
        ("batch", "x" * 36, "1234567890", 200),
        ("batch", "x" * 37, "1", 400),
        ("batch", "x" * 36, "12345678901", 400),
    ],
)
def test_request_ids_have_a_length(company: Company, entity: str, request_id: str, b_id: str, status: int) -> None:
    if entity == "single":
        answer = company.post("vendor", {"DisplayName": "New"}, requestid=request_id)
    else:
        answer = company.batch(item(b_id, Vendor={"DisplayName": "New"}), requestid=request_id)
    assert answer.status_code == status
    if status == 400:
        assert fault_of(answer)["code"] == "2130"


def test_records_tokens_and_replays_survive_a_killed_server(tmp_path: Path) -> None:
    state = str(tmp_path / "company.db")
    served = Served.start("--state", state, "--no-throttle")
    company = served.connect()
    body = company.time()
    first = company.post("timeactivity", body, requestid="before the crash")
    items = [item(str(number), TimeActivity=body) for number in range(10)]
    batch = company.batch(*items, requestid="batch before")
    served.kill()
    again = Served.start("--state", state, "--no-throttle")
    try:
        company = Company(served=again, realm=company.realm, tokens=company.tokens)
        assert company.post("timeactivity", body, requestid="before the crash").content == first.content
        assert company.batch(*items, requestid="batch before").content == batch.content
        assert len(company.applied()) == 11
        assert again.refresh(company.tokens["refresh_token"]).status_code == 200
    finally:
        assert again.stop() == 0


def test_an_empty_company_has_accounts_and_no_names() -> None:
    served = Served.start("--seed", "empty", "--no-throttle")
    try:
        company = served.connect()
        names = [company.rows(f"select * from {kind}") for kind in ("Customer", "Vendor", "Employee", "Bill")]
        assert names == [[], [], [], []]
        assert company.id_of("Account", "Accounts Payable (A/P)")
        assert requests.get(served.url, timeout=10).status_code == 200
    finally:
        served.stop()


def test_a_request_id_of_a_single_write_is_known_in_a_batch_and_the_other_way(company: Company) -> None:
    single = company.post("Vendor", {"DisplayName": "Single First"}, requestid="both")
    batch = company.batch(
        {"bId": "1", "operation": "create", "Vendor": {"DisplayName": "Then A Batch"}}, requestid="both"
    )
    again = company.post("Vendor", {"DisplayName": "Single First"}, requestid="both")
    assert batch.content == single.content == again.content
    assert [row["requestid"] for row in company.applied()] == ["both"]


def test_a_write_that_failed_in_the_system_is_carried_out_under_the_same_request_id(company: Company) -> None:
    company.served.fault("poison", match="Second Try", count=1)
    first = company.post("Vendor", {"DisplayName": "Second Try"}, requestid="again")
    assert (first.status_code, fault_of(first)["code"]) == (500, "10000")
    again = company.post("Vendor", {"DisplayName": "Second Try"}, requestid="again")
    assert again.status_code == 200
    assert company.post("Vendor", {"DisplayName": "Second Try"}, requestid="again").content == again.content


def test_an_item_that_failed_in_the_system_is_carried_out_when_the_batch_comes_again(company: Company) -> None:
    company.served.fault("poison", match="Third Time", count=1)
    items = [
        {"bId": "1", "operation": "create", "Vendor": {"DisplayName": "First Time"}},
        {"bId": "2", "operation": "create", "Vendor": {"DisplayName": "Third Time"}},
        {"bId": "3", "operation": "create", "Vendor": {"DisplayName": "a:b"}},
    ]
    first = company.batch(*items, requestid="three").json()["BatchItemResponse"]
    again = company.batch(*items, requestid="three").json()["BatchItemResponse"]
    assert ["Fault" in item for item in first] == [False, True, True]
    assert ["Fault" in item for item in again] == [False, False, True]
    assert (again[0], again[2]) == (first[0], first[2])
    assert [row["bId"] for row in company.applied()] == ["1", "2"]
