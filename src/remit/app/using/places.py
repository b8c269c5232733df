"""What is at and below the scopes of one snapshot, for the question whether a use there would have been seen."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from remit.engine.facts import UNPLACED
from remit.engine.index import TenantIndex
from remit.model.errors import ScopeSyntaxError
from remit.model.interval import to_micros
from remit.model.scope import Scope, ScopeKind
from remit.usage.observability import Below
from remit.usage.observable_days import DAY
from remit.usage.observable_services import SERVICES
from remit.usage.score import breadth

_SERVICE_TYPES = tuple(sorted({row.resource_type for row in SERVICES.values()}))
_CONTAINER_LISTS = ("arm/managementGroups", "arm/subscriptions")
_RESOURCES = "arm/resources"


class Places:
    """Answers by rows of `Scopes`; what was asked once is kept.

    Args:
        index: the snapshot.
        at: when it was collected, None where that is not told.
    """

    def __init__(self, index: TenantIndex, at: datetime | None) -> None:
        self._index = index
        self._day = None if at is None else to_micros(at) // DAY
        self._tenant = index.facts.meta.tenant_id
        tree, table = index.tree, index.facts.scopes
        self._order = np.argsort(tree.order).astype(np.int32)
        """Rows in the order of the tree."""
        self._kind = table.kind[self._order]
        resources = index.facts.resources
        place = tree.order[resources.scope]
        self._sorted = np.argsort(place, kind="stable")
        self._place = place[self._sorted]
        self._types = len(resources.type_name)
        self._below: dict[int, Below] = {}
        self._reach: dict[int, NDArray[np.float64]] = {}
        self._type_rows = {name: row for row, name in enumerate(resources.type_name)}
        self._wanted = {name: row for name, row in self._type_rows.items() if name in _SERVICE_TYPES}
        self._read_gaps()
        hung = np.flatnonzero(table.parent == UNPLACED)
        self._unplaced = bool(len(hung))

    def _read_gaps(self) -> None:
        """Find which lists tell of everything: where they do not, nobody knows what is below."""
        meta = self._index.facts.meta
        have = meta.collected
        missing = any(gap.api in _CONTAINER_LISTS for gap in meta.gaps)
        self._containers_listed = "arm/subscriptions" in have and not missing
        self._resources_listed = _RESOURCES in have
        self._resource_gaps = [
            max(self._index.tree.row(_key(gap.scope)), 0) for gap in meta.gaps if gap.api == _RESOURCES
        ]

    def row_of(self, text: str) -> int:
        """Return the row of a scope, or -1."""
        return self._index.tree.row(_key(text))

    def chain(self, text: str) -> tuple[int, ...]:
        """Return the rows of what is, or may be, at and above a place; () where the text is no place."""
        try:
            found = self._index.tree.chain(Scope.parse(text))
        except ScopeSyntaxError:
            return ()
        return (*found.rows, *found.possible)

    def below(self, row: int) -> Below:
        """Return what is at and below a scope."""
        found = self._below.get(row)
        if found is None:
            found = self._below[row] = self._look_below(row)
        return found

    def _span(self, row: int) -> tuple[int, int]:
        tree = self._index.tree
        return int(tree.order[row]), int(tree.end[row])

    def _look_below(self, row: int) -> Below:
        table = self._index.facts.scopes
        key = table.key[row]
        first, last = self._span(row)
        kind = table.kind[row]
        known = True
        groups: tuple[str, ...] = ()
        if key.startswith("/subscriptions/"):
            subscriptions: tuple[str, ...] = ("/".join(key.split("/")[:3]),)
        else:
            rows, kinds = self._order[first:last], self._kind[first:last]
            subscriptions = tuple(table.key[int(one)] for one in rows[kinds == ScopeKind.SUBSCRIPTION])
            groups = tuple(table.key[int(one)] for one in rows[kinds == ScopeKind.MANAGEMENT_GROUP])
            known = self._containers_listed and not self._unplaced
        leaf = kind == ScopeKind.RESOURCE
        resources, unnamed = self._services_below(row, first, last)
        return Below(
            subscriptions=subscriptions,
            management_groups=groups,
            tenant=f"/tenants/{self._tenant}" if kind == ScopeKind.ROOT else "",
            containers_known=known,
            resources=resources,
            unnamed=unnamed,
            resources_known=leaf or self._resources_known(row),
            as_of=None if leaf else self._day,
        )

    def _resources_known(self, row: int) -> bool:
        first, last = self._span(row)
        order = self._index.tree.order
        return self._resources_listed and not any(
            first <= order[gap] < last or self._holds(gap, row) for gap in self._resource_gaps
        )

    def _holds(self, above: int, row: int) -> bool:
        first, last = self._span(above)
        return bool(first <= self._index.tree.order[row] < last)

    def _rows_below(self, first: int, last: int) -> NDArray[np.intp]:
        # Of another type, the whole column would be copied for each question.
        low, high = np.searchsorted(self._place, np.asarray((first, last), dtype=self._place.dtype))
        return self._sorted[low:high]

    def _services_below(self, row: int, first: int, last: int) -> tuple[dict[str, tuple[str, ...]], dict[str, int]]:
        """Return the resources with a data plane that has a log: the ids that are known, and how many are not."""
        table, scopes = self._index.facts.resources, self._index.facts.scopes
        chosen = self._rows_below(first, last)
        types = table.type[chosen]
        named: dict[str, tuple[str, ...]] = {}
        unnamed: dict[str, int] = {}
        above = self._inside(row)
        for name, number in self._wanted.items():
            found = list(above.get(name, ()))
            for one in chosen[types == number].tolist():
                key = scopes.key[int(table.scope[one])]
                if _is_of_type(key, name):
                    found.append(key)
                else:
                    unnamed[name] = unnamed.get(name, 0) + int(table.count[one])
            if found:
                named[name] = tuple(sorted(set(found)))
        for name, keys in above.items():
            named.setdefault(name, keys)
        return named, unnamed

    def _inside(self, row: int) -> dict[str, tuple[str, ...]]:
        """Return the resource that a scope is, or is a part of, such as the account of a container."""
        scopes = self._index.facts.scopes
        if scopes.kind[row] != ScopeKind.RESOURCE:
            return {}
        scope = Scope.parse(scopes.key[row])
        for key in (scope.key, *scope.parents_in_text()):
            for name in _SERVICE_TYPES:
                if _is_of_type(key, name):
                    return {name: (key,)}
        return {}

    def reach(self, row: int) -> NDArray[np.float64]:
        """Return the factors of the score: per resource type, then for none that the tenant has, then for all.

        A cell's `type` picks among them: -1 and -2 count from the end.
        """
        found = self._reach.get(row)
        if found is None:
            first, last = self._span(row)
            table = self._index.facts.resources
            chosen = self._rows_below(first, last)
            counts = np.zeros(self._types + 2, dtype=np.int64)
            counts[: self._types] = np.bincount(
                table.type[chosen], weights=table.count[chosen], minlength=self._types
            ).astype(np.int64)[: self._types]
            whole = int(counts.sum())
            if not self._resources_listed:
                counts[:] = 1
            elif self._index.facts.scopes.kind[row] == ScopeKind.RESOURCE:
                own = self._own_type(row)
                counts[own] = max(int(counts[own]), 1)
                whole = max(whole, 1)
            counts[-1] = max(whole, 1)
            found = self._reach[row] = breadth(counts)
        return found

    def _own_type(self, row: int) -> int:
        """Return the type of the resource that a scope is in; its last place where the tenant has none such."""
        names = Scope.parse(self._index.facts.scopes.key[row]).resource_names()
        return next((self._type_rows[name] for name, _ in reversed(names) if name in self._type_rows), self._types)


def _is_of_type(key: str, name: str) -> bool:
    """Tell whether a lower-case id is that of a resource of a type with one level of names."""
    before, found, last = key.rpartition(f"/providers/{name}/")
    return bool(found and before) and "/" not in last


def _key(text: str) -> str:
    try:
        return Scope.parse(text).key
    except ScopeSyntaxError:
        return ""
