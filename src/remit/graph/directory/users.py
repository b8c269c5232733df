"""Users as targets: whose password or sign-in methods who may set.

A user is reached by a limited reset if its own roles all stand in the list of the resetting role, and it neither is in
nor owns a role-assignable group. Synchronised users get a password in the cloud only where it is written back, and
guests have theirs at home: for both a reset is only possible. Members of restricted units are reached from their unit
alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import PrincipalKind
from remit.graph.directory import unread as lists
from remit.graph.directory.classes import CLOSED, OPEN, POSSIBLE, Classes, States, Traits, both, unsure
from remit.graph.directory.roles import RESETTABLE
from remit.graph.directory.standing import Standing
from remit.graph.directory.unread import Unread
from remit.graph.facts import RoleBasis, UserFlag
from remit.graph.nodes import NodeKind, node_key

_UNREAD = 8
_LISTS = tuple(RESETTABLE)
_SHIFT = {name: 4 + 2 * place for place, name in enumerate(_LISTS)}


def users_of(standing: Standing, unread: Unread) -> Classes:
    """Sort the users of a tenant. Cost: a few passes over principals for each role that somebody holds."""
    wanted = standing.kind == PrincipalKind.USER
    if unread.any(lists.USERS):
        wanted |= standing.kind == PrincipalKind.UNKNOWN
    rows = np.flatnonzero(wanted)
    table = standing.drawing.facts.users
    traits = np.full(standing.count, _UNREAD, dtype=np.int64)
    traits[table.principal] = table.flags & (UserFlag.GUEST | UserFlag.SYNCED | UserFlag.RESTRICTED)
    reached = _resettable(standing, unread)
    for name, state in reached.items():
        traits |= state.astype(np.int64) << _SHIFT[name]
    return Classes.of("user", node_key(NodeKind.PRINCIPAL, rows), traits[rows], states)


def _resettable(standing: Standing, unread: Unread) -> dict[str, NDArray[np.uint8]]:
    """Return for each list how every principal stands to a reset by who holds a role with that list."""
    roles = standing.drawing.facts.directory_roles
    found = {name: np.full(standing.count, OPEN, dtype=np.uint8) for name in _LISTS}
    for eligible in (False, True):
        for place, holders in standing.by_role(eligible=eligible):
            # What Azure says about the lists does not name custom roles, and only active ones protect.
            unnamed = roles[place].is_custom or roles[place].basis == RoleBasis.UNKNOWN
            leaves = POSSIBLE if eligible or unnamed else CLOSED
            for name, allowed in RESETTABLE.items():
                if roles[place].key not in allowed:
                    found[name][holders] = both(found[name][holders], leaves)
    sure, maybe = standing.protected()
    blind = unread.any(lists.GROUP_MEMBERS, lists.GROUP_OWNERS, lists.GROUPS) or bool(unread.active_roles)
    return {name: unsure(both(state, np.where(sure, CLOSED, OPEN)), maybe | blind) for name, state in found.items()}


def states(name: str, traits: Traits, inside: bool) -> States:
    """Return how classes of users stand in a set.

    Sets: `user:any`; `user:password` and `user:method` (any user), both with `-helpdesk`, `-authentication`, `-user`,
    `-password` or `-none` for a limited reset; `user:restricted`, `user:restricted-method` (who stands in a restricted
    unit); `user:synced`. `-rest` is who is not certainly in `-none`.
    """
    what, _, limit = name.partition(":")[2].partition("-")
    restricted = (traits & UserFlag.RESTRICTED) > 0
    synced, guest = (traits & UserFlag.SYNCED) > 0, (traits & UserFlag.GUEST) > 0
    found = np.where(traits & _UNREAD, POSSIBLE, OPEN).astype(np.uint8)
    if what == "any":
        return found
    if what == "restricted":
        found = both(found, np.where(restricted, OPEN, CLOSED))
    elif not inside:
        found = both(found, np.where(restricted, CLOSED, OPEN))
    found = unsure(found, guest)
    if what == "synced":
        return both(found, np.where(synced, OPEN, np.where(traits & _UNREAD, POSSIBLE, CLOSED)))
    if what == "password" or (what == "restricted" and limit != "method"):
        found = unsure(found, synced)
    if limit == "rest":
        return both(found, np.where((traits >> _SHIFT["none"]) & 3 == OPEN, CLOSED, OPEN))
    if limit in _SHIFT:
        found = both(found, (traits >> _SHIFT[limit]) & 3)
    return found
