"""Build a Sync Preview: compare Core, what was agreed, and QuickBooks; store the plan; write nothing to QuickBooks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from qbsync.domain.asked import in_scope, keys_asked_for, kinds_in_play, reserved_by, want_all
from qbsync.domain.book import CoreBook, SourceHashes
from qbsync.domain.capability import bars
from qbsync.domain.compare import Comparison
from qbsync.domain.decide import Action, Choice
from qbsync.domain.entered_again import entered_again
from qbsync.domain.errors import BadInput
from qbsync.domain.ledger import Company, LedgerKind, ListEntry
from qbsync.domain.link import Link
from qbsync.domain.mapping import MappingSet
from qbsync.domain.moved import held_for, tied
from qbsync.domain.of_weeks import overlapping
from qbsync.domain.plan import Change, Plan, PlanStatus, Scope, digest_of, numbered
from qbsync.domain.ports import Clock, Ledger, NewId
from qbsync.domain.posted import Ledgerbook
from qbsync.domain.resolve import Lists, Resolver
from qbsync.domain.retry import narrowed, ticked_again
from qbsync.domain.wanted import Wanted
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
EntriesByKind = dict[LedgerKind, list[ListEntry]]


@dataclass(frozen=True, kw_only=True)
class _Core:
    """Core's side of a comparison, as it was read for one preview."""

    mapping: MappingSet
    book: CoreBook
    wanted: list[Wanted]
    links: list[Link]


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
        # A sync that ends from here on is one that this preview did not see.
        built_at, runs_ended = self.clock(), self.running.runs.ended(connection_id)
        tell("Settling what was sent and not answered")
        unanswered = self.running.settle_unanswered(connection_id)
        ledger = self.ledger_of(connection_id)
        tell("Reading QuickBooks' lists")
        company, lists = self._read_lists(connection_id, ledger)
        tell("Working out what Core wants")
        core = self._read_core(connection_id, company, lists, scope)
        tell("Reading QuickBooks' time entries and bills")
        ledgerbook = look(ledger, core.wanted, core.links, lists, reserved_by(core.mapping))
        tell("Pulling payments")
        self.pulling.note_payments(connection_id, ledger, core.links, ledgerbook)
        tell("Comparing")
        compared = self._compare(connection_id, core, ledgerbook, company, unanswered)
        # narrowed last: only among all records of a kind and week is it seen what is gone, taken or moved
        asked_for = narrowed(compared, keys_asked_for(scope, compared, core.book, core.links))
        changes = numbered(ticked_again(asked_for, confirmed))
        plan = Plan(
            id=self.new_id(),
            connection_id=connection_id,
            status=PlanStatus.DRAFT,
            digest=digest_of(company.realm_id, core.mapping.version, changes),
            built_at=built_at,
            built_by=who,
            scope=scope,
            mapping_version=core.mapping.version,
            changes=changes,
            runs_ended=runs_ended,
        )
        tell("Storing the preview")
        self.plans.save(plan)
        return plan

    def _read_lists(self, connection_id: int, ledger: Ledger) -> tuple[Company, EntriesByKind]:
        """What the company is and the lists that mappings choose from, read afresh and kept."""
        company = ledger.company()
        lists = read_lists(ledger, company)
        self.connections.save_lists(connection_id, lists)
        self.connections.save_company(connection_id, replace(company, lists_read_at=self.clock()))
        return company, lists

    def _read_core(self, connection_id: int, company: Company, lists: EntriesByKind, scope: Scope) -> _Core:
        """Core's side of the comparison."""
        near = replace(scope, weeks=overlapping(scope.weeks))  # hours may have moved from one of these
        mapping = self.mappings.current(connection_id)
        book = self.core.book()
        resolver = Resolver(mapping, Lists.of(lists), self.links.targets(connection_id), book.names())
        return _Core(
            mapping=mapping,
            book=book,
            wanted=list(in_scope(want_all(book, resolver, company, near), near)),
            links=self.links.among(connection_id, kinds_in_play(near), near.weeks),
        )

    def _compare(
        self, connection_id: int, core: _Core, ledgerbook: Ledgerbook, company: Company, unanswered: frozenset[str]
    ) -> list[Change]:
        """Every change that the three states ask for, those that go all or none tied together."""
        comparison = Comparison(
            book=core.book,
            ledgerbook=ledgerbook,
            links={link.key: link for link in core.links},
            choices=self.links.choices(connection_id),
            unanswered=unanswered,
            sources=SourceHashes(core.book),
            barred=bars(company),
            left=self.left_alone.all(connection_id),
        )
        return entered_again(tied(held_for(list(comparison.changes(core.wanted)), unanswered)))

    def choose(self, plan_id: str, seq: int, choice: Choice, *, who: str) -> None:
        """Keep a person's choice on a conflict; the next preview acts by it. Raises BadInput for any other row."""
        self.choose_for_all(plan_id, [seq], choice, who=who)

    def choose_for_all(self, plan_id: str, seqs: Collection[int], choice: Choice, *, who: str) -> None:
        """Keep one choice on several conflicts, on all of them or on none."""
        changes = self.plans.changes(plan_id, seqs)
        for seq in seqs:
            change = changes.get(seq)
            if change is None or change.action is not Action.CONFLICT:
                raise BadInput(f"Row {seq} of preview {plan_id} is no conflict: there is nothing to choose.")
            if choice not in change.choices:
                raise BadInput(f"Row {seq} ({change.title}) does not offer {choice.value!r}.")
        self.links.choose(self.plans.connection_of(plan_id), changes.values(), choice, who=who, at=self.clock())
