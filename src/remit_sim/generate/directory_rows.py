"""Rows of the directory, with the fields and their order that the collector asks Microsoft Graph for.

>>> pair("g", "user", "u")
b'{"parentId":"g","member":{"@odata.type":"#microsoft.graph.user","id":"u"}}'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Row = dict[str, Any]

EVERYBODYS_AUDIENCE = "AzureADMyOrg"
EXCHANGE = "api://AzureADTokenExchange"


def pair(parent: str, kind: str, member: str) -> bytes:
    """Return a direct member or owner; `kind` is Graph's type: user, group, servicePrincipal, device."""
    return f'{{"parentId":"{parent}","member":{{"@odata.type":"#microsoft.graph.{kind}","id":"{member}"}}}}'.encode()


def user(
    key: str, name: str, upn: str, created: str, *, guest: bool = False, enabled: bool = True, synced: bool = False
) -> Row:
    """Return a row of graph/users."""
    return {
        "id": key,
        "displayName": name,
        "userPrincipalName": upn,
        "userType": "Guest" if guest else "Member",
        "accountEnabled": enabled,
        "onPremisesSyncEnabled": True if synced else None,
        "createdDateTime": created,
    }


def group(
    key: str,
    name: str,
    created: str,
    *,
    types: Sequence[str] = (),
    assignable: bool = False,
    rule: str | None = None,
    synced: bool = False,
) -> Row:
    """Return a row of graph/groups; types as Graph's groupTypes."""
    unified = "Unified" in types
    return {
        "id": key,
        "displayName": name,
        "securityEnabled": not unified,
        "mailEnabled": unified,
        "groupTypes": list(types),
        "isAssignableToRole": True if assignable else None,
        "membershipRule": rule,
        "onPremisesSyncEnabled": True if synced else None,
        "visibility": "Private" if unified or assignable else None,
        "createdDateTime": created,
    }


def service_principal(
    key: str,
    app_id: str,
    name: str,
    owner: str | None,
    *,
    kind: str = "Application",
    enabled: bool = True,
    names: Sequence[str] = (),
    tags: Sequence[str] = ("WindowsAzureActiveDirectoryIntegratedApp",),
    app_roles: Sequence[Row] = (),
    passwords: Sequence[Row] = (),
) -> Row:
    """Return a row of graph/servicePrincipals; `owner` is the tenant that has the application."""
    return {
        "id": key,
        "appId": app_id,
        "displayName": name,
        "servicePrincipalType": kind,
        "accountEnabled": enabled,
        "appOwnerOrganizationId": owner,
        "alternativeNames": list(names),
        "tags": list(tags),
        "appRoles": list(app_roles),
        "keyCredentials": [],
        "passwordCredentials": list(passwords),
    }


def managed_identity(key: str, app_id: str, resource: str, *, own: bool) -> Row:
    """Return the service principal of a managed identity; `own` where it is a resource of its own."""
    return service_principal(
        key,
        app_id,
        resource.rsplit("/", 1)[-1],
        None,
        kind="ManagedIdentity",
        names=(f"isExplicit={own}", resource),
        tags=(),
    )


def application(
    key: str,
    app_id: str,
    name: str,
    created: str,
    *,
    access: Sequence[Row] = (),
    keys: Sequence[Row] = (),
    passwords: Sequence[Row] = (),
) -> Row:
    """Return a row of graph/applications."""
    return {
        "id": key,
        "appId": app_id,
        "displayName": name,
        "createdDateTime": created,
        "signInAudience": EVERYBODYS_AUDIENCE,
        "identifierUris": [f"api://{app_id}"],
        "appRoles": [],
        "requiredResourceAccess": list(access),
        "servicePrincipalLockConfiguration": None,
        "keyCredentials": list(keys),
        "passwordCredentials": list(passwords),
    }


def password(key: str, name: str, start: str, end: str) -> Row:
    """Return a password credential as Graph lists it: never with its secret."""
    return {
        "customKeyIdentifier": None,
        "displayName": name,
        "endDateTime": end,
        "hint": None,  # an export holds nothing of a secret, and `remit collect` lets nothing of one through
        "keyId": key,
        "secretText": None,
        "startDateTime": start,
    }


def certificate(key: str, thumbprint: str, name: str, start: str, end: str) -> Row:
    """Return a certificate as Graph lists it: without its public key."""
    return {
        "customKeyIdentifier": thumbprint,
        "displayName": name,
        "endDateTime": end,
        "key": None,
        "keyId": key,
        "startDateTime": start,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    }


def federated(parent: str, key: str, name: str, issuer: str, subject: str) -> Row:
    """Return a federated credential of an application; `parent` is its object id."""
    return {
        "parentId": parent,
        "id": key,
        "name": name,
        "issuer": issuer,
        "subject": subject,
        "description": None,
        "audiences": [EXCHANGE],
    }


def app_role_assignment(
    key: str, role: str, created: str, principal: tuple[str, str, str], resource: tuple[str, str]
) -> Row:
    """Return a row of graph/appRoleAssignments; principal as (id, type, name), resource as (id, name)."""
    return {
        "id": key,
        "deletedDateTime": None,
        "appRoleId": role,
        "createdDateTime": created,
        "principalDisplayName": principal[2],
        "principalId": principal[0],
        "principalType": principal[1],
        "resourceDisplayName": resource[1],
        "resourceId": resource[0],
    }


def directory_assignment(key: str, principal: str, role: str, scope: str = "/") -> Row:
    """Return a row of graph/directoryRoleAssignments."""
    return {"id": key, "principalId": principal, "directoryScopeId": scope, "roleDefinitionId": role}


def directory_instance(
    key: str, principal: str, role: str, start: str | None, end: str | None, *, eligible: bool
) -> Row:
    """Return a window of an Entra role, eligible or active."""
    row: Row = {
        "id": key,
        "principalId": principal,
        "roleDefinitionId": role,
        "directoryScopeId": "/",
        "appScopeId": None,
        "startDateTime": start,
        "endDateTime": end,
    }
    if eligible:
        return {**row, "memberType": "Direct", "roleEligibilityScheduleId": key}
    return {
        **row,
        "assignmentType": "Assigned",
        "memberType": "Direct",
        "roleAssignmentOriginId": key,
        "roleAssignmentScheduleId": key,
    }


def group_instance(
    group_id: str, principal: str, number: str, start: str, end: str | None, *, access: str = "member"
) -> Row:
    """Return a window of a group membership or ownership."""
    return {
        "id": f"{group_id}_{access}_{number}",
        "startDateTime": start,
        "endDateTime": end,
        "accessId": access,
        "principalId": principal,
        "groupId": group_id,
        "memberType": "direct",
    }
