"""Storage resource logs (StorageRead, StorageWrite, StorageDelete) and their four tables.

1. `authorization` is a list: one call may be checked for several actions, each with its own assignment. Each is an
   operation; the first is what the call is named after.
2. Calls by account key, by SAS and by nobody have no principal.
3. Diagnostic settings are made for a service of an account (`.../blobServices/default`): that is the place.
4. The status code is a number or a text, and in SMB's own numbers for file shares; the status text then decides.

Source: `azure-logs` section 7; docs/log-sources.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, SetAside
from remit.usage.recognised import Recognised, Shape
from remit.usage.sources.fields import NO_RESULT, NO_TIME, Fields, first_of, of_record
from remit.usage.sources.storage_operations import NO_PERMISSION, SERVICES, action_of, plane_of
from remit.usage.spellings import last_segment, nested_object, one_line

_NAMELESS = frozenset({"accountkey", "sas", "anonymous"})
_ALL_OF_HTTP = range(100, 600)
_REFUSED, _FIRST_FAILURE = (401, 403), 400
_REFUSALS = ("authorization", "authenticationfailed", "noauthenticationinformation", "accessdenied", "access_denied")
_NOT_PERMITTED = ("insufficientaccountpermissions", "keybasedauthenticationnotpermitted", "publicaccessnotpermitted")
_ACCOUNT = re.compile(r"(.*/storageAccounts/[^/]+)(?:/(blob|file|queue|table)Services(?:/[^/]+)?)?.*", re.IGNORECASE)
_FIRST = re.compile(r"[a-z]+://[^/?]+/([^/?#(]+)", re.ASCII | re.IGNORECASE)
_TABLES_KEY = re.compile(r"[a-z]+://[^/?]+/Tables\('([^']+)'\)", re.ASCII | re.IGNORECASE)
_HOST_SERVICE = re.compile(r"[a-z]+://[^./]+\.(?:z\d+\.)?(blob|dfs|file|queue|table)\.", re.ASCII | re.IGNORECASE)
_PARTS = {"blob": "containers", "file": "fileshares", "queue": "queues", "table": "tables"}
_NO_PARTS = frozenset({"tables", "$batch"})


@dataclass(frozen=True, slots=True)
class _Check:
    """One action that a call was checked for."""

    action: str
    denied: bool
    assignment_id: str
    through_id: str


def read(found: Recognised) -> Normalised | SetAside:
    """Read one call.

    Returns:
        An operation for each action that the call was checked for; set aside where no permission is known for it.
    """
    table = found.shape is Shape.TABLE
    identity = Fields(nested_object(found.fields.get("identity")))
    requester = Fields(identity.inner("requester"))
    fields = of_record(found.fields)
    record = Fields(found.fields)
    time = record.time("time", "timegenerated")
    if time is None:
        return SetAside(NO_TIME)
    operation = record.text("operationname")
    if operation.lower() in NO_PERMISSION:
        return SetAside(f"Storage operation `{one_line(operation)}` needs no permission")
    uri = record.text("uri")
    resource, service = _service(record.text("resourceid", "_resourceid"), _told_service(found, fields, uri))
    through = record.text("authenticationtype") if table else identity.text("type")
    principal = "" if through.lower() in _NAMELESS else _principal(requester, record)
    listed = record.items("authorizationdetails") if table else identity.items("authorization")
    checks = _checks(listed, principal) or _mapped(service, operation)
    if not checks:
        return SetAside(f"no permission is known for Storage operation `{one_line(operation)}`")
    outcome = _outcome(record.status("statuscode"), record.text("statustext"))
    if outcome is None:
        return SetAside(NO_RESULT)
    scope = _scope(resource, service, uri)
    return Normalised(
        tuple(
            ObservedOperation(
                log=LogKind.STORAGE,
                time=time,
                plane=plane_of(check.action),
                action=check.action,
                scope=scope,
                outcome=_outcome_of(check, checks, outcome),
                arrived=record.time("_timereceived"),
                principal_id=principal,
                app_id=first_of((requester.identifier("appid"), record.identifier("requesterappid"))),
                address=record.address("calleripaddress"),
                assignment_id="" if check.denied else check.assignment_id,
                through_id="" if check.denied else check.through_id,
                correlation_id=record.identifier("correlationid"),
                place=resource.lower(),
                digest=found.digest,
            )
            for check in checks
        )
    )


def _principal(requester: Fields, record: Fields) -> str:
    told = (requester.identifier("objectid", "upn"), record.identifier("requesterobjectid", "requesterupn"))
    return first_of((*told, record.identifier("requesterusername")))


def _told_service(found: Recognised, fields: Fields, uri: str) -> str:
    """Return which service answered, from the table, the service type, the resource type, else the address."""
    kind = fields.text("resourcetype").lower().rpartition("/")[2].removesuffix("services")
    for told in (fields.text("servicetype").lower(), kind, found.category.lower().removeprefix("storage")):
        for service in SERVICES:
            if told in (service, f"{service}logs"):
                return service
    by_host = _HOST_SERVICE.match(uri)
    service = by_host[1].lower() if by_host else ""
    return "blob" if service == "dfs" else service


def _service(resource_id: str, told: str) -> tuple[str, str]:
    """Return the id of the account's service, in the record's spelling, and the service."""
    found = _ACCOUNT.fullmatch(resource_id.rstrip("/"))
    if found is None:
        return resource_id.rstrip("/"), told
    if found[2]:
        return resource_id.rstrip("/"), found[2].lower()
    return f"{found[1]}/{told}Services/default" if told else found[1], told


def _scope(resource: str, service: str, uri: str) -> str:
    """Return the container, share, queue or table that an address names, else the service."""
    keyed = _TABLES_KEY.match(uri) if service == "table" else None
    found = keyed or _FIRST.match(uri)
    if found is None or service not in _PARTS or (keyed is None and found[1].lower() in _NO_PARTS):
        return resource
    return f"{resource}/{_PARTS[service]}/{found[1]}"


def _checks(listed: Sequence[Any], principal: str) -> list[_Check]:
    """Return what was checked, one for each action: if it was granted at all, by the first that granted it."""
    checks: dict[str, _Check] = {}
    for each in listed:
        entry = Fields(nested_object(each))
        action = entry.text("action")
        if not action:
            continue
        denied = entry.text("result").lower() == "denied" or (
            bool(entry.identifier("denyassignmentid")) and entry.text("result").lower() != "granted"
        )
        check = _Check(action, denied, last_segment(entry.text("roleassignmentid")), _through(entry, principal))
        before = checks.get(action.lower())
        if before is None or (before.denied and not denied):
            checks[action.lower()] = check
    return list(checks.values())


def _through(entry: Fields, principal: str) -> str:
    """Return whom the assignment names: the caller where it does, else the first that is listed."""
    if not entry.text("roleassignmentid"):
        return ""
    ids = [Fields(nested_object(each)).identifier("id") for each in entry.items("principals")]
    return principal if principal in ids else first_of(ids)


def _mapped(service: str, operation: str) -> list[_Check]:
    action = action_of(service, operation)
    return [] if action is None else [_Check(action, denied=False, assignment_id="", through_id="")]


def _outcome(status: int | None, text: str) -> ObservedOutcome | None:
    word = text.lower()
    if word and (any(part in word for part in _REFUSALS) or word in _NOT_PERMITTED):
        return ObservedOutcome.REFUSED
    if status is not None and status in _ALL_OF_HTTP:
        if status in _REFUSED:
            return ObservedOutcome.REFUSED
        return ObservedOutcome.FAILED if status >= _FIRST_FAILURE else ObservedOutcome.SUCCEEDED
    if not word:
        return None
    return ObservedOutcome.SUCCEEDED if word.endswith("success") else ObservedOutcome.FAILED


def _outcome_of(check: _Check, checks: Sequence[_Check], outcome: ObservedOutcome) -> ObservedOutcome:
    """Return how one of the checked actions ended.

    An action that was denied was refused. One that was granted in a call that was refused for another was not: the
    caller holds it, and the call came to nothing.
    """
    if check.denied:
        return ObservedOutcome.REFUSED
    refused_for_another = outcome is ObservedOutcome.REFUSED and any(other.denied for other in checks)
    return ObservedOutcome.FAILED if refused_for_another else outcome
