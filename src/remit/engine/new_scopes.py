"""Scopes that a tree does not hold yet, put in with all their ancestors (S1 to S3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from remit.engine.facts import UNPLACED, Scopes, TenantFacts
from remit.engine.insertion import Places, inserted, places_of
from remit.engine.strings import TextLookup
from remit.model.scope import MANAGEMENT_GROUP_PREFIX, Scope, ScopeKind

_TABLES = ("assignments", "denies", "locks", "policies", "settings", "resources")


def with_scopes(facts: TenantFacts, texts: Iterable[str]) -> TenantFacts:
    """Return facts whose tree holds these scopes.

    A subscription or management group that is new has no known place (S3), as nothing told where it hangs. New nodes
    are not marked as listed; what is counted of resources stays at the node that had it.

    Cost: nothing where all are there; else one copy of the scopes, and every code of a scope is renumbered.
    """
    lookup = TextLookup.of(facts.scopes.key)
    fresh: dict[str, tuple[str, ScopeKind]] = {}
    for text in texts:
        scope = Scope.parse(text)
        for cut in scope.cuts:
            if lookup.row(scope.key[:cut]) < 0:
                above = Scope.parse(scope.text[:cut])
                fresh.setdefault(above.key, (above.text, above.kind))
        if lookup.row(scope.key) < 0:
            fresh.setdefault(scope.key, (scope.text, scope.kind))
    if not fresh:
        return facts
    keys = sorted(fresh)
    places = places_of(facts.scopes.key, keys)
    table = facts.scopes
    scopes = Scopes(
        key=inserted(table.key, places, keys),
        text=inserted(table.text, places, [fresh[key][0] for key in keys]),
        kind=np.insert(table.kind, places.at, np.array([fresh[key][1] for key in keys], dtype=np.uint8)),
        parent=np.insert(places.moved(table.parent), places.at, np.int32(0)),
        flags=np.insert(table.flags, places.at, np.uint8(0)),
    )
    finder = TextLookup.of(scopes.key)
    for key, row in zip(keys, places.own().tolist(), strict=True):
        scopes.parent[row] = _parent(Scope.parse(fresh[key][0]), finder, facts.meta.tenant_id)
    moved = {name: _moved(getattr(facts, name), places) for name in _TABLES}
    return replace(facts, scopes=scopes, **moved)


def _parent(scope: Scope, finder: TextLookup, tenant_id: str) -> int:
    above = scope.parents_in_text()
    if above:
        return finder.row(above[0])
    if scope.kind in (ScopeKind.SUBSCRIPTION, ScopeKind.MANAGEMENT_GROUP):
        is_top = bool(tenant_id) and scope.key == MANAGEMENT_GROUP_PREFIX + tenant_id
        return 0 if is_top else UNPLACED
    return 0


def _moved(table: Any, places: Places) -> Any:  # noqa: ANN401 - any table that names scopes
    return replace(table, scope=places.moved(table.scope))
