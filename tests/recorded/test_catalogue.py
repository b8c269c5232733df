"""The starter roles against the roles that Microsoft published."""

import json
import os
from pathlib import Path

import pytest

from remit.adapters.catalogue import starter_roles

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
PUBLISHED = DATA / "azure" / "builtin-roles.json"
PRIVILEGED_THAT_MATTER = {
    "Owner",
    "Contributor",
    "User Access Administrator",
    "Role Based Access Control Administrator",
    "Access Review Operator Service Role",
    "Locks Contributor",
    "Managed Identity Contributor",
    "Managed Identity Operator",
    "Resource Policy Contributor",
    "Security Admin",
    "Key Vault Data Access Administrator",
    "Virtual Machine Contributor",
    "Virtual Machine Administrator Login",
    "Website Contributor",
    "Automation Contributor",
    "Logic App Contributor",
    "Azure Kubernetes Service RBAC Cluster Admin",
}


@pytest.fixture(scope="module")
def published():
    if not PUBLISHED.exists():
        pytest.skip("no test data")
    return {role["id"].lower(): role for role in json.loads(PUBLISHED.read_text("utf-8"))["roles"]}


@pytest.mark.parametrize("key", sorted(starter_roles()))
def test_a_starter_role_is_as_published(published, key):
    ours, theirs = starter_roles()[key], published[key]
    assert ours.name == theirs["roleName"]
    assert len(ours.blocks) == len(theirs["permissions"])
    for block, permission in zip(ours.blocks, theirs["permissions"], strict=True):
        assert block.actions == tuple(permission.get("actions", ()))
        assert block.not_actions == tuple(permission.get("notActions", ()))
        assert block.data_actions == tuple(permission.get("dataActions", ()))
        assert block.not_data_actions == tuple(permission.get("notDataActions", ()))
        assert (block.condition or "") == (permission.get("condition") or "")
        assert (block.condition_version or "") == (permission.get("conditionVersion") or "")


def test_the_privileged_roles_that_matter_are_in_the_starter(published):
    ours = {role.name for role in starter_roles().values()}
    assert ours >= PRIVILEGED_THAT_MATTER
    privileged = {role["roleName"] for role in published.values() if role.get("isPrivileged")}
    assert privileged >= PRIVILEGED_THAT_MATTER
