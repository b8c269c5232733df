"""A tenant as three commands of the Azure CLI tell it.

PATH is one file, or a folder with any number of them (`.json`, `.json.gz`), one or more for each subscription. What a
file holds is told by its content. Several documents in one file, as `>>` makes them, are read one after the other.

The commands cover the subscription they were run in. Nothing in their output says which subscriptions there are beside
it, so role assignments always carry a gap at `/`: nobody is told `not_allowed` on this source alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, Self

import msgspec

from remit.adapters.azcli import shapes
from remit.adapters.json_files import chunks_of, files_of, name_of, size_of
from remit.model.errors import PayloadError
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.reader import RawBatch, Skipped
from remit.wire.azure.decode import decode_one
from remit.wire.azure.lists import LISTS
from remit.wire.stream import split_elements

_BATCH_ROWS = 2_000
_FIRST_OBJECT_BYTES = 1 << 24
_ANY = msgspec.json.Decoder()
_SUBSCRIPTION = re.compile(r"^/subscriptions/([^/]+)", re.IGNORECASE)
_LOOKED_UP = ("principalName", "roleDefinitionName")
_NAMED_SUBSCRIPTIONS = 5


def recognises(path: Path) -> bool:
    """Tell whether the first object of the file, or of any file of the folder, is one that `az` prints."""
    try:
        if path.is_dir() and any((path / name).exists() for name in ("manifest.json", "arm", "graph")):
            return False
        return any(_first_list(file) is not None for file in files_of(path))
    except (OSError, PayloadError):
        return False


class AzCliReader:
    """Reads the output of the Azure CLI. See `remit.ports.reader.TenantReader`."""

    def __init__(self, path: Path, *, lenient: bool = False) -> None:
        self._path = path
        self._lenient = lenient
        self._skipped: list[Skipped] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._subscriptions: set[str] = set()
        self._assignments: dict[bytes, bytes] = {}

    def meta(self) -> SnapshotMeta:
        """Return what was read; the output names neither the tenant nor the time."""
        collected = frozenset(kind for kind, treatment in self._counts if treatment == "used")
        return SnapshotMeta(
            tenant_id="",
            collected_at=None,
            cloud="AzureCloud",
            source="azCli",
            collected=collected,
            gaps=tuple(sorted(self._gaps(collected))),
        )

    def batches(self) -> Iterator[RawBatch]:
        """Yield the payloads, file by file in order of name."""
        files = files_of(self._path)
        if not files:
            raise PayloadError(str(self._path), 0, "", "no .json file is here")
        for file in files:
            yield from self._file(file)
        if not any(treatment == "used" for _, treatment in self._counts):
            raise PayloadError(
                str(self._path),
                0,
                "",
                "holds nothing that az role assignment list, az role definition list or az provider operation list "
                "prints",
                hint="run the command with --output json",
            )

    def again(self) -> Self:
        """Return a fresh reader of the same path."""
        return type(self)(self._path, lenient=self._lenient)

    def skipped(self) -> Sequence[Skipped]:
        """Return what was left out so far."""
        return tuple(self._skipped)

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return (list or kind of object, used or ignored, count)."""
        return tuple((kind, treatment, count) for (kind, treatment), count in sorted(self._counts.items()))

    def size_hint(self) -> int | None:
        """Return the bytes of all files."""
        return size_of(self._path)

    def _file(self, file: Path) -> Iterator[RawBatch]:
        name = name_of(self._path, file)
        waiting: dict[str, tuple[list[int], list[bytes]]] = {}
        elements = split_elements(chunks_of(file, name), file=name, member="value", several=True)
        for number, element in enumerate(elements, start=1):
            try:
                read = self._read(name, number, element)
            except PayloadError as error:
                if not self._lenient:
                    raise
                self._skipped.append(Skipped(name, number, error.why))
                continue
            if read is None:
                continue
            list_name, payload = read
            lines, payloads = waiting.setdefault(list_name, ([], []))
            lines.append(number)
            payloads.append(payload)
            if len(lines) == _BATCH_ROWS:
                del waiting[list_name]
                yield RawBatch(list_name, name, lines, payloads)
        for list_name, (lines, payloads) in waiting.items():
            yield RawBatch(list_name, name, lines, payloads)

    def _read(self, name: str, number: int, element: bytes) -> tuple[str, bytes] | None:
        value = decode_one(_ANY, name, number, element)
        if not isinstance(value, dict):
            raise PayloadError(name, number, "", "is not an object")
        read = shapes.to_payload(value)
        if read is None:
            self._counts["object of another command", "ignored"] += 1
            return None
        list_name, payload = read
        if not isinstance(payload.get("id"), str) or not payload["id"]:
            raise PayloadError(name, number, "id", "is missing or no text")
        if list_name == shapes.ROLE_ASSIGNMENTS and self._again(payload):
            self._counts["role assignment listed again", "ignored"] += 1
            return None
        self._counts[list_name, "used"] += 1
        return list_name, msgspec.json.encode(payload)

    def _again(self, payload: dict[str, Any]) -> bool:
        """Tell whether an assignment was listed before with the same content.

        An inherited assignment is listed in every subscription below it, with the role definition named through that
        subscription and with names that may or may not have been looked up.
        """
        inner = payload["properties"]
        scope = inner.get("scope") if isinstance(inner.get("scope"), str) else payload["id"]
        if found := _SUBSCRIPTION.match(scope):
            self._subscriptions.add(found.group(1).lower())
        same = {key: value for key, value in inner.items() if key not in _LOOKED_UP}
        same["roleDefinitionId"] = str(inner.get("roleDefinitionId")).rsplit("/", 1)[-1]
        content = blake2b(msgspec.json.encode(same, order="deterministic"), digest_size=16).digest()
        key = blake2b(payload["id"].lower().encode(), digest_size=16).digest()
        before = self._assignments.setdefault(key, content)
        return before is not content and before == content

    def _gaps(self, collected: frozenset[str]) -> Iterator[Gap]:
        for list_name in LISTS:
            if list_name not in collected:
                command = shapes.COMMANDS.get(list_name)
                reason = f"no output of {command}" if command else "the three az commands do not hold it"
                yield Gap(list_name, "/", reason)
            elif self._skipped and list_name != shapes.ROLE_ASSIGNMENTS:
                # What a bad object was cannot be told, so it may have been of any list.
                yield Gap(list_name, "/", f"{len(self._skipped)} bad objects left out")
        if shapes.ROLE_ASSIGNMENTS in collected:
            yield Gap(shapes.ROLE_ASSIGNMENTS, "/", f"az role assignment list covers {self._covered()} alone")

    def _covered(self) -> str:
        names = sorted(self._subscriptions)
        if not names:
            return "the subscription it was run in"
        shown = ", ".join(names[:_NAMED_SUBSCRIPTIONS])
        more = len(names) - _NAMED_SUBSCRIPTIONS
        return f"subscription{'s' if len(names) > 1 else ''} {shown}" + (f" and {more} more" if more > 0 else "")


def _first_list(file: Path) -> str | None:
    """Tell which list the first object of a file belongs to; reads no more than that object."""
    try:
        elements = split_elements(
            chunks_of(file, file.name), file=file.name, member="value", several=True, limit=_FIRST_OBJECT_BYTES
        )
        for element in islice(elements, 1):
            return shapes.list_of(decode_one(_ANY, file.name, 1, element))
    except PayloadError:
        return None
    return None
