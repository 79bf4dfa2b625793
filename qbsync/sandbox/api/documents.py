"""What a sale is beside its record: a page to print, and an e-mail that takes it to the customer."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from qbsync.sandbox.api.asked import Asked, UnknownPathError
from qbsync.sandbox.api.pdf import write_pdf
from qbsync.sandbox.api.replay import Saved
from qbsync.sandbox.clock import stamp
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.books import Books
from qbsync.sandbox.company.faults import RefusalError, business
from qbsync.sandbox.company.kind import Kind
from qbsync.sandbox.entities import BY_PATH
from qbsync.sandbox.entities.sale_lines import ITEM
from qbsync.sandbox.state import Sandbox

Handler = Callable[[Books, Kind, Asked], dict[str, Any] | Saved]
SALES: Final = ("Invoice", "Estimate", "SalesReceipt", "CreditMemo", "RefundReceipt")
PDF: Final = "application/pdf"
MAILS_A_DAY: Final = 40  # for one company of a sandbox
WIDTH: Final = 84


def document(sandbox: Sandbox, books: Books, asked: Asked) -> dict[str, Any] | Saved:
    """What stands below a record: UnknownPathError when there is no such thing for this kind."""
    kind = BY_PATH.get(asked.resource)
    kinds, handler = BELOW.get((asked.method, asked.tail or ""), ((), None))
    if kind is None or handler is None or kind.name not in kinds:
        raise UnknownPathError(asked.resource)
    return handler(books, kind, asked)


def _pdf(books: Books, kind: Kind, asked: Asked) -> Saved:
    if asked.wants_json and PDF not in asked.accept:
        raise RefusalError("1050", "Invalid content type : a PDF is given to Accept: " + PDF)
    body = books.read(kind, asked.key or "")
    return Saved(status=200, content_type=PDF, body=write_pdf(_page(books, kind, body)))


def _page(books: Books, kind: Kind, body: Mapping[str, Any]) -> list[str]:
    card = books.store.get(books.realm, "CompanyInfo", 1)
    company = str(card.body["CompanyName"]) if card else ""
    lines = [
        company,
        "",
        f"{kind.name} {body.get('DocNumber', body['Id'])}",
        f"Date {body['TxnDate']}" + (f"    Due {body['DueDate']}" if "DueDate" in body else ""),
        str(body["CustomerRef"].get("name", "")),
        "",
    ]
    lines += [_row(line) for line in body.get("Line", []) if "Id" in line]
    lines += ["", *(_sum(name, body[name]) for name in ("TotalAmt", "UnappliedAmt", "Balance") if name in body)]
    return lines


def _row(line: Mapping[str, Any]) -> str:
    item = line.get(ITEM, {}).get("ItemRef", {}).get("name", "")
    text = " ".join(part for part in (item, line.get("Description", "")) if part)
    return _sum(text or str(line["DetailType"]), line["Amount"]) if "Amount" in line else text[:WIDTH]


def _sum(text: str, amount: Any) -> str:
    shown = f"{Decimal(amount):,.2f}"
    return f"{text[: WIDTH - 20]:<{WIDTH - 20}}{shown:>20}"


def _send(books: Books, kind: Kind, asked: Asked) -> dict[str, Any]:
    """To the given address, or to the one the sale holds (6420 when there is neither)."""
    key = str(books.read(kind, asked.key or "")["Id"])
    record = books.store.get(books.realm, kind.name, int(key))
    assert record is not None  # read a moment ago
    wanted, held = asked.parameters.get("sendTo"), record.body.get("BillEmail", {})
    address = f.email().check(books, "sendTo", {"Address": wanted}) if wanted else held
    if "Address" not in address:
        raise RefusalError(
            "6420", "An e-mail address is needed: give sendTo, or BillEmail on the transaction", "sendTo"
        )
    day = books.clock.today().isoformat()
    if books.store.next_id(books.realm, f"Mail {day}") > MAILS_A_DAY:
        raise business(f"a sandbox company sends at most {MAILS_A_DAY} e-mails a day", "sendTo")
    told = {"DeliveryType": "Email", "DeliveryTime": stamp(books.clock.seconds())}
    changes = {"BillEmail": address, "EmailStatus": "EmailSent", "DeliveryInfo": told}
    return {kind.name: books.sent(record, {**record.body, **changes})}


# (method, last part of the path) → for which kinds, and what it does
BELOW: Final[Mapping[tuple[str, str], tuple[tuple[str, ...], Handler]]] = {
    ("GET", "pdf"): ((*SALES, "Payment"), _pdf),
    ("POST", "send"): (SALES, _send),
}
