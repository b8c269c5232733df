"""Everybody by what they could reach, as one JSON object that is written piece by piece."""

from __future__ import annotations

from msgspec import Struct

from remit.wire.v1.holdings import OperationCountDocument


class ReachCountDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """How many things of a sort are reached, and how many of them without becoming anybody before."""

    what: str
    count: int
    direct: int = 0


class RankedDocument(Struct, frozen=True, rename="camel"):
    """Somebody, and how far they reach."""

    id: str
    kind: str
    label: str
    rank: int
    score: int
    tier_zero: bool
    direct: tuple[OperationCountDocument, ...]
    indirect: tuple[OperationCountDocument, ...]
    reach: tuple[ReachCountDocument, ...]


class RadiusCounts(Struct, frozen=True, rename="camel"):
    """How many there are, and how many of them reach control of the tenant."""

    principals: int
    tier_zero: int


class RadiusDocument(Struct, frozen=True, rename="camel"):
    """What `remit radius --json` writes, without its list `principals`, which follows."""

    at: str
    snapshot_id: str
    sort: str
    possible: bool
    counts: RadiusCounts
