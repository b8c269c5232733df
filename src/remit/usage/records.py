"""One record of any log, in any form, to what it says: the literal reading that the faster one must equal.

normalise(b'{"category": "AuditEvent", ...}')
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from typing import Any

import msgspec

from remit.model.usage import Normalised, SetAside
from remit.usage.duplicates import twice
from remit.usage.envelopes import taken_off
from remit.usage.forms import recognise
from remit.usage.recognised import Family, Recognised
from remit.usage.sources import activity
from remit.usage.spellings import one_line

_MARK = b"\xef\xbb\xbf"
_Reader = Callable[[Recognised], Normalised | SetAside]


def _later(name: str) -> _Reader:
    """Return the reader of a module that may not be there yet."""
    try:
        found: _Reader = import_module(f"remit.usage.sources.{name}").read
    except ModuleNotFoundError:
        return lambda _: SetAside("its log is not read yet")
    return found


_READERS: dict[Family, _Reader] = {
    Family.ACTIVITY: activity.read,
    Family.SIGN_IN: _later("sign_ins"),
    Family.ENTRA_AUDIT: _later("entra_audit"),
    Family.GRAPH: _later("graph_calls"),
    Family.KEY_VAULT: _later("key_vault"),
    Family.STORAGE: _later("storage"),
    Family.COSMOS: _later("cosmos"),
    Family.AKS: _later("kubernetes"),
}


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
    return _READERS[known.family](known)
