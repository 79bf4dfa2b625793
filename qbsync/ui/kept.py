"""What is dear to read and does not change under its key, kept for all sessions for a while."""

from __future__ import annotations

import streamlit as st

from qbsync.bootstrap import App
from qbsync.domain.book import CoreBook, PayrollWeek, SourceHashes
from qbsync.domain.effect import Effect
from qbsync.domain.ledger import Company
from qbsync.domain.mapping import MappingRule, Preferences, RuleKey
from qbsync.domain.plan import Change
from qbsync.domain.records import CoreKind
from qbsync.domain.stale import changed_in_core
from qbsync.domain.tieout import TieOut
from qbsync.services.mapping_view import MappingView
from qbsync.services.record_states import States

SECONDS = 20  # how long QuickBooks' lists may be shown as they were
FOREVER_MAX = 4


def changes_of(app: App, plan_id: str) -> tuple[Change, ...]:
    """The changes of a plan. A stored plan never changes."""
    return _changes(app, plan_id)


@st.cache_resource(show_spinner="Reading the preview …", max_entries=FOREVER_MAX)
def _changes(_app: App, plan_id: str) -> tuple[Change, ...]:
    return _app.plans.get(plan_id).changes


def tie_out_of(app: App, run_id: str) -> TieOut:
    """Both sides' totals of an ended run, which do not change any more."""
    return _tie_out(app, run_id)


@st.cache_resource(show_spinner="Adding up both sides …", max_entries=FOREVER_MAX)
def _tie_out(_app: App, run_id: str) -> TieOut:
    return _app.tying_out.run(run_id)


def latest_import(app: App) -> int:
    """The id of the newest import; 0 when there is none. Core's records change with an import only."""
    found = app.core.imports(1)
    return int(found[0]["id"]) if found else 0


def book_of(app: App) -> CoreBook:
    """Core's records as of the newest import."""
    return _book(app, str(app.settings.store_url), latest_import(app))


@st.cache_resource(show_spinner=False, max_entries=FOREVER_MAX)
def _book(_app: App, store: str, import_id: int) -> CoreBook:
    return _app.core.book()


def changed_since(app: App, plan_id: str) -> tuple[Change, ...]:
    """The changes of a plan whose source in Core is another since: worked out once for each import."""
    return _changed_since(app, str(app.settings.store_url), plan_id, latest_import(app))


@st.cache_resource(show_spinner="Looking what Core changed since …", max_entries=FOREVER_MAX)
def _changed_since(_app: App, store: str, plan_id: str, import_id: int) -> tuple[Change, ...]:
    return tuple(changed_in_core(changes_of(_app, plan_id), SourceHashes(book_of(_app))))


def weeks_of(app: App) -> list[PayrollWeek]:
    """The weeks that have hours, newest first."""
    return _weeks(app, str(app.settings.store_url), latest_import(app))


@st.cache_resource(show_spinner=False, max_entries=FOREVER_MAX)
def _weeks(_app: App, store: str, import_id: int) -> list[PayrollWeek]:
    return book_of(_app).weeks()


def mapping_of(app: App, connection_id: int, version: int) -> MappingView:
    """The mapping with its suggestions, as of a saved version."""
    return _mapping(app, str(app.settings.store_url), connection_id, version, latest_import(app))


@st.cache_resource(show_spinner=False, max_entries=FOREVER_MAX, ttl=SECONDS)
def _mapping(_app: App, store: str, connection_id: int, version: int, import_id: int) -> MappingView:
    return _app.mapping.view(connection_id)


def states_of(app: App, connection_id: int, kind: CoreKind) -> States:
    """How the records of a kind stand with QuickBooks: worked out anew after whatever changes it, and now and then."""
    runs = app.runs.latest(connection_id, 1)
    left = tuple(sorted(app.leaving.all(connection_id)))
    version = app.mapping.mappings.current(connection_id).version
    at = (latest_import(app), version, left, *((one.id, one.status.value) for one in runs))
    return _states(app, str(app.settings.store_url), connection_id, kind, at)


@st.cache_resource(show_spinner="Looking how they stand …", max_entries=len(CoreKind), ttl=SECONDS)
def _states(_app: App, store: str, connection_id: int, kind: CoreKind, at: tuple[object, ...]) -> States:
    return _app.standings.states(connection_id, kind, book=book_of(_app))


def company_of(app: App, connection_id: int) -> Company:
    """What a company is and allows, as last read."""
    return app.connections.company(connection_id)


def effect_of(
    app: App,
    connection_id: int,
    version: int,
    rules: tuple[MappingRule, ...],
    removed: tuple[RuleKey, ...],
    preferences: Preferences,
    size_max: int | None,
) -> Effect | None:
    """What saving these rules and preferences over a version would change; None where it is more than `size_max`."""
    named = repr((rules, removed, preferences))
    given = (rules, removed, preferences)
    return _effect(app, str(app.settings.store_url), connection_id, version, latest_import(app), named, given, size_max)


@st.cache_resource(show_spinner=False, max_entries=FOREVER_MAX, ttl=SECONDS)
def _effect(
    _app: App,
    store: str,
    connection_id: int,
    version: int,
    import_id: int,
    named: str,
    _given: tuple[tuple[MappingRule, ...], tuple[RuleKey, ...], Preferences],
    size_max: int | None,
) -> Effect | None:
    rules, removed, preferences = _given
    return _app.mapping.effect(connection_id, rules, preferences, removed, book=book_of(_app), size_max=size_max)


def forget_lists() -> None:
    """QuickBooks' lists were read again: show them at once."""
    _mapping.clear()
    _effect.clear()
