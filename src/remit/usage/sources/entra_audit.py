"""Entra audit: what was changed in the directory, from diagnostic records, tables, Graph and the unified audit log.

The action is the activity's display name without the blanks around it, without the full stop of the unified form, and
with whatever dash it has. Rows of PIM are actions of their own: one activation has several, and the change behind them
is counted once where changes are read.

Source: `azure-logs` section 4; docs/log-sources.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, ObservedPlane, SetAside
from remit.usage.recognised import Recognised, Shape
from remit.usage.sources import sign_ins
from remit.usage.sources.fields import NO_RESULT, NO_TIME, Fields, first_of, of_record, tenant_scope
from remit.usage.spellings import is_guid, nested_object, text_of

NO_ACTIVITY = "no operation"

_RESULTS = {
    "success": ObservedOutcome.SUCCEEDED,
    "succeeded": ObservedOutcome.SUCCEEDED,
    "failure": ObservedOutcome.FAILED,
    "failed": ObservedOutcome.FAILED,
    "timeout": ObservedOutcome.FAILED,
}
_REFUSALS = ("authorization_requestdenied", "authorizationexception", "insufficient privileges", "not authorized to")
_LOGINS = ("userloggedin", "userloginfailed")
_ACTOR = re.compile(r"(?:user|serviceprincipal)_(.+)", re.ASCII | re.IGNORECASE)
_NAME, _OTHER, _UPN = "1", "2", "5"  # types of an actor's ids in the unified form
_NOBODY = ("", "not available")


@dataclass(frozen=True, slots=True)
class _Actor:
    principal_id: str
    app_id: str


def read(found: Recognised) -> Normalised | SetAside:
    """Read one audit row; logins that the unified audit log mixes in are read as sign-ins.

    Returns:
        One operation of the directory; set aside where time, activity or result is not told.
    """
    fields = of_record(found.fields)
    if found.shape is not Shape.UNIFIED:
        return _audit(found, fields)
    if fields.text("operation").lower() in _LOGINS:
        return sign_ins.read(found)
    return _unified(found, fields)


def _audit(found: Recognised, fields: Fields) -> Normalised | SetAside:
    record = Fields(found.fields)
    time = record.time("time", "timegenerated", "activitydatetime")
    time = fields.time("activitydatetime", "createddatetime") if time is None else time
    if time is None:
        return SetAside(NO_TIME)
    action = fields.text("activitydisplayname", "operationname")
    if not action:
        return SetAside(NO_ACTIVITY)
    outcome = _outcome(fields.text("result", "resulttype"), fields.text("resultreason", "resultdescription"))
    if outcome is None:
        return SetAside(NO_RESULT)
    tenant = record.identifier("aadtenantid" if found.shape is Shape.TABLE else "tenantid")
    scope, place = tenant_scope(record.text("resourceid"), tenant)
    initiator = Fields(fields.inner("initiatedby"))
    actor = _initiator(initiator, record.text("identity"))
    operation = ObservedOperation(
        log=LogKind.ENTRA_AUDIT,
        time=time,
        plane=ObservedPlane.DIRECTORY,
        action=action,
        scope=scope,
        outcome=outcome,
        arrived=record.time("_timereceived"),
        principal_id=actor.principal_id,
        app_id=actor.app_id,
        address=first_of((Fields(initiator.inner("user")).address("ipaddress"), record.address("calleripaddress"))),
        correlation_id=first_of((record.identifier("correlationid"), fields.identifier("correlationid"))),
        event_id=fields.event("id"),
        place=place,
        digest=found.digest,
    )
    return Normalised((operation,))


def _initiator(initiator: Fields, display_name: str) -> _Actor:
    """Return who did it: the user, else the application, by object id, else by what names it."""
    user, app = Fields(initiator.inner("user")), Fields(initiator.inner("app"))
    principal = first_of(
        (
            user.identifier("id", "userprincipalname"),
            app.identifier("serviceprincipalid", "appid"),
            app.identifier("serviceprincipalname", "displayname"),
            user.identifier("displayname"),
            display_name.lower(),
        )
    )
    return _Actor(principal, app.identifier("appid"))


def _outcome(result: str, reason: str) -> ObservedOutcome | None:
    outcome = _RESULTS.get(result.lower())
    if outcome is ObservedOutcome.FAILED and any(words in reason.lower() for words in _REFUSALS):
        return ObservedOutcome.REFUSED
    return outcome


def _unified(found: Recognised, fields: Fields) -> Normalised | SetAside:
    time = fields.time("creationtime")
    if time is None:
        return SetAside(NO_TIME)
    action = fields.text("operation").removesuffix(".").rstrip()
    if not action:
        return SetAside(NO_ACTIVITY)
    outcome = _outcome(fields.text("resultstatus"), fields.text("resultstatusdetail"))
    if outcome is None:
        return SetAside(NO_RESULT)
    scope, place = tenant_scope("", fields.identifier("organizationid"))
    actor = _unified_actor(fields)
    operation = ObservedOperation(
        log=LogKind.ENTRA_AUDIT,
        time=time,
        plane=ObservedPlane.DIRECTORY,
        action=action,
        scope=scope,
        outcome=outcome,
        principal_id=actor.principal_id,
        app_id=actor.app_id,
        address=fields.address("actoripaddress", "clientip"),
        correlation_id=fields.identifier("intersystemsid"),
        event_id=fields.event("id"),
        place=place,
        digest=found.digest,
    )
    return Normalised((operation,))


def _unified_actor(fields: Fields) -> _Actor:
    """Return the actor from its several ids.

    One is `User_{object id}` or `ServicePrincipal_{object id}`; another GUID among those of the same type is the
    application's. Without one: the UPN, else the name, else the user id of the record.
    """
    ids: list[tuple[str, str]] = []
    for each in fields.items("actor"):
        one = Fields(nested_object(each))
        ids.append((text_of(one.value("type")), one.identifier("id")))
    tagged = [match[1] for _, text in ids if (match := _ACTOR.fullmatch(text))]
    if not tagged:
        match = _ACTOR.fullmatch(fields.identifier("userid"))
        tagged = [match[1]] if match else []
    others = [text for kind, text in ids if kind == _OTHER and is_guid(text) and text not in tagged]
    named = [text for wanted in (_UPN, _NAME) for kind, text in ids if kind == wanted]
    user = fields.identifier("userid")
    return _Actor(first_of((*tagged, *named, "" if user in _NOBODY else user)), first_of(others))
