"""What Core wants QuickBooks' lists to hold: customers, projects, vendors and employees."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from qbsync.domain.book import CoreBook
from qbsync.domain.errors import Issue
from qbsync.domain.ledger import NAME_KINDS, Content, CustomerCard, EmployeeCard, LedgerKind, VendorCard
from qbsync.domain.mapping import MapKind, MappingRule, Placement
from qbsync.domain.records import Customer, Employee, Project, Vendor
from qbsync.domain.resolve import NOUNS, SYNC_KINDS, Resolver, in_another_currency, noun_of, place_of
from qbsync.domain.wanted import SyncKind, Wanted, key_of

DISPLAY_NAME_MAX = 500  # QuickBooks' limit for customers, vendors and employees
PERSON_NAME_MAX = 100  # and for given and family names
FORBIDDEN = {":": "a colon", "\t": "a tab", "\n": "a line break"}
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

NameRecord = Customer | Project | Employee | Vendor


def want_names(book: CoreBook, resolver: Resolver, currency: str = "") -> list[Wanted]:
    """One Wanted for each mapped customer, project, employee and vendor. Unmapped ones want nothing yet.

    `currency` is the company's own where it keeps several, else "".
    """
    records: Iterable[tuple[MapKind, NameRecord]] = (
        *((MapKind.CUSTOMER, customer) for customer in book.customers.values()),
        *((MapKind.PROJECT, project) for project in book.projects.values()),
        *((MapKind.VENDOR, vendor) for vendor in book.vendors.values()),
        *((MapKind.EMPLOYEE, employee) for employee in book.employees.values()),
    )
    wanted = [
        _want(kind, record, rule, resolver, currency)
        for kind, record in records
        if (rule := resolver.mapping.rule(kind, record.core_id)) is not None
    ]
    return list(_with_clashes(wanted, resolver))


def _want(kind: MapKind, record: NameRecord, rule: MappingRule, resolver: Resolver, currency: str) -> Wanted:
    title = f"{NOUNS[kind]} {record.name}"
    shared = {"kind": SYNC_KINDS[kind], "core_id": record.core_id, "title": record.name}
    if not rule.creates:
        target = resolver.existing(
            rule.ledger_kind, rule.ledger_id, title, resolver.told(kind, record.core_id), place_of(kind, record.core_id)
        )
        return Wanted(
            **shared,  # type: ignore[arg-type]
            ledger_kind=rule.ledger_kind,
            content=None,
            issues=target.issues,
            link_to=rule.ledger_id,
            link_name=target.reference.name if target.reference else "",
        )
    content, issues, requires = _card(record, rule, resolver, title, currency)
    return Wanted(
        **shared,  # type: ignore[arg-type]
        ledger_kind=rule.ledger_kind,
        content=content,
        issues=(*issues, *name_issues(title, content)),
        requires=requires,
    )


def _card(
    record: NameRecord, rule: MappingRule, resolver: Resolver, title: str, currency: str
) -> tuple[CustomerCard | VendorCard | EmployeeCard, tuple[Issue, ...], tuple[str, ...]]:
    """The content of a record to be made, what is wrong with it, and what must be there first."""
    name = rule.create_name or record.name
    match record:
        case Customer():
            return _customer_card(record, name), (), ()
        case Project():
            return _project_card(record, name, resolver, title, currency)
        case Vendor():
            return _vendor_card(record, name), (), ()
        case Employee():
            return _worker_card(record, name, rule.ledger_kind), (), ()


def _customer_card(record: Customer, name: str) -> CustomerCard:
    return CustomerCard(
        display_name=name,
        email=record.email,
        phone=record.phone,
        line1=record.address,
        city=record.city,
        state=record.state,
        postal_code=record.postal_code,
    )


def _project_card(
    record: Project, name: str, resolver: Resolver, title: str, currency: str
) -> tuple[CustomerCard, tuple[Issue, ...], tuple[str, ...]]:
    card = CustomerCard(
        display_name=name,
        line1=record.address,
        city=record.city,
        state=record.state,
        postal_code=record.postal_code,
    )
    if resolver.mapping.preferences.placement_of(record.core_id) is Placement.CUSTOMER:
        return card, (), ()
    if not record.customer:
        return card, (_no_customer(title),), ()
    parent = resolver.name(MapKind.CUSTOMER, record.customer, title)
    is_new = key_of(SyncKind.PROJECT, record.core_id) not in resolver.links
    foreign = in_another_currency(resolver, LedgerKind.CUSTOMER, parent, currency, title) if is_new else ()
    return replace(card, parent=parent.reference), (*parent.issues, *foreign), parent.requires


def _no_customer(title: str) -> Issue:
    return Issue(
        record=title,
        field="customer",
        problem="The project has no customer, so it cannot be a sub-customer.",
        remedy="Give it a customer in ProForge, or post projects as customers on the Mapping page.",
        screen="core_data",
    )


def _vendor_card(record: Vendor, name: str) -> VendorCard:
    return VendorCard(
        display_name=name,
        email=record.email,
        phone=record.phone,
        line1=record.address,
        city=record.city,
        state=record.state,
        postal_code=record.postal_code,
        is_1099=record.is_1099,
    )


def _worker_card(record: Employee, name: str, kind: LedgerKind) -> VendorCard | EmployeeCard:
    if kind is LedgerKind.VENDOR:
        return VendorCard(display_name=name, email=record.email, is_1099=True)
    given, family = parts_of(name)
    return EmployeeCard(display_name=name, given_name=given, family_name=family, email=record.email)


def name_issues(title: str, content: Content) -> Iterator[Issue]:
    """Everything QuickBooks would refuse in a name: all of it at once."""
    if not isinstance(content, CustomerCard | VendorCard | EmployeeCard):
        return
    for problem in name_problems(content.display_name, of_person=isinstance(content, EmployeeCard)):
        yield _name_issue(title, problem)


def name_problems(name: str, *, of_person: bool = False) -> Iterator[str]:
    """What QuickBooks would refuse in the name of a customer or vendor, or of a person, in sentences."""
    if not name.strip():
        yield "The name is empty."
        return
    if HIDDEN.search(name):
        yield "The name has a hidden control character, which QuickBooks does not allow."
    for character, words in FORBIDDEN.items():
        if character in name:
            yield f'The name "{name}" has {words}, which QuickBooks does not allow.'
    if len(name) > DISPLAY_NAME_MAX:
        yield f"The name has {len(name)} characters; QuickBooks takes {DISPLAY_NAME_MAX}."
    if of_person and max(map(len, parts_of(name))) > PERSON_NAME_MAX:
        yield f"A given or family name is longer than {PERSON_NAME_MAX} characters."


def parts_of(name: str) -> tuple[str, str]:
    """A person's given and family name."""
    given, _, family = name.rpartition(" ")
    return given, family


def _name_issue(title: str, problem: str) -> Issue:
    return Issue(
        record=title,
        field="name",
        problem=problem,
        remedy="Give it another QuickBooks name on the Mapping page.",
        screen="mapping",
    )


def _with_clashes(wanted: list[Wanted], resolver: Resolver) -> Iterator[Wanted]:
    """QuickBooks allows a name once over customers, vendors and employees: say so before it does."""
    claimed: dict[str, list[Wanted]] = defaultdict(list)
    for one in wanted:
        if one.content is not None:
            claimed[_display_name(one).casefold()].append(one)
    holders = {entry.name.casefold(): entry for entry in resolver.lists.all(*NAME_KINDS) if entry.active}
    for one in wanted:
        if one.content is None:
            yield one
            continue
        name = _display_name(one)
        holder = holders.get(name.casefold())
        others = [other for other in claimed[name.casefold()] if other.key != one.key]
        own_link = resolver.links.get(one.key)
        if holder is not None and holder.kind is not one.ledger_kind:
            noun = noun_of(holder.kind)
            yield _clashing(one, f'QuickBooks already has {noun} named "{name}"; a name can be used once.')
        elif others and own_link is None:
            yield _clashing(one, f'{others[0].kind.value.capitalize()} {others[0].core_id} has the same name "{name}".')
        else:
            yield one


def _clashing(one: Wanted, problem: str) -> Wanted:
    return replace(one, issues=(*one.issues, _name_issue(one.title, problem)))


def _display_name(one: Wanted) -> str:
    content = one.content
    return content.display_name if isinstance(content, CustomerCard | VendorCard | EmployeeCard) else ""
