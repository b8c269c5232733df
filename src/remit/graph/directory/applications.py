"""Applications and service principals as targets: who may give them a credential.

A credential of the application lets one sign in as its service principal here. A credential of the service principal
alone is refused for managed identities, for Microsoft's own, for agent identities, and where the application's instance
lock is on; the lock of an application of another tenant cannot be seen.
"""

from __future__ import annotations

import numpy as np

from remit.engine.facts import PrincipalKind
from remit.graph.directory import unread as lists
from remit.graph.directory.classes import CLOSED, OPEN, POSSIBLE, Classes, States, Traits
from remit.graph.directory.standing import Standing
from remit.graph.directory.unread import Unread
from remit.graph.facts import ApplicationFlag, ServiceFlag
from remit.graph.network import Codes
from remit.graph.nodes import Keys, NodeKind, node_key

_HOME, _MULTI, _LOCKED, _NOT_SAID, _UNREAD, _ALONE, _BLIND = (1 << bit for bit in range(8, 15))
_NO_CREDENTIAL = ServiceFlag.MANAGED_IDENTITY | ServiceFlag.FIRST_PARTY | ServiceFlag.AGENT_IDENTITY
_AGENTS = ServiceFlag.AGENT_IDENTITY | ServiceFlag.AGENT_BLUEPRINT


def application_keys(drawing_principal: Codes) -> Keys:
    """Return the node of each application: its service principal, or itself where it has none."""
    rows = np.arange(len(drawing_principal), dtype=np.int64)
    principals = node_key(NodeKind.PRINCIPAL, np.maximum(drawing_principal, 0))
    return np.where(drawing_principal >= 0, principals, node_key(NodeKind.APPLICATION, rows))


def applications_of(standing: Standing, unread: Unread) -> Classes:
    """Sort service principals, and applications without one. Cost: a few passes over principals."""
    wanted = standing.kind == PrincipalKind.SERVICE_PRINCIPAL
    if unread.any(lists.SERVICE_PRINCIPALS):
        wanted |= standing.kind == PrincipalKind.UNKNOWN
    rows = np.flatnonzero(wanted)
    facts = standing.drawing.facts
    traits = np.full(standing.count, _UNREAD, dtype=np.int64)
    traits[facts.service_principals.principal] = facts.service_principals.flags
    if unread.any(lists.APPLICATIONS, lists.SERVICE_PRINCIPALS):
        traits |= _BLIND
    home = facts.applications.principal >= 0
    own = _traits_of(facts.applications.flags)
    traits[facts.applications.principal[home]] |= own[home]
    alone = np.flatnonzero(~home)
    keys = np.concatenate([node_key(NodeKind.PRINCIPAL, rows), node_key(NodeKind.APPLICATION, alone)])
    return Classes.of("servicePrincipal", keys, np.concatenate([traits[rows], own[alone] | _ALONE]), states)


def _traits_of(flags: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Traits:
    locked = np.where(flags & ApplicationFlag.LOCKED_INSTANCE, _LOCKED, 0)
    multi = np.where(flags & ApplicationFlag.MULTI_TENANT, _MULTI, 0)
    not_said = np.where(flags & ApplicationFlag.LOCK_NOT_READ, _NOT_SAID, 0)
    return (_HOME | locked | multi | not_said).astype(np.int64)


def states(name: str, traits: Traits, inside: bool) -> States:  # noqa: ARG001 - as `classes.SetOf`
    """Return how classes of service principals stand in a set.

    Sets: `servicePrincipal:application` (through the application), `servicePrincipal:singleTenant` (the same, of this
    tenant only), `servicePrincipal:instance` (through itself), `servicePrincipal:agent`.
    """
    what = name.partition(":")[2]

    def has(flag: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return (traits & flag) > 0

    none = has(_NO_CREDENTIAL)
    home, multi = has(_HOME), has(_MULTI)
    if what == "agent":
        agents = np.where(has(_AGENTS), OPEN, np.where(has(_UNREAD) & ~home, POSSIBLE, CLOSED))
        return np.where(has(_ALONE), CLOSED, agents).astype(np.uint8)
    if what in ("application", "singleTenant"):
        # An application that was not read may stand behind every service principal that is not known to be foreign.
        elsewhere = np.where(has(_BLIND) & ~none & ~has(ServiceFlag.FOREIGN), POSSIBLE, CLOSED)
        found = np.where(home, OPEN, elsewhere)
        return np.where(home & multi & (what == "singleTenant"), CLOSED, found).astype(np.uint8)
    # The lock is said to be for applications of many tenants; whether it holds for others is not documented.
    own = np.where(has(_LOCKED), np.where(multi, CLOSED, POSSIBLE), np.where(has(_NOT_SAID), POSSIBLE, OPEN))
    found = np.where(home, own, POSSIBLE)
    return np.where(none | has(_ALONE), CLOSED, found).astype(np.uint8)
