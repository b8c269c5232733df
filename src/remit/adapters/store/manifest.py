"""manifest.json and imported.json of a snapshot folder.

A manifest is taken only if it is the one that the folder is named after: a gap or a time of collection that was changed
in it would change answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from remit.adapters.store.folders import as_unavailable
from remit.adapters.store.identity import DESCRIBED, FORMAT, snapshot_id
from remit.model.errors import SchemaTooNewError, UnavailableError
from remit.model.interval import parse_instant
from remit.model.snapshot import Flag, Gap, SnapshotMeta
from remit.ports.store import SnapshotSummary

MANIFEST = "manifest.json"
IMPORTED = "imported.json"


class _Meta(msgspec.Struct, rename="camel"):
    tenant_id: str
    collected_at: str | None
    cloud: str
    source: str
    collected: list[str]
    gaps: list[Gap]


class Manifest(msgspec.Struct):
    """What a manifest says, without the digests that the id rests on."""

    format: int
    meta: _Meta
    flags: list[Flag]
    rows: dict[str, int]

    def snapshot_meta(self) -> SnapshotMeta:
        """Return what the snapshot says about itself."""
        said = self.meta
        return SnapshotMeta(
            tenant_id=said.tenant_id,
            collected_at=parse_instant(said.collected_at) if said.collected_at else None,
            cloud=said.cloud,
            source=said.source,
            collected=frozenset(said.collected),
            gaps=tuple(said.gaps),
        )


class _Format(msgspec.Struct):
    format: int


class _Imported(msgspec.Struct):
    at: datetime


_MANIFEST = msgspec.json.Decoder(Manifest)
_FORMAT = msgspec.json.Decoder(_Format)
_IMPORTED = msgspec.json.Decoder(_Imported)
_MEMBERS = msgspec.json.Decoder(dict[str, Any])
_IMPORT_AGAIN = "remove its folder and import the export again"


def read_manifest(place: Path) -> Manifest:
    """Read the manifest of a snapshot folder.

    Raises:
        SchemaTooNewError: a newer Remit wrote it.
        UnavailableError: it is damaged.
    """
    text = _text(place, MANIFEST)
    try:
        found = _FORMAT.decode(text).format
        if found > FORMAT:
            raise SchemaTooNewError(
                f"snapshot {place.name[:12]} has format {found}, this Remit reads up to {FORMAT}",
                hint="use the Remit that imported it, or a newer one",
            )
        manifest = _MANIFEST.decode(text)
        said = _MEMBERS.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _damaged(place, MANIFEST) from error
    if snapshot_id({name: said.get(name) for name in DESCRIBED}) != place.name:
        raise UnavailableError(f"snapshot {place.name[:12]} has a {MANIFEST} that was changed", hint=_IMPORT_AGAIN)
    return manifest


def read_summary(place: Path) -> SnapshotSummary:
    """Read the line about a snapshot folder.

    Raises:
        SchemaTooNewError: a newer Remit wrote it.
        UnavailableError: it is damaged.
    """
    manifest = read_manifest(place)
    text = _text(place, IMPORTED)
    try:
        imported = _IMPORTED.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _damaged(place, IMPORTED) from error
    return summary_of(place.name, manifest.snapshot_meta(), tuple(manifest.flags), manifest.rows, imported.at)


def _text(place: Path, name: str) -> bytes:
    with as_unavailable("be read"):
        try:
            return (place / name).read_bytes()
        except FileNotFoundError as error:
            raise UnavailableError(f"snapshot {place.name[:12]} has no {name}", hint=_IMPORT_AGAIN) from error


def _damaged(place: Path, name: str) -> UnavailableError:
    return UnavailableError(f"snapshot {place.name[:12]} has a damaged {name}", hint=_IMPORT_AGAIN)


def summary_of(
    snapshot_id: str, meta: SnapshotMeta, flags: tuple[Flag, ...], rows: Mapping[str, int], imported_at: datetime
) -> SnapshotSummary:
    """Return the line about a snapshot."""
    return SnapshotSummary(
        snapshot_id=snapshot_id,
        tenant_id=meta.tenant_id,
        cloud=meta.cloud,
        source=meta.source,
        collected_at=meta.collected_at,
        imported_at=imported_at,
        rows=dict(rows),
        gaps=meta.gaps,
        flags=flags,
    )
