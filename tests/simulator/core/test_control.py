"""Edits over HTTP and by script."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.simulator.core.asking import (
    APP_ID,
    APP_OBJECT,
    APP_PRINCIPAL,
    ARM_SCOPE,
    SAMPLE,
    client_of,
    small_tenant,
    user_id,
)

from remit.model.errors import PayloadError
from remit_sim.control.script import read_script
from remit_sim.embedded import Simulator
from remit_sim.export_files import load_tenant

PROD = "/subscriptions/4223dfac-c856-5913-bed0-74c340f83303"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


@pytest.fixture
def sample():
    with Simulator(SAMPLE) as sim, client_of(sim) as client:
        yield client


def test_the_control_api_wants_its_token(client, sim) -> None:
    url = sim.env()["REMIT_SIM_CONTROL"]
    assert client.http.get(url).json()["tenantId"] == sim.tenant_id
    assert client.http.get(url + "x").status_code == 403
    assert client.http.post(f"{url}x/edits", json=[]).status_code == 403


def test_rows_are_put_and_removed_byte_for_byte(client, sim) -> None:
    odd = '{"id" : "U1",  "displayName":"\\u00fc"}'
    assert client.edit({"do": "put-row", "list": "graph/users", "row": odd}).json() == [{}]
    assert sim.tenant.table("graph/users").get("u1") == odd.encode()
    assert client.edit({"do": "put-row", "list": "graph/users", "row": {"id": "u1"}}).status_code == 200
    assert sim.tenant.table("graph/users").get("u1") == b'{"id":"u1"}'
    assert client.edit({"do": "remove-row", "list": "graph/users", "key": "U1"}).status_code == 200
    assert sim.tenant.table("graph/users").get("u1") is None


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({}, "an edit is an object with the field `do`"),
        (5, "an edit is an object with the field `do`"),
        (None, "an edit is an object with the field `do`"),
        ({"do": "fly"}, "there is no edit `fly`; one of activate, add-secret, advance, append-blob, assign-role"),
        ({"do": ["fly"]}, "there is no edit `['fly']`"),
        ({"do": "put-row", "list": "graph/users"}, "edit `put-row`: missing required field `row`"),
        ({"do": "put-row", "list": "graph/pets", "row": "{}"}, "a tenant export has no list `graph/pets`"),
        ({"do": "put-row", "list": "graph/users", "row": "{}"}, "that is no row of graph/users"),
        ({"do": "remove-row", "list": "graph/users", "key": "x"}, "graph/users has no row `x`"),
        ({"do": "unassign-role", "assignment": "/x"}, "there is no role assignment `/x`"),
        ({"do": "activate", "eligibility": "/x"}, "there is no eligible assignment `/x`"),
        ({"do": "add-secret", "application": "x"}, "there is no application `x`"),
        ({"do": "add-secret", "application": APP_ID, "days": 1e300}, "a secret cannot last 1e+300 days"),
        ({"do": "be-identity", "client_id": "x"}, "there is no service principal `x`"),
        ({"do": "save", "folder": "/proc/nowhere"}, "cannot write to `/proc/nowhere`"),
        ({"do": "save", "folder": "\0"}, "cannot write to `\0`"),
        ({"do": "move-subscription", "subscription": "s", "management_group": "m"}, "there is no `s` among"),
        ({"do": "advance", "hours": -1}, "the clock cannot be moved so: time does not go back"),
        ({"do": "set-fault", "name": "rain", "value": "1"}, "there is no fault `rain`"),
        ({"do": "trust-issuer", "issuer": "i", "pem": "x"}, "`pem` is no public key in PEM"),
    ],
)
def test_an_edit_that_cannot_be_done_is_told(client, edit, says) -> None:
    answer = client.edit(edit)
    assert answer.status_code == 400
    assert says in answer.json()["error"]["message"]


def test_roles_are_assigned_by_name_and_taken_away(sample) -> None:
    tenant = sample.sim.tenant
    principal = next(iter(tenant.table("graph/users").keys()))
    edit = {"do": "assign-role", "principal": principal, "role": "Reader", "scope": PROD}
    (row,) = sample.edit(edit).json()
    assert row["properties"]["principalId"] == principal
    assert row["properties"]["roleDefinitionId"].endswith(READER)
    assert tenant.table("arm/roleAssignments").get(row["id"].lower()) is not None
    again = sample.edit({**edit, "role": READER})
    assert "RoleAssignmentExists" in again.json()["error"]["message"]
    assert sample.edit({"do": "unassign-role", "assignment": row["id"]}).status_code == 200
    assert tenant.table("arm/roleAssignments").get(row["id"].lower()) is None
    assert "no role definition `Wizard`" in sample.edit({**edit, "role": "Wizard"}).json()["error"]["message"]


def test_an_eligible_assignment_is_activated(sample) -> None:
    tenant = sample.sim.tenant
    eligible = tenant.table("arm/roleEligibilityScheduleInstances")
    before = len(tenant.table("arm/roleAssignmentScheduleInstances"))
    users = set(tenant.table("graph/users").keys())
    keys = [key for key in eligible.keys() if eligible.fields(key)["properties"]["principalId"].lower() in users]  # noqa: SIM118
    answer = sample.edit({"do": "activate", "eligibility": keys[-1], "hours": 2})
    assert answer.status_code == 200, answer.text
    assert len(tenant.table("arm/roleAssignmentScheduleInstances")) == before + 1


def test_a_member_activates_what_its_group_is_eligible_for(sample) -> None:
    tenant = sample.sim.tenant
    eligible = tenant.table("arm/roleEligibilityScheduleInstances")
    groups = tenant.table("graph/groups")
    key, group = next(
        (key, group)
        for key in eligible.keys()  # noqa: SIM118 - a table is no mapping
        if groups.get(group := eligible.fields(key)["properties"]["principalId"].lower())
    )
    pairs = [pair.split("/") for pair in tenant.table("graph/groupMembers").keys()]  # noqa: SIM118 - likewise
    member = next(member for parent, member in pairs if parent == group)
    answer = sample.edit({"do": "activate", "eligibility": key, "principal": member})
    assert answer.status_code == 200, answer.text
    assert answer.json()[0]["properties"]["principalId"] == member


def test_a_secret_is_added_signs_in_and_is_removed(client) -> None:
    (made,) = client.edit({"do": "add-secret", "application": APP_ID, "days": 1}).json()
    form = {"client_id": APP_ID, "client_secret": made["secretText"]}
    assert client.ask_token(ARM_SCOPE, **form).status_code == 200
    assert client.edit({"do": "remove-secret", "application": APP_ID, "key_id": made["keyId"]}).status_code == 200
    assert client.ask_token(ARM_SCOPE, **form).status_code == 401


def test_the_service_principal_of_an_application_elsewhere_gets_the_secret(client, sim) -> None:
    with sim.edit() as tenant:
        tenant.remove("graph/applications", APP_OBJECT)
    (made,) = client.edit({"do": "add-secret", "application": APP_ID}).json()
    form = {"client_id": APP_ID, "client_secret": made["secretText"]}
    assert client.ask_token(ARM_SCOPE, **form).status_code == 200
    held = sim.tenant.table("graph/servicePrincipals").fields(APP_PRINCIPAL)["passwordCredentials"]
    assert [one["keyId"] for one in held] == [made["keyId"]]
    client.edit({"do": "remove-secret", "application": APP_ID, "key_id": made["keyId"]})
    assert client.ask_token(ARM_SCOPE, **form).status_code == 401


def test_a_subscription_is_moved(sample) -> None:
    table = sample.sim.tenant.table("arm/managementGroups")
    groups = [key for key in table.keys() if "/managementgroups/" in key]  # noqa: SIM118 - a table is no mapping
    row = table.fields(PROD)
    target = next(key for key in groups if key != row["properties"]["parent"]["id"].lower())
    move = {"do": "move-subscription", "subscription": PROD, "management_group": target.rpartition("/")[2]}
    assert sample.edit(move).status_code == 200
    assert table.fields(PROD)["properties"]["parent"]["id"].lower() == target


def test_time_faults_statistics_and_identity_are_set(client, sim) -> None:
    assert client.edit({"do": "advance", "days": 1, "hours": 1}).json() == [{"now": "2026-11-02T10:00:00Z"}]
    assert client.http.get(sim.authority).headers["Date"] == "Mon, 02 Nov 2026 10:00:00 GMT"
    edit = {"do": "set-fault", "name": "cut", "value": "0.5"}
    assert client.edit(edit).json() == [{"faults": {"cut": "0.5"}}]
    assert client.edit({"do": "clear-faults"}).json() == [{"faults": {}}]
    client.sign_in()
    client.graph("/users")
    url = f"{sim.env()['REMIT_SIM_CONTROL']}/statistics"
    counted = client.http.get(url).json()
    assert (counted["requests"], counted["answers"], counted["statuses"]) == (
        1,
        {"graph": {"GET /users": 1}},
        {"graph": {"200": 1}},
    )
    client.edit({"do": "reset-statistics"}, {"do": "be-identity", "client_id": APP_ID})
    assert client.http.get(url).json()["requests"] == 0
    assert (
        client.http.get(
            f"{sim.identity_url}/msi/token",
            params={"resource": "https://management.azure.com/"},
            headers={"X-IDENTITY-HEADER": sim.identity_header},
        ).json()["client_id"]
        == APP_ID
    )


def test_outside_issuers_are_told_of(client) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).public_key()
    text = pem.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    assert client.edit({"do": "trust-issuer", "issuer": "https://i", "pem": text}).json() == [{}]
    (made,) = client.edit({"do": "issue-token", "issuer": "https://j", "subject": "s"}).json()
    assert made["token"].count(".") == 2


def test_the_tenant_as_it_stands_is_saved(client, sim, tmp_path) -> None:
    client.edit({"do": "put-row", "list": "graph/users", "row": '{"id":"new"}'})
    client.edit({"do": "advance", "seconds": 5}, {"do": "save", "folder": str(tmp_path / "out")})
    saved = load_tenant(tmp_path / "out")
    assert saved.table("graph/users").get("new") == b'{"id":"new"}'
    assert saved.clock.now() == sim.tenant.clock.now()


SCRIPT = """
[[edit]]
after_requests = 2
do = "remove-row"
list = "graph/users"
key = "%s"

[[edit]]
at = 2026-11-01T12:00:00Z
do = "put-row"
list = "graph/users"
row = {id = "late"}

[[edit]]
after_requests = 1
do = "remove-row"
list = "graph/users"
key = "nobody"
"""


def test_a_script_edits_by_requests_and_by_time(tmp_path) -> None:
    toml, lines = tmp_path / "edits.toml", tmp_path / "edits.jsonl"
    toml.write_text(SCRIPT % user_id(0))
    lines.write_text('{"after_requests": 1, "do": "advance", "hours": 4}\n\n')
    told: list[str] = []
    with Simulator(small_tenant(), script=toml, warn=told.append) as sim, client_of(sim) as client:
        client.sign_in()
        path = f"/users/{user_id(0)}?$select=id"
        assert [client.graph(path).status_code for _ in range(3)] == [200, 200, 404]
        assert told == ["script: graph/users has no row `nobody`"]
        assert sim.tenant.table("graph/users").get("late") is None
        sim.advance(hours=3)
        assert sim.tenant.table("graph/users").get("late") is not None
    assert [type(edit).__name__ for edit in read_script(lines).due(1, sim.tenant.clock.now())] == ["Advance"]


def planned(**edit: object) -> str:
    return json.dumps({"after_requests": 1, **edit}) + "\n"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.toml", "[[edit]", "is neither TOML nor JSON Lines"),
        ("a.toml", "edit = 3", "is no list of edits"),
        ("a.toml", "[[edits]]\nafter_requests = 1\ndo = 'clear-faults'", "is no list of edits"),
        ("a.jsonl", planned(do="clear-faults") + planned(do="advance", hours=-1), "edit 2: the clock does not go back"),
        ("a.jsonl", planned(do="set-fault", name="cutt", value="1"), "there is no fault `cutt`"),
        ("a.jsonl", planned(do="set-fault", name="cut", value="2"), "`2` is no value of the fault cut"),
        ("a.jsonl", planned(do="remove-row", list="graph/user", key="x"), "has no list `graph/user`"),
        ("a.jsonl", "{", "is neither TOML nor JSON Lines"),
        ("a.jsonl", "[]", "is no list of edits"),
        (
            "a.jsonl",
            json.dumps({"do": "clear-faults"}),
            "a.jsonl: edit 1: an edit of a script needs `after_requests` or `at`",
        ),
        ("a.jsonl", json.dumps({"do": "x", "after_requests": 1}), "a.jsonl: edit 1: there is no edit `x`"),
        (
            "a.jsonl",
            json.dumps({"do": "clear-faults", "after_requests": "1"}),
            "`after_requests` must be a whole number",
        ),
        (
            "a.jsonl",
            json.dumps({"do": "clear-faults", "after_requests": True}),
            "`after_requests` must be a whole number",
        ),
        ("a.jsonl", json.dumps({"do": "clear-faults", "at": "noon"}), "`noon` is not a time"),
    ],
)
def test_a_script_that_makes_no_sense_is_told_with_its_edit(tmp_path, name, text, says) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(PayloadError) as raised:
        read_script(tmp_path / name)
    assert says in raised.value.message


def test_a_script_that_is_not_there_is_told(tmp_path) -> None:
    with pytest.raises(PayloadError, match="cannot be read"):
        read_script(tmp_path / "none.toml")
