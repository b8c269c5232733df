"""Key Vault audit events: diagnostic records, AZKVAuditLogs, and AzureDiagnostics with its flattened columns.

1. `resultType` is Success on 403 and 404 too: the HTTP status says how a call ended.
2. The text of a 403 may hold the whole decision; its action and its machine then win over everything else.
3. The 401 that each new client is answered first is no call.
4. `appliedAssignmentId` may be what denied; it is the granting assignment only of calls that were let in. Vaults with
   access policies have none.

Source: `azure-logs` section 6; docs/log-sources.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, ObservedPlane, SetAside
from remit.usage.recognised import Recognised, Shape
from remit.usage.sources.fields import NO_RESULT, NO_TIME, Fields, first_of, of_record, whole
from remit.usage.sources.key_vault_operations import is_notification, permission_of
from remit.usage.spellings import last_segment, one_line

CHALLENGE = "authentication challenge, no call"

_LONGEST_TEXT = 4_096
_UNAUTHORISED, _FORBIDDEN, _FIRST_FAILURE = 401, 403, 400
_SIGNATURES = {
    "ok": 200,
    "created": 201,
    "accepted": 202,
    "nocontent": 204,
    "badrequest": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "notfound": 404,
    "methodnotallowed": 405,
    "requesttimeout": 408,
    "conflict": 409,
    "gone": 410,
    "preconditionfailed": 412,
    "toomanyrequests": 429,
    "internalservererror": 500,
    "badgateway": 502,
    "serviceunavailable": 503,
    "gatewaytimeout": 504,
}
"""What an HTTP status is called, in lower case without blanks."""
_ALL_OF_HTTP = range(100, 600)
_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
_UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"
_FLAT_CLAIM = "identity_claim_"
_CUT_CLAIMS = {
    "http_schemas_microsoft_com_identity": ("objectidentifier", _OBJECT_ID),
    "http_schemas_xmlsoap_org_ws_2005_05_identity": ("upn", _UPN),
}
"""Addresses that name claims, as managed HSMs cut them at `/claims/` into an object in an object."""
_NO_WORD = re.compile(r"[^a-z0-9]+", re.ASCII)

_CALLER = re.compile(r"(?:Caller:\s*|application\s+')([^'\r\n]*?(?:appid|oid)=[^'\r\n]*?)(?='|\r|\n|\s+Action:|$)")
_PAIR = re.compile(r"([A-Za-z_]+)=([^;'\s]+)", re.ASCII)
_ACTION = re.compile(r"Action:\s*'([^'\r\n]+)'")
_OBJECT = re.compile(r"https?://[^/]+/(?:deleted)?(keys|secrets|certificates)/([^/?#]+)", re.ASCII | re.IGNORECASE)
_NO_OBJECTS = frozenset({"restore", "issuers", "contacts"})


@dataclass(frozen=True, slots=True)
class _Decision:
    """What the text of a refusal says of the decision; "" and {} where it says nothing."""

    action: str
    caller: dict[str, str]


def read(found: Recognised) -> Normalised | SetAside:
    """Read one audit event.

    Returns:
        One operation; set aside where it is a challenge, a notification, or an operation without a known permission.
    """
    fields = of_record(found.fields, typed=found.shape is Shape.TABLE)
    time = Fields(found.fields).time("time", "timegenerated")
    if time is None:
        return SetAside(NO_TIME)
    operation = fields.text("operationname")
    if is_notification(operation):
        return SetAside(f"Key Vault event `{one_line(operation)}` tells of no call")
    decision = _decision(fields.text("resultdescription")[:_LONGEST_TEXT])
    claims = _claims(fields)
    caller = _caller(claims, decision)
    status = _status(fields, decision)
    if status == _UNAUTHORISED and not caller:
        return SetAside(CHALLENGE)
    vault = _vault(found, fields)
    permission = _permission(operation, decision, vault)
    if permission is None:
        return SetAside(f"no permission is known for Key Vault operation `{one_line(operation)}`")
    if status is None:
        return SetAside(NO_RESULT)
    plane, action = permission
    outcome = _outcome(status)
    granted = outcome is not ObservedOutcome.REFUSED and plane is ObservedPlane.DATA
    return Normalised(
        (
            ObservedOperation(
                log=LogKind.KEY_VAULT,
                time=time,
                plane=plane,
                action=action,
                scope=vault + (_object(fields.text("requesturi")) if plane is ObservedPlane.DATA else ""),
                outcome=outcome,
                arrived=fields.time("_timereceived"),
                principal_id=caller,
                app_id=claims.identifier("appid", "azp") or decision.caller.get("appid", ""),
                token_id=claims.token("uti"),
                host_resource=_host(claims, decision),
                address=fields.address("calleripaddress"),
                assignment_id=last_segment(fields.text("appliedassignmentid")) if granted else "",
                correlation_id=fields.identifier("correlationid"),
                place=vault.lower(),
                digest=found.digest,
            ),
        )
    )


def _claims(fields: Fields) -> Fields:
    """Return the token's claims: `identity.claim`, or the columns that AzureDiagnostics makes of it."""
    identity = Fields(fields.inner("identity"))
    claim = identity.inner("claim", "claims")
    return Fields(claim, _cut_claims(Fields(claim)), _flat_claims(fields))


def _cut_claims(claim: Fields) -> dict[str, Any]:
    cut = {name: Fields(claim.inner(address)).inner("claims") for address, (_, name) in _CUT_CLAIMS.items()}
    return {name: Fields(cut[name]).value(short) for short, name in _CUT_CLAIMS.values()}


def _flat_claims(fields: Fields) -> dict[str, Any]:
    names = ("oid", "appid", "upn", "uti", "xms_mirid", "xms_az_rid", _OBJECT_ID, _UPN)
    columns = {
        name: fields.value(_FLAT_CLAIM + _NO_WORD.sub("_", name) if "/" in name else _FLAT_CLAIM + name)
        for name in names
    }
    return {name: value for name, value in columns.items() if value is not None}


def _decision(text: str) -> _Decision:
    """Return action and caller of `Caller: appid=..;oid=..;xms_mirid=.. Action: '..' Resource: '..'`.

    Vaults with access policies write `application 'appid=..;oid=..;iss=..' does not have ..`, which names no action.
    """
    caller, action = _CALLER.search(text), _ACTION.search(text)
    pairs = {key.lower(): value.lower() for key, value in _PAIR.findall(caller[1])} if caller else {}
    return _Decision(action[1].strip() if action else "", pairs)


def _caller(claims: Fields, decision: _Decision) -> str:
    return first_of(
        (
            claims.identifier("oid", _OBJECT_ID),
            decision.caller.get("oid", ""),
            claims.identifier("upn", _UPN, "appid"),
            decision.caller.get("appid", ""),
        )
    )


def _host(claims: Fields, decision: _Decision) -> str:
    told = (
        claims.text("xms_az_rid").lower(),
        decision.caller.get("xms_az_rid", ""),
        claims.text("xms_mirid").lower(),
        decision.caller.get("xms_mirid", ""),
    )
    return first_of(told).rstrip("/")


def _status(fields: Fields, decision: _Decision) -> int | None:
    """Return the HTTP status, as a number or as what it is called; where only the refusal's text is told, 403."""
    signature = fields.text("resultsignature")
    number = whole(signature)
    told = number if number in _ALL_OF_HTTP else _SIGNATURES.get(signature.lower().replace(" ", ""))
    return fields.status("httpstatuscode") or told or (_FORBIDDEN if decision.action else None)


def _vault(found: Recognised, fields: Fields) -> str:
    names = ("resourceid", "_resourceid") if found.shape is Shape.TABLE else ("resourceid",)
    return Fields(found.fields).text(*names).rstrip("/") or fields.text("resourceid").rstrip("/")


def _permission(operation: str, decision: _Decision, vault: str) -> tuple[ObservedPlane, str] | None:
    known = permission_of(operation, of_hsm="/managedhsms/" in vault.lower() or "/hsm/" in vault.lower())
    if not decision.action:
        return known
    return (known[0] if known else ObservedPlane.DATA), decision.action


def _object(uri: str) -> str:
    """Return `/secrets/{name}` where a request names one object of a vault, else ""."""
    found = _OBJECT.match(uri)
    if found is None or found[2].lower() in _NO_OBJECTS:
        return ""
    return f"/{found[1].lower()}/{found[2]}"


def _outcome(status: int) -> ObservedOutcome:
    if status in (_UNAUTHORISED, _FORBIDDEN):
        return ObservedOutcome.REFUSED
    return ObservedOutcome.FAILED if status >= _FIRST_FAILURE else ObservedOutcome.SUCCEEDED
