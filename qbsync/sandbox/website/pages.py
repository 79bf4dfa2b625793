"""Pages for people: what is in a company's books, and a few things another user could do there."""

import json
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from qbsync.sandbox.clock import stamp
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Kind
from qbsync.sandbox.company.store import id_number, to_text
from qbsync.sandbox.control.routes import is_local
from qbsync.sandbox.entities import KINDS
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.website import actions as website
from qbsync.sandbox.website.html import document, field, form, link, refusal_page, table

PAGE_ROWS: Final = 50
PAGES_MAX: Final = 10**9
# entity → the attributes shown in its table; money and hours stand to the right
COLUMNS: Final = {
    "Customer": ("DisplayName", "ParentRef", "Balance", "Active"),
    "Vendor": ("DisplayName", "TermRef", "Vendor1099", "Balance", "Active"),
    "Employee": ("DisplayName", "GivenName", "FamilyName", "Active"),
    "Item": ("FullyQualifiedName", "Type", "IncomeAccountRef", "ExpenseAccountRef", "Active"),
    "Account": ("FullyQualifiedName", "AccountType", "AccountSubType", "Active"),
    "Term": ("Name", "DueDays", "Active"),
    "Class": ("FullyQualifiedName", "Active"),
    "Department": ("FullyQualifiedName", "Active"),
    "TimeActivity": ("TxnDate", "EmployeeRef", "VendorRef", "CustomerRef", "ItemRef", "Hours", "Minutes"),
    "Bill": ("TxnDate", "DocNumber", "VendorRef", "DueDate", "TotalAmt", "Balance"),
    "VendorCredit": ("TxnDate", "DocNumber", "VendorRef", "TotalAmt", "Balance"),
    "BillPayment": ("TxnDate", "VendorRef", "PayType", "TotalAmt"),
}
NUMBERS: Final = {"Balance", "TotalAmt", "Hours", "Minutes", "DueDays"}
EDITABLE: Final = {
    "Bill": (("DocNumber", "text"), ("TxnDate", "date"), ("DueDate", "date"), ("PrivateNote", "text")),
    "TimeActivity": (
        ("TxnDate", "date"),
        ("Hours", "number"),
        ("Minutes", "number"),
        ("Description", "text"),
    ),
}


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return escape(str(value.get("name", value.get("value", ""))))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float | Decimal):
        return f"{value:,.2f}"
    return "" if value is None else escape(str(value))


def _company(sandbox: Sandbox, realm: str) -> str | None:
    return dict(sandbox.store.companies()).get(realm)


def _tabs(sandbox: Sandbox, realm: str, here: str) -> str:
    links = (
        f'<a href="/company/{escape(realm)}/{name}"{" class=here" if name == here else ""}>{name} '
        f"<small>{sandbox.store.count(realm, name, '1', ())}</small></a>"
        for name in COLUMNS
    )
    return f'<nav class="tabs">{"".join(links)}</nav>'


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
    numbers = frozenset(place + 1 for place, column in enumerate(COLUMNS[entity]) if column in NUMBERS)
    body = f"<h1>{escape(name)}</h1>{_tabs(sandbox, realm, entity)}"
    shown = table(("Id", *COLUMNS[entity]), rows, numbers) + _pager(page, len(found) > PAGE_ROWS)
    body += f'<div class="card">{shown}</div>'
    return document(f"{entity} · {name}", body)


def _listing_row(sandbox: Sandbox, realm: str, kind: Kind, row: tuple[Any, ...]) -> list[str]:
    body = json.loads(row[1])
    website.books_of(sandbox, realm).fill_names(body, kind.fields)
    key = str(row[0])
    return [
        link(f"/company/{realm}/{kind.name}/{key}", key),
        *(_cell(body.get(name)) for name in COLUMNS[kind.name]),
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
    return document(f"{entity} {key}", _record_body(sandbox, realm, entity, key, shown, history))


def _record_body(
    sandbox: Sandbox,
    realm: str,
    entity: str,
    key: str,
    shown: dict[str, Any] | None,
    history: list[tuple[Any, ...]],
) -> str:
    body = f"<h1>{escape(entity)} {escape(key)}</h1>{_tabs(sandbox, realm, entity)}"
    if shown is None:
        body += '<div class="card alarm">This record was deleted.</div>'
    else:
        text = json.dumps(json.loads(to_text(shown)), indent=2, ensure_ascii=False)
        body += _forms(realm, entity, key, shown)
        body += f'<div class="card"><h2>As the API gives it</h2><pre>{escape(text)}</pre></div>'
    rows = [
        (str(token), stamp(at), escape(writer), escape(operation), f"<code>{escape(held[:160])}</code>")
        for token, at, writer, operation, held in history
    ]
    shown_rows = table(("SyncToken", "When", "Who", "What", "Body"), rows)
    return body + f'<div class="card"><h2>History</h2>{shown_rows}</div>'


def _forms(realm: str, entity: str, key: str, shown: dict[str, Any]) -> str:
    """Edit, pay, delete or make inactive, each as another user of this company."""
    address, cards = f"/company/{realm}/{entity}/{key}", []
    if entity in EDITABLE:
        fields = "".join(field(name, name, shown.get(name, ""), kind) for name, kind in EDITABLE[entity])
        cards.append(f"<h2>Edit as another user</h2>{form(f'{address}/edit', fields, 'Save')}")
    if entity == "Bill" and shown["Balance"]:
        fields = field("amount", "Amount", shown["Balance"], "number") + field("date", "Date", "", "date")
        cards.append(f"<h2>Pay this bill</h2>{form(f'{address}/pay', fields, 'Pay')}")
    if KINDS[entity].deletable:
        cards.append(f"<h2>Delete</h2>{form(f'{address}/delete', '', 'Delete for good', 'danger')}")
    elif shown.get("Active"):
        cards.append(f"<h2>Make inactive</h2>{form(f'{address}/deactivate', '', 'Make inactive', 'danger')}")
    return f'<div class="forms">{"".join(f"<div class=card>{card}</div>" for card in cards)}</div>'


async def act(request: Request) -> Response:
    """A form of a record page was sent: done through the same rules, or explained."""
    sandbox: Sandbox = request.app.state.sandbox
    if not is_local(request):
        return refusal_page("Changes can be made from this machine only.", 403)
    realm, entity, key, action = (str(request.path_params[name]) for name in ("realm", "entity", "key", "action"))
    given = {name: str(value) for name, value in (await request.form()).items()}
    try:
        _do(sandbox, realm, entity, key, action, given)
    except RefusalError as refusal:
        return refusal_page(refusal.fault.detail)
    except (ValueError, InvalidOperation):
        return refusal_page("One of the fields does not hold a number or a date.")
    return RedirectResponse(f"/company/{realm}/{entity}/{key}", status_code=303)


def _do(sandbox: Sandbox, realm: str, entity: str, key: str, action: str, given: dict[str, str]) -> None:
    match action:
        case "edit":
            kinds = dict(EDITABLE.get(entity, ()))
            changes = {
                name: int(text) if kinds[name] == "number" and text else text
                for name, text in given.items()
                if name in kinds
            }
            website.edit(sandbox, realm, entity, key, changes)
        case "pay":
            amount = Decimal(given["amount"]) if given.get("amount") else None
            website.pay(sandbox, realm, key, amount=amount, day=given.get("date") or None)
        case "delete":
            website.delete(sandbox, realm, entity, key)
        case "deactivate":
            website.edit(sandbox, realm, entity, key, {"Active": False})
        case _:
            raise RefusalError("500", f"There is no action {action}")


def routes() -> list[Route]:
    return [
        Route("/", front),
        Route("/company/{realm}/{entity}", listing),
        Route("/company/{realm}/{entity}/{key}", record),
        Route("/company/{realm}/{entity}/{key}/{action}", act, methods=["POST"]),
    ]
