"""Uploads: pairs of parts that become files, and bodies that are no upload at all."""

from typing import Any
from urllib.parse import unquote

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.sandbox_client import REALM, Company, fault_of
from tests.sandbox.upload_client import FIRST_ID, PDF, Parts, on, pair, send, upload


def test_an_uploaded_file_is_told_as_the_service_tells_it(company: Company) -> None:
    made = upload(company, Note="A note", **on("Bill", "9", IncludeOnSend=True))
    key = made["Id"]
    assert made["TempDownloadUri"].startswith(f"{company.served.url}/")
    assert {name: made[name] for name in made.keys() - {"TempDownloadUri", "MetaData"}} == {
        "FileName": "invoice.pdf",
        "ContentType": "application/pdf",
        "Size": len(PDF),
        "Note": "A note",
        "FileAccessUri": f"/v3/company/{REALM}/download/{key}",
        "AttachableRef": [{"EntityRef": {"type": "Bill", "value": "9"}, "IncludeOnSend": True}],
        "Id": key,
        "SyncToken": "0",
        "domain": "QBO",
        "sparse": False,
    }
    read = company.read("Attachable", key)
    assert {**read, "TempDownloadUri": ""} == {**made, "TempDownloadUri": ""}


def test_a_file_comes_back_byte_for_byte(company: Company) -> None:
    content = bytes(range(256)) * 300
    made = upload(company, content=content, content_type="application/zip", FileName="plans.zip")
    address = company.call("GET", f"download/{made['Id']}")
    assert (address.status_code, address.headers["content-type"]) == (200, "text/plain;charset=UTF-8")
    for found in (requests.get(address.text, timeout=10), requests.get(made["TempDownloadUri"], timeout=10)):
        assert (found.status_code, found.content) == (200, content)
        assert found.headers["content-type"] == "application/zip"
        assert found.headers["content-disposition"] == "attachment; filename*=UTF-8''plans.zip"
        assert found.headers["x-content-type-options"] == "nosniff"


def test_files_of_one_upload_are_answered_by_number_each_for_itself(company: Company) -> None:
    parts = {
        **pair("10", FileName="ten.pdf"),
        **pair("02", FileName="two.pdf", **on("Bill", "99999")),
        **pair("01", FileName="one.pdf"),
    }
    told = send(company, parts).json()["AttachableResponse"]
    assert [each.get("Attachable", {}).get("FileName") for each in told] == ["one.pdf", None, "ten.pdf"]
    assert told[1]["Fault"]["Error"][0]["code"] == "2500"
    assert [write["operation"] for write in company.applied()] == ["create", "create"]


def test_a_file_sent_in_base64_is_kept_as_it_is_meant(company: Company) -> None:
    body = multipart(
        b'Content-Disposition: form-data; name="file_metadata_01"\r\nContent-Type: application/json\r\n\r\n{}',
        b'Content-Disposition: form-data; name="file_content_01"; filename="a.txt"\r\nContent-Type: text/plain\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8=",
    )
    (made,) = raw(company, body).json()["AttachableResponse"]
    assert (made["Attachable"]["FileName"], made["Attachable"]["Size"]) == ("a.txt", 5)
    assert requests.get(made["Attachable"]["TempDownloadUri"], timeout=10).content == b"hello"


def test_a_file_without_metadata_is_named_by_its_headers(company: Company) -> None:
    answer = send(company, {"file_content_07": ("delivery note.txt", b"forty bags", "text/plain")})
    (made,) = answer.json()["AttachableResponse"]
    told = {name: made["Attachable"][name] for name in ("FileName", "ContentType", "Size")}
    assert told == {"FileName": "delivery note.txt", "ContentType": "text/plain", "Size": 10}


def test_bare_line_ends_are_taken_and_the_content_stays_as_it_is(company: Company) -> None:
    content = b"one\ntwo\r\nthree\r\rfour\n"
    body = b"\n" + multipart(METADATA, CONTENT.replace(b"hello", b"@")).replace(b"\r\n", b"\n").replace(b"@", content)
    (made,) = raw(company, body).json()["AttachableResponse"]
    assert requests.get(made["Attachable"]["TempDownloadUri"], timeout=10).content == content


@pytest.fixture(scope="module")
def shared(running: Any) -> Company:
    running.control("reset", {"seed": "contractor"})
    company: Company = running.connect()
    return company


@pytest.mark.parametrize(
    ("parts", "code", "element"),
    [
        ({"file_metadata_01": (None, "{}", "application/json")}, "2020", "file_content_01"),
        ({"file_content_01": (None, PDF, "application/pdf")}, "6040", "FileName"),
        (pair(content=b""), "6020", "file_content_01"),
        (pair(ContentType="image/png"), "6050", "ContentType"),
        (pair(ContentType=["image/png"]), "6050", "ContentType"),
        (pair(FileName="x" * 1001), "2050", "FileName"),
        (pair(FileName="a\r\nSet-Cookie: x"), "2040", "FileName"),
        (pair(FileName=7), "2010", "FileName"),
        (pair(Colour="red"), "2010", "Colour"),
        ({**pair(), "file_metadata_01": (None, "{}", "text/plain")}, "1050", "file_metadata_01"),
        ({**pair(), "file_metadata_01": (None, "{", "application/json")}, "2010", "file_metadata_01"),
        ({**pair(), "file_metadata_01": (None, "[]", "application/json")}, "2010", "file_metadata_01"),
        ({**pair(), "file_metadata_01": (None, "[" * 100_000, "application/json")}, "2010", "file_metadata_01"),
        ({**pair(), "file_metadata_01": (None, b"\xff", "application/json")}, "2010", "file_metadata_01"),
    ],
)
def test_a_file_is_refused_beside_http_200(shared: Company, parts: Parts, code: str, element: str) -> None:
    answer = send(shared, parts)
    assert answer.status_code == 200
    (told,) = answer.json()["AttachableResponse"]
    error = told["Fault"]["Error"][0]
    assert (error["code"], error["element"]) == (code, element)
    assert shared.rows("select Id from Attachable") == []


def multipart(*parts: bytes, end: bytes = b"--part--\r\n") -> bytes:
    return b"".join(b"--part\r\n" + part + b"\r\n" for part in parts) + end


def raw(company: Company, body: bytes, content_type: str = "multipart/form-data; boundary=part") -> requests.Response:
    return company.call("POST", "upload", data=body, headers={"Content-Type": content_type})


METADATA = b'Content-Disposition: form-data; name="file_metadata_01"\r\nContent-Type: application/json\r\n\r\n{}'
CONTENT = b'Content-Disposition: form-data; name="file_content_01"; filename="a"\r\n\r\nhello'
GOOD = multipart(METADATA, CONTENT)
FORM = "multipart/form-data; boundary=part"
MALFORMED: list[tuple[str, bytes, str, str]] = [
    # what is wrong, the body, its content type, code
    ("not multipart", b"{}", "application/json", "1050"),
    ("another multipart", GOOD, "multipart/mixed; boundary=part", "1050"),
    ("no boundary", GOOD, "multipart/form-data", "1050"),
    ("empty boundary", GOOD, "multipart/form-data; boundary=", "1050"),
    ("another boundary", GOOD, "multipart/form-data; boundary=other", "2010"),
    ("a boundary without end", GOOD, f"multipart/form-data; boundary={'x' * 5000}", "2010"),
    ("nothing", b"", FORM, "2010"),
    ("no parts", b"--part--\r\n", FORM, "2010"),
    ("cut in a header", GOOD[:40], FORM, "2010"),
    ("cut in the content", GOOD[:-16], FORM, "2010"),
    ("no end", multipart(METADATA, CONTENT, end=b""), FORM, "2010"),
    ("no name", multipart(METADATA, b"Content-Type: text/plain\r\n\r\nhello"), FORM, "2010"),
    ("another name", multipart(METADATA, CONTENT.replace(b"file_content_01", b"file")), FORM, "2010"),
    ("no number", multipart(METADATA, CONTENT.replace(b"_01", b"_")), FORM, "2010"),
    ("a long number", multipart(METADATA, CONTENT.replace(b"_01", b"_" + b"1" * 5000)), FORM, "2010"),
    (
        "a path for a name",
        multipart(METADATA, CONTENT.replace(b"file_content_01", b"../file_content_01")),
        FORM,
        "2010",
    ),
    ("a bad header", multipart(METADATA, b"Content Disposition\r\n\r\nhello"), FORM, "2010"),
    ("headers without end", multipart(METADATA, b"X: " + b"y" * 200_000 + b"\r\n\r\nhello"), FORM, "2010"),
    ("twice the number", multipart(METADATA, METADATA, CONTENT), FORM, "2600"),
    ("too many parts", multipart(*[METADATA] * 1001), FORM, "2010"),
]


@pytest.mark.parametrize(
    ("body", "content_type", "code"), [case[1:] for case in MALFORMED], ids=[case[0] for case in MALFORMED]
)
def test_a_malformed_upload_is_refused_as_a_whole(shared: Company, body: bytes, content_type: str, code: str) -> None:
    answer = raw(shared, body, content_type)
    assert (answer.status_code, fault_of(answer)["code"]) == (400, code)
    assert shared.applied() == []


@settings(max_examples=150, deadline=None)
@given(start=st.integers(0, len(GOOD)), junk=st.binary(max_size=30), end=st.integers(0, len(GOOD)))
def test_any_body_is_taken_or_refused_in_order(shared: Company, start: int, junk: bytes, end: int) -> None:
    answer = raw(shared, GOOD[:start] + junk + GOOD[end:])
    assert answer.status_code in {200, 400}
    assert ("AttachableResponse" if answer.status_code == 200 else "Fault") in answer.json()


def test_content_in_an_unknown_writing_is_refused(shared: Company) -> None:
    for writing, content in ((b"gzip", b"hello"), (b"base64", b"!!")):
        part = CONTENT.replace(b"\r\n\r\nhello", b"\r\nContent-Transfer-Encoding: " + writing + b"\r\n\r\n" + content)
        (told,) = raw(shared, multipart(METADATA, part)).json()["AttachableResponse"]
        assert told["Fault"]["Error"][0]["element"] == "file_content_01"


def test_an_upload_has_an_end(shared: Company) -> None:
    answer = raw(shared, b"x" * (100 * 1024 * 1024 + 1))
    assert (answer.status_code, fault_of(answer)["code"]) == (413, "6030")


def test_upload_and_download_have_their_own_paths(shared: Company) -> None:
    assert shared.call("GET", "upload").status_code == 404
    assert shared.call("GET", "download").status_code == 404
    assert shared.call("POST", "download/1", json={}).status_code == 404
    assert fault_of(shared.call("GET", f"download/{FIRST_ID + 99}"))["code"] == "610"
    assert fault_of(shared.call("GET", "download/..%5Cx"))["code"] == "2030"


@pytest.mark.parametrize("name", ["../../etc/passwd", "..\\x.exe", 'a"; x="b.html', "naïve ☃.pdf", "a:b?*.txt"])
def test_a_file_name_is_data(company: Company, name: str) -> None:
    made = upload(company, FileName=name)
    assert made["FileName"] == name
    found = requests.get(made["TempDownloadUri"], timeout=10)
    start, given = "attachment; filename*=UTF-8''", found.headers["content-disposition"]
    assert given.startswith(start)
    assert unquote(given.removeprefix(start)) == name
    assert not set("\"\\/;' ") & set(given.removeprefix(start))


def test_a_type_that_is_none_is_not_passed_on(company: Company) -> None:
    made = upload(company, content_type="", ContentType="text/html\r\nX-Evil: 1")
    found = requests.get(made["TempDownloadUri"], timeout=10)
    assert found.headers["content-type"] == "application/octet-stream"
    assert "x-evil" not in found.headers


def test_a_repeated_upload_is_replayed(company: Company) -> None:
    answers = [send(company, pair(), requestid="up-1") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len(company.rows("select Id from Attachable")) == 1
    assert send(company, {"file": (None, "", "text/plain")}, requestid="up-1").content == answers[0].content


def test_a_file_keeps_its_name_and_size_through_updates(company: Company) -> None:
    made = upload(company)
    error = fault_of(company.post("Attachable", {"Id": made["Id"], "SyncToken": "0", "Note": "no name"}))
    assert error["code"] == "6040"
    changed = company.update("Attachable", **{**made, "FileName": "renamed.pdf", "Size": 1})
    assert (changed["FileName"], changed["Size"]) == ("renamed.pdf", len(PDF))
    assert requests.get(changed["TempDownloadUri"], timeout=10).content == PDF
