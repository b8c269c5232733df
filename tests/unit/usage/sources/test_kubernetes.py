"""AKS audit events."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fakes.observed import ASSIGNMENT, AT, AT_MICROS, GROUP, USER, one, operations, reason, without

from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane

CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/Harbour".upper()
CLUSTERS = "Microsoft.ContainerService/managedClusters"
TEAM = "99999999-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
AUDIT = "12121212-aaaa-4bbb-8ccc-dddddddddddd"
ADA = {"username": "Ada@Example.com", "groups": ["system:authenticated"], "extra": {"oid": [USER.upper()]}}


def event(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "level": "Metadata",
        "auditID": AUDIT,
        "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/shop/pods?limit=5",
        "verb": "list",
        "user": ADA,
        "sourceIPs": ["203.0.113.9", "10.0.0.4"],
        "objectRef": {"resource": "pods", "namespace": "shop", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": "2025-05-06T07:08:09.000000Z",
        "stageTimestamp": AT,
        **changes,
    }


def record(category: str = "kube-audit", **changes: Any) -> dict[str, Any]:
    return {
        "time": AT,
        "category": category,
        "operationName": f"{CLUSTERS}/diagnosticLogs/Read",
        "properties": {"log": json.dumps(event(**changes)), "stream": "stdout", "pod": "kube-apiserver-1"},
        "resourceId": CLUSTER,
    }


def test_a_request_is_the_data_action_that_azure_rbac_for_kubernetes_checks():
    read = one(record())
    assert (read.log, read.plane, read.action) == (LogKind.AKS, ObservedPlane.DATA, f"{CLUSTERS}/pods/read")
    assert (read.scope, read.place) == (f"{CLUSTER}/namespaces/shop", CLUSTER.lower())
    assert (read.principal_id, read.address) == (USER, "203.0.113.9")
    assert (read.event_id, read.correlation_id, read.time) == (AUDIT, AUDIT, AT_MICROS)


@pytest.mark.parametrize(
    ("verb", "target", "action"),
    [
        ("get", {"resource": "secrets", "namespace": "shop"}, "secrets/read"),
        ("watch", {"resource": "nodes"}, "nodes/read"),
        ("create", {"resource": "deployments", "apiGroup": "apps"}, "apps/deployments/write"),
        ("patch", {"resource": "deployments", "apiGroup": "apps", "subresource": "scale"}, "apps/deployments/write"),
        ("update", {"resource": "configmaps"}, "configmaps/write"),
        ("delete", {"resource": "pods"}, "pods/delete"),
        ("deletecollection", {"resource": "jobs", "apiGroup": "batch"}, "batch/jobs/delete"),
        ("create", {"resource": "pods", "subresource": "exec"}, "pods/exec/action"),
        ("get", {"resource": "pods", "subresource": "exec"}, "pods/exec/action"),
        ("get", {"resource": "pods", "subresource": "log"}, "pods/read"),
        (
            "create",
            {"resource": "roles", "apiVersion": "rbac.authorization.k8s.io/v1"},
            "rbac.authorization.k8s.io/roles/write",
        ),
    ],
)
def test_verb_group_and_resource_make_the_action(verb: str, target: dict[str, str], action: str):
    assert one(record(verb=verb, objectRef=target)).action == f"{CLUSTERS}/{action}"


def test_a_request_for_a_path_of_the_server_is_named_by_the_path():
    read = one(record(verb="get", objectRef=None, requestURI="/healthz/etcd?verbose"))
    assert (read.action, read.scope) == (f"{CLUSTERS}/healthz/etcd/read", CLUSTER)


@pytest.mark.parametrize("stage", ["RequestReceived", "ResponseStarted", "Panic"])
def test_only_the_stage_that_completes_the_response_tells_of_an_end(stage: str):
    assert reason(record(stage=stage)) == f"stage `{stage}` tells of no end"


def test_an_event_without_a_verb_is_no_request():
    assert reason({**record(), "properties": {"log": '{"kind":"Event"}'}}) == "Kubernetes event without a verb"
    assert reason({**record(), "properties": {"log": "text"}}) == "Kubernetes event without a verb"
    assert reason(record(verb="dance")) == "no permission is known for Kubernetes verb `dance`"
    assert reason(record(verb="post", objectRef=None)) == "no permission is known for Kubernetes verb `post`"


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        ({"code": 201}, ObservedOutcome.SUCCEEDED),
        ({"code": 101}, ObservedOutcome.SUCCEEDED),
        ({"code": "403", "status": "Failure"}, ObservedOutcome.REFUSED),
        ({"code": 401}, ObservedOutcome.REFUSED),
        ({"code": 399}, ObservedOutcome.SUCCEEDED),
        ({"code": 400}, ObservedOutcome.FAILED),
        ({"code": 404}, ObservedOutcome.FAILED),
        ({"status": "Success"}, ObservedOutcome.SUCCEEDED),
        ({"status": "Failure"}, ObservedOutcome.FAILED),
    ],
)
def test_the_response_says_how_it_ended(response: dict[str, Any], outcome: ObservedOutcome):
    assert one(record(responseStatus=response)).outcome is outcome


def test_what_tells_no_end_or_no_time_is_set_aside_and_the_event_has_a_time_of_its_own():
    assert reason(record(responseStatus=None)) == "no result"
    assert one(without(record(), "time")).time == AT_MICROS
    received = record(stageTimestamp=None, requestReceivedTimestamp="2025-05-06T07:08:09.123456Z")
    assert one(without(received, "time")).time == AT_MICROS
    assert one({**record(stageTimestamp="2025-05-07T00:00:00Z"), "time": AT}).time == AT_MICROS
    timeless = record(stageTimestamp=None, requestReceivedTimestamp=None)
    assert reason(without(timeless, "time")) == "no time"


def test_the_annotations_name_the_assignment_that_let_a_request_in_and_whom_it_names():
    told = f"Access allowed by Azure RBAC Role Assignment {ASSIGNMENT.replace('-', '')} of Role r to user {TEAM}"
    annotations = {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": told}
    read = one(record(annotations=annotations))
    assert (read.assignment_id, read.through_id) == (ASSIGNMENT, TEAM)
    refused = one(record(annotations=annotations, responseStatus={"code": 403}))
    assert (refused.assignment_id, refused.through_id) == ("", "")
    by_kubernetes = {"authorization.k8s.io/reason": 'RBAC: allowed by ClusterRoleBinding "admins"'}
    assert one(record(annotations=by_kubernetes)).assignment_id == ""


def test_a_decision_to_forbid_says_refused_where_the_response_says_nothing():
    read = one(record(responseStatus=None, annotations={"authorization.k8s.io/decision": "forbid"}))
    assert read.outcome is ObservedOutcome.REFUSED


def test_components_of_the_cluster_keep_their_names():
    system = {"username": "system:node:aks-1", "groups": ["system:nodes"]}
    assert one(record(user=system)).principal_id == "system:node:aks-1"


def test_a_request_on_behalf_of_another_uses_their_permissions_and_the_callers_to_act_as_them():
    other = {"username": "Bob@Example.com", "extra": {"oid": ["bbbbbbbb-9999-4999-8999-999999999999"]}}
    first, second = operations(record(impersonatedUser=other, responseStatus={"code": 403}))
    assert (first.principal_id, first.action) == ("bbbbbbbb-9999-4999-8999-999999999999", f"{CLUSTERS}/pods/read")
    assert first.outcome is ObservedOutcome.REFUSED
    assert (second.principal_id, second.action) == (USER, f"{CLUSTERS}/users/impersonate/action")
    assert (second.scope, second.outcome) == (CLUSTER, ObservedOutcome.SUCCEEDED)
    account = {"username": "system:serviceaccount:shop:till"}
    _, as_account = operations(record(impersonatedUser=account))
    assert as_account.action == f"{CLUSTERS}/serviceaccounts/impersonate/action"


def test_both_categories_deliver_one_event_under_one_id():
    assert one(record("kube-audit-admin")) == one(record("kube-audit"))


def test_a_table_row_reads_like_the_record_it_was_made_of():
    told = event()
    row = {
        "TimeGenerated": AT,
        "AuditId": AUDIT,
        "Stage": "ResponseComplete",
        "RequestUri": told["requestURI"],
        "Verb": "list",
        "User": json.dumps(ADA),
        "SourceIps": json.dumps(told["sourceIPs"]),
        "ObjectRef": json.dumps(told["objectRef"]),
        "ResponseStatus": json.dumps(told["responseStatus"]),
        "Type": "AKSAuditAdmin",
        "_ResourceId": CLUSTER,
    }
    assert one(row) == one(record())


def test_azure_diagnostics_keeps_the_event_in_a_column():
    row = {
        "TimeGenerated": AT,
        "Category": "kube-audit",
        "ResourceId": CLUSTER,
        "Type": "AzureDiagnostics",
        "log_s": json.dumps(event()),
        "pod_s": "kube-apiserver-1",
    }
    assert one(row) == one(record())
