"""Reads the tables that tests are written in: a line of headings, then a row a case, cut at two blanks or more."""

from __future__ import annotations

import re

NOTHING = "-"


def cases(table: str) -> list[tuple[str, ...]]:
    """The rows of a table as tuples of its cells; `-` stands for nothing and becomes an empty text."""
    lines = [line.strip() for line in table.strip().splitlines() if line.strip()]
    headings, *rows = (re.split(r"\s{2,}", line) for line in lines)
    for row in rows:
        assert len(row) == len(headings), f"{row} has {len(row)} cells, not {len(headings)}"
    return [tuple("" if cell == NOTHING else cell for cell in row) for row in rows]
