"""Entra sign-ins: of users, of service principals and of managed identities, in all their forms.

`resultType` is an error code in diagnostic records and tables, a word after some forwarders, and missing in others;
`status.errorCode` says it in Graph's form, `ErrorNumber` in the unified audit log, whose `ResultStatus` says Success of
failed logins too. A table's TenantId is the workspace's, never the tenant's.

Source: `azure-logs` section 3; docs/log-sources.md.
"""

from __future__ import annotations

from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, ObservedPlane, SetAside
from remit.usage.recognised import Recognised, Shape
from remit.usage.sources.fields import NO_RESULT, NO_TIME, Fields, first_of, of_record, tenant_scope, whole
from remit.usage.sources.sign_in_errors import outcome_of_code
from remit.usage.spellings import is_guid, nested_object, text_of

ACTION = "Sign-in activity"

_KINDS = {
    "signinlogs": LogKind.USER_SIGN_IN,
    "adfssigninlogs": LogKind.USER_SIGN_IN,
    "noninteractiveusersigninlogs": LogKind.NON_INTERACTIVE_SIGN_IN,
    "aadnoninteractiveusersigninlogs": LogKind.NON_INTERACTIVE_SIGN_IN,
    "serviceprincipalsigninlogs": LogKind.SERVICE_PRINCIPAL_SIGN_IN,
    "aadserviceprincipalsigninlogs": LogKind.SERVICE_PRINCIPAL_SIGN_IN,
    "microsoftserviceprincipalsigninlogs": LogKind.SERVICE_PRINCIPAL_SIGN_IN,
    "managedidentitysigninlogs": LogKind.MANAGED_IDENTITY_SIGN_IN,
    "aadmanagedidentitysigninlogs": LogKind.MANAGED_IDENTITY_SIGN_IN,
}
_EVENT_TYPES = {
    "interactiveuser": LogKind.USER_SIGN_IN,
    "noninteractiveuser": LogKind.NON_INTERACTIVE_SIGN_IN,
    "serviceprincipal": LogKind.SERVICE_PRINCIPAL_SIGN_IN,
    "managedidentity": LogKind.MANAGED_IDENTITY_SIGN_IN,
}
_WORDS = {
    "success": ObservedOutcome.SUCCEEDED,
    "succeeded": ObservedOutcome.SUCCEEDED,
    "failure": ObservedOutcome.FAILED,
    "failed": ObservedOutcome.FAILED,
    "userloggedin": ObservedOutcome.SUCCEEDED,
    "userloginfailed": ObservedOutcome.FAILED,
}
_OF_USERS = (LogKind.USER_SIGN_IN, LogKind.NON_INTERACTIVE_SIGN_IN)


def read(found: Recognised) -> Normalised | SetAside:
    """Read one sign-in.

    Returns:
        One operation, `Sign-in activity`; set aside where the record tells no time or no result.
    """
    if found.shape is Shape.UNIFIED:
        return _unified(found)
    fields = of_record(found.fields)
    record = Fields(found.fields)
    time = record.time("time", "timegenerated", "createddatetime")
    time = fields.time("createddatetime") if time is None else time
    if time is None:
        return SetAside(NO_TIME)
    outcome = _outcome(record.value("resulttype"), fields)
    if outcome is None:
        return SetAside(NO_RESULT)
    kind = _kind(found, fields)
    scope, place = tenant_scope(
        record.text("resourceid") if found.shape is not Shape.API else "", _tenant(found, record)
    )
    sign_in = fields.event("id")
    token = fields.token("uniquetokenidentifier", "id")
    return Normalised(
        (
            ObservedOperation(
                log=kind,
                time=time,
                plane=ObservedPlane.SIGN_IN,
                action=ACTION,
                scope=scope,
                outcome=outcome,
                arrived=record.time("_timereceived"),
                principal_id=_principal(kind, fields),
                app_id=fields.identifier("appid"),
                token_id=token,
                host_resource=_host(fields),
                address=fields.address("ipaddress", "calleripaddress"),
                correlation_id=first_of((record.identifier("correlationid"), fields.identifier("correlationid"))),
                event_id=sign_in or token,
                place=place,
                digest=found.digest,
            ),
        )
    )


def _kind(found: Recognised, fields: Fields) -> LogKind:
    for category in (found.category, fields.text("category"), fields.text("type")):
        if category.lower() in _KINDS:
            return _KINDS[category.lower()]
    for event_type in fields.items("signineventtypes"):
        if text_of(event_type).lower() in _EVENT_TYPES:
            return _EVENT_TYPES[text_of(event_type).lower()]
    of_a_user = fields.identifier("userid") or fields.text("userprincipalname")
    is_service = not of_a_user and fields.identifier("serviceprincipalid")
    return LogKind.SERVICE_PRINCIPAL_SIGN_IN if is_service else LogKind.USER_SIGN_IN


def _tenant(found: Recognised, record: Fields) -> str:
    return record.identifier("aadtenantid") if found.shape is Shape.TABLE else record.identifier("tenantid")


def _principal(kind: LogKind, fields: Fields) -> str:
    user = fields.identifier("userid", "userprincipalname")
    service = fields.identifier("serviceprincipalid", "serviceprincipalname")
    return first_of((user, service) if kind in _OF_USERS else (service, user))


def _host(fields: Fields) -> str:
    identity = Fields(fields.inner("managedidentity", "managedserviceidentity"))
    return identity.text("associatedresourceid").lower().rstrip("/")


def _outcome(result: object, fields: Fields) -> ObservedOutcome | None:
    """Return what the result, else the status, else the signature says; None where none says anything.

    Forwarders write a word for the result; the status then tells which error it was, and so whether access was refused.
    """
    code = Fields(fields.inner("status")).value("errorcode")
    if whole(result) is None and whole(code):
        return _told(code)
    said = (result, code, fields.value("resultsignature"))
    return next((outcome for one in said if (outcome := _told(one)) is not None), None)


def _told(result: object) -> ObservedOutcome | None:
    code = whole(result)
    return _WORDS.get(text_of(result).lower()) if code is None else outcome_of_code(code)


def _unified(found: Recognised) -> Normalised | SetAside:
    """Read a login of the unified audit log: `ErrorNumber`, else the operation, says how it ended."""
    fields = Fields(found.fields)
    time = fields.time("creationtime")
    if time is None:
        return SetAside(NO_TIME)
    outcome = _told(fields.value("errornumber"))
    if outcome is None:
        outcome = _told(fields.value("operation"))
    if outcome is None:
        return SetAside(NO_RESULT)
    scope, place = tenant_scope("", fields.identifier("organizationid"))
    operation = ObservedOperation(
        log=LogKind.USER_SIGN_IN,
        time=time,
        plane=ObservedPlane.SIGN_IN,
        action=ACTION,
        scope=scope,
        outcome=outcome,
        principal_id=_unified_principal(fields),
        app_id=fields.identifier("applicationid"),
        token_id=fields.token("intrasystemid", "id"),
        address=fields.address("actoripaddress", "clientip"),
        correlation_id=fields.identifier("intersystemsid"),
        event_id=fields.event("id"),
        place=place,
        digest=found.digest,
    )
    return Normalised((operation,))


def _unified_principal(fields: Fields) -> str:
    actors = [Fields(nested_object(actor)).identifier("id") for actor in fields.items("actor")]
    ids = [each for each in (fields.identifier("userkey"), *actors) if is_guid(each)]
    return first_of((*ids, fields.identifier("userid")))
