"""manifest.json of a tenant export: whose tenant, read when, and what could not be read."""

from __future__ import annotations

from datetime import datetime

import msgspec

from remit.model.errors import InstantSyntaxError, PayloadError, ScopeSyntaxError
from remit.model.interval import parse_instant
from remit.model.scope import Scope
from remit.model.snapshot import Gap
from remit.wire.azure.decode import decode_one
from remit.wire.azure.lists import LISTS

NAME = "manifest.json"
FORMAT = "azure-tenant-export/1"
CLOUDS = ("AzureCloud", "AzureUSGovernment", "AzureChinaCloud")
MOST_BYTES = 64 * 1024 * 1024


class _Gap(msgspec.Struct):
    api: str
    scope: str = "/"
    reason: str = ""


class _Manifest(msgspec.Struct, rename="camel"):
    format: str | None = None
    tenant_id: str | None = None
    collected_at: str | None = None
    cloud: str | None = None
    gaps: list[_Gap] | None = None


_DECODER = msgspec.json.Decoder(_Manifest)


class Manifest(msgspec.Struct, frozen=True):
    """What an export says of itself; everything may be left out."""

    tenant_id: str = ""
    collected_at: datetime | None = None
    cloud: str = CLOUDS[0]
    gaps: tuple[Gap, ...] = ()


def read_manifest(text: bytes, file: str = NAME) -> Manifest:
    """Decode and judge a manifest.

    Raises:
        PayloadError: it is no manifest of this format, or a value in it is wrong.
    """
    said = decode_one(_DECODER, file, 0, text)
    if said.format is not None and said.format != FORMAT:
        raise PayloadError(file, 0, "format", f"`{said.format[:80]}` is not `{FORMAT}`")
    cloud = said.cloud or CLOUDS[0]
    if cloud not in CLOUDS:
        raise PayloadError(file, 0, "cloud", f"`{cloud[:80]}` is none of {', '.join(CLOUDS)}")
    return Manifest(
        tenant_id=(said.tenant_id or "").lower(),
        collected_at=_instant(said.collected_at, file),
        cloud=cloud,
        gaps=tuple(_gap(one, f"gaps[{place}]", file) for place, one in enumerate(said.gaps or ())),
    )


def _instant(text: str | None, file: str) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_instant(text)
    except InstantSyntaxError as error:
        raise PayloadError(file, 0, "collectedAt", error.message, hint=error.hint()) from error


def _gap(said: _Gap, field: str, file: str) -> Gap:
    """Judge one gap: a misspelt one would be no gap at all, and an answer would look settled that is not."""
    if said.api not in LISTS:
        raise PayloadError(file, 0, f"{field}.api", f"`{said.api[:80]}` is no list of a tenant export")
    if said.api.startswith("arm/"):
        try:
            Scope.parse(said.scope)
        except ScopeSyntaxError as error:
            raise PayloadError(file, 0, f"{field}.scope", error.message, hint=error.hint()) from error
    elif not said.scope:
        raise PayloadError(file, 0, f"{field}.scope", "is empty")
    return Gap(said.api, said.scope, said.reason or "not told")
