"""What a principal holds, and who holds an action, as JSON documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from remit.model.decision import Decision
from remit.model.effective import EffectivePermission, WhatCan
from remit.model.history import TenantState
from remit.model.interval import format_instant
from remit.model.principal import PrincipalName
from remit.model.role import PermissionBlock
from remit.wire.v1.history import StateDocument, state_document
from remit.wire.v1.reasons import (
    DenyDocument,
    GapDocument,
    GuardDocument,
    MayBeDeniedDocument,
    ReasonDocument,
    gap_document,
    guard_document,
    reason_document,
)


class BlockDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A permission block, never flattened into others."""

    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()


class PermissionDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One permission block held through one assignment."""

    standing: str
    clause: str
    assignment_id: str
    assignment_kind: str
    principal_id: str
    membership: tuple[str, ...]
    role_definition_id: str
    scope: str
    role_name: str = ""
    why: str = ""
    block: BlockDocument | None = None
    conditions: tuple[str, ...] = ()
    until: str | None = None


class OperationCountDocument(Struct, frozen=True, rename="camel"):
    """How many operations of the catalogue, by plane and verb."""

    plane: str
    verb: str
    count: int


class WhatCanDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit what-can --json` writes."""

    principal_id: str
    principal_kind: str
    scope: str
    at: str
    snapshot_id: str
    permissions: tuple[PermissionDocument, ...]
    denies: tuple[DenyDocument, ...]
    may_be_denied: tuple[MayBeDeniedDocument, ...]
    gaps: tuple[GapDocument, ...]
    operations: tuple[OperationCountDocument, ...]
    guards: tuple[GuardDocument, ...]
    display_name: str = ""
    user_principal_name: str = ""
    names: Mapping[str, str] = {}
    state: StateDocument | None = None


class HolderDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A principal in a `who-can` list, with the reasons of its own decision."""

    principal_id: str
    principal_kind: str
    because: tuple[ReasonDocument, ...]
    display_name: str = ""
    user_principal_name: str = ""
    guards: tuple[GuardDocument, ...] = ()


class WhoCanCounts(Struct, frozen=True, rename="camel"):
    """How long each list is."""

    allowed: int
    unknown: int
    eligible: int


class WhoCanDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """What `remit who-can --json` writes, without its lists `allowed`, `unknown` and `eligible`, which follow."""

    action: str
    plane: str
    scope: str
    at: str
    snapshot_id: str
    counts: WhoCanCounts
    gaps: tuple[GapDocument, ...]
    state: StateDocument | None = None


def what_can_document(
    principal: PrincipalName,
    held: WhatCan,
    snapshot_id: str,
    names: Mapping[str, str],
    state: TenantState | None = None,
) -> WhatCanDocument:
    """Return the document of everything a principal holds."""
    denies = tuple(reason_document(one) for one in held.denies)
    may_be_denied = tuple(reason_document(one) for one in held.may_be_denied)
    return WhatCanDocument(
        principal.principal_id,
        principal.kind,
        held.scope,
        format_instant(held.at),
        snapshot_id,
        tuple(_permission(one) for one in held.permissions),
        tuple(one for one in denies if isinstance(one, DenyDocument)),
        tuple(one for one in may_be_denied if isinstance(one, MayBeDeniedDocument)),
        tuple(gap_document(one) for one in held.gaps),
        tuple(OperationCountDocument(one.plane, one.verb, one.count) for one in held.operations),
        tuple(guard_document(one) for one in held.guards),
        principal.display_name,
        principal.user_principal_name,
        dict(sorted(names.items())),
        state_document(state),
    )


def holder_document(principal: PrincipalName, decision: Decision) -> HolderDocument:
    """Return one entry of a `who-can` list."""
    return HolderDocument(
        principal.principal_id,
        principal.kind,
        tuple(reason_document(one) for one in decision.because),
        principal.display_name,
        principal.user_principal_name,
        tuple(guard_document(one) for one in decision.guards),
    )


def stream_who_can(head: WhoCanDocument, lists: Mapping[str, Iterable[HolderDocument]]) -> Iterator[bytes]:
    """Yield one JSON object piece by piece: the fields of `head`, then each list; in bounded memory."""
    encoder = msgspec.json.Encoder()
    yield encoder.encode(head)[:-1]
    for name, holders in lists.items():
        yield b',"%s":[' % name.encode()
        comma = b""
        for holder in holders:
            yield comma + encoder.encode(holder)
            comma = b","
        yield b"]"
    yield b"}"


def _permission(held: EffectivePermission) -> PermissionDocument:
    facts = held.assignment
    return PermissionDocument(
        held.standing.value,
        held.clause,
        facts.assignment_id,
        facts.kind.value,
        facts.principal_id,
        facts.membership,
        facts.role_guid,
        facts.scope,
        facts.role_name,
        held.why,
        None if held.block is None else _block(held.block),
        held.conditions,
        None if held.until is None else format_instant(held.until),
    )


def _block(block: PermissionBlock) -> BlockDocument:
    return BlockDocument(block.actions, block.not_actions, block.data_actions, block.not_data_actions)
