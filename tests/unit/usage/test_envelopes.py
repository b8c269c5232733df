"""What forwarders put around a record is taken off, and the record stays what it was."""

import json

import pytest

from remit.usage.envelopes import taken_off

RECORD = {
    "time": "2026-01-01T00:00:00Z",
    "category": "Administrative",
    "operationName": "A/b/write",
    "resourceId": "/subscriptions/s",
    "callerIpAddress": "203.0.113.7",
    "identity": {"claims": {"http://schemas.microsoft.com/identity/claims/objectidentifier": "x"}},
    "properties": {"entity": {"id": "y"}},
}
TEXT = json.dumps(RECORD)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(RECORD, id="nothing"),
        pytest.param({"@timestamp": "t", "message": TEXT, "agent": {"type": "filebeat"}}, id="Beats"),
        pytest.param({"@timestamp": "t", "event": {"original": TEXT, "kind": "event"}, "azure": {}}, id="ECS"),
        pytest.param({"event.original": TEXT, "azure.correlation_id": "c"}, id="ECS, keys joined"),
        pytest.param({"_index": "i", "_source": {"message": TEXT}}, id="Elasticsearch"),
        pytest.param({"event": RECORD, "sourcetype": "mscs", "time": 1}, id="Splunk's collector"),
        pytest.param({"event": TEXT, "host": "h"}, id="Splunk's collector, a text"),
        pytest.param({"preview": False, "result": {"_raw": TEXT, "_time": "t"}}, id="Splunk's export"),
        pytest.param({"id": "i", "content": {"attributes": RECORD, "tags": []}}, id="Datadog"),
        pytest.param({"_id": "i", "date": "d", "attributes": RECORD, "message": ""}, id="Datadog's archive"),
        pytest.param({"rule": {}, "agent": {}, "data": RECORD, "location": "azure-logs"}, id="Wazuh"),
        pytest.param({"rule": {}, "data": {"category": "x"}, "full_log": TEXT}, id="Wazuh, the whole log"),
        pytest.param({"records": [RECORD]}, id="an Event Hub message of one"),
        pytest.param({"message": json.dumps({"records": [TEXT]})}, id="an Event Hub message of one, forwarded"),
        pytest.param({"body": json.dumps(json.dumps(RECORD))}, id="encoded twice"),
        pytest.param({"date": 1767225600.5, "log": TEXT}, id="Fluent Bit"),
        pytest.param({"topic": "t", "offset": 1, "value": json.dumps({"records": [RECORD]})}, id="a Kafka consumer"),
    ],
)
def test_the_record_is_found_in_what_a_forwarder_wrote(document):
    assert taken_off(document) == RECORD


def test_an_audit_record_is_found_in_an_export_of_the_unified_audit_log():
    audit = {"CreationTime": "t", "Workload": "AzureActiveDirectory", "Operation": "Add user."}
    assert taken_off({"RecordType": "8", "Operations": "x", "AuditData": json.dumps(audit)}) == audit


def test_keys_that_splunk_joined_are_parted():
    joined = {
        "time": "t",
        "category": "Administrative",
        "operationName": "x",
        "identity.authorization.action": "A/b/write",
        "identity.claims.http://schemas.microsoft.com/identity/claims/objectidentifier": "o",
        "properties.entity.id": "y",
        "properties.entity.name": "z",
        "flow.0": "kept",
    }
    assert taken_off(joined) == {
        "time": "t",
        "category": "Administrative",
        "operationName": "x",
        "identity": {
            "authorization": {"action": "A/b/write"},
            "claims": {"http://schemas.microsoft.com/identity/claims/objectidentifier": "o"},
        },
        "properties": {"entity": {"id": "y", "name": "z"}},
        "flow.0": "kept",
    }


def test_a_joined_key_goes_into_the_object_that_is_there():
    assert taken_off({"properties": {"a": 1}, "properties.b": 2}) == {"properties": {"a": 1, "b": 2}}
    assert taken_off({"properties.b": 2, "properties": {"a": 1}}) == {"properties": {"b": 2, "a": 1}}
    assert taken_off({"properties": '{"a":1}', "properties.b": 2}) == {"properties": {"a": 1, "b": 2}}


def test_names_that_panther_wrote_in_lower_case_are_restored():
    found = taken_off({"operationname": "x", "resulttype": "0", "calleripaddress": "a", "p_log_type": "Azure.Audit"})
    assert found == {"operationName": "x", "resultType": "0", "callerIpAddress": "a", "p_log_type": "Azure.Audit"}


def test_fields_that_datadog_moved_are_put_back():
    moved = {
        "evt": {"name": "A/b/write", "outcome": "Success", "category": "Administrative"},
        "network": {"client": {"ip": "203.0.113.7"}},
        "timestamp": "t",
        "resourceId": "/subscriptions/s",
        "properties": {},
    }
    found = taken_off({"attributes": moved, "evt": {}})
    assert found["operationName"] == "A/b/write"
    assert found["resultType"] == "Success"
    assert found["category"] == "Administrative"
    assert found["callerIpAddress"] == "203.0.113.7"
    assert found["time"] == "t"


def test_a_record_that_was_parsed_into_ecs_names_is_made_again():
    document = {
        "@timestamp": "2026-01-01T00:00:00.000Z",
        "azure": {
            "activitylogs": {
                "category": "Administrative",
                "identity": {
                    "authorization": {"evidence": {"role_assignment_id": "r"}, "action": "A/b/write"},
                    "claims": {"http://schemas_microsoft_com/identity/claims/objectidentifier": "o", "xms_mirid": "m"},
                },
                "result_type": "Success",
            },
            "resource": {"id": "/subscriptions/s"},
            "correlation_id": "c",
        },
        "client": {"ip": "203.0.113.7"},
        "event": {"action": "A/B/WRITE", "category": ["x"]},
    }
    assert taken_off(document) == {
        "time": "2026-01-01T00:00:00.000Z",
        "category": "Administrative",
        "operationName": "A/B/WRITE",
        "resourceId": "/subscriptions/s",
        "correlationId": "c",
        "callerIpAddress": "203.0.113.7",
        "resultType": "Success",
        "identity": {
            "authorization": {"evidence": {"roleAssignmentId": "r"}, "action": "A/b/write"},
            "claims": {"http://schemas.microsoft.com/identity/claims/objectidentifier": "o", "xms_mirid": "m"},
        },
    }


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"message": "plain text"},
        {"message": '{"level":"info"}'},
        {"data": [1, 2]},
        {"records": [RECORD, RECORD]},
        {"azure": {"eventhub": {}}},
        {"event": {"kind": "x"}},
        {"category": "AppServiceConsoleLogs", "operationName": "x", "message": TEXT},
    ],
)
def test_what_holds_no_record_stays_as_it_is(document):
    assert taken_off(document) == document


def test_envelopes_in_envelopes_end():
    document = RECORD
    for _ in range(50):
        document = {"message": json.dumps(document) if document is RECORD else document, "event": document}
    taken_off(document)


def test_lists_of_ecs_documents_are_made_again():
    document = {
        "@timestamp": "t",
        "azure": {"auditlogs": {"properties": {"target_resources": {"0": {"display_name": "x"}, "1": ["y"]}}}},
        "event": {"action": "Add user"},
    }
    document["azure"]["auditlogs"]["properties"]["additional_details"] = [{"key_name": "k"}, 1]
    document["azure"]["auditlogs"]["properties"]["log"] = [{"key_name": "k"}]
    assert taken_off(document) == {
        "time": "t",
        "category": "AuditLogs",
        "operationName": "Add user",
        "properties": {
            "targetResources": [{"displayName": "x"}, ["y"]],
            "additionalDetails": [{"keyName": "k"}, 1],
            "log": [{"key_name": "k"}],
        },
    }
