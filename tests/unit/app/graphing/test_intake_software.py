"""What is read of applications, service principals, their permissions and their credentials."""

from __future__ import annotations

from typing import Any

import pytest
from tests.fakes.graph_tenants import APP, TENANT, graph_facts_of_lists, principals, resource, resource_ids

from remit.engine.index import TenantIndex
from remit.graph.facts import ApplicationFlag, CredentialKind, GraphFacts, ServiceFlag
from remit.graph.known_permissions import GRAPH_APP_ID
from remit.model.interval import ALWAYS_FROM, ALWAYS_UNTIL, parse_instant, to_micros

MICROSOFT = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
ROLE_MANAGEMENT = "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8"
UNTIL = "2027-01-01T00:00:00Z"
UNTIL_MICROS = to_micros(parse_instant(UNTIL))
LOCK = "servicePrincipalLockConfiguration"


def read(manifest: dict[str, Any] | None = None, **lists: Any) -> tuple[TenantIndex, GraphFacts]:
    return graph_facts_of_lists({name.replace("_", "/", 1): rows for name, rows in lists.items()}, manifest)


def test_an_application_is_joined_to_its_service_principal() -> None:
    index, facts = read(
        graph_applications=[
            {"id": "B-OBJECT", "appId": "B-App", "displayName": "Two", LOCK: None},
            {"id": "a-object", "appId": "a-app", "displayName": None, LOCK: None},
        ],
        graph_servicePrincipals=[{"id": "sp-b", "appId": "b-APP"}, {"id": "sp-c", "appId": None}],
    )
    table = facts.applications
    assert list(zip(table.key, table.app_id, table.display_name, strict=True)) == [
        ("a-object", "a-app", ""),
        ("b-object", "b-app", "Two"),
    ]
    assert principals(index, table.principal) == ["", "sp-b"]
    assert table.flags.tolist() == [0, 0]


APPLICATIONS = [
    ("an application of one tenant", {"signInAudience": "AzureADMyOrg", LOCK: None}, 0),
    (
        "an application of many tenants",
        {"signInAudience": "AzureADMultipleOrgs", LOCK: None},
        ApplicationFlag.MULTI_TENANT,
    ),
    ("everything locked", {LOCK: {"isEnabled": True, "allProperties": True}}, ApplicationFlag.LOCKED_INSTANCE),
    (
        "sign-in locked",
        {LOCK: {"isEnabled": True, "credentialsWithUsageVerify": True}},
        ApplicationFlag.LOCKED_INSTANCE,
    ),
    ("token signing locked", {LOCK: {"isEnabled": True, "credentialsWithUsageSign": True}}, 0),
    ("a lock that is off", {LOCK: {"isEnabled": False, "allProperties": True}}, 0),
    ("a lock that was not read", {}, ApplicationFlag.LOCK_NOT_READ),
]


@pytest.mark.parametrize(("said", "flags"), [case[1:] for case in APPLICATIONS], ids=[case[0] for case in APPLICATIONS])
def test_applications_have_flags(said: dict[str, Any], flags: int) -> None:
    _, facts = read(graph_applications=[{"id": "app"} | said])
    assert facts.applications.flags.tolist() == [flags]


SERVICES = [
    ("one of this tenant", {"appOwnerOrganizationId": TENANT.upper()}, 0),
    ("one of another tenant", {"appOwnerOrganizationId": "other"}, ServiceFlag.FOREIGN),
    ("one of Microsoft", {"appOwnerOrganizationId": MICROSOFT}, ServiceFlag.FIRST_PARTY),
    ("one that does not say whose it is", {"appOwnerOrganizationId": None}, 0),
    ("a managed identity", {"servicePrincipalType": "ManagedIdentity"}, ServiceFlag.MANAGED_IDENTITY),
    ("a secret", {"passwordCredentials": [{}]}, ServiceFlag.HAS_PASSWORD),
    ("a certificate", {"keyCredentials": [{}], "passwordCredentials": []}, ServiceFlag.HAS_CERTIFICATE),
    ("an agent identity", {"@odata.type": "#microsoft.graph.agentIdentity"}, ServiceFlag.AGENT_IDENTITY),
    (
        "a blueprint of agents",
        {"@odata.type": "#microsoft.graph.agentIdentityBlueprintPrincipal"},
        ServiceFlag.AGENT_BLUEPRINT,
    ),
]


@pytest.mark.parametrize(("said", "flags"), [case[1:] for case in SERVICES], ids=[case[0] for case in SERVICES])
def test_service_principals_have_flags(said: dict[str, Any], flags: int) -> None:
    _, facts = read(graph_servicePrincipals=[{"id": "sp"} | said])
    assert facts.service_principals.flags.tolist() == [flags]
    assert list(facts.service_principals.owner_tenant) == [(said.get("appOwnerOrganizationId") or "").lower()]


def test_without_the_own_tenant_nobody_is_foreign() -> None:
    _, facts = read({"tenantId": ""}, graph_servicePrincipals=[{"id": "sp", "appOwnerOrganizationId": "other"}])
    assert facts.service_principals.flags.tolist() == [0]


def test_credentials_to_sign_in_with_are_read_with_their_windows() -> None:
    index, facts = read(
        graph_applications=[
            {
                "id": "app",
                "appId": "x",
                "passwordCredentials": [{"endDateTime": UNTIL}, {"endDateTime": UNTIL}],
                "keyCredentials": [
                    {"usage": "Sign", "endDateTime": UNTIL},
                    {"usage": "Verify", "startDateTime": UNTIL},
                ],
            },
            {"id": "alone", "appId": "y", "passwordCredentials": [{"endDateTime": "soon"}]},
        ],
        graph_servicePrincipals=[{"id": "sp", "appId": "x", "passwordCredentials": [{"endDateTime": UNTIL}]}],
    )
    table = facts.credentials
    rows = zip(
        [facts.applications.key[row] if row >= 0 else "" for row in table.application.tolist()],
        principals(index, table.principal),
        table.kind.tolist(),
        table.start.tolist(),
        table.end.tolist(),
        strict=True,
    )
    password, certificate = CredentialKind.PASSWORD, CredentialKind.CERTIFICATE
    assert list(rows) == [
        ("", "sp", password, ALWAYS_FROM, UNTIL_MICROS),
        ("alone", "", password, ALWAYS_FROM, ALWAYS_UNTIL),
        ("app", "sp", password, ALWAYS_FROM, UNTIL_MICROS),
        ("app", "sp", password, ALWAYS_FROM, UNTIL_MICROS),
        ("app", "sp", certificate, UNTIL_MICROS, ALWAYS_UNTIL),
    ]


def test_application_permissions_are_named_by_their_api_or_by_their_known_id() -> None:
    def granted(number: int, who: str, api: str, permission: str | None) -> dict[str, Any]:
        return {"id": str(number), "principalId": who, "resourceId": api, "appRoleId": permission}

    index, facts = read(
        graph_users=[{"id": "ann"}],
        graph_groups=[],
        graph_servicePrincipals=[
            {"id": "client"},
            {
                "id": "api",
                "appId": "API-app",
                "appRoles": [{"id": "AAA", "value": "Orders.Write"}, {"id": "bbb", "value": None}],
            },
            {"id": "graph", "appId": GRAPH_APP_ID},
        ],
        graph_appRoleAssignments=[
            granted(1, "client", "API", "aaa"),
            granted(2, "client", "api", "BBB"),
            granted(3, "client", "graph", ROLE_MANAGEMENT.upper()),
            granted(4, "ann", "not listed", ROLE_MANAGEMENT),
            granted(5, "nobody", "api", "aaa"),
            granted(6, "ann", "api", None),
        ],
    )
    table = facts.app_role_grants
    rows = zip(
        principals(index, table.principal),
        principals(index, table.api),
        [table.permission_name[row] for row in table.permission.tolist()],
        [table.app_id_name[row] for row in table.api_app_id.tolist()],
        strict=True,
    )
    assert list(rows) == [
        ("ann", "", "RoleManagement.ReadWrite.Directory", GRAPH_APP_ID),
        ("client", "api", "Orders.Write", "api-app"),
        ("client", "api", "bbb", "api-app"),
        ("client", "graph", "RoleManagement.ReadWrite.Directory", GRAPH_APP_ID),
    ]
    assert list(table.permission_name) == ["Orders.Write", "RoleManagement.ReadWrite.Directory", "bbb"]


def test_a_requested_permission_is_no_grant() -> None:
    requested = [{"resourceAppId": GRAPH_APP_ID, "resourceAccess": [{"id": ROLE_MANAGEMENT, "type": "Role"}]}]
    _, facts = read(
        graph_applications=[{"id": "app", "appId": "x", "requiredResourceAccess": requested}],
        graph_servicePrincipals=[{"id": "sp", "appId": "x"}],
        graph_appRoleAssignments=[],
    )
    assert len(facts.app_role_grants.principal) == 0


def test_delegated_permissions_are_for_everybody_or_for_one() -> None:
    def consented(number: int, kind: str, who: str | None, scope: str | None) -> dict[str, Any]:
        said = {"clientId": "client", "resourceId": "api", "consentType": kind, "principalId": who, "scope": scope}
        return {"id": str(number)} | said

    index, facts = read(
        graph_users=[{"id": "ann"}],
        graph_servicePrincipals=[{"id": "client"}, {"id": "api"}],
        graph_oauth2PermissionGrants=[
            consented(1, "Principal", "Ann", " User.Read  Mail.Read "),
            consented(2, "AllPrincipals", None, "openid"),
            consented(3, "Principal", "nobody", "openid"),
        ],
    )
    table = facts.delegated_grants
    assert principals(index, table.client) == ["client", "client"]
    assert principals(index, table.api) == ["api", "api"]
    assert principals(index, table.principal) == ["", "ann"]
    assert list(table.scope) == ["openid", "User.Read Mail.Read"]


def test_federated_credentials_of_applications_and_of_identities_are_read() -> None:
    identity = resource("Microsoft.ManagedIdentity/userAssignedIdentities", "Id", properties={"principalId": "mi"})
    index, facts = read(
        graph_applications=[{"id": "app", "appId": "x"}, {"id": "alone", "appId": "y"}],
        graph_servicePrincipals=[{"id": "sp", "appId": "x"}, {"id": "mi"}],
        graph_applicationFederatedIdentityCredentials=[
            {
                "id": "F2",
                "parentId": "APP",
                "name": "main",
                "issuer": "https://issuer/",
                "subject": None,
                "claimsMatchingExpression": {"value": "claims['sub'] matches 'repo:x/*'", "languageVersion": 1},
                "audiences": ["api://AzureADTokenExchange", "two"],
            },
            {"id": "f1", "parentId": "alone", "name": "x", "issuer": 7, "subject": "s", "audiences": "one"},
        ],
        arm_resources=[identity],
        arm_federatedIdentityCredentials=[
            {
                "id": f"{identity['id'].upper()}/federatedIdentityCredentials/Deploy",
                "properties": {"issuer": "https://i/", "subject": "system:serviceaccount:a:b", "audiences": ["x"]},
            },
            {"id": f"{identity['id']}2/federatedIdentityCredentials/gone", "name": "Gone"},
        ],
    )
    table = facts.federated_credentials
    rows = zip(
        [facts.applications.key[row] if row >= 0 else "" for row in table.application.tolist()],
        resource_ids(index, facts, table.resource),
        principals(index, table.principal),
        [one.rpartition("/")[2] for one in table.key],
        table.name,
        table.issuer,
        table.subject,
        table.expression,
        table.audiences,
        strict=True,
    )
    assert list(rows) == [
        ("", "", "", "gone", "Gone", "", "", "", ""),
        (
            "",
            identity["id"],
            "mi",
            "deploy",
            "Deploy",
            "https://i/",
            "system:serviceaccount:a:b",
            "",
            "x",
        ),
        ("alone", "", "", "f1", "x", "", "s", "", ""),
        (
            "app",
            "",
            "sp",
            "f2",
            "main",
            "https://issuer/",
            "",
            "claims['sub'] matches 'repo:x/*'",
            "api://AzureADTokenExchange two",
        ),
    ]
    assert identity["id"].startswith(APP)
