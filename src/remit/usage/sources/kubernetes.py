"""AKS audit (kube-audit, kube-audit-admin, AKSAudit, AKSAuditAdmin): requests to a cluster's API.

1. The audit event is JSON text in `properties.log` (`log_s` of AzureDiagnostics); the tables have columns for it.
2. A request has an event for each stage; only `ResponseComplete` tells how it ended. Both categories deliver the same
   events: their audit id is one.
3. The action is the one that Azure RBAC for Kubernetes checks: `managedClusters/{group/}{resource}/{verb}`, as the
   public authorisation webhook of AKS makes it. Subresources count as their resource, but for `pods/exec`.
4. Entra callers have their object id in `user.extra.oid`. Components of the cluster have names (`system:...`).
5. Azure's webhook writes into `annotations` which role assignment let a request in, and whom that names.
6. A request on behalf of another uses the permissions of the one impersonated; that the caller may impersonate is a
   second operation, the caller's own.

Source: docs/log-sources.md; kubernetes.io on auditing and on request verbs; the sources of the webhook (kubeguard).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from remit.model.usage import LogKind, Normalised, ObservedOperation, ObservedOutcome, ObservedPlane, SetAside
from remit.usage.recognised import Recognised, Shape
from remit.usage.sources.fields import NO_RESULT, NO_TIME, Fields
from remit.usage.spellings import address_only, last_segment, nested_object, one_line, spell_id, text_of

NO_VERB = "Kubernetes event without a verb"

_CLUSTERS = "Microsoft.ContainerService/managedClusters/"
_COMPLETE = "responsecomplete"
_VERBS = {
    "get": "read",
    "list": "read",
    "watch": "read",
    "create": "write",
    "patch": "write",
    "update": "write",
    "delete": "delete",
    "deletecollection": "delete",
    "bind": "bind/action",
    "escalate": "escalate/action",
    "use": "use/action",
    "impersonate": "impersonate/action",
}
_GRANT = re.compile(r"Azure RBAC Role Assignment (\S+) of Role (\S+)(?: to user (\S+))?", re.ASCII)
_REASON, _DECISION = "authorization.k8s.io/reason", "authorization.k8s.io/decision"
_REFUSED, _FIRST_FAILURE = (401, 403), 400
_SERVICE_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True, slots=True)
class _Call:
    time: int
    action: str
    outcome: ObservedOutcome
    assignment_id: str = ""
    through_id: str = ""


def read(found: Recognised) -> Normalised | SetAside:
    """Read one audit event.

    Returns:
        One operation, two where one caller acted as another; set aside where the event tells of no end, or of no call.
    """
    record = Fields(found.fields)
    event = _event(found, record)
    verb = event.text("verb").lower()
    if not verb:
        return SetAside(NO_VERB)
    stage = event.text("stage")
    if stage and stage.lower() != _COMPLETE:
        return SetAside(f"stage `{one_line(stage)}` tells of no end")
    time = record.time("time", "timegenerated")
    time = event.time("stagetimestamp", "requestreceivedtimestamp", "requestreceivedtime") if time is None else time
    if time is None:
        return SetAside(NO_TIME)
    target = Fields(event.inner("objectref"))
    action = action_of(verb, target, event.text("requesturi"))
    if action is None:
        return SetAside(f"no permission is known for Kubernetes verb `{one_line(verb)}`")
    annotations = Fields(event.inner("annotations"))
    outcome = _outcome(Fields(event.inner("responsestatus")), annotations)
    if outcome is None:
        return SetAside(NO_RESULT)
    grant = _GRANT.search(annotations.text(_REASON)) if outcome is not ObservedOutcome.REFUSED else None
    granted = (last_segment(grant[1]), spell_id(grant[3])) if grant else ("", "")
    return _operations(found, record, event, _Call(time, action, outcome, *granted))


def _operations(found: Recognised, record: Fields, event: Fields, call: _Call) -> Normalised:
    caller, other = Fields(event.inner("user")), Fields(event.inner("impersonateduser"))
    cluster = record.text("resourceid", "_resourceid").rstrip("/")
    namespace = Fields(event.inner("objectref")).text("namespace")
    acted = _name(other) or _name(caller)
    audit = event.event("auditid")

    def operation(principal: str, call: _Call, scope: str) -> ObservedOperation:
        return ObservedOperation(
            log=LogKind.AKS,
            time=call.time,
            plane=ObservedPlane.DATA,
            action=call.action,
            scope=scope,
            outcome=call.outcome,
            arrived=record.time("_timereceived"),
            principal_id=principal,
            address=address_only(text_of(next(iter(event.items("sourceips")), ""))),
            assignment_id=call.assignment_id,
            through_id=call.through_id,
            correlation_id=audit,
            event_id=audit,
            place=cluster.lower(),
            digest=found.digest,
        )

    scope = f"{cluster}/namespaces/{namespace}".rstrip("/") if namespace else cluster
    operations = [operation(acted, call, scope)]
    if _name(other):
        # The request was looked at, so the caller may impersonate, whatever came of it.
        impersonated = "serviceaccounts" if _is_service_account(other) else "users"
        name = f"{_CLUSTERS}{impersonated}/impersonate/action"
        operations.append(operation(_name(caller), _Call(call.time, name, ObservedOutcome.SUCCEEDED), cluster))
    return Normalised(tuple(operations))


def _event(found: Recognised, record: Fields) -> Fields:
    if found.shape is Shape.TABLE:
        typed = Fields(found.fields, typed=True)
        log = typed.inner("log")
        return Fields(log) if log else record
    properties = Fields(nested_object(found.fields.get("properties")))
    return Fields(properties.inner("log"))


def action_of(verb: str, target: Fields, request_uri: str) -> str | None:
    """Return the data action of Azure RBAC for Kubernetes that a request needs, None where there is none.

    Args:
        verb: in lower case.
        target: the event's `objectRef`; without a resource the request is for a path of the server.
        request_uri: path and query.
    """
    resource = target.text("resource").lower()
    if resource == "pods" and target.text("subresource").lower() == "exec":
        return _CLUSTERS + "pods/exec/action"
    done = _VERBS.get(verb)
    if done is None:
        return None
    if resource:
        group = target.text("apigroup") or target.text("apiversion").rpartition("/")[0]
        return f"{_CLUSTERS}{group + '/' if group else ''}{resource}/{done}"
    path = request_uri.partition("?")[0].strip("/")
    return f"{_CLUSTERS}{path}/{done}" if path else None


def _name(user: Fields) -> str:
    """Return the object id of an Entra caller, else the user name in lower case."""
    extra = Fields(user.inner("extra"))
    for each in (*extra.items("oid"), extra.value("oid")):
        if spell_id(each):
            return spell_id(each)
    return user.text("username").lower()


def _is_service_account(user: Fields) -> bool:
    return user.text("username").startswith(_SERVICE_ACCOUNT)


def _outcome(response: Fields, annotations: Fields) -> ObservedOutcome | None:
    """Return what the code says, else the status; where neither is told, a decision to forbid still says refused."""
    code = response.status("code")
    if not code:
        if annotations.text(_DECISION).lower() == "forbid":
            return ObservedOutcome.REFUSED
        word = response.text("status").lower()
        return {"success": ObservedOutcome.SUCCEEDED, "failure": ObservedOutcome.FAILED}.get(word)
    if code in _REFUSED:
        return ObservedOutcome.REFUSED
    return ObservedOutcome.FAILED if code >= _FIRST_FAILURE else ObservedOutcome.SUCCEEDED
