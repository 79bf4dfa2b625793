"""The page of every request received: newest first, filtered, each with what was sent and answered."""

import json
from collections.abc import Iterable
from html import escape
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from qbsync.sandbox.clock import stamp
from qbsync.sandbox.control.guard import is_local
from qbsync.sandbox.control.journal import Call, Journal
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.website.html import choices, document, field, link, refusal_page, table

ROWS_MAX: Final = 200
OUTCOMES: Final = ("2xx", "4xx", "5xx", "dropped")
HEADINGS: Final = ("When", "Call", "Status", "Took", "Request id", "Notes", "intuit_tid")


async def requests_page(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    if not is_local(request):
        return refusal_page("The requests are shown on this machine only.", 403)
    asked = {name: request.query_params.get(name, "") for name in ("kind", "outcome", "text")}
    found = [call for call in reversed(sandbox.journal.calls) if _is_asked(call, **asked)]
    body = f"<h1>Requests</h1>{_counters(sandbox.journal)}{_filter(sandbox.journal, asked)}"
    shown = table(HEADINGS, [_row(call) for call in found[:ROWS_MAX]], frozenset({2, 3}))
    if not sandbox.journal.calls:
        shown = ""
    told = f"The last {ROWS_MAX} of {len(found)}" if len(found) > ROWS_MAX else f"{len(found)} requests"
    said = f"{told}, newest first." if shown else "Nothing has been asked of this QuickBooks since it was started."
    return document("Requests", f'{body}<div class="card"><p class="soft">{said}</p>{shown}</div>')


def _is_asked(call: Call, *, kind: str, outcome: str, text: str) -> bool:
    searched = f"{call.path} {call.request_id or ''} {call.tid} {call.fault or ''} {call.caller}"
    return kind in {"", call.kind} and outcome in {"", call.outcome} and text.lower() in searched.lower()


def _counters(journal: Journal) -> str:
    counted = journal.counters
    names = ("calls", "metered", "free", "throttled", "replayed")
    told = " · ".join(f"{counted[name]:,} {name}" for name in names)
    kinds = " · ".join(f"{counted[f'kind:{kind}']:,} {escape(kind)}" for kind in _kinds(journal))
    return f'<p class="soft">{told}<br>{kinds}</p>'


def _kinds(journal: Journal) -> list[str]:
    return sorted(name.partition(":")[2] for name in journal.counters if name.startswith("kind:"))


def _filter(journal: Journal, asked: dict[str, str]) -> str:
    inner = choices("kind", "Kind of call", ["", *_kinds(journal)], asked["kind"])
    inner += choices("outcome", "Answer", ["", *OUTCOMES], asked["outcome"])
    inner += field("text", "Path, request id or fault holds", asked["text"])
    return f'<form method="get" class="card filter">{inner}<button class="quiet">Filter</button></form>'


def _row(call: Call) -> list[str]:
    items = f" of {call.items}" if call.items else ""
    return [
        stamp(call.started)[:19].replace("T", " "),
        f"{link(f'/requests/{call.tid}', call.kind + items)} <small>{escape(call.method)} {escape(call.path)}</small>",
        "cut" if call.status == 0 else str(call.status),
        f"{(call.ended - call.started) * 1000:,.0f} ms",
        f"<code>{escape(call.request_id or '')}</code>",
        escape(", ".join(_notes(call))),
        f"<code>{escape(call.tid)}</code>",
    ]


def _notes(call: Call) -> Iterable[str]:
    if call.fault:
        yield f"fault on demand: {call.fault}"
    if call.replayed:
        yield "answered before, replayed"
    if call.metered:
        yield "metered"


async def request_page(request: Request) -> Response:
    """One request with its bodies, as long as they are kept."""
    sandbox: Sandbox = request.app.state.sandbox
    if not is_local(request):
        return refusal_page("The requests are shown on this machine only.", 403)
    tid = str(request.path_params["tid"])
    call = sandbox.journal.call(tid)
    if call is None:
        return refusal_page("There is no such request any more.", 404)
    rows = [list(pair) for pair in zip(HEADINGS, _row(call), strict=True)]
    rows += [["Company", escape(call.realm)], ["App", escape(call.app)], ["Caller", escape(call.caller)]]
    rows.append(["SHA-256 of the body", f"<code>{escape(call.body_sha256)}</code>"])
    body = f'<h1>Request</h1><div class="card">{table(("", ""), rows)}</div>'
    held = sandbox.journal.bodies(tid)
    if held is None:
        body += '<p class="soft">What was sent is kept of the last 500 calls to the company API and of projects.</p>'
    else:
        for title, text in (("Parameters", held.parameters), ("Sent", held.sent), ("Answered", held.answered)):
            body += f'<div class="card"><h2>{title}</h2><pre>{escape(_pretty(text))}</pre></div>' if text else ""
    back = link(f"/requests?{urlencode({'kind': call.kind})}", f"All requests of kind {call.kind}")
    return document("Request", f"{body}<p>{back}</p>")


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
