"""Makes a tenant: the one way in, for the command and for tests.

A tenant is written aside and put into its folder when it is whole: what is interrupted leaves no lists that look whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

import msgspec

from remit.model.errors import InputError
from remit.model.interval import format_instant
from remit_sim.generate.labels import Labels
from remit_sim.generate.sizes import Size
from remit_sim.generate.tenant import GeneratedTenant, build_tenant
from remit_sim.generate.writing import write_lists

COLLECTED_AT = datetime(2026, 11, 1, tzinfo=UTC)
LABELS = "labels.json"
MANIFEST = "manifest.json"
_UNFINISHED = ".unfinished"
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
    if out.exists() and (not out.is_dir() or any(path.name != _UNFINISHED for path in out.iterdir())):
        raise InputError(f"`{out}` is not an empty folder", hint="name a folder that is empty or does not exist yet")
    tenant = build_tenant(numbers, seed, collected_at)
    labels = tenant.soil.labels
    with _put_whole_into(out) as draft:
        write_lists(tenant, draft, progress)
        (draft / LABELS).write_bytes(msgspec.json.format(msgspec.json.encode(labels), indent=1) + b"\n")
        (draft / MANIFEST).write_bytes(msgspec.json.encode(_manifest(tenant, collected_at)) + b"\n")
    return labels


@contextmanager
def _put_whole_into(out: Path) -> Iterator[Path]:
    """Give a folder to write into; what is in it goes to `out` at the end, and nothing does if there is none."""
    new, draft = not out.exists(), out / _UNFINISHED
    rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        yield draft
        for path in sorted(draft.iterdir(), key=lambda path: path.name == MANIFEST):  # a folder that has one is whole
            path.rename(out / path.name)
    finally:
        rmtree(draft, ignore_errors=True)
        if new:
            with suppress(OSError):  # it holds the tenant
                out.rmdir()


def _manifest(tenant: GeneratedTenant, collected_at: datetime) -> dict[str, object]:
    return {
        "format": "azure-tenant-export/1",
        "tenantId": tenant.estate.tenant_id,
        "collectedAt": format_instant(collected_at),
        "cloud": "AzureCloud",
        "gaps": [],
    }


def read_labels(folder: Path) -> Labels:
    """Return the labels of a generated tenant."""
    return msgspec.json.decode((folder / LABELS).read_bytes(), type=Labels)
