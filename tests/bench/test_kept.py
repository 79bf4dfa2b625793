"""Each bench replaces its own section of what is kept, and leaves those of the others."""

from __future__ import annotations

from pathlib import Path

from bench.kept import keep


def test_a_section_takes_the_place_of_the_one_with_its_heading(tmp_path: Path) -> None:
    file = tmp_path / "results.md"
    keep("# Pushing\n\n1 s\n", file)
    keep("# A fleet\n\n## In detail\n\n2 s\n", file)
    keep("# Pushing\n\n3 s\n", file)
    assert file.read_text() == "# Pushing\n\n3 s\n\n# A fleet\n\n## In detail\n\n2 s\n"


def test_what_is_kept_today_stays_as_it_is_beside_another_section(tmp_path: Path) -> None:
    before = Path("bench/results.md").read_text()
    file = tmp_path / "results.md"
    file.write_text(before)
    keep("# Something else\n\nfast\n", file)
    assert file.read_text() == before + "\n# Something else\n\nfast\n"
