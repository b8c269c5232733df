"""A tenant as AzureHound 2.x tells it, read as a stream.

PATH is one file (`azurehound list -o FILE`, plain or gzipped; also what it prints without `-o`, one object a line), or
a folder with the files of several runs, for example of `list az-ad` and `list az-rm`.

What AzureHound failed to read it only logs, and of management groups, subscriptions and resource groups it writes three
roles alone, without conditions. Deny assignments it never reads. So no answer on this source alone is settled: a
possible access is `unknown` with the assignment that may give it, and an access that no assignment gives is `unknown`
with the gap.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import chain, islice
from pathlib import Path
from typing import Self

import msgspec

from remit.adapters.azurehound.kinds import KINDS, Form, Kind, Treatment, kind_of
from remit.adapters.azurehound.places import Places
from remit.adapters.azurehound.rows import Row, parent_of_pairs, rows_of
from remit.adapters.json_files import chunks_of, files_of, name_of, size_of
from remit.model.errors import PayloadError
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.reader import RawBatch, Skipped
from remit.wire.azure.decode import decode_one
from remit.wire.azure.lists import LISTS
from remit.wire.stream import split_elements

_RECORD_BYTES = 1 << 28
"""A record lists all members of one group, so it may be long."""
_BATCH_ROWS = 2_000
_MOST_GROUP_GAPS = 1_000
_ONCE = frozenset({"arm/roleAssignments", "graph/groups"})
"""Lists whose rows AzureHound repeats: under every resource that inherits them, or in two kinds."""
_NAMES_TENANT = frozenset({"graph/users", "arm/subscriptions", "arm/managementGroups"})
"""Lists whose rows carry the id of the collected tenant."""
_LISTED_AGAIN = "listed again"
_ASSIGNMENTS_GAP = (
    "AzureHound reads assignments of some resource types only, and above them Owner, Contributor and "
    "User Access Administrator only"
)
_RESOURCES_GAP = "AzureHound reads some resource types only, and leaves out settings that are false"
_LINE_START = re.compile(rb"\s*\{\s*\"kind\"")
_FILE_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*(?:\"data\"\s*:\s*\[\s*\{\s*)?\"kind\"\s*:\s*\"AZ")


class _Record(msgspec.Struct):
    kind: str
    data: msgspec.Raw


class _Meta(msgspec.Struct):
    type: str = "azure"


class _Tenant(msgspec.Struct, rename="camel"):
    tenant_id: str | None = None
    id: str | None = None
    collected: bool = False


_RECORD = msgspec.json.Decoder(_Record)
_META = msgspec.json.Decoder(_Meta)
_TENANT = msgspec.json.Decoder(_Tenant)


def recognises(path: Path) -> bool:
    """Tell whether the file, or any file of the folder, starts as AzureHound's do."""
    try:
        return any(_starts_well(file) for file in files_of(path))
    except PayloadError:
        return False


class AzureHoundReader:
    """Reads the output of AzureHound. See `remit.ports.reader.TenantReader`."""

    def __init__(self, path: Path, *, lenient: bool = False) -> None:
        self._path = path
        self._lenient = lenient
        self._tenant_id = ""
        self._named_tenant = ""
        self._skipped: list[Skipped] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._collected: set[str] = set()
        self._seen: set[bytes] = set()
        self._groups: set[str] = set()
        self._listed: dict[str, set[str]] = {}
        self._places = Places()
        self._lost: Counter[str] = Counter()
        self._waiting: dict[str, tuple[list[int], list[bytes]]] = {}

    def meta(self) -> SnapshotMeta:
        """Return what was read; the output does not name the time."""
        return SnapshotMeta(
            tenant_id=self._tenant_id or self._named_tenant,
            collected_at=None,
            cloud="AzureCloud",
            source="azureHound",
            collected=frozenset(self._collected),
            gaps=tuple(sorted(self._gaps())),
        )

    def batches(self) -> Iterator[RawBatch]:
        """Yield the rows of every list, file by file in order of name; management groups last."""
        files = files_of(self._path)
        if not files:
            raise PayloadError(str(self._path), 0, "", "no .json file is here")
        for file in files:
            yield from self._file(file)
        for name, line, payload in self._places.rows(self._tenant_id or self._named_tenant):
            yield RawBatch("arm/managementGroups", name, [line], [msgspec.json.encode(payload)])

    def again(self) -> Self:
        """Return a fresh reader of the same path."""
        return type(self)(self._path, lenient=self._lenient)

    def skipped(self) -> Sequence[Skipped]:
        """Return what was left out so far."""
        return tuple(self._skipped)

    def accounting(self) -> Sequence[tuple[str, str, int]]:
        """Return (kind, used, kept or ignored, records); a kind may also stand with the rows it listed again."""
        return tuple((kind, str(treatment), count) for (kind, treatment), count in sorted(self._counts.items()))

    def size_hint(self) -> int | None:
        """Return the bytes of all files."""
        return size_of(self._path)

    def _file(self, file: Path) -> Iterator[RawBatch]:
        name = name_of(self._path, file)
        chunks = chunks_of(file, name)
        head = next(chunks, b"")
        beside: dict[str, bytes] = {}
        lines = bool(_LINE_START.match(head))
        elements = split_elements(
            chain((head,), chunks),
            file=name,
            member=None if lines else "data",
            several=lines,
            beside=beside,
            limit=_RECORD_BYTES,
        )
        for number, element in enumerate(elements, start=1):
            try:
                yield from self._record(name, number, element)
            except PayloadError as error:
                if not self._lenient:
                    raise
                self._skipped.append(Skipped(name, number, error.why))
                self._lost[_list_of(element)] += 1
        if "meta" in beside and (found := decode_one(_META, name, 0, beside["meta"]).type) != "azure":
            raise PayloadError(name, 0, "meta.type", f"is `{found}`, not `azure`")
        for list_name in list(self._waiting):
            yield self._flush(list_name, name)

    def _record(self, name: str, number: int, element: bytes) -> Iterator[RawBatch]:
        record = decode_one(_RECORD, name, number, element)
        kind = kind_of(record.kind)
        if kind.form is Form.TENANT:
            self._tenant(record.data, name, number)
        elif kind.form is not Form.NONE and not self._pairs_again(record, kind, name, number):
            for row in rows_of(kind, record.data, name, number):
                if not self._named_tenant and kind.list_name in _NAMES_TENANT:
                    self._named_tenant = str(row.payload.get("tenantId") or "").lower()
                if self._held_or_again(record.kind, kind, row, name, number):
                    continue
                lines, payloads = self._waiting.setdefault(kind.list_name, ([], []))
                lines.append(number)
                payloads.append(msgspec.json.encode(row.payload))
                if len(lines) >= _BATCH_ROWS:
                    yield self._flush(kind.list_name, name)
        self._counts[record.kind, kind.treatment] += 1
        if kind.list_name:
            self._collected.add(kind.list_name)

    def _held_or_again(self, kind_name: str, kind: Kind, row: Row, name: str, number: int) -> bool:
        """Tell whether a row does not go out now: a place is held to the end, a repetition is counted."""
        if kind.list_name == "graph/groups":
            self._groups.add(row.identity.lower())
        held = kind.form in {Form.MANAGEMENT_GROUP, Form.DESCENDANT}
        if held:
            again = not self._places.add(kind.form, row, name, number)
        else:
            again = kind.list_name in _ONCE and self._again(kind.list_name, row.identity)
        if again:
            self._counts[f"{kind_name} ({_LISTED_AGAIN})", Treatment.IGNORED] += 1
        return held or again

    def _flush(self, list_name: str, name: str) -> RawBatch:
        lines, payloads = self._waiting.pop(list_name)
        return RawBatch(list_name, name, lines, payloads)

    def _tenant(self, data: msgspec.Raw, name: str, number: int) -> None:
        """Take the tenant that was collected; the file names tenants that trust it as well."""
        tenant = decode_one(_TENANT, name, number, bytes(data))
        if tenant.collected:
            self._tenant_id = (tenant.tenant_id or (tenant.id or "").rsplit("/", 1)[-1]).lower()

    def _again(self, list_name: str, identity: str) -> bool:
        key = blake2b(f"{list_name} {identity.lower()}".encode(), digest_size=16).digest()
        before = len(self._seen)
        self._seen.add(key)
        return len(self._seen) == before

    def _pairs_again(self, record: _Record, kind: Kind, name: str, number: int) -> bool:
        """Tell whether the members or owners of this group were listed before, as a group of either kind."""
        if kind.form is not Form.PAIRS or not (parent := parent_of_pairs(kind, record.data, name, number)):
            return False
        listed = self._listed.setdefault(kind.list_name, set())
        if parent in listed:
            self._counts[f"{record.kind} ({_LISTED_AGAIN})", Treatment.IGNORED] += 1
            return True
        listed.add(parent)
        return False

    def _gaps(self) -> Iterator[Gap]:
        for list_name in LISTS:
            if list_name in self._collected:
                continue
            kinds = sorted(kind for kind, found in KINDS.items() if found.list_name == list_name)
            reason = f"no record of kind {kinds[0]}" if kinds else "AzureHound does not collect it"
            yield Gap(list_name, "/", reason)
        for list_name, count in self._lost.items():
            yield Gap(list_name, "/", f"{count} bad {'record' if count == 1 else 'records'} left out")
        if "arm/roleAssignments" in self._collected:
            yield Gap("arm/roleAssignments", "/", _ASSIGNMENTS_GAP)
        if "arm/resources" in self._collected:
            yield Gap("arm/resources", "/", _RESOURCES_GAP)
        if "graph/groupMembers" in self._collected:
            missing = self._groups - self._listed.get("graph/groupMembers", set())
            if len(missing) > _MOST_GROUP_GAPS:
                yield Gap("graph/groupMembers", "/", f"{len(missing)} groups without a record of their members")
            else:
                for group in missing:
                    yield Gap("graph/groupMembers", f"/groups/{group}", "no record of its members")


def _list_of(element: bytes) -> str:
    """Return the list that a bad record would have filled; memberships where that cannot be told.

    A lost membership is what would make an answer too sure: assignments and denies have gaps of their own anyway.
    """
    try:
        return kind_of(_RECORD.decode(element).kind).list_name or "graph/groupMembers"
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return "graph/groupMembers"


def _starts_well(file: Path) -> bool:
    try:
        first = b"".join(islice(chunks_of(file, file.name), 1))
    except PayloadError:
        return False
    return bool(_FILE_START.match(first))
