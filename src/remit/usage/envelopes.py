"""What forwarders put around a record, taken off: one record in, one record out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def taken_off(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the record that a document of a forwarder holds; the document itself where nothing is around it."""
    return fields
