"""Declared kinds of the directory: every action, permission and role exists, and every set has a meaning."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from tests.fakes.directory_tenant import PERMISSIONS, DirectoryTenant

from remit.bootstrap.edges import edge_catalogue
from remit.graph.directory import applications, groups, users
from remit.graph.directory.roles import RESETTABLE, covers

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[4].parent / "shared" / "data")) / "azure"
ENTRA = next(service for service in edge_catalogue().services if service.file == "entra")
WAYS = [(kind, way) for kind in ENTRA.kinds for way in kind.way]
NOT_IN_BUILT_IN = {
    # Actions for custom roles alone; no built-in role holds them, but Microsoft documents them.
    "microsoft.directory/applications.myorganization/credentials/update",
    "microsoft.directory/applications.myorganization/owners/update",
    "microsoft.directory/groupsassignabletoroles/members/update",
    "microsoft.directory/groupsassignabletoroles/owners/update",
    "microsoft.directory/users/contactinfo/update",
    "microsoft.directory/users/jobinfo/update",
    "microsoft.directory/users/extensionproperties/update",
}
known = pytest.mark.skipif(not DATA.is_dir(), reason="REMIT_TEST_DATA holds no facts of Azure")


def test_every_known_edge_of_the_directory_has_its_place():
    placed = {kind.id for kind in ENTRA.kinds} | {one.id for one in ENTRA.not_covered}
    assert placed == {f"EN-{number:02}" for number in range(1, 34)}
    assert not {kind.id for kind in ENTRA.kinds} & {one.id for one in ENTRA.not_covered}


@known
def test_every_resource_action_exists():
    roles = json.loads((DATA / "entra-directory-roles.json").read_text())["roles"]
    held = {action.lower() for role in roles for action in role["resourceActions"]}
    named = {action.lower() for _, way in WAYS for action in way.directory}
    assert {action for action in named if action not in held} == NOT_IN_BUILT_IN


@known
def test_every_role_exists():
    roles = {role["id"] for role in json.loads((DATA / "entra-directory-roles.json").read_text())["roles"]}
    named = {role for _, way in WAYS for role in way.roles} | set().union(*RESETTABLE.values())
    assert named <= roles


@known
def test_every_permission_exists():
    said = json.loads((DATA / "graph-permissions.json").read_text())["appRoles"]
    assert set(PERMISSIONS) <= {row["value"] for row in said}


@pytest.mark.parametrize(("kind", "way"), WAYS, ids=[f"{kind.id}-{number}" for number, (kind, _) in enumerate(WAYS)])
def test_every_set_has_a_meaning_and_every_way_something_that_gives_it(kind, way):
    assert bool(way.directory) + bool(way.permissions) + bool(way.roles) + bool(way.owner) == 1
    one = np.zeros(1, dtype=np.int64)
    for name in kind.targets_of(way):
        word = name.partition(":")[0]
        if word in ("user", "group", "servicePrincipal"):
            sets = {"user": users, "group": groups, "servicePrincipal": applications}[word]
            assert sets.states(name, one, inside=False) in ([0], [1], [2])
            assert f"`{name.partition('-')[0]}" in str(sets.states.__doc__)
        else:
            assert word in ("tenant", "directoryRole")


@pytest.mark.parametrize(
    ("held", "action", "found"),
    [
        ("microsoft.directory/users/password/update", "microsoft.directory/users/password/update", True),
        ("microsoft.directory/users/allproperties/alltasks", "microsoft.directory/users/password/update", True),
        ("microsoft.directory/users/allproperties/update", "microsoft.directory/users/password/update", True),
        (
            "microsoft.directory/users/allproperties/update",
            "microsoft.directory/users/authenticationmethods/create",
            False,
        ),
        ("microsoft.directory/users/allproperties/read", "microsoft.directory/users/password/update", False),
        (
            "microsoft.directory/groups/allproperties/alltasks",
            "microsoft.directory/groups.security/members/update",
            False,
        ),
        ("microsoft.directory/users/password/updates", "microsoft.directory/users/password/update", False),
        ("microsoft.directory/allentities/allproperties/alltasks", "microsoft.directory/groups/members/update", True),
        ("microsoft.directory", "microsoft.directory", True),
        ("x", "microsoft.directory", False),
    ],
)
def test_an_action_covers_itself_and_one_on_all_properties_covers_the_entity(held, action, found):
    assert covers(frozenset({held}), action) is found


@known
def test_built_in_roles_that_are_known_to_control_a_tenant_lead_somewhere():
    """The roles that others call tier zero reach another principal, role or the tenant, or are told as not covered."""
    roles = json.loads((DATA / "entra-directory-roles.json").read_text())["roles"]
    by_id = {role["id"]: role for role in roles}
    tenant = DirectoryTenant()
    tenant.group("plain")
    tenant.group("unified", groupTypes=["Unified"])
    tenant.user("corp", userPrincipalName="corp@corp.example")
    tenant.application("app")
    tenant.software("app")
    tenant.software("agent", **{"@odata.type": "#microsoft.graph.agentIdentity"})
    for role_id in TIER_ZERO:
        role = by_id[role_id]
        actions = [
            f"microsoft.directory/{one}" if "." not in one.split("/")[0] else one for one in role["resourceActions"]
        ]
        row = {"displayName": role["displayName"], "isBuiltIn": True, "templateId": role_id}
        tenant.add("directoryRoleDefinitions", id=role_id, rolePermissions=[{"allowedResourceActions": actions}], **row)
    drawn = tenant.draw()
    network = drawn.graph.network
    leads = set()
    for role_id in TIER_ZERO:
        node = network.number(drawn.key(f"role:{by_id[role_id]['displayName']}"))
        if network.offsets[node] < network.offsets[node + 1]:
            leads.add(role_id)
    # Azure DevOps (EN-26) is outside the export.
    assert set(TIER_ZERO) - leads == {"e3973bdf-4987-49ae-837a-ba8e231c7286"}


TIER_ZERO = (
    "db506228-d27e-4b7d-95e5-295956d6615f",
    "d2562ede-74db-457e-a7b6-544e236ebb61",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "e3973bdf-4987-49ae-837a-ba8e231c7286",
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "158c047a-c907-4556-b7ef-446551a6b5f7",
    "9360feb5-f418-4baa-8175-e2a00bac4301",
    "8329153b-31d0-4727-b945-745eb3bc5f31",
    "be2f45a1-457d-42af-a067-6ec1fa63bc45",
    "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "62e90394-69f5-4237-9190-012177145e10",
    "fdd7a751-b60b-444a-984c-02652fe8fa1c",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
    "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e",
    "3a2c62db-5318-420d-8d74-23affee5d9d5",
    "b5a8dcf3-09d5-43a9-a639-8e29ef291470",
    "744ec460-397e-42ad-a462-8b3f9747a02c",
    "59d46f88-662b-457b-bceb-5c3809e5908f",
    "4ba39ca4-527c-499a-b93d-d9b492c50246",
    "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8",
    "966707d0-3269-4727-9be2-8c3a10f19b9d",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
    "69091246-20e8-4a56-aa4d-066075b2a7a8",
    "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "11451d60-acb2-45eb-a7d6-43d0f0125c13",
    "810a2642-a034-447f-a5e8-41beaa378541",
)
