"""The scope tree while it is read: interned scopes, what hangs where, and the nodes at the end (S1 to S3)."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from remit.app.intake.columns import Ints, Longs, TextRows, gather, ints, lowered, smalls
from remit.engine.facts import UNPLACED, ScopeFlag, Scopes
from remit.model.errors import PayloadError
from remit.model.scope import Scope, ScopeKind

_MANAGEMENT_GROUPS = "/providers/microsoft.management/managementgroups/"
_MANAGEMENT_GROUP_SLASHES = 4
_SUBSCRIPTION_SLASHES = 2
_RESOURCE_GROUP_SLASHES = 4
_HEAD_BYTES = 51
"""As long as the id of a subscription."""
_HEAD = f"S{_HEAD_BYTES}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a listed management group or subscription hangs: a node, 0 for `/`, `UNPLACED`; and who says so."""

    parent: int
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Nodes:
    """The finished tree.

    Attributes:
        scopes: the table.
        row: from code to row of the table.
        of_spelling: from spelling to row of the table.
        respelt: texts of the spellings that differ from the text of their node.
        unplaced: texts of the subscriptions whose place is not known.
    """

    scopes: Scopes
    row: Ints
    of_spelling: Ints
    respelt: Mapping[int, str]
    unplaced: tuple[str, ...]


class ScopeTable:
    """Interns scopes. A code is a node; a spelling is one way its text was written.

    A tenant has millions of nodes: keys are not kept, they are the texts in lower case, found by their hash.
    """

    def __init__(self) -> None:
        self._texts = TextRows()
        self._texts.add("/")
        self._other_texts: dict[int, str] = {}
        self.kinds = bytearray([ScopeKind.ROOT])
        self._codes: dict[int, int] = {hash("/"): 0}
        self._clashes: dict[str, int] = {}
        self._above = array("i", [-1])
        self._listed = bytearray(1)
        self._spelling: dict[str, int] = {}
        self.spellings: list[str] = []
        self.spelling_code = array("i")
        self.places: dict[int, Place] = {}

    def spelling(self, text: str) -> int:
        """Return the number of this spelling; parses a text once.

        Raises:
            ScopeSyntaxError: the text is no scope.
        """
        found = self._spelling.get(text)
        if found is None:
            code = self.intern(Scope.parse(text))
            found = len(self.spellings)
            self._spelling[text] = found
            self.spellings.append(text)
            self.spelling_code.append(code)
        return found

    def code(self, text: str) -> int:
        """Return the node of a text.

        Raises:
            ScopeSyntaxError: the text is no scope.
        """
        return self.spelling_code[self.spelling(text)]

    def intern(self, scope: Scope) -> int:
        """Return the node of a scope; makes it and its ancestors where they are new."""
        above = 0
        for cut in scope.cuts:
            above = self._node(scope.key[:cut], scope.text[:cut], above, None)
        return self._node(scope.key, scope.text, above, scope.kind)

    def _node(self, key: str, text: str, above: int, kind: ScopeKind | None) -> int:
        count = len(self._texts)
        code = self._codes.setdefault(hash(key), count)
        if code < count and self.key(code) != key:
            code = self._clashes.setdefault(key, count)
        if code == count:
            self._texts.add(text)
            self.kinds.append(_kind(key) if kind is None else kind)
            self._above.append(above)
            self._listed.append(0)
        elif text < self.text(code) and not self._texts.put(code, text):
            self._other_texts[code] = text
        return code

    def text(self, code: int) -> str:
        """Return the text of a node: of several spellings the first in order."""
        return self._other_texts.get(code) or self._texts[code]

    def key(self, code: int) -> str:
        """Return the canonical text of a node."""
        return self.text(code).lower()

    def list(self, code: int) -> None:
        """Note that the tenant lists this scope."""
        self._listed[code] = ScopeFlag.LISTED

    def list_all(self, codes: Longs) -> None:
        """Note that the tenant lists these scopes."""
        np.frombuffer(self._listed, dtype=np.uint8)[codes] = ScopeFlag.LISTED

    def place(self, code: int, place: Place) -> None:
        """Note where a management group or a subscription hangs.

        Raises:
            PayloadError: it was said to hang elsewhere.
        """
        before = self.places.setdefault(code, place)
        if before.parent != place.parent:
            self.places[code] = replace(before, parent=UNPLACED)
            there = f"{before.file}:{before.line}"
            raise PayloadError(
                place.file, place.line, "properties.parent.id", f"`{self.text(code)}` has another parent in {there}"
            )

    def cycle(self) -> tuple[int, ...]:
        """Return the management groups of one cycle, or ()."""
        done: set[int] = set()
        for start in sorted(self.places):
            path: dict[int, int] = {}
            at = start
            while at in self.places and at not in done and at not in path:
                path[at] = len(path)
                at = self.places[at].parent
            if at in path:
                return tuple(code for code, step in path.items() if step >= path[at])
            done.update(path)
        return ()

    def finish(self, tenant_id: str) -> Nodes:
        """Number the nodes in the order of their keys and hang each under its parent; the table is then spent.

        What is not needed any more is let go early: this is where the import of a large tenant takes most memory.
        """
        self._codes.clear()
        self._spelling.clear()
        codes = ints(self.spelling_code)
        respelt = {
            place: text
            for place, (text, code) in enumerate(zip(self.spellings, codes.tolist(), strict=True))
            if text != self.text(code)
        }
        self.spellings.clear()
        parent, unplaced = self._parents(tenant_id)
        order = self._order()
        row = np.empty(len(order), dtype=np.int32)
        row[order] = np.arange(len(order), dtype=np.int32)
        text = gather(self._texts.column(), order, self._other_texts)
        self._texts = TextRows()
        hung = parent >= 0
        parent[hung] = row[parent[hung]]
        scopes = Scopes(
            key=lowered(text),
            text=text,
            kind=smalls(self.kinds)[order],
            parent=parent[order],
            flags=smalls(self._listed)[order],
        )
        return Nodes(scopes, row, row[codes], respelt, unplaced)

    def _order(self) -> Longs:
        """Return the nodes in the order of their keys.

        Keys are sorted by their first bytes; only those that begin alike, as in one subscription, become texts.
        """
        count = len(self._texts)
        heads = np.fromiter((self.key(code).encode()[:_HEAD_BYTES] for code in range(count)), dtype=_HEAD, count=count)
        order = np.argsort(heads, kind="stable")
        there = heads[order]
        edges = np.flatnonzero(np.concatenate([[True], there[1:] != there[:-1], [True]]))
        for low, high in pairwise(edges.tolist()):
            if high - low > 1:
                order[low:high] = sorted(order[low:high].tolist(), key=self.key)
        return order

    def _parents(self, tenant_id: str) -> tuple[Ints, tuple[str, ...]]:
        """Return the parent of every node, and the texts of the subscriptions that have no known one."""
        parent = np.array(self._above, dtype=np.int32)
        kinds = smalls(self.kinds)
        root_group = _MANAGEMENT_GROUPS + tenant_id
        unplaced: list[str] = []
        for code in np.flatnonzero((kinds == ScopeKind.SUBSCRIPTION) | (kinds == ScopeKind.MANAGEMENT_GROUP)).tolist():
            place = self.places.get(code)
            if place is not None and place.parent != UNPLACED:
                parent[code] = place.parent
            elif self.key(code) == root_group:
                parent[code] = 0
            else:
                parent[code] = UNPLACED
                if kinds[code] == ScopeKind.SUBSCRIPTION:
                    unplaced.append(self.text(code))
        return parent, tuple(sorted(unplaced))


def _kind(key: str) -> ScopeKind:
    """Return the level of an ancestor from its canonical text."""
    slashes = key.count("/")
    if key.startswith("/subscriptions/"):
        if slashes == _SUBSCRIPTION_SLASHES:
            return ScopeKind.SUBSCRIPTION
        if slashes == _RESOURCE_GROUP_SLASHES:
            return ScopeKind.RESOURCE_GROUP
    elif slashes == _MANAGEMENT_GROUP_SLASHES and key.startswith(_MANAGEMENT_GROUPS):
        return ScopeKind.MANAGEMENT_GROUP
    return ScopeKind.RESOURCE
