"""`remit-sim generate`: write an invented tenant of any size, and the labels of what was planted in it."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from remit_sim.generate import Labels

_LINE_EVERY_S = 1.0


def generate(
    out: Annotated[Path, Parameter(help="Folder to write: empty, or not there yet.")],
    /,
    *,
    size: Annotated[int, Parameter(help="Principals, 100 to 1,000,000.")] = 1_000,
    seed: Annotated[int, Parameter(help="Another seed gives another tenant.")] = 7,
    resources: Annotated[int | None, Parameter(help="Resources; as many as principals if not said.")] = None,
    collected_at: Annotated[str, Parameter(help="When the tenant was read, as it were.")] = "2026-11-01T00:00:00Z",
    usage: Annotated[bool, Parameter(help="Write logs too, as `remit-sim usage` does.")] = False,
    progress: Annotated[bool, Parameter(help="Tell on standard error how far it is.")] = False,
) -> int:
    """Write a tenant."""
    from remit.model.interval import parse_instant
    from remit_sim.generate import generate as write_tenant

    told = _Lines() if progress else _silent
    labels = write_tenant(size, seed, out, resources, parse_instant(collected_at), told)
    sys.stdout.write(_summary(labels, out))
    if usage:
        from remit_sim.cli.usage import usage as write_logs

        return write_logs(out, seed=seed)
    return 0


def _silent(list_name: str, rows: int) -> None:
    del list_name, rows


class _Lines:
    """Writes at most one line a second."""

    def __init__(self) -> None:
        self._due = time.monotonic() + _LINE_EVERY_S

    def __call__(self, list_name: str, rows: int) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + _LINE_EVERY_S
            sys.stderr.write(f"remit-sim: {list_name} {rows:,}\n")
            sys.stderr.flush()


def _summary(labels: Labels, out: Path) -> str:
    planted = (
        ("over-privileged identities", len(labels.over_privileged)),
        ("escalation paths", len(labels.escalation_paths)),
        ("expired or expiring credentials", len(labels.credentials)),
        ("dormant grants", len(labels.dormant_grants)),
        ("dev identities that reach production", len(labels.dev_reaches_prod)),
        ("guarded targets", len(labels.guarded_targets)),
        ("eligible administrators", len(labels.eligible_only)),
        ("orphaned assignments", len(labels.orphaned_assignments)),
    )
    lines = [f"Tenant {labels.tenant_id} of {labels.size:,} principals and {labels.resources:,} resources in {out}"]
    lines += [f"  {count:>6,} {what}" for what, count in planted]
    return "\n".join([*lines, "What was planted stands in labels.json.", ""])
