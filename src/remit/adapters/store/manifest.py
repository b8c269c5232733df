"""manifest.json and imported.json of a snapshot folder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from remit.adapters.store.folders import as_unavailable
from remit.adapters.store.identity import FORMAT
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


def read_manifest(place: Path) -> Manifest:
    """Read the manifest of a snapshot folder.

    Raises:
        SchemaTooNewError: a newer Remit wrote it.
        UnavailableError: it is damaged.
    """
    with as_unavailable("be read"):
        text = (place / MANIFEST).read_bytes()
    try:
        found = _FORMAT.decode(text).format
        if found <= FORMAT:
            return _MANIFEST.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnavailableError(f"snapshot {place.name[:12]} has a damaged {MANIFEST}") from error
    raise SchemaTooNewError(
        f"snapshot {place.name[:12]} has format {found}, this Remit reads up to {FORMAT}",
        hint="use the Remit that imported it, or a newer one",
    )


def read_summary(place: Path) -> SnapshotSummary:
    """Read the line about a snapshot folder.

    Raises:
        SchemaTooNewError: a newer Remit wrote it.
        UnavailableError: it is damaged.
    """
    manifest = read_manifest(place)
    with as_unavailable("be read"):
        text = (place / IMPORTED).read_bytes()
    try:
        imported = _IMPORTED.decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UnavailableError(f"snapshot {place.name[:12]} has a damaged {IMPORTED}") from error
    return summary_of(place.name, manifest.snapshot_meta(), tuple(manifest.flags), manifest.rows, imported.at)


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
