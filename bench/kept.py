"""Keeps what was measured in one file: each bench replaces its own section, and leaves those of the others."""

from __future__ import annotations

import os
import platform
from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")


def keep(section: str, file: Path = RESULTS) -> None:
    """Put a section in the place of the one with the same heading, or at the end. Its first line is `# heading`."""
    heading = section.splitlines()[0]
    assert heading.startswith("# "), "a section begins with its heading"
    kept = sections(file.read_text(encoding="utf-8")) if file.exists() else {}
    kept[heading] = section.strip() + "\n"
    file.write_text("\n".join(kept.values()), encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """The file's sections by their headings, in their order."""
    found: dict[str, str] = {}
    heading = ""
    for line in text.splitlines():
        heading = line if line.startswith("# ") else heading
        found[heading] = found.get(heading, "") + line + "\n"
    return {name: body.strip() + "\n" for name, body in found.items() if name}


def machine() -> str:
    """Where it was measured."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
