"""One record in the words of a form: diagnostic, API, unified, or with what a forwarder puts around it."""

from __future__ import annotations

from typing import Any

import msgspec

from remit_sim.generate.dice import Dice
from remit_sim.generate.usage.calls import ACTIVITY
from remit_sim.generate.usage.instants import offset, plain
from remit_sim.generate.usage.observing import AUDIT
from remit_sim.generate.usage.operations import Fields, Record
from remit_sim.generate.usage.records import activity, entra_audit


def diagnostic(record: Record, dice: Dice) -> Fields:
    """Return a record as a diagnostic setting writes it."""
    return activity.diagnostic(record.fields, dice) if record.log == ACTIVITY else record.fields


def api(record: Record) -> Fields:
    """Return a record as the log's own API answers it."""
    if record.log == ACTIVITY:
        return activity.api(record.fields)
    said = dict(record.fields["properties"])
    if record.log == AUDIT:
        said["activityDateTime"] = said["activityDateTime"].replace("+00:00", "Z")
        by = said["initiatedBy"]
        said["initiatedBy"] = {"user": by.get("user"), "app": by.get("app")}
        return said
    said["createdDateTime"] = plain(record.time) + f".{record.time % 1_000_000:06d}Z"
    return said


def unified(record: Record, tenant_id: str) -> Fields:
    """Return an audit record as the unified audit log has it."""
    return entra_audit.unified(record.fields, tenant_id)


def beats(fields: Fields) -> Fields:
    """Return what Filebeat makes of a message: the record is a text."""
    return {
        "@timestamp": str(fields.get("time", ""))[:23] + "Z",
        "agent": {"type": "filebeat", "version": "8.19.0"},
        "azure": {"consumer_group": "$Default", "eventhub": "insights-logs", "partition_id": "0"},
        "event": {"kind": "event"},
        "input": {"type": "azure-eventhub"},
        "message": msgspec.json.encode(fields).decode(),
        "tags": ["forwarded"],
    }


def splunk(fields: Fields) -> Fields:
    """Return what Splunk's flattening leaves: one level, names with dots."""
    found: Fields = {}
    for name, value in fields.items():
        if name in {"properties", "identity"} and isinstance(value, dict):
            _flatten(name, value, found, depth=2)
        else:
            found[name] = value
    return found


def _flatten(prefix: str, value: dict[str, Any], found: Fields, depth: int) -> None:
    for name, inner in value.items():
        # Names of claims are URLs: they stay below, as a dot within them would be taken for a level.
        if isinstance(inner, dict) and depth > 1 and not any("." in one or "/" in one for one in inner):
            _flatten(f"{prefix}.{name}", inner, found, depth - 1)
        else:
            found[f"{prefix}.{name}"] = inner


def datadog(fields: Fields) -> Fields:
    """Return what Datadog keeps: the operation's name is that of an event, the rest is beside it."""
    rest = {name: value for name, value in fields.items() if name != "operationName"}
    return {
        **rest,
        "evt": {"name": fields.get("operationName", ""), "category": fields.get("category", "")},
        "ddsource": "azure",
        "service": "azure",
        "ddtags": "forwardername:azure-log-forwarder",
    }


def wazuh(fields: Fields, time: int) -> Fields:
    """Return the alert that Wazuh writes: the record is `data`."""
    return {
        "timestamp": offset(time)[:23] + "+0000",
        "rule": {"level": 3, "description": "Azure: log", "id": "87801", "groups": ["azure"]},
        "agent": {"id": "000", "name": "wazuh-manager"},
        "manager": {"name": "wazuh-manager"},
        "decoder": {"name": "json"},
        "data": {**fields, "azure_tag": "azure-storage"},
        "location": "Azure",
    }
