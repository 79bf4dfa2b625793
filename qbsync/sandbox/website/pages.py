"""Pages for people: what is in a company's books, and a few things another user could do there."""

import json
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from qbsync.sandbox.clock import stamp
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Kind
from qbsync.sandbox.company.store import id_number, to_text
from qbsync.sandbox.entities import KINDS
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.website import actions as website
from qbsync.sandbox.website.forms import act, forms_of
from qbsync.sandbox.website.html import document, link, refusal_page, table
from qbsync.sandbox.website.requests import request_page, requests_page
from qbsync.sandbox.website.tables import COLUMNS, GROUPS, number_columns, shown_cells

PAGE_ROWS: Final = 50
PAGES_MAX: Final = 10**9


def _company(sandbox: Sandbox, realm: str) -> str | None:
    return dict(sandbox.store.companies()).get(realm)


def _tabs(sandbox: Sandbox, realm: str, here: str) -> str:
    """Every kind of record with its number, in groups; what the company does not have stands back."""
    parts = [f"<b>{escape(_company(sandbox, realm) or realm)}</b>"]
    for group, entities in GROUPS.items():
        parts.append(f"<small>{escape(group)}</small>")
        for name in entities:
            count = sandbox.store.count(realm, name, "1", ())
            style = "here" if name == here else "" if count else "none"
            parts.append(
                f'<a href="/company/{escape(realm)}/{name}" class="{style}">{name} <small>{count:,}</small></a>'
            )
    return f'<nav class="tabs">{"".join(parts)}</nav>'


async def front(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    rows = [
        (
            link(f"/company/{realm}/Bill", name),
            escape(realm),
            str(sandbox.store.count(realm, "Bill", "1", ())),
        )
        for realm, name in sandbox.store.companies()
    ]
    clock = stamp(sandbox.clock.seconds())
    body = f'<h1>Companies</h1><div class="card">{table(("Company", "Realm id", "Bills"), rows)}</div>'
    return document("Companies", f'{body}<p class="soft">The clock here says {clock}.</p>')


async def listing(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    realm, entity = str(request.path_params["realm"]), str(request.path_params["entity"])
    name = _company(sandbox, realm)
    if name is None or entity not in COLUMNS:
        return refusal_page("There is no such page.", 404)
    page = max(1, min(id_number(request.query_params.get("page")) or 1, PAGES_MAX))
    order = "txn_date DESC, id DESC" if "TxnDate" in COLUMNS[entity] else "name_key, id"
    found = sandbox.store.page(realm, entity, "1", (), order, limit=PAGE_ROWS + 1, offset=(page - 1) * PAGE_ROWS)
    rows = [_listing_row(sandbox, realm, KINDS[entity], row) for row in found[:PAGE_ROWS]]
    shown = table(("Id", *COLUMNS[entity]), rows, number_columns(entity)) + _pager(page, len(found) > PAGE_ROWS)
    empty = "" if rows else f'<p class="soft">{escape(name)} has no record of this kind yet.</p>'
    body = f'<h1>{entity}</h1><div class="card">{shown if rows else empty}</div>'
    return document(f"{entity} · {name}", _split(sandbox, realm, entity, body))


def _split(sandbox: Sandbox, realm: str, entity: str, body: str) -> str:
    """The kinds of record on the left, what is shown of one on the right."""
    return f'<div class="split">{_tabs(sandbox, realm, entity)}<div>{body}</div></div>'


def _listing_row(sandbox: Sandbox, realm: str, kind: Kind, row: tuple[Any, ...]) -> list[str]:
    body = json.loads(row[1])
    website.books_of(sandbox, realm).fill_names(body, kind.fields)
    key = str(row[0])
    return [
        link(f"/company/{realm}/{kind.name}/{key}", key),
        *shown_cells(kind.name, body),
    ]


def _pager(page: int, more: bool) -> str:
    back = link(f"?page={page - 1}", "← newer") if page > 1 else ""
    return f"<p>{back} {link(f'?page={page + 1}', 'older →') if more else ''}</p>"


async def record(request: Request) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    realm, entity, key = (str(request.path_params[name]) for name in ("realm", "entity", "key"))
    name = _company(sandbox, realm)
    if name is None or entity not in COLUMNS:
        return refusal_page("There is no such page.", 404)
    number = id_number(key)
    history = [] if number is None else sandbox.store.history(realm, entity, number)
    try:
        shown = website.books_of(sandbox, realm).read(KINDS[entity], key)
    except RefusalError:
        if not history:
            return refusal_page("There is no such record.", 404)
        shown = None
    body = _record_body(realm, entity, key, shown, history)
    return document(f"{entity} {key}", _split(sandbox, realm, entity, body))


def _record_body(
    realm: str,
    entity: str,
    key: str,
    shown: dict[str, Any] | None,
    history: list[tuple[Any, ...]],
) -> str:
    body = f"<h1>{escape(entity)} {escape(key)}</h1>"
    if shown is None:
        body += '<div class="card alarm">This record was deleted.</div>'
    else:
        text = json.dumps(json.loads(to_text(shown)), indent=2, ensure_ascii=False)
        body += forms_of(realm, entity, key, shown)
        body += f'<div class="card"><h2>As the API gives it</h2><pre>{escape(text)}</pre></div>'
    rows = [
        (str(token), stamp(at), escape(writer), escape(operation), f"<code>{escape(held[:160])}</code>")
        for token, at, writer, operation, held in history
    ]
    shown_rows = table(("SyncToken", "When", "Who", "What", "Body"), rows)
    return body + f'<div class="card"><h2>History</h2>{shown_rows}</div>'


def routes() -> list[Route]:
    return [
        Route("/", front),
        Route("/requests", requests_page),
        Route("/requests/{tid}", request_page),
        Route("/company/{realm}/{entity}", listing),
        Route("/company/{realm}/{entity}/{key}", record),
        Route("/company/{realm}/{entity}/{key}/{action}", act, methods=["POST"]),
    ]
