"""Resources while they are read: counted by nearest node and type, never kept one by one (S1)."""

from __future__ import annotations

from array import array

import numpy as np

from remit.app.intake.columns import Longs, distinct, ints, longs, smalls
from remit.app.intake.scopes import Nodes, ScopeTable
from remit.app.intake.settings import Read
from remit.engine.facts import Resources, Settings
from remit.engine.strings import TextColumn
from remit.model.errors import ScopeSyntaxError
from remit.model.scope import Scope, ScopeKind

_GROUP_PARTS = 6
_PROVIDER_PARTS = 4


class ResourceRows:
    """Columns of resources: the container they stand in, their type, and the hash of their key.

    The hash finds a resource among the nodes and finds one listed twice; it is salted by the process and leaves no
    trace. Two of ten million resources share one with a chance of 1 in 300,000; then one of them is not counted.
    """

    def __init__(self, scopes: ScopeTable) -> None:
        self._scopes = scopes
        self._container = array("i")
        self._type = array("i")
        self._hash = array("q")
        self._types: dict[str, int] = {}
        self._between_row = array("q")
        self._between_hash = array("q")
        self._nodes: tuple[Longs, Longs] = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        self._settings: tuple[array[int], bytearray, bytearray] = (array("i"), bytearray(), bytearray())

    def type_of(self, identity: str, said: str | None) -> str:
        """Return the lower-case type of a resource: what it says, else what its id says."""
        if said:
            return said.lower()
        scope = Scope.parse(identity)
        if scope.kind is ScopeKind.RESOURCE_GROUP:
            return "microsoft.resources/resourcegroups"
        if scope.kind is ScopeKind.SUBSCRIPTION:
            return "microsoft.resources/subscriptions"
        names = scope.resource_names()
        return names[-1][0] if names else "microsoft.management/managementgroups"

    def add(self, identity: str, kind: str) -> None:
        """Take one resource; `kind` is its lower-case type.

        Raises:
            ScopeSyntaxError: the id is no resource id.
        """
        parts = identity.split("/", 5)
        # The usual id, …/resourceGroups/{g}/providers/{ns}/{type}/{name}, without parsing all of it.
        if len(parts) == _GROUP_PARTS and parts[3].lower() == "resourcegroups":
            rest = parts[5]
            low = rest.lower()
            pieces = low.split("/")
            if (
                len(pieces) == _PROVIDER_PARTS
                and pieces[0] == "providers"
                and "" not in pieces
                and "*" not in low
                and " " not in low
                and rest.isprintable()
                and len(low) == len(rest)
            ):
                container = self._scopes.code(identity[: -len(rest) - 1])
                self._take(container, kind, hash(identity.lower()))
                return
        self._add_parsed(Scope.parse(identity), kind)

    def _add_parsed(self, scope: Scope, kind: str) -> None:
        if scope.kind is ScopeKind.ROOT:
            raise ScopeSyntaxError(scope.text, "it is no resource")
        if scope.kind is not ScopeKind.RESOURCE:
            code = self._scopes.intern(scope)
            self._scopes.list(code)
            self._take(code, kind, hash(scope.key))
            return
        container = 0
        between: list[int] = []
        for cut in scope.cuts:
            above = Scope.parse(scope.text[:cut])
            if above.kind is ScopeKind.RESOURCE:
                between.append(hash(above.key))
            else:
                container = self._scopes.intern(above)
        row = len(self._hash)
        self._between_row.extend([row] * len(between))
        self._between_hash.extend(between)
        self._take(container, kind, hash(scope.key))

    def _take(self, container: int, kind: str, key_hash: int) -> None:
        self._container.append(container)
        self._type.append(self._types.setdefault(kind, len(self._types)))
        self._hash.append(key_hash)

    def set(self, identity: str, settings: Read) -> None:
        """Note the settings of a resource; that makes it a node."""
        code = self._scopes.intern(Scope.parse(identity))
        for setting, value in settings:
            self._settings[0].append(code)
            self._settings[1].append(setting)
            self._settings[2].append(value)

    def mark_listed(self) -> None:
        """Tell the scope tree which of its resources are listed; before it is finished."""
        codes, hashes = self._resource_nodes()
        order = np.argsort(hashes)
        self._nodes = (codes[order], hashes[order])
        place, hit = _find(self._nodes[1], longs(self._hash))
        listed = np.zeros(len(codes), dtype=bool)
        listed[place[hit]] = True
        self._scopes.list_all(self._nodes[0][listed])

    def _resource_nodes(self) -> tuple[Longs, Longs]:
        codes = np.flatnonzero(np.frombuffer(bytes(self._scopes.kinds), dtype=np.uint8) == ScopeKind.RESOURCE)
        key = self._scopes.key
        return codes, np.fromiter((hash(key(code)) for code in codes.tolist()), dtype=np.int64, count=len(codes))

    def finish(self, nodes: Nodes) -> tuple[Resources, Settings]:
        """Count every resource once, at its own node or its nearest ancestor's."""
        names = sorted(self._types)
        type_row = np.empty(len(names), dtype=np.int32)
        type_row[[self._types[name] for name in names]] = np.arange(len(names), dtype=np.int32)
        own = longs(self._hash)
        node = ints(self._container).astype(np.int64)
        codes, hashes = self._nodes
        if len(codes):
            between = longs(self._between_hash)
            place, hit = _find(hashes, between)
            # Ancestors stand in order from the top, and of several values for one row the last one stays.
            node[longs(self._between_row)[hit]] = codes[place[hit]]
            place, hit = _find(hashes, own)
            node[hit] = codes[place[hit]]
        first = np.unique(own, return_index=True)[1]
        packed = nodes.row[node[first]].astype(np.int64) * max(len(names), 1) + type_row[ints(self._type)[first]]
        pairs, counts = np.unique(packed, return_counts=True)
        resources = Resources(
            type_name=TextColumn.of(names),
            scope=(pairs // max(len(names), 1)).astype(np.int32),
            type=(pairs % max(len(names), 1)).astype(np.int32),
            count=counts.astype(np.int64),
        )
        scope, setting, value = nodes.row[ints(self._settings[0])], smalls(self._settings[1]), smalls(self._settings[2])
        rows = distinct(scope, setting, value)
        return resources, Settings(scope[rows], setting[rows], value[rows])


def _find(hashes: Longs, wanted: Longs) -> tuple[Longs, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return where each wanted hash would stand, and whether it does."""
    if not len(hashes):
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
    return place, hashes[place] == wanted
