"""Settings: what a company decides and how long things are kept is shown with its meaning, saved, and applied."""

from __future__ import annotations

from decimal import Decimal

from qbsync.bootstrap import now
from qbsync.domain.house_rules import CompanyRules, KeepingRules
from qbsync.domain.notice import Notice, NoticeSeverity
from qbsync.domain.wanted import SyncKind
from tests.company import WHO
from tests.ui.support import Dashboard


def key_of(dashboard: Dashboard, name: str) -> str:
    """The key of the input of a rule."""
    return next(str(one.key) for one in dashboard.at.text_input if str(one.key).endswith(f"_{name}"))


def enter(dashboard: Dashboard, name: str, text: str) -> Dashboard:
    return dashboard.type(key_of(dashboard, name), text)


def owner_of(dashboard: Dashboard) -> str:
    return f"company_{dashboard.app.connection().id}"


def test_a_company_s_limits_are_saved_and_asked_for_at_once(ready: Dashboard):
    ready.open("settings")
    save = f"rules_save_{owner_of(ready)}"
    assert ready.is_disabled(save)
    enter(ready, "word_above", "1")
    enter(ready, "word_above_amount", "2,500.5")
    ready.press(save)
    assert "The settings are saved." in ready.said
    rules = ready.app.house_rules.company(ready.app.connection().id).rules
    assert (rules.word_above, rules.word_above_amount) == (1, Decimal("2500.50"))
    assert "Saved" in ready.said
    assert ready.is_disabled(save)


def test_an_empty_input_is_no_limit(ready: Dashboard):
    ready.open("settings")
    enter(ready, "word_above", "")
    ready.press(f"rules_save_{owner_of(ready)}")
    assert ready.app.house_rules.company(ready.app.connection().id).rules == CompanyRules(word_above=None)


def test_what_is_no_number_or_out_of_bounds_is_said_and_not_saved(ready: Dashboard):
    ready.open("settings")
    enter(ready, "sure_score", "very")
    assert "'A suggestion is sure from' takes a number (score of 100); not 'very'." in ready.said
    assert ready.is_disabled(f"rules_save_{owner_of(ready)}")
    enter(ready, "sure_score", "10")
    assert "10 is out of bounds. Give a number from 50 to 100." in ready.said
    assert ready.is_disabled(f"rules_save_{owner_of(ready)}")
    assert ready.app.house_rules.company(ready.app.connection().id).version == 0


def kinds_key(dashboard: Dashboard) -> str:
    return next(str(one.key) for one in dashboard.at.button_group if str(one.key).endswith("_sync_kinds"))


def test_what_a_sync_covers_is_chosen_in_the_words_of_sync_now(ready: Dashboard):
    ready.open("settings").choose(kinds_key(ready), ["Customers and projects", "Timesheets"])
    ready.press(f"rules_save_{owner_of(ready)}")
    rules = ready.app.house_rules.company(ready.app.connection().id).rules
    assert rules.sync_kinds == {SyncKind.CUSTOMER, SyncKind.PROJECT, SyncKind.TIME_ENTRY}


def test_a_kind_that_was_ticked_by_itself_stays_so_until_somebody_chooses(ready: Dashboard):
    connection = ready.app.connection()
    rules = CompanyRules(sync_kinds=frozenset({SyncKind.PROJECT}))
    ready.app.house_rules.save_company(connection.id, rules, over_version=0, who=WHO)
    enter(ready.open("settings"), "word_above", "7").press(f"rules_save_{owner_of(ready)}")
    assert ready.app.house_rules.company(connection.id).rules == CompanyRules(
        sync_kinds=frozenset({SyncKind.PROJECT}), word_above=7
    )


def test_the_count_of_unread_notices_is_of_those_that_can_be_read(nothing: Dashboard):
    for number in range(5):
        notice = Notice(severity=NoticeSeverity.INFO, title=f"Notice {number}", body="Something happened.", page="")
        nothing.app.notices.add(notice, at=now())
    nothing.open("settings")
    assert "Notices :gray[5 unread]" in nothing.said
    assert [one.label for one in nothing.at.expander if "older" in one.label] == ["2 older notices, 2 of them unread"]
    assert all(f"Notice {number}" in nothing.said for number in range(5))


def test_how_long_things_are_kept_is_of_the_installation(nothing: Dashboard):
    nothing.open("settings")
    assert "Each company has its own. Connect one first." in nothing.said
    enter(nothing, "previews_days", "30")
    nothing.press("rules_save_keeping")
    assert nothing.app.house_rules.keeping().rules == KeepingRules(previews_days=30)


def test_what_somebody_else_saved_meanwhile_is_shown_and_not_overwritten(ready: Dashboard):
    ready.open("settings")
    enter(ready, "word_above", "7")
    ready.run()
    connection = ready.app.connection()
    theirs = CompanyRules(word_above=300)
    ready.app.house_rules.save_company(connection.id, theirs, over_version=0, who="ap@ridgeline.example")
    ready.press(f"rules_save_{owner_of(ready)}")
    assert "ap@ridgeline.example saved these on" in ready.said
    assert ready.app.house_rules.company(connection.id).rules == theirs
    assert ready.at.text_input(key=key_of(ready, "word_above")).value == "300"


def test_sync_now_has_the_company_s_kinds_ticked(ready: Dashboard):
    rules = CompanyRules(sync_kinds=frozenset({SyncKind.BILL}))
    ready.app.house_rules.save_company(ready.app.connection().id, rules, over_version=0, who=WHO)
    ready.open("sync").press("sync_now")
    pills = next(one for one in ready.at.button_group if one.key == "sync_kinds")
    assert pills.value == ["Vendor bills"]
