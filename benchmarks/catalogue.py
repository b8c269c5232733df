"""The invented catalogue of operations: the providers of `known`, and as many made-up ones as the size asks for.

The forms are Azure's: `{provider}/{type}/read`, `/write`, `/delete`, `/{verb}/action`, child types below types, a few
names on both planes (D7). The made-up names belong to no product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.known import PLAIN_OPERATIONS, TYPES
from benchmarks.sizes import Size

_VENDORS = ("Contoso", "Fabrikam", "Northwind", "Litware", "Tailspin")
_NOUNS = (
    "Analytics", "Archive", "Backup", "Billing", "Broker", "Build", "Catalog", "Chaos", "Cluster", "Config", "Devices",
    "Domains", "Edge", "Events", "Fabric", "Fleet", "Graphics", "Health", "Identity", "Index", "Insight", "Labs",
    "Ledger", "Lake", "Maps", "Media", "Mesh", "Migrate", "Mobility", "Models", "Notify", "Orbit", "Partner", "Portal",
    "Quantum", "Relay", "Route", "Scale", "Search", "Signal", "Stream", "Time", "Trace", "Vision", "Voice", "Workload",
)  # fmt: skip
_TYPES = (
    "accounts", "agents", "apps", "boards", "caches", "clusters", "configurations", "connectors", "devices",
    "endpoints", "environments", "farms", "gateways", "hubs", "instances", "jobs", "links", "locations", "networks",
    "nodes", "pipelines", "plans", "policies", "pools", "profiles", "projects", "queues", "registries", "rules",
    "servers", "services", "sites", "spaces", "stores", "streams", "topics", "vaults", "volumes", "workbooks",
    "workspaces",
)  # fmt: skip
_VERBS = (
    "approve", "attach", "cancel", "checkNameAvailability", "clone", "detach", "download", "export", "failover",
    "import", "invoke", "join", "listConnectionStrings", "listKeys", "listTokens", "move", "pause", "publish", "purge",
    "redeploy", "refresh", "regenerateKey", "register", "restart", "resume", "rotate", "run", "start", "stop", "sync",
    "test", "upgrade", "validate", "verify",
)  # fmt: skip
_DATA = ("entries", "items", "messages", "objects", "records", "rows", "samples", "tokens")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Operations and resource types.

    Attributes:
        control, data: operation names of each plane, sorted, distinct.
        types: full names of the resource types that resources are made of, the known ones first.
        abbreviations: start of a resource's name, by type.
        weights: float64, share of the resources, by type; sums to one.
        providers: namespaces, sorted.
    """

    control: tuple[str, ...]
    data: tuple[str, ...]
    types: tuple[str, ...]
    abbreviations: tuple[str, ...]
    weights: np.ndarray
    providers: tuple[str, ...]


def build_catalogue(size: Size, rng: np.random.Generator) -> Catalogue:
    """Make as many operations as the size asks for, over as many providers."""
    control = set(PLAIN_OPERATIONS)
    data: set[str] = set()
    for known in TYPES:
        control.update(f"{known.name}/{verb}" for verb in ("read", "write", "delete"))
        control.update(f"{known.name}/{verb}/action" for verb in known.verbs)
        data.update(f"{known.name}/{name}" for name in known.data)
    control.add("Microsoft.KeyVault/vaults/keys/read")  # on both planes (D7)

    known_providers = sorted({known.provider for known in TYPES})
    invented = _provider_names(max(1, size.providers - len(known_providers)))
    # A few providers are very large, most are small, as in Azure's own catalogue.
    shares = 1.0 / np.arange(1, len(invented) + 1) ** 0.8
    shares = rng.permutation(shares / shares.sum())
    wanted = size.operations - len(control) - len(data)
    top_types: list[str] = []
    for provider, quota in zip(invented, np.maximum(6, shares * wanted).astype(int).tolist(), strict=True):
        top_types += _fill(provider, quota, control, data, rng)
    rest = size.operations - len(control) - len(data)
    if rest > 0:
        _fill(invented[0] + ".Extended", rest, control, data, rng)
    _trim(control, data, size.operations, top_types)

    chosen = top_types[: max(20, len(invented))]
    shares_known = np.array([known.share for known in TYPES], dtype=float)
    # One resource in eight is of a type outside the well-known ones, with a long tail.
    shares_invented = 1.0 / np.arange(1, len(chosen) + 1)
    weights = np.concatenate(
        [shares_known / shares_known.sum() * 0.875, shares_invented / shares_invented.sum() * 0.125]
    )
    return Catalogue(
        tuple(sorted(control)),
        tuple(sorted(data)),
        tuple(known.name for known in TYPES) + tuple(chosen),
        tuple(known.abbreviation for known in TYPES) + tuple(f"x{place}" for place in range(len(chosen))),
        weights / weights.sum(),
        tuple(sorted({name.split("/", 1)[0] for name in (*control, *data)})),
    )


def _provider_names(count: int) -> list[str]:
    names = [f"{vendor}.{noun}" for vendor in _VENDORS for noun in _NOUNS]
    names += [f"{name}{place}" for place in range(2, 2 + count // len(names)) for name in names]
    return names[:count]


def _fill(provider: str, quota: int, control: set[str], data: set[str], rng: np.random.Generator) -> list[str]:
    """Add about `quota` operations of one provider; return its top types."""
    made: list[str] = []
    types: list[str] = []
    spelt = rng.permutation(len(_TYPES)).tolist()
    while quota > 0:
        place = len(types)
        name = f"{provider}/{_TYPES[spelt[place % len(_TYPES)]]}{'' if place < len(_TYPES) else place // len(_TYPES)}"
        types.append(name)
        before = len(control) + len(data)
        _add_type(name, control, data, rng)
        for child in rng.choice(_TYPES, size=int(rng.integers(0, 4)), replace=False).tolist():
            _add_type(f"{name}/{child}", control, data, rng)
        quota -= len(control) + len(data) - before
    made += types
    return made


def _add_type(name: str, control: set[str], data: set[str], rng: np.random.Generator) -> None:
    control.update(f"{name}/{verb}" for verb in ("read", "write", "delete"))
    count = int(rng.integers(0, 5))
    control.update(f"{name}/{verb}/action" for verb in rng.choice(_VERBS, size=count, replace=False).tolist())
    if rng.random() < 0.15:
        for thing in rng.choice(_DATA, size=int(rng.integers(1, 3)), replace=False).tolist():
            data.update(f"{name}/{thing}/{verb}" for verb in ("read", "write", "delete", "process/action"))


def _trim(control: set[str], data: set[str], wanted: int, keep: list[str]) -> None:
    """Drop the last operations by name until exactly `wanted` are left; every type keeps its read."""
    kept = {f"{name}/read" for name in keep} | set(PLAIN_OPERATIONS)
    droppable = [name for name in sorted(control, reverse=True) if name not in kept and name[0] != "M"]
    for name in droppable[: max(0, len(control) + len(data) - wanted)]:
        control.discard(name)
