"""What the tests of attachments share: bodies of notes, and uploads of files."""

import json
from typing import Any

import requests

from tests.sandbox.sandbox_client import Company, Json

FIRST_ID = 5_000_000_000_000_142_240
PDF = b"%PDF-1.4 \x00\xff\r\n--part\r\n"


def note(**changes: Any) -> Json:
    return {"Note": "see the drawings", **changes}


def on(kind: str, key: str, **more: Any) -> Json:
    return {"AttachableRef": [{"EntityRef": {"type": kind, "value": key}, **more}]}


Parts = dict[str, tuple[str | None, str | bytes, str]]


def pair(number: str = "01", content: bytes = PDF, content_type: str = "application/pdf", **metadata: Any) -> Parts:
    told = {"FileName": "invoice.pdf", **metadata}
    return {
        f"file_metadata_{number}": (None, json.dumps(told), "application/json"),
        f"file_content_{number}": ("invoice.pdf", content, content_type),
    }


def send(company: Company, parts: Parts, **parameters: str) -> requests.Response:
    return company.call("POST", "upload", files=parts, params=parameters)


def upload(company: Company, **metadata: Any) -> Json:
    """The one attachable that was made."""
    answer = send(company, pair(**metadata))
    assert answer.status_code == 200, answer.text
    (made,) = answer.json()["AttachableResponse"]
    assert "Attachable" in made, made
    found: Json = made["Attachable"]
    return found
