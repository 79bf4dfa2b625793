"""One call to the company API, taken apart: which resource, which record, what kind of call it is."""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.strict_json import read_json

LOOKS: Final = {"read", "query", "cdc", "report"}  # what a call may do without writing
AN_ID: Final = re.compile(rb'"Id"\s*:\s*"?[1-9]')  # clients send an empty or zero one with what is new
QUERY_TYPES: Final = ("application/text", "text/plain")


class UnknownPathError(Exception):
    """No such resource: answered with 404 by the web server, not by the books."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the caller wants, before anything is looked up."""

    method: str
    realm: str
    resource: str  # bill, query, batch, …
    key: str | None  # what follows it in the path
    tail: str | None  # and what follows that, such as pdf
    parameters: dict[str, str]
    content_type: str  # with its parameters, as sent
    body: bytes
    accept: str  # as sent
    wants_json: bool
    base_url: str  # without a slash at its end
    kind: str  # read, query, cdc, report, batch, upload, create, update, delete, void

    @property
    def labels(self) -> tuple[str, ...]:
        """The names by which a fault may aim at this call."""
        sides = () if self.kind in LOOKS else ("write",)
        return (self.kind, self.resource, *sides, f"/v3/company/{self.realm}/{self.resource}")

    @property
    def writes(self) -> bool:
        return self.method == "POST" and self.kind not in LOOKS

    @property
    def request_id(self) -> str | None:
        return self.parameters.get("requestid") if self.writes else None

    @property
    def media_type(self) -> str:
        return self.content_type.split(";")[0].strip().lower()

    def statement(self) -> str:
        """The query: a parameter of a GET, the body of a POST."""
        if self.method == "GET":
            return self.parameters.get("query", "")
        if self.media_type not in QUERY_TYPES:
            raise RefusalError("1050", f"Invalid content type {self.media_type}, use application/text")
        return self.body.decode("utf-8", errors="replace")

    def payload(self) -> dict[str, Any]:
        """The JSON object that was sent, its decimals exact."""
        if self.media_type != "application/json":
            raise RefusalError("1050", f"Invalid content type {self.media_type}, use application/json")
        try:
            payload = read_json(self.body)
        except ValueError:
            raise faults.unknown_property("body") from None
        if not isinstance(payload, dict):
            raise faults.unknown_property("body")
        return payload


def take_apart(request: Request, body: bytes) -> Asked:
    parameters = {name: values[0] for name, values in parse_qs(request.url.query, keep_blank_values=True).items()}
    resource = str(request.path_params["resource"])
    return Asked(
        method=request.method,
        realm=str(request.path_params["realm"]),
        resource=resource,
        key=request.path_params.get("key"),
        tail=request.path_params.get("tail"),
        parameters=parameters,
        content_type=request.headers.get("content-type", ""),
        body=body,
        accept=request.headers.get("accept", ""),
        wants_json="application/json" in request.headers.get("accept", ""),
        base_url=str(request.base_url).rstrip("/"),
        kind=_kind_of_call(request.method, resource, parameters, body),
    )


def _kind_of_call(method: str, resource: str, parameters: dict[str, str], body: bytes) -> str:
    if resource in {"query", "cdc", "batch", "upload"}:
        return resource
    if resource == "reports":
        return "report"
    if method == "GET":
        return "read"
    if parameters.get("operation") == "delete":
        return "delete"
    if "void" in (parameters.get("include"), parameters.get("operation")):
        return "void"
    return "update" if b'"SyncToken"' in body and AN_ID.search(body) else "create"
