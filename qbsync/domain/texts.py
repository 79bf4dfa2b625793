"""How hours and days read in a sentence."""

from __future__ import annotations

from datetime import date


def hours_text(minutes: int) -> str:
    """Minutes as people read them: `7 h 30 min`, `8 h`, `45 min`."""
    if minutes < 0:
        return f"-{hours_text(-minutes)}"
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part) or "0 h"


def day_text(day: date) -> str:
    """`22 Nov 2026`, which nobody takes for another day or month."""
    return f"{day:%-d %b %Y}"
