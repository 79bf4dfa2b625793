"""The acts of another user on a record's page: the forms, and what is done when one is sent."""

from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.control.guard import is_local
from qbsync.sandbox.entities import KINDS
from qbsync.sandbox.state import Sandbox
from qbsync.sandbox.website import actions
from qbsync.sandbox.website.html import field, form, refusal_page
from qbsync.sandbox.website.merging import MERGEABLE
from qbsync.sandbox.website.tables import ACCOUNT_LINE, EDITABLE

PAYABLE: Final = {"Bill": "Pay this bill", "Invoice": "Receive a payment"}
AMOUNT: Final = "amount of line "


def forms_of(realm: str, entity: str, key: str, shown: dict[str, Any]) -> str:
    """A card for each act that this record allows."""
    address = f"/company/{escape(realm)}/{entity}/{escape(key)}"
    cards = [
        f"<h2>{title}</h2>{form(f'{address}/{act}', fields, button, style)}"
        for title, act, fields, button, style in _acts(entity, shown)
    ]
    return f'<div class="forms">{"".join(f"<div class=card>{card}</div>" for card in cards)}</div>'


def _acts(entity: str, shown: dict[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """(title, act, fields, button, style of the button)."""
    kind, acts = KINDS[entity], []
    if entity in EDITABLE:
        acts.append(("Edit as another user", "edit", _edit_fields(entity, shown), "Save", ""))
    if entity in PAYABLE and shown.get("Balance"):
        fields = field("amount", "Amount", shown["Balance"], "number") + field("date", "Date", "", "date")
        acts.append((PAYABLE[entity], "pay", fields, "Pay", ""))
    if entity in MERGEABLE and shown.get("Active"):
        fields = field("winner", f"Id of the {entity.lower()} that remains", "")
        acts.append(("Merge into another", "merge", fields, "Merge", "danger"))
    if kind.void_by is not None and shown.get("TotalAmt"):
        acts.append(("Void", "void", "", "Void", "danger"))
    if kind.deletable:
        acts.append(("Delete", "delete", "", "Delete for good", "danger"))
    if kind.name_attribute and kind.updatable and "Active" in shown:
        acts.append(
            ("Make inactive", "deactivate", "", "Make inactive", "danger")
            if shown["Active"]
            else ("Make active again", "activate", "", "Make active", "")
        )
    return acts


def _edit_fields(entity: str, shown: dict[str, Any]) -> str:
    plain = "".join(field(name, name, shown.get(name, ""), kind) for name, kind in EDITABLE[entity])
    return plain + "".join(
        field(f"{AMOUNT}{line['Id']}", f"Amount of line {line['LineNum']}", line["Amount"], "number")
        for line in shown.get("Line", [])
        if line.get("DetailType") == ACCOUNT_LINE
    )


async def act(request: Request) -> Response:
    """A form of a record page was sent: done through the same rules, or explained."""
    sandbox: Sandbox = request.app.state.sandbox
    if not is_local(request):
        return refusal_page("Changes can be made from this machine only.", 403)
    realm, entity, key, wanted = (str(request.path_params[name]) for name in ("realm", "entity", "key", "action"))
    given = {name: str(value) for name, value in (await request.form()).items()}
    try:
        _do(sandbox, realm, entity, key, wanted, given)
    except RefusalError as refusal:
        return refusal_page(refusal.fault.detail)
    except (ValueError, InvalidOperation):
        return refusal_page("One of the fields does not hold a number or a date.")
    return RedirectResponse(f"/company/{realm}/{entity}/{key}", status_code=303)


def _do(sandbox: Sandbox, realm: str, entity: str, key: str, wanted: str, given: dict[str, str]) -> None:
    match wanted:
        case "edit":
            changes = _changes(sandbox, realm, entity, key, given)
            actions.edit(sandbox, realm, entity, key, changes)
        case "pay":
            amount = Decimal(given["amount"]) if given.get("amount") else None
            pay = actions.receive if entity == "Invoice" else actions.pay
            pay(sandbox, realm, key, amount=amount, day=given.get("date") or None)
        case "merge":
            actions.merge(sandbox, realm, entity, key, given.get("winner", ""))
        case "void":
            actions.void(sandbox, realm, entity, key)
        case "delete":
            actions.delete(sandbox, realm, entity, key)
        case "deactivate" | "activate":
            actions.edit(sandbox, realm, entity, key, {"Active": wanted == "activate"})
        case _:
            raise RefusalError("500", f"There is no action {wanted}")


def _changes(sandbox: Sandbox, realm: str, entity: str, key: str, given: dict[str, str]) -> dict[str, Any]:
    """The fields that were sent; changed amounts go into the lines as they are now."""
    kinds = dict(EDITABLE.get(entity, ()))
    changes: dict[str, Any] = {
        name: int(text) if kinds[name] == "number" and text else text for name, text in given.items() if name in kinds
    }
    amounts = {name.removeprefix(AMOUNT): text for name, text in given.items() if name.startswith(AMOUNT) and text}
    if amounts:
        held = actions.books_of(sandbox, realm).read(actions.kind_named(entity), key)
        changes["Line"] = [
            {**line, "Amount": Decimal(amounts[line["Id"]])} if line.get("Id") in amounts else line
            for line in held.get("Line", [])
        ]
    return changes
