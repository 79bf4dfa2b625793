"""Keep what was measured in bench/results.md: each measurement replaces its own section and no other."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

RESULTS = Path(__file__).with_name("results.md")
TITLE = "# Measured"


def keep(file: Path, heading: str, text: str) -> None:
    """Put `text` under `## heading`, in the place of what was there, else at the end."""
    before = file.read_text(encoding="utf-8") if file.exists() else TITLE
    title, *sections = re.split(r"^(?=## )", before, flags=re.MULTILINE)
    section = f"## {heading}\n\n{text.strip()}\n"
    named = [part.startswith(f"## {heading}\n") for part in sections]
    kept = [section if is_named else part for part, is_named in zip(sections, named, strict=True)]
    parts = [title, *kept] if any(named) else [title, *kept, section]
    file.write_text("\n\n".join(part.strip() for part in parts if part.strip()) + "\n", encoding="utf-8")


def machine() -> str:
    """Where it was measured."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
