"""What forwarders put around a record, taken off: one record in, one record out.

- Something holds the record, as an object or as JSON text: Beats `message` and `event.original`, Splunk `event` and
  `_raw`, Datadog `attributes`, Wazuh `full_log` and `data`, Elasticsearch `_source`, the unified audit log's
  `AuditData`, an envelope of one.
- Something renamed it: keys joined by dots (Splunk, Beats), keys in lower case (Panther), ECS names (Beats), Datadog's
  `evt` and `network`.

A record of some category is never looked into for another: whoever can write into an application's log would write
records of the Activity Log. What is merely added beside the record's own fields (Panther `p_*`, Wazuh `azure_tag`,
Datadog `ddtags`) stays there; nobody reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remit.usage.ecs import from_ecs
from remit.usage.spellings import nested, nested_object

_Fields = Mapping[str, Any]

_HOLDERS = (
    *("_source", "event", "_raw", "result", "full_log", "content", "attributes", "AuditData", "RawData"),
    *("message", "data", "body", "Body", "raw", "record", "records", "value", "log"),
)
"""Members that may hold the record, the one to look into first coming first."""
_HOLDING = frozenset((*_HOLDERS, "azure", "evt"))
_OWN = frozenset(
    (
        *("category", "operationName", "eventTimestamp", "TimeGenerated", "Workload", "activityDisplayName"),
        *("createdDateTime", "operationname", "OperationName", "OperationNameValue", "CreationTime", "RequestUri"),
    )
)
"""Members of which every record of a log that is read has one."""
_JOINED = frozenset(
    (
        *("properties", "identity", "authorization", "claims", "operationName", "category", "status", "subStatus"),
        *("azure", "event", "evt", "data", "result", "attributes", "httpRequest", "_source", "initiatedBy", "network"),
    )
)
"""Roots of keys that were joined by dots."""
_NAMES = {
    name.lower(): name
    for name in (
        *("operationName", "operationVersion", "resourceId", "resultType", "resultSignature", "resultDescription"),
        *("durationMs", "callerIpAddress", "correlationId", "tenantId", "eventTimestamp", "submissionTimestamp"),
        *("eventDataId", "subscriptionId", "subStatus", "httpRequest", "statusCode", "statusText", "schemaVersion"),
    )
}
_DEEPEST = 6


def taken_off(fields: _Fields) -> _Fields:
    """Return the record that a document of a forwarder holds; the document itself where nothing is around it."""
    for _ in range(_DEEPEST):
        if _is_plain(fields):
            return fields
        inner = _inside(fields)
        if inner is None:
            return fields
        fields = inner
    return fields


def _is_plain(fields: _Fields) -> bool:
    """Say whether a record is as its log wrote it; most are, and this is all that they cost."""
    # The identity of a sign-in is a text, which Splunk leaves where it stood when it flattens what is around it.
    if "category" in fields and "operationName" in fields and "properties" in fields:
        return True
    if isinstance(fields.get("identity"), dict) and "category" in fields and "operationName" in fields:
        return True
    return "eventTimestamp" in fields and "authorization" in fields


def _inside(fields: _Fields) -> _Fields | None:
    """Take one thing off; None where there is nothing that is known."""
    if not _HOLDING.isdisjoint(fields) and not ("category" in fields and "operationName" in fields):
        held = _held(fields)
        if held is not None:
            return held
    if any("." in name and name.partition(".")[0] in _JOINED for name in fields):
        return _parted(fields)
    if "operationname" in fields and "operationName" not in fields:
        return {_NAMES.get(name, name): value for name, value in fields.items()}
    if isinstance(fields.get("evt"), dict) and "operationName" not in fields:
        return _from_datadog(fields)
    return None


def _held(fields: _Fields) -> _Fields | None:
    parsed = isinstance(fields.get("azure"), dict)
    for name in ("event", "message") if parsed else _HOLDERS:
        value = fields.get(name)
        if name == "event" and isinstance(value, dict) and (parsed or "original" in value):
            value = value.get("original")
        if not value or not isinstance(value, str | dict | list):
            continue
        inner = nested(value)
        if isinstance(inner, list) and len(inner) == 1:
            inner = nested(inner[0])
        if isinstance(inner, dict) and _may_be_record(inner):
            return inner
    return from_ecs(fields) if parsed else None


def _may_be_record(inner: _Fields) -> bool:
    if not _OWN.isdisjoint(inner) or not _HOLDING.isdisjoint(inner):
        return True
    return any(name.partition(".")[0] in _OWN for name in inner)


# ---- names that were changed


def _parted(fields: _Fields) -> _Fields:
    """Return a record whose keys were joined by dots (`properties.id`) with its objects made anew."""
    joined = [name for name in fields if "." in name and name.partition(".")[0] in _JOINED]
    apart = set(joined)
    found = {name: _copied(value) for name, value in fields.items() if name not in apart}
    for name in joined:
        *path, last = _steps(name)
        place = found
        for step in path:
            inner = place.get(step)
            if not isinstance(inner, dict):
                inner = place[step] = nested_object(inner)
            place = inner
        place.setdefault(last, fields[name])
    return found


def _copied(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    return {name: _copied(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def _steps(name: str) -> list[str]:
    """Cut a joined key; the names of claims are addresses and have dots of their own."""
    before, address, rest = name.partition(".http")
    return [*before.split("."), f"http{rest}"] if address else before.split(".")


def _from_datadog(fields: _Fields) -> _Fields:
    """Give a record its own names back that Datadog's pipeline has moved."""
    event, network = nested_object(fields.get("evt")), nested_object(fields.get("network"))
    found = dict(fields)
    found.pop("evt")
    moved = {
        "operationName": event.get("name"),
        "category": event.get("category"),
        "resultType": event.get("outcome"),
        "callerIpAddress": nested_object(network.get("client")).get("ip"),
        "time": fields.get("timestamp") or fields.get("date"),
    }
    for name, value in moved.items():
        if value not in (None, "") and name not in found:
            found[name] = value
    return found
