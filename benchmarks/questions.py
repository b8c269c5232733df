"""Random questions about a generated tenant, in the form that `remit ask` reads.

Half are near a grant: somebody whom an assignment names (or a member of the group it names), an operation that its
role covers, a place at or below its scope. The other half are anybody, any operation of the place's type, anywhere.
The order is random, and the same size, seed and count give the same questions.

`python -m benchmarks.questions --size M --seed 7 --count 200000 FILE`
"""

from __future__ import annotations

import argparse
import json
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.catalogue import Catalogue
from benchmarks.plan import Level, Tenant, build_plan
from benchmarks.roles import Role
from benchmarks.sizes import SIZES


@dataclass(frozen=True, slots=True)
class Ask:
    """One question, as texts; `data` tells the plane."""

    principal: str
    action: str
    data: bool
    scope: str

    def to_line(self, name: str) -> str:
        """Return the line of `remit ask`."""
        plane = "data" if self.data else "control"
        shown = {"id": name, "principal": self.principal, "action": self.action, "plane": plane, "scope": self.scope}
        return json.dumps(shown, separators=(",", ":"))


def questions(tenant: Tenant, count: int) -> list[Ask]:
    """Draw questions. Cost: about ten microseconds each."""
    rng = np.random.default_rng([tenant.seed, 6])
    near = _near(tenant, rng, count // 2)
    asked = [*near, *_anywhere(tenant, rng, count - count // 2)]
    return [asked[place] for place in rng.permutation(len(asked)).tolist()]


def write_questions(tenant: Tenant, count: int, path: Path) -> None:
    """Write questions as JSON Lines."""
    lines = (ask.to_line(f"q{place}") for place, ask in enumerate(questions(tenant, count)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_questions(path: Path) -> list[Ask]:
    """Read what `write_questions` wrote."""
    asked = []
    with path.open(encoding="utf-8") as file:
        for line in file:
            one = json.loads(line)
            asked.append(Ask(one["principal"], one["action"], one["plane"] == "data", one["scope"]))
    return asked


def _near(tenant: Tenant, rng: np.random.Generator, count: int) -> Iterator[Ask]:
    size = tenant.size
    covered = [_covered(role, tenant.catalogue, rng) for role in tenant.roles]
    # Members by group: the pairs are sorted by group.
    starts = np.searchsorted(tenant.member_group, np.arange(size.users, size.users + size.groups + 1))
    for row in rng.integers(0, len(tenant.level), count).tolist():
        principal, role = int(tenant.principal[row]), int(tenant.role[row])
        group = principal - size.users
        if 0 <= group < size.groups and starts[group] < starts[group + 1]:
            principal = int(tenant.member[int(rng.integers(starts[group], starts[group + 1]))])
        action, data = covered[role][int(rng.integers(0, len(covered[role])))]
        scope = _below(tenant, rng, int(tenant.level[row]), int(tenant.place[row]))
        yield Ask(tenant.principal_ids[principal], action, data, scope)


def _covered(role: Role, catalogue: Catalogue, rng: np.random.Generator) -> list[tuple[str, bool]]:
    """Return up to forty operations that the role's patterns name (what notActions take away included)."""
    found: list[tuple[str, bool]] = []
    for block in role.blocks:
        for data, patterns in ((False, block.actions), (True, block.data_actions)):
            names = catalogue.data if data else catalogue.control
            for place in rng.permutation(len(patterns))[:8].tolist():
                found += [(name, data) for name in _matching(patterns[place], names, rng)]
    return found or [("Microsoft.Resources/subscriptions/read", False)]


def _matching(pattern: str, names: tuple[str, ...], rng: np.random.Generator) -> list[str]:
    head, star, tail = pattern.partition("*")
    if not star:
        return [pattern]
    low = bisect_left(names, head)
    high = bisect_left(names, head + "\x7f")
    drawn = rng.integers(low, high, 40).tolist() if high > low else []
    return [names[place] for place in drawn if names[place].endswith(tail)][:5]


def _below(tenant: Tenant, rng: np.random.Generator, level: int, place: int) -> str:
    """Return a place at or below another: usually a resource."""
    if level == Level.MANAGEMENT_GROUP:
        inside = np.flatnonzero(tenant.sub_mg == place)
        if not len(inside):
            return tenant.scope(level, place)
        level, place = Level.SUBSCRIPTION, int(rng.choice(inside))
    if level == Level.SUBSCRIPTION:
        if rng.random() < 0.2:
            return tenant.scope(level, place)
        first, last = int(tenant.rg_start[place]), int(tenant.rg_start[place + 1])
        level, place = Level.RESOURCE_GROUP, int(rng.integers(first, max(last, first + 1)))
    if level == Level.RESOURCE_GROUP:
        first, last = int(tenant.res_start[place]), int(tenant.res_start[place + 1])
        if first == last or rng.random() < 0.2:
            return tenant.scope(level, place)
        level, place = Level.RESOURCE, int(rng.integers(first, last))
    return tenant.scope(level, place)


def _anywhere(tenant: Tenant, rng: np.random.Generator, count: int) -> Iterator[Ask]:
    size, catalogue = tenant.size, tenant.catalogue
    by_type: dict[int, list[tuple[str, bool]]] = {}
    for _ in range(count):
        principal = tenant.principal_ids[int(rng.integers(0, size.principals))]
        draw = rng.random()
        if draw < 0.7:
            place = int(rng.integers(0, size.resources))
            kind = int(tenant.res_type[place])
            if kind not in by_type:
                by_type[kind] = _of_type(catalogue, catalogue.types[kind])
            action, data = by_type[kind][int(rng.integers(0, len(by_type[kind])))]
            yield Ask(principal, action, data, tenant.scope(Level.RESOURCE, place))
            continue
        data = rng.random() < 0.2
        names = catalogue.data if data else catalogue.control
        action = names[int(rng.integers(0, len(names)))]
        if draw < 0.9:
            scope = tenant.scope(Level.RESOURCE_GROUP, int(rng.integers(0, size.resource_groups)))
        elif draw < 0.98:
            scope = tenant.scope(Level.SUBSCRIPTION, int(rng.integers(0, size.subscriptions)))
        else:
            scope = tenant.scope(Level.MANAGEMENT_GROUP, int(rng.integers(0, size.management_groups)))
        yield Ask(principal, action, data, scope)


def _of_type(catalogue: Catalogue, name: str) -> list[tuple[str, bool]]:
    found = []
    for data, names in ((False, catalogue.control), (True, catalogue.data)):
        low = bisect_left(names, f"{name}/")
        high = bisect_left(names, f"{name}0")
        found += [(one, data) for one in names[low:high]]
    return found


def main() -> None:
    """Write questions, as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description="Write random questions.")
    parser.add_argument("--size", choices=sorted(SIZES), default="S")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("file", type=Path)
    asked = parser.parse_args()
    write_questions(build_plan(SIZES[asked.size], asked.seed), asked.count, asked.file)


if __name__ == "__main__":
    main()
