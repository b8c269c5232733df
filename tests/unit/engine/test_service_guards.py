"""D9, K1 to K12: what a service decides by its own settings, over tiny facts."""

from __future__ import annotations

import pytest
from tests.fakes.facts import NOW, tiny_facts

from remit.engine.decide import decide
from remit.engine.facts import Setting
from remit.engine.index import TenantIndex
from remit.model.question import Plane, Question
from remit.model.scope import Scope

ALICE = "aaaaaaaa-0000-4000-8000-000000000001"
GROUP = "/subscriptions/s1/resourceGroups/app"
VM = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/web"
SQL = f"{GROUP}/providers/Microsoft.Sql/servers/db"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/shop"
BUS = f"{GROUP}/providers/Microsoft.ServiceBus/namespaces/bus"
CLUSTER = f"{GROUP}/providers/Microsoft.ContainerService/managedClusters/main"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/images"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/data"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/safe"
READ_VAULT = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
QUEUE = "Microsoft.Storage/storageAccounts/queueServices/queues/messages/read"
LIST_KEYS = "Microsoft.Storage/storageAccounts/listKeys/action"
PULL = "Microsoft.ContainerRegistry/registries/pull/read"
CONTENT = "Microsoft.ContainerRegistry/registries/repositories/content/read"
CREDENTIALS = "Microsoft.ContainerRegistry/registries/listCredentials/action"
ADMIN = "Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action"
USER = "Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"
PODS = "Microsoft.ContainerService/managedClusters/pods/read"
BUS_KEYS = "Microsoft.ServiceBus/namespaces/authorizationRules/listKeys/action"
SEND = "Microsoft.ServiceBus/namespaces/messages/send/action"
NOT_COVERED = "notCovered notCovered K12"
VAULT_WRITE = "Microsoft.KeyVault/vaults/write"
POLICY_WRITE = "Microsoft.KeyVault/vaults/accessPolicies/write"
VAULT_READ = "Microsoft.KeyVault/vaults/read"
PUBLISH = "Microsoft.Web/sites/publishxml/action"
CONFIG = "Microsoft.Web/sites/config/list/action"
RESTART = "Microsoft.Web/sites/restart/action"
CONNECT = "Microsoft.Sql/servers/databases/connect/action"
SERVER_READ = "Microsoft.Sql/servers/read"
LOGIN = "Microsoft.Compute/virtualMachines/login/action"
MAP = "Microsoft.Maps/accounts/data/read"
NOTEBOOK = "Microsoft.MachineLearningServices/workspaces/listNotebookKeys/read"

DATA = frozenset({READ_VAULT, BLOB, QUEUE, CONTENT, PODS, SEND, CONNECT, LOGIN, MAP})
VAULT_RBAC, STORAGE_SHARED_KEY = Setting.VAULT_RBAC, Setting.STORAGE_SHARED_KEY
STORAGE_HIERARCHICAL, REGISTRY_ABAC = Setting.STORAGE_HIERARCHICAL, Setting.REGISTRY_ABAC
AKS_LOCAL_ACCOUNTS_DISABLED, AKS_ENTRA = Setting.AKS_LOCAL_ACCOUNTS_DISABLED, Setting.AKS_ENTRA
AKS_AZURE_RBAC, LOCAL_AUTH_DISABLED = Setting.AKS_AZURE_RBAC, Setting.LOCAL_AUTH_DISABLED


def _index(settings):
    return TenantIndex.build(tiny_facts(scopes={"/subscriptions/s1": "/"}, principals={ALICE: {}}, settings=settings))


def _shown(index, action, scope):
    plane = Plane.DATA if action in DATA else Plane.CONTROL
    return decide(index, Question(ALICE, action, plane, Scope.parse(scope)), at=NOW).guards


def _guards(index, action, scope):
    return [f"{guard.kind} {guard.effect} {guard.clause}" for guard in _shown(index, action, scope)]


@pytest.mark.parametrize(
    ("place", "setting", "value", "action", "expected"),
    [
        (VAULT, VAULT_RBAC, 0, READ_VAULT, ["keyVaultPermissionModel void K1"]),
        (VAULT, VAULT_RBAC, 2, READ_VAULT, ["keyVaultPermissionModel void K1"]),
        (VAULT, VAULT_RBAC, 1, READ_VAULT, []),
        (VAULT, VAULT_RBAC, None, READ_VAULT, ["keyVaultPermissionModel note K1"]),
        (VAULT, VAULT_RBAC, 0, VAULT_READ, []),
        (VAULT, VAULT_RBAC, 0, VAULT_WRITE, ["keyVaultPermissionModel opens K2"]),
        (VAULT, VAULT_RBAC, 2, VAULT_WRITE, ["keyVaultPermissionModel opens K2"]),
        (VAULT, VAULT_RBAC, 1, VAULT_WRITE, ["keyVaultPermissionModel opens K3"]),
        (VAULT, VAULT_RBAC, None, VAULT_WRITE, ["keyVaultPermissionModel opens K3"]),
        (VAULT, VAULT_RBAC, 0, POLICY_WRITE.upper(), ["keyVaultPermissionModel opens K2"]),
        (VAULT, VAULT_RBAC, 1, POLICY_WRITE, []),
        (STORAGE, STORAGE_SHARED_KEY, 1, LIST_KEYS, ["sharedKey opens K5"]),
        (STORAGE, STORAGE_SHARED_KEY, 2, LIST_KEYS, ["sharedKey opens K5"]),
        (STORAGE, STORAGE_SHARED_KEY, None, LIST_KEYS, ["sharedKey opens K5"]),
        (STORAGE, STORAGE_SHARED_KEY, 0, LIST_KEYS, ["sharedKey note K5"]),
        (STORAGE, STORAGE_SHARED_KEY, 2, BLOB, ["sharedKey opens K5"]),
        (STORAGE, STORAGE_SHARED_KEY, 0, BLOB, []),
        (STORAGE, STORAGE_HIERARCHICAL, 1, BLOB, ["sharedKey opens K5", "notCovered notCovered K7"]),
        (STORAGE, STORAGE_HIERARCHICAL, 1, QUEUE, ["sharedKey opens K5"]),
        (REGISTRY, REGISTRY_ABAC, 1, PULL, ["registryMode void K8"]),
        (REGISTRY, REGISTRY_ABAC, 0, PULL, ["registryMode note D9"]),
        (REGISTRY, REGISTRY_ABAC, 2, PULL, ["registryMode note D9"]),
        (REGISTRY, REGISTRY_ABAC, None, PULL, ["registryMode note K8"]),
        (REGISTRY, REGISTRY_ABAC, 1, CONTENT, []),
        (REGISTRY, REGISTRY_ABAC, 0, CONTENT, ["registryMode note K8"]),
        (REGISTRY, REGISTRY_ABAC, None, CONTENT, ["registryMode note K8"]),
        (REGISTRY, LOCAL_AUTH_DISABLED, 0, CREDENTIALS, ["localAuth opens K6"]),
        (REGISTRY, LOCAL_AUTH_DISABLED, 2, CREDENTIALS, ["localAuth note K6"]),
        (CLUSTER, AKS_LOCAL_ACCOUNTS_DISABLED, 0, ADMIN, ["aksLocalAccounts opens K9"]),
        (CLUSTER, AKS_LOCAL_ACCOUNTS_DISABLED, 2, ADMIN, ["aksLocalAccounts opens K9"]),
        (CLUSTER, AKS_LOCAL_ACCOUNTS_DISABLED, None, ADMIN, ["aksLocalAccounts opens K9"]),
        (CLUSTER, AKS_LOCAL_ACCOUNTS_DISABLED, 1, ADMIN, ["aksLocalAccounts note K9"]),
        (CLUSTER, AKS_ENTRA, 0, USER, ["aksLocalAccounts opens K9"]),
        (CLUSTER, AKS_ENTRA, 1, USER, []),
        (CLUSTER, AKS_ENTRA, None, USER, ["aksLocalAccounts note K9"]),
        (CLUSTER, AKS_AZURE_RBAC, 1, PODS, [NOT_COVERED]),
        (CLUSTER, AKS_AZURE_RBAC, 0, PODS, ["notCovered void K9", NOT_COVERED]),
        (CLUSTER, AKS_AZURE_RBAC, None, PODS, [NOT_COVERED]),
        (BUS, LOCAL_AUTH_DISABLED, 0, BUS_KEYS, ["localAuth opens K6"]),
        (BUS, LOCAL_AUTH_DISABLED, 2, BUS_KEYS, ["localAuth opens K6"]),
        (BUS, LOCAL_AUTH_DISABLED, None, BUS_KEYS, ["localAuth opens K6"]),
        (BUS, LOCAL_AUTH_DISABLED, 1, BUS_KEYS, ["localAuth note K6"]),
        (BUS, LOCAL_AUTH_DISABLED, 0, SEND, ["localAuth opens K6", NOT_COVERED]),
        (BUS, LOCAL_AUTH_DISABLED, None, SEND, ["localAuth opens K6", NOT_COVERED]),
        (BUS, LOCAL_AUTH_DISABLED, 1, SEND, []),
        (SITE, LOCAL_AUTH_DISABLED, None, PUBLISH, ["localAuth opens K6"]),
        (SITE, LOCAL_AUTH_DISABLED, None, CONFIG, ["localAuth opens K6"]),
        (SITE, LOCAL_AUTH_DISABLED, None, RESTART, []),
        (SQL, LOCAL_AUTH_DISABLED, None, CONNECT, [NOT_COVERED]),
        (SQL, LOCAL_AUTH_DISABLED, None, SERVER_READ, []),
        (VM, LOCAL_AUTH_DISABLED, None, LOGIN, []),
        (VM, LOCAL_AUTH_DISABLED, 0, MAP, ["localAuth opens K6"]),
        (VM, LOCAL_AUTH_DISABLED, None, NOTEBOOK, ["localAuth opens D9"]),
    ],
)
def test_what_a_service_decides_by_its_settings(place, setting, value, action, expected):
    index = _index({} if value is None else {place: {setting: value}})
    assert _guards(index, action, place) == expected


def test_settings_hold_below_their_resource_and_not_above():
    index = _index({VAULT: {VAULT_RBAC: 0}})
    subjects = [
        _shown(index, READ_VAULT, scope)[0] for scope in (VAULT, f"{VAULT}/secrets/password", f"{VAULT}2", GROUP)
    ]
    assert [(one.effect, one.subject) for one in subjects] == [
        ("void", VAULT),
        ("void", VAULT),
        ("note", f"{VAULT}2"),
        ("note", GROUP),
    ]


def test_a_setting_of_one_kind_says_nothing_about_another():
    index = _index({STORAGE: {STORAGE_HIERARCHICAL: 0, STORAGE_SHARED_KEY: 0}})
    assert _guards(index, BLOB, STORAGE) == []
