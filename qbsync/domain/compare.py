"""Compare Core, what was agreed, and QuickBooks, record by record: what a preview proposes, with every reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from qbsync.domain.book import CoreBook, SourceHashes
from qbsync.domain.capability import Finding, issue_of
from qbsync.domain.codec import fingerprint, to_json
from qbsync.domain.decide import SAID_OF_HOURS, Action, Choice, State, Verdict, decide
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.fields import changed_fields
from qbsync.domain.ledger import BillDocument, Posted, TimeEntry
from qbsync.domain.left_alone import LeftAlone, set_aside
from qbsync.domain.link import Link
from qbsync.domain.plan import Change
from qbsync.domain.posted import Ledgerbook
from qbsync.domain.resolve import noun_of
from qbsync.domain.their_class import with_their_class
from qbsync.domain.wanted import NAME_SYNC_KINDS, PHASES, TITLES, SyncKind, Wanted


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Compares the three states of every record. Pure: what it needs was read before."""

    book: CoreBook
    ledgerbook: Ledgerbook
    links: dict[str, Link]
    choices: dict[str, Choice]
    unanswered: frozenset[str]
    sources: SourceHashes
    barred: Mapping[SyncKind, Finding] = field(default_factory=dict)  # kinds that the company takes none of
    left: Mapping[str, LeftAlone] = field(default_factory=dict)  # what people leave alone, by key

    def changes(self, wanted: Sequence[Wanted]) -> Iterator[Change]:
        """One change for each wanted record, and for each link whose record is gone in Core."""
        blocked: dict[str, Change] = {}
        for one in in_dependency_order(wanted):
            if one.kind not in self.barred:  # else its own reason is nearer than its parents'
                one = with_blocked_parents(one, blocked)
            change = self._mapped_name(one) if one.link_to else self._compared(one)
            if change is None:
                continue
            change = set_aside(held_back(change, self.barred), self.left)
            if change.left_alone and one.key not in self.links and not one.link_to:
                blocked[one.key] = replace(change, action=Action.BLOCKED)  # what needs it cannot go without it
            if change.action in (Action.BLOCKED, Action.CONFLICT):
                blocked[one.key] = change
            yield change
        keys = {one.key for one in wanted}
        for link in self.links.values():
            if link.key not in keys and not link.link_only and self._gone_in_core(link):
                change = self._gone(link)
                if change is not None:
                    yield set_aside(held_back(change, self.barred), self.left)

    def _mapped_name(self, one: Wanted) -> Change:
        """A name that the mapping ties to an existing record: linked once, never written."""
        link = self.links.get(one.key)
        blocked = any(issue.severity is Severity.ERROR for issue in one.issues)
        there = f'"{one.link_name}"' if one.link_name else "A record"
        if blocked:
            verdict = Verdict(action=Action.BLOCKED, reason=" ".join(issue.problem for issue in one.issues))
        elif link is not None and link.ledger_id == one.link_to:
            verdict = Verdict(action=Action.SKIP, reason=f"{there} in QuickBooks is linked, as the mapping says.")
        else:
            verdict = Verdict(action=Action.LINK, reason=f"{there} in QuickBooks is it, as the mapping says.")
        return replace(self._change(one, verdict, link, None), ledger_id=one.link_to, link_only=True)

    def _compared(self, one: Wanted) -> Change | None:
        link = self.links.get(one.key)
        if link is not None and (link.link_only or _is_another_kind_of_name(link, one)):
            link = None  # the mapping once named a record, or another kind; now it asks for one of its own
        posted = self.ledgerbook.by_id.get((link.ledger_kind, link.ledger_id)) if link else None
        if posted is not None and not posted.active:
            posted = None
        if posted is not None and posted.kind is not one.ledger_kind:
            one = replace(one, issues=(*one.issues, _turned(one, posted)))
        one = _at_agreed_rate(one, link, posted)
        match = self.ledgerbook.match(one) if posted is None else None  # also what was entered anew under another id
        return self._decided(one, link, posted, match)

    def _decided(self, one: Wanted, link: Link | None, posted: Posted | None, match: Posted | None) -> Change | None:
        key = decision_key(one, posted or match, link)
        wanted, agreed = with_their_class(one.content, link.agreed if link else None, posted or match)
        verdict = decide(
            State(
                wanted=wanted,
                issues=one.issues,
                linked=link is not None,
                dropped=link is not None and link.dropped,
                agreed=agreed,
                posted=posted,
                match=match,
                unanswered=one.key in self.unanswered and match is None and posted is None,
                choice=self.choices.get(key),
            )
        )
        if verdict is None and one.issues:
            verdict = Verdict(action=Action.BLOCKED, reason=" ".join(issue.problem for issue in one.issues))
        if verdict is None:
            return None
        change = self._change(one, verdict, link, posted or match)
        return replace(change, decision_key=key, is_match=posted is None and match is not None)

    def _change(self, one: Wanted, verdict: Verdict, link: Link | None, posted: Posted | None) -> Change:
        again = verdict.action is Action.CREATE and link is not None
        return Change(
            seq=0,
            kind=one.kind,
            core_id=one.core_id,
            title=one.title,
            action=verdict.action,
            reason=verdict.reason,
            ledger_kind=one.ledger_kind,
            ledger_id=posted.id if posted and verdict.action is not Action.CREATE else "",
            content=verdict.content,
            core_content=one.content,
            posted=posted.content if posted else None,
            posted_total=posted.home_total if posted else None,
            fields=verdict.fields,
            issues=one.issues,
            requires=one.requires,
            source_hash=self.sources.of(one.kind, one.core_id),
            scope_date=one.scope_date,
            minutes=one.minutes,
            amount=one.amount,
            generation=(link.generation if link else 0) + int(again),
        )

    def _gone_in_core(self, link: Link) -> bool:
        """Names stay wanted while Core has them, even when their mapping was taken away."""
        named: dict[SyncKind, dict[str, object]] = {
            SyncKind.CUSTOMER: dict(self.book.customers),
            SyncKind.PROJECT: dict(self.book.projects),
            SyncKind.VENDOR: dict(self.book.vendors),
            SyncKind.EMPLOYEE: dict(self.book.employees),
            SyncKind.ITEM: dict(self.book.cost_codes),
        }
        return link.core_id not in named.get(link.kind, {})

    def _gone(self, link: Link) -> Change | None:
        posted = self.ledgerbook.by_id.get((link.ledger_kind, link.ledger_id))
        minutes, amount = _carried(posted)
        one = Wanted(
            kind=link.kind,
            core_id=link.core_id,
            title=link.title,
            ledger_kind=link.ledger_kind,
            content=None,
            scope_date=link.scope_date,
            minutes=minutes,
            amount=amount,
        )
        change = None if link.dropped else self._decided(one, link, posted, None)
        return replace(change, gone=True) if change else None


def in_dependency_order(wanted: Iterable[Wanted]) -> list[Wanted]:
    """What others refer to first."""
    rank = {kind: position for position, kind in enumerate(PHASES)}
    return sorted(wanted, key=lambda one: rank[one.kind])


def with_blocked_parents(one: Wanted, blocked: Mapping[str, Change]) -> Wanted:
    """The record with an issue for each record it needs that will not be made."""
    parents = [blocked[key] for key in one.requires if key in blocked]
    issues = tuple(
        Issue(
            record=one.title,
            field=parent.kind.value,
            problem=f"It needs {TITLES[parent.kind].lower()} {parent.core_id}, which is {parent.action.value}: "
            f"{parent.reason}",
            remedy="Mend that first.",
            screen="mapping" if parent.action is Action.BLOCKED else "sync",
            follows=True,
        )
        for parent in parents
    )
    return replace(one, issues=(*one.issues, *issues)) if issues else one


def held_back(change: Change, barred: Mapping[SyncKind, Finding]) -> Change:
    """The change, blocked where it would write a kind of record that the company takes none of."""
    finding = barred.get(change.kind)
    if finding is None or change.operation is None:
        return change
    issue = issue_of(finding, change.title)
    return replace(change, action=Action.BLOCKED, reason=issue.problem, issues=(*change.issues, issue))


def _is_another_kind_of_name(link: Link, one: Wanted) -> bool:
    return link.kind in NAME_SYNC_KINDS and link.ledger_kind is not one.ledger_kind


def _at_agreed_rate(one: Wanted, link: Link | None, posted: Posted | None) -> Wanted:
    """Hours keep the rate they were posted at: a worker's new rate counts for new hours, and for hours that change.

    Another name of a code or another template changes what is said of them only, and not what they cost.
    """
    if link is None or link.agreed is None or posted is None or not isinstance(one.content, TimeEntry):
        return one
    agreed = link.agreed.core
    if not isinstance(agreed, TimeEntry) or agreed.hourly_rate is None or one.content.hourly_rate is None:
        return one
    if changed_fields(agreed, one.content) - SAID_OF_HOURS:
        return one
    if "hourly_rate" in changed_fields(link.agreed.posted, posted.content):
        return one  # somebody changed it there as well: both rates are to be seen
    return replace(one, content=replace(one.content, hourly_rate=agreed.hourly_rate))


def _turned(one: Wanted, posted: Posted) -> Issue:
    """A bill that became a credit (or the reverse) cannot be updated into it."""
    was, now = noun_of(posted.kind), noun_of(one.ledger_kind)
    return Issue(
        record=one.title,
        field="total",
        problem=f"It is {was} in QuickBooks, and its total in Core makes it {now} now.",
        remedy="Delete it in QuickBooks; the next preview then offers to make it again.",
        screen="sync",
    )


def _carried(posted: Posted | None) -> tuple[int, Decimal]:
    """The minutes or money that a posted record carries."""
    match posted.content if posted else None:
        case TimeEntry(minutes=minutes):
            return minutes, Decimal(0)
        case BillDocument() as bill:
            return 0, bill.total
        case _:
            return 0, Decimal(0)


def decision_key(one: Wanted, other: Posted | None, link: Link | None) -> str:
    """What a choice is kept under: the record, both its values and their versions, so that a new edit asks anew."""
    versions = (other.sync_token if other else "", str(link.generation if link else 0))
    return fingerprint(one.key, to_json(one.content), to_json(other.content if other else None), *versions)
