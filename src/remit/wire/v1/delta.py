"""What one state of a tenant opens and closes against another, as JSON: the document of `remit delta`."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from remit.wire.v1.catalogue import RoleBlockDocument
from remit.wire.v1.paths import EndDocument, HopDocument, NodeDocument, PathDocument, UnreadDocument


class StateDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One of the two states; `change`: the file with the change that leads to it, then nothing of it is kept."""

    snapshot_id: str
    at: str
    change: str = ""


class CountsDocument(Struct, frozen=True, rename="camel"):
    """How many of each differ, told or not; `leading`: of the steps, those that lead where nothing led as surely."""

    reaching: int
    steps: int
    leading: int
    grants: int
    conditions: int
    roles: int
    guards: int
    unread: int


class ReachingDocument(Struct, frozen=True, rename="camel"):
    """Somebody who reaches the target otherwise: `none`, `possible`, `afterActivation` or `certain`, then and now."""

    who: EndDocument
    before: str
    after: str
    path: PathDocument


class StepDocument(Struct, frozen=True, rename="camel"):
    """A step.

    Attributes:
        leads: the other state has no step between the same ends that is as sure, and the target is more than a guard.
        alike: so many of this source, kind and side differ, this one among them.
    """

    hop: HopDocument
    before: str
    after: str
    leads: bool
    alike: int


class GrantChangeDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """Something given. `grants`: permission blocks of the role that was assigned."""

    kind: str
    id: str
    what: str
    holder: EndDocument
    grants: tuple[RoleBlockDocument, ...] = ()
    condition: str = ""


class ConditionChangeDocument(Struct, frozen=True, rename="camel"):
    """A role assignment under another condition, "" for none; `narrows`: it certainly allows no more than before."""

    id: str
    what: str
    holder: EndDocument
    before: str
    after: str
    narrows: bool


class RoleChangeDocument(Struct, frozen=True, rename="camel"):
    """A role definition with other permissions: patterns that allow more or less, and how many hold it."""

    role_definition_id: str
    name: str
    more: tuple[str, ...]
    less: tuple[str, ...]
    assignments: int


class GuardDocument(Struct, frozen=True, rename="camel", omit_defaults=True):
    """A deny assignment or lock."""

    kind: str
    id: str
    scope: str
    name: str = ""


class SideDocument(Struct, frozen=True, rename="camel"):
    """What is opened, or what is closed. Of guards and of what was not read, those that are gone open or close."""

    counts: CountsDocument
    reaching: tuple[ReachingDocument, ...]
    steps: tuple[StepDocument, ...]
    grants: tuple[GrantChangeDocument, ...]
    guards: tuple[GuardDocument, ...]
    unread: tuple[UnreadDocument, ...]


class DeltaDocument(Struct, frozen=True, rename="camel"):
    """What `remit delta --json` writes.

    Attributes:
        opens: whether anything is open after that was not before.
        complete: whether everybody's steps were compared; else `steps` counts those of the first.
    """

    before: StateDocument
    after: StateDocument
    target: EndDocument
    opens: bool
    complete: bool
    opened: SideDocument
    closed: SideDocument
    conditions: tuple[ConditionChangeDocument, ...]
    roles: tuple[RoleChangeDocument, ...]
    nodes: Mapping[str, NodeDocument]
