"""One record of any log, in any form, to what it says: the literal reading that the faster one must equal.

normalise(b'{"category": "AuditEvent", ...}')
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remit.model.usage import Normalised, SetAside


def normalise(record: bytes) -> Normalised | SetAside:
    """Read the JSON text of one record.

    Whatever stands in it, it is understood or set aside with a reason; nothing is raised. What forwarders put around
    a record (one record in it) is taken off; the form is found from the content.

    Args:
        record: UTF-8 JSON text of one object; a row of a table or CSV is an object of its columns.

    Returns:
        What the record says; operations carry the SHA-256 of `record` as their digest.
    """
    raise NotImplementedError


def normalise_object(found: Mapping[str, Any], digest: bytes) -> Normalised | SetAside:
    """Read one decoded record; see `normalise`."""
    raise NotImplementedError
