"""The query language against a second opinion: drawn statements, and plain Python over all the rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.odd_input import tried
from tests.sandbox.query_reference import ATTRIBUTES, NAME_LISTS, Term, Wish, found, page
from tests.sandbox.sandbox_client import Company, Json
from tests.sandbox.watched import Watched, in_order

Rows = dict[str, list[Json]]
LETTERS = st.characters(codec="utf-8", exclude_characters="\r\n")


@pytest.fixture(scope="module")
def shared() -> Iterator[Company]:
    """The contractor's company with rows that are hard to tell apart, from two clock times."""
    watched = Watched.start("--no-throttle")
    try:
        watched.control("clock", {"frozen": True})
        watched.control("clock", {"now": "2026-11-20T09:00:00-08:00"})
        company = watched.connect()
        _plant(company)
        yield company
        assert watched.is_well()
    finally:
        watched.stop()


def _plant(company: Company) -> None:
    for name in ("O'Neil \\ Sons", "o'neil % daughters", "Straße 4", "STRASSE 5", "_under", "Ünder 🚧", "a%b", "A_B"):
        company.create("Customer", DisplayName=name, GivenName=name[:2], CompanyName="Acme" if "o" in name else None)
    company.create("Customer", DisplayName="a", PrimaryEmailAddr={"Address": "A@x.example"}, Active=False)
    parent = company.ref("Customer", "Straße 4")
    company.create("Customer", DisplayName="Shed", Job=True, ParentRef=parent)
    company.served.control("clock", {"advance_seconds": 1800})
    for number in range(14):
        _transactions(company, number)
    for name in ("Hauling", "hauling 2", "Idle"):
        account = company.ref("Account", "Construction Income")
        company.create("Item", Name=name, Type="Service", IncomeAccountRef=account, Active=name != "Idle")


def _transactions(company: Company, number: int) -> None:
    day = f"2026-11-{1 + number % 5:02}"
    more: Json = {"DocNumber": f"N-{number % 4}\\'"} if number % 3 else {}
    more |= {"SalesTermRef": company.ref("Term", "Net 30")} if number % 2 else {}
    vendor = company.ref("Vendor", "Summit Electric" if number % 2 else "Granite Ready Mix")
    line = company.account_line(100 + number // 3 * 12.5)
    bill: Json = {"VendorRef": vendor, "TxnDate": day, "Line": [line], **more}
    company.call("POST", "bill?include=allowduplicatedocnum", json=bill).raise_for_status()
    item = {"ItemRef": company.ref("Item", "Carpentry Labor")}
    sold = {"Amount": 50 + number % 4, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item}
    customer = {"value": str(2 + number % 2)}
    company.create("Invoice", CustomerRef=customer, TxnDate=day, Line=[sold])
    company.create("TimeActivity", **company.time(TxnDate=day, Hours=1 + number % 3))


@pytest.fixture(scope="module")
def rows(shared: Company) -> Rows:
    """All rows, each kind read whole by the plainest statement."""
    every = " where Active in (true, false)"
    return {
        kind: shared.rows(f"select * from {kind}{every if kind in NAME_LISTS else ''} maxresults 1000")
        for kind in ATTRIBUTES
    }


# drawing a statement, together with what it means


def cased(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from([word, word.upper(), word.lower(), word.title()])


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def texts_of(rows: list[Json], attribute: str) -> list[str]:
    """Values that rows hold there."""
    out = set()
    for row in rows:
        value: Any = row
        for name in attribute.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, dict):
            value = value.get("Address", value.get("value"))
        if value is not None:
            out.add(str(value).lower() if isinstance(value, bool) else str(value))
    return sorted(out)


@st.composite
def given_value(draw: st.DrawFn, sort: str, held: list[str]) -> tuple[str, str]:
    """(as written, as meant)."""
    known = st.sampled_from(held) if held else st.nothing()
    match sort:
        case "flag":
            meant = draw(st.sampled_from(["true", "false"]))
            return draw(st.sampled_from([meant, meant.upper(), quoted(meant)])), meant
        case "number":
            meant = draw(known | st.sampled_from(["0", "100", "-1", "112.5", "99999999999", "0.00"]))
            return draw(st.sampled_from([meant, quoted(meant)])), meant
        case "id" | "ref":
            meant = draw(known | st.sampled_from(["1", "2", "999999"]))
            return draw(st.sampled_from([meant, quoted(meant)])), meant
        case "day":
            meant = draw(known | st.sampled_from(["2026-11-03", "2026-02-28", "1999-01-01"]))
        case "moment":
            meant = draw(known | st.sampled_from(["2026-01-01", "2026-11-24T10:00:00-08:00", "2030-01-01T00:00:00"]))
        case _:
            near = st.sampled_from(held).flatmap(lambda text: st.sampled_from([text.upper(), text[:3], text + "x"]))
            meant = draw(known | near | st.text(LETTERS, max_size=4)) if held else draw(st.text(LETTERS, max_size=4))
            meant = meant if meant != " " else "x"  # a blank is NULL
    return quoted(meant), meant


OPERATORS = {
    "id": ("=", "IN"),
    "flag": ("=", "IN"),
    "ref": ("=", "IN"),
    "text": ("=", "IN", "LIKE", "<", ">", "<=", ">="),
    "number": ("=", "IN", "<", ">", "<=", ">="),
    "day": ("=", "IN", "LIKE", "<", ">", "<=", ">="),
    "moment": ("=", "IN", "<", ">", "<=", ">="),
}


@st.composite
def pattern(draw: st.DrawFn, held: list[str]) -> str:
    base = draw(st.sampled_from([*held, "a", "o'neil"]))
    start, end = sorted((draw(st.integers(0, len(base))), draw(st.integers(0, len(base)))))
    cut = draw(st.sampled_from([base[start:end], base[:start] + "%" + base[end:], base.replace("a", "_"), base]))
    return draw(st.sampled_from([cut, f"%{cut}", f"{cut}%", f"%{cut}%", f"%%{cut}"]))


@st.composite
def condition(draw: st.DrawFn, kind: str, rows: list[Json], today: str) -> tuple[str, Term]:
    attribute = draw(st.sampled_from(sorted(ATTRIBUTES[kind])))
    sort = ATTRIBUTES[kind][attribute]
    held, name = texts_of(rows, attribute), draw(st.sampled_from([attribute, attribute.lower(), attribute.upper()]))
    if sort != "id" and draw(st.integers(0, 7)) == 0:
        return f"{name} = ' '", Term(attribute=attribute, operator="=", values=(None,))
    operator = draw(st.sampled_from(OPERATORS[sort]))
    if operator == "LIKE":
        like = draw(pattern(held))
        return f"{name} {draw(cased('LIKE'))} {quoted(like)}", Term(
            attribute=attribute, operator="LIKE", values=(like,)
        )
    if operator == "IN":
        pairs = draw(st.lists(given_value(sort, held), min_size=1, max_size=4))
        written = draw(st.sampled_from([", ", ",", " , "])).join(text for text, _ in pairs)
        term = Term(attribute=attribute, operator="IN", values=tuple(meant for _, meant in pairs))
        return f"{name} {draw(cased('IN'))} ({written})", term
    if sort == "day" and draw(st.integers(0, 5)) == 0:
        return f"{name}{operator}{draw(cased('current_date'))}", Term(
            attribute=attribute, operator=operator, values=(today,)
        )
    written, meant = draw(given_value(sort, held))
    gap = draw(st.sampled_from([" ", "", "\n  "]))
    return f"{name}{gap}{operator}{gap}{written}", Term(attribute=attribute, operator=operator, values=(meant,))


@st.composite
def statement(draw: st.DrawFn, all_rows: Rows, today: str) -> tuple[str, str, Wish]:
    """(what is selected, the rest of the statement, its meaning)."""
    kind = draw(st.sampled_from(sorted(ATTRIBUTES)))
    parts = draw(st.lists(condition(kind, all_rows[kind], today), max_size=3))
    text = f"{draw(cased('from'))} {draw(st.sampled_from([kind, kind.lower()]))}"
    if parts:
        joint = f" {draw(cased('and'))} "
        text += f" {draw(cased('where'))} {joint.join(written for written, _ in parts)}"
    orders = draw(st.lists(st.tuples(st.sampled_from(sorted(ATTRIBUTES[kind])), st.sampled_from(["", " ASC", " desc"])),
                           max_size=3))  # fmt: skip
    if orders:
        text += f" {draw(st.sampled_from(['orderby', 'ORDER BY', 'order  by']))} "
        text += ", ".join(name + direction for name, direction in orders)
    start, most = draw(st.sampled_from([1, 1, 2, 5, 500])), draw(st.sampled_from([1, 3, 10, 100, 1000, 5000]))
    if start != 1:
        text += f" {draw(cased('startposition'))} {start}"
    if most != 100:
        text += f" {draw(cased('maxresults'))} {most}"
    descending = tuple((name, direction.strip().lower() == "desc") for name, direction in orders)
    terms = tuple(term for _, term in parts)
    wish = Wish(entity=kind, terms=terms, orders=descending, start=start, most=min(most, 1000))
    return draw(cased("select")), text, wish


def today_of(company: Company) -> str:
    return str(company.served.control("clock", method="GET")["now"])[:10]


@tried(450)
@given(data=st.data())
def test_a_drawn_statement_finds_what_plain_filtering_finds(shared: Company, rows: Rows, data: st.DataObject) -> None:
    select, text, wish = data.draw(statement(rows, today_of(shared)))
    told = shared.ask(f"{select} * {text}").json()["QueryResponse"]
    meant = page(rows[wish.entity], wish)
    assert [row["Id"] for row in told.get(wish.entity, [])] == [row["Id"] for row in meant]
    assert told.get(wish.entity, []) == meant
    if meant:
        assert (told["startPosition"], told["maxResults"]) == (wish.start, len(meant))
        whole = wish.start == 1 and len(meant) < wish.most
        assert told.get("totalCount") == (len(meant) if whole else None)
    else:
        assert told == {}


@tried(150)
@given(data=st.data())
def test_a_count_is_the_number_of_rows_before_paging(shared: Company, rows: Rows, data: st.DataObject) -> None:
    select, text, wish = data.draw(statement(rows, today_of(shared)))
    told = shared.ask(f"{select} count(*) {text}").json()["QueryResponse"]
    assert told == {"totalCount": len(found(rows[wish.entity], wish))}


@tried(100)
@given(data=st.data())
def test_a_projection_holds_what_was_asked_and_the_row_has(shared: Company, rows: Rows, data: st.DataObject) -> None:
    select, text, wish = data.draw(statement(rows, today_of(shared)))
    plain = sorted(name for name in ATTRIBUTES[wish.entity] if "." not in name)
    names = data.draw(st.lists(st.sampled_from([*plain, "SyncToken", "MetaData"]), min_size=1, max_size=4))
    told = shared.ask(f"{select} {', '.join(names)} {text}").json()["QueryResponse"]
    assert told.get(wish.entity, []) == [
        {"domain": "QBO", "sparse": True, **{name: row[name] for name in names if name in row}}
        for row in page(rows[wish.entity], wish)
    ]


@tried(40)
@given(data=st.data())
def test_a_walk_by_pages_meets_each_row_once(shared: Company, rows: Rows, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(ATTRIBUTES)))
    order = data.draw(st.sampled_from(sorted(ATTRIBUTES[kind])))
    size = data.draw(st.integers(3, 20))
    every = " where Active in (true, false)" if kind in NAME_LISTS else ""
    met: list[str] = []
    while True:
        text = f"select Id from {kind}{every} orderby {order} startposition {len(met) + 1} maxresults {size}"
        here = [row["Id"] for row in shared.rows(text)]
        if not here:
            break
        assert len(here) <= size
        met += here
    assert sorted(met) == sorted(row["Id"] for row in rows[kind])


WORDS = ("select", "*", "count(*)", "from", "Bill", "Customer", "where", "and", "or", "Id", "TotalAmt", "Active", "=",
         "<", ">", "<=", "!=", "in", "(", ")", ",", "'1'", "' '", "''", "1", "1.5", "-", "true", "CURRENT_DATE", "like",
         "'%a%'", "order", "by", "orderby", "asc", "desc", "startposition", "maxresults", "'", "\\", "\\'",
         ";", "--", "null",
         "not", "between", "MetaData.CreateTime", "'2026-11-01'", "Castle", "\x00", "🚧")  # fmt: skip


@tried(300)
@given(
    words=st.lists(st.sampled_from(WORDS), max_size=14),
    start=st.sampled_from(["select * from Bill where ", "select * from Customer ", ""]),
)
def test_words_in_any_order_are_answered_or_refused_as_a_query(shared: Company, words: list[str], start: str) -> None:
    answer = in_order(shared.ask(start + " ".join(words)))
    if answer.status_code == 200:
        assert "QueryResponse" in answer.json()
    else:
        assert (answer.status_code, answer.json()["Fault"]["Error"][0]["code"]) in {(400, "4000"), (400, "4001")}
