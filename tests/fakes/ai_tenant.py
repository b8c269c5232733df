"""A small tenant with AI workloads, each mistake once and a well separated workload beside them.

draft = ai_tenant()
review_ai(review_of(draft), ai_rules())
"""

from __future__ import annotations

from typing import Any

from tests.fakes.reviewed_tenant import (
    CONTRIBUTOR,
    HUB_GROUP,
    OWNER,
    PROD,
    PROD_GROUP,
    READER,
    TENANT,
    Drafted,
    guid,
    places,
    resource,
)

OPENAI_USER = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
OPENAI_CONTRIBUTOR = "a001fd3d-188f-4b5d-821b-7da978bf7442"
INDEX_READER = "1407120a-92aa-4202-b7e9-c0e197c71c8f"
INDEX_WRITER = "8ebe5a00-799e-43f5-93ac-243d3dce84a7"
MONITORING = "43d0d8ad-25c7-4714-9337-8ba259a9fe05"

_BUILT_IN: dict[str, tuple[str, list[str], list[str]]] = {
    OPENAI_USER: (
        "Cognitive Services OpenAI User",
        ["Microsoft.CognitiveServices/*/read"],
        [
            "Microsoft.CognitiveServices/accounts/OpenAI/deployments/read",
            "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action",
            "Microsoft.CognitiveServices/accounts/OpenAI/deployments/embeddings/action",
        ],
    ),
    OPENAI_CONTRIBUTOR: (
        "Cognitive Services OpenAI Contributor",
        ["Microsoft.CognitiveServices/*/read", "Microsoft.CognitiveServices/accounts/deployments/write"],
        ["Microsoft.CognitiveServices/accounts/OpenAI/*"],
    ),
    INDEX_READER: ("Search Index Data Reader", [], ["Microsoft.Search/searchServices/indexes/documents/read"]),
    INDEX_WRITER: ("Search Index Data Contributor", [], ["Microsoft.Search/searchServices/indexes/documents/*"]),
    MONITORING: ("Monitoring Reader", ["*/read"], []),
}

ACCOUNT_TYPE, SEARCH_TYPE = "Microsoft.CognitiveServices/accounts", "Microsoft.Search/searchServices"
WORKSPACE_TYPE = "Microsoft.MachineLearningServices/workspaces"
IDENTITY_TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"
CHAT, VISION = resource(PROD_GROUP, ACCOUNT_TYPE, "oai-chat"), resource(HUB_GROUP, ACCOUNT_TYPE, "vision")
FOUNDRY = resource(HUB_GROUP, ACCOUNT_TYPE, "foundry")
PROJECT = f"{FOUNDRY}/projects/helpdesk"
SEARCH = resource(PROD_GROUP, SEARCH_TYPE, "srch-docs")
SPACE = resource(PROD_GROUP, WORKSPACE_TYPE, "ml-risk")
ENDPOINT, CLUSTER = f"{SPACE}/onlineEndpoints/score", f"{SPACE}/computes/gpu"
BOT = resource(HUB_GROUP, "Microsoft.BotService/botServices", "bot-help")
SHARED = resource(HUB_GROUP, IDENTITY_TYPE, "id-shared")
AUTOMATION = resource(PROD_GROUP, "Microsoft.Automation/automationAccounts", "aa-train")
TEAM = guid("ml-team")


def role(draft: Drafted, role_id: str, name: str, actions: list[str], data: list[str], **fields: Any) -> None:
    """A role definition."""
    block = {"actions": actions, "notActions": [], "dataActions": data, "notDataActions": [], **fields}
    said = {"roleName": name, "type": "BuiltInRole", "assignableScopes": ["/"], "permissions": [block]}
    kind = "Microsoft.Authorization/roleDefinitions"
    draft.add("arm/roleDefinitions", id=f"/providers/{kind}/{role_id}", name=role_id, type=kind, properties=said)


def ai_places() -> Drafted:
    """Scopes and roles, no workload yet."""
    draft = Drafted()
    places(draft)
    for role_id, (name, actions, data) in _BUILT_IN.items():
        role(draft, role_id, name, actions, data)
    return draft


def workload(draft: Drafted, scope: str, kind: str = "", identity: str = "", **properties: Any) -> None:
    """An AI resource of some `kind`, running as a user-assigned identity if one is named."""
    parts = scope.split("/providers/")[1].split("/")
    fields: dict[str, Any] = {"id": scope, "name": parts[-1], "type": "/".join([parts[0], *parts[1::2]])}
    if kind:
        fields["kind"] = kind
    if identity:
        name = identity.rsplit("/", 1)[-1]
        fields["identity"] = {
            "type": "UserAssigned",
            "userAssignedIdentities": {identity: {"principalId": guid(name)}},
        }
    draft.add("arm/resources", **fields, location="westeurope", properties=properties)


def ai_tenant() -> Drafted:
    """The whole tenant."""
    draft = ai_places()
    draft.managed_identity(SHARED)
    workload(draft, CHAT, "OpenAI", disableLocalAuth=False)
    workload(draft, VISION, "ComputerVision", disableLocalAuth=True)
    workload(draft, FOUNDRY, "AIServices", SHARED)
    workload(draft, PROJECT)
    workload(draft, SEARCH, disableLocalAuth=True)
    workload(draft, SPACE, "Default", SHARED)
    workload(draft, ENDPOINT, authMode="AADToken")
    workload(draft, CLUSTER)
    workload(draft, BOT, "azurebot", disableLocalAuth=True)
    draft.add("graph/users", id=guid("maya"), displayName="Maya", userPrincipalName="maya@shop.example")
    draft.add("graph/users", id=guid("olu"), displayName="Olu", userPrincipalName="olu@shop.example")
    draft.add("graph/groups", id=TEAM, displayName="ML team", securityEnabled=True)
    for name in ("maya", "olu"):
        draft.add(
            "graph/groupMembers", parentId=TEAM, member={"@odata.type": "#microsoft.graph.user", "id": guid(name)}
        )
    draft.assign(TEAM, CONTRIBUTOR, PROD_GROUP, "Group")
    chat, loader = draft.application("chat-app"), draft.application("index-loader")
    draft.trust("index-loader", "main", "repo:shop/docs:ref:refs/heads/main")
    draft.assign(chat, OPENAI_USER, CHAT)
    draft.assign(chat, INDEX_READER, SEARCH)
    draft.assign(loader, INDEX_WRITER, SEARCH)
    draft.service_principal("aa-train", servicePrincipalType="ManagedIdentity")
    draft.resource(AUTOMATION, identity={"type": "SystemAssigned", "principalId": guid("aa-train"), "tenantId": TENANT})
    draft.assign(guid("aa-train"), OPENAI_CONTRIBUTOR, CHAT)
    draft.assign(guid("olu"), MONITORING, PROD, "User")
    draft.service_principal(
        "helpdesk-agent", servicePrincipalType="ServiceIdentity", **{"@odata.type": "#microsoft.graph.agentIdentity"}
    )
    draft.assign(guid("helpdesk-agent"), READER, HUB_GROUP)
    draft.assign(guid("olu"), OWNER, HUB_GROUP, "User")
    return draft
