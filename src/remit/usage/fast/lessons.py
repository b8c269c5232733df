"""How a shape is learnt: which values of a record the rules take, and the same record with all others changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from remit.usage.fast.kernels import NUMBER, TEXT
from remit.usage.fast.rules import CONTAINERS, FAMILIES, FAMILY_OF, TEXT_ALLOWED, Family, Path, Role
from remit.usage.fast.shapes import Value

PROBES = (
    b'"2031-05-06T07:08:09Z"',
    b'"0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"',
    b'"203.0.113.77"',
    b'"/subscriptions/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/resourceGroups/g/providers/Microsoft.Compute/disks/d"',
    b'"Failure"',
    b'"SignInLogs"',
    b'"{\\"time\\":\\"2031-05-06T07:08:09Z\\",\\"category\\":\\"Write\\",\\"operationName\\":\\"A/b/write\\"}"',
    b'""',
    b"null",
    b"true",
    b"403",
)
"""JSON values of every sort that a log holds, and that a reading of it could take for something."""


def planned(record: bytes, values: Sequence[Value]) -> tuple[list[int], int] | None:
    """Return which of the values each role takes (-1 for none), and the number of the log.

    None where the record is of no log that is read here, lacks what is needed, or has a text in place of an object.
    """
    at = {value.path: slot for slot, value in enumerate(values)}
    slot = at.get(("category",))
    if slot is None:
        return None
    log = FAMILY_OF.get(record[values[slot].begin : values[slot].end].decode(errors="replace").lower())
    if log is None:
        return None
    family = FAMILIES[log]
    plan = [_first(family, role, at) for role in Role]
    numbers = {slot for slot, value in enumerate(values) if value.kind == NUMBER}
    fits = (
        all(plan[role] >= 0 for role in family.needed)
        and not any(slot in numbers for role, slot in enumerate(plan) if role != Role.STATUS)
        and not any(path in at and family not in TEXT_ALLOWED.get(path, ()) for path in CONTAINERS)
    )
    return (plan, log) if fits else None


def _first(family: Family, role: Role, at: Mapping[Path, int]) -> int:
    return next((at[path] for path in family.places.get(role, ()) if path in at), -1)


def others(plan: Sequence[int], log: int, values: Sequence[Value]) -> list[Value]:
    """Return the values that no rule takes."""
    taken = set(plan)
    looked_at = FAMILIES[log].looked_at
    return [
        value
        for slot, value in enumerate(values)
        if slot not in taken and not any(value.path[: len(path)] == path for path in looked_at)
    ]


def changed(record: bytes, values: Sequence[Value], probe: bytes) -> bytes:
    """Return a record of the same shape with `probe` for each of these values, where it may stand there."""
    parts, at = [], 0
    for value in values:
        parts.append(record[at : value.begin])
        parts.append(_fitting(value.kind, probe) or record[value.begin : value.end])
        at = value.end
    return b"".join([*parts, record[at:]])


def _fitting(kind: int, probe: bytes) -> bytes:
    if kind == NUMBER:
        return probe if probe.isdigit() else b""
    if kind == TEXT:
        return probe[1:-1] if probe[:1] == b'"' else b""
    return probe
