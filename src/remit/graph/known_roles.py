"""Built-in Entra roles that lead somewhere, for tenants whose export does not define a role that is held.

An export that holds the definitions says itself what every role allows. Template ids of built-in roles are the same in
every tenant, and so is what they allow; actions that no edge and no tier rests on are not needed, nor are roles without
any other.

>>> known_role("62E90394-69f5-4237-9190-012177145e10").name
'Global Administrator'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_SPACE = "microsoft."
_DIRECTORY = "microsoft.directory/"


@dataclass(frozen=True, slots=True)
class KnownRole:
    """A built-in role; `actions` are resource actions in lower case, sorted."""

    name: str
    actions: tuple[str, ...]


def _role(name: str, *actions: str) -> KnownRole:
    """Return a role; what does not say of which service it is, is of the directory."""
    return KnownRole(name, tuple(sorted(one if one.startswith(_SPACE) else f"{_DIRECTORY}{one}" for one in actions)))


KNOWN_ROLES: Mapping[str, KnownRole] = MappingProxyType(
    {
        "d2562ede-74db-457e-a7b6-544e236ebb61": _role(
            "AI Administrator",
            "agentidentityblueprints/credentials/update",
        ),
        "db506228-d27e-4b7d-95e5-295956d6615f": _role(
            "Agent ID Administrator",
            "agentidentityblueprints/credentials/update",
        ),
        "6b942400-691f-4bf0-9d12-d8a254a2baf5": _role(
            "Agent Registry Administrator",
            "microsoft.agentregistry/allentities/allproperties/alltasks",
        ),
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": _role(
            "Application Administrator",
            "applications/credentials/update",
            "applications/owners/update",
            "serviceprincipals/credentials/update",
            "serviceprincipals/owners/update",
        ),
        "58a13ea3-c632-46ae-9ee0-9c0d43cd7f3d": _role(
            "Attribute Assignment Administrator",
            "serviceprincipals/customsecurityattributes/update",
            "users/customsecurityattributes/update",
        ),
        "c4e39bd9-1100-46d3-8c65-fb160da0071f": _role(
            "Authentication Administrator",
            "users/authenticationmethods/create",
            "users/basic/update",
            "users/password/update",
            "users/userprincipalname/update",
        ),
        "e3973bdf-4987-49ae-837a-ba8e231c7286": _role(
            "Azure DevOps Administrator",
            "microsoft.azure.devops/allentities/alltasks",
        ),
        "158c047a-c907-4556-b7ef-446551a6b5f7": _role(
            "Cloud Application Administrator",
            "applications/credentials/update",
            "applications/owners/update",
            "serviceprincipals/credentials/update",
            "serviceprincipals/owners/update",
        ),
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": _role(
            "Conditional Access Administrator",
            "conditionalaccesspolicies/basic/update",
            "conditionalaccesspolicies/delete",
        ),
        "d29b2b05-8046-44ba-8758-1e26182fcf32": _role("Directory Synchronization Accounts"),
        "9360feb5-f418-4baa-8175-e2a00bac4301": _role(
            "Directory Writers",
            "groups/dynamicmembershiprule/update",
            "groups/members/update",
            "groups/owners/update",
            "users/basic/update",
            "users/userprincipalname/update",
        ),
        "8329153b-31d0-4727-b945-745eb3bc5f31": _role(
            "Domain Name Administrator",
            "domains/allproperties/alltasks",
            "domains/federation/update",
            "domains/federationconfiguration/basic/update",
            "domains/federationconfiguration/create",
        ),
        "58f930cc-fcf4-4152-852c-1d7dbf502139": _role(
            "Entra SOC Identity Responder",
            "users/password/update",
        ),
        "29232cdf-9323-42fd-ade2-1d097af3e4de": _role(
            "Exchange Administrator",
            "groups.unified/members/update",
            "groups.unified/owners/update",
        ),
        "be2f45a1-457d-42af-a067-6ec1fa63bc45": _role(
            "External Identity Provider Administrator",
            "domains/federation/update",
            "identityproviders/allproperties/alltasks",
        ),
        "62e90394-69f5-4237-9190-012177145e10": _role(
            "Global Administrator",
            "microsoft.agentregistry/allentities/allproperties/alltasks",
            "administrativeunits/allproperties/alltasks",
            "agentidentityblueprints/credentials/update",
            "applications/credentials/update",
            "applications/owners/update",
            "conditionalaccesspolicies/basic/update",
            "conditionalaccesspolicies/delete",
            "crosstenantaccesspolicy/default/b2bcollaboration/update",
            "crosstenantaccesspolicy/partners/b2bcollaboration/update",
            "crosstenantaccesspolicy/partners/create",
            "domains/allproperties/alltasks",
            "domains/federation/update",
            "domains/federationconfiguration/basic/update",
            "domains/federationconfiguration/create",
            "entitlementmanagement/allproperties/alltasks",
            "groups/dynamicmembershiprule/update",
            "groups/members/update",
            "groups/owners/update",
            "groupsassignabletoroles/members/update",
            "groupsassignabletoroles/owners/update",
            "lifecycleworkflows/workflows/allproperties/alltasks",
            "permissiongrantpolicies/basic/update",
            "permissiongrantpolicies/create",
            "roleassignments/allproperties/alltasks",
            "serviceprincipals/credentials/update",
            "serviceprincipals/customsecurityattributes/update",
            "serviceprincipals/managepermissiongrantsforall.microsoft-company-admin",
            "serviceprincipals/owners/update",
            "users/authenticationmethods/create",
            "users/basic/update",
            "users/contactinfo/update",
            "users/customsecurityattributes/update",
            "users/extensionproperties/update",
            "users/jobinfo/update",
            "users/password/update",
            "users/userprincipalname/update",
            "microsoft.intune/allentities/alltasks",
        ),
        "fdd7a751-b60b-444a-984c-02652fe8fa1c": _role(
            "Groups Administrator",
            "groups/dynamicmembershiprule/update",
            "groups/members/update",
            "groups/owners/update",
        ),
        "729827e3-9c14-49f7-bb1b-9608f156bbb8": _role(
            "Helpdesk Administrator",
            "users/password/update",
        ),
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2": _role(
            "Hybrid Identity Administrator",
            "applications/owners/update",
            "domains/federation/update",
            "domains/federationconfiguration/basic/update",
            "domains/federationconfiguration/create",
            "serviceprincipals/owners/update",
        ),
        "45d8d3c5-c802-45c6-b32a-1d70b5e1e86e": _role(
            "Identity Governance Administrator",
            "entitlementmanagement/allproperties/alltasks",
            "groups/members/update",
        ),
        "3a2c62db-5318-420d-8d74-23affee5d9d5": _role(
            "Intune Administrator",
            "groups.security/dynamicmembershiprule/update",
            "groups.security/members/update",
            "groups.security/owners/update",
            "users/basic/update",
            "microsoft.intune/allentities/alltasks",
        ),
        "b5a8dcf3-09d5-43a9-a639-8e29ef291470": _role(
            "Knowledge Administrator",
            "groups.security/members/update",
            "groups.security/owners/update",
        ),
        "744ec460-397e-42ad-a462-8b3f9747a02c": _role(
            "Knowledge Manager",
            "groups.security/members/update",
            "groups.security/owners/update",
        ),
        "59d46f88-662b-457b-bceb-5c3809e5908f": _role(
            "Lifecycle Workflows Administrator",
            "lifecycleworkflows/workflows/allproperties/alltasks",
        ),
        "a92aed5d-d78a-4d16-b381-09adb37eb3b0": _role("On Premises Directory Sync Account"),
        "4ba39ca4-527c-499a-b93d-d9b492c50246": _role(
            "Partner Tier1 Support",
            "applications/credentials/update",
            "applications/owners/update",
            "groups/members/update",
            "groups/owners/update",
            "users/basic/update",
            "users/password/update",
            "users/userprincipalname/update",
        ),
        "e00e864a-17c5-4a4b-9c06-f5b95a8d5bd8": _role(
            "Partner Tier2 Support",
            "applications/credentials/update",
            "applications/owners/update",
            "domains/allproperties/alltasks",
            "domains/federation/update",
            "domains/federationconfiguration/basic/update",
            "domains/federationconfiguration/create",
            "groups/members/update",
            "groups/owners/update",
            "roleassignments/allproperties/alltasks",
            "users/basic/update",
            "users/password/update",
            "users/userprincipalname/update",
        ),
        "966707d0-3269-4727-9be2-8c3a10f19b9d": _role(
            "Password Administrator",
            "users/password/update",
        ),
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": _role(
            "Privileged Authentication Administrator",
            "users/authenticationmethods/create",
            "users/basic/update",
            "users/password/update",
            "users/userprincipalname/update",
        ),
        "e8611ab8-c189-46e8-94e1-60213ab1f814": _role(
            "Privileged Role Administrator",
            "administrativeunits/allproperties/alltasks",
            "groupsassignabletoroles/members/update",
            "groupsassignabletoroles/owners/update",
            "permissiongrantpolicies/basic/update",
            "permissiongrantpolicies/create",
            "privilegedidentitymanagement/allproperties/alltasks",
            "roleassignments/allproperties/alltasks",
            "serviceprincipals/managepermissiongrantsforall.microsoft-company-admin",
        ),
        "194ae4cb-b126-40b2-bd5b-6091b380977d": _role(
            "Security Administrator",
            "conditionalaccesspolicies/basic/update",
            "conditionalaccesspolicies/delete",
            "crosstenantaccesspolicy/default/b2bcollaboration/update",
            "crosstenantaccesspolicy/partners/b2bcollaboration/update",
            "crosstenantaccesspolicy/partners/create",
            "domains/federation/update",
            "domains/federationconfiguration/basic/update",
            "domains/federationconfiguration/create",
        ),
        "5f2222b1-57c3-48ba-8ad5-d4759f1fde6f": _role(
            "Security Operator",
            "users/password/update",
        ),
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": _role(
            "SharePoint Administrator",
            "groups.unified/members/update",
            "groups.unified/owners/update",
        ),
        "99009c4a-3b3f-4957-82a9-9d35e12db77e": _role(
            "SharePoint Advanced Management Administrator",
            "groups.unified/members/update",
            "groups.unified/owners/update",
        ),
        "69091246-20e8-4a56-aa4d-066075b2a7a8": _role(
            "Teams Administrator",
            "crosstenantaccesspolicy/partners/create",
            "groups.unified/members/update",
            "groups.unified/owners/update",
        ),
        "1981f584-96e9-4a6f-95b0-f522373f8fae": _role(
            "Tenant Governance Administrator",
            "crosstenantaccesspolicy/partners/create",
        ),
        "fe930be7-5e62-47db-91af-98c3a49a38b1": _role(
            "User Administrator",
            "entitlementmanagement/allproperties/alltasks",
            "groups/dynamicmembershiprule/update",
            "groups/members/update",
            "groups/owners/update",
            "users/basic/update",
            "users/password/update",
            "users/userprincipalname/update",
        ),
        "11451d60-acb2-45eb-a7d6-43d0f0125c13": _role(
            "Windows 365 Administrator",
            "groups.security/dynamicmembershiprule/update",
            "groups.security/members/update",
            "groups.security/owners/update",
        ),
        "810a2642-a034-447f-a5e8-41beaa378541": _role(
            "Yammer Administrator",
            "groups.unified/members/update",
            "groups.unified/owners/update",
        ),
    }
)
"""By template id, in lower case."""


def known_role(template_id: str) -> KnownRole | None:
    """Return the built-in role of a template id in any letter case, None where none that leads anywhere has it."""
    return KNOWN_ROLES.get(template_id.lower())
