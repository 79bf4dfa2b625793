"""Map Core's codes to QuickBooks' records: show, suggest, save as a version, and carry in and out as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Protocol

from qbsync.domain.book import CoreBook
from qbsync.domain.effect import Effect, changed_keys, effect_of, touched
from qbsync.domain.errors import BadInput, Issue
from qbsync.domain.intake import SourceFile
from qbsync.domain.mapping import MappingRule, MappingSet, Preferences, RuleKey, SavedVersion, with_rules
from qbsync.domain.mapping_changes import PreferenceChange, RuleChange, preference_changes, rule_changes
from qbsync.domain.mapping_remarks import preference_remarks, remarks_of
from qbsync.domain.ports import Clock
from qbsync.domain.preference_issues import preference_issues
from qbsync.domain.resolve import Lists, Resolver
from qbsync.domain.suggest import Suggestion, suggest
from qbsync.domain.want_bills import want_bills
from qbsync.domain.want_items import want_items
from qbsync.domain.want_names import want_names
from qbsync.domain.want_time import want_time
from qbsync.domain.wanted import SyncKind, Wanted
from qbsync.services.mapping_file import HEADINGS, exported, read_rules, rule_issues
from qbsync.services.mapping_preferences import is_preference, preference_rows, read_preferences
from qbsync.services.mapping_view import MappingView, codes, view_of
from qbsync.services.stores import ConnectionStore, CoreStore, LinkStore, MappingStore, NoticeStore


@dataclass(frozen=True, kw_only=True)
class MappingCheck:
    """What a mapping file would change, and what is wrong with it."""

    rules: tuple[MappingRule, ...]
    preferences: Preferences
    rules_changed: int
    preferences_changed: tuple[PreferenceChange, ...]
    issues: tuple[Issue, ...]
    remarks: tuple[str, ...] = ()  # what is odd about what would change, and refuses nothing

    @property
    def changed(self) -> int:
        return self.rules_changed + len(self.preferences_changed)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a version of the mapping says otherwise than another, and what of it cannot be used any more."""

    rules: tuple[RuleChange, ...]
    preferences: tuple[PreferenceChange, ...]
    issues: tuple[Issue, ...]

    @property
    def count(self) -> int:
        return len(self.rules) + len(self.preferences)


class TableFiles(Protocol):
    """Reads and writes spreadsheets; writing makes text that could be a formula inert."""

    def read(self, file: SourceFile) -> list[dict[str, str]]: ...
    def write(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """The use case of the Mapping page."""

    core: CoreStore
    connections: ConnectionStore
    mappings: MappingStore
    links: LinkStore
    notices: NoticeStore
    files: TableFiles
    clock: Clock

    def view(self, connection_id: int) -> MappingView:
        """Every code with its rule or suggestion, over QuickBooks' lists as last read."""
        lists = Lists.of(self.connections.lists(connection_id))
        return view_of(self.mappings.current(connection_id), self.core.book(), lists)

    def suggestions(self, connection_id: int) -> list[Suggestion]:
        """A suggestion for each code that has no rule."""
        return self._suggest(connection_id, self.mappings.current(connection_id))

    def _suggest(self, connection_id: int, mapping: MappingSet) -> list[Suggestion]:
        return suggest(self.core.book(), mapping, Lists.of(self.connections.lists(connection_id)))

    def accept(self, connection_id: int, over: int, *, who: str) -> int:
        """Save every suggestion that scores at least `over`; returns how many. Raises MappingChanged."""
        current = self.mappings.current(connection_id)
        rules = [one.rule for one in self._suggest(connection_id, current) if one.rule and one.score >= over]
        if rules:
            self.save(connection_id, rules, current.preferences, over_version=current.version, who=who)
        return len(rules)

    def save(
        self,
        connection_id: int,
        rules: Iterable[MappingRule],
        preferences: Preferences,
        *,
        over_version: int,
        who: str,
        removed: Iterable[RuleKey] = (),
    ) -> int:
        """Lay rules over the saved ones; returns the new version. Raises BadInput or MappingChanged.

        `removed` are the keys of rules that are taken away. A project's own rule is a choice by itself: it stays
        when the rule of its code for all projects goes.
        """
        rules = tuple(rules)
        lists = Lists.of(self.connections.lists(connection_id))
        faults = [issue for rule in rules for issue in rule_issues(rule, lists)]
        faults += preference_issues(preferences, lists)
        if faults:
            raise BadInput(" ".join(str(issue) for issue in faults[:5]))
        current = self.mappings.current(connection_id)
        wanted = _laid_over(current, rules, removed)
        return self._store(connection_id, wanted, preferences, over_version, who, "saved the mapping")

    def _store(
        self,
        connection_id: int,
        rules: tuple[MappingRule, ...],
        preferences: Preferences,
        over_version: int,
        who: str,
        what: str,
    ) -> int:
        at = self.clock()
        version = self.mappings.save(connection_id, rules, preferences, over_version=over_version, at=at, who=who)
        self.notices.audit(who=who, what=what, subject=f"version {version}", at=at, connection_id=connection_id)
        return version

    def effect(
        self,
        connection_id: int,
        rules: Iterable[MappingRule],
        preferences: Preferences,
        removed: Iterable[RuleKey] = (),
        *,
        book: CoreBook | None = None,
        size_max: int | None = None,
    ) -> Effect | None:
        """What saving this would change; None where more than `size_max` rows would have to be worked out.

        `book` is Core's records where the caller has them at hand.
        """
        current = self.mappings.current(connection_id)
        wanted = replace(current, rules=_laid_over(current, rules, removed), preferences=preferences)
        return self._effect(connection_id, current, wanted, book, size_max)

    def restore_effect(
        self, connection_id: int, version: int, *, book: CoreBook | None = None, size_max: int | None = None
    ) -> Effect | None:
        """What going back to a version would change, like `effect`."""
        current, then = self.mappings.current(connection_id), self.mappings.at(connection_id, version)
        return self._effect(connection_id, current, then, book, size_max)

    def _effect(
        self, connection_id: int, old: MappingSet, new: MappingSet, book: CoreBook | None, size_max: int | None
    ) -> Effect | None:
        core = book or self.core.book()
        lists = Lists.of(self.connections.lists(connection_id))
        links, names = self.links.targets(connection_id), core.names()
        resolvers = [Resolver(mapping, lists, links, names) for mapping in (old, new)]
        before, after = ([*want_names(core, one), *want_items(core, one)] for one in resolvers)
        narrow = touched(core, old, new, changed_keys(before, after))
        if size_max is not None and narrow.size > size_max:
            return None

        def lines(resolver: Resolver) -> list[Wanted]:
            return [*want_time(narrow.book, resolver, concerns=narrow.concerns), *want_bills(narrow.book, resolver)]

        changed = changed_keys([*before, *lines(resolvers[0])], [*after, *lines(resolvers[1])])
        return effect_of(changed, self._posted(connection_id, changed))

    def _posted(self, connection_id: int, keys: Iterable[str]) -> set[str]:
        """Of these keys, those of records that are in QuickBooks by our links."""
        posted: set[str] = set()
        for kind, group in groupby(sorted(keys), key=lambda key: key.partition(":")[0]):
            core_ids = [key.partition(":")[2] for key in group]
            posted |= {f"{kind}:{one}" for one in self.links.posted(connection_id, SyncKind(kind), core_ids)}
        return posted

    def history(self, connection_id: int) -> list[SavedVersion]:
        """The saves, newest first."""
        return self.mappings.history(connection_id)

    def difference(self, connection_id: int, version: int, *, since: int | None = None) -> Difference:
        """What going back to a version would change; or, with `since`, what it says otherwise than that version.

        `issues` are of what would come back and cannot be used any more. Raises BadInput for an unknown version.
        """
        then = self.mappings.at(connection_id, version)
        old = self.mappings.current(connection_id) if since is None else self._before(connection_id, since)
        lists = Lists.of(self.connections.lists(connection_id))
        changes = rule_changes(old, then)
        issues = [issue for one in changes if one.after is not None for issue in rule_issues(one.after, lists)]
        issues += preference_issues(then.preferences, lists)
        return Difference(
            rules=changes,
            preferences=preference_changes(old.preferences, then.preferences, lists),
            issues=tuple(issues),
        )

    def _before(self, connection_id: int, version: int) -> MappingSet:
        if version:
            return self.mappings.at(connection_id, version)
        return MappingSet(version=0, rules=(), preferences=Preferences())

    def restore(self, connection_id: int, version: int, *, over_version: int, who: str) -> int:
        """Save a version once more, as a new one; returns its number. Raises BadInput or MappingChanged.

        Refused where something that would come back cannot be used any more: nothing is left out in silence.
        """
        difference = self.difference(connection_id, version)
        if difference.issues:
            raise BadInput(" ".join(str(issue) for issue in difference.issues[:5]))
        then = self.mappings.at(connection_id, version)
        return self._store(
            connection_id, then.rules, then.preferences, over_version, who, f"went back to version {version}"
        )

    def export(self, connection_id: int, name: str) -> bytes:
        """The mapping with its preferences as CSV or XLSX, by the ending of `name`.

        Unmapped codes are there with nothing chosen.
        """
        view = self.view(connection_id)
        rows = (
            exported(row.kind, row.core_id, row.name, row.rule, row.target) for row in (*view.rows, *view.overrides)
        )
        preferences = preference_rows(view.mapping.preferences, view.lists, view.projects)
        return self.files.write(name, HEADINGS, (*rows, *preferences))

    def check_file(self, connection_id: int, file: SourceFile) -> MappingCheck:
        """What a mapping file would change. Nothing is saved."""
        lists = Lists.of(self.connections.lists(connection_id))
        current, book = self.mappings.current(connection_id), self.core.book()
        known = {(kind, core_id): name for kind, core_id, name, _ in codes(book)}
        rows = list(enumerate(self.files.read(file), start=2))
        of_codes = [(number, row) for number, row in rows if not is_preference(row)]
        of_preferences = [(number, row) for number, row in rows if is_preference(row)]
        rules, issues = read_rules(file.name, of_codes, lists, known)
        preferences, faults = read_preferences(file.name, of_preferences, current.preferences, lists, book.projects)
        changed = [rule for rule in rules if current.rule(rule.kind, rule.core_id, project=rule.project) != rule]
        return MappingCheck(
            rules=rules,
            preferences=preferences,
            rules_changed=len(changed),
            preferences_changed=preference_changes(current.preferences, preferences, lists),
            issues=(*issues, *faults),
            remarks=(
                *remarks_of(changed, known, lists),
                *preference_remarks(current.preferences, preferences, lists),
            ),
        )

    def load_file(self, connection_id: int, file: SourceFile, *, who: str) -> MappingCheck:
        """Save the good rows of a mapping file as a new version."""
        check = self.check_file(connection_id, file)
        if check.changed:
            current = self.mappings.current(connection_id)
            self.save(connection_id, check.rules, check.preferences, over_version=current.version, who=who)
        return check


def _laid_over(
    current: MappingSet, rules: Iterable[MappingRule], removed: Iterable[RuleKey]
) -> tuple[MappingRule, ...]:
    dropped = set(removed)
    return with_rules([rule for rule in current.rules if rule.key not in dropped], rules)
