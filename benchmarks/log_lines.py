"""Lines of the three largest logs as diagnostic settings write them, from a seed: sizes and fields as in real records.

`python -m benchmarks.log_lines --count 200000 logs.jsonl`. Of the lines a fifth are of the Activity Log (2.5 KB; 3 % of
them failures), a quarter sign-ins (a third of them of users, 4 KB; the others 1.9 KB), the rest Microsoft Graph calls
(1.9 KB), mixed as an Event Hub mixes them. There are 10,000 principals, of which a hundredth makes a fifth of the
calls, 20,000 resources, 5,000 addresses; half of the Graph calls name an object.
"""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from benchmarks.guids import guids

TENANT = "7d6a3b52-0c1e-4f0a-9d6c-2f54be31c6aa"
FIRST_DAY = 1_772_323_200
_CLAIM = "http://schemas.microsoft.com/identity/claims"
_KINDS = (
    ("Microsoft.Compute/virtualMachines", ("write", "delete", "start/action", "deallocate/action", "restart/action")),
    ("Microsoft.Storage/storageAccounts", ("write", "listKeys/action", "delete", "regenerateKey/action")),
    ("Microsoft.KeyVault/vaults", ("write", "delete", "deploy/action")),
    ("Microsoft.Network/networkInterfaces", ("write", "join/action", "delete")),
    ("Microsoft.Web/sites", ("write", "restart/action", "publishxml/action", "config/list/action")),
    ("Microsoft.ContainerService/managedClusters", ("write", "listClusterUserCredential/action")),
    ("Microsoft.Sql/servers", ("write", "delete")),
    ("Microsoft.Network/virtualNetworks", ("write", "subnets/join/action")),
)
_PATHS = (
    "users/{}",
    "users/{}/messages",
    "users/{}/memberOf?$select=id,displayName&$top=999",
    "groups/{}/members",
    "groups/{}",
    "servicePrincipals/{}/appRoleAssignedTo",
    "servicePrincipals?$filter=appId%20eq%20'{}'&$select=id,appId,displayName,servicePrincipalType",
    "applications/{}",
    "directoryObjects/{}",
    "devices/{}/registeredOwners",
    "me/drive/items/{}/children",
    "organization",
    "identity/conditionalAccess/policies",
    "deviceManagement/managedDevices/{}",
)
_SCOPES = (
    "AppCatalog.Read.All Channel.ReadBasic.All Contacts.ReadWrite.Shared email Files.ReadWrite.All "
    "InformationProtectionPolicy.Read Mail.ReadWrite Mail.Send MailboxSettings.ReadWrite Notes.ReadWrite.All openid "
    "Organization.Read.All People.Read Place.Read.All profile Sites.ReadWrite.All Tasks.ReadWrite User.ReadBasic.All"
)
_CONFLICT = json.dumps({"status": "Failed", "error": {"code": "Conflict", "message": "it is being changed"}})
_REGIONS = ("West Europe", "North Europe", "East US 2", "France Central")
_PRINCIPALS, _RESOURCES = 10_000, 20_000


@dataclass(frozen=True, slots=True)
class _Call:
    """One call: who, and numbers in [0, 1) that settle where and what; its time, and GUIDs that only it has."""

    caller: int
    where: float
    verb: float
    time: str
    ids: list[str]


class LogWorld:
    """Who calls what: drawn once, then one line after the other."""

    def __init__(self, seed: int) -> None:
        """Draw principals, applications, resources."""
        self.rng = np.random.default_rng(seed)
        self.people = guids(self.rng, _PRINCIPALS)
        self.apps = guids(self.rng, 400)
        self.groups = guids(self.rng, 300)
        self.assignments = guids(self.rng, 4_000)
        subscriptions = guids(self.rng, 40)
        self.resources = []
        for number in range(_RESOURCES):
            kind, verbs = _KINDS[number % len(_KINDS)]
            name = f"{kind.partition('/')[2].lower()}-{number:05d}"
            group = f"rg-{subscriptions[number % 40][:4]}-{number % 977:03d}-prod"
            scope = f"/subscriptions/{subscriptions[number % 40]}/resourceGroups/{group}/providers/{kind}/{name}"
            self.resources.append((scope, kind, verbs))
        self.addresses = [f"20.{a}.{b}.{c}" for a, b, c in self.rng.integers(1, 255, (5_000, 3)).tolist()]

    def lines(self, count: int) -> Iterator[bytes]:
        """Yield lines without their ends."""
        size = 2_000
        for first in range(0, count, size):
            wanted = min(size, count - first)
            ids = iter(guids(self.rng, 6 * wanted))
            numbers = self.rng.random((wanted, 8)).tolist()
            for at, drawn in enumerate(numbers, first):
                yield _line(self, at, drawn, [next(ids) for _ in range(6)])


def _line(world: LogWorld, at: int, drawn: list[float], ids: list[str]) -> bytes:
    """Return line `at`; `drawn` are numbers in [0, 1) that settle what it says."""
    kind, who, where, verb, when = drawn[:5]
    render: Callable[[LogWorld, _Call], dict[str, Any]]
    render = _activity if kind < 0.2 else _user_sign_in if kind < 0.28 else _app_sign_in if kind < 0.45 else _graph
    # Callers follow a power law: the first hundredth makes half of the calls.
    caller = int(_PRINCIPALS * who**3)
    micros = int(at * 4_000 + when * 60e6)
    record = render(world, _Call(caller, where, verb, f"{_time(micros)}{int(who * 10)}Z", ids))
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode()


def _time(micros: int) -> str:
    return str(np.datetime64(FIRST_DAY * 1_000_000 + micros, "us"))


def _short_token(guid: str) -> str:
    return base64.urlsafe_b64encode(UUID(guid).bytes_le).decode().rstrip("=")


def _token(world: LogWorld, caller: int, ids: list[str]) -> str:
    """Return a token that some twenty calls of this caller share."""
    return world.people[caller][:19] + ids[0][19:20] + world.people[caller][20:]


def _activity(world: LogWorld, call: _Call) -> dict[str, Any]:
    caller, where, verb, time, ids = call.caller, call.where, call.verb, call.time, call.ids
    scope, kind, verbs = world.resources[int(_RESOURCES * where**2)]
    action = f"{kind}/{verbs[int(verb * len(verbs))]}"
    group = verb * 10 % 1 < 0.5
    issued = FIRST_DAY + caller
    ending = int(verb * 100) % 10
    begun, done, taken_on = ("Start", "Started."), ("Success", "Succeeded.OK"), ("Accept", "Accepted.Created")
    result, signature = begun if ending < 4 else done if ending < 9 else taken_on
    failed = int(verb * 10_000) % 100 < 3
    if failed:
        result, signature = "Failure", "Failed.Conflict"
    claims = {
        "aud": "https://management.core.windows.net/",
        "iss": f"https://sts.windows.net/{TENANT}/",
        "iat": str(issued),
        "nbf": str(issued),
        "exp": str(issued + 86_700),
        "aio": "E2RgYHjFeKr8z6nD9S" + ids[1].replace("-", ""),
        "appid": world.apps[caller % 400],
        "appidacr": "2",
        f"{_CLAIM}/identityprovider": f"https://sts.windows.net/{TENANT}/",
        "idtyp": "app",
        f"{_CLAIM}/objectidentifier": world.people[caller],
        "rh": "0.AUEBUjtqfR4MCk-dbC9UvjHGqkZIf3kAutdPukPawfj2MBMBAAA.",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier": world.people[caller],
        f"{_CLAIM}/tenantid": TENANT,
        "uti": _short_token(_token(world, caller, ids)),
        "ver": "1.0",
        "xms_idrel": "7 12",
        "xms_tcdt": "1451606400",
    }
    if caller % 3 == 0:
        claims["xms_mirid"] = world.resources[caller][0].replace("resourceGroups", "resourcegroups")
    return {
        "time": time,
        "resourceId": scope.upper(),
        "operationName": action.upper(),
        "category": "Administrative",
        "resultType": result,
        "resultSignature": signature,
        "durationMs": "0",
        "callerIpAddress": world.addresses[caller % 5_000],
        "correlationId": ids[2],
        "identity": {
            "authorization": {
                "scope": scope,
                "action": action,
                "evidence": {
                    "role": "Contributor",
                    "roleAssignmentScope": "/".join(scope.split("/")[:5]),
                    "roleAssignmentId": world.assignments[caller % 4_000].replace("-", ""),
                    "roleDefinitionId": "b24988ac618042a0ab8820f7382dd24c",
                    "principalId": (world.groups[caller % 300] if group else world.people[caller]).replace("-", ""),
                    "principalType": "Group" if group else "ServicePrincipal",
                },
            },
            "claims": claims,
        },
        "level": "Information",
        "properties": {
            "statusCode": "OK",
            "serviceRequestId": ids[3],
            "eventCategory": "Administrative",
            "entity": scope,
            "message": action,
            **({"statusMessage": _CONFLICT} if failed else {}),
            "hierarchy": f"{TENANT}/mg-platform/mg-landingzones/{scope.split('/')[2]}",
        },
        "tenantId": TENANT,
    }


def _sign_in(world: LogWorld, call: _Call, category: str) -> dict[str, Any]:
    caller, time, ids = call.caller, call.time, call.ids
    return {
        "time": time,
        "resourceId": f"/tenants/{TENANT}/providers/Microsoft.aadiam",
        "operationName": "Sign-in activity",
        "operationVersion": "1.0",
        "category": category,
        "tenantId": TENANT,
        "resultType": "0",
        "resultSignature": "None",
        "durationMs": 0,
        "callerIpAddress": world.addresses[caller % 5_000],
        "correlationId": ids[2],
        "Level": 4,
        "location": "NL",
    }


def _location() -> dict[str, Any]:
    place = {"latitude": 52.374029541015625, "longitude": 4.889689922332764}
    return {"city": "Amsterdam", "state": "Noord-Holland", "countryOrRegion": "NL", "geoCoordinates": place}


def _app_sign_in(world: LogWorld, call: _Call) -> dict[str, Any]:
    caller, where, time, ids = call.caller, call.where, call.time, call.ids
    managed = caller % 2 == 0
    record = _sign_in(world, call, "ManagedIdentitySignInLogs" if managed else "ServicePrincipalSignInLogs")
    record["properties"] = {
        "id": ids[0],
        "createdDateTime": time[:-1] + "+00:00",
        "userId": None,
        "appId": world.apps[caller % 400],
        "ipAddress": "" if managed else world.addresses[caller % 5_000],
        "status": {"errorCode": 0},
        "location": _location(),
        "correlationId": ids[2],
        "conditionalAccessStatus": "notApplied",
        "appliedConditionalAccessPolicies": [],
        "isInteractive": False,
        "tokenIssuerType": "AzureAD",
        "authenticationProcessingDetails": [],
        "networkLocationDetails": [],
        "clientCredentialType": "none" if managed else "clientSecret",
        "processingTimeInMilliseconds": 0,
        "riskDetail": "none",
        "riskLevelAggregated": "low",
        "riskLevelDuringSignIn": "low",
        "riskState": "none",
        "resourceDisplayName": "Windows Azure Service Management API",
        "resourceId": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        "servicePrincipalName": f"svc-workload-{caller:05d}",
        "servicePrincipalId": world.people[caller],
        "flaggedForReview": False,
        "isTenantRestricted": False,
        "crossTenantAccessType": "none",
        "servicePrincipalCredentialKeyId": ids[4],
        "uniqueTokenIdentifier": _short_token(ids[0]),
        "incomingTokenType": "none",
        "authenticationProtocol": "none",
        "appServicePrincipalId": None,
        "resourceServicePrincipalId": world.groups[int(where * 300)],
        "appOwnerTenantId": TENANT,
        "resourceOwnerTenantId": "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    }
    return record


def _user_sign_in(world: LogWorld, call: _Call) -> dict[str, Any]:
    caller, where, verb, time, ids = call.caller, call.where, call.verb, call.time, call.ids
    interactive = caller % 4 == 0
    record = _sign_in(world, call, "SignInLogs" if interactive else "NonInteractiveUserSignInLogs")
    record["identity"] = f"Person {caller}"
    policies = [
        {
            "id": world.groups[at],
            "displayName": f"CA{at:03d}: Require multifactor authentication for admins",
            "enforcedGrantControls": ["Mfa"],
            "enforcedSessionControls": [],
            "result": "notApplied",
            "conditionsSatisfied": 1,
            "conditionsNotSatisfied": 2,
        }
        for at in range(6)
    ]
    details = {"key": "Oauth Scope Info", "value": json.dumps(_SCOPES.split())}
    record["properties"] = {
        "id": ids[0],
        "createdDateTime": time[:-1] + "+00:00",
        "userDisplayName": f"Person {caller}",
        "userPrincipalName": f"person.{caller}@contoso.com",
        "userId": world.people[caller],
        "appId": world.apps[int(where * 400)],
        "appDisplayName": "Azure Portal",
        "ipAddress": world.addresses[caller % 5_000],
        "status": {"errorCode": 0, "additionalDetails": "MFA requirement satisfied by claim in the token"},
        "clientAppUsed": "Browser",
        "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/132.0.0.0 Safari/537.36",
        "deviceDetail": {"deviceId": ids[4], "operatingSystem": "Windows10", "browser": "Chrome 132.0.0"},
        "location": _location(),
        "mfaDetail": {},
        "correlationId": ids[2],
        "conditionalAccessStatus": "success",
        "appliedConditionalAccessPolicies": policies,
        "authenticationDetails": [],
        "authenticationProcessingDetails": [details, {"key": "Is CAE Token", "value": str(verb < 0.5)}],
        "isInteractive": interactive,
        "tokenIssuerType": "AzureAD",
        "processingTimeInMilliseconds": 148,
        "riskState": "none",
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": "00000003-0000-0000-c000-000000000000",
        "resourceTenantId": TENANT,
        "homeTenantId": TENANT,
        "uniqueTokenIdentifier": _short_token(ids[0]),
        "incomingTokenType": "primaryRefreshToken",
        "authenticationProtocol": "none",
        "originalRequestId": ids[0],
        "sessionId": ids[5],
    }
    return record


def _graph(world: LogWorld, call: _Call) -> dict[str, Any]:
    caller, where, verb, time, ids = call.caller, call.where, call.verb, call.time, call.ids
    person = caller % 2 == 0
    path = _PATHS[int(where * len(_PATHS))].format(world.people[int(verb * _PRINCIPALS)])
    region = _REGIONS[caller % len(_REGIONS)]
    status = 200 if verb < 0.95 else 404 if verb < 0.98 else 403
    properties = {
        "__UDI_RequiredFields_TenantId": TENANT,
        "__UDI_RequiredFields_UniqueId": ids[0],
        "__UDI_RequiredFields_EventTime": 638949921850717730,
        "__UDI_RequiredFields_RegionScope": "EU",
        "timeGenerated": time,
        "location": region,
        "requestId": ids[0],
        "operationId": ids[0],
        "clientRequestId": ids[1],
        "apiVersion": "v1.0",
        "requestMethod": "GET" if verb < 0.9 else "PATCH",
        "responseStatusCode": status,
        "tenantId": TENANT,
        "durationMs": 1_748_376,
        "responseSizeBytes": 4_088,
        "signInActivityId": _short_token(_token(world, caller, ids)),
        "roles": "" if person else "Directory.Read.All User.Read.All",
        "appId": world.apps[caller % 400],
        "UserPrincipalObjectID": world.people[caller] if person else "",
        "scopes": _SCOPES if person else "",
        "identityProvider": "",
        "clientAuthMethod": "0" if person else "2",
        "wids": "b79fbf4d-3ef9-4689-8143-76b194e85509",
        "C_Idtyp": "user" if person else "app",
        "C_Iat": str(FIRST_DAY + caller),
        "ipAddress": world.addresses[caller % 5_000],
        "userAgent": "python-requests/2.32.5",
        "requestUri": f"https://graph.microsoft.com/v1.0/{path}",
        "atContentP": "",
        "atContentH": "",
        "C_DeviceId": "",
        "userId": world.people[caller] if person else "",
        "servicePrincipalId": None if person else world.people[caller],
        "tokenIssuedAt": f"{_time(caller * 1_000_000)}0Z",
    }
    return {
        "time": time,
        "resourceId": f"/TENANTS/{TENANT.upper()}/PROVIDERS/MICROSOFT.AADIAM",
        "operationName": "Microsoft Graph Activity",
        "operationVersion": "v1.0",
        "category": "MicrosoftGraphActivityLogs",
        "resultSignature": str(status),
        "durationMs": "1748376",
        "callerIpAddress": world.addresses[caller % 5_000],
        "correlationId": ids[0],
        "level": "Informational",
        "location": region,
        "properties": properties,
        "tenantId": TENANT,
    }


def write_lines(path: Path, count: int, seed: int) -> None:
    """Write a file of lines. Cost: about 50 microseconds a line."""
    with path.open("wb") as sink:
        sink.writelines(line + b"\n" for line in LogWorld(seed).lines(count))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write lines of three logs.")
    parser.add_argument("path", type=Path)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    write_lines(asked.path, asked.count, asked.seed)
