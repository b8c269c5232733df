"""Tiers against labels that others gave: 31 directory roles, 41 permissions and 37 Azure roles that lead to everything.

Every difference stands here with its reason. One that goes away, or a new one, fails.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from remit.bootstrap.tiers import tier_rules
from remit.graph.tier_roles import RoleTiers
from remit.graph.tiers import DIRECTORY, DIRECTORY_ROLES, PERMISSIONS, Tier
from remit.model.question import Plane
from remit.model.role import PermissionBlock

DATA = Path(os.environ.get("REMIT_TEST_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
AZURE, LABELS = DATA / "azure", DATA.parent / "domain" / "escalation-edges.md"
pytestmark = pytest.mark.skipif(not (AZURE.exists() and LABELS.exists()), reason="REMIT_TEST_DATA is not there")
RULES = tier_rules()

MORE_ROLES = {
    "Agent Registry Administrator": "rules agents, which act as somebody",
    "Attribute Assignment Administrator": "conditions and policies ask for the attributes that it sets",
    "Directory Synchronization Accounts": "sets passwords of synchronised users (EN-22)",
    "On Premises Directory Sync Account": "sets passwords of synchronised users (EN-22)",
    "Entra SOC Identity Responder": "resets passwords",
    "Security Operator": "resets passwords",
    "SharePoint Advanced Management Administrator": "writes members and owners of Microsoft 365 groups (EN-08)",
    "Tenant Governance Administrator": "lets other tenants in (EN-32)",
}
MORE_PERMISSIONS = {
    "AgentIdentityBlueprint.AddRemoveCreds.All": "credentials of agents (EN-25)",
    "AgentIdentityBlueprint.ReadWrite.All": "credentials of agents (EN-25)",
    "CustomSecAttributeAssignment.ReadWrite.All": "attributes that conditions ask for (EN-28)",
    "DelegatedPermissionGrant.ReadWrite.All": "consents in the name of everybody (EN-03)",
    "Policy.ReadWrite.CrossTenantAccess": "lets other tenants in (EN-32)",
    "ServicePrincipalEndpoint.ReadWrite.All": "owners of service principals (EN-06)",
}
LEADS_ON = "runs code or hands out credentials: what it gets to by that decides, which the path tells"
ATTACHES = "attaches identities or trusts for them: what they hold decides, which the path tells"
DELETES = "deletes, and gives nobody anything"
MANAGED = {
    "App Compliance Automation Administrator": DELETES,
    "Automation Contributor": LEADS_ON,
    "Azure AI Administrator": LEADS_ON,
    "Azure Kubernetes Fleet Manager RBAC Cluster Admin": LEADS_ON,
    "Azure Kubernetes Service Cluster Admin Role": LEADS_ON,
    "Azure Kubernetes Service Cluster User Role": LEADS_ON,
    "Azure Kubernetes Service Contributor Role": LEADS_ON,
    "Azure Kubernetes Service RBAC Admin": LEADS_ON,
    "Azure Kubernetes Service RBAC Cluster Admin": LEADS_ON,
    "Azure Kubernetes Service RBAC Writer": LEADS_ON,
    "Azure Red Hat OpenShift Federated Credential": ATTACHES,
    "Cognitive Services Contributor": LEADS_ON,
    "Cognitive Services OpenAI Contributor": LEADS_ON,
    "Container Apps Operator": LEADS_ON,
    "Contributor": LEADS_ON,
    "Desktop Virtualization Application Group Contributor": LEADS_ON,
    "Desktop Virtualization Contributor": LEADS_ON,
    "Desktop Virtualization Session Host Operator": LEADS_ON,
    "Desktop Virtualization Virtual Machine Contributor": LEADS_ON,
    "Kubernetes Agent Operator": LEADS_ON,
    "Kubernetes Agentless Operator": LEADS_ON,
    "Logic App Contributor": LEADS_ON,
    "Logic Apps Standard Contributor (Preview)": LEADS_ON,
    "Managed Identity Contributor": ATTACHES,
    "Managed Identity Federated Identity Credential Contributor": ATTACHES,
    "Managed Identity Operator": ATTACHES,
    "Virtual Machine Administrator Login": LEADS_ON,
    "Virtual Machine Contributor": LEADS_ON,
    "Virtual Machine User Login": LEADS_ON,
    "Website Contributor": LEADS_ON,
}
NOT_RULING = {
    "Billing": "billing has scopes and roles of its own, which no role of Azure gives",
    "Subscription Management": "names, moves or ends a subscription, and gives nobody anything in it",
    "Azure Lighthouse": "takes the right to give the roles too, which is what counts",
    "Blueprints": "a blueprint acts once it is assigned; that counts",
    "Managed Identity": ATTACHES,
}


def labelled(first: str, then: str) -> dict[str, str]:
    text = LABELS.read_text("utf-8")
    part = text[text.index(first) : text.index(then)]
    return {found[2]: found[1] for found in re.finditer(r"^\| (.+?) \| `([0-9a-f-]{36})` \|", part, re.MULTILINE)}


def read(name: str) -> Any:
    return json.loads((AZURE / name).read_text("utf-8"))


def test_directory_roles_are_control_as_labelled_and_some_more() -> None:
    labels = labelled("### Entra directory roles (31)", "### Microsoft Graph application")
    ours = {
        role["id"]: role["displayName"]
        for role in read("entra-directory-roles.json")["roles"]
        if Tier.CONTROL
        in (RULES.of(DIRECTORY_ROLES, role["id"]), *(RULES.of(DIRECTORY, one) for one in role["resourceActions"]))
    }
    assert len(labels) == 31
    assert set(labels) - set(ours) == set()
    assert {ours[key] for key in set(ours) - set(labels)} == set(MORE_ROLES)


def test_permissions_are_control_as_labelled_and_some_more() -> None:
    labels = labelled("### Microsoft Graph application permissions (41)", "### Azure built-in roles (37)")
    ours = {
        one["id"]: one["value"]
        for one in read("graph-permissions.json")["appRoles"]
        if RULES.of(PERMISSIONS, one["value"]) is Tier.CONTROL
    }
    assert len(labels) == 41
    assert set(labels) - set(ours) == set()
    assert {ours[key] for key in set(ours) - set(labels)} == set(MORE_PERMISSIONS)


@pytest.fixture(scope="module")
def roles() -> dict[str, tuple[str, Tier, Tier]]:
    """Name and tier, below and at management groups, of every built-in role."""
    said = read("provider-operations.json")["providers"]
    lists = [(key, name.lower()) for one in said.values() for key, names in one.items() for name in names]
    names = {
        Plane.DATA: tuple(sorted({name for key, name in lists if key.startswith("data")})),
        Plane.CONTROL: tuple(sorted({name for key, name in lists if not key.startswith("data")})),
    }
    index: Any = SimpleNamespace(catalogue=SimpleNamespace(names=names))
    facts: Any = None
    tiers = RoleTiers(index, facts, RULES)
    found = {}
    for role in read("builtin-roles.json")["roles"]:
        blocks = [
            PermissionBlock(*(tuple(one[key]) for key in ("actions", "notActions", "dataActions", "notDataActions")))
            for one in role["permissions"]
        ]
        below, above = (tiers.of_blocks(blocks, above=level) for level in (False, True))
        found[role["id"]] = (role["roleName"], below, above)
    return found


def test_azure_roles_are_control_where_they_rule_access_and_others_are_for_the_path(roles) -> None:
    labels = labelled("### Azure built-in roles (37)", "## 5. ")
    assert len(labels) == 37
    known = {key: name for key, name in labels.items() if key in roles}
    # It is in no catalogue of roles.
    assert {labels[key] for key in set(labels) - set(known)} == {"Reservations Administrator"}
    below = {name for key, name in known.items() if roles[key][1] is not Tier.CONTROL}
    assert below == set(MANAGED)
    # None of them falls lower than the plane from which paths lead on.
    assert {name for key, name in known.items() if roles[key][1] > Tier.MANAGEMENT} == set()


def test_who_holds_all_actions_of_a_management_group_rules_it_and_readers_rule_nothing(roles) -> None:
    by_name = {name: (below, above) for name, below, above in roles.values()}
    assert by_name["Owner"] == (Tier.CONTROL, Tier.CONTROL)
    assert by_name["Contributor"] == (Tier.MANAGEMENT, Tier.CONTROL)
    assert by_name["Reader"] == (Tier.WORKLOAD, Tier.WORKLOAD)
    assert by_name["Storage Blob Data Owner"][0] is not Tier.CONTROL
    assert by_name["Storage Blob Data Reader"] == (Tier.WORKLOAD, Tier.WORKLOAD)


def test_actions_that_patterns_call_control_are_so_but_for_named_services() -> None:
    control = next(one for one in read("eam-tier-patterns.json")["azure"] if one["EAMTierLevelName"] == "ControlPlane")
    differing = {
        service["Service"]
        for service in control["TierLevelDefinition"]
        for action in service["RoleDefinitionActions"]
        if RULES.of("actions", action) is not Tier.CONTROL
    }
    assert differing == set(NOT_RULING)
