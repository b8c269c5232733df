"""Microsoft's own Azure SDKs, unchanged, work against the simulator and get what the tenant holds."""

from __future__ import annotations

import json
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.identity import (
    CertificateCredential,
    ClientSecretCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.authorization.models import (
    Permission,
    RoleAssignmentCreateParameters,
    RoleAssignmentScheduleRequest,
    RoleAssignmentScheduleRequestPropertiesScheduleInfo,
    RoleAssignmentScheduleRequestPropertiesScheduleInfoExpiration,
    RoleDefinition,
)
from azure.mgmt.managementgroups import ManagementGroupsMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions
from tests.fakes.certificates import self_signed

from remit.bootstrap.reader import sample_tenant
from remit_sim.credentials import add_certificate
from remit_sim.embedded import Simulator

ARM = "https://management.azure.com/.default"
TRACKING = "4223dfac-c856-5913-bed0-74c340f83303"
SCOPE = f"/subscriptions/{TRACKING}"
HALDEN = "/providers/Microsoft.Management/managementGroups/halden"
READER = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
RELEASE_APP, RELEASE_PRINCIPAL = "5bf39c9d-f41c-5f18-9cef-aaa3273dc30e", "f6e0892a-331f-5d87-a3ed-89bbec0b3780"
ASSISTANT_APP, ASSISTANT_PRINCIPAL = "cfd118a9-b2e0-5a4e-b1e2-72a9e2579cce", "6bb98a1f-a174-58df-902b-63028d3ba6c2"
BACKUP_APP = "58ffc2ad-dcb4-5c50-8db3-e6f31954cff0"
MAYA, PRIYA = "89a16e4c-a2ea-5079-a3e3-3c579e78e52e", "7a8ae96b-d220-51e6-a06c-57ec7f592656"
GONE = "79665c95-e085-5e99-bb76-933a4a251659"
"""Holds a role in the sample tenant and is no longer in its directory."""


def held(list_name: str) -> list[dict]:
    """The rows of a list of the sample tenant."""
    text = (sample_tenant() / f"{list_name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def scoped(list_name: str, scope: str = SCOPE) -> list[str]:
    """The names of the rows that stand at a subscription or below it."""
    return sorted(row["name"] for row in held(list_name) if row["properties"]["scope"].startswith(scope))


class Session:
    """A simulator and clients of its own credential, which may do everything."""

    def __init__(self, sim: Simulator, open_until: ExitStack) -> None:
        self.sim = sim
        self.closed_at_the_end = open_until.enter_context
        self.credential = self.secret(sim.client_id, sim.client_secret)

    @property
    def trust(self) -> dict[str, object]:
        return {"connection_verify": str(self.sim.ca_file)}

    @property
    def login(self) -> dict[str, object]:
        return {"authority": self.sim.authority, "disable_instance_discovery": True, **self.trust}

    def secret(self, client_id: str, text: str) -> ClientSecretCredential:
        return self.closed_at_the_end(ClientSecretCredential(self.sim.tenant_id, client_id, text, **self.login))

    def client(self, kind, *arguments: str, credential=None):
        own = credential or self.credential
        made = kind(own, *arguments, base_url=self.sim.arm_url, credential_scopes=[ARM], **self.trust)
        return self.closed_at_the_end(made)

    def access(self, credential=None) -> AuthorizationManagementClient:
        return self.client(AuthorizationManagementClient, TRACKING, credential=credential)

    def groups(self, credential=None, subscription: str = TRACKING) -> list[str]:
        client = self.client(ResourceManagementClient, subscription, credential=credential)
        return sorted(group.name for group in client.resource_groups.list())

    def query(self, text: str, **options):
        client = self.client(ResourceGraphClient)
        return client.resources(QueryRequest(query=text, options=QueryRequestOptions(**options)))


@pytest.fixture
def azure():
    with Simulator(sample_tenant()) as sim, ExitStack() as stack:
        yield Session(sim, stack)


def object_id(credential) -> str:
    return jwt.decode(credential.get_token(ARM).token, options={"verify_signature": False})["oid"]


GROUPS = ["rg-data-prod", "rg-tracking-prod"]


# Signing in


def test_a_client_secret_signs_in(azure):
    credential = azure.secret(RELEASE_APP, azure.sim.add_secret(RELEASE_APP))
    assert object_id(credential) == RELEASE_PRINCIPAL
    assert azure.groups(credential) == GROUPS
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        azure.secret(RELEASE_APP, "wrong").get_token(ARM)


def test_a_certificate_signs_in(azure):
    der, pem = self_signed("release", until=azure.sim.tenant.clock.now() + timedelta(days=30))
    with azure.sim.edit() as tenant:
        add_certificate(tenant, RELEASE_APP, der, key_id=str(uuid4()))
    made = CertificateCredential(azure.sim.tenant_id, RELEASE_APP, certificate_data=pem, **azure.login)
    credential = azure.closed_at_the_end(made)
    assert object_id(credential) == RELEASE_PRINCIPAL
    assert azure.groups(credential) == GROUPS


def test_a_workload_identity_signs_in_with_the_token_of_its_issuer(azure, tmp_path):
    issuer, subject = "https://ci.haldenfreight.example", "repo:halden/release"
    (application,) = (row["id"] for row in held("graph/applications") if row["appId"] == RELEASE_APP)
    trusted = {"id": str(uuid4()), "issuer": issuer, "subject": subject, "audiences": ["api://AzureADTokenExchange"]}
    with azure.sim.edit() as tenant:
        row = {"parentId": application, **trusted}
        tenant.put("graph/applicationFederatedIdentityCredentials", json.dumps(row).encode())
    file = tmp_path / "token"

    def credential() -> WorkloadIdentityCredential:
        made = WorkloadIdentityCredential(
            tenant_id=azure.sim.tenant_id, client_id=RELEASE_APP, token_file_path=str(file), **azure.login
        )
        return azure.closed_at_the_end(made)

    file.write_text(azure.sim.federated_token(issuer, subject))
    assert object_id(credential()) == RELEASE_PRINCIPAL
    assert azure.groups(credential()) == GROUPS
    file.write_text(azure.sim.federated_token(issuer, "repo:halden/other"))
    with pytest.raises(ClientAuthenticationError, match="AADSTS700213"):
        credential().get_token(ARM)


def test_a_managed_identity_signs_in_as_on_app_service_and_as_on_a_machine(azure, monkeypatch):
    azure.sim.be_identity(ASSISTANT_APP)
    with monkeypatch.context() as service:
        service.setenv("IDENTITY_ENDPOINT", azure.sim.env()["REMIT_SIM_IDENTITY_ENDPOINT"])
        service.setenv("IDENTITY_HEADER", azure.sim.identity_header)
        credential = azure.closed_at_the_end(ManagedIdentityCredential())
        assert object_id(credential) == ASSISTANT_PRINCIPAL
        assert azure.groups(credential) == GROUPS
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", azure.sim.identity_url)
    machine = azure.closed_at_the_end(ManagedIdentityCredential(client_id=ASSISTANT_APP))
    assert object_id(machine) == ASSISTANT_PRINCIPAL
    assert azure.groups(machine) == GROUPS


# Role assignments and definitions


def test_role_assignments_are_listed_at_above_and_below_a_subscription(azure):
    above = [
        row["name"]
        for row in held("arm/roleAssignments")
        if row["properties"]["scope"] in {HALDEN, HALDEN.replace("halden", azure.sim.tenant_id)}
    ]
    names = sorted(row.name for row in azure.access().role_assignments.list_for_subscription())
    assert names == sorted([*scoped("arm/roleAssignments"), *above])


def test_role_assignments_are_filtered_as_azure_filters_them(azure):
    assignments = azure.access().role_assignments

    def names(text: str) -> set[str]:
        return {row.name for row in assignments.list_for_scope(SCOPE, filter=text)}

    everything = held("arm/roleAssignments")
    direct = {row["name"] for row in everything if row["properties"]["principalId"] == RELEASE_PRINCIPAL}
    at = {row["name"] for row in everything if row["properties"]["scope"] == SCOPE}
    assert names(f"principalId eq '{RELEASE_PRINCIPAL}'") == direct
    assert names(f"assignedTo('{RELEASE_PRINCIPAL}')") >= direct
    assert at <= names("atScope()")
    assert not names("atScope()") & (set(scoped("arm/roleAssignments")) - at)


def test_a_role_assignment_is_made_found_and_taken_away(azure):
    assignments = azure.access().role_assignments
    name = str(uuid4())
    wanted = RoleAssignmentCreateParameters(role_definition_id=READER, principal_id=MAYA, principal_type="User")
    made = assignments.create(SCOPE, name, wanted)
    assert (made.name, made.scope, made.principal_id, made.role_definition_id[-36:]) == (
        name,
        SCOPE,
        MAYA,
        READER[-36:],
    )
    assert azure.sim.tenant.table("arm/roleAssignments").get(made.id.lower()) is not None
    assert assignments.get_by_id(made.id).principal_id == MAYA
    with pytest.raises(ResourceExistsError, match="RoleAssignmentExists"):
        assignments.create(SCOPE, str(uuid4()), wanted)
    assert assignments.delete(SCOPE, name).name == name
    assert assignments.delete(SCOPE, name) is None
    with pytest.raises(ResourceNotFoundError, match="RoleAssignmentNotFound"):
        assignments.get(SCOPE, name)


def test_a_principal_that_is_gone_gets_no_role(azure):
    wanted = RoleAssignmentCreateParameters(role_definition_id=READER, principal_id=GONE, principal_type="User")
    with pytest.raises(HttpResponseError, match="PrincipalNotFound"):
        azure.access().role_assignments.create(SCOPE, str(uuid4()), wanted)


def test_what_a_caller_may_not_do_is_refused_as_azure_refuses_it(azure):
    access = azure.access(azure.secret(BACKUP_APP, azure.sim.add_secret(BACKUP_APP)))
    with pytest.raises(HttpResponseError) as caught:
        list(access.role_assignments.list_for_subscription())
    assert (caught.value.status_code, caught.value.error.code) == (403, "AuthorizationFailed")
    assert "'Microsoft.Authorization/roleAssignments/read'" in caught.value.message


def test_role_definitions_are_listed_and_a_custom_role_lives_and_dies(azure):
    definitions = azure.access().role_definitions
    rows = {row["properties"]["roleName"]: row for row in held("arm/roleDefinitions")}
    listed = {row.role_name: row for row in definitions.list(SCOPE)}
    assert set(listed) == set(rows)
    assert (
        listed["Contributor"].permissions[0].not_actions
        == (rows["Contributor"]["properties"]["permissions"][0]["notActions"])
    )
    name, action = str(uuid4()), "Microsoft.Compute/virtualMachines/restart/action"
    role = RoleDefinition(
        role_name="Restarter",
        role_type="CustomRole",
        assignable_scopes=[SCOPE],
        permissions=[Permission(actions=[action])],
    )
    made = definitions.create_or_update(SCOPE, name, role)
    assert (made.role_name, made.role_type, made.permissions[0].actions) == ("Restarter", "CustomRole", [action])
    assert [row.name for row in definitions.list(SCOPE, filter="roleName eq 'Restarter'")] == [name]
    assert definitions.delete(SCOPE, name).role_name == "Restarter"
    assert list(definitions.list(SCOPE, filter="roleName eq 'Restarter'")) == []


def test_deny_assignments_say_what_they_deny_and_to_whom(azure):
    (row,) = held("arm/denyAssignments")
    (denied,) = azure.access().deny_assignments.list()
    assert (denied.name, denied.scope) == (row["name"], row["properties"]["scope"])
    assert denied.permissions[0].actions == ["*/delete"]
    assert [one.id for one in denied.exclude_principals] == [row["properties"]["excludePrincipals"][0]["id"]]
    assert azure.access().deny_assignments.get_by_id(denied.id).deny_assignment_name == denied.deny_assignment_name


# PIM


def test_pim_tells_what_is_active_and_what_is_eligible(azure):
    access = azure.access()
    active = access.role_assignment_schedule_instances.list_for_scope(SCOPE)
    assert scoped("arm/roleAssignmentScheduleInstances") == sorted(row.name for row in active)
    eligible = {row.name: row for row in access.role_eligibility_schedule_instances.list_for_scope(SCOPE)}
    assert scoped("arm/roleEligibilityScheduleInstances") == sorted(eligible)
    row = next(row for row in held("arm/roleEligibilityScheduleInstances") if row["name"] in eligible)
    assert eligible[row["name"]].principal_id == row["properties"]["principalId"]


def test_a_request_to_pim_makes_an_assignment_that_ends_by_itself(azure):
    start = azure.sim.tenant.clock.now()
    expiration = RoleAssignmentScheduleRequestPropertiesScheduleInfoExpiration(type="AfterDuration", duration="PT2H")
    wanted = RoleAssignmentScheduleRequest(
        principal_id=MAYA,
        role_definition_id=f"{SCOPE}{READER}",
        request_type="AdminAssign",
        justification="release 12",
        schedule_info=RoleAssignmentScheduleRequestPropertiesScheduleInfo(start_date_time=start, expiration=expiration),
    )
    name = str(uuid4())
    made = azure.access().role_assignment_schedule_requests.create(SCOPE, name, wanted)
    assert (made.name, made.status, made.justification) == (name, "Provisioned", "release 12")

    def windows(access: AuthorizationManagementClient) -> list[object]:
        rows = access.role_assignment_schedule_instances.list_for_scope(SCOPE, filter=f"principalId eq '{MAYA}'")
        return [row.end_date_time for row in rows]

    def roles(access: AuthorizationManagementClient) -> list[str]:
        rows = access.role_assignments.list_for_scope(SCOPE, filter=f"principalId eq '{MAYA}'")
        return [row.role_definition_id for row in rows if row.scope == SCOPE]

    assert windows(azure.access()) == [start + timedelta(hours=2)]
    assert [role[-36:] for role in roles(azure.access())] == [READER[-36:]]
    azure.sim.advance(hours=2)
    later = azure.access(azure.secret(azure.sim.client_id, azure.sim.client_secret))
    assert windows(later) == []
    assert roles(later) == []
    assert [row.name for row in later.role_assignment_schedule_requests.list_for_scope(SCOPE)] == [name]


# Resources and management groups


def test_resources_stand_in_their_groups(azure):
    client = azure.client(ResourceManagementClient, TRACKING)
    rows = [row for row in held("arm/resources") if row["id"].startswith(f"{SCOPE}/") and "/providers/" in row["id"]]
    assert sorted(one.id for one in client.resources.list()) == sorted(row["id"] for row in rows)
    inside = [row["name"] for row in rows if "/rg-data-prod/" in row["id"]]
    assert sorted(one.name for one in client.resources.list_by_resource_group("rg-data-prod")) == sorted(inside)
    vaults = client.resources.list(filter="resourceType eq 'Microsoft.KeyVault/vaults'")
    assert [one.name for one in vaults] == ["kv-tracking-prod"]


def test_a_resource_group_is_made_tagged_and_deleted(azure):
    groups = azure.client(ResourceManagementClient, TRACKING).resource_groups
    made = groups.create_or_update("rg-new", {"location": "westeurope", "tags": {"owner": "maya"}})
    assert (made.id, made.tags) == (f"{SCOPE}/resourceGroups/rg-new", {"owner": "maya"})
    assert azure.groups() == [*GROUPS[:1], "rg-new", *GROUPS[1:]]
    groups.begin_delete("rg-new").result()
    assert not groups.check_existence("rg-new")
    with pytest.raises(ResourceNotFoundError):
        groups.get("rg-new")


def test_management_groups_hold_each_other_and_the_subscriptions(azure):
    client = azure.client(ManagementGroupsMgmtClient)
    entities = held("arm/managementGroups")
    assert sorted(one.id for one in client.entities.list()) == sorted(row["id"] for row in entities)
    groups = [row["name"] for row in entities if row["type"].endswith("managementGroups")]
    assert sorted(one.name for one in client.management_groups.list()) == sorted(groups)
    halden = client.management_groups.get("halden", expand="children", recurse=True)
    assert halden.display_name == "Halden Freight"
    below = [row["name"] for row in entities if row["properties"]["parent"]["id"] == HALDEN]
    assert sorted(one.name for one in halden.children) == sorted(below)


# Resource Graph


def test_a_query_is_paged_to_its_end(azure):
    text, found, token = "resources | project id, name, type | order by id asc", [], None
    for _ in range(10):
        page = azure.query(text, top=4, skip_token=token)
        found += page.data
        token = page.skip_token
        if not token:
            break
    rows = [row for row in held("arm/resources") if row["type"] != "Microsoft.Resources/resourceGroups"]
    assert page.total_records == len(rows)
    wanted = [{"id": row["id"], "name": row["name"], "type": row["type"].lower()} for row in rows]
    assert found == sorted(wanted, key=lambda row: row["id"])


def test_a_query_finds_what_was_just_assigned(azure):
    wanted = RoleAssignmentCreateParameters(role_definition_id=READER, principal_id=PRIYA, principal_type="User")
    made = azure.access().role_assignments.create(SCOPE, str(uuid4()), wanted)
    text = f"authorizationresources | where properties.principalId == '{PRIYA}' | project id"
    assert {"id": made.id} in azure.query(text).data


def test_a_table_has_columns(azure):
    table = azure.query("resources | summarize count() by tolower(location)", result_format="table").data
    assert [column["name"] for column in table["columns"]] == ["Column1", "count_"]


def test_a_query_that_is_not_understood_is_an_error_with_details(azure):
    with pytest.raises(HttpResponseError) as caught:
        azure.query("resources | mv-expand tags")
    assert (caught.value.status_code, caught.value.error.code) == (400, "BadRequest")
    assert "`mv-expand` is not understood" in caught.value.error.details[1].message


def test_a_sample_of_the_tenant_is_what_these_tests_speak_of():
    assert Path(sample_tenant(), "manifest.json").is_file()
    assert [row["name"] for row in held("arm/resources") if row["id"].endswith("/rg-data-prod")] == ["rg-data-prod"]
