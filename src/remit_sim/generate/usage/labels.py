"""The truth of a generated past: one line for every operation, and the totals.

docs/simulator-generate.md says what the fields mean.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Self

import msgspec

from remit_sim.generate.usage.instants import plain
from remit_sim.generate.usage.operations import Operation

OPERATIONS, TOTALS = "usage.jsonl", "usage-totals.json"
FORMAT = "remit-sim-usage/1"
_FLUSH = 1 << 20


class UsageLabel(msgspec.Struct, rename="camel", omit_defaults=True):
    """One operation that happened; "" and 0 are left out."""

    time: str
    principal_id: str
    plane: str
    action: str
    scope: str
    outcome: str = ""
    log: str = ""
    hidden: str = ""
    form: str = ""
    records: int = 0
    duplicates: int = 0
    app_id: str = ""
    assignment_id: str = ""
    through_id: str = ""
    granting: list[str] = msgspec.field(default_factory=list)
    told: bool = False
    known: bool = False
    correlation_id: str = ""
    token_id: str = ""
    host_resource: str = ""
    address: str = ""


class UsageTotals(msgspec.Struct, rename="camel"):
    """What was written: all that an outsider needs to check what a reader of the logs counts."""

    format: str
    seed: int
    days: int
    start: str
    end: str
    identities: int
    operations: int = 0
    logged_operations: int = 0
    hidden: dict[str, int] = msgspec.field(default_factory=dict)
    records: int = 0
    duplicates: int = 0
    set_aside: int = 0
    by_log: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    by_form: dict[str, int] = msgspec.field(default_factory=dict)
    changes: dict[str, int] = msgspec.field(default_factory=dict)
    bytes: int = 0


class LabelWriter:
    """Writes labels as they come, and counts."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("wb")
        self._encode = msgspec.json.Encoder().encode
        self._buffer = bytearray()
        self.operations = 0
        self.logged = 0
        self.hidden: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Take labels."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write the rest."""
        self._stream.write(self._buffer)
        self._stream.close()

    def write(self, label: UsageLabel) -> None:
        """Write one."""
        self.operations += 1
        if label.hidden:
            self.hidden[label.hidden] += 1
        else:
            self.logged += 1
        self._buffer += self._encode(label)
        self._buffer += b"\n"
        if len(self._buffer) > _FLUSH:
            self._stream.write(self._buffer)
            self._buffer.clear()


def label_of(one: Operation, form: str, records: tuple[int, int], *, known: bool) -> UsageLabel:
    """Return what is true of an operation.

    Args:
        one: the operation.
        form: of the file that its records stand in.
        records: how many it has, and how many of them stand there twice.
        known: whether export and logs together tell what granted it, where its own records do not.
    """
    host = one.extra.get("host") or one.who.resource
    return UsageLabel(
        time=plain(one.time) + f".{one.time % 1_000_000:06d}Z",
        principal_id=one.who.guid,
        plane=one.plane,
        action=one.action,
        scope=one.scope,
        outcome=one.outcome,
        log=one.log,
        hidden=one.hidden,
        form="" if one.hidden else form,
        records=records[0],
        duplicates=records[1],
        app_id=one.client or one.who.app_id,
        assignment_id=one.assignment_id,
        through_id=one.through_id,
        granting=[holding.assignment.guid for holding in one.granting],
        told=one.told,
        known=known,
        correlation_id=one.correlation,
        token_id=one.token.guid if one.token else "",
        host_resource=host.lower() if one.log in {"activityLog", "keyVault"} and one.who.kind == "managed" else "",
        address=one.address,
    )


def read_usage(folder: Path) -> list[UsageLabel]:
    """Return the labels of a tenant with usage. Cost: about a microsecond and 1 KB each."""
    decode = msgspec.json.Decoder(UsageLabel).decode
    with (folder / OPERATIONS).open("rb") as stream:
        return [decode(line) for line in stream]


def read_totals(folder: Path) -> UsageTotals:
    """Return the totals of a tenant with usage."""
    return msgspec.json.decode((folder / TOTALS).read_bytes(), type=UsageTotals)
