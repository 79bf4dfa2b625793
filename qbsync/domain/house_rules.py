"""What a company and an installation decide for themselves: defaults, guard limits, and how long things are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum, auto
from typing import Any, Generic, TypeVar

from qbsync.domain.errors import BadInput, Issue
from qbsync.domain.wanted import TITLES, SyncKind

WORD = "SEND"  # what is typed to confirm more than the limits
EVERYTHING = "everything"
RECORDS_MAX, DAYS_MAX, AMOUNT_MAX = 1_000_000, 3650, 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class CompanyRules:
    """The defaults and guard limits of one company. None is no limit."""

    sync_kinds: frozenset[SyncKind] = frozenset()  # empty is everything
    sure_score: int = 90
    word_above: int | None = 500
    word_above_amount: Decimal | None = None
    scheduled_max: int | None = None

    def wants_word(self, records: int, amount: Decimal) -> bool:
        """Whether so much is confirmed by a typed word only. `amount` adds bills and credits up, as `weight` does."""
        too_many = self.word_above is not None and records > self.word_above
        return too_many or (self.word_above_amount is not None and amount > self.word_above_amount)


@dataclass(frozen=True, kw_only=True)
class KeepingRules:
    """For how many days an installation keeps what nobody needs to look back at. None is for ever."""

    previews_days: int | None = None
    imports_days: int | None = None
    notices_days: int | None = None


Rules = TypeVar("Rules", CompanyRules, KeepingRules)


@dataclass(frozen=True, kw_only=True)
class SavedRules(Generic[Rules]):
    """Rules as they were last saved; version 0 are the defaults, which nobody saved."""

    rules: Rules
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""


class Form(Enum):
    """What a rule is."""

    WHOLE = auto()
    MONEY = auto()
    KINDS = auto()


@dataclass(frozen=True, kw_only=True)
class RuleField:
    """One rule as people see it. `blank` is what it means when nothing is given; "" when it needs a value."""

    name: str
    title: str
    unit: str
    meaning: str
    blank: str = ""
    form: Form = Form.WHOLE
    least: int = 0
    most: int = RECORDS_MAX


DEFAULTS = (
    RuleField(
        name="sync_kinds",
        title="A sync covers",
        unit="kinds of record",
        meaning="What a schedule compares, and what Sync Now has ticked at first.",
        blank=EVERYTHING,
        form=Form.KINDS,
    ),
    RuleField(
        name="sure_score",
        title="A suggestion is sure from",
        unit="score of 100",
        meaning="Accept all suggestions on the Mapping page takes those of at least this score.",
        least=50,
        most=100,
    ),
)
GUARDS = (
    RuleField(
        name="word_above",
        title="Ask for a typed word above this many records",
        unit="records",
        meaning=f"Confirming more records than this wants {WORD} to be typed.",
        blank="never",
    ),
    RuleField(
        name="word_above_amount",
        title="Ask for a typed word above this much money",
        unit="money on bills",
        meaning=f"Confirming bills of more money than this wants {WORD} to be typed.",
        blank="never",
        form=Form.MONEY,
        most=AMOUNT_MAX,
    ),
    RuleField(
        name="scheduled_max",
        title="A schedule sends by itself at most",
        unit="records",
        meaning="Where a scheduled sync would send more, it sends nothing and leaves its preview to a person.",
        blank="no limit",
    ),
)
KEEPING = (
    RuleField(
        name="previews_days",
        title="Previews that were never confirmed",
        unit="days",
        meaning="Counted from when they were built. The newest preview of each company always stays.",
        blank="for ever",
        least=7,
        most=DAYS_MAX,
    ),
    RuleField(
        name="imports_days",
        title="Reports of imports",
        unit="days",
        meaning="Who loaded which files, and their row problems. The newest one stays, and any with rows to mend.",
        blank="for ever",
        least=30,
        most=DAYS_MAX,
    ),
    RuleField(
        name="notices_days",
        title="Notices that were read",
        unit="days",
        meaning="Counted from when they were given.",
        blank="for ever",
        least=30,
        most=DAYS_MAX,
    ),
)
COMPANY_FIELDS = (*DEFAULTS, *GUARDS)
FIELDS: Mapping[str, RuleField] = {one.name: one for one in (*COMPANY_FIELDS, *KEEPING)}


def rule_issues(rules: CompanyRules | KeepingRules) -> list[Issue]:
    """What is wrong with rules, whatever a page offered."""
    found = [rule_issue(FIELDS[item.name], getattr(rules, item.name)) for item in fields(rules)]
    return [one for one in found if one is not None]


def rule_issue(rule: RuleField, value: Any) -> Issue | None:
    """What is wrong with the value of one rule; None where nothing is."""
    if rule.form is Form.KINDS:
        return None
    if value is None:
        return None if rule.blank else _fault(rule, "It needs a value.")
    if rule.form is Form.MONEY and Decimal(value).as_tuple().exponent < -2:  # type: ignore[operator]
        return _fault(rule, f"{value} has more than two decimals.")
    return None if rule.least <= value <= rule.most else _fault(rule, f"{value} is out of bounds.")


def _fault(rule: RuleField, problem: str) -> Issue:
    remedy = f"Give a number from {rule.least:,} to {rule.most:,}"
    return Issue(
        record=f"{rule.title} ({rule.unit})",
        field=rule.name,
        problem=problem,
        remedy=f"{remedy}, or nothing for {rule.blank}." if rule.blank else f"{remedy}.",
        screen="settings",
    )


def value_of(rule: RuleField, text: str) -> Any:
    """The value that a text says. Raises BadInput for one that says none."""
    text = text.strip()
    if not text or text.casefold() == rule.blank.casefold():
        return frozenset() if rule.form is Form.KINDS else None
    try:
        match rule.form:
            case Form.KINDS:
                return frozenset(SyncKind(one.strip()) for one in text.split(","))
            case Form.MONEY:
                return _finite(Decimal(text.replace(",", "")))
            case Form.WHOLE:
                return int(text.replace(",", ""))
    except (ValueError, InvalidOperation):
        wanted = ", ".join(SyncKind) if rule.form is Form.KINDS else f"a number ({rule.unit})"
        blank = f", or {rule.blank}" if rule.blank else ""
        raise BadInput(f"'{rule.title}' takes {wanted}{blank}; not {text!r}.") from None


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise InvalidOperation
    return number


def text_of(rule: RuleField, value: Any) -> str:
    """A value as people read it."""
    match rule.form:
        case Form.KINDS:
            return ", ".join(TITLES[kind] for kind in SyncKind if kind in value) or rule.blank
        case Form.MONEY:
            return rule.blank if value is None else f"{value:,.2f}"
        case Form.WHOLE:
            return rule.blank if value is None else f"{value:,}"


def rule_changes(old: Rules, new: Rules) -> list[str]:
    """What new rules say otherwise, a line each: `A schedule sends by itself at most (records): 500 → 200`."""
    return [
        f"{rule.title} ({rule.unit}): {text_of(rule, before)} → {text_of(rule, after)}"
        for rule in (FIELDS[item.name] for item in fields(old))
        if (before := getattr(old, rule.name)) != (after := getattr(new, rule.name))
    ]
