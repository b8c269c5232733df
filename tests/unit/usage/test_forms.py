"""The form of a record is found from its content alone."""

import pytest

from remit.model.usage import SetAside
from remit.usage.forms import recognise
from remit.usage.recognised import Family, Shape
from remit.usage.records import understand

VAULT = "/SUBSCRIPTIONS/S/RESOURCEGROUPS/R/PROVIDERS/MICROSOFT.KEYVAULT/VAULTS/V"


def diagnostic(category, **fields):
    return {"time": "2026-01-01", "category": category, "operationName": "x", "properties": {}, **fields}


def row(**columns):
    return {"TimeGenerated": "2026-01-01", "OperationName": "x", **columns}


def form(fields):
    found = recognise(fields, b"d")
    return found.reason if isinstance(found, SetAside) else (found.family, found.shape)


@pytest.mark.parametrize(
    ("category", "family"),
    [
        ("Administrative", Family.ACTIVITY),
        ("Write", Family.ACTIVITY),
        ("SignInLogs", Family.SIGN_IN),
        ("NonInteractiveUserSignInLogs", Family.SIGN_IN),
        ("ServicePrincipalSignInLogs", Family.SIGN_IN),
        ("ManagedIdentitySignInLogs", Family.SIGN_IN),
        ("MicrosoftServicePrincipalSignInLogs", Family.SIGN_IN),
        ("ADFSSignInLogs", Family.SIGN_IN),
        ("AuditLogs", Family.ENTRA_AUDIT),
        ("MicrosoftGraphActivityLogs", Family.GRAPH),
        ("AzureADGraphActivityLogs", Family.GRAPH),
        ("AuditEvent", Family.KEY_VAULT),
        ("StorageRead", Family.STORAGE),
        ("StorageWrite", Family.STORAGE),
        ("StorageDelete", Family.STORAGE),
        ("DataPlaneRequests", Family.COSMOS),
        ("kube-audit", Family.AKS),
        ("kube-audit-admin", Family.AKS),
    ],
)
def test_a_diagnostic_record_is_told_by_its_category_in_any_letter_case(category, family):
    for spelled in (category, category.upper(), category.lower()):
        assert form(diagnostic(spelled)) == (family, Shape.DIAGNOSTIC)


def test_an_audit_record_may_have_its_own_category_at_the_top():
    record = diagnostic("DirectoryManagement", properties={"activityDisplayName": "Set domain"})
    assert form(record) == (Family.ENTRA_AUDIT, Shape.DIAGNOSTIC)
    record["category"] = "Policy"
    assert form(record) == (Family.ENTRA_AUDIT, Shape.DIAGNOSTIC)


def test_a_category_of_several_services_is_that_of_the_one_that_is_read():
    assert form(diagnostic("AuditEvent", resourceId=VAULT)) == (Family.KEY_VAULT, Shape.DIAGNOSTIC)
    other = VAULT.replace("KEYVAULT", "WEB")
    assert form(diagnostic("AuditEvent", resourceId=other)) == "category `AuditEvent` is not read"


def test_other_categories_are_set_aside_by_name():
    assert form(diagnostic("RiskyUsers")) == "category `RiskyUsers` is not read"
    assert form(diagnostic("ResourceHealth")) == "category `ResourceHealth` tells of no call"
    assert form(diagnostic("a`b\nc" + "d" * 100)) == f"category `a b c{'d' * 72}...` is not read"


@pytest.mark.parametrize(
    ("table", "family"),
    [
        ("AzureActivity", Family.ACTIVITY),
        ("SigninLogs", Family.SIGN_IN),
        ("AADNonInteractiveUserSignInLogs", Family.SIGN_IN),
        ("AADServicePrincipalSignInLogs", Family.SIGN_IN),
        ("AADManagedIdentitySignInLogs", Family.SIGN_IN),
        ("AuditLogs", Family.ENTRA_AUDIT),
        ("MicrosoftGraphActivityLogs", Family.GRAPH),
        ("AADGraphActivityLogs", Family.GRAPH),
        ("AZKVAuditLogs", Family.KEY_VAULT),
        ("StorageBlobLogs", Family.STORAGE),
        ("StorageFileLogs", Family.STORAGE),
        ("StorageQueueLogs", Family.STORAGE),
        ("StorageTableLogs", Family.STORAGE),
        ("CDBDataPlaneRequests", Family.COSMOS),
        ("AKSAudit", Family.AKS),
        ("AKSAuditAdmin", Family.AKS),
    ],
)
def test_a_row_is_told_by_its_type(table, family):
    found = recognise(row(Type=table), b"d")
    assert (found.family, found.shape, found.category) == (family, Shape.TABLE, table)


@pytest.mark.parametrize(
    ("columns", "category"),
    [
        ({"OperationNameValue": "x"}, "AzureActivity"),
        ({"ActivityStatus": "Started", "Category": "Administrative"}, "Administrative"),
        ({"EventDataId": "x", "CategoryValue": "Administrative"}, "Administrative"),
        ({"Category": "SignInLogs"}, "SigninLogs"),
        ({"Category": "ManagedIdentitySignInLogs"}, "AADManagedIdentitySignInLogs"),
        ({"ResultType": "0", "UserPrincipalName": "x"}, "SigninLogs"),
        ({"InitiatedBy": "{}", "TargetResources": "[]"}, "AuditLogs"),
        ({"RequestUri": "https://graph.microsoft.com/v1.0/me", "RequestMethod": "GET"}, "MicrosoftGraphActivityLogs"),
        ({"RequestUri": "https://graph.windows.net/t/me", "RequestMethod": "GET"}, "AADGraphActivityLogs"),
        ({"AadAppliedRoleAssignmentId": "x"}, "CDBDataPlaneRequests"),
        ({"AccountName": "a", "StatusText": "Success", "Uri": "u"}, "StorageBlobLogs"),
        ({"RequestUri": "u", "HttpStatusCode": 200}, "AZKVAuditLogs"),
        ({"AuditId": "x", "Verb": "get"}, "AKSAudit"),
    ],
)
def test_a_row_of_a_query_that_left_the_type_out_is_told_by_its_columns(columns, category):
    found = recognise(row(**columns), b"d")
    assert (found.shape, found.category) == (Shape.TABLE, category)


def test_a_row_of_azure_diagnostics_is_told_by_its_category():
    columns = {"Type": "AzureDiagnostics", "ResourceProvider": "MICROSOFT.KEYVAULT", "ResourceId": VAULT}
    found = recognise(row(Category="AuditEvent", **columns), b"d")
    assert (found.family, found.category) == (Family.KEY_VAULT, "AzureDiagnostics")
    del columns["Type"]
    assert form(row(Category="AuditEvent", SubscriptionId="s", **columns)) == (Family.KEY_VAULT, Shape.TABLE)
    assert form(row(Category="kube-audit", Type="AzureDiagnostics")) == (Family.AKS, Shape.TABLE)
    assert form(row(Category="SignInLogs", Type="AzureDiagnostics")) == "category `SignInLogs` is not read"


def test_a_record_of_a_category_alone_names_what_it_lacks():
    assert form({"time": "2026-01-09T09:41:00Z", "category": "Administrative"}) == "no operation"
    assert form({"category": "ServiceHealth"}) == "category `ServiceHealth` tells of no call"


def test_other_tables_are_set_aside_by_name():
    assert form(row(Type="OfficeActivity")) == "table `OfficeActivity` is not read"


def test_columns_are_read_without_what_exports_add_to_their_names():
    columns = {"Type": "AzureActivity", "TimeGenerated [UTC]": "t", "OperationName": "x"}
    columns |= {"Claims_dynamic": "", "Claims_string": "c", "Properties": "p", "Properties_string": "q"}
    found = recognise(columns, b"d")
    assert found.fields == {
        "Type": "AzureActivity",
        "TimeGenerated": "t",
        "OperationName": "x",
        "Claims": "c",
        "Properties": "p",
    }


def test_a_time_in_a_zone_that_nobody_tells_is_not_taken_for_utc():
    columns = {"Type": "AzureActivity", "TimeGenerated [Local Time]": "2026-01-01 09:41:00", "OperationName": "x"}
    assert understand(columns, b"d") == SetAside("no time")


def test_what_rest_and_graph_answer_is_told_by_members_that_only_they_have():
    event = {"eventTimestamp": "t", "operationName": {"value": "x"}, "category": {"value": "Administrative"}}
    assert form(event) == (Family.ACTIVITY, Shape.API)
    sign_in = {"createdDateTime": "t", "appId": "a", "userId": "u"}
    assert form(sign_in) == (Family.SIGN_IN, Shape.API)
    audit = {"activityDateTime": "t", "activityDisplayName": "x", "category": "UserManagement"}
    assert form(audit) == (Family.ENTRA_AUDIT, Shape.API)


def test_the_unified_audit_log_is_read_where_entra_wrote_it():
    record = {"CreationTime": "t", "Workload": "AzureActiveDirectory", "Operation": "Add user."}
    assert form(record) == (Family.ENTRA_AUDIT, Shape.UNIFIED)
    record["Workload"] = "Exchange"
    assert form(record) == "workload `Exchange` of the unified audit log is not read"


@pytest.mark.parametrize("fields", [{}, {"a": 1}, {"category": 3}, {"eventVersion": "1.08", "eventName": "GetObject"}])
def test_anything_else_is_of_unknown_form(fields):
    assert form(fields) == "of unknown form"


def test_the_digest_is_handed_on():
    assert recognise(diagnostic("AuditLogs"), b"d").digest == b"d"
