"""What a node is called in BloodHound, so that it falls together with what AzureHound collected.

AzureHound knows principals by object id, applications by app id, directory roles by `<role>@<tenant>`, the tenant by
its id, and resources, resource groups, subscriptions and management groups by their Azure id, all in capitals;
BloodHound makes capitals of every id that it reads. What AzureHound does not know gets an id from a digest, since two
subjects that differ in case are two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from remit.graph.answers import NodeRef
from remit.wire.pictures.words import fit

_ROLE, _DIGITS = "entraRole:", 32
_BY_OBJECT_ID = frozenset({"user", "group", "servicePrincipal", "managedIdentity", "device"})
_BY_AZURE_ID = frozenset({"resource", "scope"})

COLLECTED_TYPES = frozenset(
    {
        "microsoft.automation/automationaccounts",
        "microsoft.compute/virtualmachines",
        "microsoft.compute/virtualmachinescalesets",
        "microsoft.containerregistry/registries",
        "microsoft.containerservice/managedclusters",
        "microsoft.keyvault/vaults",
        "microsoft.logic/workflows",
        "microsoft.storage/storageaccounts",
        "microsoft.web/sites",
    }
)
"""Types of resources that AzureHound collects, lower case."""


class Identities:
    """Names the nodes of one tenant.

    Args:
        tenant_id: of the tenant; "" where it is not known.
        app_ids: app id of applications by object id.
    """

    def __init__(self, tenant_id: str, app_ids: Mapping[str, str] | None = None) -> None:
        self._tenant = tenant_id.upper()
        self._app_ids = app_ids or {}

    def of(self, ref: NodeRef) -> str:
        """Return the id of a node in BloodHound."""
        return self._known(ref) or self._own(ref)

    def is_collected(self, ref: NodeRef) -> bool:
        """Tell whether AzureHound describes this node, too."""
        if ref.kind == "resource":
            return ref.type.lower() in COLLECTED_TYPES
        return ref.kind != "device" and bool(self._known(ref))

    def _known(self, ref: NodeRef) -> str:
        """Return the id that AzureHound gives it, "" where it gives none or none that may stand in a file."""
        found = self._named(ref)
        return found if fit(found) == found else ""

    def _named(self, ref: NodeRef) -> str:
        if ref.kind in _BY_OBJECT_ID:
            return ref.id.upper()
        if ref.kind in _BY_AZURE_ID and ref.id != "/":
            return ref.id.upper()
        if ref.kind == "application":
            return self._app_ids.get(ref.id, "").upper()
        if ref.kind == "tenant":
            return self._tenant
        if ref.kind == "directoryRole" and "@" not in ref.id and self._tenant:
            return f"{ref.id.removeprefix(_ROLE).upper()}@{self._tenant}"
        return ""

    def _own(self, ref: NodeRef) -> str:
        text = f"{self._tenant}\n{ref.kind}\n{ref.id}"
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:_DIGITS]
        return f"REMIT-{ref.kind}-{digest}".upper()
