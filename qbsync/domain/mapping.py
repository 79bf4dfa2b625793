"""Which QuickBooks record stands for which Core code, and the preferences by which hours and bills are posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.records import Category, Shift


class MapKind(StrEnum):
    """What can be mapped. The value is also the tab and the sheet of an exported mapping."""

    CUSTOMER = "customer"
    PROJECT = "project"
    EMPLOYEE = "employee"
    COST_CODE = "cost_code"
    VENDOR = "vendor"


class Placement(StrEnum):
    """Where a project goes in QuickBooks."""

    CUSTOMER = "customer"
    SUB_CUSTOMER = "sub-customer"


class RateSource(StrEnum):
    """Where the hourly rate of a billable entry comes from."""

    BILL_RATE = "employee's bill rate"
    PAY_RATE = "employee's pay rate"


class Posting(StrEnum):
    """How much of the hours one time entry holds."""

    DAILY = "daily"
    WEEKLY = "weekly"  # a row's hours of one pay type, dated on the day that the week ends


class ShiftTarget(StrEnum):
    """Where the shift goes in QuickBooks, besides the description where its template names it."""

    DESCRIPTION = "description"
    ITEM = "service item"
    CLASS = "class"


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MADE_KINDS = frozenset(  # what a mapping may ask to be made in QuickBooks; accounts are the bookkeeper's
    {LedgerKind.CUSTOMER, LedgerKind.EMPLOYEE, LedgerKind.VENDOR, LedgerKind.ITEM}
)
TARGET_KINDS: dict[MapKind, tuple[LedgerKind, ...]] = {
    MapKind.CUSTOMER: (LedgerKind.CUSTOMER,),
    MapKind.PROJECT: (LedgerKind.CUSTOMER,),
    MapKind.EMPLOYEE: (LedgerKind.EMPLOYEE, LedgerKind.VENDOR),
    MapKind.COST_CODE: (LedgerKind.ITEM, LedgerKind.ACCOUNT),
    MapKind.VENDOR: (LedgerKind.VENDOR,),
}

DESCRIPTION_FIELDS = (
    "employee",
    "project",
    "cost_code",
    "cost_code_name",
    "shift",
    "pay_type",
    "week_ending",
)
DEFAULT_DESCRIPTION = "{cost_code} {cost_code_name} · {shift} · {pay_type}"


RuleKey = tuple[MapKind, str, str]  # kind, Core code, project: what there is one rule for at most


@dataclass(frozen=True, kw_only=True)
class MappingRule:
    """One Core code and its QuickBooks record: an existing one (`ledger_id`), or one to be made (`ledger_id` empty).

    `create_name` is the name for a record to be made; empty means Core's own. `project` narrows a cost
    code's rule to one project; empty means all.
    """

    kind: MapKind
    core_id: str
    ledger_kind: LedgerKind
    ledger_id: str = ""
    create_name: str = ""
    project: str = ""

    @property
    def creates(self) -> bool:
        return not self.ledger_id

    @property
    def key(self) -> RuleKey:
        return self.kind, self.core_id, self.project


@dataclass(frozen=True, kw_only=True)
class Preferences:
    """How this company posts hours and bills. Ids are QuickBooks ids; "" means none chosen."""

    project_placement: Placement = Placement.SUB_CUSTOMER
    project_placements: Mapping[str, Placement] = field(default_factory=dict)  # Core project → where it goes instead
    posting: Posting = Posting.DAILY
    week_end: str = ""  # the weekday that payroll weeks must end on; "" takes any
    overtime_rule: str = "federal"
    income_account_id: str = ""  # of service items that are made for cost codes
    fallback_item_id: str = ""  # for hours whose cost code has no service item
    overtime_item_id: str = ""  # posts overtime, and double time without an item, under an item of its own
    double_time_item_id: str = ""
    shift_target: ShiftTarget = ShiftTarget.DESCRIPTION
    shift_item_ids: Mapping[Shift, str] = field(default_factory=dict)  # a shift without one takes the cost code's item
    shift_class_ids: Mapping[Shift, str] = field(default_factory=dict)  # a shift without one gets no class
    billable: bool = False
    rate_source: RateSource = RateSource.BILL_RATE
    description_template: str = DEFAULT_DESCRIPTION
    fallback_account_id: str = ""  # for bill lines whose cost code has no account
    category_account_ids: Mapping[Category, str] = field(default_factory=dict)

    def placement_of(self, project: str) -> Placement:
        """Where a project goes: its own choice, else the company's."""
        return self.project_placements.get(project, self.project_placement)


@dataclass(frozen=True, kw_only=True)
class MappingSet:
    """A saved mapping of one company. `version` goes up by one with every save."""

    version: int
    rules: tuple[MappingRule, ...]
    preferences: Preferences
    saved_at: datetime | None = None
    saved_by: str = ""

    def __post_init__(self) -> None:
        index = {rule.key: rule for rule in self.rules}
        object.__setattr__(self, "_index", index)

    def rule(self, kind: MapKind, core_id: str, *, project: str = "") -> MappingRule | None:
        """The rule for a code: the project's own first, then the company's."""
        index: dict[RuleKey, MappingRule] = self._index  # type: ignore[attr-defined]
        own = index.get((kind, core_id, project)) if project else None
        return own or index.get((kind, core_id, ""))

    def targets(self, *kinds: MapKind) -> set[tuple[LedgerKind, str]]:
        """The QuickBooks records that stand for a Core name of these kinds already."""
        return {(rule.ledger_kind, rule.ledger_id) for rule in self.rules if rule.kind in kinds and not rule.creates}


@dataclass(frozen=True, kw_only=True)
class SavedVersion:
    """One save of the mapping, with how many rules it added, changed and took away."""

    version: int
    saved_at: datetime
    saved_by: str
    added: int
    changed: int
    removed: int


def with_rules(old: Iterable[MappingRule], new: Iterable[MappingRule]) -> tuple[MappingRule, ...]:
    """The old rules with the new ones laid over them, in a stable order."""
    index = {rule.key: rule for rule in (*old, *new)}
    return tuple(index[key] for key in sorted(index))
