"""A record whose log and shape are known, on its way to the reader of that log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any


class Family(Enum):
    """Which reader reads it: one file of `remit.usage.sources` each."""

    ACTIVITY = auto()
    SIGN_IN = auto()
    ENTRA_AUDIT = auto()
    GRAPH = auto()
    KEY_VAULT = auto()
    STORAGE = auto()
    COSMOS = auto()
    AKS = auto()


class Shape(Enum):
    """How its fields are named and nested.

    DIAGNOSTIC: what diagnostic settings write (`time`, `category`, `operationName`, `properties` ...).
    API: what the log's own REST API answers (Activity Log `eventTimestamp` and `{value, localizedValue}` objects; Graph
        `createdDateTime`, `activityDateTime`).
    TABLE: columns of a Log Analytics table, PascalCase, JSON in strings; the `Type` column or the set of columns tells
        which. Column names come as `forms` cleans them: without ` [UTC]`, `_dynamic` and `_string`.
    UNIFIED: the unified audit log (`CreationTime`, `Workload`, `Operation`).
    """

    DIAGNOSTIC = auto()
    API = auto()
    TABLE = auto()
    UNIFIED = auto()


@dataclass(frozen=True, slots=True)
class Recognised:
    """One record without what forwarders put around it.

    Attributes:
        family, shape: as their classes say.
        category: the record's category or table, as written, "" where it has none.
        fields: the record.
        digest: SHA-256 of the bytes it was read from.
    """

    family: Family
    shape: Shape
    category: str
    fields: Mapping[str, Any]
    digest: bytes
