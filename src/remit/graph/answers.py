"""What is told of a path: nodes with names, hops with permission and reasons."""

from __future__ import annotations

from msgspec import Struct

from remit.model.decision import Reason


class NodeRef(Struct, frozen=True, gc=False):
    """A node as it is shown.

    Attributes:
        id: object id, resource or scope id in Azure's spelling, `entraRole:<template id>`,
            `entraRole:<template id>@<directoryScopeId>`, `subject:<issuer>#<subject or expression>`, `tier0`, or
            `gap:<list>@<scope>`.
        kind: user, group, servicePrincipal, managedIdentity, application, resource, scope, directoryRole, subject,
            tenant or gap.
        label: what people call it.
        type: resource type as in the id, else "".
    """

    id: str
    kind: str
    label: str
    type: str = ""


class HopReason(Struct, frozen=True, gc=False):
    """Why a hop is there, where it is not a reason of the engine.

    Attributes:
        kind: `member`, `owner`, `directoryRole`, `appRole`, `identity`, `accessPolicy`, `federation`, `gained`
            (a hop before gave it), `elsewhere`, `guard`, `activation`, `gap`, `note`.
        detail: one sentence for people.
        subject: id of the object it rests on.
        clause: id of the edge kind, or a clause of docs/semantics.md.
    """

    kind: str
    detail: str
    subject: str = ""
    clause: str = ""


class Hop(Struct, frozen=True, gc=False):
    """One step.

    Attributes:
        edge: id of the edge kind, `MEMBER-OF` or `HAS-ROLE`. name: its word. permission: what makes it possible.
        certain: nothing was left open. eligible: something has to be activated first.
        because: the engine's reasons down to the assignment, or others.
        log: where its use would be seen.
        facet: which side of the target is reached, "" where it has none.
        also: ids of other edge kinds that lead the same way with what the principal holds.
    """

    source: NodeRef
    target: NodeRef
    edge: str
    name: str
    permission: str
    certain: bool
    eligible: bool
    because: tuple[Reason | HopReason, ...]
    log: tuple[str, ...] = ()
    facet: str = ""
    also: tuple[str, ...] = ()


class Path(Struct, frozen=True, gc=False):
    """A way from one node to another; `cost` is the sum over its hops."""

    cost: int
    certain: bool
    eligible: bool
    hops: tuple[Hop, ...]
