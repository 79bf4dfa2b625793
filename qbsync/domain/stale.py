"""What Core has changed since a preview was built: such a line is never sent as it was shown."""

from __future__ import annotations

from collections.abc import Iterable

from qbsync.domain.book import SourceHashes
from qbsync.domain.plan import Change


def changed_in_core(changes: Iterable[Change], sources: SourceHashes) -> list[Change]:
    """The changes whose source in Core is not what the preview saw, in their order.

    A time entry's source is its worker's whole week, since overtime is worked out over all of it: one hour that changed
    makes every line of that week another. A name that the mapping ties to a record has nothing to send.
    """
    return [
        change
        for change in changes
        if not change.link_only and sources.of(change.kind, change.core_id) != change.source_hash
    ]
