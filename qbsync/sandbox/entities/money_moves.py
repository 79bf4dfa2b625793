"""Money that moves inside the company: deposits, transfers, and payments of a credit card's balance."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qbsync.sandbox.company import faults
from qbsync.sandbox.company import fields as f
from qbsync.sandbox.company.faults import RefusalError
from qbsync.sandbox.company.kind import Draft, Kind, Posting, filters
from qbsync.sandbox.company.store import Record, id_number
from qbsync.sandbox.entities.currencies import keep_home_currency
from qbsync.sandbox.entities.lines import AMOUNT_MAX, LINK, cents, number_lines
from qbsync.sandbox.entities.posting import against
from qbsync.sandbox.entities.system_accounts import UNDEPOSITED

if TYPE_CHECKING:
    from qbsync.sandbox.company.books import Books

DETAIL: Final = "DepositLineDetail"
FROM_SALES: Final = ("Payment", "SalesReceipt")  # what waits in Undeposited Funds
MONEY_TYPES: Final = ("Bank", "Other Current Asset")
OPEN_ITEM_TYPES: Final = {"Accounts Receivable", "Accounts Payable"}
BALANCE_SHEET: Final = (
    "Bank", "Other Current Asset", "Fixed Asset", "Other Asset", "Credit Card", "Other Current Liability",
    "Long Term Liability", "Equity",
)  # fmt: skip

COMMON: Final[dict[str, f.Field]] = {
    "TxnDate": f.day(),
    "PrivateNote": f.text(4000),
    "CurrencyRef": f.currency(),
    "ExchangeRate": f.number(0),
    "TransactionLocationType": f.read_only(),
    "RecurDataRef": f.read_only(),
}


def _dated(books: Books, body: dict[str, Any]) -> None:
    body.setdefault("TxnDate", books.clock.today().isoformat())
    keep_home_currency(books, body)


# deposits


def _sale_of(line: Mapping[str, Any]) -> tuple[str, int] | None:
    """The payment or receipt that a line takes from Undeposited Funds."""
    links = line.get("LinkedTxn", [])
    return (links[0]["TxnType"], int(links[0]["TxnId"])) if links else None


def _sales(record: Record | None) -> set[tuple[str, int]]:
    return {sale for line in record.body["Line"] if (sale := _sale_of(line))} if record else set()


def _check_deposit_line(books: Books, line: dict[str, Any], own_id: int) -> None:
    if "Amount" not in line:
        raise faults.missing("Amount")
    if line.get("LinkedTxn"):
        _check_sale(books, line, own_id)
        return
    if line.setdefault("DetailType", DETAIL) not in line:
        raise faults.missing(DETAIL)
    detail = line[DETAIL]
    if "AccountRef" not in detail:
        raise faults.missing("AccountRef")
    account = books.referred("Account", detail["AccountRef"]["value"], "AccountRef")
    if account.body["AccountType"] in OPEN_ITEM_TYPES:
        raise RefusalError("6430", f"Invalid account type: {account.body['AccountType']}", "AccountRef")


def _check_sale(books: Books, line: dict[str, Any], own_id: int) -> None:
    if len(line["LinkedTxn"]) != 1 or DETAIL in line:
        raise RefusalError("2600", "A line is one linked transaction or one account", "LinkedTxn")
    link = line["LinkedTxn"][0]
    if link["TxnType"] not in FROM_SALES:
        raise RefusalError("620", f"Transaction cannot be linked : {link['TxnType']}", "TxnType")
    key = id_number(link["TxnId"])
    if key is None:
        raise RefusalError("2030", f"Invalid ID : {link['TxnId']}", "TxnId")
    link.update(TxnId=str(key), TxnLineId=link.get("TxnLineId", "0"))
    sale = books.store.get(books.realm, link["TxnType"], key)
    if sale is None:
        raise faults.not_found()
    if _account_of(sale) != _waiting_room(books):
        raise RefusalError("620", f"Transaction cannot be linked : {sale.entity} {key} is not undeposited", "TxnId")
    if any(held["TxnType"] == "Deposit" and held["TxnId"] != str(own_id) for held in sale.body.get("LinkedTxn", [])):
        raise RefusalError("620", f"Transaction cannot be linked : {sale.entity} {key} is deposited", "TxnId")
    if cents(line["Amount"]) != cents(sale.body["TotalAmt"]):
        raise RefusalError("2140", f"{sale.entity} {key} has an amount of {sale.body['TotalAmt']}", "Amount")


def _waiting_room(books: Books) -> str:
    return books.first_account(UNDEPOSITED, "DepositToAccountRef")["value"]


def _account_of(sale: Record) -> str | None:
    account = sale.body.get("DepositToAccountRef")
    return str(account["value"]) if account else None


def _complete_deposit(books: Books, draft: Draft) -> None:
    body = draft.body
    if not body.get("Line"):
        raise RefusalError("2250", "At least one line is needed", "Line")
    for line in body["Line"]:
        _check_deposit_line(books, line, draft.id)
    taken = [sale for line in body["Line"] if (sale := _sale_of(line))]
    if len(taken) != len(set(taken)):
        raise RefusalError("620", "Transaction cannot be linked twice", "LinkedTxn")
    number_lines(body["Line"], draft.old)
    _dated(books, body)
    body.pop("GlobalTaxCalculation", None)
    if "CashBack" in body and not body["CashBack"].keys() >= {"AccountRef", "Amount"}:
        raise faults.missing("CashBack.AccountRef")
    total = sum((cents(line["Amount"]) for line in body["Line"]), Decimal(0)) - _cash_back(body)
    if total < 0:
        raise faults.business("The total of a deposit must be 0 or greater", "TotalAmt")
    body["TotalAmt"] = total


def _cash_back(body: Mapping[str, Any]) -> Decimal:
    return cents(body["CashBack"]["Amount"]) if "CashBack" in body else Decimal(0)


def _after_deposit(books: Books, old: Record | None, new: Record | None) -> None:
    """What is deposited says so; what is taken out of the deposit waits again."""
    deposit = new or old
    assert deposit is not None  # a write has a record before it, after it, or both
    before, after = _sales(old), _sales(new)
    for kind, key in sorted(before ^ after):
        sale = books.store.get(books.realm, kind, key)
        if sale is None:  # it was deleted since
            continue
        links = [
            link
            for link in sale.body.get("LinkedTxn", [])
            if (link["TxnType"], link["TxnId"]) != ("Deposit", str(deposit.id))
        ]
        if (kind, key) in after:
            links.append({"TxnId": str(deposit.id), "TxnType": "Deposit"})
        books.touch(sale, {**sale.body, "LinkedTxn": links})


def _deposit_postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
    """Debit the bank and what was kept in cash, credit where each line comes from."""
    parts = [(_source(books, line), -cents(line["Amount"])) for line in body["Line"]]
    if "CashBack" in body:
        parts.append((body["CashBack"]["AccountRef"]["value"], _cash_back(body)))
    return against(body["DepositToAccountRef"]["value"], parts, -cents(body["TotalAmt"]))


def _source(books: Books, line: Mapping[str, Any]) -> str:
    if _sale_of(line):
        return _waiting_room(books)
    return str(line[DETAIL]["AccountRef"]["value"])


DEPOSIT = Kind(
    name="Deposit",
    id_space="Txn",
    deletable=True,
    sparse=True,
    posts=True,
    fields={
        **COMMON,
        "DepositToAccountRef": f.ref("Account", account_types=MONEY_TYPES, required=True),
        "Line": f.rows(
            {
                "Id": f.text(20),
                "LineNum": f.number(0),
                "Amount": f.money(-AMOUNT_MAX, AMOUNT_MAX),
                "Description": f.text(4000),
                "DetailType": f.choice(DETAIL),
                "ProjectRef": f.ref("Project"),
                "LinkedTxn": f.rows(LINK),
                "CustomField": f.read_only(),
                DETAIL: f.group(
                    {
                        "AccountRef": f.ref("Account"),
                        "Entity": f.person("Customer", "Vendor", "Employee"),
                        "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_TXN, f.CLASS_PER_LINE)),
                        "PaymentMethodRef": f.ref("PaymentMethod"),
                        "CheckNum": f.text(21),
                        "TxnType": f.read_only(),
                        "TaxCodeRef": f.tax_code(),
                        "TaxApplicableOn": f.choice("Sales", "Purchase"),
                    }
                ),
            }
        ),
        "CashBack": f.group(
            {
                "AccountRef": f.ref("Account", account_types=BALANCE_SHEET),
                "Amount": f.money(0, AMOUNT_MAX),
                "Memo": f.text(4000),
            }
        ),
        "DepartmentRef": f.ref("Department", while_on=(f.DEPARTMENTS,)),
        "DocNumber": f.text(21),
        "GlobalTaxCalculation": f.choice("TaxExcluded", "TaxInclusive", "NotApplicable"),
        "TxnSource": f.read_only(),
        "TxnStatus": f.read_only(),
        "TotalAmt": f.read_only(),
        "HomeTotalAmt": f.read_only(),
    },
    filters=filters(TxnDate="date", DocNumber="text", TotalAmt="number", DepositToAccountRef="ref"),
    complete=_complete_deposit,
    effects=_after_deposit,
    postings=_deposit_postings,
)


# from one account to another


def _complete_move(debit: str, credit: str) -> Callable[[Books, Draft], None]:
    def complete(books: Books, draft: Draft) -> None:
        body = draft.body
        _dated(books, body)
        body["Amount"] = cents(body["Amount"])
        if not body["Amount"]:
            raise RefusalError("2140", "Invalid Amount : nothing moves", "Amount")
        if body[debit] == body[credit]:
            raise faults.business("The two accounts must differ", debit)

    return complete


def _move_postings(debit: str, credit: str) -> Callable[[Books, Mapping[str, Any]], Sequence[Posting]]:
    def postings(books: Books, body: Mapping[str, Any]) -> Sequence[Posting]:
        amount = cents(body["Amount"])
        return against(body[credit]["value"], [(body[debit]["value"], amount)], amount)

    return postings


TRANSFER = Kind(
    name="Transfer",
    id_space="Txn",
    deletable=True,
    sparse=True,
    posts=True,
    fields={
        **COMMON,
        "FromAccountRef": f.ref("Account", account_types=BALANCE_SHEET, required=True),
        "ToAccountRef": f.ref("Account", account_types=BALANCE_SHEET, required=True),
        "Amount": f.money(0, AMOUNT_MAX, required=True),
        "ClassRef": f.ref("Class", while_on=(f.CLASS_PER_TXN,)),
    },
    filters=filters(TxnDate="date", Amount="number", FromAccountRef="ref", ToAccountRef="ref"),
    complete=_complete_move("ToAccountRef", "FromAccountRef"),
    postings=_move_postings("ToAccountRef", "FromAccountRef"),
)

CARD_PAYMENT = Kind(
    name="CreditCardPaymentTxn",
    id_space="Txn",
    deletable=True,
    posts=True,
    fields={
        **COMMON,
        "CreditCardAccountRef": f.ref("Account", account_types=("Credit Card",), required=True),
        "BankAccountRef": f.ref("Account", account_types=("Bank",), required=True),
        "Amount": f.money(0, AMOUNT_MAX, required=True),
        "VendorRef": f.ref("Vendor"),
        "CheckNum": f.text(21),
        "PrintStatus": f.choice("NotSet", "NeedToPrint", "PrintComplete"),
        "Memo": f.text(4000),
    },
    filters=filters(TxnDate="date", Amount="number", BankAccountRef="ref", CreditCardAccountRef="ref"),
    complete=_complete_move("CreditCardAccountRef", "BankAccountRef"),
    postings=_move_postings("CreditCardAccountRef", "BankAccountRef"),
)
