"""Sets of the directory that are single nodes or short lists: the tenant, its guards, every role."""

from __future__ import annotations

import numpy as np

from remit.engine.strings import TextColumn
from remit.graph.directory.roles import GLOBAL_ADMINISTRATOR
from remit.graph.directory.standing import Standing
from remit.graph.nodes import Facet, Keys, NodeKind, node_key

_GIVEN_DOMAINS = (b".onmicrosoft.com", b".onmicrosoft.us", b".onmschina.cn")
_PRINCIPAL_ATTRIBUTE = "@principal["
_CASE, _POINT = 0x20, ord(".")


def single_sets(standing: Standing) -> dict[str, Keys]:
    """Return the sets by name.

    `tenant` is control of the tenant, `tenant:gate` that a guard of it can be taken away, `tenant:control` that it can
    be harmed. `tenant:ownDomain` is the tenant where a domain of its own is in use, `tenant:otherDomain` where none was
    seen; `tenant:attributes` its guards where a condition tests attributes of principals; `tenant:units` its guards
    where there are restricted administrative units. `directoryRole` is every role, and the tenant itself where the role
    that controls it stands in no list that was read.
    """
    facts = standing.drawing.facts
    tenant = np.asarray([node_key(NodeKind.TIER_ZERO, 0)], dtype=np.int64)
    gate = np.asarray([node_key(NodeKind.TENANT, 0, Facet.GATE)], dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    own = own_domain(standing.drawing.index.facts.principals.user_principal_name)
    tested = any(_PRINCIPAL_ATTRIBUTE in text.lower() for text in standing.drawing.index.facts.conditions.text)
    roles = node_key(NodeKind.DIRECTORY_ROLE, np.arange(len(facts.directory_roles)))
    known = any(role.key == GLOBAL_ADMINISTRATOR for role in facts.directory_roles)
    return {
        "tenant": tenant,
        "tenant:gate": gate,
        "tenant:control": np.asarray([node_key(NodeKind.TENANT, 0, Facet.CONTROL)], dtype=np.int64),
        "tenant:ownDomain": tenant if own else none,
        "tenant:otherDomain": none if own else tenant,
        "tenant:attributes": gate if tested else none,
        "tenant:units": gate if bool(facts.administrative_units.restricted.any()) else none,
        "directoryRole": roles if known else np.concatenate([roles, tenant]),
    }


def own_domain(names: TextColumn) -> bool:
    """Return whether some user name stands in another domain than those that every tenant is given."""
    ends, filled = names.offsets[1:], np.diff(names.offsets)
    given = filled == 0
    for domain in _GIVEN_DOMAINS:
        rows = np.flatnonzero(~given & (filled >= len(domain)))
        same = np.ones(len(rows), dtype=np.bool_)
        for place, byte in enumerate(domain):
            read = names.data[ends[rows] - len(domain) + place]
            # Letters count without their case; the point has no other.
            same &= (read | _CASE if byte != _POINT else read) == byte
        given[rows[same]] = True
    return not bool(given.all())
