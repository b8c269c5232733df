"""Key Vault audit events, with the quirks of section 6 of the log notes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.fakes.observed import APPLICATION, ASSIGNMENT, AT, AT_MICROS, GROUP, SERVICE, USER, one, reason, without

from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane
from remit.usage.sources.key_vault_operations import CONTROL_ACTIONS, HSM_DATA_ACTIONS, VAULT_DATA_ACTIONS

VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/Till".upper()
HSM = f"{GROUP}/providers/Microsoft.KeyVault/managedHSMs/Strong".upper()
URI = "https://till.vault.azure.net"
VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/Desk"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Clerk"
CLAIM = {"oid": USER, "appid": APPLICATION, "upn": "Ada@Example.com", "ipaddr": "203.0.113.9"}


def event(operation: str = "SecretGet", status: Any = 200, claim: Any = None, **properties: Any) -> dict[str, Any]:
    return {
        "time": AT,
        "category": "AuditEvent",
        "operationName": operation,
        "resultType": "Success",
        "resultSignature": "OK",
        "correlationId": "eeeeeeee-5555-4555-8555-555555555555",
        "callerIpAddress": "203.0.113.9",
        "identity": {"claim": CLAIM if claim is None else claim},
        "properties": {
            "id": f"{URI}/secrets/pin",
            "httpStatusCode": status,
            "requestUri": f"{URI}/secrets/pin/0123?api-version=7.4",
            "isRbacAuthorized": True,
            **properties,
        },
        "resourceId": VAULT,
    }


def test_a_call_is_the_data_action_it_needs_at_the_object_it_names():
    read = one(event())
    assert (read.log, read.plane) == (LogKind.KEY_VAULT, ObservedPlane.DATA)
    assert read.action == "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    assert (read.scope, read.place) == (f"{VAULT}/secrets/pin", VAULT.lower())
    assert (read.principal_id, read.app_id, read.address) == (USER, APPLICATION, "203.0.113.9")
    assert (read.time, read.event_id) == (AT_MICROS, "")


@pytest.mark.parametrize(
    ("uri", "object_of"),
    [
        (f"{URI}/secrets/pin?api-version=7.4", "/secrets/pin"),
        (f"{URI}/keys/Sign/sign?api-version=7.4", "/keys/Sign"),
        (f"{URI}/certificates/web/pending", "/certificates/web"),
        (f"{URI}/deletedsecrets/pin", "/secrets/pin"),
        (f"{URI}/secrets?api-version=7.4", ""),
        (f"{URI}/secrets/restore?api-version=7.4", ""),
        (f"{URI}/certificates/issuers/ca1", ""),
        (f"{URI}/certificates/contacts", ""),
        ("", ""),
    ],
)
def test_the_scope_is_the_vault_and_the_object_where_the_request_names_one(uri: str, object_of: str):
    assert one(event(requestUri=uri)).scope == VAULT + object_of


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, ObservedOutcome.SUCCEEDED),
        (202, ObservedOutcome.SUCCEEDED),
        (403, ObservedOutcome.REFUSED),
        ("403", ObservedOutcome.REFUSED),
        (401, ObservedOutcome.REFUSED),
        (399, ObservedOutcome.SUCCEEDED),
        (400, ObservedOutcome.FAILED),
        (404, ObservedOutcome.FAILED),
        (409, ObservedOutcome.FAILED),
    ],
)
def test_quirk_the_result_type_is_success_of_refused_calls_too_and_the_status_says_it(status: Any, outcome: Any):
    assert one(event(status=status)).outcome is outcome


def test_a_vault_with_a_slash_at_its_end_is_that_vault():
    read = one({**event(), "resourceId": f"{VAULT}/"})
    assert (read.scope, read.place) == (f"{VAULT}/secrets/pin", VAULT.lower())


def test_without_a_status_code_the_signature_says_it():
    record = event(status=None)
    assert one({**record, "resultSignature": "Forbidden"}).outcome is ObservedOutcome.REFUSED
    assert one({**record, "resultSignature": "Not Found"}).outcome is ObservedOutcome.FAILED
    assert one({**record, "resultSignature": "NotFound"}).outcome is ObservedOutcome.FAILED
    assert one({**record, "resultSignature": "Service Unavailable"}).outcome is ObservedOutcome.FAILED
    assert one({**record, "resultSignature": "403"}).outcome is ObservedOutcome.REFUSED
    assert one({**record, "resultSignature": 200}).outcome is ObservedOutcome.SUCCEEDED
    assert reason({**record, "resultSignature": "Odd"}) == "no result"
    assert reason({**record, "resultSignature": "7"}) == "no result"


def test_without_any_status_the_text_of_a_refusal_says_it():
    text = f"Caller: appid={APPLICATION};oid={USER}\r\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\n"
    read = one({**event(status=None), "resultSignature": "", "resultDescription": text})
    assert read.outcome is ObservedOutcome.REFUSED


@pytest.mark.parametrize("operation", ["Authentication", "VaultGet", "SecretGet"])
def test_quirk_the_challenge_that_each_new_client_is_answered_is_no_call(operation: str):
    assert reason(event(operation, 401, {})) == "authentication challenge, no call"


def test_a_notification_is_no_call_and_an_unknown_operation_names_itself():
    told = event("SecretNearExpiryEventGridNotification")
    assert reason(told) == "Key Vault event `SecretNearExpiryEventGridNotification` tells of no call"
    assert reason(event("SecretDance")) == "no permission is known for Key Vault operation `SecretDance`"
    assert reason(event("Authentication")) == "no permission is known for Key Vault operation `Authentication`"
    assert reason(without(event(), "time")) == "no time"


def test_quirk_the_applied_assignment_granted_only_what_was_let_in():
    applied = f"/subscriptions/S/providers/Microsoft.Authorization/roleAssignments/{ASSIGNMENT.replace('-', '')}"
    assert one(event(appliedAssignmentId=applied)).assignment_id == ASSIGNMENT
    assert one(event(status=404, appliedAssignmentId=ASSIGNMENT)).assignment_id == ASSIGNMENT
    assert one(event(status=403, appliedAssignmentId=ASSIGNMENT)).assignment_id == ""


def test_quirk_vaults_with_access_policies_name_no_assignment():
    read = one(event(isAccessPolicyMatch=True, isRbacAuthorized=None))
    assert (read.assignment_id, read.outcome) == ("", ObservedOutcome.SUCCEEDED)


def test_quirk_the_text_of_a_refusal_holds_the_decision_and_wins():
    text = (
        "Caller is not authorized to perform action on resource.\r\nIf roles were changed recently, wait.\r\n"
        f"Caller: appid={APPLICATION};oid={SERVICE.upper()};iss=https://sts.windows.net/x/;xms_mirid={IDENTITY};"
        f"xms_az_rid={VM}\r\nAction: 'Microsoft.KeyVault/vaults/secrets/readMetadata/action'\r\n"
        f"Resource: '{VAULT.lower()}/secrets/pin'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\n"
        "DecisionReason: null \r\nVault: till;location=westeurope\r\n"
    )
    record = {**event(status=403, claim={}), "resultDescription": text}
    read = one(record)
    assert read.action == "Microsoft.KeyVault/vaults/secrets/readMetadata/action"
    assert (read.principal_id, read.app_id) == (SERVICE, APPLICATION)
    assert (read.host_resource, read.outcome) == (VM.lower(), ObservedOutcome.REFUSED)
    assert one({**record, "operationName": "SecretDance"}).plane is ObservedPlane.DATA
    on_one_line = {**record, "resultDescription": text.replace("\r\n", " ")}
    assert one(on_one_line) == read


def test_quirk_access_policies_write_their_refusals_in_other_words():
    text = (
        f"The user, group or application 'appid={APPLICATION};oid={SERVICE};numgroups=2;iss=https://sts.test/x/' "
        "does not have secrets purge permission on key vault 'Till;location=westeurope'."
    )
    read = one({**event("SecretPurge", 403, {}), "resultDescription": text})
    assert (read.principal_id, read.action) == (SERVICE, "Microsoft.KeyVault/vaults/secrets/purge/action")


def test_the_machine_is_the_resource_that_used_the_identity_else_the_identitys_own():
    assert one(event(claim={**CLAIM, "xms_mirid": VM})).host_resource == VM.lower()
    both = {**CLAIM, "xms_mirid": IDENTITY, "xms_az_rid": VM}
    assert one(event(claim=both)).host_resource == VM.lower()


def test_the_caller_may_be_told_by_the_long_names_of_the_claims():
    long = {
        "http://schemas.microsoft.com/identity/claims/objectidentifier": USER.upper(),
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn": "Ada@Example.com",
        "uti": "JgW9XEOQM0WNakyHMghCAA",
    }
    read = one(event("VaultGet", claim=long, requestUri="https://management.azure.com/subscriptions/x"))
    assert (read.principal_id, read.token_id) == (USER, "5cbd0526-9043-4533-8d6a-4c8732084200")
    assert (read.plane, read.action, read.scope) == (ObservedPlane.CONTROL, "Microsoft.KeyVault/vaults/read", VAULT)


def test_managed_hsms_have_data_actions_of_their_own():
    read = one(
        {**event("KeySign", requestUri="https://strong.managedhsm.azure.net/keys/root/1/sign"), "resourceId": HSM}
    )
    assert (read.action, read.scope) == ("Microsoft.KeyVault/managedHsm/keys/sign/action", f"{HSM}/keys/root")


def test_quirk_managed_hsms_cut_the_addresses_of_claims_into_objects():
    claim = {
        "appid": APPLICATION,
        "http_schemas_microsoft_com_identity": {"claims": {"objectidentifier": USER.upper()}},
        "http_schemas_xmlsoap_org_ws_2005_05_identity": {"claims": {"upn": "Ada@Example.com"}},
    }
    record = {**event("KeyCreate"), "resourceId": HSM, "identity": json.dumps({"claim": claim})}
    assert one(record).principal_id == USER
    del claim["http_schemas_microsoft_com_identity"]
    assert one({**record, "identity": json.dumps({"claim": claim})}).principal_id == "ada@example.com"


def test_quirk_azure_diagnostics_flattens_the_record_into_typed_columns():
    row = {
        "TimeGenerated": AT,
        "ResourceId": VAULT,
        "Category": "AuditEvent",
        "OperationName": "SecretGet",
        "ResultType": "Success",
        "ResultSignature": "OK",
        "CorrelationId": "eeeeeeee-5555-4555-8555-555555555555",
        "CallerIPAddress": "203.0.113.9",
        "Type": "AzureDiagnostics",
        "identity_claim_oid_g": "",
        "identity_claim_http_schemas_microsoft_com_identity_claims_objectidentifier_g": USER,
        "identity_claim_appid_g": APPLICATION,
        "identity_claim_xms_mirid_s": IDENTITY,
        "identity_claim_xms_az_rid_s": VM,
        "httpStatusCode_d": 200.0,
        "requestUri_s": f"{URI}/secrets/pin/0123?api-version=7.4",
        "id_s": f"{URI}/secrets/pin",
    }
    expected = one(event(claim={**CLAIM, "xms_mirid": IDENTITY, "xms_az_rid": VM}))
    assert one(row) == expected
    assert one({**row, "identity_claim_oid_g": USER, "httpStatusCode_d": "200"}) == expected


def test_the_audit_table_keeps_the_identity_as_json_in_a_string():
    row = {
        "TimeGenerated": AT,
        "OperationName": "SecretGet",
        "ResultType": "Success",
        "CorrelationId": "eeeeeeee-5555-4555-8555-555555555555",
        "CallerIpAddress": "203.0.113.9",
        "Identity": json.dumps({"claim": {"oid": USER, "appid": APPLICATION}}),
        "HttpStatusCode": "404",
        "RequestUri": f"{URI}/secrets/pin?api-version=7.4",
        "AppliedAssignmentId": ASSIGNMENT,
        "Type": "AZKVAuditLogs",
        "_ResourceId": VAULT.lower(),
    }
    read = one(row)
    assert (read.outcome, read.assignment_id) == (ObservedOutcome.FAILED, ASSIGNMENT)
    assert (read.scope, read.principal_id) == (f"{VAULT.lower()}/secrets/pin", USER)


def test_every_operation_of_the_map_is_known_by_one_permission():
    assert not set(CONTROL_ACTIONS) & set(VAULT_DATA_ACTIONS)
    assert set(HSM_DATA_ACTIONS) <= set(VAULT_DATA_ACTIONS)
    for operation, action in VAULT_DATA_ACTIONS.items():
        assert one(event(operation.upper())).action == action


def test_an_enormous_text_is_read_in_no_time():
    record = {**event(status=403), "resultDescription": "Caller: " * 1_000_000}
    assert one(record).outcome is ObservedOutcome.REFUSED
