"""Which QuickBooks record stands for which Core code, and the preferences by which hours and bills are posted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qbsync.domain.ledger import LedgerKind
from qbsync.domain.records import Category


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
    overtime_rule: str = "federal"
    fallback_item_id: str = ""  # for hours whose cost code has no service item
    overtime_item_id: str = ""  # posts overtime and double time under an item of their own
    billable: bool = False
    rate_source: RateSource = RateSource.BILL_RATE
    description_template: str = DEFAULT_DESCRIPTION
    fallback_account_id: str = ""  # for bill lines whose cost code has no account
    category_account_ids: Mapping[Category, str] = field(default_factory=dict)


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
