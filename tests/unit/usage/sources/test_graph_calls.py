"""Microsoft Graph and AAD Graph requests, with the quirks of section 5 of the log notes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes.observed import APPLICATION, AT, AT_MICROS, NIL, SERVICE, TENANT, USER, one, reason, without

from remit.model.usage import LogKind, ObservedOutcome, ObservedPlane
from remit.usage.sources.graph_paths import graph_path

REQUEST = "12121212-aaaa-4bbb-8ccc-dddddddddddd"
V1 = "https://graph.microsoft.com/v1.0"


def diagnostic(uri: str = f"{V1}/users", **properties: Any) -> dict[str, Any]:
    return {
        "time": AT,
        "resourceId": f"/TENANTS/{TENANT.upper()}/PROVIDERS/MICROSOFT.AADIAM",
        "operationName": "Microsoft Graph Activity",
        "category": "MicrosoftGraphActivityLogs",
        "resultSignature": "200",
        "durationMs": "2693631",
        "callerIpAddress": "2001:db8::7",
        "correlationId": REQUEST,
        "tenantId": TENANT,
        "properties": {
            "requestId": REQUEST,
            "operationId": "34343434-aaaa-4bbb-8ccc-dddddddddddd",
            "requestMethod": "GET",
            "requestUri": uri,
            "responseStatusCode": 200,
            "signInActivityId": "JgW9XEOQM0WNakyHMghCAA",
            "appId": APPLICATION,
            "userId": USER,
            "servicePrincipalId": None,
            "ipAddress": "2001:db8::7",
            "roles": "",
            "scopes": None,
            "clientAuthMethod": "2",
            **properties,
        },
    }


def test_a_request_is_its_method_and_path_with_ids_replaced():
    read = one(diagnostic(f"{V1}/users/{USER}/messages?$select=subject"))
    assert (read.log, read.plane, read.action) == (
        LogKind.MICROSOFT_GRAPH,
        ObservedPlane.DIRECTORY,
        "GET /users/{id}/messages",
    )
    assert (read.time, read.principal_id, read.app_id) == (AT_MICROS, USER, APPLICATION)
    assert (read.token_id, read.event_id) == ("5cbd0526-9043-4533-8d6a-4c8732084200", REQUEST)
    assert (read.scope, read.place) == (
        f"/TENANTS/{TENANT.upper()}/PROVIDERS/MICROSOFT.AADIAM",
        f"/tenants/{TENANT}",
    )
    assert read.address == "2001:db8::7"


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        (f"{V1}/users/{USER}", "/users/{id}"),
        (f"{V1}//users//{USER.upper()}/", "/users/{id}"),
        (f"{V1}/users/ada@example.com/messages", "/users/{id}/messages"),
        (f"{V1}/users/ada%40example.com/messages", "/users/{id}/messages"),
        (f"{V1}/users('{USER}')/manager", "/users/{id}/manager"),
        (f"{V1}/users({USER})", "/users/{id}"),
        (f"{V1}/users%28%27ada%40example.com%27%29", "/users/{id}"),
        (f"{V1}/users(userPrincipalName='ada@example.com')", "/users(userPrincipalName={value})"),
        (f"{V1}/applications(appId='{APPLICATION}')/owners", "/applications(appId={value})/owners"),
        (f"{V1}/users/delta()", "/users/delta"),
        (f"{V1}/users/microsoft.graph.delta()", "/users/microsoft.graph.delta"),
        (
            f"{V1}/reports/getOffice365ActiveUserDetail(period='D7')",
            "/reports/getOffice365ActiveUserDetail(period={value})",
        ),
        (
            f"{V1}/sites/x/lists/y/items/9/getActivitiesByInterval(startDateTime='a,b',interval='day')",
            "/sites/x/lists/y/items/{id}/getActivitiesByInterval(startDateTime={value},interval={value})",
        ),
        (f"{V1}/me/photos/96x96/$value", "/me/photos/{id}/$value"),
        (f"{V1}/me", "/me"),
        (f"{V1}/$batch", "/$batch"),
        (f"{V1}/groups/{USER}/members/$ref", "/groups/{id}/members/$ref"),
        (f"{V1}/users/$count", "/users/$count"),
        ("https://graph.microsoft.com/beta/users", "/users"),
        (f"{V1}/domains/example.com", "/domains/{id}"),
        (f"{V1}/me/drive/root:/Reports/2025/May.xlsx:/content", "/me/drive/root:/{path}:/content"),
        (f"{V1}/me/drive/root:/Reports", "/me/drive/root:/{path}"),
        (f"{V1}/sites/contoso.sharepoint.com,1,2/lists", "/sites/{id}/lists"),
        (f"{V1}/drives/b!AbC/items/01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K", "/drives/{id}/items/{id}"),
        (f"{V1}/me/messages/AAMkAGI2TG93AAA=/attachments", "/me/messages/{id}/attachments"),
        (f"{V1}/users/<pii>ada@example.com</pii>/messages", "/users/{id}/messages"),
        (f"{V1}/users/<pii>ada</pii>", "/users/{id}"),
        (f"{V1}/users?$filter=mail eq 'a/b'", "/users"),
        (f"{V1}", "/"),
        ("https://example.com/", "/"),
        ("/v1.0/users", "/users"),
    ],
)
def test_quirk_what_names_one_object_goes_and_what_names_the_request_stays(uri: str, path: str):
    assert graph_path(uri) == path


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        (f"/v2/{TENANT}/users", "/users"),
        (f"https://graph.windows.net/{TENANT}/users/{USER}?api-version=1.6", "/users/{id}"),
        ("https://graph.windows.net/example.onmicrosoft.com/groups", "/groups"),
        ("https://graph.windows.net/myorganization/tenantDetails", "/tenantDetails"),
        ("https://graph.windows.net/me", "/me"),
    ],
)
def test_the_path_of_aad_graph_goes_without_the_tenant(uri: str, path: str):
    assert graph_path(uri, of_aad_graph=True) == path


@given(st.text(alphabet="abZ09/()'=,:.%$?@!-_ {}<>\u20ac", max_size=60))
def test_a_path_without_ids_stays_as_it_is(uri: str):
    path = graph_path(uri)
    assert path.startswith("/")
    assert "?" not in path
    if not any(letter in path for letter in "%{("):
        assert graph_path(path) == path


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, ObservedOutcome.SUCCEEDED),
        ("204", ObservedOutcome.SUCCEEDED),
        (304, ObservedOutcome.SUCCEEDED),
        (401, ObservedOutcome.REFUSED),
        ("403", ObservedOutcome.REFUSED),
        (404, ObservedOutcome.FAILED),
        (409, ObservedOutcome.FAILED),
        (429, ObservedOutcome.FAILED),
        (500.0, ObservedOutcome.FAILED),
    ],
)
def test_401_and_403_are_refused_and_what_was_not_found_was_allowed(status: Any, outcome: ObservedOutcome):
    assert one(diagnostic(responseStatusCode=status)).outcome is outcome


def test_without_a_status_code_the_signature_is_the_status():
    record = diagnostic(responseStatusCode=None)
    assert one({**record, "resultSignature": "403"}).outcome is ObservedOutcome.REFUSED
    assert reason(without(record, "resultSignature")) == "no result"


def test_what_tells_no_request_or_no_time_is_set_aside():
    assert reason(diagnostic(requestUri="")) == "no request"
    assert reason(diagnostic(requestMethod=None)) == "no request"
    assert reason(without(diagnostic(), "time")) == "no time"


def test_quirk_raw_records_hold_the_caller_under_a_name_of_their_own():
    read = one(diagnostic(userId="", servicePrincipalId="", UserPrincipalObjectID=SERVICE, C_Idtyp="app"))
    assert read.principal_id == SERVICE
    assert one(diagnostic(userId=None, servicePrincipalId=SERVICE)).principal_id == SERVICE
    assert one(diagnostic(userId=NIL, servicePrincipalId=SERVICE)).principal_id == SERVICE
    assert one(diagnostic(userId=f"<pii>{USER}</pii>")).principal_id == USER
    assert one(diagnostic(userId=None)).principal_id == APPLICATION


def test_quirk_the_requests_of_a_batch_share_the_operation_id_and_not_the_request_id():
    first, second = one(diagnostic()), one(diagnostic(requestId="56565656-aaaa-4bbb-8ccc-dddddddddddd"))
    assert first.correlation_id == second.correlation_id == "34343434-aaaa-4bbb-8ccc-dddddddddddd"
    assert first.event_id != second.event_id


def test_quirk_aad_graph_records_have_no_time_of_their_own_and_pad_what_they_hold():
    record = {
        "category": "AzureADGraphActivityLogs",
        "operationName": "AAD Graph Activity",
        "tenantId": TENANT,
        "properties": {
            "timeGenerated": AT,
            "httpMethod": "get",
            "httpStatusCode": 200,
            "requestUri": f"/v2/{TENANT}/users",
            "requestId": REQUEST,
            "signInActivityId": "JgW9XEOQM0WNakyHMghCAA==",
            "userId": "",
            "servicePrincipalId": SERVICE,
            "roles": " Group.Read.All,",
            "callerIpAddress": "203.0.113.9",
        },
    }
    read = one(record)
    assert (read.log, read.action, read.time) == (LogKind.AAD_GRAPH, "GET /users", AT_MICROS)
    assert (read.principal_id, read.token_id) == (SERVICE, "5cbd0526-9043-4533-8d6a-4c8732084200")
    assert (read.scope, read.place, read.address) == (f"/tenants/{TENANT}", f"/tenants/{TENANT}", "203.0.113.9")
    record["properties"]["signInActivityId"] = "AAAAAAAAAAAAAAAAAAAAAA=="
    assert one(record).token_id == ""


def test_a_table_row_reads_like_the_record_it_was_made_of_but_for_the_resource():
    row = {
        "TenantId": "99999999-9999-4999-8999-999999999999",
        "TimeGenerated": AT,
        "RequestId": REQUEST,
        "OperationId": "34343434-aaaa-4bbb-8ccc-dddddddddddd",
        "RequestMethod": "GET",
        "ResponseStatusCode": "200",
        "AadTenantId": TENANT,
        "IPAddress": "2001:db8::7",
        "RequestUri": f"{V1}/users",
        "UniqueTokenId": "JgW9XEOQM0WNakyHMghCAA",
        "AppId": APPLICATION,
        "UserId": USER,
        "ServicePrincipalId": "",
        "Type": "MicrosoftGraphActivityLogs",
    }
    read, other = one(row), one(diagnostic())
    assert read.scope == f"/tenants/{TENANT}"
    assert (read.action, read.principal_id, read.token_id) == (other.action, other.principal_id, other.token_id)
    assert (read.event_id, read.place, read.correlation_id) == (other.event_id, other.place, other.correlation_id)
    aad = {**without(row, "OperationId"), "Type": "AADGraphActivityLogs", "RequestUri": f"/{TENANT}/users"}
    assert (one(aad).log, one(aad).action) == (LogKind.AAD_GRAPH, "GET /users")


def test_an_enormous_address_is_read_in_no_time():
    assert one(diagnostic(f"{V1}/users/" + "<pii>" * 1_000_000)).action == "GET /users/{id}"
