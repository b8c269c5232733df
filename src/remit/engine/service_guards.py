"""What a service itself decides beside RBAC: vaults, keys, registries, clusters, other authorisation systems (K).

One function per rule, chosen by the action; each reads the settings of the resource that the scope is at or below.
A setting that was not read is said so, never taken for the harmless value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from remit.engine.asked import Asked
from remit.engine.facts import Setting
from remit.engine.guard_index import GuardIndex
from remit.model.decision import Guard
from remit.model.question import Plane

_VAULT = "microsoft.keyvault/vaults"
_STORAGE = "microsoft.storage/storageaccounts"
_REGISTRY = "microsoft.containerregistry/registries"
_CLUSTER = "microsoft.containerservice/managedclusters"
_NOT_SET = 2


class Place:
    """The resource that a question is about, with its settings.

    Attributes:
        action: lower case.
    """

    def __init__(self, asked: Asked, guards: GuardIndex, action: str) -> None:
        self._scope = asked.question.scope
        self._rows = asked.chain.rows
        self._guards = guards
        self.action = action

    def setting(self, setting: int) -> int | None:
        """Return 0 false, 1 true, 2 not set, None when it was not read or the scope holds more than the resource."""
        return self._guards.setting(self._rows, setting)

    def subject(self, kind: str) -> str:
        """Return the id of the resource of this type that the scope is at or below, else the scope itself."""
        marker = f"/providers/{kind}/"
        start = self._scope.key.find(marker)
        if start < 0:
            return self._scope.text
        end = self._scope.key.find("/", start + len(marker))
        return self._scope.text if end < 0 else self._scope.text[:end]

    def is_off(self, said: int | None) -> bool:
        """Read `LOCAL_AUTH_DISABLED`: a registry has no administrator unless one is switched on; else keys work."""
        return said == 1 or (said == _NOT_SET and self.action.startswith(f"{_REGISTRY}/"))

    def deepest(self) -> str:
        """Return the scope asked about."""
        return self._scope.text


Rule = Callable[[Place], list[Guard]]


def service_guards(asked: Asked, guards: GuardIndex, found: list[Guard]) -> None:
    """Append what the service decides. Cost: one look-up when nothing applies."""
    rule = _rule_for(asked.question.action, asked.question.plane)
    if rule is not None:
        found.extend(rule(Place(asked, guards, asked.question.action.lower())))


@lru_cache(maxsize=8192)
def _rule_for(action: str, plane: Plane) -> Rule | None:
    low = action.lower()
    if plane is Plane.DATA:
        provider, _, rest = low.partition("/")
        return _DATA_RULES.get(f"{provider}/{rest.partition('/')[0]}") or _DATA_RULES.get(provider, _any_data)
    rule = _CONTROL_RULES.get(low)
    if rule is None and low.rpartition("/")[2] == "action":
        provider, verb = low.partition("/")[0], low.split("/")[-2]
        if verb in _KEY_VERBS and provider != "microsoft.containerservice":
            return _local_auth
    return rule


# Key Vault ---------------------------------------------------------------------------------------------------------


def _vault_data(place: Place) -> list[Guard]:
    """K1, K4: whether data roles count at all."""
    said, subject = place.setting(Setting.VAULT_RBAC), place.subject(_VAULT)
    if said == 1:
        return []
    if said is None:
        detail = "whether role assignments or access policies rule the data of the vault was not read"
        return [Guard("keyVaultPermissionModel", "note", subject, detail, "K1")]
    detail = (
        "the vault is ruled by access policies, which are not evaluated: role assignments give no access to its data"
    )
    return [Guard("keyVaultPermissionModel", "void", subject, detail, "K1")]


def _vault_write(place: Place) -> list[Guard]:
    """K2, K3: whoever writes a vault can let himself in."""
    said, subject = place.setting(Setting.VAULT_RBAC), place.subject(_VAULT)
    if said in (0, 2):
        detail = "the vault is ruled by access policies: whoever writes it can add one for himself"
        return [Guard("keyVaultPermissionModel", "opens", subject, detail, "K2")]
    if place.action != f"{_VAULT}/write":
        return []
    detail = "whoever writes a vault can switch it to access policies and add one for himself"
    return [Guard("keyVaultPermissionModel", "opens", subject, detail, "K3")]


# Storage -----------------------------------------------------------------------------------------------------------


def _storage_keys(place: Place) -> list[Guard]:
    """K5: the keys open all data unless shared keys are off."""
    return [_shared_key(place, "the keys of the storage account open all of its data", "K5")]


def _storage_data(place: Place) -> list[Guard]:
    """C15, K5, K7: who else reaches the data."""
    found = []
    said = place.setting(Setting.STORAGE_SHARED_KEY)
    if said != 0:
        found.append(_shared_key(place, "holders of a key or a SAS reach the data without roles or conditions", "K5"))
    if place.setting(Setting.STORAGE_HIERARCHICAL) == 1 and "/blobservices/" in place.action:
        detail = "the account has a hierarchical namespace: access control lists may allow more and are not evaluated"
        found.append(Guard("notCovered", "notCovered", place.subject(_STORAGE), detail, "K7"))
    return found


def _shared_key(place: Place, detail: str, clause: str) -> Guard:
    said, subject = place.setting(Setting.STORAGE_SHARED_KEY), place.subject(_STORAGE)
    if said == 0:
        return Guard("sharedKey", "note", subject, "shared keys are switched off: the keys open nothing", clause)
    if said is None:
        return Guard("sharedKey", "opens", subject, f"{detail}, unless shared keys are off, which was not read", clause)
    return Guard("sharedKey", "opens", subject, detail, clause)


# Keys of other services ---------------------------------------------------------------------------------------------

_KEY_VERBS = frozenset(
    {
        "listkeys",
        "listadminkeys",
        "listquerykeys",
        "listconnectionstrings",
        "listcredentials",
        "publishxml",
        "readonlykeys",
        "regenerateadminkey",
        "regeneratecredential",
        "regeneratekey",
        "regeneratekeys",
        "sharedkeys",
    }
)


def _local_auth(place: Place) -> list[Guard]:
    """K6: keys and credentials that do not ask RBAC."""
    said, subject = place.setting(Setting.LOCAL_AUTH_DISABLED), place.deepest()
    if place.is_off(said):
        detail = "local authentication is switched off: these keys open nothing"
        return [Guard("localAuth", "note", subject, detail, "K6")]
    detail = "what this action hands out opens the service without asking roles"
    if said is None:
        detail += ", unless local authentication is off, which was not read"
    return [Guard("localAuth", "opens", subject, detail, "K6")]


def _secret_read(place: Place) -> list[Guard]:
    """D9: a read that hands out a secret."""
    return [Guard("localAuth", "opens", place.deepest(), "this read hands out a key", "D9")]


# Container registry -------------------------------------------------------------------------------------------------


def _registry_control(place: Place) -> list[Guard]:
    """K8, D9: control actions rule images in the classic mode only."""
    said, subject = place.setting(Setting.REGISTRY_ABAC), place.subject(_REGISTRY)
    if said == 1:
        detail = "the registry is in the mode with repository permissions: this action gives no access to images"
        return [Guard("registryMode", "void", subject, detail, "K8")]
    if said is None:
        detail = "whether this action gives access to images depends on the mode of the registry, which was not read"
        return [Guard("registryMode", "note", subject, detail, "K8")]
    return [Guard("registryMode", "note", subject, "this control action reaches the images of the registry", "D9")]


def _registry_data(place: Place) -> list[Guard]:
    """K8: repository permissions count in their own mode only."""
    said, subject = place.setting(Setting.REGISTRY_ABAC), place.subject(_REGISTRY)
    found = _keys_beside(place, unread_too=False)
    if said == 1:
        return found
    detail = (
        "whether repository permissions count depends on the mode of the registry, which was not read"
        if said is None
        else "the registry is in the classic mode, made for registry roles and not for repository permissions"
    )
    return [*found, Guard("registryMode", "note", subject, detail, "K8")]


# Kubernetes ---------------------------------------------------------------------------------------------------------


def _cluster_admin(place: Place) -> list[Guard]:
    """K9: the certificate of the cluster's administrator."""
    said, subject = place.setting(Setting.AKS_LOCAL_ACCOUNTS_DISABLED), place.subject(_CLUSTER)
    if said == 1:
        detail = "local accounts of the cluster are switched off: no administrator certificate is handed out"
        return [Guard("aksLocalAccounts", "note", subject, detail, "K9")]
    detail = "hands out the certificate of the cluster's administrator, past Entra and all data roles"
    if said is None:
        detail += ", unless local accounts are off, which was not read"
    return [Guard("aksLocalAccounts", "opens", subject, detail, "K9")]


def _cluster_user(place: Place) -> list[Guard]:
    """K9: without Entra the user's credential is the administrator's."""
    said, subject = place.setting(Setting.AKS_ENTRA), place.subject(_CLUSTER)
    if said == 1:
        return []
    if said is None:
        detail = "whether the cluster asks Entra was not read; if not, this credential is the administrator's"
        return [Guard("aksLocalAccounts", "note", subject, detail, "K9")]
    detail = "the cluster does not ask Entra: this credential is as strong as the administrator's"
    return [Guard("aksLocalAccounts", "opens", subject, detail, "K9")]


def _cluster_data(place: Place) -> list[Guard]:
    """K9, K12: Kubernetes has roles of its own."""
    subject = place.subject(_CLUSTER)
    found = []
    if place.setting(Setting.AKS_AZURE_RBAC) in (0, 2):
        detail = "the cluster does not use Azure role assignments: they give no access inside it"
        found.append(Guard("notCovered", "void", subject, detail, "K9"))
    detail = "roles of Kubernetes itself may allow more and are not evaluated"
    found.append(Guard("notCovered", "notCovered", subject, detail, "K12"))
    return found


# Others -------------------------------------------------------------------------------------------------------------


def _own_system(place: Place) -> list[Guard]:
    """K6, K12: a service that also knows roles, users or keys of its own."""
    provider = place.action.partition("/")[0]
    system, has_keys = _OWN_SYSTEMS[provider]
    off = place.setting(Setting.LOCAL_AUTH_DISABLED) == 1
    found = _keys_beside(place, unread_too=True) if has_keys else []
    if system != _SAS or not off:
        detail = f"{system} may allow more and are not evaluated"
        found.append(Guard("notCovered", "notCovered", place.deepest(), detail, "K12"))
    return found


def _any_data(place: Place) -> list[Guard]:
    """K6: keys beside roles, where the setting of the resource tells of them."""
    return _keys_beside(place, unread_too=False)


def _keys_beside(place: Place, *, unread_too: bool) -> list[Guard]:
    said = place.setting(Setting.LOCAL_AUTH_DISABLED)
    if place.is_off(said) or (said is None and not unread_too):
        return []
    detail = "holders of a key of the service reach its data without roles"
    if said is None:
        detail += ", unless local authentication is off, which was not read"
    return [Guard("localAuth", "opens", place.deepest(), detail, "K6")]


_SAS = "shared access policies of the service"
_DATABASE_USERS = "users and roles inside the databases"
_OWN_SYSTEMS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "microsoft.documentdb": ("keys and data roles of Cosmos DB itself", True),
        "microsoft.servicebus": (_SAS, True),
        "microsoft.eventhub": (_SAS, True),
        "microsoft.relay": (_SAS, True),
        "microsoft.sql": (_DATABASE_USERS, False),
        "microsoft.dbforpostgresql": (_DATABASE_USERS, False),
        "microsoft.dbformysql": (_DATABASE_USERS, False),
        "microsoft.databricks": ("users and permissions of the Databricks workspace", False),
        "microsoft.synapse": ("roles of the Synapse workspace", False),
        "microsoft.kusto": (_DATABASE_USERS, False),
    }
)
"""By provider: what it knows besides Azure RBAC, and whether it has keys (K12)."""

_DATA_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        _VAULT: _vault_data,
        _STORAGE: _storage_data,
        _REGISTRY: _registry_data,
        _CLUSTER: _cluster_data,
        **dict.fromkeys(_OWN_SYSTEMS, _own_system),
    }
)
_CONTROL_RULES: Mapping[str, Rule] = MappingProxyType(
    {
        f"{_VAULT}/write": _vault_write,
        f"{_VAULT}/accesspolicies/write": _vault_write,
        f"{_STORAGE}/listkeys/action": _storage_keys,
        f"{_STORAGE}/regeneratekey/action": _storage_keys,
        f"{_STORAGE}/listaccountsas/action": _storage_keys,
        f"{_STORAGE}/listservicesas/action": _storage_keys,
        f"{_REGISTRY}/pull/read": _registry_control,
        f"{_REGISTRY}/push/write": _registry_control,
        f"{_REGISTRY}/artifacts/delete": _registry_control,
        f"{_CLUSTER}/listclusteradmincredential/action": _cluster_admin,
        f"{_CLUSTER}/accessprofiles/listcredential/action": _cluster_admin,
        f"{_CLUSTER}/listclusterusercredential/action": _cluster_user,
        "microsoft.web/sites/config/list/action": _local_auth,
        "microsoft.web/sites/slots/config/list/action": _local_auth,
        "microsoft.machinelearningservices/workspaces/listnotebookkeys/read": _secret_read,
        "microsoft.mixedreality/spatialanchorsaccounts/keys/read": _secret_read,
    }
)
