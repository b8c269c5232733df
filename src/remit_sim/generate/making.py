"""Makes a tenant: the one way in, for the command and for tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from remit.model.errors import InputError
from remit.model.interval import format_instant
from remit_sim.generate.labels import Labels
from remit_sim.generate.sizes import Size
from remit_sim.generate.tenant import build_tenant
from remit_sim.generate.writing import write_lists

COLLECTED_AT = datetime(2026, 11, 1, tzinfo=UTC)
LABELS = "labels.json"
MANIFEST = "manifest.json"
_FIRST_YEAR, _LAST_YEAR = 2000, 9000


def _silent(list_name: str, rows: int) -> None:
    del list_name, rows


def generate(  # noqa: PLR0917 - the order that tests and benchmarks write it in
    size: int,
    seed: int,
    out: Path,
    resources: int | None = None,
    collected_at: datetime = COLLECTED_AT,
    progress: Callable[[str, int], None] = _silent,
) -> Labels:
    """Write a tenant export and its labels into a folder, and return the labels.

    The same arguments give the same bytes, on every machine.

    Args:
        size: principals: users, groups, service principals and devices together, 100 to 1,000,000.
        seed: a whole number, not negative; another one gives another tenant.
        out: a folder that is empty or does not exist.
        resources: resources without resource groups, by default as many as principals.
        collected_at: when the tenant was read, as it were; aware.
        progress: called with a list and how many of its rows are written.

    Raises:
        InputError: no tenant of these numbers is generated, or the folder holds something.
    """
    numbers = Size.of(size, resources)
    if seed < 0:
        raise InputError(f"`{seed}` is no seed", hint="give a whole number from 0")
    if not _FIRST_YEAR <= collected_at.year <= _LAST_YEAR:
        raise InputError(
            f"no tenant was collected in the year {collected_at.year}", hint=f"from {_FIRST_YEAR} to {_LAST_YEAR}"
        )
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"`{out}` is not an empty folder", hint="name a folder that is empty or does not exist yet")
    tenant = build_tenant(numbers, seed, collected_at)
    labels = tenant.soil.labels
    out.mkdir(parents=True, exist_ok=True)
    write_lists(tenant, out, progress)
    (out / LABELS).write_bytes(msgspec.json.format(msgspec.json.encode(labels), indent=1) + b"\n")
    manifest = {
        "format": "azure-tenant-export/1",
        "tenantId": tenant.estate.tenant_id,
        "collectedAt": format_instant(collected_at),
        "cloud": "AzureCloud",
        "gaps": [],
    }
    # The manifest comes last: a folder that has one is whole.
    (out / MANIFEST).write_bytes(msgspec.json.encode(manifest) + b"\n")
    return labels


def read_labels(folder: Path) -> Labels:
    """Return the labels of a generated tenant."""
    return msgspec.json.decode((folder / LABELS).read_bytes(), type=Labels)
