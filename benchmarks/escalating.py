"""From a snapshot to its escalation graph, and questions to graphs.

The tenant is that of `remit-sim generate`, which has what the graph is made of (identities on resources, owners,
applications, Entra roles, federated credentials, PIM, denies and locks), with random role assignments added until there
are five for each principal, as in the tenants of the other rows: most at resource groups, few roles with most of them.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path

from benchmarks.measuring import remit_command, run
from benchmarks.places import SEED, Work

SIZES = {"S": (10_000, 100_000), "M": (100_000, 1_000_000), "L": (1_000_000, 10_000_000)}
PER_PRINCIPAL = 5
_ROLES = (
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",  # Reader
    "b24988ac-6180-42a0-ab88-20f7382dd24c",  # Contributor
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",  # Storage Blob Data Reader
    "4633458b-17de-408a-b874-0445c86b69e6",  # Key Vault Secrets User
    "de139f84-1756-47ae-9be6-808fbbe84772",  # Website Contributor
    "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",  # Virtual Machine Contributor
    "f1a07417-d97a-45cb-824c-7a7467783830",  # Managed Identity Operator
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",  # Owner
)
_WEIGHTS = (40, 20, 12, 8, 8, 6, 4, 2)
_NAMESPACE = uuid.UUID("0b6c9a58-3f0c-4b8e-9a6e-3d7c9f6a2e10")


def store(work: Work, size: str) -> Path:
    """Return a store that holds the snapshot of the tenant, made when it is not there."""
    folder = work.folder / f"escalation-store-{size}"
    if (folder / "snapshots").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    export = work.folder / f"escalation-export-{size}"
    shutil.rmtree(export, ignore_errors=True)
    principals, resources = SIZES[size]
    counts = ["--size", str(principals), "--resources", str(resources), "--seed", str(SEED)]
    run([sys.executable, "-m", "remit_sim", "generate", *counts, str(export)])
    _grant_more(export, PER_PRINCIPAL * principals)
    run(remit_command("import", str(export), "--store", str(folder)))
    shutil.rmtree(export)
    return folder


def prepare(work: Work, size: str) -> None:
    """Make the store in a process of its own."""
    run([sys.executable, "-m", "benchmarks.escalating", str(work.folder), size])


def _grant_more(export: Path, wanted: int) -> None:
    """Add random role assignments to an export until there are as many as wanted."""
    file = export / "arm" / "roleAssignments.jsonl"
    with file.open("rb") as stream:
        missing = wanted - sum(1 for _ in stream)
    users, groups = list(_ids(export, "users")), list(_ids(export, "groups"))
    services, places = list(_ids(export, "servicePrincipals")), _resource_groups(export)
    dice = random.Random(SEED)
    # Zipf-like: a few groups of resources and of people have many assignments.
    heavy = list(accumulate(1 / (place + 10) for place in range(len(places))))
    with file.open("a") as stream:
        for number in range(max(missing, 0)):
            kind = dice.choices(("User", "Group", "ServicePrincipal"), (4, 4, 2))[0]
            who = dice.choice({"User": users, "Group": groups, "ServicePrincipal": services}[kind])
            scope = dice.choices(places, cum_weights=heavy)[0]
            if dice.random() < 0.02:
                scope = "/".join(scope.split("/")[:3])
            role = dice.choices(_ROLES, _WEIGHTS)[0]
            name = str(uuid.UUID(int=_NAMESPACE.int ^ number))
            said = {
                "roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}",
                "principalId": who,
                "principalType": kind,
                "scope": scope,
            }
            key = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
            stream.write(json.dumps({"id": key, "name": name, "properties": said}) + "\n")


def _ids(export: Path, name: str) -> Iterator[str]:
    with (export / "graph" / f"{name}.jsonl").open() as stream:
        for line in stream:
            yield json.loads(line)["id"]


def _resource_groups(export: Path) -> list[str]:
    with (export / "arm" / "resources.jsonl").open() as stream:
        return [json.loads(line)["id"] for line in stream if '"Microsoft.Resources/resourceGroups"' in line]


def draw(work: Work, size: str) -> Mapping[str, float]:
    """Read the facts of the graph from a snapshot, draw it, keep it, and open it again."""
    from remit.adapters.clock import SystemClock  # noqa: PLC0415 - only the measured process needs them
    from remit.app.answering import Tenant  # noqa: PLC0415
    from remit.app.graphing.opening import open_escalation  # noqa: PLC0415
    from remit.bootstrap.edges import edge_catalogue  # noqa: PLC0415
    from remit.bootstrap.reader import open_store  # noqa: PLC0415

    kept_in = open_store(work.folder / f"escalation-store-{size}")
    tenant = Tenant.open(kept_in, None, SystemClock())
    for kept in (work.folder / f"escalation-store-{size}").rglob("index-*"):
        if "graph" in (kept / "header.json").read_text()[:200]:
            shutil.rmtree(kept)
    steps: list[tuple[str, float]] = []

    def note(step: str, _done: int, _whole: int | None) -> None:
        if not steps or steps[-1][0] != step:
            steps.append((step, time.perf_counter()))

    began = time.perf_counter()
    escalation = open_escalation(tenant, kept_in, edge_catalogue(), progress=note)
    ready = time.perf_counter()
    keeping = next(at for step, at in steps if step.startswith("keeping"))
    drawing = next(at for step, at in steps if step.startswith("drawing"))
    network = escalation.graph.network
    again = time.perf_counter()
    open_escalation(Tenant.open(kept_in, None, SystemClock()), kept_in, edge_catalogue())
    opened = time.perf_counter() - again
    began_asking = time.perf_counter()
    reaching = escalation.search.certain.reaching([escalation.graph.tier_zero])
    return {
        "seconds": keeping - began,
        "facts_s": drawing - began,
        "draw_s": keeping - drawing,
        "keep_s": ready - keeping,
        "kept_s": opened,
        "nodes": network.nodes,
        "edges": network.edges,
        "tier_zero_s": time.perf_counter() - began_asking,
        "reaching": int(reaching.sum()),
    }


def search(work: Work) -> Mapping[str, float]:
    """Ask a graph of 1,000,000 nodes and 10,000,000 edges, and one of a tenth beside networkx."""
    del work
    from benchmarks.graph_search import measure, measure_networkx, tenant_like  # noqa: PLC0415 - as above

    large = measure(tenant_like(1_000_000, 10_000_000, SEED), SEED)
    small_network = tenant_like(100_000, 1_000_000, SEED)
    small, other = measure(small_network, SEED), measure_networkx(small_network, SEED)
    return {
        "reaching_s": large["reaching_s"],
        "paths_ms": large["paths_s"] * 1e3,
        "paths_worst_ms": large["paths_worst_s"] * 1e3,
        "radius_s": large["radius_s"],
        "direct_s": large["direct_s"],
        "turned_s": large["turned_s"],
        "nodes": large["nodes"],
        "edges": large["edges"],
        "ratio_reaching": other["reaching_s"] / small["reaching_s"],
        "ratio_paths": other["paths_s"] / small["paths_s"],
        "ratio_radius": other["radius_s"] / small["radius_s"],
    }


if __name__ == "__main__":
    store(Work(Path(sys.argv[1])), sys.argv[2])
