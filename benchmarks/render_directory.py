"""Users, groups, service principals and memberships as Microsoft Graph's payloads."""

from __future__ import annotations

import json
from collections.abc import Iterator

from benchmarks.plan import Tenant

_GIVEN = ("Ada", "Bruno", "Chiara", "Dmitri", "Esra", "Femi", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lena", "Maya")
_FAMILY = ("Abel", "Brandt", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Hansen", "Ito", "Jansen", "Kaya")
_JOBS = ("Engineer", "Analyst", "Manager", "Consultant", "Architect", "Operator", "Controller")


def users(tenant: Tenant) -> Iterator[str]:
    """Yield graph/users; one of twenty-five is disabled, one of twelve a guest."""
    domain = f"{tenant.tenant_id[:8]}.example"
    for row in range(tenant.size.users):
        given, family = _GIVEN[row % 13], _FAMILY[row // 13 % 11]
        name = f"{given.lower()}.{family.lower()}{row}"
        enabled = "false" if row % 25 == 24 else "true"
        kind = "Guest" if row % 12 == 11 else "Member"
        yield (
            f'{{"id":"{tenant.principal_ids[row]}","businessPhones":[],"displayName":"{given} {family}",'
            f'"givenName":"{given}","surname":"{family}","jobTitle":"{_JOBS[row % 7]}","mail":"{name}@{domain}",'
            f'"mobilePhone":null,"officeLocation":null,"preferredLanguage":"en-US","userPrincipalName":"{name}@{domain}",'
            f'"accountEnabled":{enabled},"userType":"{kind}","department":"Department {row % 400}",'
            f'"createdDateTime":"2023-04-0{1 + row % 9}T08:00:00Z","onPremisesSyncEnabled":null}}'
        )


def groups(tenant: Tenant) -> Iterator[str]:
    """Yield graph/groups."""
    first = tenant.size.users
    for row in range(tenant.size.groups):
        name = f"sg-{_JOBS[row % 7].lower()}-{row:06d}"
        dynamic = '["DynamicMembership"]' if row % 11 == 0 else "[]"
        yield (
            f'{{"id":"{tenant.principal_ids[first + row]}","deletedDateTime":null,"classification":null,'
            f'"createdDateTime":"2022-09-1{row % 10}T08:00:00Z","description":"Security group {row} of the company",'
            f'"displayName":"{name}","expirationDateTime":null,"groupTypes":{dynamic},"isAssignableToRole":null,'
            f'"mail":null,"mailEnabled":false,"mailNickname":"{name}","membershipRule":null,'
            '"membershipRuleProcessingState":null,"onPremisesSyncEnabled":null,"preferredDataLocation":null,'
            '"proxyAddresses":[],"renewedDateTime":"2022-09-10T08:00:00Z","resourceProvisioningOptions":[],'
            '"securityEnabled":true,"theme":null,"visibility":null}'
        )


def service_principals(tenant: Tenant) -> Iterator[str]:
    """Yield graph/servicePrincipals; the first half are managed identities."""
    first = tenant.size.users + tenant.size.groups
    count = tenant.size.service_principals
    for row in range(count):
        managed = row < count // 2
        name = f"{'mi' if managed else 'app'}-{row:06d}"
        kind = "ManagedIdentity" if managed else "Application"
        enabled = "false" if row % 40 == 39 else "true"
        app_id = tenant.app_ids[row]
        yield (
            f'{{"id":"{tenant.principal_ids[first + row]}","accountEnabled":{enabled},"alternativeNames":[],'
            f'"appDisplayName":"{name}","appId":"{app_id}","applicationTemplateId":null,'
            f'"appOwnerOrganizationId":"{tenant.tenant_id}","appRoleAssignmentRequired":false,'
            f'"createdDateTime":"2023-01-0{1 + row % 9}T08:00:00Z","displayName":"{name}","homepage":null,'
            f'"loginUrl":null,"notificationEmailAddresses":[],"replyUrls":[],"servicePrincipalNames":["{app_id}"],'
            f'"servicePrincipalType":"{kind}","signInAudience":"AzureADMyOrg","tags":[],"appRoles":[],'
            '"oauth2PermissionScopes":[],"keyCredentials":[],"passwordCredentials":[]}'
        )


def group_members(tenant: Tenant) -> Iterator[str]:
    """Yield graph/groupMembers (G1)."""
    ids = tenant.principal_ids
    users, people = tenant.size.users, tenant.size.users + tenant.size.groups
    for group, member in zip(tenant.member_group.tolist(), tenant.member.tolist(), strict=True):
        kind = "user" if member < users else "group" if member < people else "servicePrincipal"
        yield f'{{"parentId":"{ids[group]}","member":{{"@odata.type":"#microsoft.graph.{kind}","id":"{ids[member]}"}}}}'


def group_owners(tenant: Tenant) -> Iterator[str]:
    """Yield graph/groupOwners: every third group has one (G3: owning is not membership)."""
    size = tenant.size
    for row in range(0, size.groups, 3):
        owner = json.dumps(
            {
                "parentId": tenant.principal_ids[size.users + row],
                "member": {"@odata.type": "#microsoft.graph.user", "id": tenant.principal_ids[row % size.users]},
            },
            separators=(",", ":"),
        )
        yield owner
