"""Reads one cell as text, an id, money, minutes, a mark or one of a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from qbsync.proforge.archives import UNCALCULATED
from qbsync.proforge.grid import Cell

TEXT_LENGTH_MAX = 4_000
ID_LENGTH_MAX = 500
MONEY_MAX = Decimal(10) ** 11
HOURS_MAX = 1_000
MEMORY_MAX = 65_536  # how many different cells a parser remembers

Choice = TypeVar("Choice", bound=StrEnum)

_EXCEL_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#ERROR!"}
_MINUS = "\N{MINUS SIGN}"
_DASHES = {"-", "\N{EN DASH}", "\N{EM DASH}", _MINUS}
_NUMBER = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+")
_HOURS = re.compile(r"((?:[0-9]+(?:\.[0-9]*)?)|\.[0-9]+)\s*(?:h|hr|hrs|hour|hours)?\.?", re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?::00)?|([0-9]{1,4})\s*h\s*([0-5]?[0-9])\s*m?", re.IGNORECASE)
_WHOLE_MINUTE_SLACK = Decimal("0.000001")  # a third of an hour, cut at nine decimals, is still 20 minutes
_HIDDEN = {"Cc", "Cs"}
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # they change the order of what is seen
_SPACES = re.compile(r"[\s\u00a0\u200b\ufeff]+")
_YES = {"yes", "y", "true", "t", "x", "1", "on", "✓", "✔"}
_NO = {"no", "n", "false", "f", "0", "off", ""}


class CellError(ValueError):
    """What is wrong with one cell, and how to mend it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem, self.remedy = problem, remedy


def shown(cell: Cell) -> str:
    """The cell as a person sees it, short enough for a message."""
    text = number_text(cell) if isinstance(cell, Decimal) else str(cell)
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return f"'{text[:60]}…'" if len(text) > 61 else f"'{text}'"


def number_text(number: Decimal) -> str:
    """A number as an id or a name would be typed: 24101, never 24101.0."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=MEMORY_MAX, typed=True)
def read_text(cell: Cell) -> str:
    """The text without surrounding blanks, in one line and composed (NFC)."""
    match cell:
        case None:
            return ""
        case str():
            return _clean(cell)
        case bool():
            return "Yes" if cell else "No"
        case Decimal():
            return number_text(cell)
        case _:
            return cell.isoformat()


def _clean(text: str) -> str:
    text = _SPACES.sub(" ", text).strip()
    if text in _EXCEL_ERRORS:
        raise CellError(f"The cell holds Excel's error {text}.", "Mend the formula, or type the value.")
    if text == UNCALCULATED:
        raise CellError(
            "The cell holds a formula that was never calculated.",
            "Open the file in Excel, save it and import it again.",
        )
    if not text.isprintable() and any(_is_control(letter) for letter in text):
        raise CellError(f"{shown(text)} holds a hidden control character.", "Type the text anew.")
    if len(text) > TEXT_LENGTH_MAX:
        raise CellError(f"The text has {len(text):,} characters.", f"Shorten it to {TEXT_LENGTH_MAX:,}.")
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _is_control(letter: str) -> bool:
    return letter in _TURNING or unicodedata.category(letter) in _HIDDEN


@lru_cache(maxsize=MEMORY_MAX, typed=True)
def read_id(cell: Cell) -> str:
    """A number or name that identifies something; "|" joins ids and so cannot be within one."""
    if isinstance(cell, date):
        raise CellError(
            f"Excel has turned this number into the date {cell.isoformat()}.",
            "Format the column as Text and type the number again.",
        )
    text = read_text(cell)
    if "|" in text:
        raise CellError(f"{shown(text)} contains the character '|'.", "Rename it in ProForge without '|'.")
    if len(text) > ID_LENGTH_MAX:
        raise CellError(f"The text has {len(text)} characters.", f"Shorten it to {ID_LENGTH_MAX}.")
    return text


def read_money(cell: Cell) -> Decimal | None:
    """Dollars with at most two decimals; None when blank."""
    return _amount(cell, 2, "an amount", "such as 1234.50")


def read_rate(cell: Cell) -> Decimal | None:
    """Dollars an hour with at most four decimals; None when blank."""
    return _amount(cell, 4, "a rate", "such as 38.50")


def read_percent(cell: Cell) -> Decimal | None:
    """Percent, 0 to 100; a number cell that Excel shows as 5% holds 0.05."""
    if isinstance(cell, Decimal):
        value: Decimal | None = cell * 100 if 0 < cell < 1 else cell
    else:
        value = _amount(read_text(cell).rstrip("% "), 4, "a percentage", "such as 5")
    if value is not None and not 0 <= value <= 100:
        raise CellError(f"{shown(cell)} is not between 0 and 100.", "Write a percentage such as 5.")
    return value


@lru_cache(maxsize=MEMORY_MAX, typed=True)
def _amount(cell: Cell, places: int, what: str, example: str) -> Decimal | None:
    value = cell if isinstance(cell, Decimal) else _written_number(cell, what, example)
    if value is None:
        return None
    exponent = Decimal(number_text(value)).as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        count = "two" if places == 2 else "four"
        raise CellError(f"{shown(cell)} has more than {count} decimals.", f"Round it to {count} decimals.")
    if abs(value) >= MONEY_MAX:
        raise CellError(f"{shown(cell)} is too large for {what}.", f"Write {what} {example}.")
    return value.quantize(Decimal(1).scaleb(-2)) if places == 2 else value


def _written_number(cell: Cell, what: str, example: str) -> Decimal | None:
    fault = CellError(f"{shown(cell)} is not {what}.", f"Write {what} {example}.")
    if isinstance(cell, (bool, date)):
        raise fault
    text = read_text(cell)
    if not text or text in _DASHES:
        return None
    text = text.replace(_MINUS, "-").replace("$", "").replace(" ", "").removeprefix("USD").removesuffix("USD")
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1], True
    elif text.startswith("-") or text.endswith("-"):
        text, negative = (text[1:] if text.startswith("-") else text[:-1]), True
    elif text.startswith("+"):
        text = text[1:]
    if not _NUMBER.fullmatch(text):
        raise fault
    number = Decimal(text.replace(",", ""))
    return number.copy_negate() if negative and number else number


@lru_cache(maxsize=MEMORY_MAX, typed=True)
def read_minutes(cell: Cell) -> int:
    """Whole minutes of hours written as 7.5, 7:30 or 8h; blank is 0."""
    if isinstance(cell, Decimal):
        return _whole_minutes(cell, cell)
    if isinstance(cell, (bool, date)):
        raise _not_hours(cell)
    text = read_text(cell)
    if not text or text in _DASHES:
        return 0
    if text[0] in ("-", "(", _MINUS) and (_HOURS.fullmatch(text[1:].rstrip(")")) or _CLOCK.fullmatch(text[1:])):
        raise CellError(f"{shown(text)} hours is negative.", "Write the hours worked, 0 or more.")
    if clock := _CLOCK.fullmatch(text):
        hours, minutes = (int(part) for part in clock.groups() if part is not None)
        return _whole_minutes(Decimal(hours * 60 + minutes) / 60, cell)
    if plain := _HOURS.fullmatch(text):
        return _whole_minutes(Decimal(plain[1]), cell)
    raise _not_hours(cell)


def _not_hours(cell: Cell) -> CellError:
    return CellError(f"{shown(cell)} is not a number of hours.", "Write hours such as 7.5 or 7:30.")


def _whole_minutes(hours: Decimal, cell: Cell) -> int:
    if hours < 0:
        raise CellError(f"{shown(cell)} hours is negative.", "Write the hours worked, 0 or more.")
    if hours > HOURS_MAX:
        raise CellError(f"{shown(cell)} hours is too much for one cell.", "Write hours such as 7.5 or 7:30.")
    exact = hours * 60
    minutes = exact.to_integral_value(ROUND_HALF_EVEN)
    if abs(exact - minutes) > _WHOLE_MINUTE_SLACK:
        raise CellError(
            f"{shown(cell)} hours is not a whole number of minutes.",
            f"Write {int(minutes) // 60}:{int(minutes) % 60:02} or the exact time.",
        )
    return int(minutes)


def read_mark(cell: Cell) -> bool:
    """Yes or no; blank is no."""
    text = read_text(cell).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise CellError(f"{shown(cell)} is neither yes nor no.", "Write Yes or No.")


def read_choice(cell: Cell, what: str, accepted: Mapping[str, Choice]) -> Choice:
    """One of a list. `accepted` holds folded spellings; the list that people see is that of the choices."""
    text = read_text(cell)
    choice = accepted.get(fold(text))
    if choice is None:
        listed = ", ".join(dict.fromkeys(choice.value for choice in accepted.values()))
        problem = f"{shown(text)} is not a {what}." if text else f"The {what} is missing."
        raise CellError(problem, f"Accepted are: {listed}.")
    return choice


def fold(text: str) -> str:
    """A text for comparing: letters and digits only, in one case; "#" reads as "number"."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("#", "number")
    return "".join(letter for letter in text if letter.isalnum())
