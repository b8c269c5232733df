"""What of a tenant export the past is made from: who may act, with which grants, on what.

Only what concerns the identities that act is kept: memory grows with them, not with the tenant.
"""

from __future__ import annotations

import gzip
import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec

from remit.model.interval import parse_instant, to_micros
from remit_sim import places
from remit_sim.generate.usage.roles import Role

Fields = dict[str, Any]
_RESOURCES = 4_000
_NEVER = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A role assignment; `since` is when it was made, None where the export does not tell. Times in microseconds."""

    guid: str
    principal: str
    principal_type: str
    role: Role
    scope: str
    place: str
    conditional: bool = False
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """What a user may activate."""

    principal: str
    role: Role
    scope: str
    since: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource or resource group; `type` is lower case."""

    id: str
    place: str
    type: str
    properties: Fields


@dataclass(slots=True)
class Person:
    """A user, application or managed identity that may act."""

    guid: str
    kind: str
    name: str
    upn: str = ""
    app_id: str = ""
    resource: str = ""


@dataclass(slots=True)
class Facts:
    """All of it; ids of principals are lower case.

    Attributes:
        collected_at: microseconds; the state of the export is that of this instant.
        people: who acts.
        assignments: of them and of their groups.
        parents: direct groups of each of them, and of each group.
        group_names: of groups that somebody who acts is in.
    """

    tenant_id: str
    collected_at: int
    people: dict[str, Person] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)
    parents: dict[str, set[str]] = field(default_factory=dict)
    group_names: dict[str, str] = field(default_factory=dict)
    eligible: list[Eligibility] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)
    roles: dict[str, Role] = field(default_factory=dict)
    above: dict[str, tuple[str, ...]] = field(default_factory=dict)
    guarded: tuple[str, ...] = ()
    subscriptions: tuple[str, ...] = ()


def rows(folder: Path, name: str) -> Iterator[Fields]:
    """Yield the rows of one list of an export, none where its file is absent."""
    for ending in (".jsonl", ".jsonl.gz"):
        path = folder / f"{name}{ending}"
        if path.is_file():
            decode = msgspec.json.Decoder(Fields).decode
            with gzip.open(path) if ending.endswith(".gz") else path.open("rb") as stream:
                yield from (decode(line) for line in stream if not line.isspace())
            return


def read_facts(folder: Path, seed: int, identities: int, wanted: frozenset[str] = frozenset()) -> Facts:
    """Read an export.

    Args:
        folder: of the export; nothing is written.
        seed: decides who acts, where more could.
        identities: how many act at most.
        wanted: ids of principals that are to act in any case.
    """
    manifest: Fields = {}
    if (folder / "manifest.json").is_file():
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes())
    at = parse_instant(manifest["collectedAt"]) if manifest.get("collectedAt") else _NEVER
    facts = Facts(str(manifest.get("tenantId") or "").lower(), to_micros(at))
    facts.roles = {_low(row["name"]): Role.read(row) for row in rows(folder, "arm/roleDefinitions")}
    facts.above = _tree(folder)
    facts.guarded = tuple(
        places.scope_of_row(row) for name in ("arm/denyAssignments", "arm/locks") for row in rows(folder, name)
    )
    facts.subscriptions = tuple(places.key(row["id"]) for row in rows(folder, "arm/subscriptions"))
    _choose(folder, facts, _Rank(seed), identities, wanted)
    return facts


def _low(value: object) -> str:
    return str(value or "").lower()


class _Rank:
    """Gives every id a number by chance: the lowest are chosen, whatever order they come in."""

    def __init__(self, seed: int) -> None:
        self._key = blake2b(f"usage/{seed}".encode(), digest_size=16).digest()

    def __call__(self, text: str) -> bytes:
        return blake2b(text.encode(), digest_size=8, key=self._key).digest()


def _tree(folder: Path) -> dict[str, tuple[str, ...]]:
    parent: dict[str, str] = {}
    for row in rows(folder, "arm/managementGroups"):
        told = ((row.get("properties") or {}).get("parent") or {}).get("id")
        parent[places.key(row["id"])] = places.key(told) if told else ""
    chains: dict[str, tuple[str, ...]] = {}
    for one, above in parent.items():
        steps: list[str] = []
        at = above
        while at and at not in steps:
            steps.append(at)
            at = parent.get(at, "")
        chains[one] = tuple(steps)
    return chains


def _choose(folder: Path, facts: Facts, rank: _Rank, identities: int, wanted: frozenset[str]) -> None:
    direct = {
        _low(row["properties"]["principalId"]): _low(row["properties"].get("principalType"))
        for row in rows(folder, "arm/roleAssignments")
    }
    eligible = {_low(row["properties"]["principalId"]) for row in rows(folder, "arm/roleEligibilityScheduleInstances")}
    able = {who for who, kind in direct.items() if kind != "group"} | eligible
    groups: dict[str, set[str]] = defaultdict(set)
    for row in rows(folder, "graph/groupMembers"):
        member, kind = _low(row["member"]["id"]), str(row["member"].get("@odata.type"))
        if kind.endswith("group"):
            groups[member].add(_low(row["parentId"]))
    granted = {who for who, kind in direct.items() if kind == "group"} | (eligible & set(groups))
    granted |= {one for one in groups if _closure(one, groups) & granted}
    software = {who for who, kind in direct.items() if kind == "serviceprincipal"}
    for row in rows(folder, "graph/groupMembers"):
        kind = str(row["member"].get("@odata.type"))
        if _low(row["parentId"]) in granted and kind.endswith(("user", "servicePrincipal")):
            (able if kind.endswith("user") else software).add(_low(row["member"]["id"]))
    chosen = (able | software) & wanted
    # Software is the smaller part of most tenants, and acts most: it gets half of the places.
    chosen.update(heapq.nsmallest(max(0, identities // 2 - len(chosen & software)), software - chosen, key=rank))
    chosen.update(heapq.nsmallest(max(0, identities - len(chosen)), (able | software) - chosen, key=rank))
    _people(folder, facts, chosen)
    _memberships(folder, facts, groups)
    _grants(folder, facts)
    _resources(folder, facts, rank)


def _closure(one: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    queue = [one]
    while queue:
        for above in parents.get(queue.pop(), ()):
            if above not in found:
                found.add(above)
                queue.append(above)
    return found


def _people(folder: Path, facts: Facts, chosen: set[str]) -> None:
    for row in rows(folder, "graph/users"):
        guid = _low(row["id"])
        if guid in chosen and row.get("accountEnabled") is not False:
            upn = str(row.get("userPrincipalName") or guid)
            facts.people[guid] = Person(guid, "user", str(row.get("displayName") or ""), upn)
    for row in rows(folder, "graph/servicePrincipals"):
        guid = _low(row["id"])
        if guid in chosen and row.get("accountEnabled") is not False:
            managed = row.get("servicePrincipalType") == "ManagedIdentity"
            resource = next((name for name in row.get("alternativeNames") or () if name.startswith("/")), "")
            facts.people[guid] = Person(
                guid,
                "managed" if managed else "application",
                str(row.get("displayName") or ""),
                app_id=_low(row.get("appId")),
                resource=resource,
            )


def _memberships(folder: Path, facts: Facts, groups: dict[str, set[str]]) -> None:
    parents: dict[str, set[str]] = {guid: set() for guid in facts.people}
    for row in rows(folder, "graph/groupMembers"):
        if (member := _low(row["member"]["id"])) in parents:
            parents[member].add(_low(row["parentId"]))
    parents.update(groups)
    facts.parents = parents
    named = {above for guid in facts.people for above in _closure(guid, parents)}
    for row in rows(folder, "graph/groups"):
        if (guid := _low(row["id"])) in named:
            facts.group_names[guid] = str(row.get("displayName") or "")


def _micros(text: object) -> int | None:
    return to_micros(parse_instant(text)) if isinstance(text, str) and text else None


def _grants(folder: Path, facts: Facts) -> None:
    holders = set(facts.people) | set(facts.group_names)
    for row in rows(folder, "arm/roleAssignments"):
        said = row["properties"]
        principal, role = _low(said["principalId"]), facts.roles.get(_low(said["roleDefinitionId"]).rpartition("/")[2])
        if principal in holders and role is not None:
            scope = str(said.get("scope") or places.extended(row["id"]))
            facts.assignments.append(
                Assignment(
                    _low(row["name"]),
                    principal,
                    str(said.get("principalType") or ""),
                    role,
                    scope,
                    places.key(scope),
                    bool(said.get("condition")),
                    _micros(said.get("createdOn")),
                )
            )
    for row in rows(folder, "arm/roleEligibilityScheduleInstances"):
        said = row["properties"]
        principal, role = _low(said["principalId"]), facts.roles.get(_low(said["roleDefinitionId"]).rpartition("/")[2])
        if principal in holders and role is not None and not said.get("condition"):
            facts.eligible.append(
                Eligibility(
                    principal,
                    role,
                    str(said["scope"]),
                    _micros(said.get("startDateTime")) or 0,
                    _micros(said.get("endDateTime")),
                )
            )


def _resources(folder: Path, facts: Facts, rank: _Rank) -> None:
    """Keep those on which somebody has a grant of their own, or whose group has, and a sample of all others."""
    granted = {one.place for one in facts.assignments}
    kept: list[Resource] = []
    sample: list[tuple[bytes, Resource]] = []
    for row in rows(folder, "arm/resources"):
        place = places.key(row["id"])
        one = Resource(row["id"], place, _low(row.get("type")), row.get("properties") or {})
        if place in granted or places.group_of(place) in granted:
            kept.append(one)
            continue
        sample.append((rank(place), one))
        if len(sample) > 2 * _RESOURCES:
            sample = heapq.nsmallest(_RESOURCES, sample, key=lambda pair: pair[0])
    kept += [one for _, one in heapq.nsmallest(_RESOURCES, sample, key=lambda pair: pair[0])]
    facts.resources = sorted(kept, key=lambda one: one.place)
