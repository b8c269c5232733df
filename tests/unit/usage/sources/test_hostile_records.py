"""Whatever stands in a record, its reader understands it or sets it aside; nothing is raised."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes.observed import AT, DIGEST

from remit.model.usage import Normalised, SetAside
from remit.usage.recognised import Family, Recognised, Shape
from remit.usage.sources import cosmos, entra_audit, graph_calls, key_vault, kubernetes, sign_ins, storage

READERS = {
    Family.SIGN_IN: sign_ins.read,
    Family.ENTRA_AUDIT: entra_audit.read,
    Family.GRAPH: graph_calls.read,
    Family.KEY_VAULT: key_vault.read,
    Family.STORAGE: storage.read,
    Family.COSMOS: cosmos.read,
    Family.AKS: kubernetes.read,
}
NAMES = (
    *("time", "TimeGenerated", "CreationTime", "createdDateTime", "properties", "Properties", "identity", "Identity"),
    *("operationName", "OperationName", "Operation", "category", "Category", "Type", "resourceId", "_ResourceId"),
    *("resultType", "ResultType", "ErrorNumber", "status", "errorCode", "result", "ResultStatus", "resultSignature"),
    *("userId", "servicePrincipalId", "id", "Id", "uniqueTokenIdentifier", "managedIdentity", "signInEventTypes"),
    *("initiatedBy", "InitiatedBy", "user", "app", "Actor", "ID", "activityDisplayName", "resultReason"),
    *("requestMethod", "requestUri", "requestURI", "responseStatusCode", "httpStatusCode", "claim", "oid"),
    *("resultDescription", "appliedAssignmentId", "authorization", "AuthorizationDetails", "requester", "objectId"),
    *("action", "principals", "roleAssignmentId", "uri", "Uri", "statusCode", "statusText", "serviceType"),
    *("log", "log_s", "verb", "stage", "objectRef", "resource", "responseStatus", "code", "extra", "sourceIPs"),
    *("impersonatedUser", "username", "requestResourceType", "aadPrincipalId", "resourceType", "httpStatusCode_d"),
)
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        (
            *(AT, "0", "200", "403", "-1", "1e999", "SecretGet", "GetBlob", "Read", "get", "\x00", "a\r\nb`c", "%zz%"),
            *("{", "[1", '{"oid": [{}]}', '"\\"x\\""', "https://a.blob.core.windows.net/c", "/users('", "(a=')", "()"),
            *("Caller: appid=;oid=;=", "Action: ''", "<pii>", "/subscriptions/x/storageAccounts/y", "\ud800", "<null>"),
        )
    ),
)
VALUES: Any = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(NAMES), TEXTS), inner, max_size=5),
    ),
    max_leaves=12,
)
RECORDS = st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=14)


@pytest.mark.parametrize("family", READERS, ids=lambda family: family.name.lower())
@settings(max_examples=150, deadline=None)
@given(record=RECORDS, shape=st.sampled_from(Shape), category=st.sampled_from(("", "AuditLogs", "kube-audit", "Odd")))
def test_a_record_is_understood_or_set_aside_in_one_line(family: Family, record: Any, shape: Shape, category: str):
    found = READERS[family](Recognised(family, shape, category, {"time": AT, **record}, DIGEST))
    if isinstance(found, SetAside):
        assert found.reason
        assert found.reason.isprintable()
        return
    assert isinstance(found, Normalised)
    for operation in found.operations:
        assert operation.digest == DIGEST
        assert operation.action
        assert not operation.scope.endswith("/")
        assert operation.place == operation.place.lower()
        assert operation.principal_id == operation.principal_id.lower()
