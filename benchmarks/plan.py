"""A tenant as columns: who exists, what hangs under what, who is assigned what where. No JSON yet.

Skew, in one place:
- principals per assignment, members per group, assignments per resource group follow power laws (`_power`);
- subscriptions differ in size by a log-normal factor;
- of the assignments 62 % stand at resource groups, 14 % at subscriptions, 1 % at management groups, the rest at
  resources and below, within Azure's limits of 4,000 per subscription and 500 per management group (L1, L2).

The same size and seed give the same columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from benchmarks.catalogue import Catalogue, build_catalogue
from benchmarks.guids import guids
from benchmarks.known import BLOB_ROLES, DELEGATION_ROLE, READER
from benchmarks.roles import Role, build_roles
from benchmarks.sizes import Size

PER_SUBSCRIPTION = 3_900
PER_MANAGEMENT_GROUP = 480
DEPTH = 6
UNLISTED_SHARE = 0.003
"""Assignments whose principal has been deleted."""


class Level(IntEnum):
    """What a `place` column counts: rows of management groups, subscriptions, resource groups or resources."""

    MANAGEMENT_GROUP, SUBSCRIPTION, RESOURCE_GROUP, RESOURCE, CHILD = range(5)


@dataclass(frozen=True, slots=True)
class Tenant:
    """The columns. Principals are numbered users first, then groups, then service principals, then deleted ones.

    Attributes:
        mg_parent: row of the parent, -1 for the tenant root group, which is row 0.
        sub_mg: management group of each subscription.
        rg_start: first resource group of each subscription, and one more.
        res_start: first resource of each resource group, and one more.
        res_type: type of each resource, row of `catalogue.types`.
        member_group, member: memberships: row of the group among all principals, row of the member.
        principal, role, level, place: assignments.
        condition: which condition, -1 none; numbers above the number of templates share a template.
    """

    size: Size
    seed: int
    tenant_id: str
    catalogue: Catalogue
    roles: list[Role]
    principal_ids: list[str]
    app_ids: list[str]
    mg_names: list[str]
    mg_parent: np.ndarray
    sub_ids: list[str]
    sub_mg: np.ndarray
    rg_start: np.ndarray
    rg_sub: np.ndarray
    res_start: np.ndarray
    res_type: np.ndarray
    member_group: np.ndarray
    member: np.ndarray
    principal: np.ndarray
    role: np.ndarray
    level: np.ndarray
    place: np.ndarray
    condition: np.ndarray

    def resource_group_of(self, resource: int) -> int:
        """Return the resource group that holds a resource."""
        return int(np.searchsorted(self.res_start, resource, side="right")) - 1

    def rg_name(self, group: int) -> str:
        """Return a resource group's name."""
        return f"rg-{_WORDS[group % len(_WORDS)]}-{_STAGES[group % 3]}-{group:05d}"

    def resource_name(self, resource: int) -> str:
        """Return a resource's name."""
        return f"{self.catalogue.abbreviations[self.res_type[resource]]}{_STAGES[resource % 3]}{resource:07x}"

    def scope(self, level: int, place: int) -> str:
        """Return the id of a place, Azure's spelling."""
        if level == Level.MANAGEMENT_GROUP:
            return f"/providers/Microsoft.Management/managementGroups/{self.mg_names[place]}"
        if level == Level.SUBSCRIPTION:
            return f"/subscriptions/{self.sub_ids[place]}"
        if level == Level.RESOURCE_GROUP:
            return f"/subscriptions/{self.sub_ids[self.rg_sub[place]]}/resourceGroups/{self.rg_name(place)}"
        group = self.resource_group_of(place)
        path = type_path(self.catalogue.types[self.res_type[place]])
        text = f"{self.scope(Level.RESOURCE_GROUP, group)}/providers/{path}/{self.resource_name(place)}"
        if level == Level.CHILD:
            return f"{text}/blobServices/default/containers/{_WORDS[place % len(_WORDS)]}"
        return text


_WORDS = (
    "orders", "payroll", "web", "data", "network", "hub", "shared", "crm", "mobile", "search", "ledger", "training",
    "portal", "iot", "media", "risk", "hr", "batch", "edge", "lake", "billing", "audit", "devops", "claims", "fraud",
)  # fmt: skip
_STAGES = ("prod", "test", "dev")


def type_path(name: str) -> str:
    """Return what stands between `/providers/` and the resource's name; nested types hang under one parent."""
    provider, first, *below = name.split("/")
    return f"{provider}/{first}/parent01/{'/'.join(below)}" if below else f"{provider}/{first}"


def build_plan(size: Size, seed: int) -> Tenant:
    """Make the columns. Cost: about 2 s for M, 20 s for L."""
    rng = np.random.default_rng([seed, 1])
    catalogue = build_catalogue(size, rng)
    roles = build_roles(size, catalogue, rng)
    deleted = max(2, int(size.principals * UNLISTED_SHARE))
    mg_parent = _management_groups(size, rng)
    weights = rng.lognormal(0.0, 1.0, size.subscriptions)
    rg_start = _starts(rng, weights, size.resource_groups)
    rg_sub = np.repeat(np.arange(size.subscriptions, dtype=np.int32), np.diff(rg_start))
    res_start = _starts(rng, rng.lognormal(0.0, 1.1, size.resource_groups), size.resources)
    res_type = rng.choice(len(catalogue.types), size=size.resources, p=catalogue.weights).astype(np.int16)
    member_group, member = _memberships(size, rng)
    level, place = _places(
        size, rng=rng, weights=weights, rg_start=rg_start, res_start=res_start, res_type=res_type, catalogue=catalogue
    )
    role, condition = _roles_of(size, rng, roles, level)
    principal = _principals_of(size, rng, deleted, len(level))
    principal = _apart(rng, size, principal, role, place * 8 + level)
    tenant_id, *ids = guids(rng, 1 + size.principals + deleted + size.subscriptions)
    people = size.principals + deleted
    order = rng.permutation(len(level))
    return Tenant(
        size, seed, tenant_id, catalogue, roles,
        ids[:people], guids(rng, size.service_principals),
        [tenant_id] + [f"mg-{_WORDS[row % len(_WORDS)]}-{row:04d}" for row in range(1, len(mg_parent))],
        mg_parent, ids[people:], rng.integers(min(1, len(mg_parent) - 1), len(mg_parent), size.subscriptions),
        rg_start, rg_sub, res_start, res_type, member_group, member,
        principal[order], role[order], level[order], place[order], condition[order],
    )  # fmt: skip


def _power(rng: np.random.Generator, limit: int | np.ndarray, count: int, steep: float) -> np.ndarray:
    """Draw rows below `limit`, low ones most often: row r with weight about r ** (1 / steep - 1)."""
    return np.minimum((limit * rng.random(count) ** steep).astype(np.int64), np.asarray(limit) - 1)


def _starts(rng: np.random.Generator, weights: np.ndarray, total: int) -> np.ndarray:
    """Share `total` rows out by weight, and return where each share starts."""
    counts = rng.multinomial(total - len(weights), weights / weights.sum()) + 1 if total >= len(weights) else None
    if counts is None:
        counts = rng.multinomial(total, weights / weights.sum())
    starts = np.zeros(len(weights) + 1, dtype=np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def _management_groups(size: Size, rng: np.random.Generator) -> np.ndarray:
    parent = np.full(size.management_groups, -1, dtype=np.int32)
    depth = np.zeros(size.management_groups, dtype=np.int32)
    for row in range(1, size.management_groups):
        above = int(rng.integers(0, row))
        while depth[above] >= DEPTH:
            above = int(rng.integers(0, row))
        parent[row], depth[row] = above, depth[above] + 1
    return parent


def _memberships(size: Size, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """About six groups for a user, few for a service principal; two groups of five stand in others; some cycles."""
    groups, users = size.groups, size.users
    counts = rng.poisson(4.0, users) + rng.geometric(0.5, users)
    user = np.repeat(np.arange(users, dtype=np.int64), counts)
    group = _power(rng, groups, len(user), 4.0)
    chosen = np.flatnonzero(rng.random(size.service_principals) < 0.35)
    service = users + groups + chosen
    service_group = _power(rng, groups, len(service), 2.0)
    # A parent always has a lower number, so chains are short and there is no cycle but those made on purpose.
    inner = np.flatnonzero(rng.random(groups) < 0.4)
    inner = inner[inner > 0]
    outer = (inner * rng.random(len(inner))).astype(np.int64)
    loops = rng.choice(inner, size=max(1, groups // 5_000), replace=False)
    loop_from, loop_to = loops, outer[np.searchsorted(inner, loops)]
    parents = np.concatenate([group, service_group, outer, loop_from])
    members = np.concatenate([user, service, users + inner, users + loop_to])
    pairs = np.unique(parents * (size.principals + 1) + members)
    return users + pairs // (size.principals + 1), pairs % (size.principals + 1)


def _places(
    size: Size,
    *,
    rng: np.random.Generator,
    weights: np.ndarray,
    rg_start: np.ndarray,
    res_start: np.ndarray,
    res_type: np.ndarray,
    catalogue: Catalogue,
) -> tuple[np.ndarray, np.ndarray]:
    """Where the assignments stand: level and row."""
    at_groups = min(size.assignments // 100, size.management_groups * PER_MANAGEMENT_GROUP // 4)
    mg = _capped(rng, rng.lognormal(0.0, 1.0, size.management_groups), at_groups, PER_MANAGEMENT_GROUP)
    sub = _capped(rng, weights, size.assignments - at_groups, PER_SUBSCRIPTION)
    mg_place = np.repeat(np.arange(size.management_groups), mg)
    sub_of = np.repeat(np.arange(size.subscriptions), sub)
    draw = rng.random(len(sub_of))
    level = np.full(len(sub_of), int(Level.RESOURCE_GROUP), dtype=np.uint8)
    level[draw < 0.14] = Level.SUBSCRIPTION
    level[draw >= 0.765] = Level.RESOURCE
    group = rg_start[sub_of] + _power(rng, np.diff(rg_start)[sub_of], len(sub_of), 1.7)
    inside = np.diff(res_start)[group]
    resource = res_start[group] + _power(rng, np.maximum(inside, 1), len(sub_of), 1.4)
    level[(level == Level.RESOURCE) & (inside == 0)] = Level.RESOURCE_GROUP
    place = np.where(level == Level.SUBSCRIPTION, sub_of, np.where(level == Level.RESOURCE_GROUP, group, resource))
    storage = catalogue.types.index("Microsoft.Storage/storageAccounts")
    kind = res_type[np.where(level == Level.RESOURCE, place, 0)]
    level[(level == Level.RESOURCE) & (kind == storage) & (rng.random(len(level)) < 0.4)] = Level.CHILD
    levels = np.concatenate([np.full(len(mg_place), int(Level.MANAGEMENT_GROUP), dtype=np.uint8), level])
    return levels, np.concatenate([mg_place, place]).astype(np.int64)


def _capped(rng: np.random.Generator, weights: np.ndarray, total: int, limit: int) -> np.ndarray:
    """Share `total` out by weight, at most `limit` each."""
    counts = rng.multinomial(total, weights / weights.sum())
    while counts.max() > limit:
        over = int((counts - np.minimum(counts, limit)).sum())
        counts = np.minimum(counts, limit)
        room = counts < limit
        counts[room] += rng.multinomial(over, weights[room] / weights[room].sum())
    return counts


def _roles_of(
    size: Size, rng: np.random.Generator, roles: list[Role], level: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which role each assignment gives, and which condition it carries."""
    shares = np.array([role.share for role in roles])
    role = rng.choice(len(roles), size=len(level), p=shares / shares.sum()).astype(np.int16)
    # L7: Azure refuses custom roles with data actions at management groups.
    refused = np.array([one.custom and one.has_data for one in roles])
    guid = [one.guid for one in roles]
    role[(level == Level.MANAGEMENT_GROUP) & refused[role]] = guid.index(READER)
    condition = np.full(len(level), -1, dtype=np.int32)
    chosen = rng.choice(len(level), size=size.conditions, replace=False)
    condition[chosen] = rng.integers(0, max(40, size.conditions // 5), len(chosen))
    delegation = rng.random(len(chosen)) < 0.35
    # Even conditions are about blobs, odd ones about delegation.
    condition[chosen] = condition[chosen] // 2 * 2 + delegation
    blob = np.array([guid.index(one) for one in BLOB_ROLES])
    role[chosen] = np.where(delegation, guid.index(DELEGATION_ROLE), blob[rng.integers(0, 2, len(chosen))])
    return role, condition


def _principals_of(size: Size, rng: np.random.Generator, deleted: int, count: int) -> np.ndarray:
    """Whom each assignment names: 45 % groups, 25 % users, 30 % service principals, a few of them deleted."""
    users, groups, services = size.users, size.groups, size.service_principals
    draw = rng.random(count)
    # How often a group is assigned has nothing to do with how many members it has, save that the very largest
    # (everybody, all staff) stand in the tail.
    rank = rng.permutation(groups)
    largest = max(1, groups // 100)
    head = np.flatnonzero(rank[: groups // 5] < largest)
    tail = rng.choice(np.arange(groups // 2, groups), size=len(head), replace=False)
    rank[head], rank[tail] = rank[tail].copy(), rank[head].copy()
    group = users + rank[_power(rng, groups, count, 2.6)]
    user = rng.permutation(users)[_power(rng, users, count, 2.2)]
    service = users + groups + rng.permutation(services)[_power(rng, services, count, 2.8)]
    principal = np.where(draw < 0.45, group, np.where(draw < 0.70, user, service))
    gone = rng.random(count) < UNLISTED_SHARE
    return np.where(gone, size.principals + rng.integers(0, deleted, count), principal).astype(np.int64)


def _apart(rng: np.random.Generator, size: Size, principal: np.ndarray, role: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Give repeated (principal, role, scope) another principal: Azure holds each once (C19)."""
    where = at * 4_096 + role
    for _ in range(20):
        order = np.lexsort((principal, where))
        same = (np.diff(where[order]) == 0) & (np.diff(principal[order]) == 0)
        again = order[1:][same]
        if not len(again):
            break
        principal = principal.copy()
        principal[again] = rng.integers(0, size.principals, len(again))
    return principal
