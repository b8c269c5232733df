"""Sets of the directory that are single nodes or short lists: the tenant, its guards, every role."""

from __future__ import annotations

import numpy as np

from remit.engine.strings import TextColumn
from remit.graph.directory.standing import Standing
from remit.graph.nodes import Facet, Keys, NodeKind, node_key

_DEFAULT_DOMAIN = b".onmicrosoft.com"
_PRINCIPAL_ATTRIBUTE = "@principal["


def single_sets(standing: Standing) -> dict[str, Keys]:
    """Return the sets by name.

    `tenant` is control of the tenant, `tenant:gate` that a guard of it can be taken away, `tenant:control` that it can
    be harmed. `tenant:ownDomain` is the tenant where a domain of its own is in use, `tenant:otherDomain` where none was
    seen; `tenant:attributes` its guards where a condition tests attributes of principals; `tenant:units` its guards
    where there are restricted administrative units.
    """
    facts = standing.drawing.facts
    tenant = np.asarray([node_key(NodeKind.TIER_ZERO, 0)], dtype=np.int64)
    gate = np.asarray([node_key(NodeKind.TIER_ZERO, 0, Facet.GATE)], dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    own = own_domain(standing.drawing.index.facts.principals.user_principal_name)
    tested = any(_PRINCIPAL_ATTRIBUTE in text.lower() for text in standing.drawing.index.facts.conditions.text)
    return {
        "tenant": tenant,
        "tenant:gate": gate,
        "tenant:control": np.asarray([node_key(NodeKind.TIER_ZERO, 0, Facet.CONTROL)], dtype=np.int64),
        "tenant:ownDomain": tenant if own else none,
        "tenant:otherDomain": none if own else tenant,
        "tenant:attributes": gate if tested else none,
        "tenant:units": gate if bool(facts.administrative_units.restricted.any()) else none,
        "directoryRole": node_key(NodeKind.DIRECTORY_ROLE, np.arange(len(facts.directory_roles))),
    }


def own_domain(names: TextColumn) -> bool:
    """Return whether some user name stands in another domain than those that every tenant is given."""
    ends, starts = names.offsets[1:], names.offsets[:-1]
    length = len(_DEFAULT_DOMAIN)
    filled = ends - starts
    if bool(((filled > 0) & (filled < length)).any()):
        return True
    ends = ends[filled >= length]
    if not len(ends):
        return False
    same = np.ones(len(ends), dtype=np.bool_)
    for place, byte in enumerate(_DEFAULT_DOMAIN):
        read = names.data[ends - length + place]
        same &= (read | 0x20 if 0x61 <= byte <= 0x7A else read) == byte  # noqa: PLR2004 - lower-case letters
    return not bool(same.all())
