"""Let people decide a company's defaults and guard limits, and how long the installation keeps things."""

from __future__ import annotations

from dataclasses import dataclass

from qbsync.domain.errors import BadInput
from qbsync.domain.house_rules import CompanyRules, KeepingRules, Rules, SavedRules, rule_changes, rule_issues
from qbsync.domain.ports import Clock
from qbsync.services.stores import NoticeStore, RuleStore


@dataclass(frozen=True, kw_only=True)
class HouseRules:
    """The use case of the Settings page. Every save is a version, with who, when and what in the audit trail."""

    saved: RuleStore
    notices: NoticeStore
    clock: Clock

    def company(self, connection_id: int) -> SavedRules[CompanyRules]:
        """The rules of a company."""
        return self.saved.company(connection_id)

    def keeping(self) -> SavedRules[KeepingRules]:
        """How long this installation keeps things."""
        return self.saved.keeping()

    def save_company(self, connection_id: int, rules: CompanyRules, *, over_version: int, who: str) -> int:
        """Save a company's rules; returns the new version. Raises BadInput or RulesChanged."""
        changes = _checked(self.company(connection_id).rules, rules)
        version = self.saved.save_company(connection_id, rules, over_version=over_version, at=self.clock(), who=who)
        self._write_down("saved the company's settings", version, changes, who, connection_id)
        return version

    def save_keeping(self, rules: KeepingRules, *, over_version: int, who: str) -> int:
        """Save how long things are kept; returns the new version. Raises BadInput or RulesChanged."""
        changes = _checked(self.keeping().rules, rules)
        version = self.saved.save_keeping(rules, over_version=over_version, at=self.clock(), who=who)
        self._write_down("saved how long things are kept", version, changes, who, None)
        return version

    def _write_down(self, what: str, version: int, changes: list[str], who: str, connection_id: int | None) -> None:
        self.notices.audit(
            who=who,
            what=what,
            subject=f"version {version}",
            detail="\n".join(changes),
            at=self.clock(),
            connection_id=connection_id,
        )


def _checked(old: Rules, new: Rules) -> list[str]:
    """What is changed. Raises BadInput for rules that cannot be."""
    faults = rule_issues(new)
    if faults:
        raise BadInput(" ".join(str(one) for one in faults))
    return rule_changes(old, new)
