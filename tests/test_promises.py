"""Every promise is held by a test, and docs/promises.md says by which."""

from __future__ import annotations

from pathlib import Path

from tests.markers import Holder, holders
from tests.promises import LACKING, NOT_KEPT, PAGE, PROMISES, page


def test_every_promise_has_a_test_but_those_that_are_listed_as_not_kept():
    held = holders("promise")
    assert sorted(PROMISES.keys() - held.keys()) == sorted(NOT_KEPT)
    assert held.keys() <= PROMISES.keys(), "a test names a promise that there is none of"
    assert LACKING.keys() <= held.keys()


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == page(holders("promise")), "run: python -m tests.promises"


def test_a_marker_is_found_wherever_it_stands(tmp_path: Path):
    (tmp_path / "test_a.py").write_text(
        "import pytest\n\n\n@pytest.mark.slow\n@pytest.mark.promise(3, 7)\ndef test_one():\n    pass\n"
        "\n\ndef test_other():\n    pass\n"
    )
    (tmp_path / "helper.py").write_text("import pytest\n\n\n@pytest.mark.promise(9)\ndef test_none():\n    pass\n")
    assert holders("promise", tmp_path) == {3: [Holder("test_a.py", "test_one")], 7: [Holder("test_a.py", "test_one")]}


def test_a_promise_that_nothing_holds_is_told_with_what_is_missing():
    assert "**Not kept yet.** Missing: everything." in page({}, not_kept={1: "everything"})
