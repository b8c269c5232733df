"""One row of a table before any operator has run: its cells, and what is needed to see it.

    >>> cells_of(b'{"id":"/x","type":"Microsoft.Web/sites","tags":{"a": "b"}}')["type"]
    'microsoft.web/sites'

Top-level fields are cells by name, still as bytes where they come from the export.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from remit_sim import places
from remit_sim.resource_graph.kql.compiling import Compiled, Shape
from remit_sim.resource_graph.kql.values import DYNAMIC, STRING, Cell, plain, text_of
from remit_sim.tenant import Row

_DECODE = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode

_TEXT_COLUMNS = frozenset({"id", "name", "type", "kind", "location", "managedBy"})
_COLUMNS = (
    "id",
    "name",
    "type",
    "tenantId",
    "kind",
    "location",
    "resourceGroup",
    "subscriptionId",
    "managedBy",
    "sku",
    "plan",
    "properties",
    "tags",
    "identity",
    "zones",
    "extendedLocation",
)


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a table.

    Attributes:
        cells: what it says, by column; a column that is not here is null.
        place: lower-case key of where it stands: itself for a resource, the scope of a role assignment.
        action: what a caller must be allowed to do there to see it; "" where everybody may.
        anywhere: whether being allowed to anywhere is enough.
    """

    cells: Mapping[str, Cell]
    place: str
    action: str
    anywhere: bool = False


Records = Iterator[Record]


def cells_of(row: Row) -> dict[str, Cell]:
    """Return the top-level fields of a row of the export; `type` as lower-case text."""
    cells: dict[str, Any] = dict(_DECODE(row))
    if "type" in cells:
        cells["type"] = _lower(bytes(cells["type"]))
    return cells


def id_of(cells: Mapping[str, Cell]) -> str:
    """Return the id of a row."""
    return str(plain(cells["id"]))


def columns(tenant_id: str) -> Shape:
    """Return the columns of every table."""
    derived = {
        "tenantId": Compiled(STRING, lambda _: tenant_id),
        "subscriptionId": Compiled(STRING, lambda record: _part(record, places.subscription_of)),
        "resourceGroup": Compiled(STRING, lambda record: _part(record, places.group_of)),
    }
    return {name: derived.get(name) or _stored(name) for name in _COLUMNS}


def _stored(name: str) -> Compiled:
    kind = STRING if name in _TEXT_COLUMNS else DYNAMIC
    return Compiled(kind, lambda record: record.cells.get(name))


def _part(record: Record, place_of: Callable[[str], str]) -> str | None:
    return place_of(id_of(record.cells).lower()).rpartition("/")[2] or None


@lru_cache(maxsize=4096)
def _lower(raw: bytes) -> str:
    return text_of(msgspec.json.decode(raw)).lower()
