"""One record of any log, in any form, to what it says: the literal reading that the faster one must equal.

normalise(b'{"category": "AuditEvent", ...}')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec

from remit.model.usage import Normalised, SetAside
from remit.usage.changes import changes_of
from remit.usage.duplicates import twice
from remit.usage.envelopes import taken_off
from remit.usage.forms import recognise
from remit.usage.recognised import Family, Recognised
from remit.usage.sources import (
    activity,
    cosmos,
    entra_audit,
    graph_calls,
    key_vault,
    kubernetes,
    sign_ins,
    storage,
)
from remit.usage.spellings import one_line

_MARK = b"\xef\xbb\xbf"
_READERS: dict[Family, Callable[[Recognised], Normalised | SetAside]] = {
    Family.ACTIVITY: activity.read,
    Family.SIGN_IN: sign_ins.read,
    Family.ENTRA_AUDIT: entra_audit.read,
    Family.GRAPH: graph_calls.read,
    Family.KEY_VAULT: key_vault.read,
    Family.STORAGE: storage.read,
    Family.COSMOS: cosmos.read,
    Family.AKS: kubernetes.read,
}
_CHANGING = (Family.ACTIVITY, Family.ENTRA_AUDIT)


def normalise(record: bytes) -> Normalised | SetAside:
    """Read the JSON text of one record.

    Whatever stands in it, it is understood or set aside with a reason; nothing is raised. What forwarders put around
    a record (one record in it) is taken off; the form is found from the content.

    Args:
        record: UTF-8 JSON text of one object; a row of a table or CSV is an object of its columns.

    Returns:
        What the record says; operations carry the SHA-256 of `record` as their digest.
    """
    text = record.removeprefix(_MARK)
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return SetAside("no JSON")
    except RecursionError:
        return SetAside("nested too deep")
    if not isinstance(found, dict):
        return SetAside("no JSON object")
    key = twice(text, found)
    if key is not None:
        return SetAside(f"duplicate key `{one_line(key)}`")
    return normalise_object(found, sha256(record).digest())


def normalise_object(found: Mapping[str, Any], digest: bytes) -> Normalised | SetAside:
    """Read one decoded record; see `normalise`."""
    try:
        return understand(found, digest)
    except RecursionError:
        return SetAside("nested too deep")
    except Exception as error:  # noqa: BLE001 - one odd record must not end an ingest; tests call `understand`
        return SetAside(f"cannot be read: {one_line(error)}")


def understand(found: Mapping[str, Any], digest: bytes) -> Normalised | SetAside:
    """Read one decoded record as `normalise_object` does, but let a mistake of a reader show itself.

    Raises:
        Exception: whatever a reader raises that should raise nothing.
    """
    known = recognise(taken_off(found), digest)
    if isinstance(known, SetAside):
        return known
    read = _READERS[known.family](known)
    if isinstance(read, SetAside) or known.family not in _CHANGING:
        return read
    changes = changes_of(known, read.operations[0])
    return replace(read, changes=changes) if changes else read
