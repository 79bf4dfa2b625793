"""Classes that QuickBooks' own people give to hours: left alone where the mapping gives none."""

from __future__ import annotations

from dataclasses import replace

from qbsync.domain.decide import Agreed
from qbsync.domain.ledger import Content, Posted, TimeEntry


def with_their_class(
    wanted: Content | None, agreed: Agreed | None, posted: Posted | None
) -> tuple[Content | None, Agreed | None]:
    """What is wanted and was agreed, with the class that QuickBooks has now where Core wants none.

    So a class that somebody gives, changes or takes away there is neither an edit to decide on nor overwritten.
    """
    if isinstance(wanted, TimeEntry) and wanted.class_ref is not None:
        return wanted, agreed
    if posted is None or not isinstance(posted.content, TimeEntry):
        return wanted, agreed
    theirs = posted.content
    if agreed is not None:
        agreed = Agreed(core=_classed(agreed.core, theirs), posted=_classed(agreed.posted, theirs))
    return (wanted and _classed(wanted, theirs)), agreed


def is_edited(agreed: Agreed, posted: Posted) -> bool:
    """Whether somebody edited a record in QuickBooks since it was agreed; a class that is not ours does not count."""
    then = agreed.posted
    ours = isinstance(agreed.core, TimeEntry) and agreed.core.class_ref is not None
    if not ours and isinstance(posted.content, TimeEntry):
        then = _classed(then, posted.content)
    return posted.content != then


def _classed(content: Content, theirs: TimeEntry) -> Content:
    return replace(content, class_ref=theirs.class_ref) if isinstance(content, TimeEntry) else content
