"""cedarpy: one permit for each assignment, one forbid for each deny assignment, entities for everything else.

Cedar has no wildcards in actions, so a role is an action group that holds every operation it covers; groups and
scopes are parents in the entity graph. Groups may contain each other, which Cedar forbids among entities; so a caller
`P` has as parents a membership `M` for itself and for every group it is in, transitively. Policies and entities are
parsed once into handles, and questions are asked in batches, as its documentation advises.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable

from cedarpy import AuthzResult, Entities, PolicySet, is_authorized_batch

from benchmarks.alternatives.literal_loop import CompiledBlock
from benchmarks.alternatives.plain import PlainBlock, PlainDeny, PlainTenant
from benchmarks.questions import Ask


class CedarPolicies:
    """Answers with Cedar's authorizer."""

    def __init__(self, tenant: PlainTenant) -> None:
        self._known = frozenset(f"{plane}{one}" for plane, names in enumerate(tenant.operations) for one in names)
        self._policies = PolicySet.from_str("\n".join(_policies(tenant)))
        self._entities = Entities.from_json_str(json.dumps(list(_entities(tenant))))

    def decide_all(self, asked: list[Ask]) -> list[str | None]:
        """Answer several questions in one call; None for an operation outside the catalogue, which Cedar cannot match.

        Conditional assignments are not in the policies.
        """
        requests = [
            {
                "principal": {"type": "P", "id": ask.principal},
                "action": {"type": "Action", "id": f"{int(ask.data)}{ask.action.lower()}"},
                "resource": {"type": "S", "id": ask.scope.lower()},
            }
            for ask in asked
        ]
        results = is_authorized_batch(requests, self._policies, self._entities)
        return [
            _outcome(result) if request["action"]["id"] in self._known else None
            for request, result in zip(requests, results, strict=True)
        ]


def _outcome(result: AuthzResult) -> str:
    if result.allowed:
        return "allowed"
    # A forbid that applies is named among the reasons; the default deny has none.
    return "denied" if result.diagnostics.reasons else "not_allowed"


def _policies(tenant: PlainTenant) -> Iterable[str]:
    for one in tenant.assignments:
        if not one.conditional:
            yield (
                f'permit(principal in M::"{one.principal}", action in Action::"{one.role}", '
                f"resource in S::{json.dumps(one.scope)});"
            )
    for deny in tenant.denies:
        yield from _forbids(deny)


def _forbids(deny: PlainDeny) -> Iterable[str]:
    where = "==" if deny.this_scope_only else "in"
    spared = ", ".join(f'M::"{one}"' for one in sorted(deny.spared))
    unless = f" unless {{ principal in [{spared}] }}" if spared else ""
    for named in [None] if deny.principals is None else sorted(deny.principals):
        principal = "principal" if named is None else f'principal in M::"{named}"'
        action, scope = f'action in Action::"{deny.name}"', f"resource {where} S::{json.dumps(deny.scope)}"
        yield f"forbid({principal}, {action}, {scope}){unless};"


def _entities(tenant: PlainTenant) -> Iterable[dict[str, object]]:
    for one, groups in tenant.groups.items():
        yield _entity("M", one, ())
        yield _entity("P", one, (("M", group) for group in sorted(groups)))
    yield from _scopes(tenant)
    assigned = {one.role for one in tenant.assignments}
    held: dict[str, list[tuple[str, str]]] = {}
    covering = [(guid, tenant.roles[guid]) for guid in sorted(assigned)]
    covering += [(deny.name, deny.blocks) for deny in tenant.denies]
    for name, blocks in covering:
        yield _entity("Action", name, ())
        for operation in _covered([block for block in blocks if not block.conditional], tenant):
            held.setdefault(operation, []).append(("Action", name))
    for plane, names in enumerate(tenant.operations):
        for operation in names:
            key = f"{plane}{operation}"
            yield _entity("Action", key, held.get(key, ()))


def _scopes(tenant: PlainTenant) -> Iterable[dict[str, object]]:
    known = set(tenant.scopes)
    named = {one.scope for one in tenant.assignments} | {one.scope for one in tenant.denies}
    extra = named - known
    for place in (*tenant.scopes, *sorted(extra)):
        above = next((one for one in tenant.chain(place)[1:] if one in known), None)
        yield _entity("S", place, () if above is None else (("S", above),))


def _entity(kind: str, name: str, parents: Iterable[tuple[str, str]]) -> dict[str, object]:
    uid = {"type": kind, "id": name}
    return {"uid": uid, "attrs": {}, "parents": [{"type": of, "id": parent} for of, parent in parents]}


def _covered(blocks: list[PlainBlock], tenant: PlainTenant) -> set[str]:
    """Return every operation of the catalogue that the blocks cover, with its plane in front."""
    found = set()
    for block in blocks:
        exact = CompiledBlock.of(block)
        for plane, names in enumerate(tenant.operations):
            for pattern in block.granted[plane]:
                head = pattern.lower().partition("*")[0].rstrip("/")
                low, high = bisect_left(names, head), bisect_left(names, head + "\x7f")
                found |= {f"{plane}{name}" for name in names[low:high] if exact.covers(name, plane)}
    return found
