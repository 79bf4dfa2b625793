"""The control API and the pages: another user at work, the record of what was done, and what people see."""

import json
import re
import subprocess
import sys

import pytest
import requests

from tests.sandbox.sandbox_client import REALM, ROOT, Company, Served


def open_bill(company: Company) -> str:
    """The id of the seed's open bill of 486.75."""
    return str(company.rows("select Id from Bill where DocNumber = '88213'")[0]["Id"])


def test_another_users_edit_raises_the_token_and_is_not_held_by_the_closing_date(company: Company) -> None:
    key = open_bill(company)
    bill = company.read("Bill", key)
    changed = company.served.control(
        f"{REALM}/edit",
        {"entity": "Bill", "id": key, "changes": {"DocNumber": "88213-A", "TxnDate": "2026-07-03"}},
    )
    assert (changed["DocNumber"], changed["SyncToken"]) == ("88213-A", str(int(bill["SyncToken"]) + 1))
    assert changed["Line"] == bill["Line"]


def test_another_user_deletes_deactivates_and_pays(company: Company) -> None:
    served = company.served
    assert served.control(f"{REALM}/delete", {"entity": "TimeActivity", "id": "3"})["status"] == "Deleted"
    key = company.id_of("Employee", "Helen Voss")
    gone = served.control(f"{REALM}/deactivate", {"entity": "Employee", "id": key})
    assert gone["DisplayName"] == "Helen Voss (deleted)"
    payment = served.control(f"{REALM}/pay", {"bill_id": open_bill(company), "date": "2026-11-20"})
    assert (payment["TotalAmt"], payment["TxnDate"]) == (486.75, "2026-11-20")
    assert [write["writer"] for write in company.applied()] == ["root", "root", "root"]


def test_a_refused_edit_is_explained(company: Company) -> None:
    answer = requests.post(
        f"{company.served.url}/_sandbox/{REALM}/edit",
        json={"entity": "TimeActivity", "id": "3", "changes": {"Hours": -1}},
        timeout=10,
    )
    assert answer.status_code == 400
    assert answer.json()["Fault"]["Error"][0]["code"] == "6380"


def test_every_call_is_in_the_journal_with_its_caller_and_digest(company: Company) -> None:
    company.served.control("stats", method="DELETE")
    marked = {"User-Agent": "worker-7"}
    company.call("POST", "vendor", json={"DisplayName": "J"}, params={"requestid": "j-1"}, headers=marked)
    company.call("POST", "vendor", json={"DisplayName": "J"}, params={"requestid": "j-1"}, headers=marked)
    company.ask("select * from Term")
    calls = company.served.control("requests?last=10", method="GET")["requests"]
    assert [(call["kind"], call["request_id"], call["replayed"]) for call in calls] == [
        ("create", "j-1", False),
        ("create", "j-1", True),
        ("query", None, False),
    ]
    assert calls[0]["body_sha256"] == calls[1]["body_sha256"]
    assert calls[0]["caller"] == "worker-7"
    assert calls[0]["started"] <= calls[0]["ended"]
    stats = company.served.control("stats", method="GET")
    assert (stats["calls"], stats["metered"], stats["free"], stats["replayed"]) == (3, 1, 2, 1)


def test_no_code_and_no_token_is_in_the_journal(company: Company) -> None:
    company.served.refresh(company.tokens["refresh_token"])
    text = str(company.served.control("requests", method="GET"))
    for secret in (company.tokens["access_token"], company.tokens["refresh_token"], "local-secret"):
        assert secret not in text


def test_the_control_api_refuses_other_names_and_other_sites(served: Served) -> None:
    address = f"{served.url}/_sandbox/stats"
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        assert requests.get(address, headers=headers, timeout=10).status_code == 403
    form = requests.post(
        f"{served.url}/company/{REALM}/Bill/5/pay", headers={"Origin": "http://evil.example"}, timeout=10
    )
    assert form.status_code == 403


def test_the_clock_is_kept_in_what_is_written(company: Company) -> None:
    company.served.control("clock", {"now": "2027-03-01T09:00:00-08:00"})
    company.tokens = company.served.exchange(company.served.code()).json()
    made = company.create("Vendor", DisplayName="Later")
    assert made["MetaData"]["CreateTime"].startswith("2027-03-01T09:00:0")


PAGES = [
    ("/", "Ridgeline Builders, Inc."),
    (f"/company/{REALM}/Bill", "ASF-5540"),
    (f"/company/{REALM}/Customer", "O&#x27;Brien Development Group"),
    (f"/company/{REALM}/Employee", "Marcus Webb (deleted)"),
    (f"/company/{REALM}/TimeActivity", "Aaron Delacroix"),
    (f"/company/{REALM}/Bill/1", "BillPaymentCheck"),
]


@pytest.mark.parametrize(("path", "part"), PAGES)
def test_a_page_shows(served: Served, path: str, part: str) -> None:
    answer = requests.get(served.url + path, timeout=10)
    assert answer.status_code == 200
    assert part in answer.text


def test_hostile_names_are_only_text(company: Company) -> None:
    made = company.create("Vendor", DisplayName="<script>alert(1)</script>")
    for path in (f"/company/{REALM}/Vendor", f"/company/{REALM}/Vendor/{made['Id']}"):
        text = requests.get(company.served.url + path, timeout=10).text
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


def test_pages_that_do_not_exist_say_so(served: Served) -> None:
    for path in ("/company/1/Bill", f"/company/{REALM}/Castle", f"/company/{REALM}/Bill/999"):
        assert requests.get(served.url + path, timeout=10).status_code == 404


def test_a_person_edits_pays_and_deletes_by_the_forms(company: Company) -> None:
    base, bill = f"{company.served.url}/company/{REALM}", open_bill(company)
    requests.post(f"{base}/Bill/{bill}/edit", data={"PrivateNote": "checked", "DueDate": ""}, timeout=10)
    assert company.read("Bill", bill)["PrivateNote"] == "checked"
    requests.post(f"{base}/Bill/{bill}/pay", data={"amount": "100.25", "date": ""}, timeout=10)
    assert company.read("Bill", bill)["Balance"] == 386.5
    requests.post(f"{base}/TimeActivity/4/edit", data={"Hours": "6", "Minutes": "15"}, timeout=10)
    assert company.read("TimeActivity", "4")["Hours"] == 6
    page = requests.post(f"{base}/TimeActivity/4/delete", timeout=10)
    assert "was deleted" in page.text
    assert re.search(r"create.*", page.text)
    refused = requests.post(f"{base}/Bill/{bill}/delete", timeout=10)
    assert refused.status_code == 400
    assert "linked transactions" in refused.text


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qbsync.sandbox", *words],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=ROOT,
        check=False,
    )


def test_the_command_line_steers_a_running_server(company: Company) -> None:
    where = ("--url", company.served.url)
    paid = command("pay", open_bill(company), "--amount", "86.75", *where)
    assert paid.returncode == 0
    assert json.loads(paid.stdout)["TotalAmt"] == 86.75
    assert command("fault", "status", "--status", "502", "--count", "1", "--route", "query", *where).returncode == 0
    assert company.ask("select Id from Term").status_code == 502
    assert command("fault", "meteor", *where).returncode == 1
    assert command("edit", "Bill", "1", '{"PrivateNote": "by hand"}', *where).returncode == 0
    assert command("clock", "--advance-seconds", "60", *where).returncode == 0
    assert command("reset", "empty", *where).returncode == 0
    assert company.served.control("reset", {"seed": "contractor"})["seed"] == "contractor"


def test_the_command_line_says_when_nobody_is_there() -> None:
    answer = command("stats", "--url", "http://127.0.0.1:9")
    assert answer.returncode == 2
    assert "no local QuickBooks at http://127.0.0.1:9" in answer.stderr
