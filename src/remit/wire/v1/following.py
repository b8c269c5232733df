"""What was followed, as JSON: what `remit logs follow --json` writes when it ends."""

from __future__ import annotations

from msgspec import Struct


class FollowDocument(Struct, frozen=True):
    """What came of following a stream; `read == normalised + set_aside + duplicates`.

    Attributes:
        source: name of the stream.
        read: records that this process read and committed.
        normalised: of them those that were understood and new.
        set_aside: those that were not understood.
        duplicates: those that were there already.
        behind: messages that wait at the source, null where the source does not count them.
    """

    source: str
    read: int
    normalised: int
    set_aside: int
    duplicates: int
    behind: int | None = None
