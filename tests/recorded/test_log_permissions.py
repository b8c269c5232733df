"""The permissions that logs are translated to are ones that Azure has, on the plane that Azure has them.

The lists are read where test data is; nothing of them is copied here.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from remit.model.usage import ObservedPlane
from remit.usage.sources.fields import Fields
from remit.usage.sources.graph_paths import graph_path
from remit.usage.sources.key_vault_operations import CONTROL_ACTIONS, VAULT_DATA_ACTIONS
from remit.usage.sources.kubernetes import action_of
from remit.usage.sources.storage_operations import ACTIONS, plane_of

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))

SUBRESOURCES_OF_THEIR_OWN = {"pods/exec"}
"""What Azure has a data action for below a resource; the rest counts as its resource."""


def published(name: str) -> Any:
    path = DATA / "azure" / name
    if not path.exists():
        pytest.skip("no test data")
    return json.loads(path.read_text(encoding="utf-8"))


def listed(provider: str, *kinds: str) -> set[str]:
    lists = published("provider-operations.json")["providers"][provider]
    return {name.lower() for kind in kinds for name in lists.get(kind, ())}


def control(provider: str) -> set[str]:
    return listed(provider, "actions", "actionsAssumed")


def data(provider: str) -> set[str]:
    return listed(provider, "dataActions", "dataActionsInferred")


def test_every_key_vault_operation_needs_a_permission_that_azure_lists_on_its_plane():
    assert {action.lower() for action in VAULT_DATA_ACTIONS.values()} <= data("Microsoft.KeyVault")
    assert {action.lower() for action in CONTROL_ACTIONS.values()} <= control("Microsoft.KeyVault")


def test_every_data_action_of_key_vault_is_needed_by_some_operation():
    assert data("Microsoft.KeyVault") <= {action.lower() for action in VAULT_DATA_ACTIONS.values()}


@pytest.mark.parametrize("service", ACTIONS)
def test_every_storage_operation_needs_a_permission_that_azure_lists_on_its_plane(service: str):
    for action in ACTIONS[service].values():
        known = data("Microsoft.Storage") if plane_of(action) is ObservedPlane.DATA else control("Microsoft.Storage")
        assert action.lower() in known


def test_the_plane_of_every_storage_permission_is_the_one_that_azure_lists():
    assert {plane_of(action) for action in data("Microsoft.Storage")} == {ObservedPlane.DATA}
    assert {plane_of(action) for action in control("Microsoft.Storage")} == {ObservedPlane.CONTROL}


def test_every_data_action_of_a_cluster_is_made_by_the_request_it_is_for():
    prefix = "microsoft.containerservice/managedclusters/"
    verbs = {"read": "get", "write": "create", "delete": "delete"}
    made = 0
    for name in data("Microsoft.ContainerService"):
        if not name.startswith(prefix):
            continue
        *path, done = name.removeprefix(prefix).removesuffix("/action").split("/")
        if name.endswith("/exec/action") or len(path) > 2 or not path[-1].isalpha():
            continue
        target = {"resource": path[-1], "apiGroup": "/".join(path[:-1])}
        assert (action_of(verbs.get(done, done), Fields(target), "") or "").lower() == name
        made += 1
    assert made > 200


def test_exec_into_a_pod_is_the_one_subresource_with_a_data_action_of_its_own():
    names = {name for name in data("Microsoft.ContainerService") if "/managedclusters/pods/" in name}
    made = (action_of("create", Fields({"resource": "pods", "subresource": "exec"}), "") or "").lower()
    assert made in names
    assert {name for name in names if name.endswith("/action")} == {made}


def test_every_documented_graph_request_is_named_as_the_list_of_least_permissions_names_it():
    """Left out: placeholders that the list writes in other ways than `{id}`, and paths inside a drive."""
    requests = [request.partition(" ")[2] for request in published("graph-endpoint-permissions.json")["endpoints"]]
    holders = {path: {part for part in path.split("/") if "{" in part and "={value})" not in part} for path in requests}
    plain = [path for path in requests if holders[path] <= {"{id}"} and "root:" not in path]
    one = "0a1b2c3d-0000-4000-8000-000000000001"
    called = {path: path.replace("{value}", "'one'").replace("{id}", one) for path in plain}
    changed = {path: graph_path(f"https://graph.microsoft.com/v1.0{uri}") for path, uri in called.items()}
    assert len(plain) > 900
    assert {path: now for path, now in changed.items() if now != path} == {}
