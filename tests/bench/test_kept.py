"""Each measurement keeps a section of its own in the results, and leaves those of the others as they are."""

from __future__ import annotations

from pathlib import Path

from bench.kept import keep


def test_a_measurement_replaces_its_own_section_and_no_other(tmp_path: Path):
    file = tmp_path / "results.md"
    file.write_text("# Measured\n")
    keep(file, "Pushing", "first")
    keep(file, "Reading", "as it is\n\n### In detail\n\nkept")
    keep(file, "Pushing, ten times", "another")
    keep(file, "Pushing", "second")
    assert file.read_text() == (
        "# Measured\n\n## Pushing\n\nsecond\n\n"
        "## Reading\n\nas it is\n\n### In detail\n\nkept\n\n"
        "## Pushing, ten times\n\nanother\n"
    )


def test_the_first_measurement_makes_the_file(tmp_path: Path):
    keep(tmp_path / "results.md", "Pushing", "first")
    assert (tmp_path / "results.md").read_text() == "# Measured\n\n## Pushing\n\nfirst\n"
