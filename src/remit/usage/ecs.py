"""Documents of Beats and of Elastic's integrations whose record was parsed into ECS names: the record again.

The names were made by rule (`service_principal_id` of `servicePrincipalId`), so that the rule is applied backwards.
Where the document kept the record as it was (`event.original`, `message`), that is read instead; see `envelopes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from remit.usage.spellings import nested_object

_Fields = Mapping[str, Any]

_SETS = {
    "activitylogs": "Administrative",
    "signinlogs": "SignInLogs",
    "auditlogs": "AuditLogs",
    "platformlogs": "",
    "graphactivitylogs": "MicrosoftGraphActivityLogs",
    "aadgraphactivitylogs": "AzureADGraphActivityLogs",
}
"""What stands under `azure`, and the category of its records where none is told."""
_RENAMED = {"created_at": "createdDateTime", "activity_datetime": "activityDateTime", "identity_name": "identity"}
_AS_THEY_ARE = frozenset(("claims", "requestbody", "log"))


def from_ecs(document: _Fields) -> dict[str, Any] | None:
    """Return the diagnostic record that a document was made of, None where it is none."""
    azure = nested_object(document.get("azure"))
    for name, category in _SETS.items():
        if not isinstance(azure.get(name), dict):
            continue
        record: dict[str, Any] = _named(azure[name])
        event = nested_object(document.get("event"))
        told = {
            "resultType": event.get("outcome"),
            "time": document.get("@timestamp"),
            "category": category,
            "operationName": event.get("action"),
            "resourceId": nested_object(azure.get("resource")).get("id"),
            "correlationId": azure.get("correlation_id"),
            "tenantId": azure.get("tenant_id"),
            "callerIpAddress": _address(document),
        }
        for key, value in told.items():
            if value not in (None, "") and record.get(key) in (None, ""):
                record[key] = value
        return record
    return None


def _named(fields: _Fields) -> dict[str, Any]:
    return {_RENAMED.get(key) or _camel(key): _inner(key, value) for key, value in fields.items()}


def _inner(key: str, value: Any) -> Any:  # noqa: ANN401 - whatever the document holds
    if isinstance(value, dict):
        if value and all(index.isdecimal() for index in value):
            return [_inner("", each) for each in value.values()]  # a list whose places became names
        return _claims(value) if key in _AS_THEY_ARE else _named(value)
    if isinstance(value, list) and key not in _AS_THEY_ARE:
        return [_inner("", each) for each in value]
    return value


def _camel(name: str) -> str:
    if "_" not in name:
        return name
    first, *others = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


def _claims(claims: _Fields) -> dict[str, Any]:
    """Give claims their addresses back, whose dots no field name may have."""
    return {
        name.replace("schemas_microsoft_com", "schemas.microsoft.com").replace(
            "schemas_xmlsoap_org", "schemas.xmlsoap.org"
        ): value
        for name, value in claims.items()
    }


def _address(document: _Fields) -> Any:  # noqa: ANN401 - a text where there is one
    for name in ("client", "source"):
        told = nested_object(document.get(name)).get("ip")
        if told:
            return told
    return None
