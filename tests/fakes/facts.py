"""Tiny facts of a tenant, column by column, for tests of the engine that need no payloads.

>>> facts = tiny_facts(scopes={"/subscriptions/s1": "/"}, locks=[("/subscriptions/s1", 1)])
>>> list(facts.scopes.key)
['/', '/subscriptions/s1']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from remit.engine import facts as tables
from remit.engine.facts import UNPLACED, TenantFacts
from remit.engine.strings import TextColumn
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL
from remit.model.role import PermissionBlock, RoleDefinition, RoleSource
from remit.model.scope import Scope, ScopeKind
from remit.model.snapshot import Gap, SnapshotMeta

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DIRECTORY = ("graph/users", "graph/groups", "graph/servicePrincipals")


def tiny_facts(
    *,
    scopes: Mapping[str, str | None] | None = None,
    unlisted: Iterable[str] = (),
    principals: Mapping[str, Mapping[str, object]] | None = None,
    locks: Sequence[tuple[str, int]] = (),
    policies: Sequence[tuple[str, int]] = (),
    settings: Mapping[str, Mapping[int, int]] | None = None,
    denies: Sequence[Mapping[str, object]] = (),
    lighthouse: Sequence[tuple[str, str]] = (),
    classic: Sequence[tuple[str, str]] = (),
    collected: Iterable[str] = (),
    gaps: Sequence[Gap] = (),
) -> TenantFacts:
    """Build the facts.

    Args:
        scopes: scope -> parent for subscriptions and management groups; None is a parent that was not read. Other
            scopes, and everything that the other arguments name, find their parents in their text.
        unlisted: scopes that no list names.
        principals: object id -> `kind`, `flags`, `upn`; listed unless `flags` says otherwise.
        locks: (scope, level); ids are `{scope}/locks/{number}`.
        policies: (scope, effect).
        settings: scope -> setting -> value.
        denies: `at`, `blocks` (one `PermissionBlock` each), `flags`, `to` and `but` (object ids), `name`.
        lighthouse: (object id, scope): grants of a managing tenant.
        classic: (e-mail, scope).
        collected, gaps: as in the meta; gaps that name a scope make it a node.
    """
    placed = dict(scopes or {})
    settings = settings or {}
    named = [*placed, *settings, *(at for at, _ in (*locks, *policies)), *(str(deny["at"]) for deny in denies)]
    nodes = _nodes([*named, *(at for _, at in lighthouse), *(gap.scope for gap in gaps if gap.scope.startswith("/"))])
    row = {key: number for number, key in enumerate(nodes)}
    people = dict(sorted((principals or {}).items()))
    person = {key: number for number, key in enumerate(people)}
    ruled = sorted(
        (row[Scope.parse(at).key], setting, value) for at, one in settings.items() for setting, value in one.items()
    )
    denied = sorted(denies, key=lambda deny: row[Scope.parse(str(deny["at"])).key])
    return TenantFacts(
        meta=SnapshotMeta("", None, "AzureCloud", "tenantExport", frozenset(collected), tuple(gaps)),
        flags=(),
        principals=tables.Principals(
            TextColumn.of(people),
            _small(one.get("kind", tables.PrincipalKind.USER) for one in people.values()),
            _small(one.get("flags", tables.PrincipalFlag.LISTED) for one in people.values()),
            TextColumn.of("" for _ in people),
            TextColumn.of(str(one.get("upn", "")) for one in people.values()),
            TextColumn.of("" for _ in people),
        ),
        memberships=_no_memberships(),
        eligible_memberships=_no_memberships(),
        scopes=_scopes(nodes, row, placed, frozenset(Scope.parse(text).key for text in unlisted)),
        roles=(_READER,),
        assignments=_lighthouse([(person[who], row[Scope.parse(at).key]) for who, at in lighthouse]),
        conditions=tables.Conditions(TextColumn.of([]), TextColumn.of([])),
        denies=_denies(denied, row, person),
        deny_permissions=tuple(tables.DenyPermissions((deny["blocks"],)) for deny in denied),  # type: ignore[arg-type]
        locks=tables.Locks(*_scoped(locks, row, "locks")),
        policies=tables.Policies(*_scoped(policies, row, "policyAssignments")),
        settings=tables.Settings(
            _codes(one[0] for one in ruled), _small(one[1] for one in ruled), _small(one[2] for one in ruled)
        ),
        resources=tables.Resources(TextColumn.of([]), _codes(()), _codes(()), np.zeros(0, dtype=np.int64)),
        operations=tables.Operations(TextColumn.of([]), _small(())),
        classic_administrators=tuple(tables.ClassicAdministrator(who, "CoAdministrator", at) for who, at in classic),
    )


_READER = RoleDefinition(
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "Reader",
    is_custom=False,
    blocks=(PermissionBlock(actions=("*/read",)),),
    source=RoleSource.TENANT,
)


def _nodes(texts: Iterable[str]) -> dict[str, Scope]:
    """Return every scope and its ancestors by key, sorted."""
    found = {"/": Scope.parse("/")}
    for text in texts:
        scope = Scope.parse(text)
        found[scope.key] = scope
        for cut in scope.cuts:
            above = Scope.parse(scope.text[:cut])
            found.setdefault(above.key, above)
    return dict(sorted(found.items()))


def _scopes(
    nodes: Mapping[str, Scope], row: Mapping[str, int], placed: Mapping[str, str | None], unlisted: frozenset[str]
) -> tables.Scopes:
    given = {Scope.parse(text).key: above for text, above in placed.items()}
    parents = []
    for key, scope in nodes.items():
        above = given.get(key)
        if key == "/":
            parents.append(-1)
        elif above is not None:
            parents.append(row[Scope.parse(above).key])
        elif scope.cuts:
            parents.append(row[scope.parents_in_text()[0]])
        else:
            parents.append(UNPLACED if scope.kind in (ScopeKind.SUBSCRIPTION, ScopeKind.MANAGEMENT_GROUP) else 0)
    return tables.Scopes(
        TextColumn.of(nodes),
        TextColumn.of(scope.text for scope in nodes.values()),
        _small(scope.kind for scope in nodes.values()),
        _codes(parents),
        _small(0 if key in unlisted else tables.ScopeFlag.LISTED for key in nodes),
    )


def _scoped(
    given: Sequence[tuple[str, int]], row: Mapping[str, int], kind: str
) -> tuple[tables.Codes, tables.Small, TextColumn]:
    rows = sorted(
        (row[Scope.parse(at).key], f"{at.rstrip('/')}/{kind}/{number}", value)
        for number, (at, value) in enumerate(given)
    )
    return _codes(one[0] for one in rows), _small(one[2] for one in rows), TextColumn.of(one[1] for one in rows)


def _denies(given: Sequence[Mapping[str, object]], row: Mapping[str, int], person: Mapping[str, int]) -> tables.Denies:
    to = [sorted(person[who] for who in deny.get("to", ())) for deny in given]  # type: ignore[attr-defined]
    but = [sorted(person[who] for who in deny.get("but", ())) for deny in given]  # type: ignore[attr-defined]
    return tables.Denies(
        _codes(row[Scope.parse(str(deny["at"])).key] for deny in given),
        _small(deny.get("flags", 0) for deny in given),
        _codes(range(len(given))),
        np.cumsum([0, *map(len, to)]),
        _codes(one for some in to for one in some),
        np.cumsum([0, *map(len, but)]),
        _codes(one for some in but for one in some),
        TextColumn.of(f"{deny['at']}/denyAssignments/{deny.get('name', '')}" for deny in given),
        TextColumn.of(str(deny.get("name", "")) for deny in given),
    )


def _lighthouse(pairs: Sequence[tuple[int, int]]) -> tables.Assignments:
    rows = sorted((scope, who) for who, scope in pairs)
    count = len(rows)
    return tables.Assignments(
        _codes(who for _, who in rows),
        _codes([0] * count),
        _codes(scope for scope, _ in rows),
        _codes([-1] * count),
        _small([tables.AssignmentKind.LIGHTHOUSE] * count),
        _small([tables.AssignmentFlag.FOREIGN_PRINCIPAL] * count),
        np.full(count, ALWAYS_FROM, dtype=np.int64),
        np.full(count, ALWAYS_UNTIL, dtype=np.int64),
        TextColumn.of(f"a{number}" for number in range(count)),
    )


def _no_memberships() -> tables.Memberships:
    nothing = np.zeros(0, dtype=np.int64)
    return tables.Memberships(_codes(()), _codes(()), nothing, nothing)


def _codes(values: Iterable[object]) -> tables.Codes:
    return np.array(list(values), dtype=np.int32)


def _small(values: Iterable[object]) -> tables.Small:
    return np.array(list(values), dtype=np.uint8)
