"""Build a Sync Preview: compare Core, what was agreed, and QuickBooks; store the plan; write nothing to QuickBooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import MappingProxyType

from qbsync.domain.book import CoreBook, SourceHashes
from qbsync.domain.capability import Finding, bars, issue_of
from qbsync.domain.codec import fingerprint, to_json
from qbsync.domain.decide import Action, Choice, State, Verdict, decide
from qbsync.domain.errors import Issue, Severity
from qbsync.domain.fields import changed_fields
from qbsync.domain.ledger import BillDocument, Company, Posted, TimeEntry
from qbsync.domain.left_alone import LeftAlone, set_aside
from qbsync.domain.link import Link
from qbsync.domain.mapping import MapKind, MappingSet
from qbsync.domain.moved import held_for, tied
from qbsync.domain.plan import Change, Plan, PlanStatus, Scope, digest_of, in_order
from qbsync.domain.ports import Clock, NewId
from qbsync.domain.posted import Ledgerbook, Reserved
from qbsync.domain.resolve import Lists, Resolver, noun_of
from qbsync.domain.retry import narrowed, ticked_again
from qbsync.domain.their_class import with_their_class
from qbsync.domain.want_bills import want_bills
from qbsync.domain.want_items import want_items
from qbsync.domain.want_names import want_names
from qbsync.domain.want_time import want_time
from qbsync.domain.wanted import NAME_SYNC_KINDS, PHASES, TITLES, SyncKind, Wanted
from qbsync.services.look import look, read_lists
from qbsync.services.pull import Pulling
from qbsync.services.run import Running
from qbsync.services.stores import (
    ConnectionStore,
    CoreStore,
    LedgerOf,
    LeftAloneStore,
    LinkStore,
    MappingStore,
    PlanStore,
)

Tell = Callable[[str], None]  # says what is being done, for a person who waits


@dataclass(frozen=True, kw_only=True)
class Previewing:
    """The use case of Sync Now."""

    core: CoreStore
    connections: ConnectionStore
    mappings: MappingStore
    links: LinkStore
    left_alone: LeftAloneStore
    plans: PlanStore
    running: Running
    pulling: Pulling
    ledger_of: LedgerOf
    clock: Clock
    new_id: NewId

    def build(
        self,
        connection_id: int,
        scope: Scope,
        *,
        who: str,
        tell: Tell = lambda _: None,
        confirmed: Mapping[str, Action] = MappingProxyType({}),
    ) -> Plan:
        """Build and store a plan. Raises TransientError when QuickBooks cannot be read completely.

        `confirmed` is what a person ticked in the run that is tried again, by the record's key. `tell` is called before
        each step (`preview_request.STEPS`); what it raises ends the build and stores nothing.
        """
        built_at = self.clock()  # a sync that ends from here on is one that this preview did not see
        tell("Settling what was sent and not answered")
        unanswered = self.running.settle_unanswered(connection_id)
        ledger = self.ledger_of(connection_id)
        tell("Reading QuickBooks' lists")
        company = ledger.company()
        lists = read_lists(ledger, company)
        self.connections.save_company(connection_id, company)
        self.connections.save_lists(connection_id, lists)
        tell("Working out what Core wants")
        mapping = self.mappings.current(connection_id)
        book = self.core.book()
        resolver = Resolver(mapping, Lists.of(lists), self.links.targets(connection_id), book.names())
        wanted = list(in_scope(want_all(book, resolver, company, scope), scope))
        in_play = self.links.among(connection_id, kinds_in_play(scope), scope.weeks)
        tell("Reading QuickBooks' time entries and bills")
        ledgerbook = look(ledger, wanted, in_play, lists, reserved_by(mapping))
        tell("Pulling payments")
        self.pulling.note_payments(connection_id, ledger, in_play, ledgerbook)
        tell("Comparing")
        comparison = Comparison(
            book=book,
            mapping=mapping,
            ledgerbook=ledgerbook,
            links={link.key: link for link in in_play},
            choices=self.links.choices(connection_id),
            unanswered=unanswered,
            sources=SourceHashes(book),
            barred=bars(company),
            left=self.left_alone.all(connection_id),
        )
        compared = tied(held_for(list(comparison.changes(wanted)), unanswered))
        # narrowed last: only among all records of a kind and week is it seen what is gone, taken or moved
        changes = numbered(ticked_again(narrowed(compared, scope.records), confirmed))
        plan = Plan(
            id=self.new_id(),
            connection_id=connection_id,
            status=PlanStatus.DRAFT,
            digest=digest_of(company.realm_id, mapping.version, changes),
            built_at=built_at,
            built_by=who,
            scope=scope,
            mapping_version=mapping.version,
            changes=changes,
        )
        tell("Storing the preview")
        self.plans.save(plan)
        return plan

    def choose(self, plan_id: str, seq: int, choice: Choice, *, who: str) -> None:
        """Keep a person's choice on a conflict; the next preview acts by it."""
        plan = self.plans.get(plan_id)
        change = next(change for change in plan.changes if change.seq == seq)
        self.links.choose(
            plan.connection_id,
            change.decision_key,
            change.kind,
            change.core_id,
            choice,
            who=who,
            at=self.clock(),
        )


def want_all(book: CoreBook, resolver: Resolver, company: Company, scope: Scope) -> list[Wanted]:
    """Everything Core wants, narrowed by weeks; names always, since others may need them."""
    currency = company.home_currency if company.several_currencies else ""
    wanted = [*want_names(book, resolver, currency), *want_items(book, resolver)]
    if asks_for_bills(scope):
        wanted += want_bills(book, resolver, closed_through=company.books_closed_through, currency=currency)
    if scope.includes(SyncKind.TIME_ENTRY):
        wanted += want_time(book, resolver, scope.weeks or None, currency=currency)
    return wanted


def asks_for_bills(scope: Scope) -> bool:
    """A week alone asks for hours: bills have no week."""
    return scope.includes(SyncKind.BILL) and not (scope.weeks and not scope.kinds)


def reserved_by(mapping: MappingSet) -> Reserved:
    """What the mapping gives to names of each kind; customers and projects share QuickBooks' customers."""
    customers = mapping.targets(MapKind.CUSTOMER, MapKind.PROJECT)
    return {
        SyncKind.CUSTOMER: customers,
        SyncKind.PROJECT: customers,
        SyncKind.VENDOR: mapping.targets(MapKind.VENDOR),
        SyncKind.EMPLOYEE: mapping.targets(MapKind.EMPLOYEE),
    }


def kinds_in_play(scope: Scope) -> set[SyncKind]:
    """The kinds whose links are compared: names always, the rest only where all that Core wants of it is asked for."""
    kinds = set(NAME_SYNC_KINDS)
    if asks_for_bills(scope):
        kinds.add(SyncKind.BILL)
    if scope.includes(SyncKind.TIME_ENTRY):
        kinds.add(SyncKind.TIME_ENTRY)
    return kinds


def in_scope(wanted: Sequence[Wanted], scope: Scope) -> Iterator[Wanted]:
    """The kinds asked for, and the names that those require (a project brings its customer)."""
    if not scope.kinds:
        yield from wanted
        return
    by_key = {one.key: one for one in wanted}
    asked = [one for one in wanted if scope.includes(one.kind)]
    needed: dict[str, Wanted] = {}
    queue = list(asked)
    while queue:
        one = queue.pop()
        if one.key not in needed:
            needed[one.key] = one
            queue += [by_key[key] for key in one.requires if key in by_key]
    yield from (one for one in wanted if one.key in needed)


def in_dependency_order(wanted: Sequence[Wanted]) -> list[Wanted]:
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


def numbered(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes in the order of a run, numbered from 1."""
    return tuple(replace(change, seq=seq) for seq, change in enumerate(in_order(changes), start=1))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Compares the three states of every record. Pure: what it needs was read before."""

    book: CoreBook
    mapping: MappingSet
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
        if blocked:
            verdict = Verdict(action=Action.BLOCKED, reason=" ".join(issue.problem for issue in one.issues))
        elif link is not None and link.ledger_id == one.link_to:
            verdict = Verdict(action=Action.SKIP, reason="Linked by the mapping.")
        else:
            verdict = Verdict(action=Action.LINK, reason="The mapping names its QuickBooks record.")
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
        return None if link.dropped else self._decided(one, link, posted, None)


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
    """Hours keep the rate they were posted at: a worker's new rate counts for new hours, and for hours that change."""
    if link is None or link.agreed is None or posted is None or not isinstance(one.content, TimeEntry):
        return one
    agreed = link.agreed.core
    if not isinstance(agreed, TimeEntry) or changed_fields(agreed, one.content) != {"hourly_rate"}:
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
