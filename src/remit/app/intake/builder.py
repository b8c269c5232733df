"""From raw payloads to the facts of a tenant.

    >>> from remit.model.snapshot import SnapshotMeta
    >>> builder = FactsBuilder()
    >>> row = b'{"id": "/subscriptions/s", "subscriptionId": "s"}'
    >>> list(builder.add("arm/subscriptions", "subscriptions.jsonl", [1], [row]).keys)
    ['/subscriptions/s']
    >>> meta = SnapshotMeta("", None, "AzureCloud", "tenantExport", frozenset({"arm/subscriptions"}), ())
    >>> list(builder.finish(meta, {}).scopes.key)
    ['/', '/subscriptions/s']

Order of lists and rows has no meaning: the same payloads give the same facts. Cost: a few microseconds a row, and no
object per row but the interned ids.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from remit.app.intake.directory_roles import DEFINITIONS
from remit.app.intake.finishing import finish_facts
from remit.app.intake.flags import was_seen
from remit.app.intake.handlers import Handler, handlers
from remit.app.intake.state import Intake
from remit.engine.facts import UNPLACED, TenantFacts
from remit.model.errors import PayloadError
from remit.model.role import RoleDefinition
from remit.model.snapshot import Gap, SnapshotMeta
from remit.ports.reader import Skipped
from remit.wire.azure.decode import decode_all, decode_one
from remit.wire.azure.lists import LISTS, ListShape

_NOT_COLLECTED = "not collected"


@dataclass(frozen=True, slots=True)
class Taken:
    """The rows of a batch that were taken, column by column; all of them unless the builder is lenient."""

    keys: Sequence[str]
    lines: Sequence[int]
    payloads: Sequence[bytes]


def complete(meta: SnapshotMeta) -> SnapshotMeta:
    """Return the meta with a gap for every list that was not collected, gaps sorted and distinct."""
    whole = {gap.api for gap in meta.gaps if gap.scope == "/"}
    absent = (Gap(name, "/", _NOT_COLLECTED) for name in LISTS if name not in meta.collected and name not in whole)
    return replace(meta, tenant_id=meta.tenant_id.lower(), gaps=tuple(sorted({*meta.gaps, *absent})))


class FactsBuilder:
    """Takes payloads in any order, then gives the facts once.

    Args:
        lenient: leave bad rows out, list them in `skipped`, and note a gap for their list.
        without: (list, key) of rows to leave out, because they stand twice with different content.
    """

    def __init__(self, *, lenient: bool = False, without: Collection[tuple[str, str]] = ()) -> None:
        self._intake = Intake()
        self._handlers: Mapping[str, Handler] = handlers(self._intake)
        self._lenient = lenient
        self._without = frozenset(without)
        self._touched: dict[str, int] = {}
        self.skipped: list[Skipped] = []

    def add(self, list_name: str, file: str, lines: Sequence[int], payloads: Sequence[bytes]) -> Taken:
        """Take some rows of one list.

        Raises:
            PayloadError: a row is bad and the builder is not lenient; the builder is then of no more use.
        """
        shape = LISTS.get(list_name)
        if shape is None:
            raise PayloadError(file, 0, "", f"`{list_name}` is no list of a tenant export")
        handler = self._handlers.get(list_name)
        rows = None if self._lenient else decode_all(shape.decoder, payloads)
        if rows is None:
            return self._one_by_one(list_name, shape, file, lines, payloads)
        if handler is not None:
            for row, line in zip(rows, lines, strict=True):
                handler(row, file, line)
        return Taken([shape.key(row) for row in rows], lines, payloads)

    def _one_by_one(
        self,
        list_name: str,
        shape: ListShape,
        file: str,
        lines: Sequence[int],
        payloads: Sequence[bytes],
    ) -> Taken:
        handler = self._handlers.get(list_name)
        keys: list[str] = []
        kept_lines: list[int] = []
        kept: list[bytes] = []
        for line, payload in zip(lines, payloads, strict=True):
            try:
                row = decode_one(shape.decoder, file, line, payload)
                key = shape.key(row)
                self._not_ambiguous(list_name, key, file, line)
                if handler is not None:
                    handler(row, file, line)
            except PayloadError as error:
                if not self._lenient:
                    raise
                self._skip(list_name, error)
                continue
            keys.append(key)
            kept_lines.append(line)
            kept.append(payload)
        return Taken(keys, kept_lines, kept)

    def _not_ambiguous(self, list_name: str, key: str, file: str, line: int) -> None:
        if (list_name, key) in self._without:
            raise PayloadError(file, line, "id", f"`{key}` stands several times with different content")

    def _skip(self, list_name: str, error: PayloadError) -> None:
        self.skipped.append(Skipped(error.file, error.line, error.message))
        self._touched[list_name] = self._touched.get(list_name, 0) + 1

    def finish(self, meta: SnapshotMeta, catalogue: Mapping[str, RoleDefinition]) -> TenantFacts:
        """Return the facts; the builder is of no more use.

        Args:
            meta: what the source says of itself; gaps of absent lists are added where they are missing.
            catalogue: starter roles by lower-case GUID, asked only where roles may be missing (V6).

        Raises:
            PayloadError: management groups form a cycle and the builder is not lenient.
        """
        self._cycles()
        skipped = tuple(
            Gap(name, "/", f"{count} rows could not be read" if count > 1 else "1 row could not be read")
            for name, count in self._touched.items()
        )
        said = replace(meta, gaps=(*meta.gaps, *skipped, *self._intake.gaps))
        if was_seen(said, DEFINITIONS):
            said = replace(said, gaps=(*said.gaps, *self._intake.directory_roles.gaps()))
        whole = complete(said)
        # Nothing may hold the growing tables any longer, the handlers least of all: they are as large as the facts.
        intake, self._intake = self._intake, Intake()
        self._handlers = handlers(self._intake)
        return finish_facts(intake, whole, catalogue)

    def _cycles(self) -> None:
        scopes = self._intake.scopes
        while cycle := scopes.cycle():
            first = min(cycle, key=scopes.key)
            place = scopes.places[first]
            names = " under ".join(f"`{scopes.text(code)}`" for code in _turned(cycle, first))
            error = PayloadError(
                place.file, place.line, "properties.parent.id", f"management groups form a cycle: {names}"
            )
            if not self._lenient:
                raise error
            self._skip("arm/managementGroups", error)
            for code in cycle:
                scopes.places[code] = replace(scopes.places[code], parent=UNPLACED)


def _turned(cycle: tuple[int, ...], first: int) -> tuple[int, ...]:
    """Return the cycle starting and ending with one of its groups."""
    at = cycle.index(first)
    return (*cycle[at:], *cycle[:at], first)
