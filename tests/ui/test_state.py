"""What a browser session keeps between reruns: unsaved mapping edits, and the version they began over."""

from __future__ import annotations

import pytest

from qbsync.domain.mapping import MapKind, Preferences
from qbsync.ui.mapping.preferences import with_changes
from qbsync.ui.screens import SCREENS, by_section
from qbsync.ui.state import PendingMapping, keep_one
from tests.company import ROOT


def test_edits_of_every_tab_and_of_the_preferences_count_together():
    pending = PendingMapping()
    pending.of(MapKind.VENDOR)["V1"] = {"target": "Vendor:31"}
    pending.of(MapKind.COST_CODE)["03-300"] = {"target": None}
    pending.preferences["billable"] = True
    assert pending.count == 3


def test_looking_at_a_tab_is_no_edit():
    pending = PendingMapping()
    for kind in MapKind:
        pending.of(kind)
    assert pending.count == 0


def test_clearing_forgets_the_version_that_the_edits_began_over():
    pending = PendingMapping(version=4)
    pending.of(MapKind.VENDOR)["V1"] = {"target": "Vendor:31"}
    pending.clear()
    assert (pending.count, pending.version) == (0, -1)


@pytest.mark.parametrize("billable", [True, False])
def test_pending_preferences_lie_over_the_saved_ones(billable: bool):
    saved = Preferences(billable=not billable, fallback_item_id="2")
    seen = with_changes(saved, PendingMapping(preferences={"billable": billable}))
    assert (seen.billable, seen.fallback_item_id) == (billable, "2")


def test_only_the_newest_is_kept():
    kept = ["old"]
    keep_one(kept, "new")
    assert kept == ["new"]


def test_every_screen_has_its_file_and_every_file_its_screen():
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} == set(SCREENS)


def test_the_menu_shows_every_screen_once():
    assert sum(len(pages) for pages in by_section().values()) == len(SCREENS)
    assert list(by_section()) == list(dict.fromkeys(screen.section for screen in SCREENS.values()))
