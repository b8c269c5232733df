"""Recall on generated tenants: every planted path is found through its principals, none through a planted guard.

`python -m benchmarks.recall --size 1000 --seed 7` prints a table by kind. A path counts as found when the best one from
its start to its goal passes its principals in their order. Then the tenant is read again with a guard in the way of
each planted path (a deny assignment, a lock, a disabled account); a path that is still there, certain or possible,
is counted as false.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from remit.adapters.clock import SystemClock
from remit.app.answering import Tenant
from remit.app.graphing.opening import Escalation, open_escalation
from remit.bootstrap.edges import edge_catalogue
from remit.bootstrap.reader import import_path, open_store
from remit.graph.nodes import Facet, NodeKind, node_key
from remit.model.scope import Scope
from remit_sim.generate import generate, read_labels
from remit_sim.generate.labels import EscalationPath, Labels

_NAMESPACE = uuid.UUID("5f0e3a52-7a0a-4d0b-9d0c-6a2f4d1c7b11")
_AZURE_GUARDS = ("deny assignment", "ReadOnly lock", "disabled account")


@dataclass(frozen=True, slots=True)
class Found:
    """What came of one planted path.

    Attributes:
        kind: of the path. guard: what was put in its way. open: it was found as it is. hops: of the path found.
        closed: with the guard no path is left.
    """

    kind: str
    guard: str
    open: bool
    hops: int
    closed: bool


def measure(folder: Path, *, size: int, seed: int) -> list[Found]:
    """Generate a tenant below a folder, and look for every planted path without and with a guard in its way."""
    export = folder / "tenant"
    generate(size, seed, export)
    labels = read_labels(export)
    plain = open_graph(export, folder / "store")
    guarded = folder / "guarded"
    shutil.copytree(export, guarded)
    guards = put_guards(guarded, labels)
    closed = open_graph(guarded, folder / "guarded-store")
    results = []
    for path, guard in zip(labels.escalation_paths, guards, strict=True):
        opened, hops = passes(plain, path)
        results.append(Found(path.kind, guard, opened, hops, not reaches(closed, path)))
    return results


def open_graph(export: Path, store_folder: Path) -> Escalation:
    """Import an export and draw its graph."""
    report = import_path(store_folder, export)
    store = open_store(store_folder)
    tenant = Tenant.open(store, report.summary.snapshot_id, SystemClock())
    return open_escalation(tenant, store, edge_catalogue())


def passes(escalation: Escalation, path: EscalationPath) -> tuple[bool, int]:
    """Tell whether the best certain path goes through the planted principals, and how many hops it has."""
    found = escalation.search.certain.best(_start(escalation, path), _goal(escalation, path))
    if not found:
        return False, 0
    told = escalation.tell(found[0])
    waiting = [one.lower() for one in path.principals]
    for node in (told.hops[0].source, *(hop.target for hop in told.hops)):
        if waiting and node.id.lower() == waiting[0]:
            waiting.pop(0)
    return not waiting, len(told.hops)


def reaches(escalation: Escalation, path: EscalationPath) -> bool:
    """Tell whether any path is left, certain or possible."""
    return bool(escalation.search.best(_start(escalation, path), _goal(escalation, path)))


def _start(escalation: Escalation, path: EscalationPath) -> list[int]:
    network = escalation.graph.network
    if " " not in path.start:
        return [network.number(node_key(NodeKind.PRINCIPAL, escalation.tenant.index.principal_row(path.start)))]
    issuer, _, subject = path.start.partition(" ")
    table = escalation.facts.federated_credentials
    rows = [row for row in range(len(table.key)) if (table.issuer[row], table.subject[row]) == (issuer, subject)]
    found = [network.number(node_key(NodeKind.OUTSIDE, row)) for row in rows]
    return [number for number in found if number >= 0]


def _goal(escalation: Escalation, path: EscalationPath) -> list[int]:
    network = escalation.graph.network
    if path.directory_goal is not None:
        keys = [role.key for role in escalation.facts.directory_roles]
        return [network.number(node_key(NodeKind.DIRECTORY_ROLE, keys.index(path.directory_goal)))]
    if path.goal is None:
        raise ValueError(f"a planted path of kind {path.kind} has no goal")
    row = escalation.tenant.index.tree.row(Scope.parse(path.goal.scope).key)
    return [network.number(node_key(NodeKind.SCOPE, row, int(Facet.GRANT)))]


def put_guards(export: Path, labels: Labels) -> list[str]:
    """Put a guard in the way of every planted path of an export; return what each is."""
    disabled: set[str] = set()
    denies: list[str] = []
    locks: list[str] = []
    words = []
    for number, path in enumerate(labels.escalation_paths):
        outside = " " in path.start
        host = None if outside else next((step.target for step in path.steps if "/providers/" in step.target), None)
        word = _AZURE_GUARDS[number // 7 % len(_AZURE_GUARDS)] if host else "disabled account"
        words.append(word)
        if host is None or word == "disabled account":
            # A subject outside has no account; what it signs in as has.
            disabled.add((path.principals[0] if outside else path.start).lower())
        elif word == "deny assignment":
            denies.append(_deny(host, path.start))
        else:
            locks.append(_lock(host))
    _append(export / "arm" / "denyAssignments.jsonl", denies)
    _append(export / "arm" / "locks.jsonl", locks)
    for name in ("users", "servicePrincipals"):
        _disable(export / "graph" / f"{name}.jsonl", disabled)
    return words


def _deny(host: str, principal: str) -> str:
    name = str(uuid.uuid5(_NAMESPACE, host))
    blocks = [{"actions": ["*"], "notActions": [], "dataActions": ["*"], "notDataActions": []}]
    said = {
        "denyAssignmentName": "in the way",
        "permissions": blocks,
        "scope": host,
        "doNotApplyToChildScopes": False,
        "principals": [{"id": principal, "type": "User"}],
        "excludePrincipals": [],
        "isSystemProtected": True,
    }
    key = f"{host}/providers/Microsoft.Authorization/denyAssignments/{name}"
    return json.dumps({"id": key, "name": name, "properties": said})


def _lock(host: str) -> str:
    key = f"{host}/providers/Microsoft.Authorization/locks/in-the-way"
    return json.dumps({"id": key, "name": "in-the-way", "properties": {"level": "ReadOnly"}})


def _append(file: Path, rows: list[str]) -> None:
    with file.open("a") as stream:
        stream.writelines(f"{row}\n" for row in rows)


def _disable(file: Path, keys: set[str]) -> None:
    def lines() -> Iterator[str]:
        for line in file.read_text().splitlines():
            row = json.loads(line)
            if row["id"].lower() in keys:
                row["accountEnabled"] = False
            yield json.dumps(row) + "\n"

    whole = "".join(lines())
    file.write_text(whole)


def table(results: list[Found]) -> str:
    """Return the results by kind and guard as a Markdown table."""
    rows = [
        "| kind | guard put in the way | planted | found | still there with the guard |",
        "|---|---|---:|---:|---:|",
    ]
    counts = Counter((one.kind, one.guard) for one in results)
    for kind, guard in sorted(counts):
        chosen = [one for one in results if (one.kind, one.guard) == (kind, guard)]
        found, left = sum(one.open for one in chosen), sum(not one.closed for one in chosen)
        rows.append(f"| {kind} | {guard} | {len(chosen)} | {found} | {left} |")
    return "\n".join(rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="remit-recall-") as folder:
        print(table(measure(Path(folder), size=asked.size, seed=asked.seed)))


if __name__ == "__main__":
    main()
