"""The stock Azure CLI, unchanged, works against the simulator: a session as an operator would have one.

`az` is found by REMIT_TEST_AZ or on the PATH. Where there is none these tests say so; `make test-az` installs it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from azure.identity import AzureCliCredential

from remit.bootstrap.reader import sample_tenant
from remit_sim.embedded import Simulator

AZ = os.environ.get("REMIT_TEST_AZ") or shutil.which("az")
pytestmark = pytest.mark.skipif(AZ is None, reason="az is not installed: make test-az runs this")

TRACKING = "4223dfac-c856-5913-bed0-74c340f83303"
SCOPE = f"/subscriptions/{TRACKING}"
GROUP = f"{SCOPE}/resourceGroups/rg-tracking-prod"
MAYA, MAYA_ID = "maya.okonkwo@haldenfreight.example", "89a16e4c-a2ea-5079-a3e3-3c579e78e52e"
RELEASE_APP = "5bf39c9d-f41c-5f18-9cef-aaa3273dc30e"
ASSISTANT_APP, ASSISTANT_PRINCIPAL = "cfd118a9-b2e0-5a4e-b1e2-72a9e2579cce", "6bb98a1f-a174-58df-902b-63028d3ba6c2"
BACKUP_APP = "58ffc2ad-dcb4-5c50-8db3-e6f31954cff0"


def held(list_name: str) -> list[dict[str, Any]]:
    """The rows of a list of the sample tenant."""
    text = (sample_tenant() / f"{list_name}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@dataclass(frozen=True)
class Session:
    """A folder of settings in which one caller is signed in."""

    sim: Simulator
    folder: Path

    def environment(self, **changes: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "PYTHON"))}
        return {**kept, **self.sim.env(), "AZURE_CONFIG_DIR": str(self.folder), **changes}

    def run(self, *arguments: str, form: str = "json", **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - the CLI that the tester names
            [str(AZ), *arguments, "--output", form],
            env=self.environment(**changes),
            capture_output=True,
            check=False,
            text=True,
            timeout=120,
        )

    def __call__(self, *arguments: str, **changes: str) -> Any:
        """What a command that succeeds prints, decoded."""
        done = self.run(*arguments, **changes)
        assert done.returncode == 0, f"az {' '.join(arguments[:3])}: {done.stderr}"
        return json.loads(done.stdout) if done.stdout.strip() else None

    def table(self, *arguments: str) -> list[list[str]]:
        """The rows that a command shows as a table, in words."""
        done = self.run(*arguments, form="table")
        assert done.returncode == 0, f"az {' '.join(arguments[:3])}: {done.stderr}"
        return [line.split() for line in done.stdout.splitlines()[2:]]

    def refused(self, *arguments: str) -> str:
        """What a command that fails says."""
        done = self.run(*arguments)
        assert done.returncode != 0
        return done.stderr

    def register(self) -> None:
        self("cloud", "register", "--name", "Sim", "--endpoint-resource-manager", self.sim.arm_url)
        self("cloud", "set", "--name", "Sim")

    def login(self, client_id: str, secret: str) -> Any:
        return self("login", "--service-principal", "-u", client_id, "-p", secret, "--tenant", self.sim.tenant_id)


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    with Simulator(sample_tenant()) as running:
        yield running


@pytest.fixture
def stranger(sim: Simulator, tmp_path: Path) -> Session:
    """A session in which nobody is signed in."""
    session = Session(sim, tmp_path / "azure")
    session.register()
    return session


@pytest.fixture(scope="module")
def az(sim: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Session:
    """A session of the operator, in the subscription Tracking Prod."""
    session = Session(sim, tmp_path_factory.mktemp("az") / "azure")
    session.register()
    session.login(sim.client_id, sim.client_secret)
    session("account", "set", "--subscription", TRACKING)
    return session


def test_the_cloud_is_known_by_its_resource_manager_alone(az, sim):
    endpoints = az("cloud", "show")["endpoints"]
    assert endpoints["activeDirectory"] == sim.authority
    assert endpoints["microsoftGraphResourceId"] == f"{sim.graph_url}/"


def test_all_subscriptions_are_listed_after_login(az, sim):
    listed = az("account", "list")
    assert {(one["id"], one["name"], one["tenantId"]) for one in listed} == {
        (row["subscriptionId"], row["displayName"], sim.tenant_id) for row in held("arm/subscriptions")
    }
    assert [one["id"] for one in listed if one["isDefault"]] == [TRACKING]


def test_groups_resources_and_management_groups_are_listed(az):
    inside = [row for row in held("arm/resources") if row["id"].startswith(f"{SCOPE}/")]
    groups = [row for row in inside if row["type"] == "Microsoft.Resources/resourceGroups"]
    assert sorted(one["id"] for one in az("group", "list")) == sorted(row["id"] for row in groups)
    others = [row["id"] for row in inside if row not in groups]
    assert sorted(one["id"] for one in az("resource", "list")) == sorted(others)
    names = [row["name"] for row in held("arm/managementGroups") if row["type"].endswith("managementGroups")]
    listed = az("account", "management-group", "list", "--no-register")
    assert sorted(one["name"] for one in listed) == sorted(names)


def test_role_definitions_are_listed_and_a_custom_one_is_made_and_deleted(az):
    names = sorted(row["properties"]["roleName"] for row in held("arm/roleDefinitions"))
    assert sorted(one["roleName"] for one in az("role", "definition", "list")) == names
    role = {
        "Name": "Restarter",
        "Actions": ["Microsoft.Compute/virtualMachines/restart/action"],
        "AssignableScopes": [SCOPE],
    }
    made = az("role", "definition", "create", "--role-definition", json.dumps(role))
    assert made["permissions"][0]["actions"] == role["Actions"]
    assert [one["name"] for one in az("role", "definition", "list", "--custom-role-only", "--name", "Restarter")] == [
        made["name"]
    ]
    az("role", "definition", "delete", "--name", "Restarter")
    assert az("role", "definition", "list", "--name", "Restarter") == []


def test_role_assignments_are_listed_with_the_names_of_their_principals(az):
    listed = az("role", "assignment", "list", "--all")
    everything = held("arm/roleAssignments")
    below = {row["name"] for row in everything if row["properties"]["scope"].startswith(SCOPE)}
    assert below <= {one["name"] for one in listed}
    names = {row["id"]: row["displayName"] for row in held("graph/groups")}
    names |= {row["id"]: row["userPrincipalName"] for row in held("graph/users")}
    shown = {one["principalId"]: one["principalName"] for one in listed if one["principalId"] in names}
    assert shown
    assert shown == {principal: names[principal] for principal in shown}
    roles = {row["id"].rpartition("/")[2]: row["properties"]["roleName"] for row in held("arm/roleDefinitions")}
    assert {one["roleDefinitionName"] for one in listed} <= set(roles.values())
    assert all(one["roleDefinitionName"] == roles[one["roleDefinitionId"].rpartition("/")[2]] for one in listed)


def test_tables_are_shown_and_lists_of_many_pages_are_read_to_their_end(az, sim):
    inside = [row for row in held("arm/resources") if row["id"].startswith(f"{SCOPE}/")]
    groups = [row["name"] for row in inside if row["type"] == "Microsoft.Resources/resourceGroups"]
    assert az.table("group", "list") == [[name, "westeurope", "Succeeded"] for name in groups]
    whole = [("resource", "list"), ("role", "assignment", "list", "--all"), ("ad", "user", "list")]
    before = [az(*command) for command in whole]
    sim.faults.set("small-pages", "3")
    try:
        assert [az(*command) for command in whole] == before
    finally:
        sim.faults.clear()
    assert all(len(rows) > 3 for rows in before)


def test_a_role_is_assigned_by_name_found_and_taken_away(az, sim):
    def mine() -> list[tuple[str, str]]:
        listed = az("role", "assignment", "list", "--assignee", MAYA, "--scope", GROUP)
        return [(one["principalId"], one["roleDefinitionName"]) for one in listed]

    before = mine()
    made = az("role", "assignment", "create", "--assignee", MAYA, "--role", "Reader", "--scope", GROUP)
    assert (made["principalId"], made["scope"]) == (MAYA_ID, GROUP)
    assert sim.tenant.table("arm/roleAssignments").get(made["id"].lower()) is not None
    assert sorted(mine()) == sorted([*before, (MAYA_ID, "Reader")])
    az("role", "assignment", "delete", "--assignee", MAYA, "--role", "Reader", "--scope", GROUP)
    assert mine() == before
    assert sim.tenant.table("arm/roleAssignments").get(made["id"].lower()) is None


def test_rest_reaches_resource_manager_graph_and_resource_graph(az, sim):
    listed = az("rest", "--url", "/subscriptions?api-version=2022-12-01")["value"]
    assert listed == held("arm/subscriptions")
    url = f"{sim.graph_url}/v1.0/users/{MAYA_ID}?$select=id,userPrincipalName"
    user = az("rest", "--url", url, "--resource", f"{sim.graph_url}/")
    assert (user["id"], user["userPrincipalName"]) == (MAYA_ID, MAYA)
    body = {"query": "resources | where type =~ 'Microsoft.KeyVault/vaults' | project name | order by name asc"}
    path = "/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01"
    found = az("rest", "--method", "post", "--url", path, "--body", json.dumps(body))
    assert found["data"] == [{"name": "kv-tracking-dev"}, {"name": "kv-tracking-prod"}]


def test_the_directory_is_read_through_the_cli(az):
    assert az("ad", "user", "show", "--id", MAYA)["id"] == MAYA_ID
    names = [row["displayName"] for row in held("graph/servicePrincipals")]
    assert sorted(one["displayName"] for one in az("ad", "sp", "list", "--all")) == sorted(names)


def test_azure_identity_takes_over_the_session_of_the_cli(az, sim, monkeypatch):
    for name, value in az.environment(PATH=f"{Path(str(AZ)).parent}{os.pathsep}{os.environ['PATH']}").items():
        monkeypatch.setenv(name, value)
    token = AzureCliCredential(process_timeout=60).get_token("https://management.azure.com/.default").token
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["appid"], claims["tid"]) == (sim.client_id, sim.tenant_id)


def test_what_a_caller_may_not_do_is_shown_as_azure_says_it(stranger, sim):
    wrong = ("login", "--service-principal", "-u", BACKUP_APP, "-p", "wrong", "--tenant", sim.tenant_id)
    assert "AADSTS7000215" in stranger.refused(*wrong)
    stranger.login(ASSISTANT_APP, sim.add_secret(ASSISTANT_APP))
    wanted = (
        "--assignee-object-id",
        MAYA_ID,
        "--assignee-principal-type",
        "User",
        "--role",
        "Reader",
        "--scope",
        GROUP,
    )
    said = stranger.refused("role", "assignment", "create", *wanted)
    assert "(AuthorizationFailed)" in said
    assert f"'{ASSISTANT_APP}' with object id '{ASSISTANT_PRINCIPAL}'" in said
    assert "'Microsoft.Authorization/roleAssignments/write'" in said


def test_a_federated_token_and_a_managed_identity_sign_in_and_logout_forgets_them(stranger, sim):
    issuer, subject, application = "https://ci.haldenfreight.example", "repo:halden/release", str(uuid4())
    trusted = {"id": str(uuid4()), "issuer": issuer, "subject": subject, "audiences": ["api://AzureADTokenExchange"]}
    with sim.edit() as tenant:
        tenant.put("graph/applications", json.dumps({"id": application, "appId": RELEASE_APP}).encode())
        row = {"parentId": application, **trusted}
        tenant.put("graph/applicationFederatedIdentityCredentials", json.dumps(row).encode())
    token = sim.federated_token(issuer, subject)
    login = ("login", "--service-principal", "-u", RELEASE_APP, "--federated-token", token, "--tenant", sim.tenant_id)
    assert {one["user"]["name"] for one in stranger(*login)} == {RELEASE_APP}
    stranger("logout")
    assert stranger("account", "list") == []
    sim.be_identity(ASSISTANT_APP)
    place = {"IDENTITY_ENDPOINT": sim.env()["REMIT_SIM_IDENTITY_ENDPOINT"], "IDENTITY_HEADER": sim.identity_header}
    (account,) = stranger("login", "--identity", **place)
    assert (account["id"], account["user"]["assignedIdentityInfo"]) == (TRACKING, "MSI")
    answer = stranger("account", "get-access-token", **place)
    claims = jwt.decode(answer["accessToken"], options={"verify_signature": False})
    assert claims["oid"] == ASSISTANT_PRINCIPAL
