"""A tenant export as plain Python values, without anything of Remit.

What is settled before any question is asked: memberships are closed, windows (V4) are compared with the time of
collection, and assignments of principals that no directory list holds are dropped (V5).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

EVERYONE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class PlainBlock:
    """A permission block: patterns by plane (control, data), and whether a condition stands in it."""

    granted: tuple[tuple[str, ...], tuple[str, ...]]
    taken: tuple[tuple[str, ...], tuple[str, ...]]
    conditional: bool


@dataclass(frozen=True, slots=True)
class PlainAssignment:
    """An assignment that is in force; ids lower case."""

    principal: str
    role: str
    scope: str
    conditional: bool


@dataclass(frozen=True, slots=True)
class PlainDeny:
    """A deny assignment that is enforced; ids lower case. `principals` is None for everyone."""

    name: str
    principals: frozenset[str] | None
    spared: frozenset[str]
    scope: str
    this_scope_only: bool
    blocks: tuple[PlainBlock, ...]


@dataclass(frozen=True, slots=True)
class PlainTenant:
    """All of it.

    Attributes:
        groups: for every listed principal itself and all groups it is in, transitively.
        above: for every management group and subscription what stands above it, `/` last.
        scopes: every place of the tenant, management groups included.
        operations: names of the catalogue by plane.
    """

    groups: dict[str, frozenset[str]]
    above: dict[str, tuple[str, ...]]
    scopes: tuple[str, ...]
    operations: tuple[tuple[str, ...], tuple[str, ...]]
    roles: dict[str, tuple[PlainBlock, ...]]
    assignments: tuple[PlainAssignment, ...]
    denies: tuple[PlainDeny, ...]

    def chain(self, scope: str) -> list[str]:
        """Return the place, lower case, and everything above it, nearest first."""
        place = scope.lower()
        found = [place]
        while place not in self.above:
            cut = place.rfind("/", 0, place.rfind("/"))
            if place.startswith("/providers", cut - len("/providers/") + 1, cut):
                cut = place.rfind("/providers/")
            place = place[:cut]
            # `…/providers/{ns}` is no place, but nothing is assigned there either.
            found.append(place)
        return found + list(self.above[place])


def read_plain(folder: Path) -> PlainTenant:
    """Read an export that `benchmarks.tenant` wrote."""
    at = _instant(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["collectedAt"])
    people = {
        row["id"].lower() for name in ("users", "groups", "servicePrincipals") for row in _rows(folder, f"graph/{name}")
    }
    above, places = _places(folder)
    return PlainTenant(
        _close(people, folder),
        above,
        places,
        _operations(folder),
        {
            row["name"].lower(): tuple(_block(one) for one in row["properties"]["permissions"])
            for row in _rows(folder, "arm/roleDefinitions")
        },
        tuple(_assignments(folder, at, people)),
        tuple(_denies(folder)),
    )


def _rows(folder: Path, name: str) -> Iterator[Any]:
    with (folder / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _close(people: set[str], folder: Path) -> dict[str, frozenset[str]]:
    parents: dict[str, list[str]] = {}
    for row in _rows(folder, "graph/groupMembers"):
        parents.setdefault(row["member"]["id"].lower(), []).append(row["parentId"].lower())
    closed = {}
    for one in people:
        seen = {one}
        todo = [one]
        while todo:
            fresh = [group for group in parents.get(todo.pop(), ()) if group not in seen]
            seen.update(fresh)
            todo += fresh
        closed[one] = frozenset(seen)
    return closed


def _places(folder: Path) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    rows = list(_rows(folder, "arm/managementGroups"))
    parent = {row["id"].lower(): (row["properties"]["parent"]["id"] or "/").lower() for row in rows}
    above: dict[str, tuple[str, ...]] = {"/": ()}
    for place in parent:
        chain = []
        at = place
        while at != "/":
            at = parent[at]
            chain.append(at)
        above[place] = tuple(chain)
    return above, (*above, *(row["id"].lower() for row in _rows(folder, "arm/resources")))


def _operations(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    planes: tuple[list[str], list[str]] = ([], [])
    for row in _rows(folder, "arm/providerOperations"):
        for one in [*row["operations"], *(op for kind in row["resourceTypes"] for op in kind["operations"])]:
            planes[one["isDataAction"]].append(one["name"].lower())
    return tuple(sorted(planes[0])), tuple(sorted(planes[1]))


def _block(permission: dict[str, Any]) -> PlainBlock:
    return PlainBlock(
        (tuple(permission["actions"]), tuple(permission["dataActions"])),
        (tuple(permission["notActions"]), tuple(permission["notDataActions"])),
        bool(permission.get("condition")),
    )


def _assignments(folder: Path, at: datetime, people: set[str]) -> Iterator[PlainAssignment]:
    windows = {
        row["properties"]["originRoleAssignmentId"].lower(): row["properties"]
        for row in _rows(folder, "arm/roleAssignmentScheduleInstances")
    }
    for row in _rows(folder, "arm/roleAssignments"):
        fields = row["properties"]
        window = windows.get(row["id"].lower())
        if window and not _instant(window["startDateTime"]) <= at < _instant(window["endDateTime"]):
            continue
        principal = fields["principalId"].lower()
        if principal in people:
            role = fields["roleDefinitionId"].rsplit("/", 1)[1].lower()
            yield PlainAssignment(principal, role, fields["scope"].lower(), bool(fields["condition"]))


def _denies(folder: Path) -> Iterator[PlainDeny]:
    for row in _rows(folder, "arm/denyAssignments"):
        fields = row["properties"]
        if fields["denyAssignmentEffect"] == "audit":
            continue
        named = frozenset(one["id"].lower() for one in fields["principals"])
        yield PlainDeny(
            row["name"],
            None if EVERYONE in named else named,
            frozenset(one["id"].lower() for one in fields["excludePrincipals"]),
            fields["scope"].lower(),
            fields["doNotApplyToChildScopes"],
            tuple(_block(one) for one in fields["permissions"]),
        )
