"""Microsoft Graph and AAD Graph activity: one record for each request, reads too.

Raw records hold more than the tables (`UserPrincipalObjectID`, `__UDI_*`); their durations are in no known unit and are
not read. A request is `METHOD /path` with ids replaced (`graph_paths`). Requests of one `$batch` share an operation id.

Source: `azure-logs` section 5; docs/log-sources.md.
"""

from __future__ import annotations

from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, ObservedPlane, SetAside
from remit.usage.recognised import Recognised, Shape
from remit.usage.sources.fields import NO_RESULT, NO_TIME, Fields, of_record, tenant_scope
from remit.usage.sources.graph_paths import graph_path

NO_REQUEST = "no request"

_AAD = ("azureadgraphactivitylogs", "aadgraphactivitylogs")
_LONGEST_URI = 8_192
_REFUSED = (401, 403)
_FIRST_FAILURE = 400


def read(found: Recognised) -> Normalised | SetAside:
    """Read one request.

    Returns:
        One operation of the directory; set aside where time, method, address or status is not told.
    """
    fields = of_record(found.fields)
    record = Fields(found.fields)
    time = record.time("time", "timegenerated")
    time = fields.time("timegenerated", "timerequested") if time is None else time
    if time is None:
        return SetAside(NO_TIME)
    method, uri = fields.text("requestmethod", "httpmethod").upper(), fields.text("requesturi")
    if not method or not uri:
        return SetAside(NO_REQUEST)
    status = fields.status("responsestatuscode", "httpstatuscode", "resultsignature")
    if not status:
        return SetAside(NO_RESULT)
    aad = found.category.lower() in _AAD or fields.text("category", "type").lower() in _AAD
    if found.shape is Shape.TABLE:
        tenant = record.identifier("aadtenantid")
    else:
        tenant = record.identifier("tenantid") or fields.identifier("tenantid")
    scope, place = tenant_scope(record.text("resourceid"), tenant)
    operation = ObservedOperation(
        log=LogKind.AAD_GRAPH if aad else LogKind.MICROSOFT_GRAPH,
        time=time,
        plane=ObservedPlane.DIRECTORY,
        action=f"{method} {graph_path(_without_query(uri), of_aad_graph=aad)}",
        scope=scope,
        outcome=_outcome(status),
        arrived=record.time("_timereceived"),
        principal_id=fields.identifier("userid", "serviceprincipalid", "userprincipalobjectid", "appid"),
        app_id=fields.identifier("appid"),
        token_id=fields.token("signinactivityid", "uniquetokenid", "uniquetokenidentifier"),
        address=fields.address("ipaddress", "calleripaddress"),
        correlation_id=fields.identifier("operationid", "correlationid"),
        event_id=fields.event("requestid"),
        place=place,
        digest=found.digest,
    )
    return Normalised((operation,))


def _without_query(uri: str) -> str:
    """Return what can be the path of a request: paths are looked up again and again, queries seldom."""
    return uri[:_LONGEST_URI].partition("?")[0]


def _outcome(status: int) -> ObservedOutcome:
    if status in _REFUSED:
        return ObservedOutcome.REFUSED
    return ObservedOutcome.FAILED if status >= _FIRST_FAILURE else ObservedOutcome.SUCCEEDED
