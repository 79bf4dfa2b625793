"""Records that a person leaves alone: no sync touches them until somebody takes them up again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from qbsync.domain.decide import Action
from qbsync.domain.errors import BadInput
from qbsync.domain.plan import Change
from qbsync.domain.wanted import SyncKind, key_of

REASON_MAX = 300


@dataclass(frozen=True, kw_only=True)
class LeftAlone:
    """A record of Core that is left alone, with who decided so, when and why."""

    kind: SyncKind
    core_id: str
    title: str
    reason: str
    who: str
    at: datetime

    @property
    def key(self) -> str:
        return key_of(self.kind, self.core_id)

    @property
    def sentence(self) -> str:
        return f"Left alone by {self.who}: {self.reason}"


def reason_of(text: str) -> str:
    """A reason in one line, with its full stop. Raises BadInput for none, and for one that is too long."""
    reason = " ".join(text.split())
    if not reason:
        raise BadInput("Say why this record is left alone: whoever meets it later wants to know.")
    if len(reason) > REASON_MAX:
        raise BadInput(f"The reason has {len(reason)} characters; it may have {REASON_MAX}.")
    return reason if reason.endswith((".", "!", "?")) else f"{reason}."


def skipped_since(changes: Iterable[Change], left: Mapping[str, LeftAlone]) -> dict[int, str]:
    """Those of a preview's changes whose record was left alone after it was built, by number, with what to say."""
    return {
        change.seq: f"It was skipped after the preview was built, so it was not sent. {left[change.key].sentence}"
        for change in changes
        if change.key in left and not change.left_alone
    }


def set_aside(change: Change, left: Mapping[str, LeftAlone]) -> Change:
    """The change, which does nothing where its record is left alone."""
    one = left.get(change.key)
    if one is None:
        return change
    return replace(change, action=Action.SKIP, reason=one.sentence, fields=(), issues=(), left_alone=True)
