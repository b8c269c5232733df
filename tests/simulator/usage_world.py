"""Generated pasts for tests: small tenants with logs, what reading those logs gives, and the labels to hold it against.

    past = make_past(folder, seed=1)
    for record in past.records(): ...

A past of some 30 identities and 90 days takes a third of a second.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import zstandard

from remit.model.usage import Normalised, SetAside
from remit.usage.records import normalise
from remit.wire.logs.framing import Broken, Lines, frame
from remit_sim.generate import generate
from remit_sim.generate.usage import FORMS, UsageLabel, UsageSettings, UsageTotals, read_usage, write_usage

SMALLEST = 100


@dataclass(frozen=True)
class Past:
    """A tenant with its logs and the truth of them."""

    folder: Path
    totals: UsageTotals

    @cached_property
    def labels(self) -> list[UsageLabel]:
        """Every operation that happened."""
        return read_usage(self.folder)

    @property
    def logged(self) -> list[UsageLabel]:
        """Every operation that some log tells of."""
        return [label for label in self.labels if not label.hidden]

    def files(self) -> list[Path]:
        """Every file of the logs."""
        return sorted(path for path in (self.folder / "logs").rglob("*") if path.is_file())

    def records(self) -> Iterator[tuple[Path, bytes]]:
        """Every record, unpacked and cut out of what stands around it; a broken one fails."""
        for path in self.files():
            for block in frame([unpacked(path)]):
                assert not isinstance(block, Broken), (path, block.reason)
                if isinstance(block, Lines):
                    yield from ((path, line) for line in block.lines if line.strip())
                else:
                    yield path, block.data

    @cached_property
    def read(self) -> list[tuple[Path, Normalised | SetAside]]:
        """What every record says."""
        return [(path, normalise(record)) for path, record in self.records()]


def unpacked(path: Path) -> bytes:
    """The bytes of a file of logs."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True) as stream:
            return stream.read()
    return data


def make_past(
    folder: Path,
    seed: int,
    forms: tuple[str, ...] = FORMS,
    size: int = SMALLEST,
    **settings: float | str,
) -> Past:
    """Write a small tenant and its logs into a folder that is not there yet.

    Args:
        folder: of the export; `logs` and the labels are in it.
        seed: of tenant and past.
        forms: in which logs may be; all by default.
        size: principals of the tenant.
        settings: of `UsageSettings`.
    """
    generate(size, seed, folder, max(size, SMALLEST))
    asked = UsageSettings(
        seed=seed, forms=forms, **{"identities": 30, "chunk": "whole", "packing": "mixed", **settings}
    )  # type: ignore[arg-type]
    return Past(folder, write_usage(folder, asked))


def many_pasts(folder: Path, count: int, first: int = 1) -> Iterator[Past]:
    """Yield small pasts of seeds that follow each other, each in a folder of its own."""
    for seed in range(first, first + count):
        yield make_past(folder / f"past-{seed}", seed)
