"""Writes to applications, service principals, their credentials and their permissions."""

import base64
import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.simulator.graph_world import (
    ADA,
    APP,
    APP_ID,
    BEN,
    ROBOT,
    STAFF,
    TENANT,
    TOOL,
    Directory,
    caller_with,
    guid,
    small,
)

from remit_sim.credentials import CERTIFICATE, SECRET, of_kind
from remit_sim.graph_permissions import GRAPH_APP_ID
from remit_sim.login.principals import graph_roles

USERS_READ = "df021288-bdef-4463-88db-98f22de89214"


def certificate() -> tuple[str, str]:
    """Return a certificate as base64 DER and its SHA-1 thumbprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "remit")])
    begin = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    der = made.public_bytes(serialization.Encoding.DER)
    return base64.b64encode(der).decode(), made.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - Azure's own


def graph_id(world: Directory) -> str:
    return world.get(f"/servicePrincipals(appId='{GRAPH_APP_ID}')")["id"]


def test_an_application_and_its_service_principal_are_made():
    world = small()
    body = {"displayName": "remit", "signInAudience": "AzureADMyOrg", "tags": ["mine"]}
    application = world.done("POST", "/applications", body)
    principal = world.done("POST", "/servicePrincipals", {"appId": application["appId"], "tags": ["mine"]})
    assert world.get(f"/applications/{application['id']}")["tags"] == ["mine"]
    assert world.ids(f"/servicePrincipals?$filter=appId eq '{application['appId']}'") == [principal["id"]]
    assert (principal["displayName"], principal["appOwnerOrganizationId"]) == ("remit", TENANT)
    assert application["createdDateTime"] == "2026-11-01T12:00:00Z"
    assert len({application["id"], application["appId"], principal["id"]}) == 3


def test_a_second_service_principal_and_one_of_no_application_are_refused():
    world = small()
    assert world.refused("POST", "/servicePrincipals", {"appId": APP_ID})[0] == 409
    assert world.refused("POST", "/servicePrincipals", {"appId": GRAPH_APP_ID})[0] == 409
    assert world.refused("POST", "/servicePrincipals", {"appId": guid(9, 9)}) == (400, "Request_BadRequest")


def test_a_property_that_has_to_be_there_is_missed():
    assert small().refused("POST", "/applications", {}) == (400, "Request_BadRequest")
    assert small().refused("POST", "/applications", ["x"]) == (400, "Request_BadRequest")


def test_ids_are_not_the_clients_to_choose():
    world = small()
    made = world.done("POST", "/applications", {"displayName": "x", "id": APP, "appId": APP_ID})
    assert made["id"] != APP
    assert made["appId"] != APP_ID
    world.done("PATCH", f"/applications/{APP}", {"appId": guid(9, 9), "displayName": "y"})
    assert world.get(f"/applications/{APP}")["appId"] == APP_ID


def test_a_secret_is_told_once_and_signs_in():
    world = small()
    body = {"passwordCredential": {"displayName": "ci", "endDateTime": "2027-01-01T00:00:00Z"}}
    made = world.done("POST", f"/applications/{APP}/addPassword", body)
    (held,) = of_kind(world.tenant, APP_ID, SECRET)
    assert (held["text"], held["keyId"], held["endDateTime"]) == (
        made["secretText"],
        made["keyId"],
        made["endDateTime"],
    )
    (shown,) = world.get(f"/applications/{APP}")["passwordCredentials"]
    assert shown["secretText"] is None
    assert (shown["hint"], shown["displayName"]) == (made["secretText"][:3], "ci")
    assert not any(made["secretText"].encode() in row for table in world.tenant.tables.values() for row in table.rows())
    assert not any(made["secretText"].encode() in change.row for change in world.tenant.changes)


def test_two_secrets_made_at_once_are_two():
    world = small()
    keys = {world.done("POST", f"/applications/{APP}/addPassword", {})["keyId"] for _ in range(2)}
    assert len(keys) == len(of_kind(world.tenant, APP_ID, SECRET)) == 2


def test_a_removed_secret_signs_in_no_more():
    world = small()
    key_id = world.done("POST", f"/applications/{APP}/addPassword", {})["keyId"]
    world.done("POST", f"/applications/{APP}/removePassword", {"keyId": key_id.upper()})
    assert of_kind(world.tenant, APP_ID, SECRET) == []
    assert world.get(f"/applications/{APP}")["passwordCredentials"] == []
    assert world.refused("POST", f"/applications/{APP}/removePassword", {"keyId": key_id})[0] == 400


def test_an_update_takes_secrets_away_and_makes_none():
    world = small()
    world.done("POST", f"/applications/{APP}/addPassword", {})
    refused = {"passwordCredentials": [{"displayName": "sneaked in"}]}
    assert world.refused("PATCH", f"/applications/{APP}", refused)[0] == 400
    world.done("PATCH", f"/applications/{APP}", {"passwordCredentials": []})
    assert of_kind(world.tenant, APP_ID, SECRET) == []


def test_a_secret_can_be_made_with_the_application():
    world = small()
    made = world.done("POST", "/applications", {"displayName": "x", "passwordCredentials": [{"displayName": "ci"}]})
    (told,) = made["passwordCredentials"]
    assert of_kind(world.tenant, made["appId"], SECRET)[0]["text"] == told["secretText"]
    assert world.get(f"/applications/{made['id']}")["passwordCredentials"][0]["secretText"] is None


def test_a_certificate_is_kept_aside_and_its_row_shows_the_thumbprint():
    world = small()
    key, thumbprint = certificate()
    world.done("PATCH", f"/applications/{APP}", {"keyCredentials": [{"key": key, "usage": "Verify"}]})
    (shown,) = world.get(f"/applications/{APP}?$select=keyCredentials")["keyCredentials"]
    assert (shown["key"], shown["customKeyIdentifier"], shown["type"]) == (None, thumbprint, "AsymmetricX509Cert")
    assert shown["endDateTime"] == "2027-01-30T00:00:00Z"
    (held,) = of_kind(world.tenant, APP_ID, CERTIFICATE)
    assert (held["key"], held["thumbprint"], held["keyId"]) == (key, thumbprint, shown["keyId"])


def test_a_certificate_stays_when_another_joins_it_and_goes_when_it_is_left_out():
    world = small()
    first, second = certificate()[0], certificate()[0]
    world.done("PATCH", f"/applications/{APP}", {"keyCredentials": [{"key": first, "keyId": guid(0, 1)}]})
    held = world.get(f"/applications/{APP}")["keyCredentials"]
    world.done("PATCH", f"/applications/{APP}", {"keyCredentials": [*held, {"key": second, "keyId": guid(0, 2)}]})
    assert [one["keyId"] for one in of_kind(world.tenant, APP_ID, CERTIFICATE)] == [guid(0, 1), guid(0, 2)]
    both = world.get(f"/applications/{APP}")["keyCredentials"]
    world.done("PATCH", f"/applications/{APP}", {"keyCredentials": both[1:]})
    assert [one["keyId"] for one in of_kind(world.tenant, APP_ID, CERTIFICATE)] == [guid(0, 2)]


@pytest.mark.parametrize("key", ["", "no base64!", base64.b64encode(b"no certificate").decode()])
def test_what_is_no_certificate_is_refused(key):
    body = {"keyCredentials": [{"key": key, "keyId": guid(0, 1)}]}
    assert small().refused("PATCH", f"/applications/{APP}", body) == (400, "Request_BadRequest")


def test_federated_credentials_come_change_and_go():
    world = small()
    path = f"/applications/{APP}/federatedIdentityCredentials"
    body = {
        "name": "ci",
        "issuer": "https://ci.example",
        "subject": "main",
        "audiences": ["api://AzureADTokenExchange"],
    }
    made = world.done("POST", path, body)
    assert world.refused("POST", path, body)[0] == 409
    world.done("PATCH", f"{path}/{made['id']}", {"subject": "release", "name": "other"})
    (row,) = world.get(path)["value"]
    assert row == {"id": made["id"], "description": None} | body | {"subject": "release"}
    world.done("DELETE", f"{path}/{made['id']}")
    assert world.get(path)["value"] == []
    assert world.refused("DELETE", f"{path}/{made['id']}")[0] == 404
    assert world.refused("PATCH", f"{path}/{made['id']}", {})[0] == 404


def test_a_granted_permission_shows_at_both_ends_and_in_the_next_token():
    world = small()
    graph = graph_id(world)
    body = {"principalId": ROBOT, "resourceId": graph, "appRoleId": USERS_READ}
    made = world.done("POST", f"/servicePrincipals/{graph}/appRoleAssignedTo", body)
    assert (made["principalType"], made["resourceDisplayName"]) == ("ServicePrincipal", "Microsoft Graph")
    assert graph_roles(world.tenant, ROBOT) == {"User.Read.All"}
    (shown,) = world.get(f"/servicePrincipals/{ROBOT}/appRoleAssignments")["value"]
    assert shown["id"] == made["id"]
    world.done("DELETE", f"/servicePrincipals/{graph}/appRoleAssignedTo/{made['id']}")
    assert graph_roles(world.tenant, ROBOT) == frozenset()
    assert world.refused("DELETE", f"/servicePrincipals/{graph}/appRoleAssignedTo/{made['id']}")[0] == 404


def test_the_list_tells_of_microsoft_graph_once_a_permission_of_it_is_granted():
    world = small()
    graph = graph_id(world)
    body = {"principalId": ROBOT, "resourceId": graph, "appRoleId": USERS_READ}
    world.done("POST", f"/servicePrincipals/{ROBOT}/appRoleAssignments", body)
    assert world.ids("/servicePrincipals") == [ROBOT, TOOL, graph]
    assert graph_id(world) == graph


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"appRoleId": guid(8, 9)}, 400),
        ({"principalId": guid(1, 99)}, 404),
        ({"resourceId": TOOL}, 400),
        ({"appRoleId": None}, 400),
    ],
)
def test_a_grant_of_what_is_not_there_is_refused(changes, status):
    world = small()
    graph = graph_id(world)
    body = {"principalId": ROBOT, "resourceId": graph, "appRoleId": USERS_READ} | changes
    assert world.refused("POST", f"/servicePrincipals/{graph}/appRoleAssignedTo", body)[0] == status


def test_a_permission_is_granted_once():
    world = small()
    body = {"principalId": ADA, "resourceId": TOOL, "appRoleId": guid(8, 1)}
    world.done("POST", f"/servicePrincipals/{TOOL}/appRoleAssignedTo", body)
    assert world.refused("POST", f"/servicePrincipals/{TOOL}/appRoleAssignedTo", body)[0] == 400


def test_a_deleted_application_takes_everything_with_it():
    world = small()
    world.done("POST", f"/applications/{APP}/addPassword", {})
    body = {"principalId": ROBOT, "resourceId": TOOL, "appRoleId": guid(8, 1)}
    world.done("POST", f"/servicePrincipals/{TOOL}/appRoleAssignedTo", body)
    world.done("DELETE", f"/applications/{APP}")
    assert world.refused("GET", f"/servicePrincipals/{ROBOT}")[0] == 404
    assert world.get(f"/servicePrincipals/{TOOL}/appRoleAssignedTo")["value"] == []
    assert world.get(f"/servicePrincipals/{TOOL}/owners")["value"] == []
    assert of_kind(world.tenant, APP_ID, SECRET) == []
    assert len(world.tenant.table("graph/groupMembers")) == 4


def test_who_may_write_only_what_it_owns_writes_only_that():
    world = small()
    owner = caller_with("Application.ReadWrite.OwnedBy", object_id=ROBOT)
    mine = world.done("POST", "/applications", {"displayName": "mine"}, caller=owner)
    world.done("PATCH", f"/applications/{mine['id']}", {"displayName": "still mine"}, caller=owner)
    principal = world.done("POST", "/servicePrincipals", {"appId": mine["appId"]}, caller=owner)
    world.done("POST", f"/servicePrincipals/{principal['id']}/addPassword", {}, caller=owner)
    assert world.refused("PATCH", f"/applications/{APP}", {"displayName": "x"}, caller=owner)[0] == 403
    assert world.refused("POST", f"/applications/{APP}/addPassword", {}, caller=owner)[0] == 403
    world.done("DELETE", f"/servicePrincipals/{principal['id']}", caller=owner)
    world.done("DELETE", f"/applications/{mine['id']}", caller=owner)


def test_owners_are_added_and_removed():
    world = small()
    link = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{BEN}"}
    world.done("POST", f"/applications/{APP}/owners/$ref", link)
    assert world.ids(f"/applications/{APP}/owners") == [ADA, BEN]
    world.done("DELETE", f"/applications/{APP}/owners/{ADA}/$ref")
    assert world.ids(f"/applications/{APP}/owners") == [BEN]


def test_microsoft_graph_is_nobodys_to_change():
    world = small()
    assert world.refused("DELETE", f"/servicePrincipals/{graph_id(world)}")[0] == 400


def test_a_group_is_no_application():
    assert small().refused("POST", f"/applications/{STAFF}/addPassword", {})[0] == 404
