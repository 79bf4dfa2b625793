"""The mapping: suggestions to accept, versions that nobody overwrites, and a file that goes out and comes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from qbsync.domain.effect import Effect
from qbsync.domain.errors import BadInput, MappingChanged, UnreadableFile
from qbsync.domain.intake import SourceFile
from qbsync.domain.ledger import CustomerCard, EmployeeCard, LedgerKind, VendorCard
from qbsync.domain.mapping import (
    MapKind,
    MappingRule,
    MappingSet,
    Placement,
    Posting,
    Preferences,
    RateSource,
    ShiftTarget,
)
from qbsync.domain.records import Category, Shift
from qbsync.proforge.table_files import SpreadsheetFiles
from qbsync.services.mapping import Mapping
from qbsync.services.mapping_file import CREATE
from qbsync.store.database import Database
from qbsync.store.mappings import Mappings
from tests.domain.samples import NAMES, payroll_row
from tests.services.desk import WHO, Desk, create, to

HEADINGS = "Kind,Core code,Core name,Project,QuickBooks kind,QuickBooks id,QuickBooks name"


class Book:
    """The Mapping page of a company whose QuickBooks has a few lists, and nothing is mapped yet."""

    def __init__(self, database: Database) -> None:
        self.desk = Desk(database)
        ledger = self.desk.ledger
        self.labor = ledger.add_entry(LedgerKind.ITEM, "Concrete labor", type="Service").id
        self.materials = ledger.add_entry(LedgerKind.ACCOUNT, "Job Materials", type="Cost of Goods Sold").id
        self.income = ledger.add_entry(LedgerKind.ACCOUNT, "Design income", type="Income").id
        self.closed = ledger.add_entry(LedgerKind.ITEM, "Closed", type="Service", active=False).id
        self.customer = ledger.add(LedgerKind.CUSTOMER, CustomerCard(display_name="Harborview Partners")).id
        ada = EmployeeCard(display_name="Ada Stone", given_name="Ada", family_name="Stone")
        self.ada = ledger.add(LedgerKind.EMPLOYEE, ada).id
        self.granite = ledger.add(LedgerKind.VENDOR, VendorCard(display_name="Granite Ready Mix Inc")).id
        self.desk.load(*NAMES)
        self.id = self.desk.connection.id
        kinds = (LedgerKind.ITEM, LedgerKind.ACCOUNT, LedgerKind.CUSTOMER, LedgerKind.EMPLOYEE, LedgerKind.VENDOR)
        self.desk.connections.save_lists(self.id, {kind: ledger.entries(kind) for kind in kinds})
        self.mapping = self.over(self.desk.mappings)

    def over(self, mappings: Any) -> Mapping:
        """The use case over some store of mappings."""
        return Mapping(
            core=self.desk.core,
            connections=self.desk.connections,
            mappings=mappings,
            links=self.desk.links,
            notices=self.desk.notices,
            files=SpreadsheetFiles(),
            clock=self.desk.clock,
        )

    @property
    def current(self) -> MappingSet:
        return self.desk.mappings.current(self.id)

    def save(self, *rules: MappingRule, over_version: int = 0, **preferences: Any) -> int:
        return self.mapping.save(self.id, rules, Preferences(**preferences), over_version=over_version, who=WHO)

    def file(self, *lines: str) -> SourceFile:
        """A mapping file with these lines."""
        return SourceFile(name="mapping.csv", data="\n".join((HEADINGS, *lines)).encode())

    def targets(self) -> dict[str, str]:
        """What each mapped code stands for, as the page shows it."""
        return {row.core_id: row.target for row in self.mapping.view(self.id).rows if row.rule is not None}


@pytest.fixture
def book(sqlite: Database) -> Book:
    return Book(sqlite)


def test_every_code_is_shown_with_a_suggestion_until_it_is_mapped(book: Book):
    rows = {row.core_id: row for row in book.mapping.view(book.id).rows}
    assert set(rows) == {record.core_id for record in NAMES}
    assert {row.state for row in rows.values()} == {"Unmapped"}
    assert all(row.suggestion is not None for row in rows.values())
    book.save(to(MapKind.EMPLOYEE, "E1", LedgerKind.EMPLOYEE, book.ada))
    row = next(row for row in book.mapping.view(book.id).of(MapKind.EMPLOYEE) if row.core_id == "E1")
    assert (row.state, row.target, row.suggestion) == ("Mapped", "Ada Stone", None)


def test_only_suggestions_that_are_sure_enough_are_accepted(book: Book):
    scores = {one.core_id: one.score for one in book.mapping.suggestions(book.id) if one.rule is not None}
    over = scores["C1"]
    expected = {core_id for core_id, score in scores.items() if score >= over}
    assert 0 < len(expected) < len(scores)
    assert book.mapping.accept(book.id, over, who=WHO) == len(expected)
    assert {rule.core_id for rule in book.current.rules} == expected
    assert (book.current.version, book.current.saved_by) == (1, WHO)


def test_accepting_nothing_saves_no_version(book: Book):
    assert book.mapping.accept(book.id, 101, who=WHO) == 0
    assert book.current.version == 0


def test_accepting_never_changes_what_a_person_chose(book: Book):
    chosen = create(MapKind.EMPLOYEE, "E1", LedgerKind.VENDOR, "Ada Stone (1099)")
    book.save(chosen)
    book.mapping.accept(book.id, 0, who=WHO)
    assert book.current.rule(MapKind.EMPLOYEE, "E1") == chosen


def test_a_save_over_an_older_version_is_refused(book: Book):
    book.save(to(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, book.customer))
    with pytest.raises(MappingChanged, match="Somebody else saved"):
        book.save(create(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER))
    assert book.targets() == {"C1": "Harborview Partners"}


class BusyColleague:
    """A store of mappings in which somebody else saves right after we have read."""

    def __init__(self, mappings: Mappings, save: Callable[[], int]) -> None:
        self._mappings, self._save, self._done = mappings, save, False
        self.save = mappings.save

    def current(self, connection_id: int) -> MappingSet:
        read = self._mappings.current(connection_id)
        if not self._done:
            self._done = True
            self._save()
        return read


def test_accepting_suggestions_does_not_undo_what_a_colleague_saves_meanwhile(book: Book):
    chosen = create(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, "Harborview LP")
    mapping = book.over(BusyColleague(book.desk.mappings, lambda: book.save(chosen)))
    with pytest.raises(MappingChanged):
        mapping.accept(book.id, 0, who=WHO)
    assert book.current.rules == (chosen,)


def test_rules_are_laid_over_each_other_and_can_be_taken_away(book: Book):
    book.save(to(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, book.customer), create_project())
    book.mapping.save(
        book.id,
        [to(MapKind.EMPLOYEE, "E1", LedgerKind.EMPLOYEE, book.ada)],
        Preferences(billable=True),
        over_version=1,
        who=WHO,
        removed=[(MapKind.PROJECT, "P1", "")],
    )
    assert book.targets() == {"C1": "Harborview Partners", "E1": "Ada Stone"}
    assert (book.current.version, book.current.preferences.billable) == (2, True)


def test_a_projects_own_rule_stays_when_the_rule_of_its_code_is_taken_away(book: Book):
    own = replace(to(MapKind.COST_CODE, "03-300", LedgerKind.ACCOUNT, book.materials), project="P1")
    book.save(to(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, book.labor), own)
    removed = [(MapKind.COST_CODE, "03-300", "")]
    book.mapping.save(book.id, [], Preferences(), over_version=1, who=WHO, removed=removed)
    assert book.current.rules == (own,)


def create_project() -> MappingRule:
    return create(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER)


WRONG: list[tuple[str, Callable[[Book], MappingRule]]] = [
    ("cannot be mapped to a vendor", lambda book: to(MapKind.CUSTOMER, "C1", LedgerKind.VENDOR, book.granite)),
    ("does not exist", lambda book: to(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, "999")),
    ('"Closed" is inactive', lambda book: to(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, book.closed)),
    (
        "Only a cost code can have a rule of its own for a project",
        lambda book: replace(to(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, book.customer), project="P1"),
    ),
    ("not made from here", lambda book: create(MapKind.COST_CODE, "03-300", LedgerKind.ACCOUNT)),
    (
        "made for every project of a code",
        lambda book: replace(create(MapKind.COST_CODE, "03-300", LedgerKind.ITEM), project="P1"),
    ),
]


@pytest.mark.parametrize(("said", "rule"), WRONG, ids=[row[0] for row in WRONG])
def test_a_rule_that_cannot_be_is_refused_whatever_a_page_offered(
    book: Book, said: str, rule: Callable[[Book], MappingRule]
):
    with pytest.raises(BadInput, match=said):
        book.save(rule(book))
    assert book.current.version == 0


PREFERENCES: list[tuple[str, Callable[[Book], dict[str, Any]]]] = [
    ("fallback service item", lambda book: {"fallback_item_id": book.closed}),
    ("overtime item", lambda book: {"overtime_item_id": book.materials}),
    ("double time item", lambda book: {"double_time_item_id": book.closed}),
    (
        "item of the night shift",
        lambda book: {"shift_target": ShiftTarget.ITEM, "shift_item_ids": {Shift.NIGHT: book.closed}},
    ),
    ("no weekday 'Someday'", lambda book: {"week_end": "Someday"}),
    ("income account of new items", lambda book: {"income_account_id": book.labor}),
    ("fallback account", lambda book: {"fallback_account_id": "999"}),
    ("default account for Materials", lambda book: {"category_account_ids": {Category.MATERIALS: book.labor}}),
    ("no rule 'lunar'", lambda book: {"overtime_rule": "lunar"}),
]


@pytest.mark.parametrize(("said", "given"), PREFERENCES, ids=[row[0] for row in PREFERENCES])
def test_preferences_must_name_active_records_of_their_kind(
    book: Book, said: str, given: Callable[[Book], dict[str, Any]]
):
    with pytest.raises(BadInput, match=said):
        book.save(**given(book))


@pytest.mark.parametrize("name", ["mapping.csv", "mapping.xlsx"])
def test_an_exported_mapping_comes_back_without_a_change(book: Book, name: str):
    book.save(
        to(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, book.customer),
        create(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER, "=Tower"),
        to(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, book.labor),
        MappingRule(
            kind=MapKind.COST_CODE,
            core_id="03-300",
            ledger_kind=LedgerKind.ACCOUNT,
            ledger_id=book.materials,
            project="P1",
        ),
    )
    saved = book.current
    check = book.mapping.check_file(book.id, SourceFile(name=name, data=book.mapping.export(book.id, name)))
    assert check.issues == ()
    assert check.changed == 0
    assert set(check.rules) == set(saved.rules)


def test_checking_a_file_tells_what_it_would_change_and_saves_nothing(book: Book):
    file = book.file(
        f"customer,C1,,,Customer,{book.customer},",
        "employee,E1,,,Employee,,ada stone",
        f"project,P1,,,Customer,{CREATE},Tower",
        "vendor,V1,,,,,",
    )
    check = book.mapping.check_file(book.id, file)
    assert (check.changed, check.issues) == (3, ())
    assert book.current.version == 0
    assert book.mapping.load_file(book.id, file, who=WHO).changed == 3
    assert book.targets() == {"C1": "Harborview Partners", "E1": "Ada Stone", "P1": "Tower"}
    assert book.mapping.load_file(book.id, file, who=WHO).changed == 0
    assert book.current.version == 1


def test_a_file_that_chooses_an_account_for_income_is_told_of_it_and_taken(book: Book):
    file = preferences_file(
        f"cost_code,03-300,,,Account,{book.income},,",
        f"preference,fallback_account_id,,,Account,{book.income},,",
    )
    check = book.mapping.load_file(book.id, file, who=WHO)
    assert (check.changed, check.issues) == (2, ())
    assert [one.partition(":")[0] for one in check.remarks] == ["Cost code 03-300", "Fallback account"]
    assert book.mapping.check_file(book.id, file).remarks == ()  # nothing changes any more


def test_every_fault_of_a_file_is_told_with_its_row_and_the_good_rows_are_kept(book: Book):
    file = book.file(
        f"customer,C1,,,Customer,{book.customer},",
        "planet,P1,,,Customer,1,",
        "employee,E1,,,Employee,,Nobody at all",
        "vendor,V1,,,Vendor,999,",
        f"customer,C1x,,,Customer,{book.customer},",
        "planet,P1,,,,,",
        "vendor,V1,,,,,",
        ",,,,,,",
    )
    check = book.mapping.load_file(book.id, file, who=WHO)
    assert [(issue.record, issue.problem) for issue in check.issues] == [
        ("mapping.csv, row 3", "Kind 'planet' or QuickBooks kind 'Customer' is not known."),
        ("mapping.csv, row 4", "QuickBooks has no active employee named 'Nobody at all'."),
        ("mapping.csv, row 5", "Its QuickBooks record does not exist."),
        ("mapping.csv, row 6", "Core has no customer 'C1x'."),
        ("mapping.csv, row 7", "Kind 'planet' or QuickBooks kind '' is not known."),
    ]
    assert all(issue.remedy for issue in check.issues)
    assert book.targets() == {"C1": "Harborview Partners"}


def test_an_id_and_a_name_of_two_records_are_a_fault_that_says_both(book: Book):
    file = book.file(f"customer,C1,,,Customer,{book.customer},Old Mill", f"employee,E1,,,Employee,{book.ada},ADA STONE")
    check = book.mapping.check_file(book.id, file)
    (issue,) = check.issues
    assert (issue.record, issue.field) == ("mapping.csv, row 2", "QuickBooks name")
    assert issue.problem == (
        f'The id {book.customer} is "Harborview Partners" in QuickBooks, but the name says "Old Mill".'
    )
    assert [rule.core_id for rule in check.rules] == ["E1"]


def test_a_code_that_stands_twice_is_a_fault_and_neither_row_is_taken(book: Book):
    own = f"cost_code,03-300,,P1,Item,{book.labor},"
    file = book.file(
        f"cost_code,03-300,,,Item,{book.labor},",
        own,
        f"vendor,V1,,,Vendor,{book.granite},",
        f"cost_code,03-300,,,Account,{book.materials},",
        "customer,C1,,,,,",
        f"customer,C1,,,Customer,{book.customer},",
    )
    check = book.mapping.check_file(book.id, file)
    assert [(issue.record, issue.problem) for issue in check.issues] == [
        ("mapping.csv, row 5", "Cost code 03-300 stands in rows 2 and 5; none of them was taken.")
    ]
    assert [(rule.core_id, rule.project) for rule in check.rules] == [("03-300", "P1"), ("V1", ""), ("C1", "")]


PREFERENCE = HEADINGS + ",Choice"


def preferences_file(*lines: str) -> SourceFile:
    return SourceFile(name="mapping.csv", data="\n".join((PREFERENCE, *lines)).encode())


@pytest.mark.parametrize("name", ["mapping.csv", "mapping.xlsx"])
def test_preferences_and_placements_go_out_and_come_back(book: Book, name: str):
    preferences = Preferences(
        project_placement=Placement.CUSTOMER,
        project_placements={"P1": Placement.SUB_CUSTOMER},
        posting=Posting.WEEKLY,
        week_end="Sunday",
        overtime_rule="california",
        fallback_item_id=book.labor,
        shift_target=ShiftTarget.ITEM,
        shift_item_ids={Shift.NIGHT: book.labor},
        billable=True,
        rate_source=RateSource.PAY_RATE,
        description_template="=HYPERLINK {cost_code}, {shift}",
        fallback_account_id=book.materials,
        category_account_ids={Category.MATERIALS: book.materials},
    )
    plain = Preferences(overtime_item_id=book.labor, shift_item_ids={Shift.DAY: book.labor})
    book.mapping.save(book.id, [], preferences, over_version=0, who=WHO)
    out = SourceFile(name=name, data=book.mapping.export(book.id, name))
    check = book.mapping.check_file(book.id, out)
    assert (check.changed, check.issues) == (0, ())
    book.mapping.save(book.id, [], plain, over_version=1, who=WHO)
    loaded = book.mapping.load_file(book.id, out, who=WHO)
    assert loaded.issues == ()
    assert book.current.preferences == replace(
        preferences, shift_item_ids={Shift.NIGHT: book.labor, Shift.DAY: book.labor}
    )


CHOSEN = [
    # row of the file                                                        what it makes of the preferences
    ("preference,posting,,,,,,Weekly", {"posting": Posting.WEEKLY}),
    ("preference,posting,,,,,,", {}),  # nothing chosen: as it was
    ("preference,week_end,,,,,,sunday", {"week_end": "Sunday"}),
    ("preference,billable,,,,,,yes", {"billable": True}),
    ("preference,fallback_item_id,,,Item,,concrete labor,", {"fallback_item_id": "labor"}),
    ("preference,shift_item_ids: Night,,,Item,,Concrete labor,", {"shift_item_ids": {Shift.NIGHT: "labor"}}),
    ("preference,project_placements: P1,,,,,,customer", {"project_placements": {"P1": Placement.CUSTOMER}}),
    ("preference,income_account_id,,,,,,(none)", {"income_account_id": ""}),
    ("preference,description_template,,,,,,{shift}", {"description_template": "{shift}"}),
]


@pytest.mark.parametrize(("line", "expected"), CHOSEN, ids=[row[0] for row in CHOSEN])
def test_a_row_of_the_file_chooses_a_preference(book: Book, line: str, expected: dict[str, Any]):
    named = {"labor": book.labor}
    values: dict[str, Any] = {
        name: {key: named.get(one, one) for key, one in value.items()}
        if isinstance(value, dict)
        else named.get(value, value)
        for name, value in expected.items()
    }
    check = book.mapping.check_file(book.id, preferences_file(line))
    assert check.issues == ()
    assert check.preferences == replace(Preferences(), **values)


FAULTY = [
    # row of the file                                                 what is said
    ("preference,colour,,,,,,red", "There is no preference 'colour'."),
    ("preference,shift_item_ids: Dusk,,,Item,,Concrete labor,", "There is no preference 'shift_item_ids: Dusk'."),
    ("preference,project_placements: P9,,,,,,customer", "There is no preference 'project_placements: P9'."),
    ("preference,posting,,,,,,hourly", "'hourly' is no choice of 'Hours are posted'."),
    ("preference,billable,,,,,,(none)", "'(none)' is no choice of 'Hours are billable'."),
    ("preference,fallback_item_id,,,Item,,Nobody,", "QuickBooks has no active item named 'Nobody'."),
    (
        "preference,fallback_item_id,,,Item,999,,",
        "The fallback service item: It is not an active record of QuickBooks.",
    ),
]


@pytest.mark.parametrize(("line", "said"), FAULTY, ids=[row[1] for row in FAULTY])
def test_a_preference_that_cannot_be_is_told_with_its_row_and_the_rest_is_kept(book: Book, line: str, said: str):
    check = book.mapping.load_file(book.id, preferences_file(line, "preference,week_end,,,,,,Sunday"), who=WHO)
    ((where, problem, remedy),) = [(one.record, one.problem, one.remedy) for one in check.issues]
    assert (where, problem) == ("mapping.csv, row 2", said)
    assert remedy
    assert book.current.preferences == Preferences(week_end="Sunday")


def test_a_preference_that_stands_twice_is_told(book: Book):
    check = book.mapping.check_file(
        book.id, preferences_file("preference,posting,,,,,,weekly", "preference,posting,,,,,,daily")
    )
    assert [one.problem for one in check.issues] == ["It stands in row 2 already, which was taken."]
    assert check.preferences.posting is Posting.WEEKLY


def test_a_file_that_is_no_table_is_refused(book: Book):
    with pytest.raises(UnreadableFile):
        book.mapping.load_file(book.id, SourceFile(name="mapping.csv", data=b""), who=WHO)
    assert book.current.version == 0


def test_a_rule_whose_record_vanished_is_shown_as_inactive(book: Book):
    book.save(to(MapKind.VENDOR, "V1", LedgerKind.VENDOR, book.granite))
    book.desk.connections.save_lists(book.id, {LedgerKind.VENDOR: []})
    (row,) = [row for row in book.mapping.view(book.id).rows if row.core_id == "V1"]
    assert (row.state, row.target) == ("Inactive", f"no longer in QuickBooks ({book.granite})")
    assert book.mapping.view(book.id).options(LedgerKind.ITEM, LedgerKind.ACCOUNT)[0].name == "Concrete labor"


def with_hours(book: Book) -> Book:
    """The company with two days of one worker's hours, all of it mapped."""
    book.desk.load(payroll_row("8 8 0 0 0 0 0"))
    book.save(
        to(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, book.customer),
        create(MapKind.PROJECT, "P1", LedgerKind.CUSTOMER),
        to(MapKind.EMPLOYEE, "E1", LedgerKind.EMPLOYEE, book.ada),
        to(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, book.labor),
    )
    return book


def test_a_save_says_first_how_many_lines_wait_and_how_many_are_posted(book: Book):
    with_hours(book)
    other = book.desk.ledger.add_entry(LedgerKind.ITEM, "Other labor", type="Service").id
    book.desk.connections.save_lists(book.id, {LedgerKind.ITEM: book.desk.ledger.entries(LedgerKind.ITEM)})
    change = [to(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, other)]
    preferences = book.current.preferences
    assert book.mapping.effect(book.id, change, preferences) == Effect(waiting=2)
    book.desk.sync()
    assert book.mapping.effect(book.id, change, preferences) == Effect(posted=2)
    assert book.mapping.effect(book.id, [], preferences, [(MapKind.COST_CODE, "03-300", "")]) == Effect(posted=2)
    assert book.current.version == 1


def test_an_earlier_version_comes_back_as_a_new_one_with_its_preferences(book: Book):
    book.save(to(MapKind.CUSTOMER, "C1", LedgerKind.CUSTOMER, book.customer), create_project(), billable=True)
    first = book.current
    book.mapping.save(
        book.id,
        [to(MapKind.EMPLOYEE, "E1", LedgerKind.EMPLOYEE, book.ada)],
        Preferences(),
        over_version=1,
        who=WHO,
        removed=[(MapKind.PROJECT, "P1", "")],
    )
    difference = book.mapping.difference(book.id, 1)
    assert [(one.core_id, one.before is None, one.after is None) for one in difference.rules] == [
        ("E1", False, True),
        ("P1", True, False),
    ]
    assert [(one.title, one.before, one.after) for one in difference.preferences] == [
        ("Hours are billable", "no", "yes")
    ]
    assert book.mapping.restore(book.id, 1, over_version=2, who="ada") == 3
    assert (book.current.rules, book.current.preferences) == (first.rules, first.preferences)
    assert [one.saved_by for one in book.mapping.history(book.id)] == ["ada", WHO, WHO]
    assert book.mapping.difference(book.id, 1).count == 0


def test_a_version_tells_what_it_changed_in_the_one_before(book: Book):
    book.save(create_project(), billable=True)
    first = book.mapping.difference(book.id, 1, since=0)
    assert ([one.core_id for one in first.rules], len(first.preferences)) == (["P1"], 1)


def test_going_back_is_refused_while_something_of_it_cannot_be_used(book: Book):
    book.save(to(MapKind.VENDOR, "V1", LedgerKind.VENDOR, book.granite))
    book.mapping.save(book.id, [], Preferences(), over_version=1, who=WHO, removed=[(MapKind.VENDOR, "V1", "")])
    book.desk.connections.save_lists(book.id, {LedgerKind.VENDOR: []})
    assert [issue.record for issue in book.mapping.difference(book.id, 1).issues] == ["Vendor V1"]
    with pytest.raises(BadInput, match="Vendor V1: Its QuickBooks record does not exist"):
        book.mapping.restore(book.id, 1, over_version=2, who=WHO)
    assert book.current.version == 2


def test_going_back_over_a_colleagues_newer_save_is_refused(book: Book):
    book.save(create_project())
    book.save(to(MapKind.EMPLOYEE, "E1", LedgerKind.EMPLOYEE, book.ada), over_version=1)
    with pytest.raises(MappingChanged):
        book.mapping.restore(book.id, 1, over_version=1, who=WHO)


def test_a_projects_own_rule_is_shown_after_its_code_and_can_be_taken_away(book: Book):
    own = replace(to(MapKind.COST_CODE, "03-300", LedgerKind.ACCOUNT, book.materials), project="P1")
    book.save(to(MapKind.COST_CODE, "03-300", LedgerKind.ITEM, book.labor), own)
    (shown,) = book.mapping.view(book.id).overrides
    assert (shown.core_id, shown.project, shown.project_name, shown.target) == (
        "03-300",
        "P1",
        "Harborview Tower",
        "Job Materials",
    )
    book.mapping.save(book.id, [], Preferences(), over_version=1, who=WHO, removed=[own.key])
    assert [rule.project for rule in book.current.rules] == [""]
