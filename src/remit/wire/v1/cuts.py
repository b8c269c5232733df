"""What to take away so that nobody reaches a target, as a JSON document."""

from __future__ import annotations

from msgspec import Struct

from remit.wire.v1.paths import EndDocument, UnreadDocument


class UseDocument(Struct, frozen=True, rename="camel"):
    """What logs show of a role assignment."""

    operations: int
    first_seen: str
    last_seen: str


class RemovalDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One thing to take away.

    Attributes:
        alone: how many it cuts off if nothing else is taken away. breaks: how many would reach the target again if it
            alone stayed; `cut_off` names the first of them. All three are left out where there was no time to look.
    """

    kind: str
    id: str
    label: str
    holder: EndDocument
    weight: float
    alone: int | None = None
    breaks: int | None = None
    cut_off: tuple[EndDocument, ...] | None = None
    use: UseDocument | None = None


class CutsDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit cuts --json` writes.

    Attributes:
        sources: how many are to be cut off; it is `cut_off` + `left`.
        value: what was made least: `weight`, or with a budget how many of those that can be cut off are left.
        bound: no answer has a smaller one. gap: how far the value is above it, as a part of the value; 0 is proven.
        stuck: those of `left` that nothing can cut off.
        left_examples, stuck_examples: the first of them.
        unasked: steps of which it was not found out what they rest on; with any, `bound` is 0.
    """

    target: EndDocument
    at: str
    snapshot_id: str
    sources: int
    cut_off: int
    left: int
    stuck: int
    weight: float
    value: float
    bound: float
    gap: float
    use_known: bool
    removals: tuple[RemovalDocument, ...]
    kept: tuple[EndDocument, ...]
    holders_kept: int
    unread: tuple[UnreadDocument, ...]
    budget: int | None = None
    left_examples: tuple[EndDocument, ...] = ()
    stuck_examples: tuple[EndDocument, ...] = ()
    unasked: int = 0
