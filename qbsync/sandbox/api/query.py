"""The query language: a statement becomes a value, or a fault that says where it goes wrong."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from qbsync.sandbox.company.faults import RefusalError

PAGE_DEFAULT: Final = 100
PAGE_MAX: Final = 1000
POSITION_MAX: Final = 1_000_000_000

GRAMMAR: Final = r"""
    start: "select"i selection "from"i NAME where? order? startposition? maxresults?
    selection: "*" ("," NAME)*           -> everything
             | "count"i "(" "*" ")"      -> count
             | NAME ("," NAME)*          -> projection
    where: "where"i condition ("and"i condition)*
    condition: NAME OPERATOR value       -> comparison
             | NAME "like"i STRING       -> like
             | NAME "in"i "(" value ("," value)* ")" -> within
    ?value: STRING | NUMBER | BOOLEAN | TODAY
    order: ("orderby"i | "order"i "by"i) term ("," term)*
    term: NAME DIRECTION?
    startposition: "startposition"i NUMBER
    maxresults: "maxresults"i NUMBER
    DIRECTION.2: "asc"i | "desc"i
    BOOLEAN.2: "true"i | "false"i
    TODAY.2: "current_date"i
    OPERATOR: "<=" | ">=" | "=" | "<" | ">"
    STRING: "'" /(\\.|[^'\\])*/s "'"
    NUMBER: /-?\d+(\.\d+)?/
    NAME: /[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*/
    %ignore /\s+/
"""


@dataclass(frozen=True, kw_only=True)
class Literal:
    """A value as written; `quoted` tells '5' from 5."""

    text: str
    quoted: bool = False
    today: bool = False


@dataclass(frozen=True, kw_only=True)
class Condition:
    attribute: str
    operator: str  # one of = < > <= >= LIKE IN
    values: tuple[Literal, ...]


@dataclass(frozen=True, kw_only=True)
class Order:
    attribute: str
    descending: bool


@dataclass(frozen=True, kw_only=True)
class Query:
    entity: str
    count: bool = False
    projection: tuple[str, ...] = ()  # empty: everything
    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    start_position: int = 1
    max_results: int = PAGE_DEFAULT


def unescape(quoted: str) -> str:
    r"""The text between the quotes; `\'` is a quote and `\\` a backslash."""
    out, letters = [], iter(quoted[1:-1])
    for letter in letters:
        out.append(next(letters) if letter == "\\" else letter)
    return "".join(out)


def _literal(token: Token) -> Literal:
    if token.type == "STRING":
        return Literal(text=unescape(token), quoted=True)
    return Literal(text=str(token), today=token.type == "TODAY")


class _Builder(Transformer[Token, Query]):
    """Turns the parse tree, leaves first, into a Query."""

    def everything(self, _: list[Any]) -> dict[str, Any]:
        return {}

    def count(self, _: list[Any]) -> dict[str, Any]:
        return {"count": True}

    def projection(self, names: list[Token]) -> dict[str, Any]:
        return {"projection": tuple(str(name) for name in names)}

    def comparison(self, parts: list[Token]) -> Condition:
        name, operator, value = parts
        return Condition(attribute=str(name), operator=str(operator), values=(_literal(value),))

    def like(self, parts: list[Token]) -> Condition:
        return Condition(attribute=str(parts[0]), operator="LIKE", values=(_literal(parts[1]),))

    def within(self, parts: list[Token]) -> Condition:
        return Condition(attribute=str(parts[0]), operator="IN", values=tuple(map(_literal, parts[1:])))

    def where(self, conditions: list[Condition]) -> dict[str, Any]:
        return {"conditions": tuple(conditions)}

    def term(self, parts: list[Token]) -> Order:
        return Order(attribute=str(parts[0]), descending=len(parts) > 1 and parts[1].lower() == "desc")

    def order(self, terms: list[Order]) -> dict[str, Any]:
        return {"orders": tuple(terms)}

    def startposition(self, parts: list[Token]) -> dict[str, Any]:
        return {"start_position": _position(parts[0])}

    def maxresults(self, parts: list[Token]) -> dict[str, Any]:
        return {"max_results": _position(parts[0])}

    def start(self, parts: list[Any]) -> Query:
        selection, entity, *rest = parts
        settings = dict(selection)
        for part in rest:
            settings.update(part)
        return Query(entity=str(entity), **settings)


def _position(token: Token) -> int:
    number = min(int(token), POSITION_MAX) if token.isdecimal() and len(token) < 19 else 0
    if number < 1:
        raise RefusalError("4001", f"QueryValidationError: value {token} is too small. Min allowed value is 1")
    return number


@lru_cache(maxsize=1)
def _parser() -> Lark:
    # Without an inner transformer, so that a RefusalError raised by a rule is not wrapped by the parser.
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=False)


def parse(text: str) -> Query:
    """Refuses with 4000 what is not a statement, and with 4001 what is one but asks the impossible."""
    if not text.strip():
        raise RefusalError("4000", "The query provided was empty")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as trouble:
        raise RefusalError("4000", f"QueryParserError: {_where(trouble, text)}") from None
    builder = _Builder(visit_tokens=False)
    return _build(builder, tree)


def _build(builder: _Builder, tree: Any) -> Query:
    try:
        return builder.transform(tree)
    except VisitError as trouble:
        if isinstance(trouble.orig_exc, RefusalError):
            raise trouble.orig_exc from None
        raise


def _called(terminal: str) -> str:
    """The word of the service's own messages for a word of a statement."""
    return "IDENTIFIER" if terminal == "NAME" else terminal


def _where(trouble: UnexpectedInput, text: str) -> str:
    if isinstance(trouble, UnexpectedToken):
        token = trouble.token
        met = "<EOF>" if token.type == "$END" else f'<{_called(token.type)}> "{token}'
        expected = sorted(trouble.accepts or trouble.expected)
    elif isinstance(trouble, UnexpectedCharacters):
        met = f'<IDENTIFIER> "{text[trouble.pos_in_stream or 0 :][:10]}'
        expected = sorted(trouble.allowed or ())
    else:
        met, expected = "<EOF>", []
    names = "\n    ".join(f"<{_called(name)}> ..." for name in expected)
    place = f"line {trouble.line}, column {trouble.column}"
    return f'Encountered " {met} "" at {place}.\nWas expecting one of:\n    {names}'
